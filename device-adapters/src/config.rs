//! One entity's announcement, spelt out: options by name, topics with their base put in. Knows no platform.

use std::collections::BTreeSet;

use house::{Rejection, Wanted};
use serde_json::{Map, Value as Json};

use crate::fingerprint::fingerprint;
use crate::limits::{ID_CHARS, MEMBERS, TEXT_CHARS, TOPIC_BYTES};
use crate::naming::{ascii_slug, class_words, clean_name, full_name};

/// What is announced about one entity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// Its platform, a Home Assistant component or one of Hearth's own.
    pub(crate) platform: String,
    /// What the announcement's topic or key calls it.
    pub(crate) object: String,
    /// Its options, keys spelt out.
    pub(crate) options: Map<String, Json>,
    /// Its device's description, keys spelt out.
    pub(crate) device: Map<String, Json>,
}

impl Config {
    /// An option as text; truth values and numbers as Python would spell them.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        plain_text(self.options.get(key)?)
    }

    /// The same with Home Assistant's default.
    pub(crate) fn text_or(&self, key: &str, default: &str) -> String {
        self.text(key).unwrap_or_else(|| default.to_owned())
    }

    /// An option as a number.
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        let option = self.options.get(key)?;
        option.as_f64().or_else(|| option.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
    }

    /// Whether an option is switched on.
    pub(crate) fn flag(&self, key: &str) -> bool {
        match self.options.get(key) {
            Some(Json::Bool(truth)) => *truth,
            Some(Json::String(text)) => matches!(text.to_lowercase().as_str(), "true" | "on" | "yes" | "1"),
            Some(Json::Null | Json::Number(_) | Json::Array(_) | Json::Object(_)) | None => false,
        }
    }

    /// An option as a list of texts.
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        let items = self.options.get(key).and_then(Json::as_array);
        items.map(|items| items.iter().take(MEMBERS).filter_map(plain_text).collect()).unwrap_or_default()
    }

    /// Whether an option is there and not `null`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.options.get(key).is_some_and(|option| !option.is_null())
    }

    /// An option that is a topic, with `~` replaced by the base.
    pub(crate) fn topic(&self, key: &str) -> Result<Option<String>, Rejection> {
        self.options.get(key).filter(|option| !option.is_null()).map(|option| self.full_topic(option)).transpose()
    }

    /// The topics that an option names to listen to, with a template of their own if they have one.
    ///
    /// An announcement of Home Assistant names one; a native dialect, which spells its devices out in the same options,
    /// may name several as `{"topic", "template"}`, for devices that report the same thing in several places.
    pub(crate) fn topics(&self, key: &str) -> Result<Vec<(String, Option<&str>)>, Rejection> {
        let filter = |topic: &Json| {
            let filter = self.whole_topic(topic)?;
            check_filter(&filter).map(|()| filter)
        };
        match self.options.get(key) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Array(places)) => {
                let place = |at: &Json| filter(at.get("topic").unwrap_or(at));
                places
                    .iter()
                    .take(MEMBERS)
                    .map(|at| Ok((place(at)?, at.get("template").and_then(Json::as_str))))
                    .collect()
            }
            Some(topic) => Ok(vec![(filter(topic)?, None)]),
        }
    }

    /// A topic as it stands in an announcement, made whole and checked.
    pub(crate) fn full_topic(&self, option: &Json) -> Result<String, Rejection> {
        let whole = self.whole_topic(option)?;
        check_topic(&whole)?;
        Ok(whole)
    }

    /// A topic with `~` replaced by the base, as it may stand at either end.
    fn whole_topic(&self, option: &Json) -> Result<String, Rejection> {
        let topic = option.as_str().ok_or_else(|| no_topic(&option.to_string()))?;
        let base = self.options.get("~").and_then(Json::as_str).unwrap_or_default();
        Ok(match (topic.strip_prefix('~'), topic.strip_suffix('~')) {
            (Some(rest), _) => format!("{base}{rest}"),
            (None, Some(rest)) => format!("{rest}{base}"),
            (None, None) => topic.to_owned(),
        })
    }

    /// Every topic that its options say is to be published to.
    pub(crate) fn command_topics(&self) -> Vec<String> {
        let options = self.options.iter().filter(|(key, option)| is_command_key(key) && !option.is_null());
        options.filter_map(|(_, option)| self.full_topic(option).ok()).collect()
    }

    /// Quality of service for its commands.
    pub(crate) fn qos(&self) -> u8 {
        self.options
            .get("qos")
            .and_then(Json::as_u64)
            .and_then(|qos| u8::try_from(qos).ok())
            .filter(|qos| *qos <= 2)
            .unwrap_or(0)
    }

    /// Its device class, without an enumeration's path in front.
    pub(crate) fn device_class(&self) -> Option<String> {
        self.text("device_class")
            .filter(|class| !class.is_empty() && class.len() <= ID_CHARS)
            .map(|class| class.to_lowercase())
    }

    /// What people call it.
    pub(crate) fn name(&self) -> String {
        let device = self.device_text("name").map(|name| clean_name(&name)).unwrap_or_default();
        let own = match self.options.get("name") {
            Some(Json::Null) => String::new(),
            Some(name) => plain_text(name).map(|name| clean_name(&name)).unwrap_or_default(),
            None => self.device_class().map(|class| class_words(&class)).unwrap_or_default(),
        };
        let name = full_name(&device, &own);
        match name.is_empty() {
            true => clean_name(&self.object.replace('_', " ")),
            false => name,
        }
    }

    /// What tells its device from others where the entity's own name does not: the device's name, else its model.
    pub(crate) fn device_words(&self) -> Option<String> {
        let words = |key: &str| self.device_text(key).map(|text| clean_name(&text)).filter(|text| !text.is_empty());
        let own = self.name().to_lowercase();
        words("name").filter(|name| !own.contains(&name.to_lowercase())).or_else(|| words("model"))
    }

    /// Other names for it: Hearth's option `aliases`, which Home Assistant ignores.
    pub(crate) fn aliases(&self) -> Vec<String> {
        self.list("aliases")
            .iter()
            .map(|alias| clean_name(alias))
            .filter(|alias| !alias.is_empty())
            .take(ALIASES)
            .collect()
    }

    /// The area its device would like to be in.
    pub(crate) fn suggested_area(&self) -> Option<String> {
        self.device_text("suggested_area").map(|area| clean_name(&area)).filter(|area| !area.is_empty())
    }

    /// The id it asks for in so many words, if it does.
    pub(crate) fn default_entity_id(&self) -> Option<String> {
        let id = self.text("default_entity_id")?;
        let is_plain = id.chars().count() <= ID_CHARS && !id.chars().any(char::is_control) && id.trim() == id;
        let (domain, object) = id.split_once('.')?;
        let is_named =
            is_plain && !object.is_empty() && domain.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        is_named.then_some(id)
    }

    /// The part of its id after the domain.
    pub(crate) fn object_id(&self) -> String {
        let asked = self.text("object_id").and_then(|id| ascii_slug(&id));
        let named = || ascii_slug(&self.name());
        let announced = || ascii_slug(&self.object);
        let unique = || self.unique_id().and_then(|id| ascii_slug(&id));
        asked.or_else(named).or_else(announced).or_else(unique).unwrap_or_else(|| "unnamed".to_owned())
    }

    /// The id its maker gave it.
    pub(crate) fn unique_id(&self) -> Option<String> {
        self.text("unique_id").filter(|id| !id.is_empty() && id.chars().count() <= ID_CHARS)
    }

    /// Names of the thing itself that its announcements share whoever makes them: its radio's address, its chip, its
    /// group.
    pub(crate) fn physical(&self) -> BTreeSet<String> {
        let mut texts: Vec<&str> = self.options.get("unique_id").and_then(Json::as_str).into_iter().collect();
        for key in ["identifiers", "connections"] {
            each_text(self.device.get(key), &mut texts);
        }
        texts.into_iter().filter(|text| text.len() <= ID_CHARS).flat_map(physical_names).collect()
    }

    /// A number that another configuration hardly shares.
    pub(crate) fn fingerprint(&self) -> u64 {
        let text = |map: &Map<String, Json>| serde_json::to_string(map).unwrap_or_default();
        fingerprint((&self.platform, text(&self.options), text(&self.device)))
    }

    fn device_text(&self, key: &str) -> Option<String> {
        plain_text(self.device.get(key)?)
    }
}

