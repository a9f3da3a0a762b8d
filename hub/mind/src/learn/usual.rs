//! Whether it is about the time at which something is done by habit, and how likely it is what is done next.
//!
//! Only of what is not done yet. What is not known is not due.

use house::{Habit, House, Reach, Timing, reach};

use super::routine;
use super::statistics::normal_density;
use crate::condition::{all_hold, known};
use crate::when::{TimeContext, civil, next};

/// Whether people usually do it about now and have not yet: a moment to ask whether it shall be done.
///
/// What follows something else is due while that is so and began of late. What is not known is not due.
pub fn is_usual_now(habit: &Habit, house: &House, around: &TimeContext) -> bool {
    due(habit, house, around).is_some_and(|due| due.from_ms <= around.now_ms)
}

/// How likely the next minute brings it, 0–1, by how sure it is, how near its time is and how exactly it is kept.
/// Nothing while it can't be due: it is done already, something else is missing, or what it follows has not happened.
pub fn chance_a_minute(habit: &Habit, house: &House, around: &TimeContext) -> Option<f64> {
    let away_min = (due(habit, house, around)?.at_ms - around.now_ms) as f64 / 60_000.0;
    Some(habit.confidence * normal_density(away_min, habit.when.spread_min.unwrap_or(0.0).max(FINEST_MIN)))
}

/// When a habit is kept next, in milliseconds since 1970 UTC: from when on it is about that time, and its middle.
struct Due {
    from_ms: i64,
    at_ms: i64,
}

/// When something that is not done yet will be done by habit; nothing if not, or if something needed is not so now.
fn due(habit: &Habit, house: &House, around: &TimeContext) -> Option<Due> {
    let (entity, draft, now_ms) = (known(&habit.entity, house)?, routine(habit)?, around.now_ms);
    let is_open = reach(&habit.action, entity) == Some(Reach::No);
    if !is_open || all_hold(&draft.conditions, house, around) != Some(true) {
        return None;
    }
    if matches!(draft.timing, Timing::Triggered(..)) {
        let (id, state) = habit.when.trigger.as_ref()?;
        let trigger = known(id, house).filter(|it| it.state.value.as_deref() == Some(state))?;
        let (from_ms, within_s) = (trigger.state.changed_ms, habit.when.within_s.unwrap_or(0).max(0));
        let is_day = habit.when.days.has(civil(now_ms, around).weekday);
        let is_lately = (0..=(within_s + SOON_S) * 1000).contains(&(now_ms - from_ms));
        return (is_day && is_lately).then_some(Due { from_ms, at_ms: from_ms + within_s * 1000 });
    }
    let wide_ms = (MOSTLY * habit.when.spread_min.unwrap_or(0.0) * 60_000.0) as i64;
    let wide_ms = wide_ms.clamp(LEAST_MS, MOST_MS);
    let at_ms = next(&draft.timing, now_ms - wide_ms, around)?;
    Some(Due { from_ms: at_ms - wide_ms, at_ms })
}

/// So many standard deviations hold most of it.
const MOSTLY: f64 = 1.5;
const LEAST_MS: i64 = 10 * 60_000;
const MOST_MS: i64 = 45 * 60_000;
/// What follows something else is still worth a question so long after its time.
const SOON_S: i64 = 600;
/// Nobody does anything more exactly than that.
const FINEST_MIN: f64 = 1.0;

#[cfg(test)]
mod tests {
    use house::{Action, Days, Entity, EntityId, HabitKind, Quality, State, When};

    use super::*;

    const MONDAY: i64 = 1_767_571_200_000; // 2026-01-05
    const MINUTE: i64 = 60_000;

    fn house(state: &str) -> House {
        let state = State { value: Some(state.to_owned()), quality: Quality::Observed, ..State::default() };
        let lamp = Entity { state, ..Entity::new(EntityId::new("light.hall"), "Hall Light") };
        House { entities: [(lamp.id.clone(), lamp)].into_iter().collect(), ..House::default() }
    }

    fn habit(days: Days) -> Habit {
        Habit {
            kind: HabitKind::Time,
            entity: EntityId::new("light.hall"),
            action: Action::TurnOn,
            when: When {
                days,
                at_min: Some(420),
                spread_min: Some(4.0),
                trigger: None,
                within_s: None,
                conditions: Vec::new(),
            },
            confidence: 0.9,
            support: 20,
            opportunities: 22,
            first_seen_ms: 0,
            last_seen_ms: 0,
        }
    }

    #[test]
    fn it_is_usual_about_its_time_until_it_is_done() {
        let at = |minute: i64| TimeContext {
            now_ms: MONDAY + minute * MINUTE,
            zone: jiff::tz::TimeZone::UTC,
            location: None,
        };
        let is_usual = |days, state: &str, minute| is_usual_now(&habit(days), &house(state), &at(minute));
        assert!(is_usual(Days::WEEKDAYS, "off", 420));
        assert!(is_usual(Days::WEEKDAYS, "off", 428));
        assert!(!is_usual(Days::WEEKDAYS, "off", 440), "that is too late");
        assert!(!is_usual(Days::WEEKDAYS, "off", 400), "that is too early");
        assert!(!is_usual(Days::WEEKDAYS, "on", 420), "it is done");
        assert!(!is_usual(Days::WEEKEND, "off", 420), "it is another day");
        assert!(!is_usual_now(&habit(Days::ALL), &House::default(), &at(420)), "nothing is known of it");
    }

    #[test]
    fn what_is_due_sooner_or_is_surer_is_likelier_to_come_next() {
        let around = TimeContext { now_ms: MONDAY + 412 * MINUTE, zone: jiff::tz::TimeZone::UTC, location: None };
        let chance = |habit: &Habit, state: &str| chance_a_minute(habit, &house(state), &around);
        let soon = habit(Days::ALL);
        let later = Habit { when: When { at_min: Some(426), ..soon.when.clone() }, ..soon.clone() };
        let unsure = Habit { confidence: 0.5, ..soon.clone() };
        let at_two_sigma = 0.9 * 0.054 / 4.0;
        assert!(chance(&soon, "off").is_some_and(|chance| (chance - at_two_sigma).abs() < 1e-4));
        assert!(chance(&later, "off") < chance(&unsure, "off") && chance(&unsure, "off") < chance(&soon, "off"));
        assert_eq!(chance(&soon, "on"), None, "it is done");
    }
}
