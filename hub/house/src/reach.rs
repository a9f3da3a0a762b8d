//! Whether an entity is in the state that an action asks for. Dispatch waits for this; it decides what is said.

use crate::{Action, ArmMode, Domain, Entity, Value};

/// How far an entity is towards what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It reports something else.
    No,
    /// It reports that it is on its way, which may take long (a blind, an arming delay).
    Underway,
    /// It reports the state asked for.
    Yes,
}

/// How far an entity is towards an action, from what it reports. `None` where no state could ever show it
/// (the next track, a scene of another system).
#[expect(clippy::too_many_lines, reason = "one arm for each action")]
pub fn reach(action: &Action, entity: &Entity) -> Option<Reach> {
    let state = entity.state.value.as_deref().unwrap_or_default();
    let is = |wanted: &str| Some(if state == wanted { Reach::Yes } else { Reach::No });
    let yes_if = |yes: bool| Some(if yes { Reach::Yes } else { Reach::No });
    match action {
        Action::TurnOn => match entity.domain {
            Domain::Climate | Domain::MediaPlayer | Domain::WaterHeater => {
                yes_if(!matches!(state, "off" | "standby" | "" | "unavailable"))
            }
            _ => is("on"),
        },
        Action::TurnOff => match entity.domain {
            Domain::MediaPlayer => yes_if(matches!(state, "off" | "standby")),
            _ => is("off"),
        },
        Action::SetLight { brightness_pct, color, color_temp_k } => {
            let brightness = brightness_pct.is_none_or(|wanted| {
                near(entity.number("brightness").map(|value| value / 2.55), f64::from(wanted), 0.9)
            });
            let heat = color_temp_k.is_none_or(|wanted| {
                near(entity.number("color_temp_kelvin"), f64::from(wanted), f64::from(wanted) * 0.03)
            });
            let color = color.is_none_or(|wanted| hue_is_near(entity, wanted.hue, wanted.saturation));
            yes_if(state == "on" && brightness && heat && color)
        }
        Action::OpenCover | Action::OpenValve => moved(state, "open", "opening"),
        Action::CloseCover | Action::CloseValve => moved(state, "closed", "closing"),
        Action::StopCover => yes_if(!matches!(state, "opening" | "closing")),
        Action::SetCoverPosition(wanted) | Action::SetValvePosition(wanted) => {
            match (near(entity.number("current_position"), f64::from(*wanted), 2.0), state) {
                (true, "open" | "closed" | "stopped") => Some(Reach::Yes),
                (_, "opening" | "closing") => Some(Reach::Underway),
                (at, _) => yes_if(at),
            }
        }
        // Slats and effects of which nothing was ever reported will not be reported now.
        Action::SetTilt(wanted) => {
            entity.number("current_tilt_position").and_then(|at| yes_if((at - f64::from(*wanted)).abs() <= 2.0))
        }
        Action::SetEffect(wanted) => {
            entity.attribute("effect").and_then(|effect| yes_if(state == "on" && effect.as_text() == Some(wanted)))
        }
        Action::Lock => is("locked"),
        Action::Unlock => yes_if(matches!(state, "unlocked" | "open")),
        Action::SetTemperature(wanted) => yes_if(has_target(entity, *wanted)),
        Action::SetHvacMode(mode) => is(mode.as_str()),
        Action::SetPercentage(wanted) => {
            yes_if(state == "on" && near(entity.number("percentage"), f64::from(*wanted), 3.0))
        }
        Action::SetHumidity(wanted) => yes_if(near(entity.number("humidity"), f64::from(*wanted), 0.6)),
        Action::Arm(mode) => match state == armed(*mode) {
            true => Some(Reach::Yes),
            false => Some(if matches!(state, "arming" | "pending") { Reach::Underway } else { Reach::No }),
        },
        Action::Disarm => is("disarmed"),
        Action::MediaPlay => is("playing"),
        Action::MediaPause => yes_if(matches!(state, "paused" | "idle" | "off" | "standby")),
        Action::MediaStop => yes_if(matches!(state, "idle" | "off" | "stopped" | "standby")),
        Action::SetVolume(wanted) => {
            yes_if(near(entity.number("volume_level").map(|value| value * 100.0), f64::from(*wanted), 1.5))
        }
        Action::Mute(wanted) => yes_if(entity.attribute("is_volume_muted").and_then(Value::as_bool) == Some(*wanted)),
        Action::PlayMedia { .. } => is("playing"),
        Action::VacuumStart | Action::VacuumCleanArea(_) => is("cleaning"),
        Action::VacuumPause => yes_if(matches!(state, "paused" | "idle" | "docked")),
        Action::VacuumReturn => moved(state, "docked", "returning"),
        Action::MowerStart => is("mowing"),
        Action::MowerPause => yes_if(matches!(state, "paused" | "docked")),
        Action::MowerDock => moved(state, "docked", "returning"),
        Action::SetNumber(wanted) => yes_if(near(
            state.parse().ok(),
            *wanted,
            entity.number("step").map_or(wanted.abs() * 1e-3, |step| step / 2.0).max(1e-6),
        )),
        Action::SelectOption(wanted) => is(wanted),
        Action::AddItem(item) => yes_if(holds(entity, item)),
        Action::CompleteItem(item) | Action::RemoveItem(item) => yes_if(!holds(entity, item)),
        Action::MediaNext | Action::MediaPrevious | Action::VacuumLocate | Action::Activate => None,
    }
}

