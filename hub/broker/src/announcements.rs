//! Announcements of devices: whoever makes one may only name topics that it may write itself.
//!
//! Home Assistant's discovery says where a device is commanded, and the hub may write everywhere: without this, one
//! bridge could have the hub write to another's lock. Knows the shape of an announcement, not what its device is.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::rights::Grants;

/// Who announced what first.
#[derive(Debug, Default)]
pub(super) struct Announcers {
    by_topic: HashMap<String, String>,
}

/// Why an announcement is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It names a topic that its maker may not write.
    ForeignTopic,
    /// Somebody else announced this before.
    OtherUsersDevice,
    /// It can't be read.
    Unreadable,
}

impl Refusal {
    /// What the log says.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::ForeignTopic => {
                "An announcement was refused: it names a topic that its user may not write. Give the user the tree \
                 of its devices, or have the device announced by the user it belongs to."
            }
            Self::OtherUsersDevice => {
                "An announcement was refused: another user has announced this device. If the device has moved to \
                 another user, start the hub anew."
            }
            Self::Unreadable => "An announcement was refused: it is no JSON object.",
        }
    }
}

/// Whether a topic carries announcements.
pub(super) fn is_announcement(topic: &str) -> bool {
    topic.starts_with("homeassistant/") && topic.ends_with("/config")
}

impl Announcers {
    /// Whether a user may announce this; an empty payload takes an announcement back.
    pub(super) fn check(&mut self, user: &str, grants: &Grants, topic: &str, payload: &[u8]) -> Result<(), Refusal> {
        if self.by_topic.get(topic).is_some_and(|first| first != user) {
            return Err(Refusal::OtherUsersDevice);
        }
        if payload.is_empty() {
            self.by_topic.remove(topic);
            return Ok(());
        }
        let config = serde_json::from_slice::<Map<String, Value>>(payload).map_err(|_| Refusal::Unreadable)?;
        if !topics_within(&config, "", grants) {
            return Err(Refusal::ForeignTopic);
        }
        if self.by_topic.len() < MAX_KNOWN {
            self.by_topic.insert(topic.to_owned(), user.to_owned());
        }
        Ok(())
    }
}

/// Whether every topic that is named here or deeper is one that may be written. `base` stands for `~`.
fn topics_within(config: &Map<String, Value>, base: &str, grants: &Grants) -> bool {
    let base = config.get("~").and_then(Value::as_str).unwrap_or(base);
    config.iter().all(|(name, value)| match value {
        Value::String(topic) if is_topic_name(name) => {
            let whole = match (topic.strip_prefix('~'), topic.strip_suffix('~')) {
                (Some(rest), _) => format!("{base}{rest}"),
                (None, Some(rest)) => format!("{rest}{base}"),
                (None, None) => topic.clone(),
            };
            // The hub may announce for anybody, so it must not be made to.
            grants.may_publish(&whole) && !is_announcement(&whole)
        }
        Value::Object(inner) => topics_within(inner, base, grants),
        Value::Array(list) => list.iter().filter_map(Value::as_object).all(|inner| topics_within(inner, base, grants)),
        _ => true,
    })
}

/// The names of options that hold a topic, spelt out or abbreviated.
fn is_topic_name(name: &str) -> bool {
    name == "topic" || name == "t" || name.ends_with("_topic") || name.ends_with("_t")
}

/// Devices that are remembered; the hub knows fewer.
const MAX_KNOWN: usize = 50_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rights::Rights;

    fn check(user: &str, tree: &str, config: &Value) -> Result<(), Refusal> {
        let grants = Rights::Bridge { trees: vec![tree.to_owned()] }.grants("hearth");
        let payload = serde_json::to_vec(config).unwrap();
        Announcers::default().check(user, &grants, "homeassistant/light/x/config", &payload)
    }

    #[test]
    fn only_topics_of_ones_own_may_be_named_however_they_are_spelt() {
        let own = json!({ "~": "tasmota/a", "cmd_t": "~/set", "stat_t": "~/state", "avty": [{ "t": "~/online" }] });
        assert_eq!(check("tasmota", "tasmota/#", &own), Ok(()));
        let foreign = "zigbee2mqtt/front_lock/set";
        for config in [
            json!({ "command_topic": foreign, "payload_on": "UNLOCK" }),
            json!({ "cmd_t": foreign }),
            json!({ "~": "zigbee2mqtt/front_lock", "bri_cmd_t": "~/set" }),
            json!({ "~": "front_lock/set", "cmd_t": "zigbee2mqtt/~" }),
            json!({ "cmps": { "a": { "p": "switch", "command_topic": foreign } } }),
            json!({ "~": "tasmota/a", "cmps": { "a": { "~": "zigbee2mqtt/front_lock", "cmd_t": "~/set" } } }),
            json!({ "command_topic": "hearth/request" }),
            json!({ "command_topic": "homeassistant/status" }),
            json!({ "command_topic": "homeassistant/lock/front/config" }),
        ] {
            assert_eq!(check("tasmota", "tasmota/#", &config), Err(Refusal::ForeignTopic), "{config}");
        }
    }

    #[test]
    fn what_another_user_announced_stays_as_it_is() {
        let grants = |tree: &str| Rights::Bridge { trees: vec![tree.to_owned()] }.grants("hearth");
        let (zigbee, tasmota) = (grants("zigbee2mqtt/#"), grants("tasmota/#"));
        let mut announcers = Announcers::default();
        let topic = "homeassistant/lock/front/config";
        let lock = br#"{"command_topic":"zigbee2mqtt/front/set"}"#;
        assert_eq!(announcers.check("zigbee", &zigbee, topic, lock), Ok(()));
        let stolen = br#"{"command_topic":"tasmota/front/set"}"#;
        assert_eq!(announcers.check("tasmota", &tasmota, topic, stolen), Err(Refusal::OtherUsersDevice));
        assert_eq!(announcers.check("tasmota", &tasmota, topic, b""), Err(Refusal::OtherUsersDevice));
        assert_eq!(announcers.check("zigbee", &zigbee, topic, lock), Ok(()));
        assert_eq!(announcers.check("zigbee", &zigbee, topic, b""), Ok(()), "its own maker takes it back");
        assert_eq!(announcers.check("tasmota", &tasmota, topic, stolen), Ok(()), "then it is free");
        assert_eq!(announcers.check("tasmota", &tasmota, topic, b"[1]"), Err(Refusal::Unreadable));
    }
}
