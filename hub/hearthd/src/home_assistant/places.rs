//! Home Assistant's areas and floors among Hearth's own: which is which, and what follows Home Assistant.
//!
//! What the owner changed here is put on again afterwards, by whoever keeps the edits.

use std::collections::BTreeMap;

use device_adapters::Place;
use house::{AreaId, FloorId, House};
use mind::words::key;

use crate::edits::{Edits, floor_named};
use crate::hub::area_suggested;

/// Which place of Home Assistant is which here.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Places {
    areas: BTreeMap<String, Taken>,
    floors: BTreeMap<String, FloorId>,
}

/// An area that was taken over.
#[derive(Clone, Debug, PartialEq)]
struct Taken {
    area: AreaId,
    /// Whether it is here only because Home Assistant has it.
    is_made: bool,
    /// The aliases and the floor that came from there.
    aliases: Vec<String>,
    floor: Option<FloorId>,
}

/// As it is kept: the area's id there, its id here, whether it was made, and the aliases and the floor that came.
pub(crate) type AreaRecord = (String, String, bool, Vec<String>, Option<String>);
/// As it is kept: the floor's id there and here.
pub(crate) type FloorRecord = (String, String);

impl Places {
    /// As they were kept.
    pub(crate) fn of_records((areas, floors): (Vec<AreaRecord>, Vec<FloorRecord>)) -> Self {
        let taken = |(id, area, is_made, aliases, floor): AreaRecord| (id, Taken { area: AreaId::new(area), is_made, aliases, floor: floor.map(FloorId::new) });
        Self { areas: areas.into_iter().map(taken).collect(), floors: floors.into_iter().map(|(id, floor)| (id, FloorId::new(floor))).collect() }
    }

    /// To be kept.
    pub(crate) fn records(&self) -> (Vec<AreaRecord>, Vec<FloorRecord>) {
        let record = |(id, taken): (&String, &Taken)| (id.clone(), taken.area.to_string(), taken.is_made, taken.aliases.clone(), taken.floor.as_ref().map(ToString::to_string));
        (self.areas.iter().map(record).collect(), self.floors.iter().map(|(id, floor)| (id.clone(), floor.to_string())).collect())
    }

    /// The area with that id in Home Assistant.
    pub(crate) fn area(&self, id: &str) -> Option<AreaId> {
        self.areas.get(id).map(|taken| taken.area.clone())
    }

    /// Takes a listing over. One of the same name as one that is here is the same.
    pub(crate) fn take(&mut self, floors: &[Place], areas: &[Place], house: &mut House) {
        for floor in floors {
            self.take_floor(floor, house);
        }
        for area in areas {
            self.take_area(area, house);
        }
    }

    /// Lets go of areas that Home Assistant no longer has; what was made for it and is empty goes.
    pub(crate) fn let_go(&mut self, areas: &[Place], edits: &Edits, house: &mut House) {
        let is_there = |id: &String| areas.iter().any(|area| area.id == *id);
        let gone: Vec<Taken> = self.areas.iter().filter(|(id, _)| !is_there(id)).map(|(_, taken)| taken.clone()).collect();
        self.areas.retain(|id, _| is_there(id));
        for taken in gone {
            let is_used = house.in_area(&taken.area).next().is_some() || edits.areas.contains_key(&taken.area) || self.areas.values().any(|other| other.area == taken.area);
            match house.areas.get_mut(&taken.area) {
                Some(area) if is_used || !taken.is_made => area.aliases.retain(|alias| !taken.aliases.contains(alias)),
                _ => {
                    house.areas.remove(&taken.area);
                }
            }
        }
    }

    fn take_floor(&mut self, floor: &Place, house: &mut House) {
        let known = self.floors.get(&floor.id).filter(|id| house.floors.contains_key(*id)).cloned();
        let Some(id) = known.or_else(|| floor_named(house, &floor.name)) else { return };
        if let Some(own) = house.floors.get_mut(&id) {
            own.name.clone_from(&floor.name);
            for alias in &floor.aliases {
                add_name(&mut own.aliases, alias);
            }
        }
        self.floors.insert(floor.id.clone(), id);
    }

    fn take_area(&mut self, area: &Place, house: &mut House) {
        let floor = area.floor.as_ref().and_then(|id| self.floors.get(id)).cloned();
        let known = self.areas.get(&area.id).filter(|taken| house.areas.contains_key(&taken.area)).cloned();
        let before = known.unwrap_or_else(|| {
            let count = house.areas.len();
            let area = area_suggested(house, &area.name);
            Taken { area, is_made: count < house.areas.len(), aliases: Vec::new(), floor: None }
        });
        let Some(own) = house.areas.get_mut(&before.area) else { return };
        if before.is_made {
            own.name.clone_from(&area.name);
        }
        own.aliases.retain(|alias| !before.aliases.contains(alias));
        let aliases: Vec<String> = area.aliases.iter().filter(|alias| key(alias) != key(&own.name) && !own.aliases.iter().any(|known| key(known) == key(alias))).cloned().collect();
        own.aliases.extend(aliases.iter().cloned());
        if before.is_made || own.floor.is_none() || own.floor == before.floor {
            own.floor.clone_from(&floor);
        }
        self.areas.insert(area.id.clone(), Taken { aliases, floor, ..before });
    }
}

fn add_name(aliases: &mut Vec<String>, alias: &str) {
    if !aliases.iter().any(|known| key(known) == key(alias)) {
        aliases.push(alias.to_owned());
    }
}
