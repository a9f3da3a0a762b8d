//! What a virtual device does when it is told something: the states it passes through, and after how long.

use house::{Domain, Entity, State, Value};
use serde_json::{Map, Value as Json};

use crate::json;

/// States, each with the milliseconds after which it is reached.
type Steps = Vec<(u64, State)>;

/// What a command on a part of its topic (`set`, or `set/…`) does; `None` if the device makes nothing of it.
pub(super) fn steps(entity: &Entity, part: &str, payload: &str, jitter_ms: u64) -> Option<Steps> {
    match entity.domain {
        Domain::Light => Some(vec![(30 + jitter_ms, light(entity, &map(payload)?)?)]),
        Domain::Humidifier if part == "humidity" => {
            let target = payload.parse().ok().filter(|target: &f64| (0.0..=100.0).contains(target))?;
            Some(vec![(40 + jitter_ms, with(entity.state.clone(), "humidity", target))])
        }
        Domain::Switch | Domain::Siren | Domain::InputBoolean | Domain::Humidifier => {
            Some(vec![(20 + jitter_ms, to(entity, on_off(payload)?))])
        }
        Domain::Fan => fan(entity, part, payload, jitter_ms),
        Domain::Lock => lock(entity, payload, jitter_ms),
        Domain::Cover if part == "tilt" => {
            let tilt = payload.parse().ok().filter(|tilt: &f64| (0.0..=100.0).contains(tilt))?;
            Some(vec![(120 + jitter_ms, with(entity.state.clone(), "current_tilt_position", tilt))])
        }
        Domain::Cover => cover(entity, part, payload),
        Domain::Valve => cover(entity, if payload.parse::<f64>().is_ok() { "position" } else { part }, payload),
        Domain::Climate | Domain::WaterHeater => climate(entity, part, payload, jitter_ms),
        Domain::AlarmControlPanel => alarm(entity, payload, jitter_ms),
        Domain::Vacuum => vacuum(entity, part, payload, jitter_ms),
        Domain::LawnMower => mower(entity, part, jitter_ms),
        Domain::MediaPlayer => Some(vec![(60 + jitter_ms, media(entity, &map(payload)?)?)]),
        Domain::Todo => Some(vec![(20 + jitter_ms, list(entity, &map(payload)?)?)]),
        Domain::Scene | Domain::Script | Domain::Button | Domain::Automation => None,
        Domain::Sensor | Domain::BinarySensor | Domain::Weather | Domain::Person => None,
        Domain::Number => payload
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(|_| vec![(20 + jitter_ms, to(entity, payload))]),
        Domain::Select => Some(vec![(20 + jitter_ms, to(entity, payload))]),
        Domain::Other => None,
    }
}

/// The state of a device that fails at what it was told.
pub(super) fn spoilt(entity: &Entity) -> State {
    match entity.domain {
        Domain::Lock => to(entity, "jammed"),
        _ => entity.state.clone(),
    }
}

fn map(payload: &str) -> Option<Map<String, Json>> {
    match json::parse(payload).ok()? {
        Json::Object(map) => Some(map),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
    }
}

fn to(entity: &Entity, value: &str) -> State {
    State { value: Some(value.to_owned()), ..entity.state.clone() }
}

fn with(mut state: State, name: &str, value: impl Into<Value>) -> State {
    state.attributes.insert(name.to_owned(), value.into());
    state
}

fn on_off(payload: &str) -> Option<&'static str> {
    match payload {
        "ON" => Some("on"),
        "OFF" => Some("off"),
        _ => None,
    }
}

fn light(entity: &Entity, command: &Map<String, Json>) -> Option<State> {
    let word = on_off(command.get("state").and_then(Json::as_str).unwrap_or("ON"))?;
    let mut state = to(entity, word);
    if let Some(brightness) = command.get("brightness").and_then(Json::as_f64) {
        state = with(state, "brightness", brightness);
    }
    if let Some(effect) = command.get("effect").and_then(Json::as_str) {
        state = with(state, "effect", effect);
    }
    if let Some(kelvin) = command.get("color_temp").and_then(Json::as_f64) {
        state = with(with(state, "color_temp_kelvin", kelvin), "color_mode", "color_temp");
        state.attributes.remove("hs_color");
    }
    if let Some(color) = command.get("color") {
        let (hue, saturation) = color_of(color)?;
        state = with(with(state, "hs_color", Value::List(vec![hue.into(), saturation.into()])), "color_mode", "hs");
        state.attributes.remove("color_temp_kelvin");
    }
    Some(state)
}

