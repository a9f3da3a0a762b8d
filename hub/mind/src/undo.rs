//! What takes an action back: the state that an entity had before it, or else the opposite of it.

use house::{Action, ArmMode, Color, Domain, Entity, HvacMode, Value};

/// The actions that take an action on an entity back, from the state it has before the action.
/// `None` if nothing does: what was said aloud or skipped can't be taken back.
#[expect(clippy::too_many_lines, reason = "one arm for each action")]
pub fn back(action: &Action, before: &Entity) -> Option<Vec<Action>> {
    let one = |action: Action| Some(vec![action]);
    let pct = |name: &str| before.number(name).map(percent);
    match action {
        Action::TurnOn => one(if before.domain == Domain::Climate { climate_off(before)? } else { Action::TurnOff }),
        Action::TurnOff | Action::SetHvacMode(_) if before.domain == Domain::Climate => {
            mode(before).map(|mode| vec![Action::SetHvacMode(mode)])
        }
        Action::TurnOff if before.domain == Domain::Light => {
            Some(lamp(before).filter(|_| is(before, "on")).map_or_else(|| vec![Action::TurnOn], |set| vec![set]))
        }
        Action::TurnOff => one(Action::TurnOn),
        Action::SetLight { .. } if is(before, "on") => lamp(before).map(|set| vec![set]),
        Action::SetLight { .. } => one(Action::TurnOff),
        // What is asked of a cover that is there already is ended by the opposite.
        Action::OpenCover => one(cover(pct("current_position").filter(|at| *at < 100).unwrap_or(0))),
        Action::CloseCover => one(cover(pct("current_position").filter(|at| 0 < *at).unwrap_or(100))),
        Action::SetCoverPosition(_) => pct("current_position").map(|at| vec![cover(at)]),
        Action::SetTilt(_) => pct("current_tilt_position").map(|at| vec![Action::SetTilt(at)]),
        Action::SetEffect(_) if !is(before, "on") => one(Action::TurnOff),
        // A lamp that played nothing is given back its colour, which ends an effect.
        Action::SetEffect(_) => match before
            .attribute("effect")
            .and_then(Value::as_text)
            .filter(|effect| !matches!(*effect, "none" | "None" | ""))
        {
            Some(effect) => one(Action::SetEffect(effect.to_owned())),
            None => lamp(before).map(|set| vec![set]),
        },
        Action::Lock => one(Action::Unlock),
        Action::Unlock => one(Action::Lock),
        Action::SetTemperature(_) => before.number("temperature").map(|degrees| vec![Action::SetTemperature(degrees)]),
        Action::SetHvacMode(_) => mode(before).map(|mode| vec![Action::SetHvacMode(mode)]),
        Action::SetPercentage(_) if !is(before, "on") => one(Action::TurnOff),
        Action::SetPercentage(_) => pct("percentage").map(|speed| vec![Action::SetPercentage(speed.max(1))]),
        Action::SetHumidity(_) => pct("humidity").map(|humidity| vec![Action::SetHumidity(humidity)]),
        Action::Arm(_) => one(before
            .state
            .value
            .as_deref()
            .and_then(|state| state.strip_prefix("armed_"))
            .and_then(ArmMode::parse)
            .map_or(Action::Disarm, Action::Arm)),
        Action::Disarm => before
            .state
            .value
            .as_deref()
            .and_then(|state| state.strip_prefix("armed_"))
            .and_then(ArmMode::parse)
            .map(|mode| vec![Action::Arm(mode)]),
        Action::MediaPlay | Action::PlayMedia { .. } => one(Action::MediaPause),
        Action::MediaPause | Action::MediaStop => one(Action::MediaPlay),
        Action::SetVolume(_) => {
            before.number("volume_level").map(|level| vec![Action::SetVolume(percent(level * 100.0))])
        }
        Action::Mute(is_muted) => one(Action::Mute(!is_muted)),
        Action::VacuumStart | Action::VacuumCleanArea(_) => one(Action::VacuumReturn),
        Action::VacuumPause | Action::VacuumReturn => is(before, "cleaning").then(|| vec![Action::VacuumStart]),
        Action::MowerStart => one(Action::MowerDock),
        Action::MowerPause | Action::MowerDock => is(before, "mowing").then(|| vec![Action::MowerStart]),
        Action::OpenValve => one(Action::CloseValve),
        Action::CloseValve => one(Action::OpenValve),
        Action::SetValvePosition(_) => pct("current_position").map(|at| vec![Action::SetValvePosition(at)]),
        Action::AddItem(item) => one(Action::RemoveItem(item.clone())),
        Action::CompleteItem(item) | Action::RemoveItem(item) => one(Action::AddItem(item.clone())),
        Action::SetNumber(_) => before
            .state
            .value
            .as_deref()
            .and_then(|number| number.parse().ok())
            .map(|number| vec![Action::SetNumber(number)]),
        Action::SelectOption(_) => before
            .state
            .value
            .clone()
            .filter(|option| option != "unknown")
            .map(|option| vec![Action::SelectOption(option)]),
        Action::StopCover | Action::MediaNext | Action::MediaPrevious | Action::VacuumLocate | Action::Activate => None,
    }
}

