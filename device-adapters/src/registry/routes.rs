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
    topics: HashMap<String, Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    listeners: Vec<(EntityId, Part)>,
    /// What was last said about who can be reached: whoever listens from later on would not be told again.
    presence: Option<String>,
}

impl Routes {
    /// Who listens to a topic.
    pub(super) fn of(&self, topic: &str) -> Option<&[(EntityId, Part)]> {
        self.topics.get(topic).map(|at| at.listeners.as_slice())
    }

    /// Keeps what a topic said about who can be reached.
    pub(super) fn remember(&mut self, topic: &str, text: &str) {
        if let Some(at) = self.topics.get_mut(topic).filter(|_| text.len() <= PRESENCE_BYTES) {
            at.presence = Some(text.to_owned());
        }
    }

    /// What a topic last said about who can be reached.
    pub(super) fn presence(&self, topic: &str) -> Option<&str> {
        self.topics.get(topic)?.presence.as_deref()
    }

    /// Lets an entity listen to other topics than before; notes what is to be subscribed to and what no longer.
    pub(super) fn replace(&mut self, id: &EntityId, old: &[(String, Part)], new: &[(String, Part)], changes: &mut Vec<Change>) {
        for (topic, _) in old {
            if let Some(at) = self.topics.get_mut(topic) {
                at.listeners.retain(|(listener, _)| listener != id);
            }
        }
        for (topic, part) in new {
            let at = self.topics.entry(topic.clone()).or_insert_with(|| {
                changes.push(Change::Subscribe(topic.clone()));
                Listeners::default()
            });
            at.listeners.push((id.clone(), *part));
        }
        for (topic, _) in old {
            if self.topics.get(topic).is_some_and(|at| at.listeners.is_empty()) {
                self.topics.remove(topic);
                changes.push(Change::Unsubscribe(topic.clone()));
            }
        }
    }
}

/// Words such as `online`, or a little JSON; a topic that says more is no bridge's state.
const PRESENCE_BYTES: usize = 256;
