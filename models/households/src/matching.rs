//! Whether what was learned is what was planted.
//!
//! Strict where a person would be annoyed: the same thing, the same way, near the same time, on about the same days.

use house::{Condition, Days, Domain, Habit, HabitKind};

use crate::routine::{Kind, Moment, Only, Routine};

/// Whether a habit says what a routine is.
pub(crate) fn is_it(habit: &Habit, routine: &Routine) -> bool {
    habit.kind != HabitKind::Preference
        && is_same_act(habit, &routine.entity, &routine.state)
        && is_same_moment(habit, routine)
        && is_same_condition(habit, routine)
}

/// Whether a habit brings a thing into a state.
pub(crate) fn is_same_act(habit: &Habit, entity: &str, state: &str) -> bool {
    let domain = entity.split('.').next().and_then(Domain::parse).unwrap_or(Domain::Other);
    let service = habit.action.service(domain);
    let wanted: &[&str] = match state {
        "on" => &["turn_on"],
        "off" => &["turn_off"],
        "open" => &["open_cover"],
        "closed" => &["close_cover"],
        "playing" => &["media_play"],
        "unlocked" => &["unlock"],
        "locked" => &["lock"],
        _ => &[],
    };
    habit.entity.as_str() == entity && service.split_once('.').is_some_and(|(_, verb)| wanted.contains(&verb))
}

/// How far a habit's time is from the planted one, in minutes.
pub(crate) fn time_error(habit: &Habit, routine: &Routine) -> Option<f64> {
    let Moment::At { minute, .. } = routine.moment else { return None };
    let away = (f64::from(habit.when.at_min?) - minute).rem_euclid(1440.0);
    Some(away.min(1440.0 - away))
}

fn is_same_moment(habit: &Habit, routine: &Routine) -> bool {
    match &routine.moment {
        Moment::At { jitter_min, .. } => {
            let is_near = time_error(habit, routine).is_some_and(|error| error <= (1.2 * jitter_min).max(15.0));
            is_near && 0.6 <= overlap(habit.when.days, routine.days)
        }
        Moment::Sun { is_set, minute, .. } => {
            let state = if *is_set { "below_horizon" } else { "above_horizon" };
            let is_sun = habit.when.trigger.as_ref().is_some_and(|(id, to)| id.as_str() == "sun.sun" && to == state);
            is_sun && habit.when.within_s.is_some_and(|within| (within as f64 / 60.0 - minute).abs() <= 20.0)
        }
        Moment::After { entity, state, delay_s, .. } => {
            let is_trigger = habit.when.trigger.as_ref().is_some_and(|(id, to)| id.as_str() == entity && to == state);
            let within = habit.when.within_s.unwrap_or(0) as f64;
            let is_near = (within - delay_s).abs() <= 60.0 || (0.5..=2.0).contains(&(within / delay_s));
            is_trigger && is_near && 0.6 <= overlap(habit.when.days, routine.days)
        }
    }
}

fn is_same_condition(habit: &Habit, routine: &Routine) -> bool {
    let conditions = &habit.when.conditions;
    let Some(only) = &routine.only else {
        return habit.kind != HabitKind::Condition;
    };
    let is = |condition: &Condition| match (only, condition) {
        (Only::Dark, Condition::Dark) => true,
        (Only::Colder(degrees), Condition::Below(id, _, below)) => {
            is_outdoor(id.as_str()) && (below - degrees).abs() <= 3.0
        }
        (Only::Warmer(degrees), Condition::Above(id, _, above)) => {
            is_outdoor(id.as_str()) && (above - degrees).abs() <= 3.0
        }
        (Only::Nobody, Condition::State(id, is)) => id.as_str().starts_with("person.") && is == "not_home",
        _ => false,
    };
    conditions.iter().any(is)
}

fn is_outdoor(id: &str) -> bool {
    matches!(id, "sensor.outdoor" | "weather.home")
}

fn overlap(one: Days, other: Days) -> f64 {
    let both = (one.bits() & other.bits()).count_ones();
    f64::from(both) / f64::from((one.bits() | other.bits()).count_ones().max(1))
}

/// What kind of routine a wrong habit claims to be.
pub(crate) fn claimed(habit: &Habit) -> Kind {
    match (habit.kind, &habit.when.trigger) {
        (HabitKind::Preference, _) => Kind::Preference,
        (HabitKind::Condition, _) => Kind::Condition,
        (_, Some((id, _))) if id.as_str() == "sun.sun" => Kind::Sun,
        (_, Some((id, _))) if *id == habit.entity => Kind::Length,
        (_, Some(_)) => Kind::Sequence,
        (_, None) => Kind::Time,
    }
}
