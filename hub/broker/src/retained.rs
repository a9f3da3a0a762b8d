//! Retained messages: in memory for the broker, in the store for the next start.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rmqtt::codec::types::{Publish, QoS};
use rmqtt::codec::v5::PublishProperties;
use rmqtt::retain::RetainStorage;
use rmqtt::types::{From, Id, Retain, TopicFilter, TopicName};
use tracing::{error, warn};

use super::Now;
use super::login::Users;
use super::rights::matches;
use store::{self, MOST_RECORD, MOST_RETAINED, MOST_RETAINED_BYTES, RetainedHead, Store};

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
    /// What each user has of them.
    used: HashMap<String, Used>,
    /// How many users there are, so that each has a share that no other can take.
    users: usize,
    /// Topics whose message the store does not have yet.
    changed: BTreeSet<String>,
    is_full: bool,
    /// Whether the store took the last write, so that a full disk is told of once.
    is_kept: bool,
}

/// What one user's retained messages take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Used {
    messages: usize,
    bytes: usize,
}

#[derive(Clone)]
struct Kept {
    publish: Publish,
    /// Whose message it is; empty if that is not known.
    by: String,
    at_ms: i64,
    until_ms: Option<i64>,
}

impl Retained {
    /// What the store kept.
    pub(super) fn load(store: Store, users: &Users, now_ms: Now) -> anyhow::Result<Self> {
        let mut messages = Messages { users: users.count(), is_kept: true, ..Messages::default() };
        for (topic, message) in store.retained()? {
            messages.insert(&topic, kept(&topic, message), now_ms());
        }
        messages.changed.clear();
        Ok(Self(Arc::new(Inner { messages: Mutex::new(messages), writing: Mutex::default(), store, now_ms })))
    }

    /// Topics, and whose messages are retained there.
    pub(super) fn owners(&self) -> Vec<(String, String)> {
        let held = self.held();
        let owned = held.by_topic.iter().filter(|(_, kept)| !kept.by.is_empty());
        owned.map(|(topic, kept)| (topic.clone(), kept.by.clone())).collect()
    }

