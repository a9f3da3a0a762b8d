//! Whether a new time has taken the place of an old one: on the same days, the same was done at another time until
//! then.
//!
//! A new life moves its habits rather than ending them. Who is known to keep one needs fewer days to show its new time.

use house::Days;

use super::calendar::iso;
use super::frames::Position;
use super::statistics::best_likelihood;
use super::timeline::Timeline;

/// What was done at another time before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// On which part of its days it was kept.
    pub(super) share: f64,
    /// How much better it explains what was done at that time that it ended then, in nats.
    pub(super) gain: f64,
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
    let (before, middle) = earlier.iter().map(|(_, x)| (days_near(earlier, *x), *x)).max_by_key(|(days, _)| *days)?;
    let since = days_near(later, middle);
    let share = before as f64 / of_before.max(1) as f64;
    let is_over = (since as f64) <= MOST_STILL_DONE * share * of_since as f64;
    let gain = best_likelihood(before, of_before) + best_likelihood(since, of_since)
        - best_likelihood(before + since, of_before + of_since);
    (LEAST_DAYS <= before && LEAST_SHARE <= share && is_over).then_some(Before { share, gain })
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
const NEAR_MIN: f64 = 25.0;
const LEAST_DAYS: usize = 5;
const LEAST_SHARE: f64 = 0.45;
/// Of how often it was done, so little may be left.
const MOST_STILL_DONE: f64 = 0.3;
