//! What is learned from small, plain pasts.

use house::{Action, Attributes, Cause, EntityId, Evidence, HabitKind, House};

use super::{Timeline, learn};

const DAY_MS: i64 = 86_400_000;
/// 2026-01-05, a Monday.
const MONDAY_MS: i64 = 1_767_571_200_000;

fn event(day: i64, minute: f64, entity: &str, state: &str) -> Evidence {
    Evidence {
        at_ms: MONDAY_MS + day * DAY_MS + (minute * 60_000.0) as i64,
        offset_s: 0,
        entity: EntityId::new(entity),
        state: Some(state.to_owned()),
        attributes: Attributes::new(),
        cause: Cause::Device,
        person: None,
    }
}

/// A number from 0 to 1 that looks drawn, the same each time.
fn drawn(seed: i64) -> f64 {
    let mixed = (seed + 1).wrapping_mul(2_654_435_761).rem_euclid(1_000_003);
    mixed as f64 / 1_000_003.0
}

fn until(day: i64) -> i64 {
    MONDAY_MS + day * DAY_MS
}

#[test]
fn a_fan_that_goes_off_after_ten_minutes_has_a_length() {
    let mut events = Vec::new();
    for day in 0..40 {
        let minute = 400.0 + 900.0 * drawn(day);
        events.push(event(day, minute, "fan.bathroom", "on"));
        events.push(event(day, minute + 9.5 + drawn(day + 100), "fan.bathroom", "off"));
    }
    let habits = learn(&Timeline::of(&events, until(40)), &House::default());
    let length = habits.iter().find(|habit| habit.action == Action::TurnOff).unwrap();
    assert_eq!(length.kind, HabitKind::Sequence);
    assert!(length.when.within_s.is_some_and(|length| (570..=630).contains(&length)), "{length:?}");
}

#[test]
fn a_light_that_follows_movement_in_the_dark_has_a_condition() {
    let mut events = vec![event(0, 0.5, "sun.sun", "below_horizon")];
    for day in 0..60 {
        events.push(event(day, 420.0, "sun.sun", "above_horizon"));
        // The days grow longer, so that no hour of the clock tells as well.
        let sunset = 1000.0 + 3.0 * day as f64;
        events.push(event(day, sunset, "sun.sun", "below_horizon"));
        for step in 0..23 {
            let minute = 425.0 + 41.0 * step as f64 + 30.0 * drawn(day * 24 + step);
            events.push(event(day, minute, "binary_sensor.bathroom_motion", "on"));
            events.push(event(day, minute + 1.0, "binary_sensor.bathroom_motion", "off"));
            if sunset < minute && (day + step) % 6 != 0 {
                events.push(event(day, minute + 0.2 + drawn(day + step), "switch.kettle", "on"));
                events.push(event(day, minute + 4.0 + 10.0 * drawn(day * step), "switch.kettle", "off"));
            }
        }
    }
    events.sort_by_key(|event| event.at_ms);
    let habits = learn(&Timeline::of(&events, until(60)), &House::default());
    let on = habits.iter().find(|habit| habit.action == Action::TurnOn).unwrap();
    assert_eq!(on.kind, HabitKind::Condition, "{habits:#?}");
    assert_eq!(on.when.trigger.as_ref().unwrap().0.as_str(), "binary_sensor.bathroom_motion");
    assert_eq!(on.when.conditions, [house::Condition::Dark]);
}

#[test]
fn what_a_routine_would_have_done_stands_beside_what_was_done() {
    let mut events = Vec::new();
    for day in 0..40 {
        if day % 10 != 3 {
            events.push(event(day, 420.0 + 4.0 * drawn(day), "light.kitchen", "on"));
        }
        events.push(event(day, 540.0 + 200.0 * drawn(day + 50), "light.kitchen", "off"));
    }
    let habits = learn(&Timeline::of(&events, until(40)), &House::default());
    let on = habits.iter().find(|habit| habit.action == Action::TurnOn).unwrap();
    let past = super::look_back(&Timeline::of(&events, until(40)), &House::default(), &[on], 14);
    let [days] = past.as_slice() else { panic!("one habit, {} pasts", past.len()) };
    assert_eq!(days.len(), 14);
    assert!(days.iter().all(|day| day.would_min.len() == 1 && day.done_min.len() <= 1));
    let wrong: Vec<i64> = days.iter().filter(|day| day.wrong == 1).map(|day| day.day - days[0].day + 26).collect();
    assert_eq!(wrong, [33], "on one day of the fourteen nobody did it");
}

