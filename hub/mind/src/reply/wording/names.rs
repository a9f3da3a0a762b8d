//! Things of the house as they are called in a sentence.

use house::{Entity, EntityId, House, Lang, Outcome};

use crate::texts;

/// An entity's name as it is said, by id.
pub(in crate::reply) fn name_of(house: &House, id: &EntityId) -> String {
    house.entities.get(id).map_or_else(|| id.to_string(), |entity| entity.name.clone())
}

/// An entity's name with its area, if it stands in one.
pub(in crate::reply) fn placed(entity: &Entity, house: &House, lang: Lang) -> String {
    match house.area_of(entity) {
        Some(area) => texts::of(lang).wording().thing_in(&entity.name, &area.name),
        None => entity.name.clone(),
    }
}

/// Names while they are few, else a count of a kind in a place.
pub(in crate::reply) fn subject(alike: &[&Outcome], house: &House, lang: Lang) -> String {
    let entities: Vec<&Entity> = alike.iter().filter_map(|outcome| house.entities.get(&outcome.entity)).collect();
    let wording = texts::of(lang).wording();
    if alike.len() <= 2 {
        let mut names: Vec<String> = alike.iter().map(|outcome| full_name(house, &outcome.entity, lang)).collect();
        names.dedup();
        return wording.and(&names);
    }
    let kind = entities.first().map(|entity| entity.domain);
    let same_kind = entities.iter().all(|entity| Some(entity.domain) == kind);
    let area = entities.first().and_then(|entity| house.area_of(entity));
    let same_area = entities.iter().all(|entity| house.area_of(entity).map(|own| &own.id) == area.map(|own| &own.id));
    let area = area.filter(|_| same_area).map(|area| area.name.as_str());
    wording.count(entities.len(), kind.filter(|_| same_kind), area)
}

/// The name, with its room where the name alone could be any room's.
fn full_name(house: &House, id: &EntityId, lang: Lang) -> String {
    let Some(entity) = house.entities.get(id) else { return name_of(house, id) };
    let is_common = house.entities.values().filter(|other| other.name == entity.name).nth(1).is_some();
    if is_common { placed(entity, house, lang) } else { entity.name.clone() }
}
