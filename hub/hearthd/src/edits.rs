//! What the owner changed about names and places; it always wins over what devices say of themselves.

use std::collections::BTreeMap;

use house::{AreaId, Entity, EntityId, Floor, FloorId, House};

use crate::hub::{Edit, area_named};

/// All edits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Edits {
    /// By entity.
    pub(crate) entities: BTreeMap<EntityId, EntityEdit>,
    /// By area.
    pub(crate) areas: BTreeMap<AreaId, AreaEdit>,
}

/// What was changed about an entity.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EntityEdit {
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its aliases.
    pub(crate) aliases: Option<Vec<String>>,
    /// Its area's name; empty for none.
    pub(crate) area: Option<String>,
}

/// What was changed about an area.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AreaEdit {
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its aliases.
    pub(crate) aliases: Option<Vec<String>>,
    /// Its floor's name; empty for none.
    pub(crate) floor: Option<String>,
}

impl Edits {
    /// Adds an edit after looking at it.
    pub(crate) fn add(&mut self, edit: Edit, house: &House) -> anyhow::Result<()> {
        match edit {
            Edit::Name(id, name) => self.entity(id, house)?.name = Some(checked(&name)?),
            Edit::Aliases(id, aliases) => self.entity(id, house)?.aliases = Some(checked_all(&aliases)?),
            Edit::Place(id, area) => {
                let area = if area.trim().is_empty() { String::new() } else { checked(&area)? };
                self.entity(id, house)?.area = Some(area);
            }
            Edit::Area(id, name, aliases, floor) => {
                anyhow::ensure!(house.areas.contains_key(&id), "there is no area `{id}`");
                let edit = self.areas.entry(id).or_default();
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
    pub(crate) fn apply(&self, entity: &mut Entity, house: &mut House) {
        let Some(edit) = self.entities.get(&entity.id) else { return };
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
    pub(crate) fn apply_places(&self, house: &mut House) {
        for (id, edit) in &self.areas {
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

    fn entity(&mut self, id: EntityId, house: &House) -> anyhow::Result<&mut EntityEdit> {
        anyhow::ensure!(house.entities.contains_key(&id), "there is no entity `{id}`");
        Ok(self.entities.entry(id).or_default())
    }
}

/// The floor of that name; made if it is new. None for no name.
pub(crate) fn floor_named(house: &mut House, name: &str) -> Option<FloorId> {
    if name.is_empty() {
        return None;
    }
    let wanted = mind::words::key(name);
    let known =
        house.floors.values().find(|floor| mind::words::key(&floor.name) == wanted).map(|floor| floor.id.clone());
    Some(known.unwrap_or_else(|| {
        let slug = device_adapters::slug(name);
        let id = FloorId::new(if slug.is_empty() { format!("floor_{}", house.floors.len() + 1) } else { slug });
        house.floors.insert(id.clone(), Floor { id: id.clone(), name: name.to_owned(), aliases: Vec::new() });
        id
    }))
}

fn checked(name: &str) -> anyhow::Result<String> {
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).collect();
    anyhow::ensure!(!mind::words::key(&name).is_empty(), "a name needs at least one letter or digit");
    anyhow::ensure!(name.chars().count() <= LONGEST_NAME, "a name has at most {LONGEST_NAME} characters");
    Ok(name)
}

fn checked_all(aliases: &[String]) -> anyhow::Result<Vec<String>> {
    anyhow::ensure!(aliases.len() <= MOST_ALIASES, "at most {MOST_ALIASES} aliases");
    aliases.iter().map(|alias| checked(alias)).collect()
}

const LONGEST_NAME: usize = 80;
const MOST_ALIASES: usize = 20;
