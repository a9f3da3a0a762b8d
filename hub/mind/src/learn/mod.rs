//! What a household does again and again, and how it likes things: learned from what was remembered, from nothing else.
//!
//! Pure: the same evidence gives the same habits. Suggests nothing that opens, unlocks or disarms; fires nothing.
//!
//! ```
//! use house::{Action, Attributes, Cause, EntityId, Evidence, HabitKind, House};
//! use mind::learn::{Timeline, learn};
//!
//! let day_ms = 86_400_000;
//! let monday = 1_767_571_200_000; // 2026-01-05
//! let evidence: Vec<Evidence> = (0..28_i64)
//!     .flat_map(|day| {
//!         [(7 * 60 + day * 7 % 11, "on"), (8 * 60 + day * 13 % 50, "off")].map(|(minute, state)| Evidence {
//!             at_ms: monday + day * day_ms + minute * 60_000,
//!             offset_s: 0,
//!             entity: EntityId::new("light.kitchen"),
//!             state: Some(state.to_owned()),
//!             attributes: Attributes::new(),
//!             cause: Cause::Device,
//!             person: None,
//!         })
//!     })
//!     .collect();
//! let timeline = Timeline::of(&evidence, monday + 28 * day_ms);
//! let habits = learn(&timeline, &House::default());
//! let morning = habits.iter().find(|habit| habit.action == Action::TurnOn).ok_or("nothing was learned")?;
//! assert_eq!(morning.kind, HabitKind::Time);
//! assert!(morning.when.at_min.is_some_and(|at| (420..432).contains(&at)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod acts;
mod calendar;
mod candidate;
mod conditions;
mod frames;
mod hints;
mod look_back;
mod moved;
mod norms;
mod peaks;
mod preferences;
mod remembering;
mod routine;
mod sequences;
mod slopes;
mod statistics;
mod time_habits;
mod timeline;
mod usual;
mod views;
mod windows;

use house::{Condition, Days, EntityId, Habit, HabitKind, House, When};

pub use hints::hints;
pub use look_back::{PastDay, look_back};
pub use norms::Norms;
pub use preferences::preferred;
pub use remembering::{evidence_of, rolled_up};
pub use routine::routine;
pub use timeline::Timeline;
pub use usual::{chance_a_minute, is_usual_now};

use acts::Acts;
use candidate::Candidate;
use frames::Frame;
use statistics::least_share;
use time_habits::Search;

/// How often it will happen at the least, as a share, seen so many times of so many.
pub fn confidence(hits: usize, of: usize) -> f64 {
    least_share(hits, of)
}

/// What a household does again and again, the surest first. The house says what things are, so that nothing guarded is
/// suggested.
pub fn learn(timeline: &Timeline, house: &House) -> Vec<Habit> {
    let all = acts::acts(timeline, house);
    let frames = Frame::all(timeline);
    let followed = sequences::find(timeline, &all);
    let mut habits: Vec<Habit> = all
        .iter()
        .zip(followed)
        .flat_map(|(acts, followed)| {
            let chosen = choose(timeline, acts, &frames, followed);
            chosen.into_iter().map(|one| habit(timeline, acts, one)).collect::<Vec<_>>()
        })
        .collect();
    habits.extend(preferences::find(timeline).iter().filter_map(|wanted| preference(timeline, wanted)));
    habits.sort_by(|one, other| other.confidence.total_cmp(&one.confidence).then(other.support.cmp(&one.support)));
    habits
}

/// The explanations of what was done, the best first, each of what the better ones leave open.
fn choose(timeline: &Timeline, acts: &Acts, frames: &[Frame], followed: Vec<Candidate>) -> Vec<Candidate> {
    let mut is_open = vec![true; acts.acts.len()];
    let mut searches: Vec<Search> = frames.iter().map(|frame| Search::of(timeline, acts, frame)).collect();
    let mut chosen: Vec<Candidate> = Vec::new();
    for _ in 0..MOST_HABITS {
        let by_time = searches.iter_mut().flat_map(|search| search.find(&is_open));
        let after = followed.iter().filter_map(|one| left_over(one, &is_open));
        let sound = by_time.chain(after).filter(|one| is_sound(timeline, one));
        let sound: Vec<Candidate> =
            sound.filter(|one| !chosen.iter().any(|new| moved::is_replaced(one, new))).collect();
        let Some(best) = sound.iter().max_by(|one, other| one.score.total_cmp(&other.score)) else { break };
        // What has moved comes before what it has taken the place of, or the old one would keep what is done since.
        let newer = sound.iter().filter(|new| moved::is_replaced(best, new));
        let best = newer.max_by(|one, other| one.score.total_cmp(&other.score)).unwrap_or(best).clone();
        for act in &best.explains {
            if let Some(open) = is_open.get_mut(*act) {
                *open = false;
            }
        }
        chosen.push(best);
    }
    chosen
}

/// What a candidate still explains; nothing if others explain most of it.
fn left_over(one: &Candidate, is_open: &[bool]) -> Option<Candidate> {
    let open = one.explains.iter().filter(|act| is_open.get(**act) == Some(&true)).count();
    let part = open as f64 / one.explains.len().max(1) as f64;
    (LEAST_PART <= part).then(|| Candidate { score: one.score * part, ..one.clone() })
}

