//! From an intent and one entity to the action on it; relative values become absolute here.

use house::{Action, ArmMode, Domain, Entity, HvacMode, Intent, IntentKind, Miss, Question, Slot, Step};

use crate::lexicon;
use crate::names::areas;

use super::context::{Context, Stop};
use super::scene;
use super::target::found::Target;

/// The steps of an intent on its target.
pub(super) fn steps(intent: &Intent, index: usize, target: &Target<'_>, ctx: &Context<'_>) -> Result<Vec<Step>, Stop> {
    let mut out = Vec::new();
    let mut unable = None;
    for entity in narrowed(intent, target) {
        let members = match intent.kind {
            IntentKind::TurnOn if matches!(entity.domain, Domain::Scene | Domain::Script) => {
                scene::members(entity, index, ctx.house)
            }
            _ => None,
        };
        match members {
            Some(members) => out.extend(members),
            None => match actions(intent, entity, ctx) {
                Ok(actions) => out.extend(actions.into_iter().map(|action| Step {
                    intent: index,
                    entity: entity.id.clone(),
                    action,
                    reason: target.reason.clone(),
                })),
                // Of a room's lamps, those that can change colour do; the others are left as they are.
                Err(Stop::Miss(miss @ Miss::Unable { .. })) => unable = Some(miss),
                Err(stop) => return Err(stop),
            },
        }
    }
    match unable {
        Some(miss) if out.is_empty() => Err(Stop::Miss(miss)),
        Some(_) | None => Ok(out),
    }
}

/// Of several lamps of a room, those that are on are made dimmer; of several players, the one that plays is meant.
fn narrowed<'a>(intent: &Intent, target: &Target<'a>) -> Vec<&'a Entity> {
    let keep = |state: &str| -> Vec<&'a Entity> {
        target.entities.iter().copied().filter(|entity| entity.state.value.as_deref() == Some(state)).collect()
    };
    let preferred = match intent.kind {
        IntentKind::LightSet if is_relative(intent) && target.names.is_empty() => keep("on"),
        IntentKind::MediaPause | IntentKind::MediaNext | IntentKind::MediaPrevious if target.names.is_empty() => {
            keep("playing")
        }
        _ => Vec::new(),
    };
    match preferred.is_empty() {
        true => target.entities.clone(),
        false => preferred,
    }
}

/// Whether it is asked for in relation to what is now.
fn is_relative(intent: &Intent) -> bool {
    intent.has(Slot::Direction) || intent.has(Slot::Factor)
}

