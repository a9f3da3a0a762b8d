//! Several things that could be meant, so that whoever is asked can tell them apart.

use house::{Candidate, CandidateId, Entity, House, Value};

/// The things by their names, with their rooms; those that share both by their devices, or else the ends of their ids.
pub(super) fn candidates(entities: &[&Entity], house: &House) -> Vec<Candidate> {
    entities
        .iter()
        .map(|entity| Candidate {
            what: CandidateId::Entity(entity.id.clone()),
            name: name(entity, entities),
            area: house.area_of(entity).map(|area| area.name.clone()),
        })
        .collect()
}

/// What a thing is called among others.
fn name(entity: &Entity, all: &[&Entity]) -> String {
    let is_alike = |other: &&&Entity| other.name == entity.name && other.area == entity.area;
    let alike: Vec<&Entity> = all.iter().filter(is_alike).copied().collect();
    if alike.len() < 2 {
        return entity.name.clone();
    }
    let is_one_of_a_kind = |one: &&Entity| alike.iter().filter(|other| device(other) == device(one)).count() == 1;
    let apart = device(entity).filter(|_| alike.iter().all(is_one_of_a_kind));
    format!("{} ({})", entity.name, apart.unwrap_or_else(|| end_of(entity.id.as_str())))
}

/// What its device is called, or what model it is.
fn device(entity: &Entity) -> Option<&str> {
    match entity.state.attributes.get("device") {
        Some(Value::Text(words)) => Some(words),
        _ => None,
    }
}

/// What an id ends with, behind its domain: numbers and addresses stand there.
fn end_of(id: &str) -> &str {
    let object = id.split_once('.').map_or(id, |(_, object)| object);
    let start = object.char_indices().rev().nth(LONGEST_END - 1).map_or(0, |(start, _)| start);
    object.get(start..).unwrap_or(object)
}

/// As much as can be read at a glance.
const LONGEST_END: usize = 12;

#[cfg(test)]
mod tests {
    use house::EntityId;

    use super::*;

    fn names(entities: &[Entity]) -> Vec<String> {
        let all: Vec<&Entity> = entities.iter().collect();
        candidates(&all, &House::default()).into_iter().map(|one| one.name).collect()
    }

    fn plug(id: &str, name: &str) -> Entity {
        Entity::new(EntityId::new(id), name)
    }

    #[test]
    fn things_of_one_name_are_told_apart() {
        let plugs = [
            plug("switch.tasmota", "Tasmota"),
            plug("switch.tasmota_2", "Tasmota"),
            plug("switch.0xa000000000000b01", "Plug"),
            plug("switch.0xa000000000000b02", "Plug"),
            plug("switch.fan", "Fan"),
        ];
        let wanted = ["Tasmota (tasmota)", "Tasmota (tasmota_2)", "Plug (000000000b01)", "Plug (000000000b02)", "Fan"];
        assert_eq!(names(&plugs), wanted);
    }

    #[test]
    fn things_of_one_name_are_told_apart_by_their_devices_where_these_differ() {
        let of = |id: &str, device: &str| {
            let mut plug = plug(id, "Plug");
            plug.state.attributes.insert("device".to_owned(), device.into());
            plug
        };
        let (basic, mini) = (of("switch.a", "Sonoff Basic"), of("switch.b", "Sonoff Mini"));
        assert_eq!(names(&[basic.clone(), mini.clone()]), ["Plug (Sonoff Basic)", "Plug (Sonoff Mini)"]);
        let other = of("switch.c", "Sonoff Mini");
        assert_eq!(names(&[basic, mini, other]), ["Plug (a)", "Plug (b)", "Plug (c)"]);
    }
}
