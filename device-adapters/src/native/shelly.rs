//! Shelly devices of the second generation and later: components that report by themselves, and remote procedure calls.
//!
//! Nothing announces a device. It becomes known by its own topic prefix (one level, or one below `shellies`) when it
//! says that it is online or
//! reports a component; then it is asked for its settings, for the names that people gave it, and for its state.
//! Calls go to `<prefix>/rpc` and name `<prefix>/hearth` as their source, so that answers stay within the device's own
//! tree.
//! A component's fields become known as they are reported; only known fields count, so that memory is bounded.

mod components;

use std::collections::{BTreeMap, BTreeSet};

use house::Rejection;
use serde_json::{Map, Value as Json, json};

use crate::change::Message;
use crate::config::shown;
use crate::limits::{ID_CHARS, Limits, NATIVE_DEVICES};
use crate::native::news::{Device, News};
use crate::native::spelling::{Speller, ask, availability, object, text};
use components::Place;

/// Every device that was heard of, by its topic prefix.
#[derive(Debug, Default)]
pub(super) struct Shelly {
    devices: BTreeMap<String, Known>,
}

/// What is known of one device.
#[derive(Debug, Default)]
struct Known {
    /// Its own id, such as `shellyplus1-a8032abe54dc`.
    id: String,
    name: Option<String>,
    components: BTreeMap<String, Component>,
}

/// One of its parts: the fields it was seen to report, and its name.
#[derive(Debug, Default)]
struct Component {
    fields: BTreeSet<&'static str>,
    name: Option<String>,
}

impl Shelly {
    /// Whether it has a connection. Only what is called like a Shelly device is asked who it is.
    pub(super) fn online(&mut self, prefix: &str, payload: &[u8], limits: &Limits) -> Result<Option<News>, Rejection> {
        let is_online = text(payload, SHORT)?.trim() == "true";
        if !is_online || !self.is_shelly(prefix) {
            return Ok(None);
        }
        let device = Device { source: source(prefix), entities: Vec::new(), asks: asks(prefix) };
        match self.devices.get(prefix) {
            Some(known) => Ok(Some(News::of(Device { entities: known.spell(prefix, limits), ..device }))),
            // Nothing is known of it yet, so nothing can appear; the answers will tell.
            None => Ok(Some(News { unknown: device.asks, ..News::default() })),
        }
    }

    /// A notification: `{"src","method","params":{"switch:0":{…}}}`.
    pub(super) fn notified(
        &mut self,
        prefix: &str,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        let Some(map) = object(payload, limits.payload_bytes)? else { return Ok(None) };
        let src = map.get("src").and_then(Json::as_str).unwrap_or_default();
        match map.get("params") {
            Some(Json::Object(params)) if src.starts_with("shelly") => self.learn(prefix, src, params, false, limits),
            Some(_) | None => Ok(None),
        }
    }

    /// One component's whole status.
    pub(super) fn status(
        &mut self,
        prefix: &str,
        component: &str,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        if !self.is_shelly(prefix) || components::kind(component).is_none() {
            return Ok(None);
        }
        let Some(status) = object(payload, limits.payload_bytes)? else { return Ok(None) };
        let params = Map::from_iter([(component.to_owned(), Json::Object(status))]);
        let id = self.devices.get(prefix).map_or_else(|| own_level(prefix).to_owned(), |known| known.id.clone());
        self.learn(prefix, &id, &params, false, limits)
    }

    /// An answer to what was asked, or a refusal of what was commanded.
    pub(super) fn answered(
        &mut self,
        prefix: &str,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        let Some(map) = object(payload, limits.payload_bytes)? else { return Ok(None) };
        if let Some(message) =
            map.get("error").map(|error| error.get("message").and_then(Json::as_str).unwrap_or("no reason given"))
        {
            return Err(Rejection::ByDevice(shown(message)));
        }
        let src = map.get("src").and_then(Json::as_str).unwrap_or_default();
        match (map.get("id").and_then(Json::as_u64), map.get("result")) {
            (Some(SETTINGS), Some(Json::Object(result))) if src.starts_with("shelly") => {
                self.learn(prefix, src, &Map::new(), true, limits)?;
                Ok(self.devices.get_mut(prefix).map(|known| {
                    known.take_names(result);
                    News::of(Device { source: source(prefix), entities: known.spell(prefix, limits), asks: Vec::new() })
                }))
            }
            (Some(STATUS), Some(Json::Object(result))) if src.starts_with("shelly") => {
                self.learn(prefix, src, result, true, limits)
            }
            (_, _) => Ok(None),
        }
    }

