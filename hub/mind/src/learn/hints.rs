//! What is otherwise than usual in a house now: left on, heated to an open window, on for long, too cold for the hour.
//!
//! Pure: what is usual and the house come in, hints go out. What is not known is not unusual.

use house::{Domain, Entity, Hint, HintReason, House, Value};

use super::norms::{Norms, ends, is_left_on, is_of_a_room, part_of};
use super::statistics::least_share;
use crate::condition::{is_known, number};
use crate::when::{TimeContext, offset_s};

/// What is otherwise than usual now, at most one hint for a thing, what wastes most first.
pub fn hints(norms: &Norms, house: &House, around: &TimeContext) -> Vec<Hint> {
    let away_since_ms = away_since(house).filter(|since| AWAY_MS <= around.now_ms - since);
    let mut found: Vec<Hint> = Vec::new();
    for entity in house.entities.values().filter(|entity| is_known(entity)) {
        let reason = window_open(entity, house, around.now_ms)
            .or_else(|| left_on(entity, norms, away_since_ms?))
            .or_else(|| long(entity, norms, around.now_ms))
            .or_else(|| unusual(entity, norms, around));
        let Some(reason) = reason else { continue };
        let state = entity.state.value.as_deref().unwrap_or_default();
        found.push(Hint { entity: entity.id.clone(), reason, action: ends(entity, state).flatten() });
    }
    found.sort_by_key(|hint| HintReason::KINDS.iter().position(|kind| *kind == hint.reason.as_str()));
    found
}

/// Since when nobody is at home; nothing if somebody is, or if nobody tells.
fn away_since(house: &House) -> Option<i64> {
    let mut since = None;
    for person in house.of_domain(Domain::Person) {
        let is_away = is_known(person) && person.state.value.as_deref() != Some("home");
        if !is_away || person.state.changed_ms == 0 {
            return None;
        }
        since = since.max(Some(person.state.changed_ms));
    }
    since
}

/// On since before everybody left, where it is mostly off then.
fn left_on(entity: &Entity, norms: &Norms, since_ms: i64) -> Option<HintReason> {
    let is_on = is_left_on(entity) && ends(entity, entity.state.value.as_deref()?).is_some();
    let away = norms.away.get(&entity.id).filter(|_| is_on && entity.state.changed_ms < since_ms)?;
    let is_usually_off = LEAST_TIMES <= away.of && LEAST_SURE <= least_share(away.off, away.of);
    is_usually_off.then_some(HintReason::LeftOn { off: away.off, of: away.of })
}

fn long(entity: &Entity, norms: &Norms, now_ms: i64) -> Option<HintReason> {
    ends(entity, entity.state.value.as_deref()?)?;
    let lengths = norms.lengths.get(&entity.id).filter(|_| 0 < entity.state.changed_ms)?;
    let for_s = u64::try_from((now_ms - entity.state.changed_ms) / 1000).ok()?;
    let least_s = if entity.domain == Domain::BinarySensor { LONG_OPEN_S } else { LONG_S };
    let is_long = (MUCH_LONGER * lengths.mostly_s).max(least_s) <= for_s as f64;
    is_long.then_some(HintReason::Long { for_s, mostly_s: lengths.mostly_s as u64, of: lengths.of })
}

fn window_open(entity: &Entity, house: &House, now_ms: i64) -> Option<HintReason> {
    let area = entity.area.as_ref().filter(|_| entity.domain == Domain::Climate)?;
    let acts = match entity.attribute("hvac_action").and_then(Value::as_text) {
        Some(action) => matches!(action, "heating" | "cooling"),
        None => is_calling(entity),
    };
    let is_open = |it: &&Entity| {
        let state = it.state.value.as_deref();
        let is_window = it.device_class.as_deref() == Some("window");
        let is_open = match it.domain {
            Domain::BinarySensor => state == Some("on"),
            Domain::Cover => state == Some("open"),
            _ => false,
        };
        is_window && is_open && 0 < it.state.changed_ms && AIRED_MS <= now_ms - it.state.changed_ms
    };
    let mut windows = house.in_area(area).filter(|it| is_known(it)).filter(is_open);
    windows.next().filter(|_| acts).map(|window| HintReason::WindowOpen { window: window.id.clone() })
}

/// Whether a thermostat that does not say what it does wants it warmer or cooler than it is.
fn is_calling(entity: &Entity) -> bool {
    let (Some(target), Some(current)) = (entity.number("temperature"), entity.number("current_temperature")) else {
        return false;
    };
    match entity.state.value.as_deref() {
        Some("heat") => current < target,
        Some("cool") => target < current,
        _ => false,
    }
}

fn unusual(entity: &Entity, norms: &Norms, around: &TimeContext) -> Option<HintReason> {
    let value = number(entity, "").filter(|_| is_of_a_room(entity))?;
    let wall_s = around.now_ms.div_euclid(1000) + i64::from(offset_s(around));
    let range = (*norms.ranges.get(&entity.id)?.get(part_of(wall_s))?)?;
    let margin = match entity.device_class.as_deref() {
        Some("humidity") => HUMIDITY_MARGIN,
        _ => TEMPERATURE_MARGIN,
    };
    let margin = margin + PART_OF_RANGE * (range.to - range.from);
    let is_out = LEAST_DAYS <= range.days && (value < range.from - margin || range.to + margin < value);
    is_out.then_some(HintReason::Unusual { value, from: range.from, to: range.to, days: range.days })
}

