//! Puts what the owner changed about names and places on the house; it always wins over what devices say of themselves.

use house::{AreaId, Edit, Edits, Entity, EntityEdit, EntityId, House};
use mind::words::key;

use super::areas::{area_named, floor_named};

/// Adds an edit after looking at it.
pub(super) fn add(edits: &mut Edits, edit: Edit, house: &House) -> anyhow::Result<()> {
    match edit {
        Edit::Name(id, name) => entity(edits, id, house)?.name = Some(checked(&name)?),
        Edit::Aliases(id, aliases) => entity(edits, id, house)?.aliases = Some(checked_all(&aliases)?),
        Edit::Place(id, area) => {
            let area = if area.trim().is_empty() { String::new() } else { checked(&area)? };
            bring_back(edits, &area);
            entity(edits, id, house)?.area = Some(area);
        }
        Edit::Area(id, name, aliases, floor) => {
            anyhow::ensure!(house.areas.contains_key(&id), "there is no area `{id}`");
            let edit = edits.areas.entry(id).or_default();
            if let Some(name) = name {
                edit.name = Some(checked(&name)?);
            }
            if let Some(aliases) = aliases {
                edit.aliases = Some(checked_all(&aliases)?);
            }
            if let Some(floor) = floor {
                let floor = if floor.trim().is_empty() { String::new() } else { checked(&floor)? };
                edit.floor = Some(floor.clone());
                edits.gone_floors.retain(|gone| gone.as_str() != device_adapters::slug(&floor));
            }
        }
        Edit::RemoveArea(id) => {
            anyhow::ensure!(house.areas.contains_key(&id), "there is no area `{id}`");
            for entity in house.in_area(&id) {
                edits.entities.entry(entity.id.clone()).or_default().area = Some(String::new());
            }
            let names: Vec<String> = house.areas.get(&id).into_iter().map(|area| key(&area.name)).collect();
            for edit in edits.entities.values_mut() {
                if edit.area.as_ref().is_some_and(|area| names.contains(&key(area))) {
                    edit.area = Some(String::new());
                }
            }
            edits.areas.entry(id).or_default().is_gone = true;
        }
        Edit::RemoveFloor(id) => {
            anyhow::ensure!(house.floors.contains_key(&id), "there is no floor `{id}`");
            for area in house.areas.values().filter(|area| area.floor.as_ref() == Some(&id)) {
                edits.areas.entry(area.id.clone()).or_default().floor = Some(String::new());
            }
            edits.gone_floors.insert(id);
        }
    }
    Ok(())
}

/// Puts an entity's edits on it.
pub(super) fn apply(edits: &Edits, entity: &mut Entity, house: &mut House) {
    if entity.area.as_ref().is_some_and(|area| edits.is_gone(area)) {
        entity.area = None;
    }
    let Some(edit) = edits.entities.get(&entity.id) else { return };
    if let Some(name) = &edit.name {
        entity.name.clone_from(name);
    }
    if let Some(aliases) = &edit.aliases {
        entity.aliases.clone_from(aliases);
    }
    match edit.area.as_deref() {
        Some("") => entity.area = None,
        Some(area) => entity.area = Some(area_named(house, area)),
        None => {}
    }
}

/// Puts the edits of areas on the house.
pub(super) fn apply_places(edits: &Edits, house: &mut House) {
    house.areas.retain(|id, _| !edits.is_gone(id));
    house.floors.retain(|id, _| !edits.gone_floors.contains(id));
    for area in house.areas.values_mut() {
        area.floor = area.floor.take().filter(|floor| !edits.gone_floors.contains(floor));
    }
    for (id, edit) in edits.areas.iter().filter(|(_, edit)| !edit.is_gone) {
        let floor = edit.floor.as_deref().map(|name| floor_named(house, name));
        let Some(area) = house.areas.get_mut(id) else { continue };
        if let Some(name) = &edit.name {
            area.name.clone_from(name);
        }
        if let Some(aliases) = &edit.aliases {
            area.aliases.clone_from(aliases);
        }
        if let Some(floor) = floor {
            area.floor = floor;
        }
    }
}

/// The owner names a place that was taken away: it is there again, as if it had just been made.
fn bring_back(edits: &mut Edits, name: &str) {
    let id = AreaId::new(device_adapters::slug(name));
    let is_it = |known: &AreaId, own: Option<&str>| *known == id || own.is_some_and(|own| key(own) == key(name));
    edits.areas.retain(|known, edit| !(edit.is_gone && is_it(known, edit.name.as_deref())));
}

fn entity<'a>(edits: &'a mut Edits, id: EntityId, house: &House) -> anyhow::Result<&'a mut EntityEdit> {
    anyhow::ensure!(house.entities.contains_key(&id), "there is no entity `{id}`");
    Ok(edits.entities.entry(id).or_default())
}

fn checked(name: &str) -> anyhow::Result<String> {
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).collect();
    anyhow::ensure!(!key(&name).is_empty(), "a name needs at least one letter or digit");
    anyhow::ensure!(name.chars().count() <= LONGEST_NAME, "a name has at most {LONGEST_NAME} characters");
    Ok(name)
}

fn checked_all(aliases: &[String]) -> anyhow::Result<Vec<String>> {
    anyhow::ensure!(aliases.len() <= MOST_ALIASES, "at most {MOST_ALIASES} aliases");
    aliases.iter().map(|alias| checked(alias)).collect()
}

const LONGEST_NAME: usize = 80;
const MOST_ALIASES: usize = 20;
