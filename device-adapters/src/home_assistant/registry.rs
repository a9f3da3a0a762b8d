//! What Home Assistant's registries list: floors, areas, and which of its entities are taken over.
//!
//! Reads the answers to its commands and believes none of them; knows no states.

use std::collections::{BTreeMap, BTreeSet};

use house::Domain;
use serde_json::Value as Json;

use crate::limits::{ID_CHARS, Limits};
use crate::naming::clean_name;

/// The answers to Home Assistant's commands, as they came.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// To `config/floor_registry/list`.
    pub floors: Json,
    /// To `config/area_registry/list`.
    pub areas: Json,
    /// To `config/device_registry/list`.
    pub devices: Json,
    /// To `config/entity_registry/list`.
    pub entities: Json,
    /// Whether what comes to it over MQTT is wanted too, as Hearth does not hear that itself.
    pub with_mqtt: bool,
    /// To `homeassistant/expose_entity/list`, which only an administrator is told.
    pub exposed: Option<Json>,
}

/// What of it Hearth takes over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    /// Floors.
    pub floors: Vec<HomeAssistantPlace>,
    /// Areas.
    pub areas: Vec<HomeAssistantPlace>,
    /// Entities by their ids in Home Assistant.
    pub(super) entries: BTreeMap<String, Entry>,
    /// How many entities were too many.
    pub(super) left_out: usize,
}

/// A floor or an area of Home Assistant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeAssistantPlace {
    /// Its id there.
    pub id: String,
    /// What it is called there.
    pub name: String,
    /// Other names for it there.
    pub aliases: Vec<String>,
    /// The id of the floor it is on there.
    pub floor: Option<String>,
}

/// An entity that is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) domain: Domain,
    /// The name to fall back on while there is no state.
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) device_class: Option<String>,
    /// Home Assistant's id of the area.
    pub(super) area: Option<String>,
    /// Whether its owner decided that assistants see it; if not, it depends on what it is.
    is_exposed: bool,
}

impl Registry {
    /// Reads the lists. What is hidden, disabled, a setting or a diagnosis, what assistants are not to see there,
    /// and what Hearth hears over MQTT itself is left out.
    pub fn read(lists: &Lists, limits: &Limits) -> Self {
        let devices = devices(&lists.devices, limits);
        let exposed = lists.exposed.as_ref().map(exposed);
        let mut registry = Self {
            floors: places(&lists.floors, "floor_id"),
            areas: places(&lists.areas, "area_id"),
            ..Self::default()
        };
        let mut listed = BTreeSet::new();
        for json in items(&lists.entities) {
            let Some(id) = text(json, "entity_id").filter(|id| is_id(id)) else { continue };
            listed.insert(id.clone());
            // The voice is Hearth's own.
            let is_elsewhere = text(json, "platform")
                .is_some_and(|platform| platform == "wyoming" || (platform == "mqtt" && !lists.with_mqtt));
            if is_elsewhere {
                continue;
            }
            if let Some(entry) = entry(&id, json, &devices, exposed.as_ref()) {
                registry.add(id, entry, limits);
            }
        }
        // What has no unique id is not in the registry; that assistants see it is all that is listed of it.
        for id in exposed.into_iter().flatten().filter(|id| is_id(id) && !listed.contains(id)) {
            if let Some(domain) = domain(&id) {
                let entry = Entry {
                    domain,
                    name: name_of(&id),
                    aliases: Vec::new(),
                    device_class: None,
                    area: None,
                    is_exposed: true,
                };
                registry.add(id, entry, limits);
            }
        }
        registry
    }

    /// Their ids in Home Assistant.
    pub fn entity_ids(&self) -> Vec<String> {
        self.entries.keys().cloned().collect()
    }

    /// Takes in an answer to `config/entity_registry/get_entries`, which tells more of each.
    pub fn detail(&mut self, answer: &Json) {
        for (id, json) in answer.as_object().into_iter().flatten() {
            let Some(entry) = self.entries.get_mut(id) else { continue };
            entry.aliases = aliases(json);
            let class = text(json, "device_class").or_else(|| text(json, "original_device_class"));
            entry.device_class = class.map(|class| clean_name(&class)).filter(|class| !class.is_empty());
        }
    }

    /// Once everything is told of each: leaves out what nobody decided about and Home Assistant would not show by
    /// itself.
    #[must_use]
    pub fn settled(mut self) -> Self {
        self.entries
            .retain(|_, entry| entry.is_exposed || is_shown_unasked(entry.domain, entry.device_class.as_deref()));
        self
    }