    /// Writes what changed to the store.
    pub(super) fn write(&self) {
        let _one_at_a_time = self.0.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = self.held().take_changes();
        if changes.is_empty() {
            return;
        }
        let kept = self.0.store.keep_retained(&changes);
        let mut held = self.held();
        let was_kept = std::mem::replace(&mut held.is_kept, kept.is_ok());
        if let Err(error) = kept {
            if was_kept {
                error!(
                    error = format!("{error:#}"),
                    count = changes.len(),
                    "Retained messages could not be kept; they are lost if the hub stops."
                );
            }
            held.changed.extend(changes.into_iter().map(|(topic, _)| topic));
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
        let publish = *retain.publish.inner;
        if publish.payload.is_empty() {
            self.held().remove(topic);
            return Ok(());
        }
        let expiry = publish.properties.as_ref().and_then(|properties| properties.message_expiry_interval);
        let until_ms = expiry.map(|seconds| now_ms + i64::from(seconds.get()) * 1000);
        let by = retain.from.username.as_deref().unwrap_or_default().to_owned();
        // A copy of its own, because the message is a piece of what was read from the network and would keep it all.
        let message = record(&Kept { publish, by, at_ms: now_ms, until_ms });
        self.held().insert(topic, kept(topic, message), now_ms);
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
        if !self.has_room(topic, &kept) {
            self.forget_old(now_ms);
        }
        if !self.has_room(topic, &kept) {
            if !self.is_full {
                warn!(
                    ?topic,
                    user = ?kept.by,
                    used = ?self.used.get(&kept.by),
                    "The broker retains no more messages of this user; this one is delivered but not retained."
                );
            }
            self.is_full = true;
            return;
        }
        self.is_full = false;
        self.remove(topic);
        let used = self.used.entry(kept.by.clone()).or_default();
        used.messages += 1;
        used.bytes += size(topic, &kept);
        self.by_topic.insert(topic.to_owned(), kept);
        self.changed.insert(topic.to_owned());
    }

    fn remove(&mut self, topic: &str) {
        if let Some(old) = self.by_topic.remove(topic) {
            if let Some(used) = self.used.get_mut(&old.by) {
                used.messages = used.messages.saturating_sub(1);
                used.bytes = used.bytes.saturating_sub(size(topic, &old));
            }
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

    /// Half of all is shared out evenly and kept free for each user; the other half is whose it comes to first.
    fn has_room(&self, topic: &str, kept: &Kept) -> bool {
        let added = Used { messages: 1, bytes: size(topic, kept) };
        let freed = self.by_topic.get(topic).map(|old| (&old.by, size(topic, old)));
        let used = |user: &String, used: &Used| {
            let freed =
                freed.filter(|(by, _)| *by == user).map_or(Used::default(), |(_, bytes)| Used { messages: 1, bytes });
            let added = if *user == kept.by { added } else { Used::default() };
            Used {
                messages: (used.messages + added.messages).saturating_sub(freed.messages),
                bytes: (used.bytes + added.bytes).saturating_sub(freed.bytes),
            }
        };
        let newcomer = (!self.used.contains_key(&kept.by)).then(|| (&kept.by, Used::default()));
        let all = self.used.iter().map(|(user, used)| (user, *used)).chain(newcomer);
        let share = Used {
            messages: MOST_RETAINED / 2 / self.users.max(1),
            bytes: MOST_RETAINED_BYTES / 2 / self.users.max(1),
        };
        let (mut messages, mut bytes) = (0, 0);
        for (user, before) in all {
            let used = used(user, &before);
            messages += used.messages.saturating_sub(share.messages);
            bytes += used.bytes.saturating_sub(share.bytes);
        }
        messages <= MOST_RETAINED / 2 && bytes <= MOST_RETAINED_BYTES / 2 && added.bytes <= MOST_RECORD
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
    topic.len() + bytes_of(&kept.publish)
}

/// About what a message takes in memory, its properties included.
pub(super) fn bytes_of(publish: &Publish) -> usize {
    let properties = publish.properties.as_ref().map_or(0, |properties| {
        let text = |text: Option<usize>| text.unwrap_or_default();
        text(properties.content_type.as_ref().map(|text| text.len()))
            + text(properties.response_topic.as_ref().map(|text| text.len()))
            + text(properties.correlation_data.as_ref().map(|data| data.len()))
            + properties.user_properties.iter().map(|(name, value)| name.len() + value.len() + PROPERTY).sum::<usize>()
    });
    publish.topic.len() + publish.payload.len() + properties + MESSAGE
}

fn record(kept: &Kept) -> store::Retained {
    let publish = &kept.publish;
    let mut head = RetainedHead {
        qos: publish.qos.value(),
        at_ms: kept.at_ms,
        until_ms: kept.until_ms,
        by: Some(kept.by.clone()).filter(|by| !by.is_empty()),
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
    Kept { publish, by: head.by.unwrap_or_default(), at_ms: head.at_ms, until_ms: head.until_ms }
}

/// What a message takes beside its texts, and a property beside its.
const MESSAGE: usize = 300;
const PROPERTY: usize = 80;
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

    fn message_of(by: &str, payload: &str, properties: Vec<(String, String)>) -> Kept {
        let head = RetainedHead { by: Some(by.to_owned()), user_properties: properties, ..RetainedHead::default() };
        kept("t", store::Retained { payload: payload.into(), head })
    }

    #[test]
    fn there_is_a_bound_and_the_old_make_room() {
        let mut messages = Messages { users: 1, ..Messages::default() };
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
        assert_eq!(messages.used[""], Used::default());
    }

    #[test]
    fn no_user_takes_the_share_of_another() {
        let mut messages = Messages { users: 4, ..Messages::default() };
        for number in 0..MOST_RETAINED {
            messages.insert(&format!("flood/{number}"), message_of("flood", "x", Vec::new()), 0);
        }
        let share = MOST_RETAINED / 8;
        assert_eq!(messages.used["flood"].messages, MOST_RETAINED / 2 + share);
        for user in ["quiet", "calm"] {
            for number in 0..share {
                messages.insert(&format!("{user}/{number}"), message_of(user, "x", Vec::new()), 0);
            }
            assert_eq!(messages.used[user].messages, share, "{user}");
        }
        messages.insert("flood/0", message_of("flood", "again", Vec::new()), 0);
        assert_eq!(messages.by_topic["flood/0"].publish.payload, "again");
    }

    #[test]
    fn properties_count_like_payloads() {
        let mut messages = Messages { users: 2, ..Messages::default() };
        for number in 0..200 {
            let properties = vec![("x".to_owned(), "y".repeat(65_000)); 60];
            messages.insert(&number.to_string(), message_of("bomb", "x", properties), 0);
        }
        let used = messages.used["bomb"].bytes;
        assert!(3 * MOST_RETAINED_BYTES / 4 - 5_000_000 < used && used <= 3 * MOST_RETAINED_BYTES / 4, "{used}");
    }
}
