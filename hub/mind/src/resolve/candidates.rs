//! Several things that could be meant, so that whoever is asked can tell them apart.

use house::{Candidate, CandidateId, Entity, House};

/// The things by their names, with their rooms; those that share both by the ends of their ids too.
pub(super) fn candidates(entities: &[&Entity], house: &House) -> Vec<Candidate> {
    let alike = |one: &Entity, other: &Entity| one.name == other.name && one.area == other.area;
    let name = |entity: &Entity| match entities.iter().filter(|other| alike(entity, other)).nth(1) {
        Some(_) => format!("{} ({})", entity.name, end_of(entity.id.as_str())),
        None => entity.name.clone(),
    };
    entities
        .iter()
        .map(|entity| Candidate {
            what: CandidateId::Entity(entity.id.clone()),
            name: name(entity),
            area: house.area_of(entity).map(|area| area.name.clone()),
        })
        .collect()
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

    #[test]
    fn things_of_one_name_are_told_apart() {
        let plug = |id: &str, name: &str| Entity::new(EntityId::new(id), name);
        let plugs = [
            plug("switch.tasmota", "Tasmota"),
            plug("switch.tasmota_2", "Tasmota"),
            plug("switch.0xa000000000000b01", "Plug"),
            plug("switch.0xa000000000000b02", "Plug"),
            plug("switch.fan", "Fan"),
        ];
        let all = candidates(&plugs.each_ref(), &House::default());
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        let wanted = ["Tasmota (tasmota)", "Tasmota (tasmota_2)", "Plug (000000000b01)", "Plug (000000000b02)", "Fan"];
        assert_eq!(names, wanted);
    }
}
