//! Whose an announcement is, and whether it commands only what its announcer may write.
//!
//! Of Home Assistant's discovery it knows which options are topics; what else a message would let the hub publish, in
//! whatever dialect, is read by whoever starts the broker.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use house::Rejection;
use serde_json::{Map, Value};

use super::login::Users;
use super::rights::{Grants, is_announcement};

/// Reads from a message the topics that it would let the hub publish to.
#[derive(Clone)]
pub struct CommandTopics(Arc<ReadCommands>);

type ReadCommands = dyn Fn(&str, &str, &[u8]) -> BTreeSet<String> + Send + Sync;

impl CommandTopics {
    /// `read` takes a user, a topic and a payload, and gives the topics.
    pub fn read_by(read: impl Fn(&str, &str, &[u8]) -> BTreeSet<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }
}

impl std::fmt::Debug for CommandTopics {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CommandTopics")
    }
}

/// Who announced what.
pub(super) struct Announcements {
    users: Arc<Users>,
    commands: CommandTopics,
    // A lock, because publications arrive on many tasks and each holds it for a look-up only.
    announcers: Mutex<Announcers>,
}

#[derive(Default)]
struct Announcers {
    by_topic: HashMap<String, String>,
    counts: HashMap<String, usize>,
}

impl Announcements {
    /// `known` are topics and the users whose messages are retained there.
    pub(super) fn new(users: Arc<Users>, commands: CommandTopics, known: Vec<(String, String)>) -> Self {
        let mut announcers = Announcers::default();
        known
            .into_iter()
            .filter(|(topic, _)| is_announcement(topic))
            .for_each(|(topic, user)| announcers.add(topic, user));
        Self { users, commands, announcers: Mutex::new(announcers) }
    }

    /// Takes note of a message that a user may publish, or says why it must not come in.
    pub(super) fn take(&self, user: &str, topic: &str, payload: &[u8]) -> Result<(), Rejection> {
        if !self.users.is_hub(user) {
            self.names_its_own(user, topic, payload)?;
            let commanded = (self.commands.0)(user, topic, payload);
            let may_write = |topic: &String| self.users.grants(user).is_some_and(|grants| may_command(grants, topic));
            if let Some(foreign) = commanded.iter().find(|topic| !may_write(topic)) {
                return Err(foreign_topic(user, foreign));
            }
        }
        if is_announcement(topic) { self.own(user, topic, payload.is_empty()) } else { Ok(()) }
    }

    /// Every topic that an announcement names, for whatever it names it, must be one that its announcer may write.
    fn names_its_own(&self, user: &str, topic: &str, payload: &[u8]) -> Result<(), Rejection> {
        if !is_announcement(topic) || payload.is_empty() {
            return Ok(());
        }
        let config = serde_json::from_slice::<Map<String, Value>>(payload).map_err(|_| Rejection::NotMap)?;
        let foreign = match self.users.grants(user) {
            Some(grants) => topic_beyond(&config, "", grants),
            None => Some(topic.to_owned()),
        };
        foreign.map_or(Ok(()), |foreign| Err(foreign_topic(user, &foreign)))
    }

    /// The first who announces something there keeps the topic until it takes the announcement back.
    fn own(&self, user: &str, topic: &str, is_taken_back: bool) -> Result<(), Rejection> {
        let mut announcers = self.announcers.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = announcers.by_topic.get(topic);
        let other = owner.filter(|other| *other != user && self.users.grants(other).is_some());
        if let Some(other) = other.filter(|_| !self.users.is_hub(user)) {
            return Err(Rejection::OthersAnnouncement { user: user.to_owned(), other: other.clone() });
        }
        let is_own = owner.is_some_and(|owner| owner == user);
        if !is_own && !is_taken_back && MOST_ANNOUNCEMENTS <= announcers.counts.get(user).copied().unwrap_or_default() {
            return Err(Rejection::TooMany(MOST_ANNOUNCEMENTS));
        }
        announcers.remove(topic);
        if !is_taken_back {
            announcers.add(topic.to_owned(), user.to_owned());
        }
        Ok(())
    }
}

/// Whether a device of theirs may be told things there: no device is commanded by announcing another.
fn may_command(grants: &Grants, topic: &str) -> bool {
    grants.may_publish(topic) && !is_announcement(topic)
}

fn foreign_topic(user: &str, topic: &str) -> Rejection {
    let topic = topic.chars().take(SHOWN_CHARS).flat_map(char::escape_debug).collect();
    Rejection::ForeignTopic { user: user.to_owned(), topic }
}

/// The first topic named here or deeper that may not be written. `base` stands for `~`.
fn topic_beyond(config: &Map<String, Value>, base: &str, grants: &Grants) -> Option<String> {
    let base = config.get("~").and_then(Value::as_str).unwrap_or(base);
    config.iter().find_map(|(name, value)| match value {
        Value::String(topic) if is_topic_name(name) => {
            let whole = match (topic.strip_prefix('~'), topic.strip_suffix('~')) {
                (Some(rest), _) => format!("{base}{rest}"),
                (None, Some(rest)) => format!("{rest}{base}"),
                (None, None) => topic.clone(),
            };
            let is_within = may_command(grants, &whole) || (!is_command(name) && grants.may_be_heard(&whole));
            (!is_within).then_some(whole)
        }
        Value::Object(inner) => topic_beyond(inner, base, grants),
        Value::Array(list) => {
            list.iter().filter_map(Value::as_object).find_map(|inner| topic_beyond(inner, base, grants))
        }
        _ => None,
    })
}