fn actions(intent: &Intent, entity: &Entity, ctx: &Context<'_>) -> Result<Vec<Action>, Stop> {
    use IntentKind as I;
    let unable = || Stop::Miss(Miss::Unable { name: entity.name.clone(), intent: intent.kind });
    let one = |action: Option<Action>| action.map(|action| vec![action]).ok_or_else(unable);
    match intent.kind {
        I::TurnOn => one(on(entity)),
        I::TurnOff => one(off(entity)),
        I::Toggle => one(if is_on(entity) { off(entity) } else { on(entity) }),
        I::StopMoving => one(match entity.domain {
            Domain::Cover => Some(Action::StopCover),
            Domain::Vacuum => Some(Action::VacuumPause),
            Domain::LawnMower => Some(Action::MowerPause),
            _ => None,
        }),
        I::LightSet => light(intent, entity, ctx),
        I::SetPosition => position(intent, entity),
        I::ClimateSetTemperature => temperature(intent, entity),
        I::ClimateSetMode => one(intent.label(Slot::Mode).and_then(HvacMode::parse).map(Action::SetHvacMode)),
        I::FanSetSpeed => {
            let speed = percentage(intent, Slot::Percentage, entity.number("percentage").unwrap_or(50.0), 25.0, 1.0);
            Ok(vec![Action::SetPercentage(speed.ok_or(Stop::Ask(Question::Value { intent: intent.kind }))?)])
        }
        I::HumidifierSetpoint => humidity(intent, entity),
        I::MediaSearchAndPlay => one(Some(match intent.text(Slot::SearchQuery) {
            Some(query) => {
                Action::PlayMedia { query: query.to_owned(), class: intent.label(Slot::MediaClass).map(str::to_owned) }
            }
            None => Action::MediaPlay,
        })),
        I::MediaPause => one(Some(Action::MediaPause)),
        I::MediaUnpause => one(Some(Action::MediaPlay)),
        I::MediaNext => one(Some(Action::MediaNext)),
        I::MediaPrevious => one(Some(Action::MediaPrevious)),
        I::MediaPlayerMute => one(Some(Action::Mute(true))),
        I::MediaPlayerUnmute => one(Some(Action::Mute(false))),
        I::SetVolume | I::SetVolumeRelative => {
            let now = entity.number("volume_level").unwrap_or(0.3) * 100.0;
            let level = percentage(intent, Slot::VolumeLevel, now, 10.0, 0.0);
            Ok(vec![Action::SetVolume(level.ok_or(Stop::Ask(Question::Value { intent: intent.kind }))?)])
        }
        I::VacuumStart => one(Some(Action::VacuumStart)),
        I::VacuumCleanArea => one(Some(clean(intent, ctx))),
        I::VacuumReturnToBase => one(Some(Action::VacuumReturn)),
        I::VacuumPause => one(Some(Action::VacuumPause)),
        I::VacuumLocate => one(Some(Action::VacuumLocate)),
        I::LawnMowerStartMowing => one(Some(Action::MowerStart)),
        I::LawnMowerDock => one(Some(Action::MowerDock)),
        I::AlarmArm => {
            one(Some(Action::Arm(intent.label(Slot::Arm).and_then(ArmMode::parse).unwrap_or(ArmMode::Away))))
        }
        I::AlarmDisarm => one(Some(Action::Disarm)),
        I::ShoppingListAddItem | I::ListAddItem => items(intent, Action::AddItem),
        I::ShoppingListCompleteItem | I::ListCompleteItem => items(intent, Action::CompleteItem),
        I::ListRemoveItem => items(intent, Action::RemoveItem),
        _ => Err(unable()),
    }
}

fn on(entity: &Entity) -> Option<Action> {
    Some(match entity.domain {
        Domain::Cover => Action::OpenCover,
        Domain::Valve => Action::OpenValve,
        Domain::Lock => Action::Lock,
        Domain::Vacuum => Action::VacuumStart,
        Domain::LawnMower => Action::MowerStart,
        Domain::Scene | Domain::Script | Domain::Button => Action::Activate,
        Domain::AlarmControlPanel => Action::Arm(ArmMode::Away),
        Domain::Light
        | Domain::Switch
        | Domain::Climate
        | Domain::Fan
        | Domain::MediaPlayer
        | Domain::InputBoolean
        | Domain::Humidifier
        | Domain::WaterHeater
        | Domain::Siren
        | Domain::Automation => Action::TurnOn,
        Domain::Sensor
        | Domain::BinarySensor
        | Domain::Todo
        | Domain::Weather
        | Domain::Person
        | Domain::Number
        | Domain::Select
        | Domain::Other => return None,
    })
}

fn off(entity: &Entity) -> Option<Action> {
    Some(match entity.domain {
        Domain::Cover => Action::CloseCover,
        Domain::Valve => Action::CloseValve,
        Domain::Lock => Action::Unlock,
        Domain::Vacuum => Action::VacuumReturn,
        Domain::LawnMower => Action::MowerDock,
        Domain::AlarmControlPanel => Action::Disarm,
        Domain::Light
        | Domain::Switch
        | Domain::Climate
        | Domain::Fan
        | Domain::MediaPlayer
        | Domain::InputBoolean
        | Domain::Humidifier
        | Domain::WaterHeater
        | Domain::Siren
        | Domain::Automation => Action::TurnOff,
        Domain::Scene
        | Domain::Script
        | Domain::Button
        | Domain::Sensor
        | Domain::BinarySensor
        | Domain::Todo
        | Domain::Weather
        | Domain::Person
        | Domain::Number
        | Domain::Select
        | Domain::Other => return None,
    })
}

fn is_on(entity: &Entity) -> bool {
    matches!(
        entity.state.value.as_deref(),
        Some("on" | "open" | "playing" | "cleaning" | "mowing" | "locked" | "heat" | "cool" | "auto" | "heat_cool")
    )
}

