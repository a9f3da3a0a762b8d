//! How a virtual device says its state: the message of its kind, and the rest as attributes.

use house::{Attributes, Domain, Entity, State, Value};
use serde_json::{Map, Value as Json, json};

use crate::json::{from_attributes, from_value};

/// The messages for a state, as (part of the topic, payload).
pub(super) fn messages(entity: &Entity, state: &State) -> Vec<(&'static str, String)> {
    let (payload, spoken) = main(entity, state);
    let rest: Attributes = state
        .attributes
        .iter()
        .filter(|(name, _)| !spoken.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut messages = Vec::new();
    if let Some(payload) = payload {
        messages.push(("state", payload));
    }
    if !rest.is_empty() {
        messages.push(("attributes", Json::Object(from_attributes(&rest)).to_string()));
    }
    messages
}

/// The message that carries the state, and the attributes that it carries along.
fn main(entity: &Entity, state: &State) -> (Option<String>, Vec<&'static str>) {
    let value = state.value.as_deref();
    let upper = || value.map(str::to_uppercase);
    match entity.domain {
        Domain::Light => light(state),
        Domain::Switch | Domain::Siren | Domain::InputBoolean | Domain::BinarySensor | Domain::Lock => {
            (upper(), vec![])
        }
        Domain::Humidifier => map(
            state,
            "state",
            upper().map(Json::from),
            &[("humidity", "humidity"), ("current_humidity", "current_humidity")],
        ),
        Domain::Fan => map(state, "state", upper().map(Json::from), &[("percentage", "percentage")]),
        Domain::Cover => map(
            state,
            "state",
            value.map(Json::from),
            &[("current_position", "position"), ("current_tilt_position", "tilt_position")],
        ),
        Domain::Valve => map(state, "state", value.map(Json::from), &[("current_position", "position")]),
        Domain::Climate | Domain::WaterHeater => map(state, "mode", value.map(Json::from), CLIMATE),
        Domain::Vacuum => map(
            state,
            "state",
            value.map(Json::from),
            &[("battery_level", "battery_level"), ("fan_speed", "fan_speed")],
        ),
        Domain::Todo => map(state, "", None, &[("items", "items")]),
        Domain::MediaPlayer => map(state, "state", value.map(Json::from), MEDIA),
        Domain::Weather => map(state, "condition", value.map(Json::from), WEATHER),
        Domain::AlarmControlPanel | Domain::LawnMower | Domain::Sensor | Domain::Person => {
            (value.map(str::to_owned), vec![])
        }
        Domain::Scene | Domain::Script | Domain::Automation | Domain::Button => (value.map(str::to_owned), vec![]),
        Domain::Number | Domain::Select | Domain::Other => (value.map(str::to_owned), vec![]),
    }
}

/// A map of the state under one name and attributes under theirs.
fn map(
    state: &State,
    name: &str,
    value: Option<Json>,
    attributes: &[(&'static str, &str)],
) -> (Option<String>, Vec<&'static str>) {
    let mut map = Map::new();
    if let Some(value) = value {
        map.insert(name.to_owned(), value);
    }
    let mut spoken = Vec::new();
    for (attribute, key) in attributes {
        let value = state.attributes.get(*attribute).filter(|value| **value != Value::Null);
        if let Some(value) = value {
            map.insert((*key).to_owned(), from_value(value));
            spoken.push(*attribute);
        }
    }
    let payload = (!map.is_empty()).then(|| Json::Object(map).to_string());
    (payload, spoken)
}

fn light(state: &State) -> (Option<String>, Vec<&'static str>) {
    let number = |name: &str| state.attributes.get(name).filter(|value| matches!(value, Value::Number(_)));
    let mode = state.attributes.get("color_mode").and_then(Value::as_text);
    let hs = match state.attributes.get("hs_color").and_then(Value::as_list) {
        Some([hue, saturation]) => Some(json!({ "h": from_value(hue), "s": from_value(saturation) })),
        Some(_) | None => None,
    };
    let mut map = Map::new();
    let mut spoken = Vec::new();
    if let Some(value) = &state.value {
        map.insert("state".to_owned(), value.to_uppercase().into());
    }
    if let Some(effect) = state.attributes.get("effect").and_then(Value::as_text) {
        map.insert("effect".to_owned(), effect.into());
        spoken.push("effect");
    }
    if let Some(brightness) = number("brightness") {
        map.insert("brightness".to_owned(), from_value(brightness));
        spoken.push("brightness");
    }
    match (hs, number("color_temp_kelvin")) {
        (Some(color), _) if mode != Some("color_temp") => {
            map.insert("color".to_owned(), color);
            map.insert("color_mode".to_owned(), "hs".into());
            spoken.push("hs_color");
        }
        (_, Some(kelvin)) => {
            map.insert("color_temp".to_owned(), from_value(kelvin));
            map.insert("color_mode".to_owned(), "color_temp".into());
            spoken.push("color_temp_kelvin");
        }
        (Some(_) | None, None) => {}
    }
    if mode.is_some() && map.get("color_mode").and_then(Json::as_str) == mode {
        spoken.push("color_mode");
    }
    ((!map.is_empty()).then(|| Json::Object(map).to_string()), spoken)
}

const CLIMATE: &[(&str, &str)] = &[
    ("temperature", "temperature"),
    ("current_temperature", "current_temperature"),
    ("current_humidity", "current_humidity"),
    ("hvac_action", "action"),
];
const MEDIA: &[(&str, &str)] = &[
    ("volume_level", "volume_level"),
    ("is_volume_muted", "is_volume_muted"),
    ("media_title", "media_title"),
    ("media_artist", "media_artist"),
    ("media_content_type", "media_content_type"),
    ("source", "source"),
];
const WEATHER: &[(&str, &str)] =
    &[("temperature", "temperature"), ("humidity", "humidity"), ("wind_speed", "wind_speed"), ("forecast", "forecast")];
