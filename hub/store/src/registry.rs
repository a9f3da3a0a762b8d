//! The entities, areas and floors as they were last known, for the time before devices speak.

use std::collections::BTreeMap;

use house::{AreaId, EntityId, FloorId, House};
use tracing::warn;

use super::database::Database;
use super::records::codec;
use super::records::house::{EntityRecord, PlaceRecord};

/// Keeps what the house consists of; writes only what changed.
pub(super) fn keep(database: &Database, house: &House) -> anyhow::Result<()> {
    let wanted = entries(house)?;
    let mut changes = Vec::new();
    let mut known = BTreeMap::new();
    database.each(TREE, |key, value| {
        known.insert(key.to_vec(), value.to_vec());
        Ok(true)
    })?;
    changes.extend(known.keys().filter(|key| !wanted.contains_key(*key)).map(|key| (key.clone(), None)));
    let changed = wanted.into_iter().filter(|(key, value)| known.get(key) != Some(value));
    changes.extend(changed.map(|(key, value)| (key, Some(value))));
    database.change(TREE, changes)
}

/// The house as it was last known, every state stale.
pub(super) fn read(database: &Database) -> anyhow::Result<House> {
    let mut house = House::default();
    database.each(TREE, |key, value| {
        if let Err(error) = add(&mut house, key, value) {
            warn!(
                error = format!("{error:#}"),
                "A kept entity or place can't be read; it comes back when its device speaks."
            );
        }
        Ok(true)
    })?;
    Ok(house)
}

fn entries(house: &House) -> anyhow::Result<BTreeMap<Vec<u8>, Vec<u8>>> {
    let mut entries = BTreeMap::new();
    for (id, entity) in &house.entities {
        entries.insert(format!("entity/{id}").into_bytes(), codec::encode(&EntityRecord::of(entity))?);
    }
    for (id, area) in &house.areas {
        entries.insert(format!("area/{id}").into_bytes(), codec::encode(&PlaceRecord::of_area(area))?);
    }
    for (id, floor) in &house.floors {
        entries.insert(format!("floor/{id}").into_bytes(), codec::encode(&PlaceRecord::of_floor(floor))?);
    }
    Ok(entries)
}

fn add(house: &mut House, key: &[u8], value: &[u8]) -> anyhow::Result<()> {
    match std::str::from_utf8(key)?.split_once('/') {
        Some(("entity", id)) => {
            let id = EntityId::new(id);
            house.entities.insert(id.clone(), codec::decode::<EntityRecord>(value)?.into_entity(id));
        }
        Some(("area", id)) => {
            let id = AreaId::new(id);
            house.areas.insert(id.clone(), codec::decode::<PlaceRecord>(value)?.into_area(id));
        }
        Some(("floor", id)) => {
            let id = FloorId::new(id);
            house.floors.insert(id.clone(), codec::decode::<PlaceRecord>(value)?.into_floor(id));
        }
        _ => anyhow::bail!("a kept entity has an unknown key"),
    }
    Ok(())
}

const TREE: &str = "registry";