/// The attributes that a scene keeps of an entity, or `None` if a scene has no part in it.
pub fn kept(entity: &Entity) -> Option<house::Attributes> {
    let state = entity.state.value.clone()?;
    const LIGHT: &[&str] = &["brightness"];
    let names: &[&str] = match entity.domain {
        Domain::Light => LIGHT,
        Domain::Switch | Domain::InputBoolean | Domain::Humidifier => &[],
        Domain::Fan => &["percentage"],
        Domain::Cover => &["current_position"],
        Domain::Climate => &["temperature"],
        Domain::MediaPlayer if matches!(state.as_str(), "playing" | "paused") => &[],
        // A scene never holds what opens the house.
        _ => return None,
    };
    let is_gated = matches!(entity.device_class.as_deref(), Some("garage" | "garage_door" | "gate" | "door"));
    if is_gated {
        return None;
    }
    let mut kept: house::Attributes =
        names.iter().filter_map(|name| Some(((*name).to_owned(), entity.attribute(name)?.clone()))).collect();
    if entity.domain == Domain::Light && state == "on" {
        let tint = if is_tinted(entity) { "color_temp_kelvin" } else { "hs_color" };
        kept.extend(entity.attribute(tint).map(|value| (tint.to_owned(), value.clone())));
    }
    kept.insert("state".to_owned(), Value::Text(state));
    Some(kept)
}

fn cover(position: u8) -> Action {
    match position {
        0 => Action::CloseCover,
        100 => Action::OpenCover,
        between => Action::SetCoverPosition(between),
    }
}

/// A lamp's brightness and colour as they are.
fn lamp(before: &Entity) -> Option<Action> {
    let brightness_pct = before.number("brightness").map(|value| percent(value / 2.55).max(1));
    let color = before.attribute("hs_color").and_then(Value::as_list).and_then(|hs| match hs {
        [hue, saturation] => Some(Color { hue: hue.as_number()?, saturation: saturation.as_number()? }),
        _ => None,
    });
    let kelvin = before
        .number("color_temp_kelvin")
        .filter(|kelvin| (1000.0..=12_000.0).contains(kelvin))
        .map(|kelvin| kelvin as u16);
    let (color, color_temp_k) = match is_tinted(before) {
        true => (None, kelvin),
        false => (color, kelvin.filter(|_| color.is_none())),
    };
    (brightness_pct.is_some() || color.is_some() || color_temp_k.is_some()).then_some(Action::SetLight {
        brightness_pct,
        color,
        color_temp_k,
    })
}

fn is_tinted(lamp: &Entity) -> bool {
    lamp.attribute("color_mode").and_then(Value::as_text) == Some("color_temp")
}

fn mode(before: &Entity) -> Option<HvacMode> {
    before.state.value.as_deref().and_then(HvacMode::parse)
}

fn climate_off(before: &Entity) -> Option<Action> {
    match mode(before) {
        Some(HvacMode::Off) | None => Some(Action::TurnOff),
        Some(mode) => Some(Action::SetHvacMode(mode)),
    }
}

fn is(entity: &Entity, state: &str) -> bool {
    entity.state.value.as_deref() == Some(state)
}

fn percent(value: f64) -> u8 {
    value.round().clamp(0.0, 100.0) as u8
}
