//! What is usual in a house: for how long things stay on, what is off while nobody is there, what is measured at which
//! time of the day.
//!
//! Says nothing of what people do, and nothing of now.

use std::collections::BTreeMap;

use house::{Action, Domain, Entity, EntityId, House};

use super::calendar::day_of;
use super::statistics::quantile;
use super::timeline::{DAY_S, Number, Timeline};

/// What is usual in a house.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Norms {
    pub(super) lengths: BTreeMap<EntityId, Lengths>,
    pub(super) away: BTreeMap<EntityId, Away>,
    pub(super) ranges: BTreeMap<EntityId, [Option<Range>; PARTS]>,
}

/// For how long a thing stays on or open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lengths {
    /// How many times were looked at.
    pub(super) of: usize,
    /// It was mostly not longer than so many seconds.
    pub(super) mostly_s: f64,
}

/// How often a thing was off when nobody was at home.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Away {
    pub(super) off: usize,
    pub(super) of: usize,
}

/// What was measured in a part of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) days: usize,
}

impl Norms {
    /// What is usual by what was remembered. The house says what things are.
    pub fn of(timeline: &Timeline, house: &House) -> Self {
        let mut norms = Self::default();
        let away = timeline.away();
        let away: Vec<(i64, i64)> = away.into_iter().filter(|(from, to)| LEAST_AWAY_S <= to - from).collect();
        for (number, id) in timeline.entities.iter().enumerate() {
            let Some(entity) = house.entities.get(id) else { continue };
            let number = number as Number;
            if let Some(lengths) = lengths(timeline, number, entity) {
                norms.lengths.insert(id.clone(), lengths);
            }
            if is_left_on(entity) {
                norms.away.insert(id.clone(), off_while_away(timeline, number, entity, &away));
            }
            if is_of_a_room(entity) {
                norms.ranges.insert(id.clone(), ranges(timeline, number));
            }
        }
        norms
    }
}

/// What ends that a thing is on or open; nothing if it is not, or if that it is tells nothing of comfort and energy.
pub(super) fn ends(entity: &Entity, state: &str) -> Option<Option<Action>> {
    let class = entity.device_class.as_deref().unwrap_or_default();
    match (entity.domain, state) {
        (Domain::Light | Domain::Switch | Domain::Fan | Domain::Humidifier, "on")
        | (Domain::MediaPlayer, "on" | "playing") => Some(Some(Action::TurnOff)),
        (Domain::Valve, "open") => Some(Some(Action::CloseValve)),
        (Domain::Lock, "unlocked") => Some(Some(Action::Lock)),
        (Domain::Cover, "open") if OPENINGS.contains(&class) => Some(Some(Action::CloseCover)),
        (Domain::BinarySensor, "on") if OPENINGS.contains(&class) => Some(None),
        _ => None,
    }
}

/// Whether it is a waste that it is on while nobody is at home.
pub(super) fn is_left_on(entity: &Entity) -> bool {
    matches!(entity.domain, Domain::Light | Domain::Switch | Domain::Fan | Domain::Humidifier | Domain::MediaPlayer)
}

/// Whether it measures how a room is: what stands in no area may be outdoors or in the cellar.
pub(super) fn is_of_a_room(entity: &Entity) -> bool {
    let class = entity.device_class.as_deref();
    entity.domain == Domain::Sensor && entity.area.is_some() && matches!(class, Some("temperature" | "humidity"))
}

/// The part of the day of a second of the day.
pub(super) fn part_of(second: i64) -> usize {
    usize::try_from(second.rem_euclid(DAY_S) / (DAY_S / PARTS as i64)).unwrap_or(0)
}

fn lengths(timeline: &Timeline, number: Number, entity: &Entity) -> Option<Lengths> {
    let track = timeline.tracks.get(number as usize)?;
    let is_on = |word: Number| timeline.words.get(word as usize).is_some_and(|word| ends(entity, word).is_some());
    let first_s = timeline.until_s - REMEMBERED_S;
    let mut began = None;
    let mut all = Vec::new();
    for (at_s, word) in &track.states {
        match (began, is_on(*word)) {
            (None, true) => began = Some(*at_s),
            (Some(from), false) => {
                if first_s <= from {
                    all.push((at_s - from) as f64);
                }
                began = None;
            }
            (Some(_), true) | (None, false) => {}
        }
    }
    let of = all.len();
    (LEAST_TIMES <= of).then(|| Lengths { of, mostly_s: quantile(&all, MOSTLY) })
}

fn off_while_away(timeline: &Timeline, number: Number, entity: &Entity, away: &[(i64, i64)]) -> Away {
    let mut found = Away::default();
    for (from, _) in away {
        let state = timeline.state_at(number, from + LEAST_AWAY_S);
        let Some(word) = state.and_then(|word| timeline.words.get(word as usize)) else { continue };
        found.of += 1;
        found.off += usize::from(ends(entity, word).is_none());
    }
    found
}

