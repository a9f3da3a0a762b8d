//! Whether a habit has moved: on the same days, the same is done at another time since some day.
//!
//! A new life moves its habits rather than ending them. Of a habit that is known, only the new time is in doubt: its
//! days are known, how often it is kept, and how far its times lie apart.

use house::Days;

use super::calendar::{iso, weekday};
use super::candidate::{Candidate, Replaced};
use super::frames::Position;
use super::peaks::best_days;
use super::statistics::{mean, median, normal_density, share, spread_of_few};
use super::timeline::Timeline;

/// A time at which something was done by habit until a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct OldTime {
    pub(super) days: Days,
    /// When it was done, in minutes of the day.
    pub(super) middle: f64,
    /// How far its times lay apart, as a standard deviation in minutes.
    pub(super) spread: f64,
    /// On how many of its days it was kept, and how many there were.
    pub(super) kept: usize,
    pub(super) told: usize,
}

impl OldTime {
    /// Whether something was done at that time.
    pub(super) fn explains(&self, position: &Position) -> bool {
        (position.x - self.middle).abs() <= REACH * self.spread
    }

    fn share(&self) -> f64 {
        share(self.kept, self.told)
    }
}

/// Since when a new time holds, and how sure that is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) from_day: i64,
    /// How much better it explains what was done since than chance does, in nats.
    pub(super) evidence: f64,
}

/// On one day on which it could have been done: how far from a time it was done, if near it.
pub(super) type Outcome = (i64, Option<f64>);

/// When something was done by habit until a day.
pub(super) fn old_times(timeline: &Timeline, positions: &[Position], until_day: i64) -> Vec<OldTime> {
    let is_of_then = |position: &&Position| {
        (until_day - LOOKED_BACK_DAYS..until_day).contains(&position.day) && timeline.is_day_told(position.day)
    };
    let mut left: Vec<(i64, f64)> =
        positions.iter().filter(is_of_then).map(|position| (position.day, position.x)).collect();
    let mut found = Vec::new();
    for _ in 0..MOST_OLD_TIMES {
        let Some((_, center)) = densest(&left).filter(|(days, _)| LEAST_DAYS <= *days) else { break };
        let near: Vec<f64> = left.iter().map(|(_, x)| *x).filter(|x| (x - center).abs() <= NEAR_MIN).collect();
        let middle = median(&near);
        let around: Vec<f64> = left.iter().map(|(_, x)| *x).filter(|x| (x - middle).abs() <= AROUND_MIN).collect();
        let spread = spread_of_few(&around);
        let (days, kept, told) = kept_on(timeline, &left, (middle, REACH * spread), until_day);
        let one = OldTime { days, middle, spread, kept, told };
        if LEAST_SHARE <= one.share() {
            found.push(one);
        }
        left.retain(|(_, x)| AROUND_MIN < (x - middle).abs());
    }
    found
}

/// When the same may be done since a day, at another time than that.
pub(super) fn new_time(positions: &[Position], since_day: i64, old: &OldTime) -> Option<f64> {
    let later = positions.iter().skip(positions.partition_point(|position| position.day < since_day));
    let on_days = later.filter(|position| old.days.has(iso(position.day)));
    let all: Vec<(i64, f64)> = on_days.map(|position| (position.day, position.x)).collect();
    let elsewhere = all.iter().copied().filter(|(_, x)| LEAST_APART_MIN < apart_min(*x, old.middle));
    let (_, mut center) = densest(&elsewhere.collect::<Vec<_>>())?;
    for _ in 0..ROUNDS {
        let near = all.iter().map(|(_, x)| *x).filter(|x| (x - center).abs() <= REACH * old.spread);
        center = mean(&near.collect::<Vec<_>>());
    }
    (LEAST_APART_MIN < apart_min(center, old.middle)).then_some(center)
}