fn is_sound(timeline: &Timeline, one: &Candidate) -> bool {
    let is_beyond_doubt = BEYOND_DOUBT <= one.evidence || one.replaces.is_some();
    let least_confidence = if is_beyond_doubt { LEAST_CONFIDENCE_BEYOND_DOUBT } else { least_confidence(timeline) };
    let least_evidence = if one.replaces.is_some() { LEAST_EVIDENCE_OF_MOVED } else { least_evidence(timeline) };
    least_confidence <= one.confidence
        && least_evidence <= one.evidence
        && LEAST_LIFT <= one.lift
        && 0.0 < one.score
        && !is_over(timeline, one)
}

/// How sure it must be to be kept often enough: of few days, the bound lies far below how often it is kept.
fn least_confidence(timeline: &Timeline) -> f64 {
    LEAST_CONFIDENCE_EARLY + (LEAST_CONFIDENCE - LEAST_CONFIDENCE_EARLY) * part_tried(timeline)
}

/// Nats against chance: the longer a home is known, the more stretches of time are tried, each night anew.
fn least_evidence(timeline: &Timeline) -> f64 {
    LEAST_EVIDENCE_EARLY + (LEAST_EVIDENCE - LEAST_EVIDENCE_EARLY) * part_tried(timeline)
}

/// How far a home is from being new: 0 for two weeks, then more, and 1 after four.
fn part_tried(timeline: &Timeline) -> f64 {
    let weeks = (timeline.last_day - timeline.first_day) as f64 / 7.0;
    ((weeks - 2.0) / 2.0).clamp(0.0, 1.0)
}

/// Whether it has not happened for so long that it will not any more.
fn is_over(timeline: &Timeline, one: &Candidate) -> bool {
    let last_day = calendar::day_of(timeline.wall(one.last_s));
    let silent: Vec<i64> = (last_day + 1..timeline.last_day).filter(|day| timeline.is_day_told(*day)).collect();
    let depends = one.when.conditions.iter().any(is_of_the_house);
    let is_at_a_time = one.when.at_min.is_some() && !depends;
    // Where it was so already, day after day, something else has come before it.
    let own = silent.iter().filter(|day| is_at_a_time && one.when.days.has(calendar::iso(**day))).count();
    let missed = one.misses_since + own.saturating_sub(one.misses_since) / 2;
    let is_missed = (1.0 - statistics::share(one.hits, one.opportunities)).powi(missed as i32) < MOST_UNLIKELY_SILENCE;
    let most_silent = if depends { MOST_SILENT_DAYS_OF_CONDITION } else { MOST_SILENT_DAYS };
    let is_old = most_silent < silent.len();
    is_old || (is_missed && 2 <= missed && LEAST_SILENT_DAYS <= silent.len())
}

fn habit(timeline: &Timeline, acts: &Acts, one: Candidate) -> Habit {
    let kind = match (&one.when.trigger, one.when.conditions.iter().any(is_of_the_house)) {
        (_, true) => HabitKind::Condition,
        (Some(_), false) => HabitKind::Sequence,
        (None, false) => HabitKind::Time,
    };
    Habit {
        kind,
        entity: timeline.entities.get(acts.entity as usize).cloned().unwrap_or_else(|| EntityId::new("")),
        action: acts.action.clone(),
        confidence: one.confidence,
        support: one.hits,
        opportunities: one.opportunities,
        first_seen_ms: one.first_s * 1000,
        last_seen_ms: one.last_s * 1000,
        when: one.when,
    }
}

/// Hours and days are a part of when it is, not of what else is so.
fn is_of_the_house(condition: &Condition) -> bool {
    !matches!(condition, Condition::Clock(..) | Condition::Days(_))
}

fn preference(timeline: &Timeline, wanted: &preferences::Wanted) -> Option<Habit> {
    let when = When {
        days: Days::ALL,
        at_min: None,
        spread_min: None,
        trigger: None,
        within_s: None,
        conditions: wanted.conditions.clone(),
    };
    Some(Habit {
        kind: HabitKind::Preference,
        entity: timeline.entities.get(wanted.entity as usize)?.clone(),
        action: wanted.action.clone(),
        when,
        confidence: least_share(wanted.near, wanted.of),
        support: wanted.near,
        opportunities: wanted.of,
        first_seen_ms: wanted.first_s * 1000,
        last_seen_ms: wanted.last_s * 1000,
    })
}

/// More habits of one action than these are none.
const MOST_HABITS: usize = 6;
/// Of what a habit explains, so much must be explained by nothing better.
const LEAST_PART: f64 = 0.6;
/// Below this it would be wrong too often to be offered.
pub const LEAST_CONFIDENCE: f64 = 0.45;
/// What is no chance for certain may be kept more seldom.
const LEAST_CONFIDENCE_BEYOND_DOUBT: f64 = 0.37;
const BEYOND_DOUBT: f64 = 40.0;
/// What two weeks show of a habit that is kept on two days of three lies as far below that.
const LEAST_CONFIDENCE_EARLY: f64 = 0.34;
/// Nats against chance.
const LEAST_EVIDENCE: f64 = 12.0;
const LEAST_EVIDENCE_EARLY: f64 = 6.0;
/// Of a habit that is known, only its new time is in doubt.
const LEAST_EVIDENCE_OF_MOVED: f64 = 7.0;
const LEAST_LIFT: f64 = 2.2;
/// Two weeks of days on which it could have happened and never did.
const MOST_SILENT_DAYS: usize = 13;
/// What has not been so for longer is out of season; its evidence is still there when it comes back.
const MOST_SILENT_DAYS_OF_CONDITION: usize = 60;
/// After so many, it is over if it would not be missed that often by chance.
const LEAST_SILENT_DAYS: usize = 8;
const MOST_UNLIKELY_SILENCE: f64 = 0.01;

#[cfg(test)]
mod tests;