fn ranges(timeline: &Timeline, number: Number) -> [Option<Range>; PARTS] {
    let mut found: [Option<Range>; PARTS] = [None; PARTS];
    let mut last_day = [i64::MIN; PARTS];
    let rows = timeline.tracks.get(number as usize).and_then(|track| track.numbers.get(""));
    let first_s = timeline.until_s - RANGE_S;
    for (at_s, value) in rows.into_iter().flatten().filter(|(at_s, _)| first_s <= *at_s) {
        let wall_s = timeline.wall(*at_s);
        let part = part_of(wall_s);
        let (Some(range), Some(last)) = (found.get_mut(part), last_day.get_mut(part)) else { continue };
        let known = range.get_or_insert(Range { from: *value, to: *value, days: 0 });
        (known.from, known.to) = (known.from.min(*value), known.to.max(*value));
        if *last != day_of(wall_s) {
            *last = day_of(wall_s);
            known.days += 1;
        }
    }
    found
}

/// The parts of a day in which what is measured is compared.
pub(super) const PARTS: usize = 8;
const OPENINGS: [&str; 6] = ["garage", "garage_door", "gate", "door", "window", "opening"];
/// Who is away for less has only gone to the bin.
const LEAST_AWAY_S: i64 = 30 * 60;
/// For so long back it is looked how long things stay on: what was usual in another season is not now.
const REMEMBERED_S: i64 = 60 * DAY_S;
const RANGE_S: i64 = 28 * DAY_S;
/// Fewer times tell nothing of the longest.
const LEAST_TIMES: usize = 20;
/// "Mostly" is as often as that.
const MOSTLY: f64 = 0.97;

#[cfg(test)]
mod tests {
    use house::{AreaId, Attributes, Cause, Evidence};

    use super::*;

    const MONDAY_MS: i64 = 1_767_571_200_000; // 2026-01-05

    fn told(day: i64, minute: i64, entity: &str, state: &str) -> Evidence {
        Evidence {
            at_ms: MONDAY_MS + (day * 1440 + minute) * 60_000,
            offset_s: 0,
            entity: EntityId::new(entity),
            state: Some(state.to_owned()),
            attributes: Attributes::new(),
            cause: Cause::Device,
            person: None,
        }
    }

    fn house() -> House {
        let iron = Entity::new(EntityId::new("switch.iron"), "Iron");
        let warm = Entity {
            device_class: Some("temperature".to_owned()),
            area: Some(AreaId::new("den")),
            ..Entity::new(EntityId::new("sensor.den"), "Den")
        };
        House { entities: [iron, warm].into_iter().map(|one| (one.id.clone(), one)).collect(), ..House::default() }
    }

    #[test]
    fn what_is_usual_is_read_off_what_was_remembered() {
        let day = |day| {
            [
                told(day, 0, "person.ada", "home"),
                told(day, 420, "switch.iron", "on"),
                told(day, 440 + day % 5, "switch.iron", "off"),
                told(day, 480, "person.ada", "not_home"),
                told(day, 600, "sensor.den", &format!("{}", 18 + day % 3)),
                told(day, 1020, "person.ada", "home"),
            ]
        };
        let evidence: Vec<Evidence> = (0..30).flat_map(day).collect();
        let norms = Norms::of(&Timeline::of(&evidence, MONDAY_MS + 30 * DAY_S * 1000), &house());
        let iron = EntityId::new("switch.iron");
        let lengths = norms.lengths.get(&iron).copied();
        assert!(lengths.is_some_and(|one| one.of == 30 && (1200.0..=1440.0).contains(&one.mostly_s)), "{lengths:?}");
        assert_eq!(norms.away.get(&iron), Some(&Away { off: 30, of: 30 }));
        let ranges = norms.ranges.get(&EntityId::new("sensor.den"));
        let morning = ranges.and_then(|parts| parts[part_of(600 * 60)]);
        assert_eq!(morning, Some(Range { from: 18.0, to: 20.0, days: 28 }));
        assert_eq!(ranges.and_then(|parts| parts[part_of(0)]), None, "nothing was measured at night");
    }

    #[test]
    fn few_times_tell_nothing_of_the_longest() {
        let day = |day| [told(day, 420, "switch.iron", "on"), told(day, 440, "switch.iron", "off")];
        let evidence: Vec<Evidence> = (0..19).flat_map(day).collect();
        let norms = Norms::of(&Timeline::of(&evidence, MONDAY_MS + 30 * DAY_S * 1000), &house());
        assert!(norms.lengths.is_empty());
    }
}
