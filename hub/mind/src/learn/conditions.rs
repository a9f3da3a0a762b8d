//! What else is so when a habit happens: dark, colder than that, nobody at home, something playing, some hours or days.
//!
//! Splits the moments at which something could have happened into those where it does and those where it doesn't.

use house::{Condition, Days, Domain, EntityId};

use super::calendar::{day_of, iso, weekday};
use super::statistics::{best_likelihood, gain_of_a_change, least_share, share};
use super::timeline::{Number, Timeline};
use super::views::{NOTHING_KNOWN, View};

/// A condition, and whether it holds at one of all the moments, by its place among them.
pub(super) struct Split<'v> {
    pub(super) conditions: Vec<Condition>,
    pub(super) days: Days,
    pub(super) holds: Box<dyn Fn(usize) -> bool + 'v>,
}

/// Whether hours and days of the week may be a condition; a habit by the clock has them already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clocks {
    Ignored,
    Tried,
}

/// How many of the newest moments a split looks at; older ones tell less of how it is now.
pub(super) const MOST_MOMENTS: usize = 500;

/// The one condition that best tells when it happens from when it doesn't; none if nothing tells it well.
pub(super) fn split<'v>(
    view: &'v View<'v, 'v>,
    own: Number,
    moments: &[(usize, bool)],
    clocks: Clocks,
) -> Option<Split<'v>> {
    let moments = moments.get(moments.len().saturating_sub(MOST_MOMENTS)..)?;
    let least = if clocks == Clocks::Tried { LEAST_GAIN } else { LEAST_GAIN_BY_THE_CLOCK };
    let all = Tally::of(moments.iter().map(|(_, hit)| *hit));
    let is_hopeless = -all.likelihood() < least + COMMON;
    if all.hits < LEAST_HITS || all.of - all.hits < LEAST_MISSES || is_hopeless {
        return None;
    }
    let asked = Asked::of(view, moments, all);
    let best = tried(&asked, own, clocks).into_iter().reduce(better)?;
    // What began or ended at some time happens under whatever comes and goes with the season.
    let outcomes: Vec<bool> = moments.iter().map(|(_, hit)| *hit).collect();
    let is_told = least <= best.gain && gain_of_a_change(&outcomes) + MORE_THAN_A_CHANGE <= best.gain;
    is_told.then(|| Split {
        conditions: said(view.moments.timeline, best.what),
        days: if let What::Days(days) = best.what { days } else { Days::ALL },
        holds: holds(view, best.what),
    })
}

/// Everything that tells hits from misses at all, each kind of condition in its turn.
fn tried(asked: &Asked<'_>, own: Number, clocks: Clocks) -> Vec<Told> {
    let timeline = asked.view.moments.timeline;
    let mut told: Vec<Told> = darkness(asked).into_iter().collect();
    if clocks == Clocks::Tried {
        told.extend(presence(asked));
        told.extend(hours(asked));
        told.extend(days(asked));
    }
    for entity in (0..timeline.entities.len() as Number).filter(|entity| *entity != own) {
        told.extend(measured(asked, entity));
        // By hand, nothing is done where nobody is: who is at home says little about a time of day.
        let is_person = timeline.domains.get(entity as usize) == Some(&Domain::Person);
        if clocks == Clocks::Tried || !is_person {
            told.extend(states(asked, entity));
        }
    }
    told
}

/// What is asked of the conditions: which of these moments were hits.
struct Asked<'v> {
    view: &'v View<'v, 'v>,
    /// Each moment's place among all moments, and whether it was a hit.
    moments: Vec<(usize, bool)>,
    /// For each moment of the view, whether it was a hit; none if it is not asked for.
    hits: Vec<Option<bool>>,
    all: Tally,
    all_likelihood: f64,
}

impl<'v> Asked<'v> {
    fn of(view: &'v View<'v, 'v>, moments: &[(usize, bool)], all: Tally) -> Self {
        let mut hits = vec![None; view.len()];
        for (index, hit) in moments {
            if let Some(of) = hits.get_mut(*index) {
                *of = Some(*hit);
            }
        }
        let moments = moments.iter().map(|(index, hit)| (view.place(*index), *hit)).collect();
        Self { view, moments, hits, all, all_likelihood: all.likelihood() }
    }

