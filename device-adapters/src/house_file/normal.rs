//! States and attributes as other programs export them, turned into Home Assistant's. Knows nothing of files.

use house::{Attributes, Domain, Value};
use serde_json::{Map, Value as Json};

use crate::json;
use crate::state_words;

/// The state and attributes of an entity.
pub(super) fn state(domain: Domain, state: &Json, attributes: &Map<String, Json>) -> (Option<String>, Attributes) {
    let mut attributes: Attributes =
        json::to_attributes(attributes).into_iter().map(|(name, value)| (name, plain(value))).collect();
    rename(domain, &mut attributes);
    for (name, value) in &mut attributes {
        if let (true, Value::Text(_), Some(number)) = (NUMBERS.contains(&name.as_str()), &value, value.as_number()) {
            *value = Value::Number(number);
        }
    }
    if domain == Domain::MediaPlayer {
        scale_volume(&mut attributes);
    }
    if domain == Domain::Todo {
        return list(attributes);
    }
    let said = text(domain, state).and_then(|word| state_words::state(domain, &word));
    let implied = IMPLIED.iter().filter(|(kind, _)| *kind == domain).find_map(|(_, name)| attributes.remove(*name));
    let implied = implied.and_then(|value| state_words::state(domain, &value_text(&value)?));
    let position = attributes
        .get("current_position")
        .and_then(Value::as_number)
        .filter(|_| matches!(domain, Domain::Cover | Domain::Valve));
    let positioned = position.map(|position| if position <= 0.0 { "closed" } else { "open" }.to_owned());
    (said.or(implied).or(positioned), attributes)
}

/// An enumeration's path in front of a word goes: `sensor.SensorDeviceClass.BATTERY` is `battery`.
fn plain(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(enum_member(&text).unwrap_or(text)),
        Value::List(items) => Value::List(items.into_iter().map(plain).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Map(_) => value,
    }
}

fn enum_member(text: &str) -> Option<String> {
    let mut parts = text.split('.');
    let (_, class, member) = (parts.next()?, parts.next()?, parts.next()?);
    let is_shout = member.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    let is_class = class.starts_with(|letter: char| letter.is_ascii_uppercase());
    (parts.next().is_none() && is_class && is_shout).then(|| member.to_lowercase())
}

fn rename(domain: Domain, attributes: &mut Attributes) {
    for (kind, from, to) in RENAMED {
        if kind.is_none_or(|kind| kind == domain)
            && let Some(value) = attributes.remove(*from)
        {
            attributes.entry((*to).to_owned()).or_insert(value);
        }
    }
}

fn text(domain: Domain, state: &Json) -> Option<String> {
    match state {
        Json::Null | Json::Array(_) => None,
        Json::String(text) if matches!(text.as_str(), "" | "unknown" | "unavailable") => None,
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(word(domain, *truth).to_owned()),
        // Home Assistant's test houses give the word of the language as `in`, the state as `out`.
        Json::Object(map) => {
            map.get("out").and_then(|inner| if inner.is_object() { None } else { text(domain, inner) })
        }
    }
}

fn word(domain: Domain, truth: bool) -> &'static str {
    match (domain, truth) {
        (Domain::Lock, true) => "locked",
        (Domain::Lock, false) => "unlocked",
        (Domain::Cover | Domain::Valve, true) => "open",
        (Domain::Cover | Domain::Valve, false) => "closed",
        (Domain::Person, true) => "home",
        (Domain::Person, false) => "not_home",
        (_, true) => "on",
        (_, false) => "off",
    }
}

fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(json::number_text(*number)),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => None,
    }
}

/// Volumes above 1 are per cent.
fn scale_volume(attributes: &mut Attributes) {
    if let Some(Value::Number(volume)) = attributes.get_mut("volume_level")
        && 1.0 < *volume
    {
        *volume = (*volume / 100.0).min(1.0);
    }
}

/// A list is its open items; a file that names none has an empty list.
fn list(mut attributes: Attributes) -> (Option<String>, Attributes) {
    let items = attributes.get("items").and_then(Value::as_list).unwrap_or_default();
    let name = |item: &Value| match item {
        Value::Map(map) if map.get("status").and_then(Value::as_text) == Some("completed") => None,
        Value::Map(map) => map.get("summary").filter(|summary| summary.as_text().is_some()).cloned(),
        Value::Text(_) => Some(item.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) => None,
    };
    let items: Vec<Value> = items.iter().filter_map(name).collect();
    let count = items.len().to_string();
    attributes.insert("items".to_owned(), Value::List(items));
    (Some(count), attributes)
}

const RENAMED: &[(Option<Domain>, &str, &str)] = &[
    (None, "native_unit_of_measurement", "unit_of_measurement"),
    (Some(Domain::Climate), "target_temperature", "temperature"),
    (Some(Domain::WaterHeater), "target_temperature", "temperature"),
    (Some(Domain::Cover), "position", "current_position"),
    (Some(Domain::Valve), "position", "current_position"),
    (Some(Domain::Valve), "current_valve_position", "current_position"),
    (Some(Domain::Todo), "todo_items", "items"),
    (Some(Domain::Weather), "native_temperature", "temperature"),
    (Some(Domain::Weather), "native_temperature_unit", "temperature_unit"),
    (Some(Domain::Weather), "native_wind_speed", "wind_speed"),
    (Some(Domain::Weather), "native_wind_speed_unit", "wind_speed_unit"),
    (Some(Domain::Weather), "native_pressure", "pressure"),
];

/// Attributes that other programs keep a state in.
const IMPLIED: &[(Domain, &str)] = &[
    (Domain::Climate, "hvac_mode"),
    (Domain::Sensor, "native_value"),
    (Domain::Number, "native_value"),
    (Domain::Weather, "condition"),
];

/// Attributes that are numbers even where a file has them as text.
const NUMBERS: &[&str] = &[
    "brightness",
    "color_temp_kelvin",
    "current_position",
    "current_temperature",
    "temperature",
    "humidity",
    "percentage",
    "volume_level",
    "min_temp",
    "max_temp",
    "wind_speed",
    "pressure",
    "target_temp_high",
    "target_temp_low",
    "battery_level",
];
