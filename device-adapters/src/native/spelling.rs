//! The pieces that every dialect spells its devices out with. Knows no dialect.

use house::Rejection;
use serde_json::{Map, Value as Json, json};

use crate::change::Message;
use crate::config::{Config, check_topic};
use crate::json;
use crate::limits::{ID_CHARS, Limits};

/// A device whose entities are being spelt out.
pub(super) struct Speller {
    /// What goes before an entity's own unique id and object id.
    pub(super) object: String,
    /// The device's description, in Home Assistant's words.
    pub(super) device: Map<String, Json>,
    /// Options that all of its entities share.
    pub(super) shared: Map<String, Json>,
    most: usize,
    entities: Vec<(String, Config)>,
}

/// The options of one entity while they are collected.
pub(super) struct Options(Map<String, Json>);

impl From<Json> for Options {
    fn from(json: Json) -> Self {
        Self(map(json))
    }
}

impl Options {
    /// Sets an option.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Json>) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// Sets all of a map's options.
    pub(super) fn set_all(&mut self, more: Json) {
        self.0.extend(map(more));
    }

    /// Sets those options that have a value.
    pub(super) fn set_some<'k>(&mut self, more: impl IntoIterator<Item = (&'k str, Option<Json>)>) {
        self.0.extend(more.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    }
}

impl Speller {
    /// A device with nothing on it yet.
    pub(super) fn new(object: &str, device: Json, shared: Json, limits: &Limits) -> Self {
        Self {
            object: object.to_owned(),
            device: map(device),
            shared: map(shared),
            most: limits.components_per_device,
            entities: Vec::new(),
        }
    }

    /// Adds an entity, if the device has not too many; the key is its own among the device's.
    pub(super) fn add(&mut self, platform: &str, key: &str, unique_id: &str, options: impl Into<Options>) {
        if self.most <= self.entities.len() {
            return;
        }
        let mut all = self.shared.clone();
        all.extend(options.into().0);
        all.insert("unique_id".to_owned(), Json::from(unique_id));
        let object = format!("{}_{key}", self.object);
        self.entities.push((
            format!("{platform}.{key}"),
            Config { platform: platform.to_owned(), object, options: all, device: self.device.clone() },
        ));
    }

    /// Every entity.
    pub(super) fn finish(self) -> Vec<(String, Config)> {
        self.entities
    }
}

fn map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}

/// The template for a path into a message's JSON; `None` if a step could not be written as one.
pub(super) fn path(steps: &[&str]) -> Option<String> {
    let is_plain = |step: &&str| {
        !step.is_empty() && step.len() <= ID_CHARS && !step.contains(['\'', '"', '\\', '[', ']', '{', '}', '%', '#'])
    };
    steps.iter().all(is_plain).then(|| {
        let steps: String = steps.iter().map(|step| format!("['{step}']")).collect();
        format!("{{{{ value_json{steps} }}}}")
    })
}

/// A source of availability for the option `availability`.
pub(super) fn availability(topic: &str, template: Option<&str>, online: &str, offline: &str) -> Json {
    json!({ "topic": topic, "value_template": template, "payload_available": online, "payload_not_available": offline })
}

/// A message that asks; `None` if its topic can't be published to.
pub(super) fn ask(topic: String, payload: impl Into<Vec<u8>>) -> Option<Message> {
    check_topic(&topic).ok()?;
    Some(Message { topic, payload: payload.into(), qos: 0 })
}

/// What a parser says is wrong.
pub(super) fn unreadable(error: serde_json::Error) -> Rejection {
    Rejection::Unreadable(error.to_string())
}

/// A payload as text, bounded.
pub(super) fn text(payload: &[u8], most: usize) -> Result<&str, Rejection> {
    if most < payload.len() {
        return Err(Rejection::TooLarge { most, bytes: payload.len() });
    }
    std::str::from_utf8(payload).map_err(|_| Rejection::NotText)
}

/// A payload as a JSON map, bounded; `None` if it is empty, which takes the announcement back.
pub(super) fn object(payload: &[u8], most: usize) -> Result<Option<Map<String, Json>>, Rejection> {
    let text = text(payload, most)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    match json::parse(text)? {
        Json::Object(map) => Ok(Some(map)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Err(Rejection::NotMap),
    }
}

/// A maker's name for something, as people would write it: `soil_moisture` → `Soil moisture`.
pub(super) fn label(name: &str) -> String {
    crate::naming::class_words(name)
}

/// A name without the signs that stand for spaces in topics.
pub(super) fn spoken(name: &str) -> String {
    let name = name.replace('/', " ");
    if name.contains(' ') { name } else { name.replace('_', " ") }
}
