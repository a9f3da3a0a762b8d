//! Who may publish and subscribe to what. Pure: topics and filters in, yes or no out.
//!
//! The one definition of it: the embedded broker asks here, and Mosquitto's access list is written from here.

/// What a user of the broker may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
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

/// What a user may read and write, as filters; everything else is denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grants {
    /// What it may read.
    pub(super) read: Vec<String>,
    /// What it may write.
    pub(super) write: Vec<String>,
}

impl Rights {
    /// What they grant below this root of the hub's own topics.
    pub(super) fn grants(&self, base_topic: &str) -> Grants {
        let own = |names: &[&str]| names.iter().map(|name| format!("{base_topic}/{name}")).collect::<Vec<_>>();
        let plain = |filters: &[&str]| filters.iter().map(|&filter| filter.to_owned()).collect::<Vec<_>>();
        match self {
            Self::Hub => Grants { read: plain(&["#"]), write: plain(&["#"]) },
            // zigbee2mqtt reads all of discovery, to take back what it announced and no longer has.
            Self::Bridge { trees } => Grants {
                read: [trees.clone(), plain(&[DISCOVERY])].concat(),
                write: [trees.clone(), plain(ANNOUNCED)].concat(),
            },
            Self::Requester => Grants { read: own(ANSWERED), write: own(&["request"]) },
            Self::HomeAssistant { trees } => Grants {
                read: [trees.clone(), own(&["#"]), plain(&[DISCOVERY])].concat(),
                write: [trees.clone(), own(ASKED), plain(&[HOME_ASSISTANT_STATUS])].concat(),
            },
            Self::ReadOnly { trees } => Grants { read: trees.clone(), write: Vec::new() },
        }
    }

    /// What is wrong with the trees, if anything is.
    ///
    /// # Errors
    /// The first tree that is no topic filter, or that reaches the hub's own topics.
    pub fn check(&self, base_topic: &str) -> Result<(), TreeError> {
        let (trees, may_write) = match self {
            Self::Hub | Self::Requester => return Ok(()),
            Self::Bridge { trees } | Self::HomeAssistant { trees } => (trees, true),
            Self::ReadOnly { trees } => (trees, false),
        };
        let own = format!("{base_topic}/#");
        for tree in trees {
            if !is_filter(tree) {
                return Err(TreeError::NoFilter(tree.clone()));
            }
            if may_write && (overlaps(tree, &own) || overlaps(tree, DISCOVERY)) {
                return Err(TreeError::Foreign(tree.clone()));
            }
        }
        Ok(())
    }
}

/// Why a tree can't be given to a user.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TreeError {
    /// It is no filter.
    #[error(
        "`{0}` is no filter of topics\n  hint: such as `zigbee2mqtt/#`; `#` stands only at the end, and `$` never at \
         the start"
    )]
    NoFilter(String),
    /// It reaches what belongs to others.
    #[error(
        "`{0}` reaches the topics of the hub or of Home Assistant\n  hint: name the bridge's own topics, such as \
         `zigbee2mqtt/#`"
    )]
    Foreign(String),
}

impl Grants {
    /// Whether a message may go to this topic.
    pub(super) fn may_publish(&self, topic: &str) -> bool {
        let is_plain = !topic.is_empty() && !topic.contains(['+', '#', '\0']);
        is_plain && has_few_levels(topic) && any_covers(&self.write, topic)
    }

    /// Whether a filter with wildcards reaches something that may be written; bridges that hear others' sensors
    /// announce such filters.
    pub(super) fn may_be_heard(&self, filter: &str) -> bool {
        let is_filter = filter.contains(['+', '#']) && is_filter(filter);
        is_filter && has_few_levels(filter) && self.write.iter().any(|tree| overlaps(tree, filter))
    }

    /// Whether this filter may be subscribed to: all it could ever match must be within the rights.
    pub(super) fn may_subscribe(&self, filter: &str) -> bool {
        let filter = unshared(filter);
        !filter.is_empty() && !filter.contains('\0') && has_few_levels(filter) && any_covers(&self.read, filter)
    }
}

/// The topics that a bridge of that kind has to itself, unless it was set up otherwise; none if the kind is not known.
pub fn usual_trees(kind: &str) -> Option<Vec<String>> {
    let (_, trees) = BRIDGES.iter().find(|(name, _)| *name == kind)?;
    Some(trees.iter().map(|&tree| tree.to_owned()).collect())
}

/// The kinds of bridges whose topics are known.
pub(crate) fn known_bridges() -> impl Iterator<Item = &'static str> {
    BRIDGES.iter().map(|(name, _)| *name)
}

/// Whether a filter matches a topic, by the rules of MQTT.
pub(super) fn matches(filter: &str, topic: &str) -> bool {
    covers(filter, topic)
}

/// Whether a topic is one where devices are announced to Home Assistant, whoever has them.
pub(super) fn is_announcement(topic: &str) -> bool {
    ANNOUNCED.iter().any(|filter| covers(filter, topic))
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

fn has_few_levels(topic: &str) -> bool {
    topic.split('/').nth(MOST_LEVELS).is_none()
}

fn any_covers(trees: &[String], inner: &str) -> bool {
    trees.iter().any(|tree| covers(tree, inner))
}

/// Whether there is a topic that both filters match.
fn overlaps(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.split('/'), other.split('/'));
    loop {
        match (one.next(), other.next()) {
            (Some("#"), _) | (_, Some("#")) | (None, None) => return true,
            (None, Some(_)) | (Some(_), None) => return false,
            (Some(one), Some(other)) if one == other || one == "+" || other == "+" => {}
            (Some(_), Some(_)) => return false,
        }
    }
}