/// Refuses topics that can't be published to or that take in more than one.
pub(crate) fn check_topic(topic: &str) -> Result<(), Rejection> {
    let is_odd =
        topic.is_empty() || TOPIC_BYTES < topic.len() || topic.contains(['+', '#', '\0']) || topic.starts_with('$');
    let is_discovery = topic.starts_with("homeassistant/") && topic.ends_with("/config");
    match is_odd || is_discovery {
        true => Err(no_topic(topic)),
        false => Ok(()),
    }
}

fn no_topic(said: &str) -> Rejection {
    Rejection::Unfit { wanted: Wanted::Topic, said: shown(said) }
}

/// A topic or the like as it may stand in a complaint, which goes into logs.
pub(crate) fn shown(topic: &str) -> String {
    clean_name(&topic.chars().take(SHOWN_CHARS).collect::<String>())
}

/// What is wrong with one part of an announcement.
pub(crate) fn within(part: &str, why: Rejection) -> Rejection {
    Rejection::Within { part: shown(part), why: Box::new(why) }
}

/// Whether an option names a topic to publish to. Nothing is ever published to a topic of another option.
pub(crate) fn is_command_key(key: &str) -> bool {
    key.ends_with("command_topic") || (key.starts_with("set_") && key.ends_with("_topic"))
}

