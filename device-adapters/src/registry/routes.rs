//! Which topic concerns which part of which entity.

use std::collections::HashMap;

use house::EntityId;

use crate::change::Change;

/// A part of an entity that listens to a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One of its inputs, counted.
    Input(usize),
    /// One of the sources of its availability, counted.
    Availability(usize),
}

/// Topics, and who listens to them.
#[derive(Debug, Default)]
pub(super) struct Routes {
    topics: HashMap<String, Vec<(EntityId, Part)>>,
}

impl Routes {
    /// Who listens to a topic.
    pub(super) fn of(&self, topic: &str) -> Option<&[(EntityId, Part)]> {
        self.topics.get(topic).map(Vec::as_slice)
    }

    /// Lets an entity listen to other topics than before; notes what is to be subscribed to and what no longer.
    pub(super) fn replace(&mut self, id: &EntityId, old: &[(String, Part)], new: &[(String, Part)], changes: &mut Vec<Change>) {
        for (topic, _) in old {
            if let Some(listeners) = self.topics.get_mut(topic) {
                listeners.retain(|(listener, _)| listener != id);
            }
        }
        for (topic, part) in new {
            let listeners = self.topics.entry(topic.clone()).or_insert_with(|| {
                changes.push(Change::Subscribe(topic.clone()));
                Vec::new()
            });
            listeners.push((id.clone(), *part));
        }
        for (topic, _) in old {
            if self.topics.get(topic).is_some_and(Vec::is_empty) {
                self.topics.remove(topic);
                changes.push(Change::Unsubscribe(topic.clone()));
            }
        }
    }
}
