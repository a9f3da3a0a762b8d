//! Homie 5, where a device describes itself in one message, and Homie 4, where it does so in many.
//!
//! A property becomes an entity of its own, by what its datatype allows. Those of one node that make a lamp or a blind
//! together become one. Whatever is called a lock is a lock, also where it is only a truth value, so that it is judged
//! as one.
//! `$target`, alerts, logs and broadcasts are not followed.

mod four;
mod nodes;

use std::collections::BTreeMap;

use house::Rejection;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::limits::{ID_CHARS, Limits, NATIVE_DEVICES};
use crate::native::news::{Device, News};
use crate::native::spelling::{self, Speller, availability, object, text, unreadable};

/// What has to be kept of devices that describe themselves in many messages.
#[derive(Debug, Default)]
pub(super) struct Homie {
    pieces: BTreeMap<String, four::Pieces>,
}

/// What a device says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Description {
    name: Option<String>,
    nodes: BTreeMap<String, Node>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    name: Option<String>,
    properties: BTreeMap<String, Property>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
struct Property {
    name: Option<String>,
    datatype: String,
    format: Option<String>,
    settable: bool,
    retained: bool,
    unit: Option<String>,
}

impl Default for Property {
    fn default() -> Self {
        Self { name: None, datatype: String::new(), format: None, settable: false, retained: true, unit: None }
    }
}

/// A device's place and its way of writing colours.
struct Dialect<'a> {
    /// Its topic.
    topic: String,
    id: &'a str,
    /// Whether a colour begins with the name of its form, as in Homie 5.
    names_forms: bool,
}

impl Homie {
    /// Takes in an attribute of a device of Homie 5.
    pub(super) fn five(
        &mut self,
        root: &str,
        id: &str,
        attribute: &str,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        let topic = format!("{root}/5/{id}");
        let source = format!("homie {topic}");
        let gone = || Ok(Some(News { gone: vec![source.clone()], ..News::default() }));
        match attribute {
            "$state" if text(payload, SHORT)?.trim().is_empty() => gone(),
            "$state" => Ok(None),
            _ => {
                let Some(description) = object(payload, limits.device_payload_bytes)? else { return gone() };
                let description = read(id, description)?;
                let dialect = Dialect { topic, id, names_forms: true };
                Ok(Some(News::of(Device {
                    source: source.clone(),
                    entities: spell(&dialect, &description, limits),
                    asks: Vec::new(),
                })))
            }
        }
    }

    /// Takes in an attribute of a device, a node or a property of Homie 4, by its path below `homie/`.
    pub(super) fn four(&mut self, path: &[&str], payload: &[u8], limits: &Limits) -> Result<Option<News>, Rejection> {
        let [id, rest @ ..] = path else { return Ok(None) };
        if NATIVE_DEVICES <= self.pieces.len() && !self.pieces.contains_key(*id) {
            return Err(Rejection::TooMany(NATIVE_DEVICES));
        }
        if ID_CHARS < id.len() {
            return Err(Rejection::BadId);
        }
        let text = text(payload, limits.payload_bytes)?;
        let pieces = self.pieces.entry((*id).to_owned()).or_default();
        if !pieces.take(rest, text, limits) {
            return Ok(None);
        }
        let topic = format!("homie/{id}");
        let source = format!("homie {topic}");
        match pieces.description() {
            Some(description) => {
                let dialect = Dialect { topic, id, names_forms: false };
                Ok(Some(News::of(Device { source, entities: spell(&dialect, &description, limits), asks: Vec::new() })))
            }
            None => {
                if pieces.is_empty() {
                    self.pieces.remove(*id);
                }
                Ok(Some(News { gone: vec![source], ..News::default() }))
            }
        }
    }
}

fn read(id: &str, description: Map<String, Json>) -> Result<Description, Rejection> {
    if ID_CHARS < id.len() {
        return Err(Rejection::BadId);
    }
    serde_json::from_value(Json::Object(description)).map_err(unreadable)
}

fn spell(dialect: &Dialect<'_>, description: &Description, limits: &Limits) -> Vec<(String, crate::config::Config)> {
    let name = description.name.clone().unwrap_or_else(|| spelling::spoken(dialect.id));
    let device = json!({ "identifiers": [dialect.topic, dialect.id], "name": name });
    let state = "{{ 'online' if value in ['ready', 'sleeping', 'alert'] else 'offline' }}";
    let shared = json!({
        "availability": [availability(&format!("{}/$state", dialect.topic), Some(state), "online", "offline")],
        "qos": 1,
    });
    let mut speller = Speller::new(dialect.id, device, shared, limits);
    let is_only = description.nodes.len() == 1;
    for (id, node) in &description.nodes {
        let label = node.name.clone().unwrap_or_else(|| spelling::label(&id.replace('-', "_")));
        nodes::spell(&mut speller, dialect, id, node, if is_only { None } else { Some(&label) });
    }
    speller.finish()
}

/// Of a state.
const SHORT: usize = 64;
