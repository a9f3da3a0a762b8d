//! Retained messages: in memory for the broker, in the store for the next start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rmqtt::codec::types::{Publish, QoS};
use rmqtt::codec::v5::PublishProperties;
use rmqtt::retain::RetainStorage;
use rmqtt::types::{From, Id, Retain, TopicFilter, TopicName};
use tracing::{error, warn};

use super::Now;
use super::rights::matches;
use store::{self, MOST_RETAINED, MOST_RETAINED_BYTES, RetainedHead, Store};

/// The retained messages. Cheap to clone.
#[derive(Clone)]
pub(super) struct Retained(Arc<Inner>);

struct Inner {
    // A lock, because the broker reads and writes from many tasks and holds it for one look-up.
    messages: Mutex<Messages>,
    /// Held during a write, so that an older message never lands after a newer one.
    writing: Mutex<()>,
    store: Store,
    now_ms: Now,
}

#[derive(Default)]
struct Messages {
    by_topic: BTreeMap<String, Kept>,
    bytes: usize,
    /// Topics whose message the store does not have yet.
    changed: BTreeSet<String>,
    is_full: bool,
}

#[derive(Clone)]
struct Kept {
    publish: Publish,
    at_ms: i64,
    until_ms: Option<i64>,
}

impl Retained {
    /// What the store kept.
    pub(super) fn load(store: Store, now_ms: Now) -> anyhow::Result<Self> {
        let mut messages = Messages::default();
        for (topic, message) in store.retained()? {
            messages.insert(&topic, kept(&topic, message), now_ms());
        }
        messages.changed.clear();
        Ok(Self(Arc::new(Inner { messages: Mutex::new(messages), writing: Mutex::default(), store, now_ms })))
    }

    /// Writes what changed to the store.
    pub(super) fn write(&self) {
        let _one_at_a_time = self.0.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = self.held().take_changes();
        if changes.is_empty() {
            return;
        }
        if let Err(error) = self.0.store.keep_retained(&changes) {
            error!(
                error = format!("{error:#}"),
                count = changes.len(),
                "Retained messages could not be kept; they are lost if the hub stops."
            );
            self.held().changed.extend(changes.into_iter().map(|(topic, _)| topic));
        }
    }

