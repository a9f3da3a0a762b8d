//! Tasmota: who is there, from `tasmota/discovery/<MAC>/config` and `…/sensors`.
//!
//! Topics follow the device's own full topic and prefixes. A state comes as `tele/STATE` from time to time, as
//! `stat/RESULT` after each change, and as the answers to `STATE` and `STATUS 10`, which Hearth asks for once.
//! The short keys of the first drafts of this discovery, which no release has sent, are not understood.

mod lights;
mod parts;
mod sensors;

use std::collections::BTreeMap;

use house::{Rejection, Wanted};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::config::shown;
use crate::limits::{Limits, NATIVE_DEVICES};
use crate::native::news::{Device, News};
use crate::native::spelling::{Speller, ask, availability, object, unreadable};

/// Every device that was heard of, by its address.
#[derive(Debug, Default)]
pub(super) struct Tasmota {
    devices: BTreeMap<String, Reported>,
}

#[derive(Debug, Default)]
struct Reported {
    config: Option<Config>,
    sensors: Map<String, Json>,
}

/// The part of a device's own description that says how to speak to it.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Config {
    /// Names of the device and of its relays.
    dn: String,
    r#fn: Vec<Option<String>>,
    hn: String,
    mac: String,
    md: String,
    sw: String,
    /// Words for reachable or not, and for off, on, toggle and hold.
    ofln: String,
    onln: String,
    state: Vec<String>,
    /// Its topic, its full topic, and the three prefixes.
    t: String,
    ft: String,
    tp: Vec<String>,
    /// Relays: none, relay, light, shutter.
    rl: Vec<u8>,
    /// Switches: how each behaves, below zero if there is none; and their names.
    swc: Vec<i32>,
    swn: Vec<Option<String>>,
    /// Options that were set.
    so: BTreeMap<String, Json>,
    /// Whether colour and white are one lamp, and how many channels it has.
    lk: u8,
    lt_st: u8,
    /// Options of the shutters: 1 is inverted.
    sho: Vec<u32>,
    /// Whether it is a Tuya device, or an iFan.
    ty: u8,
    r#if: u8,
}

impl Default for Config {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        Self {
            dn: String::new(),
            r#fn: Vec::new(),
            hn: String::new(),
            mac: String::new(),
            md: String::new(),
            sw: String::new(),
            ofln: "Offline".to_owned(),
            onln: "Online".to_owned(),
            state: words(&["OFF", "ON"]),
            t: String::new(),
            ft: "%prefix%/%topic%/".to_owned(),
            tp: words(&["cmnd", "stat", "tele"]),
            rl: Vec::new(),
            swc: Vec::new(),
            swn: Vec::new(),
            so: BTreeMap::new(),
            lk: 1,
            lt_st: 0,
            sho: Vec::new(),
            ty: 0,
            r#if: 0,
        }
    }
}

/// A device while it is spelt out.
struct Spelt<'a> {
    config: &'a Config,
    speller: Speller,
}

impl Tasmota {
    pub(super) fn handle(
        &mut self,
        mac: &str,
        what: &str,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        let is_address = mac.len() == 12 && mac.chars().all(|letter| letter.is_ascii_hexdigit());
        if !is_address {
            return Err(not_its_address(mac));
        }
        if NATIVE_DEVICES <= self.devices.len() && !self.devices.contains_key(mac) {
            return Err(Rejection::TooMany(NATIVE_DEVICES));
        }
        let map = object(payload, limits.payload_bytes)?;
        let config = match (what, &map) {
            ("config", Some(map)) => Some(read(mac, map)?),
            (_, _) => None,
        };
        let device = self.devices.entry(mac.to_owned()).or_default();
        match what {
            "config" => device.config = config,
            _ => device.sensors = map.and_then(|mut map| map.remove("sn")).and_then(as_map).unwrap_or_default(),
        }
        let (source, kept) = (format!("tasmota {mac}"), device.config.as_ref());
        let news = match kept {
            Some(config) => News::of(spell(config, &device.sensors, source, what, limits)),
            None => News { gone: vec![source], ..News::default() },
        };
        if device.config.is_none() && device.sensors.is_empty() {
            self.devices.remove(mac);
        }
        Ok(Some(news))
    }
}

