//! What else is so when a habit happens: dark, colder than that, nobody at home, something playing, some hours or days.
//!
//! Splits the moments at which something could have happened into those where it does and those where it doesn't.

use house::{Days, Domain, EntityId};

use super::calendar::{day_of, iso, weekday};
use super::candidate::Condition;
use super::statistics::{best_likelihood, least_share, share};
use super::timeline::{Number, Timeline};

/// A condition and at which of the moments it holds.
#[derive(Clone, Debug)]
pub(super) struct Split {
    pub(super) conditions: Vec<Condition>,
    pub(super) days: Days,
    pub(super) holds: Vec<bool>,
    gain: f64,
}

/// Whether hours and days of the week may be a condition; a habit by the clock has them already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clocks {
    Ignored,
    Tried,
}

/// The one condition that best tells when it happens from when it doesn't; none if nothing tells it well.
pub(super) fn split(timeline: &Timeline, own: Number, moments: &[(i64, bool)], clocks: Clocks) -> Option<Split> {
    let moments = moments.get(moments.len().saturating_sub(MOST_MOMENTS)..)?;
    let hits = moments.iter().filter(|(_, hit)| *hit).count();
    if hits < LEAST_HITS || moments.len() - hits < LEAST_MISSES {
        return None;
    }
    let mut best: Option<Split> = None;
    let mut offer = |split: Option<Split>| {
        if let Some(split) = split.filter(|split| best.as_ref().is_none_or(|best| best.gain < split.gain)) {
            best = Some(split);
        }
    };
    offer(darkness(timeline, moments));
    if clocks == Clocks::Tried {
        offer(presence(timeline, moments));
        offer(hours(timeline, moments));
        offer(days(timeline, moments));
    }
    for entity in (0..timeline.entities.len() as Number).filter(|entity| *entity != own) {
        measured(timeline, entity, moments).into_iter().for_each(|split| offer(Some(split)));
        // By hand, nothing is done where nobody is: who is at home says little about a time of day.
        let is_person = timeline.domains.get(entity as usize) == Some(&Domain::Person);
        if clocks == Clocks::Tried || !is_person {
            states(timeline, entity, moments).into_iter().for_each(|split| offer(Some(split)));
        }
    }
    let least = if clocks == Clocks::Tried { LEAST_GAIN } else { LEAST_GAIN_BY_THE_CLOCK };
    best.filter(|split| least <= split.gain)
}

/// How well a condition tells hits from misses; none if it does not tell them well enough to be spoken of.
fn scored(moments: &[(i64, bool)], holds: Vec<bool>, conditions: Vec<Condition>, unlikely: f64) -> Option<Split> {
    let (mut inside, mut outside) = ((0, 0), (0, 0));
    for ((_, hit), holds) in moments.iter().zip(&holds) {
        let side = if *holds { &mut inside } else { &mut outside };
        *side = (side.0 + usize::from(*hit), side.1 + 1);
    }
    let (p, q) = (share(inside.0, inside.1), share(outside.0, outside.1));
    let is_clear = LEAST_HITS <= inside.0 && LEAST_MISSES <= outside.1 && q <= MOST_OUTSIDE * p;
    if !is_clear || least_share(inside.0, inside.1) < LEAST_INSIDE {
        return None;
    }
    let all = best_likelihood(inside.0 + outside.0, inside.1 + outside.1);
    let gain = best_likelihood(inside.0, inside.1) + best_likelihood(outside.0, outside.1) - all - unlikely;
    Some(Split { conditions, days: Days::ALL, holds, gain })
}

fn darkness(timeline: &Timeline, moments: &[(i64, bool)]) -> Option<Split> {
    let (sun, below) = (timeline.known_entity("sun.sun")?, timeline.known_word("below_horizon")?);
    let is_dark: Vec<bool> = moments.iter().map(|(at_s, _)| timeline.state_at(sun, *at_s) == Some(below)).collect();
    let is_light = is_dark.iter().map(|dark| !dark).collect();
    let dark = scored(moments, is_dark, vec![Condition::Dark], COMMON);
    let light = scored(moments, is_light, vec![Condition::Light], COMMON + 0.5);
    better(dark, light)
}

fn presence(timeline: &Timeline, moments: &[(i64, bool)]) -> Option<Split> {
    if !timeline.has_people() {
        return None;
    }
    let away: Vec<bool> = moments.iter().map(|(at_s, _)| !timeline.is_anyone_home(*at_s)).collect();
    let people = timeline.domains.iter().zip(&timeline.entities).filter(|(domain, _)| **domain == Domain::Person);
    let people: Vec<&EntityId> = people.map(|(_, id)| id).collect();
    let nobody = people.iter().map(|id| Condition::State((*id).clone(), "not_home".to_owned())).collect();
    scored(moments, away, nobody, COMMON)
}

/// The hours between which it happens.
fn hours(timeline: &Timeline, moments: &[(i64, bool)]) -> Option<Split> {
    let clock: Vec<i64> = moments.iter().map(|(at_s, _)| timeline.wall(*at_s).rem_euclid(86_400) / 1800).collect();
    let mut best = None;
    for from in 0..48 {
        for length in [2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28] {
            let holds = clock.iter().map(|half| (half - from).rem_euclid(48) < length).collect();
            let to = (from + length).rem_euclid(48);
            let condition = Condition::Clock(from as u32 * 30, to as u32 * 30);
            best = better(best, scored(moments, holds, vec![condition], HOURS));
        }
    }
    best
}

