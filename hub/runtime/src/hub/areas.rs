//! Areas and floors that come to be because somebody named them. A new one never takes the place of another.

use house::{Area, AreaId, Floor, FloorId, House};
use mind::words::key;

/// The area that a device or another system says. An area that came from the same word is the same, whatever the owner
/// calls it now.
pub(super) fn area_suggested(house: &mut House, name: &str) -> AreaId {
    let id = AreaId::new(device_adapters::slug(name));
    let is_renamed = house.areas.contains_key(&id) && !house.areas.values().any(|area| key(&area.name) == key(name));
    if is_renamed { id } else { area_named(house, name) }
}

/// The area of that name; made if it is new.
pub(super) fn area_named(house: &mut House, name: &str) -> AreaId {
    if let Some(known) = mind::names::areas::area_named(name, house) {
        return known.id.clone();
    }
    let id = AreaId::new(free_id(name, "area", |id| house.areas.contains_key(&AreaId::new(id))));
    house.areas.insert(id.clone(), Area { id: id.clone(), name: name.to_owned(), aliases: Vec::new(), floor: None });
    id
}

/// The floor of that name; made if it is new. None for no name.
pub(super) fn floor_named(house: &mut House, name: &str) -> Option<FloorId> {
    if name.is_empty() {
        return None;
    }
    let wanted = key(name);
    if let Some(known) = house.floors.values().find(|floor| key(&floor.name) == wanted) {
        return Some(known.id.clone());
    }
    let id = FloorId::new(free_id(name, "floor", |id| house.floors.contains_key(&FloorId::new(id))));
    house.floors.insert(id.clone(), Floor { id: id.clone(), name: name.to_owned(), aliases: Vec::new() });
    Some(id)
}

/// An id that nobody has: the name's own, or the first free number.
fn free_id(name: &str, kind: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let own = device_adapters::slug(name);
    let numbered = (1..).map(|number| format!("{kind}_{number}"));
    let free = std::iter::once(own).chain(numbered).find(|id| !id.is_empty() && !is_taken(id));
    free.unwrap_or_else(|| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_place_never_takes_the_place_of_another() {
        let mut house = House::default();
        for name in ["Den", "书房", "院子", "阁楼"] {
            area_named(&mut house, name);
            floor_named(&mut house, name);
        }
        // One in the middle goes, so that the count of areas is the number of one that is there.
        house.areas.remove(&AreaId::new("area_1"));
        // Someone renames what came from the word "den": its id stays, and so does the place.
        house.areas.get_mut(&AreaId::new("den")).unwrap().name = "Library".to_owned();
        house.floors.get_mut(&FloorId::new("den")).unwrap().name = "Library".to_owned();
        let (areas, floors) = (house.areas.len(), house.floors.len());
        let names: Vec<String> = house.areas.values().map(|area| area.name.clone()).collect();
        area_named(&mut house, "Den");
        area_named(&mut house, "车库");
        floor_named(&mut house, "Den");
        assert_eq!((house.areas.len(), house.floors.len()), (areas + 2, floors + 1));
        assert!(names.iter().all(|name| house.areas.values().any(|area| area.name == *name)), "{house:?}");
    }
}
