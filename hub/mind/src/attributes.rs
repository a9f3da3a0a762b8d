//! What of a thing can be asked about: its brightness, its target temperature, what it plays.
//!
//! Reads what a thing reports, under Home Assistant's names of attributes; says nothing.

use house::{Degrees, Domain, Entity, House, Value};

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A number with its unit, which may be empty.
    Number(f64, String),
    /// A word or a title, as it was reported.
    Text(String),
    /// A colour by hue (0–360 degrees) and saturation (0–100 per cent).
    Color(f64, f64),
}

/// What an entity reports of this attribute (a label of [`house::Slot::Attribute`]); `None` if it reports nothing.
pub fn read(entity: &Entity, attribute: &str, house: &House) -> Option<Reading> {
    let number = |key: &str| entity.number(key);
    let percent = |value: f64| Some(Reading::Number(value, "%".to_owned()));
    let degrees = |value: f64| {
        let own = Degrees::of_unit(&unit(entity, "temperature_unit", "°C")).unwrap_or(Degrees::Celsius);
        let wanted = house.degrees.unwrap_or(own);
        let name = match wanted {
            Degrees::Celsius => "°C",
            Degrees::Fahrenheit => "°F",
        };
        Some(Reading::Number(own.to(wanted, value), name.to_owned()))
    };
    let is_off = matches!(entity.state.value.as_deref(), Some("off" | "standby" | "idle"));
    let own = match attribute {
        "brightness" if is_off => percent(0.0),
        "brightness" => number("brightness").and_then(|value| percent((value / 2.55).round())),
        "color" => color(entity),
        "position" => number("current_position").and_then(percent),
        "temperature" => number("current_temperature").and_then(degrees),
        "target_temperature" => number("temperature").and_then(degrees),
        "humidity" => number("current_humidity").and_then(percent),
        "target_humidity" => number("humidity").and_then(percent),
        "speed" if is_off => percent(0.0),
        "speed" => number("percentage").and_then(percent),
        "volume" => number("volume_level").and_then(|value| percent((value * 100.0).round())),
        "battery" => number("battery_level").or(number("battery")).and_then(percent),
        "title" => title(entity),
        "mode" => mode(entity),
        "power" => number("power").map(|value| Reading::Number(value, "W".to_owned())),
        "energy" => number("energy").map(|value| Reading::Number(value, "kWh".to_owned())),
        _ => None,
    };
    own.or_else(|| sensed(entity, attribute, house))
}

/// A sensor's own value, or that of the sensor that has the entity's name in its own.
fn sensed(entity: &Entity, attribute: &str, house: &House) -> Option<Reading> {
    let measures = |sensor: &Entity| sensor.device_class.as_deref() == Some(attribute);
    let value = |sensor: &Entity| {
        let value: f64 = sensor.state.value.as_deref()?.parse().ok().filter(|value: &f64| value.is_finite())?;
        Some(Reading::Number(value, unit(sensor, "unit_of_measurement", "")))
    };
    if entity.domain == Domain::Sensor {
        return value(entity);
    }
    let name = crate::words::key(&entity.name);
    let mut of_it = house
        .of_domain(Domain::Sensor)
        .filter(|sensor| measures(sensor) && sensor.names().any(|own| crate::words::key(own).starts_with(&name)));
    let only = of_it.next().filter(|_| of_it.next().is_none())?;
    value(only)
}

fn unit(entity: &Entity, key: &str, usual: &str) -> String {
    entity.attribute(key).and_then(Value::as_text).unwrap_or(usual).to_owned()
}

fn color(entity: &Entity) -> Option<Reading> {
    let list = entity.attribute("hs_color").and_then(Value::as_list);
    if let Some([hue, saturation]) = list {
        return Some(Reading::Color(hue.as_number()?, saturation.as_number()?));
    }
    let kelvin = entity.number("color_temp_kelvin").or(entity.number("color_temp"))?;
    Some(Reading::Number(kelvin, "K".to_owned()))
}

fn title(entity: &Entity) -> Option<Reading> {
    let text = |key: &str| entity.attribute(key).and_then(Value::as_text).filter(|text| !text.is_empty());
    let parts: Vec<&str> = ["media_title", "media_artist"].into_iter().filter_map(text).collect();
    (!parts.is_empty()).then(|| Reading::Text(parts.join(" – ")))
}

fn mode(entity: &Entity) -> Option<Reading> {
    let named = ["preset_mode", "mode"].into_iter().filter_map(|key| entity.attribute(key).and_then(Value::as_text));
    let state = entity.state.value.as_deref();
    named.into_iter().find(|mode| *mode != "none").or(state).map(|mode| Reading::Text(mode.to_owned()))
}
