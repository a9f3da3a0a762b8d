//! Which device has which id. Ids given once stay given, so that a device that comes back is the same entity.

use std::collections::{BTreeMap, HashSet};

use house::{EntityId, Rejection};

use super::component::Source;
use crate::config::Config;
use crate::limits::Limits;

/// The ids that were given, by what an entity is told apart by, and those that nothing may be given any more.
#[derive(Debug, Default)]
pub(super) struct Identities {
    ids: BTreeMap<String, EntityId>,
    taken: HashSet<EntityId>,
}

impl FromIterator<(String, EntityId)> for Identities {
    fn from_iter<I: IntoIterator<Item = (String, EntityId)>>(identities: I) -> Self {
        let ids: BTreeMap<String, EntityId> = identities.into_iter().collect();
        let taken = ids.values().cloned().collect();
        Self { ids, taken }
    }
}

impl Identities {
    /// All that were given.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &EntityId)> {
        self.ids.iter().map(|(identity, id)| (identity.as_str(), id))
    }

    /// The id that was given to this identity, if one was.
    pub(super) fn of(&self, identity: &str) -> Option<&EntityId> {
        self.ids.get(identity)
    }

    /// The id that was given to this identity before, or a new one that nothing else has: `wanted` or, where that is
    /// taken, with a number behind it. `present` is how many entities there are.
    pub(super) fn claim(
        &mut self,
        identity: String,
        wanted: &str,
        limits: &Limits,
        present: usize,
    ) -> Result<EntityId, Rejection> {
        if let Some(id) = self.ids.get(&identity) {
            return Ok(id.clone());
        }
        if limits.entities <= present || 2 * limits.entities <= self.ids.len() {
            return Err(Rejection::TooMany(limits.entities));
        }
        let numbered = (2..).map(|number: u32| EntityId::new(format!("{wanted}_{number}")));
        let free = std::iter::once(EntityId::new(wanted)).chain(numbered).find(|id| !self.taken.contains(id));
        let id = free.ok_or(Rejection::TooMany(limits.entities))?;
        self.taken.insert(id.clone());
        self.ids.insert(identity, id.clone());
        Ok(id)
    }

    /// Keeps these ids from being given.
    pub(super) fn reserve(&mut self, ids: impl IntoIterator<Item = EntityId>) {
        self.taken.extend(ids);
    }
}

/// What an entity is told apart by, for ever; a component of a device needs a unique id for that.
pub(super) fn identity(source: &Source, key: &str, config: &Config) -> Option<String> {
    match (config.unique_id(), key.is_empty()) {
        (Some(unique), _) => Some(format!("{} {unique}", config.platform)),
        (None, true) => Some(format!("{} at {}", config.platform, source.name)),
        (None, false) => None,
    }
}