/// Who left may come back for the keys.
const AWAY_MS: i64 = 10 * 60_000;
/// A room is aired in so long.
const AIRED_MS: i64 = 10 * 60_000;
const LEAST_TIMES: usize = 10;
const LEAST_SURE: f64 = 0.8;
/// So many times as long as what is mostly the longest.
const MUCH_LONGER: f64 = 2.0;
const LONG_S: f64 = 20.0 * 60.0;
const LONG_OPEN_S: f64 = 5.0 * 60.0;
const LEAST_DAYS: usize = 14;
/// In the sensor's own unit: a degree is little in one and less in the other.
const TEMPERATURE_MARGIN: f64 = 1.0;
const HUMIDITY_MARGIN: f64 = 5.0;
const PART_OF_RANGE: f64 = 0.25;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use house::{Action, AreaId, Attributes, EntityId, Quality, State};

    use super::super::norms::{Away, Lengths, PARTS, Range};
    use super::*;

    const NOON_MS: i64 = 1_767_614_400_000; // 2026-01-05, 12:00 UTC
    const MINUTE_MS: i64 = 60_000;

    fn around() -> TimeContext {
        TimeContext { now_ms: NOON_MS, zone: jiff::tz::TimeZone::UTC, location: None }
    }

    /// A thing that has been so for some minutes.
    fn thing(id: &str, class: Option<&str>, state: &str, minutes: i64) -> Entity {
        let state = State {
            value: Some(state.to_owned()),
            quality: Quality::Observed,
            changed_ms: NOON_MS - minutes * MINUTE_MS,
            ..State::default()
        };
        let (device_class, area) = (class.map(str::to_owned), Some(AreaId::new("den")));
        Entity { state, device_class, area, ..Entity::new(EntityId::new(id), id) }
    }

    fn house(things: Vec<Entity>) -> House {
        House { entities: things.into_iter().map(|one| (one.id.clone(), one)).collect(), ..House::default() }
    }

    fn norms() -> Norms {
        let lamp = EntityId::new("light.den");
        Norms {
            lengths: BTreeMap::from([(lamp.clone(), Lengths { of: 60, mostly_s: 7200.0 })]),
            away: BTreeMap::from([(lamp, Away { off: 39, of: 40 })]),
            ranges: BTreeMap::from([(
                EntityId::new("sensor.den"),
                [Some(Range { from: 18.0, to: 20.0, days: 28 }); PARTS],
            )]),
        }
    }

    fn told(things: Vec<Entity>) -> Vec<String> {
        hints(&norms(), &house(things), &around()).iter().map(Hint::id).collect()
    }

    #[test]
    fn what_was_left_on_is_told_once_everybody_has_left() {
        let lamp = || thing("light.den", None, "on", 60);
        let person = |state, minutes| thing("person.ada", None, state, minutes);
        assert_eq!(told(vec![lamp(), person("not_home", 15)]), ["left_on:light.den"]);
        assert!(told(vec![lamp(), person("not_home", 5)]).is_empty(), "they may come back");
        assert!(told(vec![lamp(), person("home", 15)]).is_empty());
        assert!(told(vec![lamp()]).is_empty(), "nobody tells whether they are at home");
        assert!(told(vec![thing("light.den", None, "on", 10), person("not_home", 15)]).is_empty(), "put on from afar");
        assert!(told(vec![thing("light.den", None, "off", 60), person("not_home", 15)]).is_empty());
        let two = vec![lamp(), person("not_home", 15), thing("person.bo", None, "home", 90)];
        assert!(told(two).is_empty(), "one of them is there");
    }

    #[test]
    fn what_is_on_for_much_longer_than_ever_is_told_with_what_ends_it() {
        assert!(told(vec![thing("light.den", None, "on", 239)]).is_empty());
        let found = hints(&norms(), &house(vec![thing("light.den", None, "on", 241)]), &around());
        let long = HintReason::Long { for_s: 241 * 60, mostly_s: 7200, of: 60 };
        let lamp = EntityId::new("light.den");
        assert_eq!(found, [Hint { entity: lamp, reason: long, action: Some(Action::TurnOff) }]);
        let replayed = Entity {
            state: State { changed_ms: 0, ..thing("light.den", None, "on", 0).state },
            ..thing("light.den", None, "on", 0)
        };
        assert!(told(vec![replayed]).is_empty(), "since when it is on is not known");
    }

    #[test]
    fn heating_to_an_open_window_is_told() {
        let heater = |action: &str| {
            let mut heater = thing("climate.den", None, "heat", 300);
            heater.state.attributes = Attributes::from([("hvac_action".to_owned(), Value::Text(action.to_owned()))]);
            heater
        };
        let window = |state, minutes| thing("binary_sensor.den", Some("window"), state, minutes);
        assert_eq!(told(vec![heater("heating"), window("on", 20)]), ["window_open:climate.den"]);
        assert!(told(vec![heater("idle"), window("on", 20)]).is_empty());
        assert!(told(vec![heater("heating"), window("on", 5)]).is_empty(), "it is being aired");
        assert!(told(vec![heater("heating"), window("off", 20)]).is_empty());
    }

    #[test]
    fn what_was_never_measured_at_this_hour_is_told() {
        let den = |value| thing("sensor.den", Some("temperature"), value, 1);
        assert_eq!(told(vec![den("16.4")]), ["unusual:sensor.den"]);
        assert_eq!(told(vec![den("21.6")]), ["unusual:sensor.den"]);
        for usual in ["16.6", "21.4", "unavailable"] {
            assert!(told(vec![den(usual)]).is_empty(), "{usual}");
        }
        let outdoors = Entity { area: None, ..den("2.0") };
        assert!(told(vec![outdoors]).is_empty());
    }
}
