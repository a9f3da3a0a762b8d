//! How a virtual device announces itself: a discovery payload of its kind.

use house::{Domain, Value};
use serde_json::{Map, Value as Json, json};

use super::VirtualDevice;
use crate::json::{from_number, from_value};

/// Where it announces itself.
pub(super) fn topic(device: &VirtualDevice) -> String {
    let object = device.base.rsplit('/').next().unwrap_or_default();
    format!("homeassistant/{}/virtual/{object}/config", device.entity.domain.as_str())
}

/// What it announces.
pub(super) fn payload(device: &VirtualDevice) -> Json {
    let entity = &device.entity;
    let mut config = json!({
        "~": device.base,
        "name": null,
        "unique_id": format!("virtual {}", entity.id),
        "default_entity_id": entity.id.as_str(),
        "availability_topic": "~/availability",
        "json_attributes_topic": "~/attributes",
        "device": {
            "identifiers": [format!("virtual {}", entity.id)],
            "name": entity.name,
            "manufacturer": "Hearth",
            "model": "Virtual device",
        },
        "origin": { "name": "hearth-virtual" },
    });
    if let Some(area) = &device.area {
        put(config.get_mut("device"), "suggested_area", area.as_str().into());
    }
    if !entity.aliases.is_empty() {
        put(Some(&mut config), "aliases", entity.aliases.clone().into());
    }
    if let Some(class) = &entity.device_class {
        put(Some(&mut config), "device_class", class.as_str().into());
    }
    for (key, value) in of_kind(device) {
        put(Some(&mut config), &key, value);
    }
    config
}