/// Whether a topic is one of these, or below one of them.
pub fn is_within(topic: &str, roots: &[String]) -> bool {
    let is_at = |root: &String| topic.strip_prefix(root.as_str());
    roots.iter().filter_map(is_at).any(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The same for a topic that is only listened to, where a level may be `+`. The last may not: that is by which
/// messages find who listens.
fn check_filter(filter: &str) -> Result<(), Rejection> {
    let levels: Vec<&str> = filter.split('/').collect();
    let is_plain = levels.last() != Some(&"+") && levels.len() <= MOST_LEVELS;
    match is_plain {
        true => check_topic(
            &levels.iter().map(|level| if *level == "+" { "x" } else { level }).collect::<Vec<_>>().join("/"),
        ),
        false => check_topic(filter),
    }
}

fn each_text<'j>(json: Option<&'j Json>, texts: &mut Vec<&'j str>) {
    match json {
        Some(Json::String(text)) => texts.push(text),
        Some(Json::Array(items)) => items.iter().take(MEMBERS).for_each(|item| each_text(Some(item), texts)),
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_)) | None => {}
    }
}

/// `0x00158d0001020304`, `AA:BB:CC:DD:EE:FF`, `AABBCCDDEEFF`, Tasmota's last six digits, and zigbee2mqtt's groups
/// (`zigbee2mqtt_`, its base topic in character codes, `_` and the number).
pub(crate) fn physical_names(text: &str) -> Vec<String> {
    let is_hex = |word: &str| word.chars().all(|letter| letter.is_ascii_hexdigit());
    let address = text.replace(':', "").to_lowercase();
    let is_chip = text.len() == 6 && is_hex(text);
    let is_group = text
        .strip_prefix("zigbee2mqtt_")
        .is_some_and(|rest| rest.contains('_') && rest.chars().all(|letter| letter.is_ascii_digit() || letter == '_'));
    let is_address = |word: &str| is_hex(word) && matches!(word.len(), 12 | 16);
    let words = address
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(|word| word.strip_prefix("0x").unwrap_or(word));
    let addresses = words.filter(|word| is_address(word)).map(str::to_owned);
    addresses.chain((is_chip || is_group).then(|| text.to_lowercase())).collect()
}

fn plain_text(json: &Json) -> Option<String> {
    match json {
        Json::Bool(true) => Some("True".to_owned()),
        Json::Bool(false) => Some("False".to_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => Some(text.chars().take(OPTION_CHARS).collect()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Templates are options too, so this is above what they may have; they are refused when they are longer.
const OPTION_CHARS: usize = 8 * TEXT_CHARS;
/// Of a topic with wildcards.
const MOST_LEVELS: usize = 16;
/// Of a topic in a complaint.
const SHOWN_CHARS: usize = 80;
/// More than anyone says.
const ALIASES: usize = 32;
