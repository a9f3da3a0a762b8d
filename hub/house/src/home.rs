//! The house as a whole: floors, areas, entities and the timers that run in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::{AreaId, Degrees, Domain, Entities, Entity, EntityId, FloorId, Schedule, Speaker};

/// A floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    /// Its id.
    pub id: FloorId,
    /// What people call it.
    pub name: String,
    /// Other names for it.
    pub aliases: Vec<String>,
}

/// A room or another part of the home.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// What people call it.
    pub name: String,
    /// Other names for it.
    pub aliases: Vec<String>,
    /// The floor it is on.
    pub floor: Option<FloorId>,
}

/// A timer that someone started.
#[derive(Clone, Debug, PartialEq)]
pub struct MovingTimer {
    /// Its id, unique among running timers.
    pub id: String,
    /// The name it was given.
    pub name: Option<String>,
    /// Where it was started.
    pub area: Option<AreaId>,
    /// The length it was started with, in seconds.
    pub length_s: u64,
    /// What is left, in seconds.
    pub left_s: u64,
    /// False while it is paused.
    pub is_active: bool,
    /// Who started it; none if that was not kept, and then it is everyone's.
    pub asked_by: Option<Speaker>,
}

impl MovingTimer {
    /// Whether it has run out and rings until someone stops it.
    pub fn rings(&self) -> bool {
        self.is_active && self.left_s == 0
    }
}

/// A snapshot of the house.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct House {
    /// Floors by id.
    pub floors: BTreeMap<FloorId, Floor>,
    /// Areas by id.
    pub areas: BTreeMap<AreaId, Area>,
    /// Entities by id.
    pub entities: Entities,
    /// Timers that run or are paused.
    pub timers: Vec<MovingTimer>,
    /// What shall happen later.
    pub schedules: Vec<Schedule>,
    /// Entities whose commands a thing that guards the home hears too, with those things.
    pub shared_commands: Arc<BTreeMap<EntityId, BTreeSet<EntityId>>>,
    /// The unit in which temperatures are told, if the owner chose one; else each is told in its own.
    pub degrees: Option<Degrees>,
}

impl House {
    /// Entities of a domain.
    pub fn of_domain(&self, domain: Domain) -> impl Iterator<Item = &Entity> {
        self.entities.values().filter(move |entity| entity.domain == domain)
    }

    /// Entities in an area.
    pub fn in_area(&self, area: &AreaId) -> impl Iterator<Item = &Entity> {
        self.entities.values().filter(move |entity| entity.area.as_ref() == Some(area))
    }

    /// Areas on a floor.
    pub fn on_floor(&self, floor: &FloorId) -> impl Iterator<Item = &Area> {
        self.areas.values().filter(move |area| area.floor.as_ref() == Some(floor))
    }

    /// The area an entity stands in.
    pub fn area_of(&self, entity: &Entity) -> Option<&Area> {
        entity.area.as_ref().and_then(|id| self.areas.get(id))
    }

    /// The floor an entity stands on.
    pub fn floor_of(&self, entity: &Entity) -> Option<&Floor> {
        let floor = self.area_of(entity)?.floor.as_ref()?;
        self.floors.get(floor)
    }
}
