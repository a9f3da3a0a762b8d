//! What a step would do, in the kinds that a household has rules for.
//!
//! Every step is of exactly one kind, so a rule for one kind never touches another.

use crate::texts::words::{each, stands_in};
use house::{Action, Domain, Effect, Entity};

/// What an action on an entity does.
pub(super) fn effect(entity: &Entity, action: &Action) -> Effect {
    let is_entry = matches!(entity.device_class.as_deref(), Some("garage" | "garage_door" | "gate" | "door"))
        || (entity.device_class.is_none() && entity.domain == Domain::Cover && sounds_like_entry(&entity.name));
    let opens = opens(action, entity.domain);
    let is_opener = matches!(
        entity.domain,
        Domain::Switch
            | Domain::Button
            | Domain::InputBoolean
            | Domain::Scene
            | Domain::Script
            | Domain::Automation
            | Domain::Number
            | Domain::Select
    ) && sounds_like_opener(&entity.name);
    match action {
        Action::TurnOn | Action::TurnOff | Action::Activate | Action::SetNumber(_) | Action::SelectOption(_)
            if is_opener =>
        {
            Effect::Entry
        }
        Action::Unlock => Effect::Unlock,
        Action::Disarm => Effect::Disarm,
        Action::TurnOff if entity.domain == Domain::Lock => Effect::Unlock,
        Action::TurnOff if entity.domain == Domain::AlarmControlPanel => Effect::Disarm,
        _ if opens && entity.device_class.as_deref() == Some("gas") => Effect::Gas,
        _ if opens && is_entry => Effect::Entry,
        Action::TurnOn if entity.domain == Domain::Siren => Effect::Siren,
        Action::Activate if matches!(entity.domain, Domain::Scene | Domain::Script | Domain::Button) => Effect::Foreign,
        Action::Arm(_) | Action::Lock => Effect::Secure,
        _ if entity.domain == Domain::WaterHeater => Effect::HotWater,
        _ if entity.domain == Domain::Climate => Effect::Heating,
        _ => Effect::Other,
    }
}

/// Whether an action opens something. An action that comes to the house later has to be answered here.
#[deny(clippy::wildcard_enum_match_arm)]
fn opens(action: &Action, domain: Domain) -> bool {
    match action {
        Action::OpenCover | Action::OpenValve => true,
        Action::SetCoverPosition(position) | Action::SetValvePosition(position) => 0 < *position,
        // Scenes and scripts of others use general words: to a cover or valve, "on" is to open.
        Action::TurnOn => matches!(domain, Domain::Cover | Domain::Valve),
        Action::TurnOff
        | Action::SetLight { .. }
        | Action::CloseCover
        | Action::StopCover
        | Action::SetTilt(_)
        | Action::SetEffect(_)
        | Action::Lock
        | Action::Unlock
        | Action::SetTemperature(_)
        | Action::SetHvacMode(_)
        | Action::SetPercentage(_)
        | Action::SetHumidity(_)
        | Action::Arm(_)
        | Action::Disarm
        | Action::MediaPlay
        | Action::MediaPause
        | Action::MediaStop
        | Action::MediaNext
        | Action::MediaPrevious
        | Action::SetVolume(_)
        | Action::Mute(_)
        | Action::PlayMedia { .. }
        | Action::VacuumStart
        | Action::VacuumPause
        | Action::VacuumReturn
        | Action::VacuumLocate
        | Action::VacuumCleanArea(_)
        | Action::MowerStart
        | Action::MowerPause
        | Action::MowerDock
        | Action::CloseValve
        | Action::Activate
        | Action::AddItem(_)
        | Action::CompleteItem(_)
        | Action::RemoveItem(_)
        | Action::SetNumber(_)
        | Action::SelectOption(_) => false,
    }
}

/// Whether this is a thing that guards the home, so that some of what it does could do harm.
pub fn is_guard(entity: &Entity) -> bool {
    effect(entity, &opening(entity.domain)).is_guarded()
}

/// The gravest that can be asked of a thing of that kind.
pub(super) fn opening(domain: Domain) -> Action {
    match domain {
        Domain::Lock => Action::Unlock,
        Domain::AlarmControlPanel => Action::Disarm,
        Domain::Cover => Action::OpenCover,
        Domain::Valve => Action::OpenValve,
        _ => Action::TurnOn,
    }
}

/// Many a door is opened by a plain relay or a script.
fn sounds_like_opener(name: &str) -> bool {
    let name = name.to_lowercase();
    // Whole words only: a gateway is no gate.
    let words = format!(" {} ", name.split(|letter: char| !letter.is_alphanumeric()).collect::<Vec<_>>().join(" "));
    let says = |word: &&str| if word.is_ascii() { words.contains(&format!(" {word} ")) } else { name.contains(*word) };
    !each(|words| words.harmless).any(says) && each(|words| words.openers).any(says)
}

fn sounds_like_entry(name: &str) -> bool {
    let name = name.to_lowercase();
    stands_in(|words| words.entries, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_opens_a_door_is_told_by_its_name() {
        for name in [
            "Door Opener",
            "Garage Door",
            "Driveway Gate",
            "Unlock Front Door",
            "gate_relay",
            "开门器",
            "院门",
            "车库门继电器",
        ] {
            assert!(sounds_like_opener(name), "{name}");
        }
        for name in [
            "Garage Light",
            "Zigbee Gateway",
            "Gate Lamp",
            "Doorbell",
            "Door Sensor",
            "Coffee Machine",
            "车库灯",
            "门铃",
            "Investigation",
        ] {
            assert!(!sounds_like_opener(name), "{name}");
        }
    }
}