fn of_kind(device: &VirtualDevice) -> Map<String, Json> {
    let text_and_commands = json!({ "state_topic": "~/state", "command_topic": "~/set" });
    let text = json!({ "state_topic": "~/state" });
    let options = match device.entity.domain {
        Domain::Light => light(device),
        Domain::Climate | Domain::WaterHeater => climate(device),
        Domain::Fan => json!({
            "state_topic": "~/state", "state_value_template": "{{ value_json.state }}", "command_topic": "~/set",
            "percentage_state_topic": "~/state", "percentage_value_template": "{{ value_json.percentage }}",
            "percentage_command_topic": "~/set/percentage",
        }),
        Domain::Cover => cover(device),
        Domain::Valve => {
            let reports = device.entity.attribute("reports_position") != Some(&Value::Bool(false));
            json!({ "state_topic": "~/state", "command_topic": "~/set", "reports_position": reports })
        }
        Domain::Vacuum => {
            json!({ "state_topic": "~/state", "command_topic": "~/set", "send_command_topic": "~/set/send" })
        }
        Domain::LawnMower => json!({
            "activity_state_topic": "~/state", "start_mowing_command_topic": "~/set/start",
            "pause_command_topic": "~/set/pause", "dock_command_topic": "~/set/dock",
        }),
        Domain::Lock | Domain::AlarmControlPanel | Domain::Switch | Domain::Siren | Domain::InputBoolean => {
            text_and_commands
        }
        Domain::Humidifier => humidifier(device),
        Domain::Todo | Domain::MediaPlayer => text_and_commands,
        Domain::Scene | Domain::Script | Domain::Automation => text_and_commands,
        Domain::Button => json!({ "command_topic": "~/set" }),
        Domain::Sensor => sensor(device),
        Domain::Number => number(device),
        Domain::Select => json!({ "state_topic": "~/state", "command_topic": "~/set", "options": options(device) }),
        Domain::BinarySensor | Domain::Weather | Domain::Person | Domain::Other => text,
    };
    match options {
        Json::Object(map) => map,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}

/// Slats are its own if its house file says how they stand.
fn cover(device: &VirtualDevice) -> Json {
    let mut options = json!({
        "state_topic": "~/state", "value_template": "{{ value_json.state }}", "command_topic": "~/set",
        "position_topic": "~/state", "position_template": "{{ value_json.position }}",
        "set_position_topic": "~/set/position",
    });
    if device.entity.attribute("current_tilt_position").is_some() {
        put(Some(&mut options), "tilt_status_topic", "~/state".into());
        put(Some(&mut options), "tilt_status_template", "{{ value_json.tilt_position }}".into());
        put(Some(&mut options), "tilt_command_topic", "~/set/tilt".into());
    }
    options
}

fn humidifier(device: &VirtualDevice) -> Json {
    let mut options = json!({
        "state_topic": "~/state", "state_value_template": "{{ value_json.state }}", "command_topic": "~/set",
        "target_humidity_state_topic": "~/state", "target_humidity_state_template": "{{ value_json.humidity }}",
        "target_humidity_command_topic": "~/set/humidity",
        "current_humidity_topic": "~/state", "current_humidity_template": "{{ value_json.current_humidity }}",
    });
    for key in ["min_humidity", "max_humidity"] {
        if let Some(number) = device.entity.number(key) {
            put(Some(&mut options), key, from_number(number));
        }
    }
    options
}

/// A measurement has the unit that its house file says, or else the usual one of its class, which Home Assistant wants.
fn sensor(device: &VirtualDevice) -> Json {
    let class = device.entity.device_class.as_deref().unwrap_or_default();
    let usual = match (class, is_fahrenheit(device)) {
        ("temperature", Some(true)) => Some("°F"),
        _ => UNITS.iter().find(|(own, _)| *own == class).map(|(_, unit)| *unit),
    };
    let said = device.entity.attribute("unit_of_measurement").and_then(Value::as_text);
    match said.or(usual) {
        Some(unit) => json!({ "state_topic": "~/state", "unit_of_measurement": unit }),
        None => json!({ "state_topic": "~/state" }),
    }
}

fn number(device: &VirtualDevice) -> Json {
    let mut options = json!({ "state_topic": "~/state", "command_topic": "~/set", "min": null, "max": null });
    for key in ["min", "max", "step"] {
        if let Some(number) = device.entity.number(key) {
            put(Some(&mut options), key, from_number(number));
        }
    }
    options
}

fn options(device: &VirtualDevice) -> Vec<&str> {
    let said = device.entity.attribute("options").and_then(Value::as_list).unwrap_or_default();
    said.iter().filter_map(Value::as_text).collect()
}

/// A lamp that says nothing about what it can do can do everything.
fn light(device: &VirtualDevice) -> Json {
    let entity = &device.entity;
    let modes = entity
        .attribute("supported_color_modes")
        .filter(|modes| modes.as_list().is_some_and(|modes| !modes.is_empty()));
    let modes = modes.map_or_else(|| json!(["color_temp", "hs"]), from_value);
    let mut options = json!({
        "schema": "json", "state_topic": "~/state", "command_topic": "~/set", "supported_color_modes": modes,
        "brightness": true, "color_temp_kelvin": true,
        "min_kelvin": from_number(entity.number("min_color_temp_kelvin").unwrap_or(2000.0)),
        "max_kelvin": from_number(entity.number("max_color_temp_kelvin").unwrap_or(6500.0)),
    });
    if let Some(effects) = entity.attribute("effect_list") {
        put(Some(&mut options), "effect", true.into());
        put(Some(&mut options), "effect_list", from_value(effects));
    }
    options
}

fn climate(device: &VirtualDevice) -> Json {
    let (min, max) = range(device);
    let mut options = json!({
        "mode_state_topic": "~/state", "mode_state_template": "{{ value_json.mode }}",
        "mode_command_topic": "~/set/mode",
        "temperature_state_topic": "~/state", "temperature_state_template": "{{ value_json.temperature }}",
        "temperature_command_topic": "~/set/temperature",
        "current_temperature_topic": "~/state", "current_temperature_template": "{{ value_json.current_temperature }}",
        "action_topic": "~/state", "action_template": "{{ value_json.action }}",
        "modes": modes(device), "min_temp": from_number(min), "max_temp": from_number(max),
    });
    if device.entity.attribute("current_humidity").is_some() {
        put(Some(&mut options), "current_humidity_topic", "~/state".into());
        put(Some(&mut options), "current_humidity_template", "{{ value_json.current_humidity }}".into());
    }
    if let Some(step) = device.entity.number("target_temp_step") {
        put(Some(&mut options), "temp_step", from_number(step));
    }
    if is_fahrenheit(device) == Some(true) {
        put(Some(&mut options), "temperature_unit", "F".into());
    }
    options
}

fn modes(device: &VirtualDevice) -> Vec<String> {
    let key = if device.entity.domain == Domain::Climate { "hvac_modes" } else { "operation_list" };
    let said = device.entity.attribute(key).and_then(Value::as_list).unwrap_or_default();
    let mut modes: Vec<String> = said.iter().filter_map(Value::as_text).map(str::to_owned).collect();
    if modes.is_empty() {
        let usual: &[&str] = match device.entity.domain {
            Domain::Climate => &["off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only"],
            _ => &["off", "eco", "electric", "performance"],
        };
        modes.extend(usual.iter().map(|mode| (*mode).to_owned()));
    }
    if let Some(mode) = device.entity.state.value.clone().filter(|mode| !modes.contains(mode)) {
        modes.push(mode);
    }
    modes
}

/// What its house file says; where that leaves even the unit open, what is sensible in either.
fn range(device: &VirtualDevice) -> (f64, f64) {
    let entity = &device.entity;
    let (min, max) = match (entity.domain, is_fahrenheit(device)) {
        (Domain::WaterHeater, _) => (30.0, 140.0),
        (_, Some(true)) => (41.0, 95.0),
        (_, Some(false)) => (5.0, 35.0),
        (_, None) => (5.0, 95.0),
    };
    (entity.number("min_temp").unwrap_or(min), entity.number("max_temp").unwrap_or(max))
}

fn is_fahrenheit(device: &VirtualDevice) -> Option<bool> {
    let entity = &device.entity;
    let unit = ["temperature_unit", "unit_of_measurement"].iter().find_map(|name| entity.attribute(name)?.as_text());
    let measured = ["current_temperature", "temperature"].iter().find_map(|name| entity.number(name));
    match (unit, measured) {
        (Some(unit), _) => Some(unit.to_uppercase().contains('F')),
        (None, Some(degrees)) if 45.0 < degrees => Some(true),
        (None, Some(degrees)) if 10.0 < degrees => Some(false),
        (None, Some(_) | None) => None,
    }
}

fn put(map: Option<&mut Json>, key: &str, value: Json) {
    if let Some(map) = map.and_then(Json::as_object_mut) {
        map.insert(key.to_owned(), value);
    }
}

/// The usual units of Home Assistant's classes of measurements.
const UNITS: &[(&str, &str)] = &[
    ("apparent_power", "VA"),
    ("atmospheric_pressure", "hPa"),
    ("battery", "%"),
    ("carbon_dioxide", "ppm"),
    ("carbon_monoxide", "ppm"),
    ("current", "A"),
    ("distance", "m"),
    ("duration", "s"),
    ("energy", "kWh"),
    ("frequency", "Hz"),
    ("gas", "m³"),
    ("humidity", "%"),
    ("illuminance", "lx"),
    ("moisture", "%"),
    ("pm1", "µg/m³"),
    ("pm10", "µg/m³"),
    ("pm25", "µg/m³"),
    ("power", "W"),
    ("power_factor", "%"),
    ("precipitation", "mm"),
    ("pressure", "hPa"),
    ("signal_strength", "dBm"),
    ("sound_pressure", "dB"),
    ("speed", "m/s"),
    ("temperature", "°C"),
    ("volatile_organic_compounds", "µg/m³"),
    ("voltage", "V"),
    ("volume", "L"),
    ("water", "L"),
    ("weight", "kg"),
    ("wind_speed", "m/s"),
];
