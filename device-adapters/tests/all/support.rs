//! A small hub: keeps what the adapters say.

use std::collections::{BTreeMap, BTreeSet};

use device_adapters::{Adapters, Belongs, Change, DISCOVERY_TOPICS, Limits, Preference, Timed};
use house::{Action, Entity, EntityId, Value};

/// What the adapters have said so far.
pub(crate) struct World {
    pub(crate) adapters: Adapters,
    pub(crate) entities: BTreeMap<EntityId, Entity>,
    pub(crate) areas: BTreeMap<EntityId, Option<String>>,
    pub(crate) topics: BTreeSet<String>,
    pub(crate) rejected: Vec<String>,
    pub(crate) asked: Vec<String>,
    kept: BTreeMap<String, Vec<u8>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::preferring(Preference::Native)
    }

    pub(crate) fn preferring(preference: Preference) -> Self {
        Self {
            adapters: Adapters::new(Limits::default()).preferring(preference),
            entities: BTreeMap::new(),
            areas: BTreeMap::new(),
            topics: BTreeSet::new(),
            rejected: Vec::new(),
            asked: Vec::new(),
            kept: BTreeMap::new(),
        }
    }

    /// A retained message at a broker: read now if subscribed to, or as soon as that happens.
    pub(crate) fn publish(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        let payload = payload.as_ref();
        self.kept.insert(topic.to_owned(), payload.to_vec());
        if DISCOVERY_TOPICS.iter().any(|filter| matches(filter, topic))
            || self.topics.iter().any(|filter| matches(filter, topic))
        {
            let changes = self.adapters.read(topic, payload, true);
            self.apply(changes);
        }
    }

    pub(crate) fn publish_all(&mut self, messages: Vec<Timed>) {
        for message in messages {
            self.publish(&message.topic, &message.payload);
        }
    }

    pub(crate) fn apply(&mut self, changes: Vec<Change>) {
        let mut wanted = Vec::new();
        for change in changes {
            match change {
                Change::Subscribe(topic) => {
                    assert!(self.topics.insert(topic.clone()), "subscribed twice: {topic}");
                    wanted.push(topic);
                }
                Change::Unsubscribe(topic) => assert!(self.topics.remove(&topic), "was not subscribed: {topic}"),
                Change::Appeared { mut entity, belongs, .. } => {
                    if let Some(known) = self.entities.remove(&entity.id) {
                        let facts = std::mem::replace(&mut entity.state, known.state).attributes;
                        entity.state.attributes.extend(facts);
                    }
                    let (Belongs::Suggested(area) | Belongs::Placed(area)) = belongs;
                    self.areas.insert(entity.id.clone(), area);
                    self.entities.insert(entity.id.clone(), entity);
                }
                Change::Gone(id) => {
                    self.entities.remove(&id).unwrap();
                }
                Change::State { entity, value, attributes, .. } => {
                    let entity = self.entities.get_mut(&entity).unwrap();
                    entity.state.value = value.or(entity.state.value.take());
                    entity.state.attributes.extend(attributes);
                    entity.state.attributes.retain(|_, value| *value != Value::Null);
                }
                Change::Expired(id) => self.entities.get_mut(&id).unwrap().state.quality = house::Quality::Stale,
                Change::Available { entity, availability } => {
                    self.entities.get_mut(&entity).unwrap().availability = availability
                }
                Change::Ask(message) => {
                    self.asked.push(format!("{} {}", message.topic, String::from_utf8_lossy(&message.payload)))
                }
                Change::Rejected { reason, .. } => self.rejected.push(reason.to_string()),
            }
        }
        // A broker sends what it kept after it was subscribed to, not in between.
        for topic in wanted {
            let kept: Vec<(String, Vec<u8>)> = self
                .kept
                .iter()
                .filter(|(kept, _)| matches(&topic, kept))
                .map(|(topic, payload)| (topic.clone(), payload.clone()))
                .collect();
            for (topic, payload) in kept {
                let changes = self.adapters.read(&topic, &payload, true);
                self.apply(changes);
            }
        }
    }

    pub(crate) fn entity(&self, id: &str) -> &Entity {
        self.entities.get(&EntityId::new(id)).unwrap_or_else(|| panic!("no {id} among {:?}", self.entities.keys()))
    }

    pub(crate) fn state(&self, id: &str) -> Option<&str> {
        self.entity(id).state.value.as_deref()
    }

    /// What an action sends, as `topic payload` lines, or why it can't be sent.
    pub(crate) fn write(&self, id: &str, action: &Action) -> String {
        let entity = self.entity(id);
        match self.adapters.write(&entity.id, action, entity) {
            Ok(messages) => {
                let line = |message: &device_adapters::Message| {
                    format!("{} {}", message.topic, String::from_utf8_lossy(&message.payload))
                };
                messages.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            Err(error) => format!("! {error}"),
        }
    }

    /// Every entity in a line each.
    pub(crate) fn describe(&self) -> String {
        let mut lines = Vec::new();
        for (id, entity) in &self.entities {
            let area = self.areas.get(id).cloned().flatten().unwrap_or_default();
            let class = entity.device_class.as_deref().unwrap_or("-");
            let state = entity.state.value.as_deref().unwrap_or("?");
            let attributes = entity
                .state
                .attributes
                .iter()
                .map(|(name, value)| format!("{name}={}", device_adapters::value_to_json(value)));
            let attributes = attributes.collect::<Vec<_>>().join(" ");
            let mark = if self.adapters.reports(id) { "" } else { " optimistic" };
            lines.push(format!(
                "{id} \"{}\" [{area}] {class} {:?}{mark}: {state} {attributes}",
                entity.name, entity.availability
            ));
        }
        lines.join("\n") + "\n"
    }
}

/// Whether an MQTT filter with `+` takes a topic in.
pub(crate) fn matches(filter: &str, topic: &str) -> bool {
    let (filter, topic): (Vec<&str>, Vec<&str>) = (filter.split('/').collect(), topic.split('/').collect());
    filter.len() == topic.len() && filter.iter().zip(topic).all(|(wanted, level)| *wanted == "+" || *wanted == level)
}
