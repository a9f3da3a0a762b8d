//! What else is so when a habit happens: dark, colder than that, nobody at home, something playing, some hours or days.
//!
//! Splits the moments at which something could have happened into those where it does and those where it doesn't.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

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

/// Moments at which something could happen, with what was so then. What was asked once is not looked up again: the same
/// moments are split for many stretches of time.
pub(super) struct View<'t> {
    timeline: &'t Timeline,
    at: Vec<i64>,
    states: Looked<Number, Number>,
    numbers: Looked<(Number, &'static str), f64>,
}

/// What was looked up, by what was asked for: a value for each moment.
type Looked<K, V> = RefCell<HashMap<K, Rc<[Option<V>]>>>;

impl<'t> View<'t> {
    /// Of these moments, in order, in seconds since 1970 UTC.
    pub(super) fn of(timeline: &'t Timeline, at: Vec<i64>) -> Self {
        Self { timeline, at, states: RefCell::default(), numbers: RefCell::default() }
    }

    fn at(&self, index: usize) -> i64 {
        self.at.get(index).copied().unwrap_or_default()
    }

    fn wall(&self, index: usize) -> i64 {
        self.timeline.wall(self.at(index))
    }

    /// What an entity was at each moment.
    fn states(&self, entity: Number) -> Rc<[Option<Number>]> {
        let look = || self.at.iter().map(|at_s| self.timeline.state_at(entity, *at_s)).collect();
        self.states.borrow_mut().entry(entity).or_insert_with(look).clone()
    }

    /// What was measured last at each moment.
    fn numbers(&self, entity: Number, name: &'static str) -> Rc<[Option<f64>]> {
        let look = || self.at.iter().map(|at_s| self.timeline.number_at(entity, name, *at_s)).collect();
        self.numbers.borrow_mut().entry((entity, name)).or_insert_with(look).clone()
    }
}

/// How many of the newest moments a split looks at; older ones tell less of how it is now.
pub(super) const MOST_MOMENTS: usize = 500;

/// The one condition that best tells when it happens from when it doesn't; none if nothing tells it well.
pub(super) fn split(view: &View<'_>, own: Number, moments: &[(usize, bool)], clocks: Clocks) -> Option<Split> {
    let timeline = view.timeline;
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
    offer(darkness(view, moments));
    if clocks == Clocks::Tried {
        offer(presence(view, moments));
        offer(hours(view, moments));
        offer(days(view, moments));
    }
    for entity in (0..timeline.entities.len() as Number).filter(|entity| *entity != own) {
        measured(view, entity, moments).into_iter().for_each(|split| offer(Some(split)));
        // By hand, nothing is done where nobody is: who is at home says little about a time of day.
        let is_person = timeline.domains.get(entity as usize) == Some(&Domain::Person);
        if clocks == Clocks::Tried || !is_person {
            states(view, entity, moments).into_iter().for_each(|split| offer(Some(split)));
        }
    }
    let least = if clocks == Clocks::Tried { LEAST_GAIN } else { LEAST_GAIN_BY_THE_CLOCK };
    best.filter(|split| least <= split.gain)
}

/// How many of how many moments were hits.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    hits: usize,
    of: usize,
}

impl Tally {
    fn of(moments: impl Iterator<Item = bool>) -> Self {
        moments.fold(Self::default(), |tally, hit| tally.and(Self { hits: usize::from(hit), of: 1 }))
    }

    fn and(self, other: Self) -> Self {
        Self { hits: self.hits + other.hits, of: self.of + other.of }
    }

    fn without(self, other: Self) -> Self {
        Self { hits: self.hits.saturating_sub(other.hits), of: self.of.saturating_sub(other.of) }
    }

    fn likelihood(self) -> f64 {
        best_likelihood(self.hits, self.of)
    }
}

/// How well a condition tells hits from misses, from what it holds for; none if it does not tell them well enough to be
/// spoken of.
fn gain(inside: Tally, all: Tally, unlikely: f64) -> Option<f64> {
    let outside = all.without(inside);
    let (p, q) = (share(inside.hits, inside.of), share(outside.hits, outside.of));
    let is_clear = LEAST_HITS <= inside.hits && LEAST_MISSES <= outside.of && q <= MOST_OUTSIDE * p;
    let is_told = is_clear && LEAST_INSIDE <= least_share(inside.hits, inside.of);
    is_told.then(|| inside.likelihood() + outside.likelihood() - all.likelihood() - unlikely)
}

