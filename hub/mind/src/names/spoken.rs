//! The names of a house by class, for who listens for them: what things, rooms, floors, people and lists may be called.

use std::collections::BTreeSet;

use house::House;

use super::short::short_names;

/// A class, such as `light`, with a name in it.
pub type SpokenNames = BTreeSet<(String, String)>;

/// The names of a house: those that it has and the shorter ones that people use for them.
pub fn spoken_names(house: &House) -> SpokenNames {
    let named = |class: &str, name: &str, aliases: &[String]| -> Vec<(String, String)> {
        let all = std::iter::once(name).chain(aliases.iter().map(String::as_str));
        all.filter(|name| !name.trim().is_empty()).map(|name| (class.to_owned(), name.to_owned())).collect()
    };
    let areas = house.areas.values().flat_map(|area| named("area", &area.name, &area.aliases));
    let floors = house.floors.values().flat_map(|floor| named("floor", &floor.name, &floor.aliases));
    let things = house.entities.values().flat_map(|entity| {
        let names: Vec<String> = entity.names().map(str::to_owned).collect();
        names.into_iter().map(|name| (entity.domain.as_str().to_owned(), name))
    });
    let short = short_names(house).into_iter().map(|(name, entity)| (entity.domain.as_str().to_owned(), name));
    areas.chain(floors).chain(things).chain(short).collect()
}

#[cfg(test)]
mod tests {
    use house::{Area, AreaId, Entity, EntityId};

    use super::*;

    #[test]
    fn what_a_house_may_be_heard_to_call_its_own() {
        let mut house = House::default();
        let id = AreaId::new("dining_room");
        let aliases = vec!["Diner".to_owned()];
        house.areas.insert(id.clone(), Area { id: id.clone(), name: "Dining Room".to_owned(), aliases, floor: None });
        let mut lamp = Entity::new(EntityId::new("light.pendant"), "Dining Room Pendant");
        lamp.area = Some(id);
        house.entities.insert(lamp.id.clone(), lamp);
        let names: Vec<String> =
            spoken_names(&house).into_iter().map(|(class, name)| format!("{class}: {name}")).collect();
        assert_eq!(names, ["area: Diner", "area: Dining Room", "light: Dining Room Pendant", "light: pendant"]);
    }
}
