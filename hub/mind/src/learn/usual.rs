//! Whether it is about the time at which something is done by habit, and it is not done yet.

use house::{Habit, House, Reach, Timing, reach};

use super::routine;
use crate::condition::{all_hold, known};
use crate::when::{TimeContext, civil, next};

/// Whether people usually do it about now and have not yet: a moment to ask whether it shall be done.
///
/// What follows something else is due while that is so and began of late. What is not known is not due.
pub fn is_usual_now(habit: &Habit, house: &House, around: &TimeContext) -> bool {
    let Some(entity) = known(&habit.entity, house) else { return false };
    let Some(draft) = routine(habit) else { return false };
    let is_time = match &draft.timing {
        Timing::Triggered(..) => habit.when.trigger.as_ref().is_some_and(|(id, state)| {
            let until_s = habit.when.within_s.unwrap_or(0).max(0) + SOON_S;
            let lately = |ms: i64| (0..=until_s * 1000).contains(&(around.now_ms - ms));
            known(id, house).is_some_and(|it| it.state.value.as_deref() == Some(state) && lately(it.state.changed_ms))
        }),
        timing => {
            let wide_ms = (MOSTLY * habit.when.spread_min.unwrap_or(0.0) * 60_000.0) as i64;
            let wide_ms = wide_ms.clamp(LEAST_MS, MOST_MS);
            next(timing, around.now_ms - wide_ms, around).is_some_and(|at| at <= around.now_ms + wide_ms)
        }
    };
    let is_day = habit.when.days.has(civil(around.now_ms, around).weekday);
    is_time
        && is_day
        && reach(&habit.action, entity) == Some(Reach::No)
        && all_hold(&draft.conditions, house, around) == Some(true)
}

/// So many standard deviations hold most of it.
const MOSTLY: f64 = 1.5;
const LEAST_MS: i64 = 10 * 60_000;
const MOST_MS: i64 = 45 * 60_000;
/// What follows something else is still worth a question so long after its time.
const SOON_S: i64 = 600;

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
}