fn all_of(moments: &[(usize, bool)]) -> Tally {
    Tally::of(moments.iter().map(|(_, hit)| *hit))
}

/// A condition of which it is known at which moments it holds.
fn scored(moments: &[(usize, bool)], holds: Vec<bool>, conditions: Vec<Condition>, unlikely: f64) -> Option<Split> {
    let inside = Tally::of(moments.iter().zip(&holds).filter(|(_, holds)| **holds).map(|((_, hit), _)| *hit));
    let gain = gain(inside, all_of(moments), unlikely)?;
    Some(Split { conditions, days: Days::ALL, holds, gain })
}

/// Of what is tried, in order, the first that tells most.
fn most<T>(tried: impl Iterator<Item = (Option<f64>, T)>) -> Option<(f64, T)> {
    let told = tried.filter_map(|(gain, what)| Some((gain?, what)));
    told.reduce(|best, one| if best.0 < one.0 { one } else { best })
}

fn darkness(view: &View<'_>, moments: &[(usize, bool)]) -> Option<Split> {
    let (sun, below) = (view.timeline.known_entity("sun.sun")?, view.timeline.known_word("below_horizon")?);
    let suns = view.states(sun);
    let is_dark: Vec<bool> = moments.iter().map(|(at, _)| suns.get(*at).copied().flatten() == Some(below)).collect();
    let is_light = is_dark.iter().map(|dark| !dark).collect();
    let dark = scored(moments, is_dark, vec![Condition::Dark], COMMON);
    let light = scored(moments, is_light, vec![Condition::Light], COMMON + 0.5);
    better(dark, light)
}

fn presence(view: &View<'_>, moments: &[(usize, bool)]) -> Option<Split> {
    let timeline = view.timeline;
    if !timeline.has_people() {
        return None;
    }
    let away: Vec<bool> = moments.iter().map(|(at, _)| !timeline.is_anyone_home(view.at(*at))).collect();
    let people = timeline.domains.iter().zip(&timeline.entities).filter(|(domain, _)| **domain == Domain::Person);
    let people: Vec<&EntityId> = people.map(|(_, id)| id).collect();
    let nobody = people.iter().map(|id| Condition::State((*id).clone(), "not_home".to_owned())).collect();
    scored(moments, away, nobody, COMMON)
}

/// The hours between which it happens.
fn hours(view: &View<'_>, moments: &[(usize, bool)]) -> Option<Split> {
    let clock: Vec<i64> = moments.iter().map(|(at, _)| view.wall(*at).rem_euclid(86_400) / 1800).collect();
    let mut by_half = [Tally::default(); HALF_HOURS];
    for (half, (_, hit)) in clock.iter().zip(moments) {
        if let Some(tally) = by_half.get_mut(*half as usize) {
            *tally = tally.and(Tally::of(std::iter::once(*hit)));
        }
    }
    let all = all_of(moments);
    let within = |from: usize, length: usize| {
        let halves = by_half.iter().cycle().skip(from).take(length);
        halves.fold(Tally::default(), |sum, tally| sum.and(*tally))
    };
    let spans = (0..HALF_HOURS).flat_map(|from| LENGTHS.iter().map(move |length| (from, *length)));
    let tried = spans.map(|(from, length)| (gain(within(from, length), all, HOURS), (from as i64, length as i64)));
    let (gain, (from, length)) = most(tried)?;
    let holds = clock.iter().map(|half| (half - from).rem_euclid(HALF_HOURS as i64) < length).collect();
    let to = (from + length).rem_euclid(HALF_HOURS as i64);
    let conditions = vec![Condition::Clock(from as u32 * 30, to as u32 * 30)];
    Some(Split { conditions, days: Days::ALL, holds, gain })
}