/// A device that heats and cools has two targets: it is there when the one in force is what was asked for.
fn has_target(entity: &Entity, wanted: f64) -> bool {
    let is_near = |name: &str| near(entity.number(name), wanted, 0.26);
    if entity.number("temperature").is_some() {
        return is_near("temperature");
    }
    match entity.state.value.as_deref() {
        Some("heat") => is_near("target_temp_low"),
        Some("cool") => is_near("target_temp_high"),
        _ => is_near("target_temp_low") && is_near("target_temp_high"),
    }
}

fn moved(state: &str, end: &str, on_the_way: &str) -> Option<Reach> {
    Some(match state {
        _ if state == end => Reach::Yes,
        _ if state == on_the_way => Reach::Underway,
        _ => Reach::No,
    })
}

fn near(value: Option<f64>, wanted: f64, within: f64) -> bool {
    value.is_some_and(|value| (value - wanted).abs() <= within)
}

fn hue_is_near(entity: &Entity, hue: f64, saturation: f64) -> bool {
    match entity.attribute("hs_color").and_then(Value::as_list) {
        Some([own_hue, own_saturation]) => {
            let turn = own_hue.as_number().map(|own| (own - hue).rem_euclid(360.0));
            let hue_fits = saturation < 5.0 || turn.is_some_and(|turn| turn.min(360.0 - turn) <= 5.0);
            hue_fits && near(own_saturation.as_number(), saturation, 5.0)
        }
        _ => false,
    }
}

fn armed(mode: ArmMode) -> String {
    format!("armed_{}", mode.as_str())
}

fn holds(entity: &Entity, item: &str) -> bool {
    let items = entity.attribute("items").and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_text).any(|own| own.to_lowercase() == item.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attributes, Availability, EntityId, State};

    fn entity(domain: Domain, value: &str, attributes: &[(&str, f64)]) -> Entity {
        let attributes: Attributes =
            attributes.iter().map(|(name, number)| ((*name).to_owned(), Value::Number(*number))).collect();
        let state = State { value: Some(value.to_owned()), attributes, ..State::default() };
        Entity {
            id: EntityId::new("x.x"),
            name: "X".to_owned(),
            aliases: Vec::new(),
            domain,
            device_class: None,
            area: None,
            state,
            availability: Availability::Online,
        }
    }

    #[test]
    fn a_thermostat_with_two_targets_is_there_when_the_one_in_force_is() {
        let both = [("target_temp_low", 20.0), ("target_temp_high", 24.0)];
        for (mode, wanted, expected) in [
            ("heat", 20.0, Reach::Yes),
            ("heat", 24.0, Reach::No),
            ("cool", 24.0, Reach::Yes),
            ("heat_cool", 20.0, Reach::No),
        ] {
            assert_eq!(
                reach(&Action::SetTemperature(wanted), &entity(Domain::Climate, mode, &both)),
                Some(expected),
                "{mode} {wanted}"
            );
        }
        let same = [("target_temp_low", 21.0), ("target_temp_high", 21.0)];
        assert_eq!(
            reach(&Action::SetTemperature(21.0), &entity(Domain::Climate, "heat_cool", &same)),
            Some(Reach::Yes)
        );
        let single = [("temperature", 19.0), ("target_temp_low", 21.0)];
        assert_eq!(reach(&Action::SetTemperature(21.0), &entity(Domain::Climate, "heat", &single)), Some(Reach::No));
    }

    #[test]
    fn numbers_choices_and_slats_are_confirmed_by_what_they_report() {
        assert_eq!(
            reach(&Action::SetNumber(21.3), &entity(Domain::Number, "21.5", &[("step", 0.5)])),
            Some(Reach::Yes)
        );
        assert_eq!(reach(&Action::SetNumber(0.2), &entity(Domain::Number, "0.3", &[])), Some(Reach::No));
        assert_eq!(reach(&Action::SetNumber(0.0), &entity(Domain::Number, "unknown", &[])), Some(Reach::No));
        assert_eq!(
            reach(&Action::SelectOption("night".to_owned()), &entity(Domain::Select, "night", &[])),
            Some(Reach::Yes)
        );
        assert_eq!(
            reach(&Action::SetTilt(30), &entity(Domain::Cover, "closed", &[("current_tilt_position", 31.0)])),
            Some(Reach::Yes)
        );
        assert_eq!(
            reach(&Action::SetTilt(30), &entity(Domain::Cover, "closed", &[("current_tilt_position", 90.0)])),
            Some(Reach::No)
        );
        assert_eq!(reach(&Action::SetTilt(30), &entity(Domain::Cover, "closed", &[])), None);
    }
}