fn light(intent: &Intent, entity: &Entity, ctx: &Context<'_>) -> Result<Vec<Action>, Stop> {
    let tint = intent.text(Slot::Color).map(|words| lexicon::color(words).ok_or(words));
    let said_kelvin = intent.number(Slot::Temperature);
    if let Some(Err(words)) = tint {
        return Err(Stop::Miss(Miss::NoSuchName(words.to_owned())));
    }
    let (color, tint_k) = match tint {
        Some(Ok((_, Action::SetLight { color, color_temp_k, .. }))) => (color, color_temp_k),
        _ => (None, None),
    };
    let color_temp_k = match said_kelvin {
        Some(kelvin) if (1000.0..=12_000.0).contains(&kelvin) => Some(kelvin as u16),
        Some(kelvin) => return Err(Stop::Miss(Miss::OutOfRange { asked: kelvin, least: 1000.0, most: 12_000.0 })),
        None => tint_k,
    };
    let now = match entity.state.value.as_deref() {
        Some("on") => entity.number("brightness").map_or(100.0, |value| value / 2.55),
        _ => 0.0,
    };
    let is_dark = intent.label(Slot::Direction) == Some("down") && entity.state.value.as_deref() == Some("off");
    if is_dark {
        // Dimming what is off would switch it on.
        return Err(Stop::Miss(Miss::NothingOfKind {
            kind: "light that is on".to_owned(),
            place: ctx.house.area_of(entity).map(|area| area.name.clone()),
        }));
    }
    in_percent(intent, Slot::Brightness)?;
    // "Half brightness" to a lamp that is off is half of what it can.
    let is_share = now <= 0.0 && factor(intent).is_some_and(|factor| factor < 1.0);
    let brightness_pct = percentage(intent, Slot::Brightness, if is_share { 100.0 } else { now }, 20.0, 1.0);
    let lacks = (color.is_some() && !can(entity, COLOR_MODES))
        || (color_temp_k.is_some() && !can(entity, TINT_MODES))
        || (brightness_pct.is_some() && !can(entity, DIM_MODES));
    if lacks {
        return Err(Stop::Miss(Miss::Unable { name: entity.name.clone(), intent: intent.kind }));
    }
    match brightness_pct.is_none() && color.is_none() && color_temp_k.is_none() {
        true => Err(Stop::Ask(Question::Value { intent: intent.kind })),
        false => Ok(vec![Action::SetLight { brightness_pct, color, color_temp_k }]),
    }
}

/// Whether a lamp has one of these colour modes; a lamp that does not say what it has may have any.
fn can(lamp: &Entity, modes: &[&str]) -> bool {
    match lamp.attribute("supported_color_modes").and_then(house::Value::as_list) {
        Some(own) if !own.is_empty() => own.iter().filter_map(house::Value::as_text).any(|own| modes.contains(&own)),
        Some(_) | None => true,
    }
}

const COLOR_MODES: &[&str] = &["hs", "rgb", "xy", "rgbw", "rgbww"];
const TINT_MODES: &[&str] = &["color_temp", "hs", "rgb", "xy", "rgbw", "rgbww", "white"];
const DIM_MODES: &[&str] = &["brightness", "color_temp", "hs", "rgb", "xy", "rgbw", "rgbww", "white"];

fn position(intent: &Intent, entity: &Entity) -> Result<Vec<Action>, Stop> {
    in_percent(intent, Slot::Position)?;
    let now = entity.number("current_position").unwrap_or(if is_on(entity) { 100.0 } else { 0.0 });
    let position =
        percentage(intent, Slot::Position, now, 25.0, 0.0).ok_or(Stop::Ask(Question::Value { intent: intent.kind }))?;
    Ok(vec![match entity.domain {
        Domain::Valve => Action::SetValvePosition(position),
        _ => Action::SetCoverPosition(position),
    }])
}

/// A value in per cent outside 0–100 is refused, not bent.
fn in_percent(intent: &Intent, slot: Slot) -> Result<(), Stop> {
    match intent.number(slot) {
        Some(asked) if !(0.0..=100.0).contains(&asked) => {
            Err(Stop::Miss(Miss::OutOfRange { asked, least: 0.0, most: 100.0 }))
        }
        _ => Ok(()),
    }
}