/// The days of the week on which it happens.
fn days(view: &View<'_>, moments: &[(usize, bool)]) -> Option<Split> {
    let days: Vec<i64> = moments.iter().map(|(at, _)| day_of(view.wall(*at))).collect();
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
fn measured(view: &View<'_>, entity: Number, moments: &[(usize, bool)]) -> Option<Split> {
    let track = view.timeline.tracks.get(entity as usize)?;
    let id = view.timeline.entities.get(entity as usize)?;
    let all = all_of(moments);
    let mut best = None;
    for name in track.numbers.keys() {
        let numbers = view.numbers(entity, name);
        let values: Vec<Option<f64>> = moments.iter().map(|(at, _)| numbers.get(*at).copied().flatten()).collect();
        let known = values.iter().zip(moments).filter_map(|(value, (_, hit))| Some(((*value)?, *hit)));
        let mut known: Vec<(f64, bool)> = known.collect();
        if known.len() * 10 < moments.len() * 9 {
            continue;
        }
        known.sort_by(|one, other| one.0.total_cmp(&other.0));
        let Some((gain, (is_below, between))) = most(thresholds(&known, all)) else { continue };
        let condition = match is_below {
            true => Condition::Below(id.clone(), name, between),
            false => Condition::Above(id.clone(), name, between),
        };
        let is_so = |value: f64| if is_below { value < between } else { between < value };
        let holds = values.iter().map(|value| value.is_some_and(is_so)).collect();
        best = better(best, Some(Split { conditions: vec![condition], days: Days::ALL, holds, gain }));
    }
    best
}

/// What each value between those that were measured tells, first below it and then above; values are in order.
fn thresholds(known: &[(f64, bool)], all: Tally) -> impl Iterator<Item = (Option<f64>, (bool, f64))> {
    let mut sums = vec![Tally::default()];
    for (_, hit) in known {
        let last = sums.last().copied().unwrap_or_default();
        sums.push(last.and(Tally::of(std::iter::once(*hit))));
    }
    let of_known = sums.last().copied().unwrap_or_default();
    let up_to = move |count: usize| sums.get(count).copied().unwrap_or_default();
    let step = (known.len() / MOST_THRESHOLDS).max(1);
    let pairs = known.windows(2).step_by(step).filter_map(|pair| match pair {
        [(below, _), (above, _)] if below != above => Some(rounded((below + above) / 2.0, above - below)),
        _ => None,
    });
    pairs.flat_map(move |between| {
        let below = up_to(known.partition_point(|(value, _)| *value < between));
        let above = of_known.without(up_to(known.partition_point(|(value, _)| *value <= between)));
        [(gain(below, all, MEASURED), (true, between)), (gain(above, all, MEASURED), (false, between))]
    })
}

/// Another thing is in a state.
fn states(view: &View<'_>, entity: Number, moments: &[(usize, bool)]) -> Option<Split> {
    let timeline = view.timeline;
    let domain = timeline.domains.get(entity as usize).copied().unwrap_or(Domain::Other);
    let id = timeline.entities.get(entity as usize)?;
    if matches!(domain, Domain::Sensor | Domain::Number | Domain::Other | Domain::Todo) {
        return None;
    }
    let known = view.states(entity);
    let states: Vec<Option<Number>> = moments.iter().map(|(at, _)| known.get(*at).copied().flatten()).collect();
    let mut distinct: Vec<Number> = states.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if MOST_STATES < distinct.len() {
        return None;
    }
    let unlikely = if domain == Domain::Person { STATES + 1.0 } else { STATES };
    let all = all_of(moments);
    let inside = |state: Number| {
        let hits = states.iter().zip(moments).filter(move |(is, _)| **is == Some(state)).map(|(_, (_, hit))| *hit);
        Tally::of(hits)
    };
    let (gain, state) = most(distinct.into_iter().map(|state| (gain(inside(state), all, unlikely), state)))?;
    let holds = states.iter().map(|is| *is == Some(state)).collect();
    let word = timeline.words.get(state as usize).cloned().unwrap_or_default();
    let conditions = vec![Condition::State(id.clone(), word)];
    Some(Split { conditions, days: Days::ALL, holds, gain })
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

const LEAST_HITS: usize = 6;
const LEAST_MISSES: usize = 5;
const LEAST_INSIDE: f64 = 0.5;
const MOST_OUTSIDE: f64 = 0.4;
const MOST_THRESHOLDS: usize = 24;
const MOST_STATES: usize = 8;
const HALF_HOURS: usize = 48;
/// How many half hours a condition by the clock may hold.
const LENGTHS: &[usize] = &[2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28];
/// What each kind of condition must explain beyond chance, in nats: the more of its kind there are, the more.
const COMMON: f64 = 1.5;
const HOURS: f64 = 4.0;
const MEASURED: f64 = 4.0;
const STATES: f64 = 5.5;
const LEAST_GAIN: f64 = 7.0;
/// What is left over of other habits looks like one that happens only sometimes.
const LEAST_GAIN_BY_THE_CLOCK: f64 = 10.0;
