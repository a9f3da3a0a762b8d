//! The entities of a house by id, cheap to copy: a copy shares every entity until one of the two changes it.
//!
//! Reads like a map of plain entities; who changes one changes their own copy.

use std::collections::BTreeMap;
use std::ops::Index;
use std::sync::Arc;

use crate::{Entity, EntityId};

/// Entities by id, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entities(BTreeMap<EntityId, Arc<Entity>>);

impl Entities {
    /// The entity of that id.
    pub fn get(&self, id: &EntityId) -> Option<&Entity> {
        self.0.get(id).map(Arc::as_ref)
    }

    /// The entity of that id, to keep it as it is now whatever becomes of it.
    pub fn shared(&self, id: &EntityId) -> Option<Arc<Entity>> {
        self.0.get(id).cloned()
    }

    /// The entity of that id, to change it in this house alone.
    pub fn get_mut(&mut self, id: &EntityId) -> Option<&mut Entity> {
        self.0.get_mut(id).map(Arc::make_mut)
    }

    /// Puts an entity in; gives the one that had the id before.
    pub fn insert(&mut self, id: EntityId, entity: Entity) -> Option<Arc<Entity>> {
        self.0.insert(id, Arc::new(entity))
    }

    /// Takes an entity out.
    pub fn remove(&mut self, id: &EntityId) -> Option<Arc<Entity>> {
        self.0.remove(id)
    }

    /// Whether there is one of that id.
    pub fn contains_key(&self, id: &EntityId) -> bool {
        self.0.contains_key(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ids.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &EntityId> + ExactSizeIterator {
        self.0.keys()
    }

    /// The entities.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Entity> + ExactSizeIterator {
        self.0.values().map(Arc::as_ref)
    }

    /// The entities, to change them in this house alone.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Entity> {
        self.0.values_mut().map(Arc::make_mut)
    }

    /// Ids and entities.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&EntityId, &Entity)> + ExactSizeIterator {
        self.0.iter().map(|(id, entity)| (id, entity.as_ref()))
    }

    /// Keeps only those for which that holds.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&EntityId, &Entity) -> bool) {
        self.0.retain(|id, entity| is_kept(id, entity));
    }
}

impl Index<&EntityId> for Entities {
    type Output = Entity;

    /// # Panics
    /// If there is no entity of that id; [`Entities::get`] is for ids that may be unknown.
    #[expect(clippy::indexing_slicing, reason = "this is indexing, and says that it panics")]
    fn index(&self, id: &EntityId) -> &Entity {
        &self.0[id]
    }
}

impl FromIterator<(EntityId, Entity)> for Entities {
    fn from_iter<I: IntoIterator<Item = (EntityId, Entity)>>(all: I) -> Self {
        Self(all.into_iter().map(|(id, entity)| (id, Arc::new(entity))).collect())
    }
}

impl Extend<(EntityId, Entity)> for Entities {
    fn extend<I: IntoIterator<Item = (EntityId, Entity)>>(&mut self, all: I) {
        self.0.extend(all.into_iter().map(|(id, entity)| (id, Arc::new(entity))));
    }
}

impl<'a> IntoIterator for &'a Entities {
    type Item = (&'a EntityId, &'a Entity);
    type IntoIter = std::iter::Map<Shared<'a>, fn((&'a EntityId, &'a Arc<Entity>)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(id, entity)| (id, entity.as_ref()))
    }
}

type Shared<'a> = std::collections::btree_map::Iter<'a, EntityId, Arc<Entity>>;
