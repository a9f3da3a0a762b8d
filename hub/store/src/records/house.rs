//! The house as it was last known, and what its owner changed in it.

use std::collections::BTreeMap;

use house::{Area, AreaEdit, AreaId, Domain, Edits, Entity, EntityEdit, EntityId, Floor, FloorId, Quality, State};
use serde::{Deserialize, Serialize};

/// An entity as it was last known, without its state.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EntityRecord {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    domain: String,
    #[serde(default)]
    device_class: Option<String>,
    #[serde(default)]
    area: Option<String>,
}

impl EntityRecord {
    pub(crate) fn of(entity: &Entity) -> Self {
        Self {
            name: entity.name.clone(),
            aliases: entity.aliases.clone(),
            domain: entity.domain.as_str().to_owned(),
            device_class: entity.device_class.clone(),
            area: entity.area.as_ref().map(ToString::to_string),
        }
    }

    pub(crate) fn into_entity(self, id: EntityId) -> Entity {
        Entity {
            id,
            name: self.name,
            aliases: self.aliases,
            domain: Domain::parse(&self.domain).unwrap_or(Domain::Other),
            device_class: self.device_class,
            area: self.area.map(AreaId::new),
            state: State { quality: Quality::Stale, ..State::default() },
            availability: house::Availability::default(),
        }
    }
}

/// An area or a floor as it was last known.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlaceRecord {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    floor: Option<String>,
}

impl PlaceRecord {
    pub(crate) fn of_area(area: &Area) -> Self {
        Self {
            name: area.name.clone(),
            aliases: area.aliases.clone(),
            floor: area.floor.as_ref().map(ToString::to_string),
        }
    }

    pub(crate) fn of_floor(floor: &Floor) -> Self {
        Self { name: floor.name.clone(), aliases: floor.aliases.clone(), floor: None }
    }

    pub(crate) fn into_area(self, id: AreaId) -> Area {
        Area { id, name: self.name, aliases: self.aliases, floor: self.floor.map(FloorId::new) }
    }

    pub(crate) fn into_floor(self, id: FloorId) -> Floor {
        Floor { id, name: self.name, aliases: self.aliases }
    }
}

/// All edits.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct EditsRecord {
    entities: BTreeMap<String, EntityEditRecord>,
    areas: BTreeMap<String, AreaEditRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone_floors: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct EntityEditRecord {
    name: Option<String>,
    aliases: Option<Vec<String>>,
    area: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct AreaEditRecord {
    name: Option<String>,
    aliases: Option<Vec<String>>,
    floor: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_gone: bool,
}

impl EditsRecord {
    pub(crate) fn of(edits: &Edits) -> Self {
        let entity = |edit: &EntityEdit| EntityEditRecord {
            name: edit.name.clone(),
            aliases: edit.aliases.clone(),
            area: edit.area.clone(),
        };
        let area = |edit: &AreaEdit| AreaEditRecord {
            name: edit.name.clone(),
            aliases: edit.aliases.clone(),
            floor: edit.floor.clone(),
            is_gone: edit.is_gone,
        };
        Self {
            entities: edits.entities.iter().map(|(id, edit)| (id.to_string(), entity(edit))).collect(),
            areas: edits.areas.iter().map(|(id, edit)| (id.to_string(), area(edit))).collect(),
            gone_floors: edits.gone_floors.iter().map(ToString::to_string).collect(),
        }
    }

    pub(crate) fn into_edits(self) -> Edits {
        let entity = |edit: EntityEditRecord| EntityEdit { name: edit.name, aliases: edit.aliases, area: edit.area };
        let area = |edit: AreaEditRecord| AreaEdit {
            name: edit.name,
            aliases: edit.aliases,
            floor: edit.floor,
            is_gone: edit.is_gone,
        };
        Edits {
            entities: self.entities.into_iter().map(|(id, edit)| (EntityId::new(id), entity(edit))).collect(),
            areas: self.areas.into_iter().map(|(id, edit)| (AreaId::new(id), area(edit))).collect(),
            gone_floors: self.gone_floors.into_iter().map(FloorId::new).collect(),
        }
    }
}