/// The days of the week on which it happens.
fn days(timeline: &Timeline, moments: &[(i64, bool)]) -> Option<Split> {
    let days: Vec<i64> = moments.iter().map(|(at_s, _)| day_of(timeline.wall(*at_s))).collect();
    let mut by_day = [(0_usize, 0_usize); 7];
    for (day, (_, hit)) in days.iter().zip(moments) {
        if let Some(count) = by_day.get_mut(weekday(*day)) {
            *count = (count.0 + usize::from(*hit), count.1 + 1);
        }
    }
    let mut order: Vec<(f64, usize)> =
        by_day.iter().enumerate().map(|(day, (hits, of))| (share(*hits, *of), day)).collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut bits = 0_u8;
    let mut best: Option<Split> = None;
    for (_, day) in order.iter().take(6) {
        bits |= 1 << day;
        let chosen = Days::new(bits);
        let holds = days.iter().map(|day| chosen.has(iso(*day))).collect();
        let unlikely = if matches!(chosen, Days::WEEKDAYS | Days::WEEKEND) { COMMON } else { HOURS };
        let split = scored(moments, holds, Vec::new(), unlikely).map(|split| Split { days: chosen, ..split });
        best = better(best, split);
    }
    best
}

/// Above or below a value of a sensor or of the weather.
fn measured(timeline: &Timeline, entity: Number, moments: &[(i64, bool)]) -> Option<Split> {
    let track = timeline.tracks.get(entity as usize)?;
    let id = timeline.entities.get(entity as usize)?;
    let mut best = None;
    for name in track.numbers.keys() {
        let values: Vec<Option<f64>> =
            moments.iter().map(|(at_s, _)| timeline.number_at(entity, name, *at_s)).collect();
        let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
        if sorted.len() * 10 < moments.len() * 9 {
            continue;
        }
        sorted.sort_by(f64::total_cmp);
        let step = (sorted.len() / MOST_THRESHOLDS).max(1);
        for pair in sorted.windows(2).step_by(step) {
            let [below, above] = pair else { continue };
            if below == above {
                continue;
            }
            let between = rounded((below + above) / 2.0, above - below);
            let is_below: Vec<bool> = values.iter().map(|value| value.is_some_and(|value| value < between)).collect();
            let is_above = values.iter().map(|value| value.is_some_and(|value| between < value)).collect();
            let under = Condition::Below(id.clone(), name, between);
            let over = Condition::Above(id.clone(), name, between);
            best = better(best, scored(moments, is_below, vec![under], MEASURED));
            best = better(best, scored(moments, is_above, vec![over], MEASURED));
        }
    }
    best
}

/// Another thing is in a state.
fn states(timeline: &Timeline, entity: Number, moments: &[(i64, bool)]) -> Option<Split> {
    let domain = timeline.domains.get(entity as usize).copied().unwrap_or(Domain::Other);
    let id = timeline.entities.get(entity as usize)?;
    if matches!(domain, Domain::Sensor | Domain::Number | Domain::Other | Domain::Todo) {
        return None;
    }
    let states: Vec<Option<Number>> = moments.iter().map(|(at_s, _)| timeline.state_at(entity, *at_s)).collect();
    let mut distinct: Vec<Number> = states.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if MOST_STATES < distinct.len() {
        return None;
    }
    let unlikely = if domain == Domain::Person { STATES + 1.0 } else { STATES };
    let mut best = None;
    for state in distinct {
        let holds = states.iter().map(|is| *is == Some(state)).collect();
        let word = timeline.words.get(state as usize).cloned().unwrap_or_default();
        best = better(best, scored(moments, holds, vec![Condition::State(id.clone(), word)], unlikely));
    }
    best
}

fn better(one: Option<Split>, other: Option<Split>) -> Option<Split> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if one.gain < other.gain { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// A value as short as the gap in which it lies allows.
pub(super) fn rounded(value: f64, gap: f64) -> f64 {
    let step = 10_f64.powf(gap.max(1e-6).log10().floor()).min(1.0);
    let short = (value / step).round() * step;
    // What multiplying leaves behind is not shown to anyone.
    (short * 1e6).round() / 1e6
}

/// The newest so many; older ones tell less of how it is now.
const MOST_MOMENTS: usize = 500;
const LEAST_HITS: usize = 6;
const LEAST_MISSES: usize = 5;
const LEAST_INSIDE: f64 = 0.5;
const MOST_OUTSIDE: f64 = 0.4;
const MOST_THRESHOLDS: usize = 24;
const MOST_STATES: usize = 8;
/// What each kind of condition must explain beyond chance, in nats: the more of its kind there are, the more.
const COMMON: f64 = 1.5;
const HOURS: f64 = 4.0;
const MEASURED: f64 = 4.0;
const STATES: f64 = 5.5;
const LEAST_GAIN: f64 = 7.0;
/// What is left over of other habits looks like one that happens only sometimes.
const LEAST_GAIN_BY_THE_CLOCK: f64 = 10.0;