    /// How many hits there were where something holds, by a moment's place.
    fn tally(&self, holds: impl Fn(usize) -> bool) -> Tally {
        Tally::of(self.moments.iter().filter(|(place, _)| holds(*place)).map(|(_, hit)| *hit))
    }

    /// How well a condition tells hits from misses, from what it holds for; none if it does not tell them well enough
    /// to be spoken of.
    fn gain(&self, inside: Tally, unlikely: f64) -> Option<f64> {
        let outside = self.all.without(inside);
        let (p, q) = (share(inside.hits, inside.of), share(outside.hits, outside.of));
        let is_clear = LEAST_HITS <= inside.hits && LEAST_MISSES <= outside.of && q <= MOST_OUTSIDE * p;
        let is_told = is_clear && LEAST_INSIDE <= least_share(inside.hits, inside.of);
        is_told.then(|| inside.likelihood() + outside.likelihood() - self.all_likelihood - unlikely)
    }

    fn told(&self, inside: Tally, unlikely: f64, what: What) -> Option<Told> {
        self.gain(inside, unlikely).map(|gain| Told { gain, what })
    }
}

/// A condition that tells hits from misses, and how well.
#[derive(Clone, Copy, Debug)]
struct Told {
    gain: f64,
    what: What,
}

/// A condition, before it is put in words.
#[derive(Clone, Copy, Debug)]
enum What {
    Dark,
    Light,
    Nobody,
    /// From a half hour of the day on, for so many.
    Hours(usize, usize),
    Days(Days),
    Below(Number, &'static str, f64),
    Above(Number, &'static str, f64),
    State(Number, Number),
}

/// The first of those that tell most.
fn better(one: Told, other: Told) -> Told {
    if one.gain < other.gain { other } else { one }
}

/// How many of how many moments were hits.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    hits: usize,
    of: usize,
}

impl Tally {
    fn of(moments: impl Iterator<Item = bool>) -> Self {
        moments.fold(Self::default(), Self::with)
    }

