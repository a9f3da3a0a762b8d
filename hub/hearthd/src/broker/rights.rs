//! Who may publish and subscribe to what. Pure: topics and filters in, yes or no out.

/// What a user of the broker may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    /// The hub itself: everything.
    Hub,
    /// A bridge to devices: all of its own trees, announcements for discovery, and Home Assistant's status.
    Bridge {
        /// Filters such as `zigbee2mqtt/#`.
        trees: Vec<String>,
    },
    /// A program that hands in requests and reads the answers.
    Requester,
    /// Home Assistant: its own status, talking to the hub, reading what is announced, and its devices' trees.
    HomeAssistant {
        /// Filters such as `zigbee2mqtt/#`.
        trees: Vec<String>,
    },
    /// A program that only reads.
    ReadOnly {
        /// Filters such as `zigbee2mqtt/#`.
        trees: Vec<String>,
    },
}

impl Rights {
    /// Whether a message may go to this topic.
    pub(super) fn may_publish(&self, topic: &str) -> bool {
        let is_plain = !topic.is_empty() && !topic.contains(['+', '#', '\0']);
        let is_reserved = topic.starts_with('$') || covers("hearth/#", topic) || topic == HOME_ASSISTANT_STATUS;
        match self {
            Self::Hub => true,
            Self::Bridge { trees } => is_plain && !is_reserved && (any_covers(trees, topic) || covers(DISCOVERY, topic)),
            Self::Requester => topic == "hearth/request",
            Self::HomeAssistant { trees } => is_plain && (ASKED.contains(&topic) || topic == HOME_ASSISTANT_STATUS || (!is_reserved && any_covers(trees, topic))),
            Self::ReadOnly { .. } => false,
        }
    }

    /// Whether this filter may be subscribed to: all it could ever match must be within the rights.
    pub(super) fn may_subscribe(&self, filter: &str) -> bool {
        let filter = unshared(filter);
        let is_reserved = filter.is_empty() || filter.starts_with('$') || filter.contains('\0');
        match self {
            Self::Hub => true,
            Self::Bridge { trees } => !is_reserved && (any_covers(trees, filter) || filter == HOME_ASSISTANT_STATUS),
            Self::Requester => matches!(filter, "hearth/response" | "hearth/status" | "hearth/notice"),
            Self::HomeAssistant { trees } => !is_reserved && (covers("hearth/#", filter) || covers(DISCOVERY, filter) || any_covers(trees, filter)),
            Self::ReadOnly { trees } => !is_reserved && any_covers(trees, filter),
        }
    }
}

/// Whether a filter matches a topic, by the rules of MQTT.
pub(super) fn matches(filter: &str, topic: &str) -> bool {
    covers(filter, topic)
}

/// Whether everything that `inner` (a filter or a topic) matches is matched by `outer` too.
fn covers(outer: &str, inner: &str) -> bool {
    // A wildcard at the root does not reach topics that begin with `$`.
    if inner.starts_with('$') && outer.starts_with(['+', '#']) {
        return false;
    }
    let mut inner = inner.split('/');
    for outer in outer.split('/') {
        match (outer, inner.next()) {
            ("#", _) => return true,
            (_, None | Some("#")) => return false,
            ("+", Some(_)) => {}
            (outer, Some(inner)) if outer == inner => {}
            (_, Some(_)) => return false,
        }
    }
    inner.next().is_none()
}

/// `$share/GROUP/FILTER` reads what `FILTER` reads.
fn unshared(filter: &str) -> &str {
    let inner = filter.strip_prefix("$share/").and_then(|rest| rest.split_once('/'));
    inner.map_or(filter, |(_, inner)| inner)
}

fn any_covers(trees: &[String], inner: &str) -> bool {
    trees.iter().any(|tree| covers(tree, inner))
}

/// Where the hub is asked.
const ASKED: &[&str] = &["hearth/request", "hearth/say/set", "hearth/stop/set"];
/// Where bridges announce their devices.
const DISCOVERY: &str = "homeassistant/#";
/// Where Home Assistant, or the hub in its place, says that it is up.
const HOME_ASSISTANT_STATUS: &str = "homeassistant/status";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_covers_what_it_reaches_and_nothing_more() {
        for (outer, inner, expected) in [
            ("a/#", "a", true),
            ("a/#", "a/b/c", true),
            ("a/#", "a/+/c", true),
            ("a/#", "a/#", true),
            ("a/#", "ab/c", false),
            ("a/#", "#", false),
            ("a/#", "+/b", false),
            ("a/+", "a/b", true),
            ("a/+", "a/+", true),
            ("a/+", "a/#", false),
            ("a/+", "a", false),
            ("a/+", "a/b/c", false),
            ("a/+/c", "a/b/c", true),
            ("a/b", "a/+", false),
            ("#", "a/b", true),
            ("#", "$SYS/x", false),
            ("+/x", "$SYS/x", false),
            ("$SYS/#", "$SYS/x", true),
            ("+", "", true),
            ("a/+", "a/", true),
            ("/+", "/a", true),
            ("+/+", "/a", true),
        ] {
            assert_eq!(covers(outer, inner), expected, "{outer} covers {inner}");
        }
    }

    #[test]
    fn only_the_hub_speaks_in_its_name() {
        let bridge = Rights::Bridge { trees: vec!["zigbee2mqtt/#".into()] };
        let everywhere = Rights::Bridge { trees: vec!["#".into()] };
        for topic in ["hearth", "hearth/status", "hearth/request", "homeassistant/status", "$SYS/x", "", "zigbee2mqtt/+"] {
            assert!(!bridge.may_publish(topic) && !everywhere.may_publish(topic), "{topic}");
            assert!(!Rights::ReadOnly { trees: vec!["#".into()] }.may_publish(topic), "{topic}");
        }
        assert!(bridge.may_publish("zigbee2mqtt/lamp/set") && bridge.may_publish("homeassistant/light/lamp/config"));
        assert!(!bridge.may_publish("tasmota/lamp") && everywhere.may_publish("tasmota/lamp"));
        assert!(Rights::Requester.may_publish("hearth/request") && !Rights::Requester.may_publish("hearth/status"));
        assert!(Rights::Hub.may_publish("hearth/status"));
    }

    #[test]
    fn a_subscription_stays_within_the_rights() {
        let bridge = Rights::Bridge { trees: vec!["zigbee2mqtt/#".into()] };
        for filter in ["#", "+/#", "hearth/#", "$SYS/#", "$share/g/#", "$share/g/$SYS/#", "$share/g", "homeassistant/#", "+/status", "zigbee2mqtt2/#", ""] {
            assert!(!bridge.may_subscribe(filter), "{filter}");
            assert!(!Rights::Requester.may_subscribe(filter), "{filter}");
        }
        for filter in ["zigbee2mqtt/#", "zigbee2mqtt", "zigbee2mqtt/+/set", "$share/g/zigbee2mqtt/lamp", "homeassistant/status"] {
            assert!(bridge.may_subscribe(filter), "{filter}");
        }
        assert!(Rights::Requester.may_subscribe("hearth/response") && Rights::Requester.may_subscribe("hearth/status"));
        assert!(Rights::Hub.may_subscribe("#"));
    }
}