    fn add(&mut self, id: String, entry: Entry, limits: &Limits) {
        match self.entries.len() < limits.entities {
            true => {
                self.entries.insert(id, entry);
            }
            false => self.left_out += 1,
        }
    }
}

fn entry(
    id: &str,
    json: &Json,
    devices: &BTreeMap<String, String>,
    exposed: Option<&BTreeSet<String>>,
) -> Option<Entry> {
    let is_set = |key: &str| json.get(key).is_some_and(|value| !value.is_null());
    let is_unwanted = is_set("hidden_by") || is_set("disabled_by") || is_set("entity_category");
    let said = json.pointer("/options/conversation/should_expose").and_then(Json::as_bool);
    let is_exposed = said.or_else(|| exposed?.contains(id).then_some(true));
    if is_unwanted || is_exposed == Some(false) {
        return None;
    }
    let area = text(json, "area_id").or_else(|| devices.get(&text(json, "device_id")?).cloned());
    let name = text(json, "name")
        .or_else(|| text(json, "original_name"))
        .map(|name| clean_name(&name))
        .filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| name_of(id));
    Some(Entry {
        domain: domain(id)?,
        name,
        aliases: Vec::new(),
        device_class: None,
        area,
        is_exposed: is_exposed.is_some(),
    })
}

/// The area of each device that has one.
fn devices(json: &Json, limits: &Limits) -> BTreeMap<String, String> {
    items(json)
        .take(limits.entities)
        .filter_map(|device| Some((text(device, "id")?, text(device, "area_id")?)))
        .collect()
}

fn exposed(json: &Json) -> BTreeSet<String> {
    let all = json.get("exposed_entities").and_then(Json::as_object).into_iter().flatten();
    let is_seen = |to: &Json| to.get("conversation").and_then(Json::as_bool) == Some(true);
    all.filter(|(_, to)| is_seen(to)).map(|(id, _)| id.clone()).collect()
}

fn places(json: &Json, key: &str) -> Vec<HomeAssistantPlace> {
    let one = |json: &Json| {
        let name = text(json, "name").map(|name| clean_name(&name)).filter(|name| !name.is_empty())?;
        Some(HomeAssistantPlace {
            id: text(json, key)?,
            name,
            aliases: aliases(json),
            floor: text(json, "floor_id").filter(|_| key != "floor_id"),
        })
    };
    items(json).filter_map(one).take(PLACES).collect()
}

fn aliases(json: &Json) -> Vec<String> {
    let all = json.get("aliases").map(items).into_iter().flatten();
    all.filter_map(Json::as_str).map(clean_name).filter(|alias| !alias.is_empty()).take(ALIASES).collect()
}

fn items(json: &Json) -> impl Iterator<Item = &Json> {
    json.as_array().into_iter().flatten()
}

/// A text that is short enough to be an id or a name.
fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key)?.as_str().filter(|text| !text.is_empty() && text.chars().count() <= ID_CHARS).map(str::to_owned)
}

/// As Home Assistant writes its ids.
fn is_id(id: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    };
    id.len() <= ID_CHARS && id.split_once('.').is_some_and(|(domain, own)| is_plain(domain) && is_plain(own))
}

fn domain(id: &str) -> Option<Domain> {
    Domain::parse(id.split_once('.')?.0).filter(|domain| *domain != Domain::Other)
}

fn name_of(id: &str) -> String {
    let own = id.split_once('.').map_or(id, |(_, own)| own);
    clean_name(&own.replace('_', " "))
}

/// What Home Assistant shows its assistants unless it is told otherwise. Locks, alarms and scripts are not among it.
fn is_shown_unasked(domain: Domain, class: Option<&str>) -> bool {
    match domain {
        Domain::Climate | Domain::Cover | Domain::Fan | Domain::Humidifier | Domain::Light | Domain::MediaPlayer => {
            true
        }
        Domain::Scene | Domain::Switch | Domain::Todo | Domain::Vacuum | Domain::WaterHeater => true,
        Domain::BinarySensor => class.is_some_and(|class| SHOWN_BINARY.contains(&class)),
        Domain::Sensor => class.is_some_and(|class| SHOWN_SENSORS.contains(&class)),
        _ => false,
    }
}

const SHOWN_BINARY: &[&str] = &["door", "garage_door", "lock", "motion", "opening", "presence", "window"];
const SHOWN_SENSORS: &[&str] = &[
    "aqi",
    "carbon_monoxide",
    "carbon_dioxide",
    "humidity",
    "pm10",
    "pm25",
    "temperature",
    "volatile_organic_compounds",
];
/// Areas or floors; a house has tens.
const PLACES: usize = 500;
const ALIASES: usize = 20;