/// Whether a text is a filter, and one that can stand in a line of an access list.
fn is_filter(text: &str) -> bool {
    let levels: Vec<&str> = text.split('/').collect();
    let is_level = |(index, level): (usize, &&str)| match *level {
        "#" => index + 1 == levels.len(),
        "+" => true,
        level => !level.contains(['#', '+']),
    };
    let is_one_line = text.trim() == text && !text.chars().any(char::is_control);
    (1..=LONGEST_TREE).contains(&text.len())
        && is_one_line
        && !text.starts_with('$')
        && levels.iter().enumerate().all(is_level)
}

/// Where Home Assistant asks the hub.
const ASKED: &[&str] = &["request", "say/set", "stop/set", "mode/set", "schedule/+/set"];
/// What a requester reads.
const ANSWERED: &[&str] = &["response", "status", "notice"];
/// Where devices and Home Assistant itself are announced.
const DISCOVERY: &str = "homeassistant/#";
/// Where bridges announce their devices.
const ANNOUNCED: &[&str] = &["homeassistant/+/+/config", "homeassistant/+/+/+/config"];
/// Deeper than any topic of a device.
const MOST_LEVELS: usize = 64;
/// Longer than any topic of a device.
const LONGEST_TREE: usize = 256;
/// The topics of each bridge as its makers set it up. ESPHome's and Shelly's are its nodes' once these are told so.
const BRIDGES: &[(&str, &[&str])] = &[
    ("zigbee2mqtt", &["zigbee2mqtt/#"]),
    ("tasmota", &["tasmota/discovery/#", "cmnd/#", "stat/#", "tele/#"]),
    ("shelly", &["shellies/#"]),
    ("esphome", &["esphome/#"]),
    ("homie", &["homie/#"]),
    ("valetudo", &["valetudo/#"]),
];
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

    fn bridge() -> Grants {
        Rights::Bridge { trees: vec!["zigbee2mqtt/#".into()] }.grants("hearth")
    }

    #[test]
    fn only_the_hub_speaks_in_its_name() {
        for topic in
            ["hearth", "hearth/status", "hearth/request", "homeassistant/status", "$SYS/x", "", "zigbee2mqtt/+"]
        {
            assert!(!bridge().may_publish(topic), "{topic}");
            assert!(!Rights::ReadOnly { trees: vec!["#".into()] }.grants("hearth").may_publish(topic), "{topic}");
        }
        assert!(
            bridge().may_publish("zigbee2mqtt/lamp/set") && bridge().may_publish("homeassistant/light/lamp/config")
        );
        assert!(!bridge().may_publish("tasmota/lamp"));
        let requester = Rights::Requester.grants("home/hub");
        assert!(
            requester.may_publish("home/hub/request")
                && !requester.may_publish("home/hub/status")
                && !requester.may_publish("hearth/request")
        );
        assert!(Rights::Hub.grants("hearth").may_publish("hearth/status"));
    }

    #[test]
    fn a_subscription_stays_within_the_rights() {
        let requester = Rights::Requester.grants("hearth");
        for filter in [
            "#",
            "+/#",
            "hearth/#",
            "$SYS/#",
            "$share/g/#",
            "$share/g/$SYS/#",
            "$share/g",
            "+/status",
            "zigbee2mqtt2/#",
            "",
        ] {
            assert!(!bridge().may_subscribe(filter), "{filter}");
            assert!(!requester.may_subscribe(filter), "{filter}");
        }
        for filter in [
            "zigbee2mqtt/#",
            "zigbee2mqtt",
            "zigbee2mqtt/+/set",
            "$share/g/zigbee2mqtt/lamp",
            "homeassistant/status",
            "homeassistant/#",
        ] {
            assert!(bridge().may_subscribe(filter), "{filter}");
        }
        assert!(requester.may_subscribe("hearth/response") && requester.may_subscribe("hearth/status"));
        assert!(Rights::Hub.grants("hearth").may_subscribe("#"));
    }

    #[test]
    fn a_tree_reaches_nothing_of_others() {
        for tree in
            ["#", "+/#", "hearth/#", "hearth", "hearth/+", "+/status", "+", "homeassistant/light/#", "+/+/+/config"]
        {
            let tree = tree.to_owned();
            assert_eq!(
                Rights::Bridge { trees: vec![tree.clone()] }.check("hearth"),
                Err(TreeError::Foreign(tree.clone()))
            );
            assert_eq!(Rights::ReadOnly { trees: vec![tree] }.check("hearth"), Ok(()));
        }
        for tree in ["", "a/#/b", "a#", "a+/b", "$SYS/#", "a\nuser x", " a", "a\u{85}b"] {
            assert_eq!(
                Rights::ReadOnly { trees: vec![tree.to_owned()] }.check("hearth"),
                Err(TreeError::NoFilter(tree.to_owned()))
            );
        }
        for kind in known_bridges() {
            assert_eq!(Rights::Bridge { trees: usual_trees(kind).unwrap() }.check("hearth"), Ok(()), "{kind}");
        }
        assert_eq!(Rights::HomeAssistant { trees: vec!["zigbee2mqtt/#".into()] }.check("home/hub"), Ok(()));
    }
}