    fn with(self, hit: bool) -> Self {
        self.and(Self { hits: usize::from(hit), of: 1 })
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

/// Whether the sun is down, by a moment's place.
fn is_dark(view: &View<'_, '_>) -> Option<impl Fn(usize) -> bool + use<>> {
    let timeline = view.moments.timeline;
    let (sun, below) = (timeline.known_entity("sun.sun")?, timeline.known_word("below_horizon")?);
    let suns = view.states(sun);
    let below = suns.words.binary_search(&below).map_or(NOTHING_KNOWN, |below| below as u32);
    Some(move |place: usize| below != NOTHING_KNOWN && suns.places.get(place) == Some(&below))
}

fn darkness(asked: &Asked<'_>) -> Option<Told> {
    let is_dark = is_dark(asked.view)?;
    let dark = asked.tally(is_dark);
    let light = asked.all.without(dark);
    let told = [asked.told(dark, COMMON, What::Dark), asked.told(light, COMMON + 0.5, What::Light)];
    told.into_iter().flatten().reduce(better)
}

fn presence(asked: &Asked<'_>) -> Option<Told> {
    if !asked.view.moments.timeline.has_people() {
        return None;
    }
    let anyone = asked.view.anyone_home();
    asked.told(asked.tally(|place| anyone.get(place) == Some(&false)), COMMON, What::Nobody)
}

/// Which half hour of the day a moment is in.
fn half_hour(walls: &[i64], place: usize) -> usize {
    walls.get(place).map_or(0, |wall_s| wall_s.rem_euclid(86_400) / 1800) as usize
}

/// The hours between which it happens.
fn hours(asked: &Asked<'_>) -> Option<Told> {
    let walls = asked.view.walls();
    let mut by_half = [Tally::default(); HALF_HOURS];
    for (place, hit) in &asked.moments {
        if let Some(tally) = by_half.get_mut(half_hour(walls, *place)) {
            *tally = tally.with(*hit);
        }
    }
    let within = |from: usize, length: usize| {
        let halves = by_half.iter().cycle().skip(from).take(length);
        halves.fold(Tally::default(), |sum, tally| sum.and(*tally))
    };
    let spans = (0..HALF_HOURS).flat_map(|from| LENGTHS.iter().map(move |length| (from, *length)));
    spans.filter_map(|(from, length)| asked.told(within(from, length), HOURS, What::Hours(from, length))).reduce(better)
}

/// The days of the week on which it happens.
fn days(asked: &Asked<'_>) -> Option<Told> {
    let walls = asked.view.walls();
    let mut by_day = [Tally::default(); 7];
    for (place, hit) in &asked.moments {
        let day = walls.get(*place).map_or(0, |wall_s| day_of(*wall_s));
        if let Some(tally) = by_day.get_mut(weekday(day)) {
            *tally = tally.with(*hit);
        }
    }
    let mut order: Vec<(f64, usize, Tally)> =
        by_day.iter().enumerate().map(|(day, tally)| (share(tally.hits, tally.of), day, *tally)).collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let (mut bits, mut inside) = (0_u8, Tally::default());
    let likeliest = order.into_iter().take(6).filter_map(|(_, day, tally)| {
        bits |= 1 << day;
        inside = inside.and(tally);
        let chosen = Days::new(bits);
        let unlikely = if matches!(chosen, Days::WEEKDAYS | Days::WEEKEND) { COMMON } else { SOME_DAYS };
        asked.told(inside, unlikely, What::Days(chosen))
    });
    likeliest.reduce(better)
}

/// Above or below a value of a sensor or of the weather.
fn measured(asked: &Asked<'_>, entity: Number) -> Option<Told> {
    let track = asked.view.moments.timeline.tracks.get(entity as usize)?;
    let told = track.numbers.keys().filter_map(|name| {
        let sorted = asked.view.sorted(entity, name);
        let known = sorted.iter().filter_map(|(value, index)| Some((*value, asked.hits.get(*index).copied()??)));
        let known: Vec<(f64, bool)> = known.collect();
        if known.len() * 10 < asked.moments.len() * 9 {
            return None;
        }
        thresholds(asked, entity, name, &known)
    });
    told.reduce(better)
}

/// What each value between those that were measured tells, first below it and then above; values are in order.
fn thresholds(asked: &Asked<'_>, entity: Number, name: &'static str, known: &[(f64, bool)]) -> Option<Told> {
    let mut sums = vec![Tally::default()];
    for (_, hit) in known {
        sums.push(sums.last().copied().unwrap_or_default().with(*hit));
    }
    let of_known = sums.last().copied().unwrap_or_default();
    let up_to = |count: usize| sums.get(count).copied().unwrap_or_default();
    let step = (known.len() / MOST_THRESHOLDS).max(1);
    let pairs = known.windows(2).step_by(step).filter_map(|pair| match pair {
        [(below, _), (above, _)] if below != above => Some(rounded((below + above) / 2.0, above - below)),
        _ => None,
    });
    let told = pairs.flat_map(|between| {
        let below = up_to(known.partition_point(|(value, _)| *value < between));
        let above = of_known.without(up_to(known.partition_point(|(value, _)| *value <= between)));
        let (is_below, is_above) = (What::Below(entity, name, between), What::Above(entity, name, between));
        [asked.told(below, MEASURED, is_below), asked.told(above, MEASURED, is_above)]
    });
    told.flatten().reduce(better)
}

/// Another thing is in a state.
fn states(asked: &Asked<'_>, entity: Number) -> Option<Told> {
    let domain = asked.view.moments.timeline.domains.get(entity as usize).copied().unwrap_or(Domain::Other);
    if matches!(domain, Domain::Sensor | Domain::Number | Domain::Other | Domain::Todo) {
        return None;
    }
    let known = asked.view.states(entity);
    let mut tallies = vec![Tally::default(); known.words.len()];
    for (place, hit) in &asked.moments {
        let word = known.places.get(*place).and_then(|word| tallies.get_mut(*word as usize));
        if let Some(tally) = word {
            *tally = tally.with(*hit);
        }
    }
    let unlikely = if domain == Domain::Person { STATES + 1.0 } else { STATES };
    let seen = || known.words.iter().zip(&tallies).filter(|(_, tally)| 0 < tally.of);
    if MOST_STATES < seen().count() {
        return None;
    }
    seen().filter_map(|(word, tally)| asked.told(*tally, unlikely, What::State(entity, *word))).reduce(better)
}

/// Whether a condition holds at one of all the moments.
fn holds<'v>(view: &'v View<'v, 'v>, what: What) -> Box<dyn Fn(usize) -> bool + 'v> {
    match (what, is_dark(view)) {
        (What::Dark, Some(is_dark)) => Box::new(is_dark),
        (What::Light, Some(is_dark)) => Box::new(move |place| !is_dark(place)),
        (What::Dark | What::Light, None) => Box::new(|_| false),
        (What::Nobody, _) => Box::new(|place| view.anyone_home().get(place) == Some(&false)),
        (What::Hours(from, length), _) => {
            Box::new(move |place| (half_hour(view.walls(), place) + HALF_HOURS - from) % HALF_HOURS < length)
        }
        (What::Days(days), _) => {
            Box::new(move |place| view.walls().get(place).is_some_and(|wall_s| days.has(iso(day_of(*wall_s)))))
        }
        (What::Below(entity, name, between), _) => {
            let numbers = view.numbers(entity, name);
            Box::new(move |place| numbers.get(place).copied().flatten().is_some_and(|value| value < between))
        }
        (What::Above(entity, name, between), _) => {
            let numbers = view.numbers(entity, name);
            Box::new(move |place| numbers.get(place).copied().flatten().is_some_and(|value| between < value))
        }
        (What::State(entity, state), _) => {
            let known = view.states(entity);
            Box::new(move |place| {
                known.places.get(place).and_then(|word| known.words.get(*word as usize)) == Some(&state)
            })
        }
    }
}

/// A condition in the words of the house.
fn said(timeline: &Timeline, what: What) -> Vec<Condition> {
    let id = |entity: Number| timeline.entities.get(entity as usize).cloned().unwrap_or_else(|| EntityId::new(""));
    match what {
        What::Dark => vec![Condition::Dark],
        What::Light => vec![Condition::Light],
        What::Nobody => {
            let people = timeline.domains.iter().zip(&timeline.entities).filter(|(of, _)| **of == Domain::Person);
            people.map(|(_, id)| Condition::State(id.clone(), "not_home".to_owned())).collect()
        }
        What::Hours(from, length) => {
            let clock = |half: usize| (half % HALF_HOURS * 30) as u32;
            vec![Condition::Clock(clock(from), clock(from + length))]
        }
        What::Days(_) => Vec::new(),
        What::Below(entity, name, value) => vec![Condition::Below(id(entity), name.to_owned(), value)],
        What::Above(entity, name, value) => vec![Condition::Above(id(entity), name.to_owned(), value)],
        What::State(entity, state) => {
            let word = timeline.words.get(state as usize).cloned().unwrap_or_default();
            vec![Condition::State(id(entity), word)]
        }
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
/// What each kind of condition must explain beyond chance, in nats: the more of its kind are tried, the more.
const COMMON: f64 = 1.5;
/// The logarithm of the stretches of the day that are tried: 48 beginnings with eleven lengths.
const HOURS: f64 = 6.3;
/// That of the sets of days that could have been the likeliest.
const SOME_DAYS: f64 = 4.0;
const MEASURED: f64 = 4.0;
const STATES: f64 = 5.5;
/// So much better than a change at some day must a condition explain it, as the seasons bring both.
const MORE_THAN_A_CHANGE: f64 = 1.5;
const LEAST_GAIN: f64 = 7.0;
/// What is left over of other habits looks like one that happens only sometimes.
const LEAST_GAIN_BY_THE_CLOCK: f64 = 10.0;
