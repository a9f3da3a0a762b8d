//! Home Assistant's areas and floors among Hearth's own: which is which, and what follows Home Assistant.
//!
//! What the owner changed here is put on again afterwards, by whoever keeps the edits.

use std::collections::BTreeMap;

use device_adapters::HomeAssistantPlace;
use house::{AreaId, Edits, FloorId, House};
use mind::words::key;

use super::areas::{area_suggested, floor_named};

/// Which place of Home Assistant is which here.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ForeignAreas {
    areas: BTreeMap<String, TakenArea>,
    floors: BTreeMap<String, TakenFloor>,
}

/// An area that was taken over.
#[derive(Clone, Debug, PartialEq)]
struct TakenArea {
    area: AreaId,
    /// Whether it is here only because Home Assistant has it.
    is_made: bool,
    /// The aliases and the floor that came from there.
    aliases: Vec<String>,
    floor: Option<FloorId>,
}

/// A floor that was taken over.
#[derive(Clone, Debug, PartialEq)]
struct TakenFloor {
    floor: FloorId,
    /// Whether it is here only because Home Assistant has it.
    is_made: bool,
    /// The aliases that came from there.
    aliases: Vec<String>,
}

/// As it is kept: the area's id there, its id here, whether it was made, and the aliases and the floor that came.
pub(super) type AreaRecord = (String, String, bool, Vec<String>, Option<String>);
/// As it is kept: the floor's id there, its id here, whether it was made, and the aliases that came.
pub(super) type FloorRecord = (String, String, bool, Vec<String>);

impl ForeignAreas {
    /// As they were kept.
    pub(super) fn of_records((areas, floors): (Vec<AreaRecord>, Vec<FloorRecord>)) -> Self {
        let area = |(id, area, is_made, aliases, floor): AreaRecord| {
            (id, TakenArea { area: AreaId::new(area), is_made, aliases, floor: floor.map(FloorId::new) })
        };
        let floor = |(id, floor, is_made, aliases): FloorRecord| {
            (id, TakenFloor { floor: FloorId::new(floor), is_made, aliases })
        };
        Self { areas: areas.into_iter().map(area).collect(), floors: floors.into_iter().map(floor).collect() }
    }

    /// To be kept.
    pub(super) fn records(&self) -> (Vec<AreaRecord>, Vec<FloorRecord>) {
        let area = |(id, taken): (&String, &TakenArea)| {
            (
                id.clone(),
                taken.area.to_string(),
                taken.is_made,
                taken.aliases.clone(),
                taken.floor.as_ref().map(ToString::to_string),
            )
        };
        let floor = |(id, taken): (&String, &TakenFloor)| {
            (id.clone(), taken.floor.to_string(), taken.is_made, taken.aliases.clone())
        };
        (self.areas.iter().map(area).collect(), self.floors.iter().map(floor).collect())
    }

    /// The area with that id in Home Assistant.
    pub(super) fn area(&self, id: &str) -> Option<AreaId> {
        self.areas.get(id).map(|taken| taken.area.clone())
    }

    /// Takes a listing over. One of the same name as one that is here is the same.
    pub(super) fn take(&mut self, floors: &[HomeAssistantPlace], areas: &[HomeAssistantPlace], house: &mut House) {
        for floor in floors {
            self.take_floor(floor, house);
        }
        for area in areas {
            self.take_area(area, house);
        }
    }

    /// Lets go of places that Home Assistant no longer has; what was made for it and is empty goes.
    pub(super) fn let_go(
        &mut self,
        floors: &[HomeAssistantPlace],
        areas: &[HomeAssistantPlace],
        edits: &Edits,
        house: &mut House,
    ) {
        for taken in gone(&mut self.areas, areas) {
            let is_used = house.in_area(&taken.area).next().is_some()
                || edits.areas.contains_key(&taken.area)
                || self.areas.values().any(|other| other.area == taken.area);
            match house.areas.get_mut(&taken.area) {
                Some(area) if is_used || !taken.is_made => area.aliases.retain(|alias| !taken.aliases.contains(alias)),
                _ => {
                    house.areas.remove(&taken.area);
                }
            }
        }
        for taken in gone(&mut self.floors, floors) {
            let is_used = house.on_floor(&taken.floor).next().is_some()
                || self.floors.values().any(|other| other.floor == taken.floor);
            match house.floors.get_mut(&taken.floor) {
                Some(floor) if is_used || !taken.is_made => {
                    floor.aliases.retain(|alias| !taken.aliases.contains(alias))
                }
                _ => {
                    house.floors.remove(&taken.floor);
                }
            }
        }
    }

    fn take_floor(&mut self, floor: &HomeAssistantPlace, house: &mut House) {
        let known = self.floors.get(&floor.id).filter(|taken| house.floors.contains_key(&taken.floor)).cloned();
        let before = known.or_else(|| {
            let count = house.floors.len();
            let id = floor_named(house, &floor.name)?;
            Some(TakenFloor { floor: id, is_made: count < house.floors.len(), aliases: Vec::new() })
        });
        let Some((before, own)) =
            before.and_then(|before| Some((before.clone(), house.floors.get_mut(&before.floor)?)))
        else {
            return;
        };
        if before.is_made {
            own.name.clone_from(&floor.name);
        }
        let aliases = follow(&mut own.aliases, &own.name, &before.aliases, &floor.aliases);
        self.floors.insert(floor.id.clone(), TakenFloor { aliases, ..before });
    }

    fn take_area(&mut self, area: &HomeAssistantPlace, house: &mut House) {
        let floor = area.floor.as_ref().and_then(|id| self.floors.get(id)).map(|taken| taken.floor.clone());
        let known = self.areas.get(&area.id).filter(|taken| house.areas.contains_key(&taken.area)).cloned();
        let before = known.unwrap_or_else(|| {
            let count = house.areas.len();
            let area = area_suggested(house, &area.name);
            TakenArea { area, is_made: count < house.areas.len(), aliases: Vec::new(), floor: None }
        });
        let Some(own) = house.areas.get_mut(&before.area) else { return };
        if before.is_made {
            own.name.clone_from(&area.name);
        }
        let aliases = follow(&mut own.aliases, &own.name, &before.aliases, &area.aliases);
        if before.is_made || own.floor.is_none() || own.floor == before.floor {
            own.floor.clone_from(&floor);
        }
        self.areas.insert(area.id.clone(), TakenArea { aliases, floor, ..before });
    }
}

/// What is listed no more.
fn gone<T>(taken: &mut BTreeMap<String, T>, listed: &[HomeAssistantPlace]) -> Vec<T> {
    let ids: Vec<String> = taken.keys().filter(|id| !listed.iter().any(|place| place.id == **id)).cloned().collect();
    ids.iter().filter_map(|id| taken.remove(id)).collect()
}

/// Takes the aliases that came before out, and those that come now in; gives those that are only here because they
/// came.
fn follow(own: &mut Vec<String>, name: &str, before: &[String], now: &[String]) -> Vec<String> {
    own.retain(|alias| !before.contains(alias));
    let mut new: Vec<String> = Vec::new();
    for alias in now {
        let is_known = key(alias) == key(name) || own.iter().chain(&new).any(|known| key(known) == key(alias));
        if !is_known {
            new.push(alias.clone());
        }
    }
    own.extend(new.iter().cloned());
    new
}
