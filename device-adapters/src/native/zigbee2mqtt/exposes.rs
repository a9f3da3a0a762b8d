//! The shapes of zigbee2mqtt's lists. Knows no meanings.

use std::collections::BTreeMap;

use house::Rejection;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::config::within;
use crate::limits::{ID_CHARS, JSON_DEPTH, MEMBERS};
use crate::native::spelling::unreadable;

/// One device of the network.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Node {
    pub(super) ieee_address: String,
    pub(super) friendly_name: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    power_source: Option<String>,
    #[serde(default)]
    pub(super) definition: Option<Definition>,
    #[serde(default)]
    endpoints: BTreeMap<String, Endpoint>,
}

/// One of a device's parts on the radio.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    scenes: Vec<Scene>,
}

/// What the maker's model can do.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Definition {
    #[serde(default)]
    pub(super) vendor: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) exposes: Vec<Expose>,
}

/// One thing a device can do or say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Expose {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) property: String,
    pub(super) label: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) category: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) access: u64,
    pub(super) values: Vec<Json>,
    pub(super) value_on: Option<Json>,
    pub(super) value_off: Option<Json>,
    pub(super) value_min: Option<f64>,
    pub(super) value_max: Option<f64>,
    pub(super) value_step: Option<f64>,
    pub(super) features: Vec<Self>,
}

/// Several devices with one name.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Group {
    pub(super) id: u32,
    pub(super) friendly_name: String,
    #[serde(default)]
    pub(super) members: Vec<Member>,
    #[serde(default)]
    pub(super) scenes: Vec<Scene>,
}

/// One device of a group.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Member {
    pub(super) ieee_address: String,
}

/// A stored state of a device or group.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Scene {
    pub(super) id: u32,
    pub(super) name: String,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Json,
}

impl Node {
    /// Whether there is anything on it for a house.
    pub(super) fn is_of_use(&self) -> bool {
        let is_named = self.ieee_address.len() <= ID_CHARS && !self.ieee_address.is_empty();
        is_named && self.kind != "Coordinator" && !self.disabled && self.definition.is_some()
    }

    /// States that it stores itself.
    pub(super) fn scenes(&self) -> impl Iterator<Item = &Scene> {
        self.endpoints.values().flat_map(|endpoint| &endpoint.scenes)
    }

    /// Whether it listens all the time; a device on a battery does not, and asking it would only fill the bridge's
    /// queue.
    pub(super) fn is_awake(&self) -> bool {
        self.kind == "Router"
            || self
                .power_source
                .as_deref()
                .is_some_and(|source| source.starts_with("Mains") || source.starts_with("DC"))
    }
}

impl Expose {
    /// Whether it is reported.
    pub(super) fn is_published(&self) -> bool {
        self.access & 1 != 0
    }

    /// Whether it can be set.
    pub(super) fn is_settable(&self) -> bool {
        self.access & 2 != 0
    }

    /// Whether it can be asked for.
    pub(super) fn is_gettable(&self) -> bool {
        self.access & 4 != 0
    }

    /// The part of that name.
    pub(super) fn feature(&self, name: &str) -> Option<&Self> {
        self.features.iter().find(|feature| feature.name == name && !feature.property.is_empty())
    }

    /// Its values that are text.
    pub(super) fn words(&self) -> Vec<&str> {
        self.values.iter().take(MEMBERS).filter_map(Json::as_str).collect()
    }

    /// A name for the page.
    pub(super) fn label(&self) -> String {
        let own = self.label.clone().filter(|label| !label.is_empty());
        own.unwrap_or_else(|| crate::native::spelling::label(&self.name))
    }
}

/// The devices of a list, and what was wrong with those left out.
pub(super) fn nodes(text: &str, most: usize) -> Result<(Vec<Node>, Option<Rejection>), Rejection> {
    list(text, most)
}

/// The groups of a list, and what was wrong with those left out.
pub(super) fn groups(text: &str, most: usize) -> Result<(Vec<Group>, Option<Rejection>), Rejection> {
    list(text, most)
}

/// The address of the device that left, if the event is that.
pub(super) fn left(text: &str) -> Result<Option<String>, Rejection> {
    let event: Event = serde_json::from_str(text).map_err(unreadable)?;
    let address = event.data.get("ieee_address").and_then(Json::as_str);
    Ok(address.filter(|_| event.kind == "device_leave").map(str::to_owned))
}

/// One odd device does not cost the house the others.
fn list<T: DeserializeOwned>(text: &str, most: usize) -> Result<(Vec<T>, Option<Rejection>), Rejection> {
    if text.trim().is_empty() {
        return Ok((Vec::new(), None));
    }
    let items: Vec<Json> = serde_json::from_str(text).map_err(unreadable)?;
    let mut trouble = (most < items.len()).then_some(Rejection::TooMany(most));
    let mut read = Vec::new();
    for item in items.into_iter().take(most) {
        let name: String = item.get("friendly_name").and_then(Json::as_str).unwrap_or("?").chars().take(80).collect();
        if crate::json::is_deeper_than(&item, JSON_DEPTH) {
            trouble = Some(within(&name, Rejection::TooDeep(JSON_DEPTH)));
            continue;
        }
        match serde_json::from_value(item) {
            Ok(item) => read.push(item),
            Err(error) => trouble = Some(within(&name, unreadable(error))),
        }
    }
    Ok((read, trouble))
}

/// What several devices of a kind can do together, without endpoints; `None` if there is none of that kind.
pub(super) fn together(kind: &str, exposes: &[&Expose]) -> Option<Expose> {
    let mut features: Vec<Expose> = Vec::new();
    for feature in
        exposes.iter().filter(|expose| expose.kind == kind).flat_map(|expose| expose.features.iter().take(FEATURES))
    {
        let has_room = features.len() < FEATURES;
        match features.iter_mut().find(|known| known.name == feature.name) {
            // What every member can do: the narrower of two ranges.
            Some(known) => {
                known.value_min = known.value_min.into_iter().chain(feature.value_min).reduce(f64::max);
                known.value_max = known.value_max.into_iter().chain(feature.value_max).reduce(f64::min);
            }
            None if !has_room => {}
            None => {
                let property = if feature.name.starts_with("color_") && feature.name != "color_temp" {
                    "color"
                } else {
                    &feature.name
                };
                features.push(Expose { property: property.to_owned(), endpoint: None, ..feature.clone() });
            }
        }
    }
    (!features.is_empty()).then(|| Expose { kind: kind.to_owned(), features, ..Expose::default() })
}

/// Parts of one thing; a lamp has five, a thermostat some twenty.
pub(super) const FEATURES: usize = 64;
