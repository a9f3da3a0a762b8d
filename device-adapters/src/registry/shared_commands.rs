//! Which entities are told things where another one listens too. Knows nothing of what they are told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use house::EntityId;

use super::Adapters;
use super::component::Component;
use crate::change::Preference;
use crate::config::physical_names;

impl Adapters {
    /// For each entity, those that hear its commands too, or might, and for which `is_wanted` holds.
    ///
    /// Two entities hear the same where one's topic is the other's, or lies below it, or names the other's device by
    /// its address. What one message announced of one device in its own dialect belongs together and is left out.
    pub fn shared_commands(&self, is_wanted: impl Fn(&EntityId) -> bool) -> BTreeMap<EntityId, BTreeSet<EntityId>> {
        let mut by_topic: BTreeMap<&str, Vec<&EntityId>> = BTreeMap::new();
        for (id, component) in &self.components {
            component.commands.iter().for_each(|topic| by_topic.entry(topic).or_default().push(id));
        }
        let by_address = by_address(&by_topic);
        let mut shared: BTreeMap<EntityId, BTreeSet<EntityId>> = BTreeMap::new();
        for (id, component) in self.components.iter().filter(|(id, _)| is_wanted(id)) {
            let heard = heard(component);
            let below = heard.iter().flat_map(|root| reached(&by_topic, root));
            let above = heard.iter().flat_map(|root| ancestors(root)).filter_map(|topic| by_topic.get(topic)).flatten();
            let addressed = component.bodies.iter().filter_map(|body| by_address.get(body)).flatten();
            for other in below.chain(above).chain(addressed) {
                let is_same = self.components.get(*other).is_some_and(|other| is_one_device(component, other));
                if *other != id && !is_same {
                    shared.entry((*other).clone()).or_default().insert(id.clone());
                }
            }
        }
        shared
    }
}

/// The roots below which everything may reach the entity. A native dialect gives each device a level of its own.
fn heard(component: &Component) -> BTreeSet<&str> {
    let root = |topic: &'_ str| -> usize {
        match component.source.origin {
            Preference::Native => topic.rfind('/').unwrap_or(topic.len()),
            Preference::Discovery => topic.len(),
        }
    };
    component.commands.iter().filter_map(|topic| topic.get(..root(topic))).collect()
}

/// Who is told things at this topic or below it.
fn reached<'a>(
    by_topic: &'a BTreeMap<&str, Vec<&'a EntityId>>,
    root: &'a str,
) -> impl Iterator<Item = &'a &'a EntityId> {
    let below = format!("{root}/");
    let beyond = format!("{root}0");
    let exact = by_topic.get(root).into_iter();
    let range = by_topic
        .range::<str, _>((std::ops::Bound::Included(below.as_str()), std::ops::Bound::Excluded(beyond.as_str())));
    exact.chain(range.map(|(_, ids)| ids).collect::<Vec<_>>()).flatten()
}

/// The topics above this one.
fn ancestors(topic: &str) -> impl Iterator<Item = &str> {
    topic.match_indices('/').filter_map(|(at, _)| topic.get(..at))
}

/// Who is told things at a topic with this address as one of its levels.
fn by_address<'a>(by_topic: &BTreeMap<&str, Vec<&'a EntityId>>) -> HashMap<String, Vec<&'a EntityId>> {
    let mut by_address: HashMap<String, Vec<&EntityId>> = HashMap::new();
    for (topic, ids) in by_topic {
        for address in topic.split('/').flat_map(physical_names) {
            by_address.entry(address).or_default().extend(ids);
        }
    }
    by_address
}

fn is_one_device(one: &Component, other: &Component) -> bool {
    one.source == other.source && one.source.origin == Preference::Native
}