fn read(mac: &str, map: &Map<String, Json>) -> Result<Config, Rejection> {
    let config: Config = serde_json::from_value(Json::Object(map.clone())).map_err(unreadable)?;
    let lacks = |option: &str| Err(Rejection::Lacks(option.to_owned()));
    match () {
        () if config.mac != mac => Err(not_its_address(&config.mac)),
        () if config.t.is_empty() => lacks("t"),
        () if config.tp.len() < 3 => lacks("tp"),
        () if config.state.len() < 2 => lacks("state"),
        () => Ok(config),
    }
}

fn not_its_address(said: &str) -> Rejection {
    Rejection::Unfit { wanted: Wanted::Address, said: shown(said) }
}

fn as_map(json: Json) -> Option<Map<String, Json>> {
    match json {
        Json::Object(map) => Some(map),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
    }
}

fn spell(config: &Config, sensors: &Map<String, Json>, source: String, what: &str, limits: &Limits) -> Device {
    let chip = config.chip();
    let device = json!({
        "identifiers": [config.mac, chip],
        "name": config.dn,
        "manufacturer": "Tasmota",
        "model": config.md,
        "sw_version": config.sw,
    });
    let shared =
        json!({ "availability": [availability(&config.topic(TELE, "LWT"), None, &config.onln, &config.ofln)] });
    let mut spelt = Spelt { config, speller: Speller::new(&chip, device, shared, limits) };
    spelt.relays();
    spelt.fan();
    spelt.switches();
    spelt.sensors(sensors);
    let state = (what == "config").then(|| ask(config.topic(CMND, "STATE"), "")).flatten();
    let measured = (!sensors.is_empty()).then(|| ask(config.topic(CMND, "STATUS"), "10")).flatten();
    let asks = state.into_iter().chain(measured).collect();
    Device { source, entities: spelt.speller.finish(), asks }
}

impl Config {
    /// The last half of its address, which its own announcements to Home Assistant name it by.
    fn chip(&self) -> String {
        self.mac.chars().skip(6).collect()
    }

    /// One of its topics; `prefix` counts command, answer and report.
    fn topic(&self, prefix: usize, what: &str) -> String {
        let prefix = self.tp.get(prefix).map(String::as_str).unwrap_or_default();
        let full = self.ft.replace("%hostname%", &self.hn).replace("%id%", &self.chip());
        let full = full.replace("%prefix%", prefix).replace("%topic%", &self.t);
        let slash = if full.ends_with('/') { "" } else { "/" };
        format!("{full}{slash}{what}")
    }

    fn is_set(&self, option: &str) -> bool {
        self.so.get(option).and_then(Json::as_u64) == Some(1)
    }

    fn on(&self) -> &str {
        self.state.get(1).map_or("ON", String::as_str)
    }

    fn off(&self) -> &str {
        self.state.first().map_or("OFF", String::as_str)
    }

    /// Where a change of power, colour or speed is reported, each with a template for it.
    fn reports(&self, template: &str) -> Json {
        [self.topic(STAT, "RESULT"), self.topic(TELE, "STATE")]
            .map(|topic| json!({ "topic": topic, "template": template }))
            .into()
    }

    /// The name of a relay; `None` if it is the device's own.
    fn relay_name(&self, place: usize) -> Option<String> {
        // `Tasmota` is what a device is called before anyone names it.
        let own = self.r#fn.get(place).cloned().flatten().filter(|name| !name.is_empty() && name != "Tasmota");
        let is_only = self.rl.iter().filter(|kind| **kind != 0).count() <= 1;
        match own {
            Some(name) if name == self.dn => None,
            Some(name) => Some(name),
            None if is_only => None,
            None => Some((place + 1).to_string()),
        }
    }
}

const CMND: usize = 0;
const STAT: usize = 1;
const TELE: usize = 2;