fn color_of(color: &Json) -> Option<(f64, f64)> {
    let number = |key: &str| color.get(key).and_then(Json::as_f64);
    match (number("h"), number("s")) {
        (Some(hue), Some(saturation)) => Some((hue, saturation)),
        (Some(_) | None, Some(_) | None) => match (number("x"), number("y")) {
            (Some(x), Some(y)) => Some(crate::color::xy_to_hs(x, y)),
            (Some(_) | None, Some(_) | None) => Some(crate::color::rgb_to_hs(number("r")?, number("g")?, number("b")?)),
        },
    }
}

fn fan(entity: &Entity, part: &str, payload: &str, jitter_ms: u64) -> Option<Steps> {
    let state = match part {
        "percentage" => {
            let percentage: f64 = payload.parse().ok().filter(|percentage: &f64| percentage.is_finite())?;
            with(to(entity, if 0.0 < percentage { "on" } else { "off" }), "percentage", percentage.clamp(0.0, 100.0))
        }
        _ => to(entity, on_off(payload)?),
    };
    Some(vec![(40 + jitter_ms, state)])
}

fn lock(entity: &Entity, payload: &str, jitter_ms: u64) -> Option<Steps> {
    let (moving, end) = match payload {
        "LOCK" => ("locking", "locked"),
        "UNLOCK" => ("unlocking", "unlocked"),
        _ => return None,
    };
    Some(vec![(80 + jitter_ms, to(entity, moving)), (400 + jitter_ms, to(entity, end))])
}

fn cover(entity: &Entity, part: &str, payload: &str) -> Option<Steps> {
    let here = entity.number("current_position").unwrap_or(if entity.state.value.as_deref() == Some("closed") {
        0.0
    } else {
        100.0
    });
    let target = match (part, payload) {
        ("position", _) => payload.parse().ok().filter(|target: &f64| target.is_finite())?,
        (_, "OPEN") => 100.0,
        (_, "CLOSE") => 0.0,
        (_, "STOP") => here,
        _ => return None,
    };
    let target = target.clamp(0.0, 100.0);
    // A cover that only knows that it is open may have some way to go to the position asked for, but it knows its ends.
    let state = |value: &str, position: f64| with(to(entity, value), "current_position", position);
    let end = state(if target <= 0.0 { "closed" } else { "open" }, target);
    let moving = if here < target { "opening" } else { "closing" };
    let per_second = if entity.device_class.as_deref() == Some("garage") { 8.0 } else { 5.0 };
    let mut steps = vec![];
    let mut position = here;
    let mut at_ms = 150;
    while per_second < (target - position).abs() {
        steps.push((at_ms, state(moving, position.round())));
        position += per_second * (target - here).signum();
        at_ms += 1000;
    }
    steps.push((at_ms, end));
    Some(steps)
}

/// The room follows slowly: half a degree a minute, and no further than the target.
fn climate(entity: &Entity, part: &str, payload: &str, jitter_ms: u64) -> Option<Steps> {
    let state = match part {
        "mode" => to(entity, payload),
        "temperature" => {
            let target: f64 = payload.parse().ok().filter(|target: &f64| target.is_finite())?;
            with(entity.state.clone(), "temperature", target)
        }
        _ => return None,
    };
    let number = |state: &State, name: &str| state.attributes.get(name).and_then(Value::as_number);
    let target = number(&state, "temperature");
    let mut steps = vec![(200 + jitter_ms, acting(state.clone()))];
    let mode = state.value.as_deref().unwrap_or("off").to_owned();
    let Some((mut here, target)) = number(&state, "current_temperature").zip(target) else { return Some(steps) };
    for minute in 1..=CLIMATE_MINUTES {
        let way = match mode.as_str() {
            "heat" => (target - here).clamp(0.0, 0.5),
            "cool" => (target - here).clamp(-0.5, 0.0),
            "heat_cool" | "auto" => (target - here).clamp(-0.5, 0.5),
            _ => 0.0,
        };
        if way == 0.0 {
            break;
        }
        here += way;
        steps.push((minute * 60_000, acting(with(state.clone(), "current_temperature", here))));
    }
    Some(steps)
}

/// Says what the device is doing, if it ever said so.
fn acting(state: State) -> State {
    let number = |name: &str| state.attributes.get(name).and_then(Value::as_number);
    let missing = number("temperature").zip(number("current_temperature")).map_or(0.0, |(target, here)| target - here);
    let action = match state.value.as_deref().unwrap_or("off") {
        "off" => "off",
        "heat" | "heat_cool" | "auto" if 0.2 < missing => "heating",
        "cool" | "heat_cool" | "auto" if missing < -0.2 => "cooling",
        "dry" => "drying",
        "fan_only" => "fan",
        _ => "idle",
    };
    match state.attributes.contains_key("hvac_action") {
        true => with(state, "hvac_action", action),
        false => state,
    }
}

