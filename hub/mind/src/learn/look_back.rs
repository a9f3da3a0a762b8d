//! What a routine made of a habit would have done in the last days, beside what people did.
//!
//! For a person who decides whether to have it; learns nothing.

use house::{Condition, EntityId, Habit, House};

use super::acts::{Acts, acts, is_so};
use super::calendar::{day_of, iso};
use super::frames::Frame;
use super::timeline::{DAY_S, Timeline};

/// One day that is past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastDay {
    /// Which day, counted from the first of 1970, by the clock of the house.
    pub day: i64,
    /// When people did it, in minutes of the day.
    pub done_min: Vec<u32>,
    /// When the routine would have done it, in minutes of the day.
    pub would_min: Vec<u32>,
    /// How many of those nobody wanted: nobody did it near then, and it was not so already.
    pub wrong: usize,
}

/// The last `days` days, oldest first, for each of the habits.
pub fn look_back(timeline: &Timeline, house: &House, habits: &[&Habit], days: i64) -> Vec<Vec<PastDay>> {
    let all = acts(timeline, house);
    let frames = Frame::all(timeline);
    let one = |habit: &&Habit| {
        let own = all.iter().find(|acts| {
            timeline.entities.get(acts.entity as usize) == Some(&habit.entity) && acts.action == habit.action
        });
        past(timeline, own, &frames, habit, days)
    };
    habits.iter().map(one).collect()
}

fn past(timeline: &Timeline, own: Option<&Acts>, frames: &[Frame], habit: &Habit, days: i64) -> Vec<PastDay> {
    let first = timeline.last_day - days;
    let done: Vec<i64> = own.iter().flat_map(|acts| &acts.acts).map(|act| act.wall_s).collect();
    let would = would(timeline, frames, habit, first);
    let near_s = (NEAR_S as f64).max(habit.when.spread_min.unwrap_or(0.0) * 60.0 * WIDE) as i64;
    let is_wanted = |at_s: i64| {
        let wall_s = timeline.wall(at_s);
        done.iter().any(|done| (done - wall_s).abs() <= near_s) || own.is_some_and(|own| is_so(timeline, own, at_s))
    };
    let minute = |wall_s: i64| (wall_s.rem_euclid(DAY_S) / 60) as u32;
    (first..timeline.last_day)
        .map(|day| {
            let of_day: Vec<i64> = would.iter().copied().filter(|at| day_of(timeline.wall(*at)) == day).collect();
            PastDay {
                day,
                done_min: done.iter().filter(|wall| day_of(**wall) == day).map(|wall| minute(*wall)).collect(),
                would_min: of_day.iter().map(|at| minute(timeline.wall(*at))).collect(),
                wrong: of_day.iter().filter(|at| !is_wanted(**at)).count(),
            }
        })
        .collect()
}

/// The moments at which the routine would have acted, in seconds since 1970 UTC.
fn would(timeline: &Timeline, frames: &[Frame], habit: &Habit, first: i64) -> Vec<i64> {
    let when = &habit.when;
    let by_day = |frame: &Frame, x: f64| -> Vec<i64> {
        let days = (first..timeline.last_day).filter(|day| when.days.has(iso(*day)));
        days.filter_map(|day| frame.moment(timeline, day, x)).collect()
    };
    let moments = match (when.at_min, &when.trigger) {
        (Some(at), _) => by_day(&Frame::Clock, f64::from(at)),
        (None, Some((id, state))) if id.as_str() == "sun.sun" => {
            let is_it = |frame: &&Frame| matches!(frame, Frame::Sun { state: own, .. } if own == state);
            let minutes = when.within_s.unwrap_or(0) as f64 / 60.0;
            frames.iter().find(is_it).map(|frame| by_day(frame, minutes)).unwrap_or_default()
        }
        (None, Some((id, state))) => after(timeline, habit, (id, state), first),
        (None, None) => Vec::new(),
    };
    let holds = |at_s: &i64| when.conditions.iter().all(|condition| holds(timeline, condition, *at_s));
    moments.into_iter().filter(holds).collect()
}

/// Whenever the trigger came, and for a length: if it was still so then.
fn after(timeline: &Timeline, habit: &Habit, (id, state): (&EntityId, &str), first: i64) -> Vec<i64> {
    let (Some(entity), Some(word)) = (timeline.known_entity(id.as_str()), timeline.known_word(state)) else {
        return Vec::new();
    };
    let delay_s = habit.when.within_s.unwrap_or(0);
    let comes = timeline.changes.iter().filter(|change| {
        change.entity == entity
            && change.to == word
            && first <= day_of(change.wall_s)
            && habit.when.days.has(iso(day_of(change.wall_s)))
    });
    let is_length = *id == habit.entity;
    comes
        .map(|change| change.at_s + delay_s)
        .filter(|at| !is_length || timeline.state_at(entity, *at - 1) == Some(word))
        .collect()
}

fn holds(timeline: &Timeline, condition: &Condition, at_s: i64) -> bool {
    let sun = |word: &str| {
        let sun = timeline.known_entity("sun.sun");
        sun.and_then(|sun| timeline.state_at(sun, at_s)).is_some_and(|is| timeline.known_word(word) == Some(is))
    };
    let number = |id: &EntityId, attribute: &str| {
        timeline.known_entity(id.as_str()).and_then(|entity| timeline.number_at(entity, attribute, at_s))
    };
    match condition {
        Condition::Dark => sun("below_horizon"),
        Condition::Light => sun("above_horizon"),
        Condition::Above(id, attribute, bound) => number(id, attribute).is_some_and(|value| *bound < value),
        Condition::Below(id, attribute, bound) => number(id, attribute).is_some_and(|value| value < *bound),
        Condition::State(id, state) => {
            let is = timeline.known_entity(id.as_str()).and_then(|entity| timeline.state_at(entity, at_s));
            is.is_some() && is == timeline.known_word(state)
        }
        Condition::Clock(from, to) => {
            let minute = (timeline.wall(at_s).rem_euclid(DAY_S) / 60) as u32;
            if from <= to { (*from..*to).contains(&minute) } else { !(*to..*from).contains(&minute) }
        }
        Condition::Days(days) => days.has(iso(day_of(timeline.wall(at_s)))),
        Condition::Any(any) => any.iter().any(|one| holds(timeline, one, at_s)),
        Condition::Not(one) => !holds(timeline, one, at_s),
    }
}

/// Done within so many seconds, it was what the routine would have done.
const NEAR_S: i64 = 45 * 60;
const WIDE: f64 = 3.0;