/// A light that is switched on and off again on most days, at about a minute that may depend on the day.
fn mornings(days: i64, minute: impl Fn(i64) -> f64) -> Vec<Evidence> {
    let mut events = vec![event(0, 0.5, "sun.sun", "below_horizon")];
    for day in 0..days {
        // The days grow longer by four minutes each, as in spring.
        let (sunrise, sunset) = (480.0 - 2.0 * day as f64, 1000.0 + 2.0 * day as f64);
        events.push(event(day, sunrise, "sun.sun", "above_horizon"));
        events.push(event(day, sunset, "sun.sun", "below_horizon"));
        if day % 6 != 4 {
            let minute = minute(day) + 16.0 * drawn(day) - 8.0;
            events.push(event(day, minute, "switch.kettle", "on"));
            events.push(event(day, minute + 60.0 + 200.0 * drawn(day + 50), "switch.kettle", "off"));
        }
    }
    events.sort_by_key(|event| event.at_ms);
    events
}

#[test]
fn a_time_that_was_put_earlier_is_known_two_weeks_later_and_does_not_go_by_the_sun() {
    let events = mornings(60, |day| if day < 46 { 430.0 } else { 370.0 });
    let habits = learn(&Timeline::of(&events, until(60)), &House::default());
    let on: Vec<_> = habits.iter().filter(|habit| habit.action == Action::TurnOn).collect();
    assert_eq!(on.len(), 1, "{on:#?}");
    assert!(on[0].when.at_min.is_some_and(|at| (360..=380).contains(&at)), "{on:#?}");
}

#[test]
fn a_weekend_time_that_moved_by_less_than_an_hour_is_known_after_two_weekends() {
    let mut events = Vec::new();
    for day in 0..70 {
        // Others go on with their lives, so that every day tells something.
        events.push(event(day, 400.0 + 900.0 * drawn(day + 200), "light.hall", "on"));
        events.push(event(day, 1310.0 + 120.0 * drawn(day + 300), "light.hall", "off"));
        if 5 <= day % 7 {
            let minute = if day < 56 { 660.0 } else { 610.0 } + 40.0 * drawn(day) - 20.0;
            events.push(event(day, minute, "cover.study", "open"));
            events.push(event(day, minute + 60.0 + 400.0 * drawn(day + 50), "cover.study", "closed"));
        }
    }
    events.sort_by_key(|event| event.at_ms);
    let habits = learn(&Timeline::of(&events, until(70)), &House::default());
    let open: Vec<_> = habits.iter().filter(|habit| habit.action == Action::OpenCover).collect();
    assert_eq!(open.len(), 1, "{open:#?}");
    assert_eq!(open[0].when.days, house::Days::WEEKEND);
    assert!(open[0].when.at_min.is_some_and(|at| (595..=625).contains(&at)), "{open:#?}");
}

#[test]
fn what_is_done_before_sunrise_is_done_on_that_day() {
    let mut events = vec![event(0, 0.5, "sun.sun", "below_horizon")];
    for day in 0..70 {
        let sunrise = 500.0 - 2.0 * day as f64;
        events.push(event(day, sunrise, "sun.sun", "above_horizon"));
        events.push(event(day, 1000.0 + 2.0 * day as f64, "sun.sun", "below_horizon"));
        if day % 7 < 5 {
            events.push(event(day, sunrise - 30.0 + 10.0 * drawn(day), "light.garden", "on"));
            events.push(event(day, sunrise + 60.0 + 400.0 * drawn(day + 50), "light.garden", "off"));
        }
    }
    events.sort_by_key(|event| event.at_ms);
    let habits = learn(&Timeline::of(&events, until(70)), &House::default());
    let on = habits.iter().find(|habit| habit.action == Action::TurnOn).unwrap();
    assert_eq!(on.when.trigger.as_ref().unwrap().0.as_str(), "sun.sun", "{on:#?}");
    assert_eq!(on.when.days, house::Days::WEEKDAYS, "{on:#?}");
}

#[test]
fn what_ended_in_spring_does_not_happen_when_it_is_dark() {
    let events = mornings(60, |day| if day < 20 { 425.0 } else { 600.0 + 700.0 * drawn(day + 7) });
    let habits = learn(&Timeline::of(&events, until(60)), &House::default());
    let on: Vec<_> = habits.iter().filter(|habit| habit.action == Action::TurnOn).collect();
    assert!(on.is_empty(), "{on:#?}");
}

