//! Whether a thing is in a state that people have a word for.

use house::{Domain, Entity, Value};

/// Whether an entity is in a state, in the words people use for its kind.
pub(crate) fn is_in(entity: &Entity, state: &str) -> bool {
    let Some(value) = entity.state.value.as_deref() else { return false };
    match (entity.domain, state) {
        (Domain::BinarySensor, "on" | "open" | "home" | "unlocked" | "triggered") => value == "on",
        (Domain::BinarySensor, "off" | "closed" | "not_home" | "locked") => value == "off",
        (Domain::Cover | Domain::Valve, "on" | "open") => matches!(value, "open" | "opening"),
        (Domain::Cover | Domain::Valve, "off" | "closed") => value == "closed",
        (Domain::Lock, "on" | "locked" | "closed") => value == "locked",
        (Domain::Lock, "off" | "unlocked" | "open") => matches!(value, "unlocked" | "open"),
        (Domain::Climate | Domain::MediaPlayer | Domain::WaterHeater, "on") => {
            !matches!(value, "off" | "standby" | "unavailable")
        }
        (Domain::Climate, "heating" | "cooling" | "idle") => {
            entity.attribute("hvac_action").and_then(Value::as_text) == Some(state)
        }
        (Domain::AlarmControlPanel, "armed" | "on") => value.starts_with("armed"),
        (Domain::AlarmControlPanel, "off") => value == "disarmed",
        (Domain::Vacuum | Domain::LawnMower, "on") => matches!(value, "cleaning" | "mowing"),
        (Domain::Vacuum | Domain::LawnMower, "off") => !matches!(value, "cleaning" | "mowing"),
        _ => value == state,
    }
}
