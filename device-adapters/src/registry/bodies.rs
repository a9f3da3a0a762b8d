//! Who speaks for a device, by the names that its announcements share.

use std::collections::{BTreeSet, HashMap};

use house::EntityId;

/// Names of devices, and the entities that carry each.
#[derive(Debug, Default)]
pub(super) struct Bodies(HashMap<String, BTreeSet<EntityId>>);

impl Bodies {
    /// Everything that carries one of these names.
    pub(super) fn of(&self, names: &BTreeSet<String>) -> impl Iterator<Item = &EntityId> {
        names.iter().filter_map(|name| self.0.get(name)).flatten()
    }

    /// An entity carries these names.
    pub(super) fn join(&mut self, id: &EntityId, names: &BTreeSet<String>) {
        for name in names {
            self.0.entry(name.clone()).or_default().insert(id.clone());
        }
    }

    /// An entity carries these names no longer.
    pub(super) fn leave(&mut self, id: &EntityId, names: &BTreeSet<String>) {
        for name in names {
            if let Some(entities) = self.0.get_mut(name) {
                entities.remove(id);
                if entities.is_empty() {
                    self.0.remove(name);
                }
            }
        }
    }
}
