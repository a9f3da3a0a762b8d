//! A habit as a routine that may be kept: what it does, when, and what else must be so.
//!
//! Nothing is allowed by that: it is judged when it is kept, and each time it is due.

use house::{Condition, Consent, DayTime, Days, Draft, Errand, Habit, HabitKind, Step, Sun, Timing, Trigger};

/// The routine that would do what people do by habit; nothing for what is no deed at a moment.
pub fn routine(habit: &Habit) -> Option<Draft> {
    if habit.kind == HabitKind::Preference {
        return None;
    }
    let when = &habit.when;
    let mut conditions = when.conditions.clone();
    let timing = match (when.at_min, &when.trigger) {
        (Some(at), _) => Timing::Weekly(
            when.days,
            DayTime::Clock { hour: i8::try_from(at / 60 % 24).ok()?, minute: i8::try_from(at % 60).ok()? },
        ),
        (None, Some((id, state))) if id.as_str() == "sun.sun" => {
            let sun = if state == "above_horizon" { Sun::Rise } else { Sun::Set };
            let minutes = i32::try_from(when.within_s.unwrap_or(0) / 60).ok()?;
            Timing::Weekly(when.days, DayTime::Sun(sun, minutes))
        }
        (None, Some((id, state))) => {
            if when.days != Days::ALL {
                conditions.push(Condition::Days(when.days));
            }
            let after_s = u64::try_from(when.within_s.unwrap_or(0)).ok()?;
            // What people do soon after something, they do because of it: the sooner, the better.
            let for_s = if *id != habit.entity && after_s <= SOON_S { 0 } else { after_s };
            let trigger = Trigger::State { entities: vec![id.clone()], is_one_enough: true, state: state.clone() };
            Timing::Triggered(trigger, for_s)
        }
        (None, None) => return None,
    };
    let step =
        Step { intent: 0, entity: habit.entity.clone(), action: habit.action.clone(), reason: REASON.to_owned() };
    let errand = Errand::Act { steps: vec![step], back: None, agreed: Consent::None };
    Some(Draft { conditions, ..Draft::new(errand, timing) })
}

const SOON_S: u64 = 300;
const REASON: &str = "the household does so by habit";

#[cfg(test)]
mod tests {
    use house::{Action, EntityId, When};

    use super::*;

    fn habit(at_min: Option<u32>, trigger: Option<(&str, &str)>, within_s: Option<i64>) -> Habit {
        let trigger = trigger.map(|(id, state)| (EntityId::new(id), state.to_owned()));
        let when = When {
            days: Days::WEEKDAYS,
            at_min,
            spread_min: None,
            trigger,
            within_s,
            conditions: vec![Condition::Dark],
        };
        Habit {
            kind: HabitKind::Time,
            entity: EntityId::new("light.hall"),
            action: Action::TurnOff,
            when,
            confidence: 0.9,
            support: 20,
            opportunities: 22,
            first_seen_ms: 0,
            last_seen_ms: 0,
        }
    }

    #[test]
    fn each_kind_of_habit_is_a_timing_of_its_own() {
        let made = |habit: &Habit| routine(habit).map(|draft| (format!("{:?}", draft.timing), draft.conditions));
        let only_dark = vec![Condition::Dark];
        let on_weekdays = vec![Condition::Dark, Condition::Days(Days::WEEKDAYS)];
        let clock = habit(Some(425), None, None);
        let weekly = "Weekly(Days(31), Clock { hour: 7, minute: 5 })".to_owned();
        assert_eq!(made(&clock), Some((weekly, only_dark.clone())));
        let sun = habit(None, Some(("sun.sun", "below_horizon")), Some(-1200));
        assert_eq!(made(&sun), Some(("Weekly(Days(31), Sun(Set, -20))".to_owned(), only_dark)));
        let state = |id: &str, for_s: u64, on: &str| {
            format!(
                "Triggered(State {{ entities: [EntityId(\"{id}\")], is_one_enough: true, state: \"{on}\" }}, {for_s})"
            )
        };
        let soon = habit(None, Some(("binary_sensor.door", "on")), Some(90));
        assert_eq!(made(&soon), Some((state("binary_sensor.door", 0, "on"), on_weekdays.clone())));
        let length = habit(None, Some(("light.hall", "on")), Some(240));
        assert_eq!(made(&length), Some((state("light.hall", 240, "on"), on_weekdays)));
        assert_eq!(made(&Habit { kind: HabitKind::Preference, ..habit(Some(1), None, None) }), None);
    }
}