#[test]
fn a_light_that_follows_a_door_follows_its_opening() {
    let mut events = Vec::new();
    for visit in 0..120 {
        let (day, minute) = (visit / 3, 420.0 + 280.0 * (visit % 3) as f64 + 200.0 * drawn(visit));
        events.push(event(day, minute, "binary_sensor.front_door", "on"));
        events.push(event(day, minute + 0.2, "binary_sensor.front_door", "off"));
        events.push(event(day, minute + 0.5 + 2.5 * drawn(visit + 300), "light.hall", "on"));
        events.push(event(day, minute + 10.0 + 40.0 * drawn(visit + 600), "light.hall", "off"));
    }
    events.sort_by_key(|event| event.at_ms);
    let habits = learn(&Timeline::of(&events, until(40)), &House::default());
    let on: Vec<_> = habits.iter().filter(|habit| habit.action == Action::TurnOn).collect();
    assert_eq!(on.len(), 1, "{on:#?}");
    assert_eq!(on[0].when.trigger, Some((EntityId::new("binary_sensor.front_door"), "on".to_owned())));
}

#[test]
fn what_is_only_on_at_weekends_is_switched_off_at_weekends() {
    let mut events = Vec::new();
    for day in (0..84).filter(|day| 5 <= day % 7) {
        events.push(event(day, 600.0 + 400.0 * drawn(day), "switch.heater", "on"));
        events.push(event(day, 1320.0 + 20.0 * drawn(day + 100), "switch.heater", "off"));
    }
    // Others go on with their lives, so that every day tells something.
    for day in 0..84 {
        events.push(event(day, 400.0 + 900.0 * drawn(day + 200), "light.hall", "on"));
        events.push(event(day, 1310.0 + 120.0 * drawn(day + 300), "light.hall", "off"));
    }
    events.sort_by_key(|event| event.at_ms);
    let habits = learn(&Timeline::of(&events, until(84)), &House::default());
    let is_off = |habit: &&super::Habit| habit.entity.as_str() == "switch.heater" && habit.action == Action::TurnOff;
    let off = habits.iter().find(is_off).unwrap();
    assert_eq!(off.when.days, house::Days::WEEKEND, "{off:#?}");
}

/// A light that is switched on at seven by the clock on most days, with what else is told of each day.
fn sevens(days: std::ops::Range<i64>, offset_s: impl Fn(i64) -> i32) -> Vec<Evidence> {
    let by_clock = |day: i64, minute: f64, entity: &str, state: &str| {
        let offset_s = offset_s(day);
        let at = event(day, minute, entity, state);
        Evidence { at_ms: at.at_ms - i64::from(offset_s) * 1000, offset_s, ..at }
    };
    let mut events = Vec::new();
    for day in days {
        if day % 8 != 3 {
            events.push(by_clock(day, 415.0 + 10.0 * drawn(day), "light.kitchen", "on"));
        }
        events.push(by_clock(day, 540.0 + 400.0 * drawn(day + 50), "light.kitchen", "off"));
        events.push(by_clock(day, 430.0 + 900.0 * drawn(day + 200), "light.hall", "on"));
        events.push(by_clock(day, 1331.0 + 100.0 * drawn(day + 300), "light.hall", "off"));
    }
    events.sort_by_key(|event| event.at_ms);
    events
}

/// The only habit of the kitchen light being switched on.
fn only_seven(events: &[Evidence], until_day: i64) -> super::Habit {
    let habits = learn(&Timeline::of(events, until(until_day)), &House::default());
    let is_on = |habit: &super::Habit| habit.entity.as_str() == "light.kitchen" && habit.action == Action::TurnOn;
    let on: Vec<_> = habits.into_iter().filter(is_on).collect();
    let [only] = on.as_slice() else { panic!("{on:#?}") };
    assert!(only.when.at_min.is_some_and(|at| (415..=425).contains(&at)), "{only:#?}");
    only.clone()
}

#[test]
fn a_time_by_the_clock_stays_where_it_is_when_the_clocks_change() {
    let same = only_seven(&sevens(0..60, |_| 3600), 60);
    let changed = only_seven(&sevens(0..60, |day| if day < 50 { 3600 } else { 7200 }), 60);
    assert_eq!((changed.when, changed.support), (same.when, same.support));
}

#[test]
fn a_journey_and_a_hub_that_was_off_are_no_opportunities_and_end_no_habit() {
    let home = only_seven(&sevens(0..60, |_| 0), 60);
    let mut away = sevens(0..40, |_| 0);
    away.insert(0, event(0, 0.0, "person.ann", "home"));
    away.push(event(39, 1439.0, "person.ann", "not_home"));
    // Nobody is at home for twenty days; what measures goes on.
    away.extend((40..60).map(|day| event(day, 600.0, "sensor.outdoor", "5")));
    let (away, off) = (only_seven(&away, 60), only_seven(&sevens(0..40, |_| 0), 60));
    assert_eq!((away.support, away.opportunities), (off.support, off.opportunities));
    assert_eq!((home.support, home.opportunities), (52, 60));
    assert_eq!((off.support, off.opportunities), (35, 40));
}