    /// Whether it is known, or called as these devices are unless someone renamed their topics. Those of the first
    /// generation live below `shellies/` too; they write their addresses short or in capitals.
    fn is_shelly(&self, prefix: &str) -> bool {
        let id = own_level(prefix);
        let address = id.rsplit('-').next().unwrap_or_default();
        let has_address = address.len() == 12 && address.chars().all(|letter| matches!(letter, '0'..='9' | 'a'..='f'));
        let is_called_so = id.starts_with("shelly") && (has_address || !prefix.contains('/'));
        is_called_so || self.devices.contains_key(prefix)
    }

    /// Takes in which components there are and what they report.
    fn learn(
        &mut self,
        prefix: &str,
        id: &str,
        statuses: &Map<String, Json>,
        was_asked: bool,
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        if ID_CHARS < prefix.len() || ID_CHARS < id.len() {
            return Err(Rejection::BadId);
        }
        if NATIVE_DEVICES <= self.devices.len() && !self.devices.contains_key(prefix) {
            return Err(Rejection::TooMany(NATIVE_DEVICES));
        }
        let is_new = !self.devices.contains_key(prefix);
        let known = self.devices.entry(prefix.to_owned()).or_default();
        let is_other = known.id != id;
        known.id = id.to_owned();
        let has_grown = known.take_fields(statuses, limits);
        match has_grown || is_other {
            true => {
                let asks = if is_new && !was_asked { asks(prefix) } else { Vec::new() };
                Ok(Some(News {
                    unknown: asks,
                    ..News::of(Device {
                        source: source(prefix),
                        entities: known.spell(prefix, limits),
                        asks: Vec::new(),
                    })
                }))
            }
            false => Ok(None),
        }
    }
}

impl Known {
    /// Whether something was reported that was not before.
    fn take_fields(&mut self, statuses: &Map<String, Json>, limits: &Limits) -> bool {
        let mut has_grown = false;
        for (key, status) in statuses {
            let (Some(kind), Json::Object(status)) = (components::kind(key), status) else { continue };
            if limits.components_per_device <= self.components.len() && !self.components.contains_key(key) {
                continue;
            }
            let component = self.components.entry(key.clone()).or_default();
            for field in components::fields(kind) {
                let mut steps = field.split('.');
                let first = steps.next().and_then(|step| status.get(step));
                let value = first.and_then(|first| steps.try_fold(first, |at, step| at.get(step)));
                has_grown |= value.is_some_and(|value| !value.is_null()) && component.fields.insert(field);
            }
        }
        self.components.retain(|_, component| !component.fields.is_empty());
        has_grown
    }

    fn take_names(&mut self, settings: &Map<String, Json>) {
        let name = |json: Option<&Json>| json.and_then(Json::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
        self.name = name(settings.get("sys").and_then(|sys| sys.get("device")?.get("name")));
        for (key, component) in &mut self.components {
            component.name = name(settings.get(key).and_then(|settings| settings.get("name")));
        }
    }

    fn spell(&self, prefix: &str, limits: &Limits) -> Vec<(String, crate::config::Config)> {
        let mac = self.id.rsplit('-').next().unwrap_or(&self.id).to_lowercase();
        let device = json!({
            "identifiers": [self.id], "connections": [["mac", mac]], "manufacturer": "Shelly",
            "name": self.name,
        });
        // What runs on a battery has no connection most of the time, and is no less right for it.
        let sleeps = self.components.keys().any(|key| key.starts_with("devicepower:"));
        let shared = match sleeps {
            true => json!({}),
            false => json!({ "availability": [availability(&format!("{prefix}/online"), None, "true", "false")] }),
        };
        let mut speller = Speller::new(&self.id, device, shared, limits);
        let mains = self.components.keys().filter(|key| components::kind(key).is_some_and(components::is_main)).count();
        for (key, component) in &self.components {
            let place = Place {
                prefix,
                key,
                mac: &mac,
                id: &self.id,
                is_named: self.name.is_some(),
                name: component.name.as_deref(),
                is_only: mains == 1,
            };
            components::spell(&mut speller, &place, &component.fields);
        }
        speller.finish()
    }
}

/// `shellyplus1-a8032abe54dc` of `shellies/shellyplus1-a8032abe54dc`.
fn own_level(prefix: &str) -> &str {
    prefix.rsplit('/').next().unwrap_or(prefix)
}

fn source(prefix: &str) -> String {
    format!("shelly {prefix}")
}

fn asks(prefix: &str) -> Vec<Message> {
    let questions = [(STATUS, "Shelly.GetStatus"), (SETTINGS, "Shelly.GetConfig")];
    let call = |(id, method)| json!({ "id": id, "src": format!("{prefix}/hearth"), "method": method }).to_string();
    questions.into_iter().filter_map(|question| ask(format!("{prefix}/rpc"), call(question))).collect()
}

/// Ids of what is asked; commands have another.
const SETTINGS: u64 = 1;
const STATUS: u64 = 2;
/// Of `true` and `false`.
const SHORT: usize = 64;