    /// Writes what changed for as long as the broker lives.
    pub(super) async fn keep_writing(self) {
        loop {
            tokio::time::sleep(WRITE_PAUSE).await;
            let retained = self.clone();
            if tokio::task::spawn_blocking(move || retained.write()).await.is_err() {
                error!("Writing retained messages failed.");
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Messages> {
        self.0.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RetainStorage for Retained {
    fn enable(&self) -> bool {
        true
    }

    fn need_sync(&self) -> bool {
        false
    }

    async fn set(&self, topic: &TopicName, retain: Retain, _expiry_interval: Option<Duration>) -> rmqtt::Result<()> {
        let now_ms = (self.0.now_ms)();
        let mut publish = *retain.publish.inner;
        let mut messages = self.held();
        if publish.payload.is_empty() {
            messages.remove(topic);
            return Ok(());
        }
        publish.packet_id = None;
        let mut until_ms = None;
        if let Some(properties) = &mut publish.properties {
            properties.topic_alias = None;
            properties.subscription_ids.clear();
            until_ms = properties.message_expiry_interval.map(|seconds| now_ms + i64::from(seconds.get()) * 1000);
        }
        messages.insert(topic, Kept { publish, at_ms: now_ms, until_ms }, now_ms);
        Ok(())
    }

    async fn get(&self, topic_filter: &TopicFilter) -> rmqtt::Result<Vec<(TopicName, Retain)>> {
        let now_ms = (self.0.now_ms)();
        let messages = self.held();
        Ok(messages
            .matching(topic_filter)
            .filter(|(_, kept)| !kept.is_over(now_ms))
            .map(|(topic, kept)| (TopicName::from(topic.clone()), kept.at(now_ms)))
            .collect())
    }

    async fn count(&self) -> isize {
        isize::try_from(self.held().by_topic.len()).unwrap_or(isize::MAX)
    }

    async fn max(&self) -> isize {
        isize::try_from(MOST_RETAINED).unwrap_or(isize::MAX)
    }
}

impl Messages {
    fn insert(&mut self, topic: &str, kept: Kept, now_ms: i64) {
        let added = topic.len() + kept.publish.payload.len();
        let freed = self.by_topic.get(topic).map_or(0, |old| size(topic, old));
        if !self.has_room(topic, added, freed) {
            self.forget_old(now_ms);
        }
        if !self.has_room(topic, added, freed) {
            if !self.is_full {
                warn!(
                    ?topic,
                    messages = self.by_topic.len(),
                    bytes = self.bytes,
                    "The broker retains no more messages; this one is delivered but not retained."
                );
            }
            self.is_full = true;
            return;
        }
        self.is_full = false;
        self.remove(topic);
        self.bytes += added;
        self.by_topic.insert(topic.to_owned(), kept);
        self.changed.insert(topic.to_owned());
    }

    fn remove(&mut self, topic: &str) {
        if let Some(old) = self.by_topic.remove(topic) {
            self.bytes = self.bytes.saturating_sub(size(topic, &old));
            self.changed.insert(topic.to_owned());
        }
    }

    /// The topics that changed, with what the store should have for them.
    fn take_changes(&mut self) -> Vec<(String, Option<store::Retained>)> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .map(|topic| (self.by_topic.get(&topic).map(record), topic))
            .map(|(message, topic)| (topic, message))
            .collect()
    }

    fn has_room(&self, topic: &str, added: usize, freed: usize) -> bool {
        let has_place = self.by_topic.len() < MOST_RETAINED || self.by_topic.contains_key(topic);
        has_place && (self.bytes + added).saturating_sub(freed) <= MOST_RETAINED_BYTES
    }

    fn forget_old(&mut self, now_ms: i64) {
        let over: Vec<_> =
            self.by_topic.iter().filter(|(_, kept)| kept.is_over(now_ms)).map(|(topic, _)| topic.clone()).collect();
        over.iter().for_each(|topic| self.remove(topic));
    }

    /// Looks only at topics that begin as the filter does.
    fn matching<'a>(&'a self, filter: &'a str) -> impl Iterator<Item = (&'a String, &'a Kept)> {
        let literal =
            filter.find(['+', '#']).map_or(filter, |at| filter.get(..at).unwrap_or_default()).trim_end_matches('/');
        self.by_topic
            .range(literal.to_owned()..)
            .take_while(move |(topic, _)| topic.starts_with(literal))
            .filter(move |(topic, _)| matches(filter, topic))
    }
}

impl Kept {
    fn is_over(&self, now_ms: i64) -> bool {
        self.until_ms.is_some_and(|until| until <= now_ms)
    }

    /// The message as a subscriber gets it at a moment.
    fn at(&self, now_ms: i64) -> Retain {
        let mut publish = self.publish.clone();
        if let (Some(properties), Some(until)) = (&mut publish.properties, self.until_ms) {
            let left_s = u32::try_from((until - now_ms + 999) / 1000).unwrap_or(u32::MAX);
            properties.message_expiry_interval = std::num::NonZeroU32::new(left_s);
        }
        let broker = Id::new(1, 0, None, None, "retained".into(), None);
        Retain { msg_id: None, from: From::from_system(broker), publish: publish.into() }
    }
}

fn size(topic: &str, kept: &Kept) -> usize {
    topic.len() + kept.publish.payload.len()
}

fn record(kept: &Kept) -> store::Retained {
    let publish = &kept.publish;
    let mut head = RetainedHead {
        qos: publish.qos.value(),
        at_ms: kept.at_ms,
        until_ms: kept.until_ms,
        ..RetainedHead::default()
    };
    if let Some(properties) = &publish.properties {
        head.content_type = properties.content_type.as_ref().map(ToString::to_string);
        head.response_topic = properties.response_topic.as_ref().map(ToString::to_string);
        head.correlation_data = properties.correlation_data.as_ref().map(|data| data.to_vec());
        head.is_utf8_payload = properties.is_utf8_payload;
        head.user_properties =
            properties.user_properties.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    }
    store::Retained { payload: publish.payload.to_vec(), head }
}

fn kept(topic: &str, message: store::Retained) -> Kept {
    let head = message.head;
    let properties = PublishProperties {
        content_type: head.content_type.map(Into::into),
        response_topic: head.response_topic.map(Into::into),
        correlation_data: head.correlation_data.map(Into::into),
        is_utf8_payload: head.is_utf8_payload,
        user_properties: head.user_properties.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        ..PublishProperties::default()
    };
    let qos = match head.qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    };
    let publish = Publish {
        dup: false,
        retain: true,
        qos,
        topic: topic.into(),
        packet_id: None,
        payload: message.payload.into(),
        properties: Some(properties),
    };
    Kept { publish, at_ms: head.at_ms, until_ms: head.until_ms }
}

/// A topic that changes more often than this is written only now and then.
const WRITE_PAUSE: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    fn message(payload: &str) -> Kept {
        kept("t", store::Retained { payload: payload.into(), head: RetainedHead::default() })
    }

    #[test]
    fn filters_find_what_they_match_and_nothing_more() {
        let mut messages = Messages::default();
        for topic in ["a", "a/b", "a/b/c", "a-b", "ab", "/x", "$SYS/a", "b/c"] {
            messages.insert(topic, message("on"), 0);
        }
        for (filter, expected) in [
            ("a/#", vec!["a", "a/b", "a/b/c"]),
            ("a/+", vec!["a/b"]),
            ("+", vec!["a", "a-b", "ab"]),
            ("+/+", vec!["/x", "a/b", "b/c"]),
            ("a", vec!["a"]),
            ("#", vec!["/x", "a", "a-b", "a/b", "a/b/c", "ab", "b/c"]),
            ("$SYS/#", vec!["$SYS/a"]),
            ("+/+/c", vec!["a/b/c"]),
        ] {
            let found: Vec<_> = messages.matching(filter).map(|(topic, _)| topic.as_str()).collect();
            assert_eq!(found, expected, "{filter}");
        }
    }

    #[test]
    fn there_is_a_bound_and_the_old_make_room() {
        let mut messages = Messages::default();
        for number in 0..=MOST_RETAINED {
            messages.insert(&number.to_string(), message("on"), 0);
        }
        assert_eq!(messages.by_topic.len(), MOST_RETAINED);
        messages.insert("0", message("off"), 0);
        assert_eq!(messages.by_topic["0"].publish.payload, "off");
        messages.by_topic.get_mut("1").unwrap().until_ms = Some(5);
        messages.insert("new", message("on"), 5);
        assert!(messages.by_topic.contains_key("new") && !messages.by_topic.contains_key("1"));
        messages.insert("large", message(&"x".repeat(MOST_RETAINED_BYTES)), 5);
        assert!(!messages.by_topic.contains_key("large"));
        messages.by_topic.keys().cloned().collect::<Vec<_>>().iter().for_each(|topic| messages.remove(topic));
        assert_eq!(messages.bytes, 0);
    }
}
