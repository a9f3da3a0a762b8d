//! Which topic concerns which part of which entity.

use std::collections::{BTreeSet, HashMap};

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
    /// Those of them with `+` in them, by their last level.
    wild: HashMap<String, BTreeSet<String>>,
}

#[derive(Debug, Default)]
struct Listeners {
    listeners: Vec<(EntityId, Part)>,
    /// What was last said about who can be reached: whoever listens from later on would not be told again.
    presence: Option<String>,
}

impl Routes {
    /// Who listens to a topic.
    pub(super) fn of(&self, topic: &str) -> impl Iterator<Item = &(EntityId, Part)> {
        let filters = self.wild.get(last_level(topic)).into_iter().flatten().filter(|filter| matches(filter, topic));
        let wild = filters.filter_map(|filter| self.topics.get(filter));
        self.topics.get(topic).into_iter().chain(wild).flat_map(|at| &at.listeners)
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
    pub(super) fn replace(
        &mut self,
        id: &EntityId,
        old: &[(String, Part)],
        new: &[(String, Part)],
        changes: &mut Vec<Change>,
    ) {
        for (topic, _) in old {
            if let Some(at) = self.topics.get_mut(topic) {
                at.listeners.retain(|(listener, _)| listener != id);
            }
        }
        for (topic, part) in new {
            let at = self.topics.entry(topic.clone()).or_insert_with(|| {
                changes.push(Change::Subscribe(topic.clone()));
                if topic.contains('+') {
                    self.wild.entry(last_level(topic).to_owned()).or_default().insert(topic.clone());
                }
                Listeners::default()
            });
            at.listeners.push((id.clone(), *part));
        }
        for (topic, _) in old {
            if self.topics.get(topic).is_some_and(|at| at.listeners.is_empty()) {
                self.topics.remove(topic);
                if let Some(filters) = self.wild.get_mut(last_level(topic)).filter(|_| topic.contains('+')) {
                    filters.remove(topic);
                    if filters.is_empty() {
                        self.wild.remove(last_level(topic));
                    }
                }
                changes.push(Change::Unsubscribe(topic.clone()));
            }
        }
    }
}

fn last_level(topic: &str) -> &str {
    topic.rsplit('/').next().unwrap_or(topic)
}

fn matches(filter: &str, topic: &str) -> bool {
    let mut levels = topic.split('/');
    filter.split('/').all(|wanted| levels.next().is_some_and(|level| wanted == "+" || wanted == level))
        && levels.next().is_none()
}

/// Words such as `online`, or a little JSON; a topic that says more is no bridge's state.
const PRESENCE_BYTES: usize = 256;