/// Since when a new time explains what was done far better than the old one and than chance; nothing if it never does.
///
/// `a_minute` is how often it is done in a minute by chance.
pub(super) fn moved(old: &OldTime, at_old: &[Outcome], at_new: &[Outcome], a_minute: f64) -> Option<Move> {
    let share = old.share();
    let likelihood = |(day, away): &Outcome| {
        let near = away.map_or(0.0, |away| normal_density(away, old.spread) / a_minute);
        (*day, (1.0 - share + share * near).ln())
    };
    let mut rows: Vec<(i64, f64, f64)> = at_old.iter().map(likelihood).map(|(day, old)| (day, old, 0.0)).collect();
    rows.extend(at_new.iter().map(likelihood).map(|(day, new)| (day, 0.0, new)));
    rows.sort_by_key(|(day, ..)| std::cmp::Reverse(*day));
    let (mut old_since, mut new_since) = (0.0, 0.0);
    let mut best: Option<(f64, Move)> = None;
    for day in rows.chunk_by(|one, other| one.0 == other.0) {
        old_since += day.iter().map(|(_, old, _)| old).sum::<f64>();
        new_since += day.iter().map(|(.., new)| new).sum::<f64>();
        let gain = new_since - old_since;
        if let Some((from_day, ..)) = day.first().filter(|_| best.is_none_or(|(most, _)| most < gain)) {
            best = Some((gain, Move { from_day: *from_day, evidence: new_since }));
        }
    }
    best.filter(|(gain, _)| LEAST_GAIN <= *gain).map(|(_, found)| found)
}

/// Whether a habit is the one that a new time has replaced, or a mixture of both.
pub(super) fn is_replaced(one: &Candidate, by: &Candidate) -> bool {
    let (Some(Replaced { middle }), Some(at)) = (by.replaces, one.when.at_min) else { return false };
    let is_near = apart_min(f64::from(at), middle) <= LEAST_APART_MIN + 5.0;
    is_near && one.replaces.is_none() && one.first_s < by.first_s && one.when.days.bits() & by.when.days.bits() != 0
}

/// How many minutes two times of day lie apart; what is done near midnight is of both days.
fn apart_min(one: f64, other: f64) -> f64 {
    let away = (one - other).rem_euclid(1440.0);
    away.min(1440.0 - away)
}

/// Near which of the times it was done on most days, and on how many.
fn densest(done: &[(i64, f64)]) -> Option<(usize, f64)> {
    done.iter().map(|(_, x)| (days_near(done, *x), *x)).max_by_key(|(days, _)| *days)
}

/// On how many days it was done near a time; what was done is in order of the days.
fn days_near(done: &[(i64, f64)], middle: f64) -> usize {
    let near = done.iter().filter(|(_, x)| (x - middle).abs() <= NEAR_MIN).map(|(day, _)| *day);
    let mut last = None;
    near.filter(|day| last.replace(*day) != Some(*day)).count()
}

/// On which days of the week it was done about a time before a day, on how many of them, and of how many.
fn kept_on(
    timeline: &Timeline,
    done: &[(i64, f64)],
    (middle, reach): (f64, f64),
    until_day: i64,
) -> (Days, usize, usize) {
    let (mut hits, mut told) = ([0; 7], [0; 7]);
    let from_day = timeline.first_day.max(until_day - LOOKED_BACK_DAYS);
    for day in (from_day..until_day).filter(|day| timeline.is_day_told(*day)) {
        let is_done = done.iter().any(|(on, x)| *on == day && (x - middle).abs() <= reach);
        if let (Some(told), Some(hits)) = (told.get_mut(weekday(day)), hits.get_mut(weekday(day))) {
            *told += 1;
            *hits += usize::from(is_done);
        }
    }
    let days = best_days(&hits, &told, USUAL_CHANCE).0;
    let on_days = |counts: [usize; 7]| -> usize {
        counts.iter().enumerate().filter(|(day, _)| days.has(*day as i8 + 1)).map(|(_, count)| count).sum()
    };
    (days, on_days(hits), on_days(told))
}

/// Eight weeks show even a habit of weekends.
pub(super) const LOOKED_BACK_DAYS: i64 = 56;
/// Nearer than that, it is the same time.
const LEAST_APART_MIN: f64 = 30.0;
/// About as wide as the times of most habits lie, and as nearly all of the others'.
const NEAR_MIN: f64 = 30.0;
const AROUND_MIN: f64 = 50.0;
/// So many standard deviations hold nearly all of its times.
pub(super) const REACH: f64 = 2.6;
const LEAST_DAYS: usize = 5;
const LEAST_SHARE: f64 = 0.35;
/// Nats by which the new time must explain what was done better than the old one.
const LEAST_GAIN: f64 = 6.0;
/// More habits than these are hardly kept with one thing.
const MOST_OLD_TIMES: usize = 3;
/// How likely it is done near any time of a day.
const USUAL_CHANCE: f64 = 0.05;
const ROUNDS: usize = 2;