/// The names of options that hold a topic, spelt out or abbreviated.
fn is_topic_name(name: &str) -> bool {
    name == "topic" || name == "t" || name.ends_with("_topic") || name.ends_with("_t")
}

/// Whether such an option says where the device is told things.
fn is_command(name: &str) -> bool {
    name.starts_with("set_") || name.contains("cmd") || name.contains("command")
}

impl Announcers {
    fn add(&mut self, topic: String, user: String) {
        *self.counts.entry(user.clone()).or_default() += 1;
        self.by_topic.insert(topic, user);
    }

    fn remove(&mut self, topic: &str) {
        let count = self.by_topic.remove(topic).and_then(|user| self.counts.get_mut(&user));
        if let Some(count) = count {
            *count = count.saturating_sub(1);
        }
    }
}

/// Announcements of one user; a bridge of 2,000 devices makes some ten for each.
const MOST_ANNOUNCEMENTS: usize = 30_000;
/// Of a topic in a complaint, which goes into logs.
const SHOWN_CHARS: usize = 120;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Password, Rights, User};

    fn announcements() -> Announcements {
        let bridge = |name: &str, tree: &str| User {
            name: name.to_owned(),
            password: Password::new("a password"),
            rights: Rights::Bridge { trees: vec![tree.to_owned()] },
        };
        let hub = User { name: "hub".to_owned(), password: Password::new("a password"), rights: Rights::Hub };
        let users = vec![bridge("locks", "locks/#"), bridge("lamps", "lamps/#"), hub];
        let users = Arc::new(Users::new(users, "hearth", "hearth-hub").unwrap());
        let payload_is_topic = CommandTopics::read_by(|_, topic, payload| {
            let is_read = topic.ends_with("discovery/config") && !payload.is_empty();
            is_read.then(|| String::from_utf8_lossy(payload).into_owned()).into_iter().collect()
        });
        let known = vec![("homeassistant/lock/old/config".to_owned(), "locks".to_owned())];
        Announcements::new(users, payload_is_topic, known)
    }

    fn announced(topic: &str) -> Vec<u8> {
        json!({ "command_topic": topic }).to_string().into_bytes()
    }

    #[test]
    fn an_announcement_commands_only_what_its_announcer_may_write() {
        let all = announcements();
        for foreign in ["locks/front/set", "hearth/request", "hearth/status", "homeassistant/status", "lamps/+"] {
            for (topic, payload) in [
                ("homeassistant/light/evil/config", announced(foreign)),
                ("lamps/discovery/config", foreign.as_bytes().to_vec()),
            ] {
                let refused = all.take("lamps", topic, &payload).unwrap_err();
                assert!(matches!(&refused, Rejection::ForeignTopic { topic, .. } if topic == foreign), "{refused}");
            }
        }
        assert_eq!(all.take("lamps", "homeassistant/light/attic/config", &announced("lamps/attic/set")), Ok(()));
        assert_eq!(all.take("lamps", "lamps/discovery/config", b"lamps/attic/set"), Ok(()));
        assert_eq!(all.take("hub", "homeassistant/light/own/config", &announced("hearth/say/set")), Ok(()));
        assert!(all.take("lamps", "homeassistant/light/evil/config", b"[1]").is_err());
    }

    #[test]
    fn only_topics_of_ones_own_may_be_named_however_they_are_spelt() {
        let all = announcements();
        let own = json!({ "~": "lamps/a", "cmd_t": "~/set", "stat_t": "~/state", "avty": [{ "t": "~/online" }] });
        assert_eq!(all.take("lamps", "homeassistant/light/x/config", own.to_string().as_bytes()), Ok(()));
        // A bridge that repeats what it hears is heard wherever it says it.
        let heard = json!({ "stat_t": "+/+/radio/7" });
        assert_eq!(all.take("lamps", "homeassistant/sensor/x/config", heard.to_string().as_bytes()), Ok(()));
        let foreign = "locks/front/set";
        for config in [
            json!({ "stat_t": "locks/+/state" }),
            json!({ "set_pos_t": "+/set" }),
            json!({ "cmd_t": foreign }),
            json!({ "~": "locks/front", "bri_cmd_t": "~/set" }),
            json!({ "~": "front/set", "cmd_t": "locks/~" }),
            json!({ "cmps": { "a": { "p": "switch", "command_topic": foreign } } }),
            json!({ "~": "lamps/a", "cmps": { "a": { "~": "locks/front", "cmd_t": "~/set" } } }),
            json!({ "command_topic": "homeassistant/lock/front/config" }),
        ] {
            assert!(
                all.take("lamps", "homeassistant/light/x/config", config.to_string().as_bytes()).is_err(),
                "{config}"
            );
        }
    }

    #[test]
    fn nobody_announces_in_place_of_another() {
        let all = announcements();
        let front = "homeassistant/lock/front/config";
        assert_eq!(all.take("locks", front, &announced("locks/front/set")), Ok(()));
        let stolen = announced("lamps/attic/set");
        for (topic, payload) in [(front, &stolen[..]), (front, b""), ("homeassistant/lock/old/config", &stolen)] {
            let refused = all.take("lamps", topic, payload).unwrap_err();
            assert!(matches!(&refused, Rejection::OthersAnnouncement { other, .. } if other == "locks"), "{refused}");
        }
        assert_eq!(all.take("locks", front, &announced("locks/front/other")), Ok(()));
        assert_eq!(all.take("locks", front, b""), Ok(()), "its own announcer takes it back");
        assert_eq!(all.take("lamps", front, &stolen), Ok(()), "then it is free");
        assert_eq!(all.take("hub", front, b""), Ok(()));
    }
}