fn alarm(entity: &Entity, payload: &str, jitter_ms: u64) -> Option<Steps> {
    let end = match payload {
        "DISARM" => return Some(vec![(150 + jitter_ms, to(entity, "disarmed"))]),
        "ARM_HOME" => "armed_home",
        "ARM_NIGHT" => "armed_night",
        "ARM_AWAY" => "armed_away",
        "ARM_VACATION" => "armed_vacation",
        _ => return None,
    };
    let leaves = matches!(payload, "ARM_AWAY" | "ARM_VACATION");
    match leaves {
        true => Some(vec![(150 + jitter_ms, to(entity, "arming")), (EXIT_MS, to(entity, end))]),
        false => Some(vec![(300 + jitter_ms, to(entity, end))]),
    }
}

fn vacuum(entity: &Entity, part: &str, payload: &str, jitter_ms: u64) -> Option<Steps> {
    if part == "send" {
        let is_clean = map(payload)?.get("command").and_then(Json::as_str) == Some("clean_area");
        return is_clean.then(|| vec![(500 + jitter_ms, to(entity, "cleaning"))]);
    }
    match payload {
        "start" => Some(vec![(500 + jitter_ms, to(entity, "cleaning"))]),
        "pause" => Some(vec![(300 + jitter_ms, to(entity, "paused"))]),
        "stop" => Some(vec![(300 + jitter_ms, to(entity, "idle"))]),
        "return_to_base" => Some(way_home(entity, jitter_ms)),
        _ => None,
    }
}

fn mower(entity: &Entity, part: &str, jitter_ms: u64) -> Option<Steps> {
    match part {
        "start" => Some(vec![(800 + jitter_ms, to(entity, "mowing"))]),
        "pause" => Some(vec![(400 + jitter_ms, to(entity, "paused"))]),
        "dock" => Some(way_home(entity, jitter_ms)),
        _ => None,
    }
}

fn way_home(entity: &Entity, jitter_ms: u64) -> Steps {
    match entity.state.value.as_deref() {
        Some("docked") => vec![(300 + jitter_ms, to(entity, "docked"))],
        Some(_) | None => vec![(400 + jitter_ms, to(entity, "returning")), (WAY_HOME_MS, to(entity, "docked"))],
    }
}

fn media(entity: &Entity, command: &Map<String, Json>) -> Option<State> {
    let state = match command.get("command")?.as_str()? {
        "turn_on" => to(entity, "on"),
        "turn_off" => to(entity, "off"),
        "play" | "next" | "previous" => to(entity, "playing"),
        "pause" => to(entity, "paused"),
        "stop" => to(entity, "idle"),
        "volume_set" => {
            let volume = command.get("volume_level")?.as_f64()?.clamp(0.0, 1.0);
            with(entity.state.clone(), "volume_level", volume)
        }
        "volume_mute" => with(entity.state.clone(), "is_volume_muted", command.get("is_volume_muted")?.as_bool()?),
        "play_media" => {
            let playing = with(to(entity, "playing"), "media_title", command.get("query")?.as_str()?);
            match command.get("media_content_type").and_then(Json::as_str) {
                Some(class) => with(playing, "media_content_type", class),
                None => playing,
            }
        }
        _ => return None,
    };
    Some(state)
}

fn list(entity: &Entity, command: &Map<String, Json>) -> Option<State> {
    let text = |key: &str| command.get(key).and_then(Json::as_str);
    let mut items: Vec<Value> = entity.attribute("items").and_then(Value::as_list).unwrap_or_default().to_vec();
    let is = |item: &Value, name: &str| item.as_text().is_some_and(|text| text.to_lowercase() == name.to_lowercase());
    match (text("add"), text("complete").or_else(|| text("remove"))) {
        (Some(name), _) if items.iter().any(|item| is(item, name)) => {}
        (Some(name), _) => items.push(name.into()),
        (None, Some(name)) => items.retain(|item| !is(item, name)),
        (None, None) => return None,
    }
    Some(with(to(entity, &items.len().to_string()), "items", Value::List(items)))
}

/// How long a room is followed after a command.
const CLIMATE_MINUTES: u64 = 20;
/// Time to leave the house.
const EXIT_MS: u64 = 30_000;
/// Time to drive back to the dock.
const WAY_HOME_MS: u64 = 45_000;
