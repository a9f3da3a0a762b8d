//! Whether a new time has taken the place of an old one: on the same days, the same was done at another time until
//! then.
//!
//! A new life moves its habits rather than ending them. Who is known to keep one needs fewer days to show its new time.

use house::Days;

use super::calendar::{iso, weekday};
use super::candidate::{Candidate, Replaced};
use super::frames::Position;
use super::peaks::best_days;
use super::statistics::{best_likelihood, median};
use super::timeline::Timeline;

/// What was done at another time before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// On which part of its days it was kept.
    pub(super) share: f64,
    /// How much better it explains what was done at that time that it ended then, in nats.
    pub(super) gain: f64,
    /// When it was done.
    pub(super) middle: f64,
}

/// Where what was done on some days of the week until a day may be done since: the time, and those days.
pub(super) fn new_times(timeline: &Timeline, positions: &[Position], since_day: i64) -> Vec<(f64, Days)> {
    let told = positions.iter().filter(|position| timeline.is_day_told(position.day));
    let recent = told.filter(|position| since_day - LOOKED_BACK_DAYS <= position.day);
    let all: Vec<(i64, f64)> = recent.map(|position| (position.day, position.x)).collect();
    let Some((earlier, later)) = all.split_at_checked(all.partition_point(|(day, _)| *day < since_day)) else {
        return Vec::new();
    };
    let mut left = earlier.to_vec();
    let mut found = Vec::new();
    for _ in 0..MOST_BEFORE {
        let Some((_, middle)) = densest(&left).filter(|(days, _)| LEAST_DAYS <= *days) else { break };
        let days = kept_on(timeline, &left, middle, since_day);
        let away = |x: f64| (x - middle).abs();
        let since: Vec<(i64, f64)> =
            later.iter().copied().filter(|(day, x)| days.has(iso(*day)) && LEAST_APART_MIN < away(*x)).collect();
        if let Some((_, at)) = densest(&since) {
            let near: Vec<f64> = since.iter().map(|(_, x)| *x).filter(|x| (x - at).abs() <= NEAR_MIN).collect();
            found.push((median(&near), days));
        }
        left.retain(|(_, x)| 2.0 * NEAR_MIN < away(*x));
    }
    found
}

/// Near which of the times it was done on most days, and on how many.
fn densest(done: &[(i64, f64)]) -> Option<(usize, f64)> {
    done.iter().map(|(_, x)| (days_near(done, *x), *x)).max_by_key(|(days, _)| *days)
}

/// On which days of the week it was done near a time, before a day.
fn kept_on(timeline: &Timeline, done: &[(i64, f64)], middle: f64, until_day: i64) -> Days {
    let (mut hits, mut told) = ([0; 7], [0; 7]);
    let from_day = timeline.first_day.max(until_day - LOOKED_BACK_DAYS);
    for day in (from_day..until_day).filter(|day| timeline.is_day_told(*day)) {
        let is_done = done.iter().any(|(on, x)| *on == day && (x - middle).abs() <= NEAR_MIN);
        if let (Some(told), Some(hits)) = (told.get_mut(weekday(day)), hits.get_mut(weekday(day))) {
            *told += 1;
            *hits += usize::from(is_done);
        }
    }
    best_days(&hits, &told, USUAL_CHANCE).0
}

/// Whether a habit is the one that a new time has replaced, or a mixture of both.
pub(super) fn is_replaced(one: &Candidate, by: &Candidate) -> bool {
    let (Some(Replaced { middle }), Some(at)) = (by.replaces, one.when.at_min) else { return false };
    let away = (f64::from(at) - middle).rem_euclid(1440.0);
    let is_near = away.min(1440.0 - away) <= LEAST_APART_MIN + 5.0;
    is_near && one.replaces.is_none() && one.first_s < by.first_s && one.when.days.bits() & by.when.days.bits() != 0
}

/// What was done before a day at another time than that middle, and hardly ever since; nothing if nothing was.
pub(super) fn before(
    timeline: &Timeline,
    positions: &[Position],
    days: Days,
    center: f64,
    since_day: i64,
) -> Option<Before> {
    let from_day = timeline.first_day.max(since_day - LOOKED_BACK_DAYS);
    let counts = |day: i64| days.has(iso(day)) && timeline.is_day_told(day);
    let told = |from: i64, to: i64| (from..to).filter(|day| counts(*day)).count();
    let (of_before, of_since) = (told(from_day, since_day), told(since_day, timeline.last_day));
    let elsewhere: Vec<(i64, f64)> = positions
        .iter()
        .filter(|position| from_day <= position.day && counts(position.day))
        .filter(|position| LEAST_APART_MIN < (position.x - center).abs())
        .map(|position| (position.day, position.x))
        .collect();
    let (earlier, later) = elsewhere.split_at_checked(elsewhere.partition_point(|(day, _)| *day < since_day))?;
    let (before, middle) = densest(earlier)?;
    let since = days_near(later, middle);
    let share = before as f64 / of_before.max(1) as f64;
    let is_over = (since as f64) <= MOST_STILL_DONE * share * of_since as f64;
    let gain = best_likelihood(before, of_before) + best_likelihood(since, of_since)
        - best_likelihood(before + since, of_before + of_since);
    (LEAST_DAYS <= before && LEAST_SHARE <= share && is_over && LEAST_GAIN <= gain).then_some(Before {
        share,
        gain,
        middle,
    })
}

/// On how many days it was done near a time; what was done is in order of the days.
fn days_near(done: &[(i64, f64)], middle: f64) -> usize {
    let near = done.iter().filter(|(_, x)| (x - middle).abs() <= NEAR_MIN).map(|(day, _)| *day);
    let mut last = None;
    near.filter(|day| last.replace(*day) != Some(*day)).count()
}

/// Eight weeks show even a habit of weekends.
const LOOKED_BACK_DAYS: i64 = 56;
/// Nearer than that, it is the same time.
const LEAST_APART_MIN: f64 = 30.0;
/// About as wide as the times of most habits lie.
const NEAR_MIN: f64 = 30.0;
const LEAST_DAYS: usize = 5;
const LEAST_SHARE: f64 = 0.35;
/// Nats that its end must explain, or the old habit was none, or is none that ended.
const LEAST_GAIN: f64 = 1.7;
/// Of how often it was done, so little may be left.
const MOST_STILL_DONE: f64 = 0.3;
/// More habits than these are hardly kept with one thing.
const MOST_BEFORE: usize = 3;
/// How likely it is done near any time of a day.
const USUAL_CHANCE: f64 = 0.05;
