//! Puts what the owner changed about names and places on the house; it always wins over what devices say of themselves.

use house::{Edit, Edits, Entity, EntityEdit, EntityId, House};
use mind::words::key;

use super::areas::{area_named, floor_named};

/// Adds an edit after looking at it.
pub(super) fn add(edits: &mut Edits, edit: Edit, house: &House) -> anyhow::Result<()> {
    match edit {
        Edit::Name(id, name) => entity(edits, id, house)?.name = Some(checked(&name)?),
        Edit::Aliases(id, aliases) => entity(edits, id, house)?.aliases = Some(checked_all(&aliases)?),
        Edit::Place(id, area) => {
            let area = if area.trim().is_empty() { String::new() } else { checked(&area)? };
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
                edit.floor = Some(if floor.trim().is_empty() { String::new() } else { checked(&floor)? });
            }
        }
    }
    Ok(())
}

/// Puts an entity's edits on it.
pub(super) fn apply(edits: &Edits, entity: &mut Entity, house: &mut House) {
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
    for (id, edit) in &edits.areas {
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