fn temperature(intent: &Intent, entity: &Entity) -> Result<Vec<Action>, Stop> {
    let least = entity.number("min_temp").unwrap_or(5.0);
    let most = entity.number("max_temp").unwrap_or(35.0);
    let now = entity.number("temperature").or(entity.number("current_temperature")).unwrap_or(20.0);
    let step = intent.number(Slot::Step).unwrap_or(1.0).abs();
    let wanted = match (intent.number(Slot::Temperature), intent.label(Slot::Direction), intent.label(Slot::Extreme)) {
        (Some(temperature), ..) => temperature,
        (None, Some("up"), _) => (now + step).min(most),
        (None, Some(_), _) => (now - step).max(least),
        (None, None, Some("max")) => most,
        (None, None, Some(_)) => least,
        (None, None, None) => return Err(Stop::Ask(Question::Value { intent: intent.kind })),
    };
    match least <= wanted && wanted <= most {
        true => Ok(vec![Action::SetTemperature(wanted)]),
        false => Err(Stop::Miss(Miss::OutOfRange { asked: wanted, least, most })),
    }
}

/// As in Home Assistant, a humidifier that is off is switched on for it.
fn humidity(intent: &Intent, entity: &Entity) -> Result<Vec<Action>, Stop> {
    let least = entity.number("min_humidity").unwrap_or(0.0);
    let most = entity.number("max_humidity").unwrap_or(100.0);
    let now = entity.number("humidity").or(entity.number("current_humidity")).unwrap_or(50.0);
    let asked = intent.number(Slot::Humidity);
    if let Some(asked) = asked.filter(|asked| !(least..=most).contains(asked)) {
        return Err(Stop::Miss(Miss::OutOfRange { asked, least, most }));
    }
    let wanted = percentage(intent, Slot::Humidity, now, 5.0, 0.0).map(f64::from);
    let wanted = wanted.ok_or(Stop::Ask(Question::Value { intent: intent.kind }))?.clamp(least, most);
    let on = (entity.state.value.as_deref() == Some("off")).then_some(Action::TurnOn);
    Ok(on.into_iter().chain([Action::SetHumidity(wanted.round() as u8)]).collect())
}

/// An absolute per cent from an absolute, extreme or relative wish.
fn percentage(intent: &Intent, slot: Slot, now: f64, usual_step: f64, least: f64) -> Option<u8> {
    let step = intent.number(Slot::Step).map_or(usual_step, f64::abs);
    let wanted = match (intent.number(slot), intent.label(Slot::Extreme), intent.label(Slot::Direction)) {
        (Some(value), ..) => value,
        (None, ..) if intent.has(Slot::Factor) => now * factor(intent)?,
        (None, Some("max"), _) => 100.0,
        (None, Some(_), _) => least,
        (None, None, Some("up")) => now + step,
        (None, None, Some(_)) => now - step,
        (None, None, None) => return None,
    };
    Some(wanted.round().clamp(least, 100.0) as u8)
}

/// How many times as much as now.
fn factor(intent: &Intent) -> Option<f64> {
    Some(match intent.label(Slot::Factor)? {
        "quarter" => 0.25,
        "third" => 1.0 / 3.0,
        "half" => 0.5,
        "double" => 2.0,
        "triple" => 3.0,
        _ => return None,
    })
}

fn clean(intent: &Intent, ctx: &Context<'_>) -> Action {
    let areas: Vec<String> = intent
        .texts(Slot::Area)
        .filter_map(|said| areas::areas_named(said, ctx.house))
        .flatten()
        .chain(
            intent
                .texts(Slot::Floor)
                .filter_map(|said| areas::floor_named(said, ctx.house))
                .flat_map(|floor| ctx.house.on_floor(&floor).map(|area| area.id.clone()).collect::<Vec<_>>()),
        )
        .chain(ctx.place.cloned().filter(|_| intent.label(Slot::Scope) == Some("here")))
        .filter_map(|id| ctx.house.areas.get(&id).map(|area| area.name.clone()))
        .collect();
    match areas.is_empty() {
        true => Action::VacuumStart,
        false => Action::VacuumCleanArea(areas),
    }
}

fn items(intent: &Intent, make: impl Fn(String) -> Action) -> Result<Vec<Action>, Stop> {
    let items: Vec<Action> = intent.texts(Slot::Item).map(|item| make(item.to_owned())).collect();
    match items.is_empty() {
        true => Err(Stop::Ask(Question::Value { intent: intent.kind })),
        false => Ok(items),
    }
}
