//! Why something is suggested, in a sentence with its evidence.
//!
//! Only says what a habit holds; what to do about it is asked elsewhere.

use house::{Action, Days, Domain, House};

use super::candidate::{Condition, When};
use super::{Habit, HabitKind};

/// The evidence of a habit in a sentence: "On 41 of the last 44 weekdays the Kitchen Light went on around 7:05."
pub fn why(habit: &Habit, house: &House) -> String {
    let name = name(habit.entity.as_str(), house);
    let (hits, of) = (habit.support, habit.opportunities);
    let done = done(habit);
    let also = also(&habit.when, house);
    match (habit.kind, habit.when.at_min, &habit.when.trigger) {
        (HabitKind::Preference, ..) => format!("{hits} of {of} times {name} was {done}{also}."),
        (_, Some(at), _) => {
            let around = around(at, habit.when.spread_min);
            format!("On {hits} of the last {of} {} {name} was {done} {around}{also}.", days(habit.when.days))
        }
        (_, None, Some((entity, state))) => {
            let within = length(habit.when.within_s.unwrap_or(0));
            let trigger = self::name(entity.as_str(), house);
            let on =
                if habit.when.days == Days::ALL { String::new() } else { format!(" on {}", days(habit.when.days)) };
            match entity == &habit.entity {
                true => format!("{hits} of {of} times {name} was {done} after {within}{on}{also}."),
                false => {
                    format!("{hits} of {of} times {name} was {done} {within} after {trigger} was {state}{on}{also}.")
                }
            }
        }
        (_, None, None) => format!("{hits} of {of} times {name} was {done}{also}."),
    }
}

fn name(id: &str, house: &House) -> String {
    let known = house.entities.get(&house::EntityId::new(id)).map(|entity| entity.name.clone());
    known.unwrap_or_else(|| id.split_once('.').map_or(id, |(_, object)| object).replace('_', " "))
}

fn done(habit: &Habit) -> String {
    let domain = habit.entity.as_str().split('.').next().and_then(Domain::parse).unwrap_or(Domain::Other);
    match &habit.action {
        Action::TurnOn => "turned on".to_owned(),
        Action::TurnOff => "turned off".to_owned(),
        Action::OpenCover | Action::OpenValve => "opened".to_owned(),
        Action::CloseCover | Action::CloseValve => "closed".to_owned(),
        Action::Lock => "locked".to_owned(),
        Action::SetTemperature(degrees) => format!("set to {degrees} degrees"),
        Action::SetHvacMode(mode) => format!("set to {}", mode.as_str()),
        Action::SetLight { brightness_pct: Some(pct), .. } => format!("at {pct} %"),
        Action::SetCoverPosition(pct) | Action::SetPercentage(pct) | Action::SetVolume(pct) => format!("at {pct} %"),
        Action::MediaPlay => "started".to_owned(),
        action => action.service(domain).split_once('.').map_or("used", |(_, verb)| verb).replace('_', " "),
    }
}

fn around(at: u32, spread_min: Option<f64>) -> String {
    let half = (1.5 * spread_min.unwrap_or(0.0)).round() as i64;
    match half < 2 {
        true => format!("at {}", clock(i64::from(at))),
        false => format!("between {} and {}", clock(i64::from(at) - half), clock(i64::from(at) + half)),
    }
}

fn clock(minute: i64) -> String {
    let minute = minute.rem_euclid(1440);
    format!("{}:{:02}", minute / 60, minute % 60)
}

fn length(seconds: i64) -> String {
    let (size, sign) = (seconds.abs(), if seconds < 0 { "minus " } else { "" });
    match size {
        0..=90 => format!("{sign}{size} seconds"),
        _ => format!("{sign}{} minutes", (size + 30) / 60),
    }
}

fn days(days: Days) -> String {
    match days {
        Days::ALL => "days".to_owned(),
        Days::WEEKDAYS => "weekdays".to_owned(),
        Days::WEEKEND => "weekend days".to_owned(),
        days => {
            let names = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];
            let has = |index: usize| days.bits() & (1 << index) != 0;
            let chosen: Vec<&str> =
                names.iter().enumerate().filter(|(index, _)| has(*index)).map(|(_, name)| *name).collect();
            chosen.join(", ")
        }
    }
}

fn also(when: &When, house: &House) -> String {
    let said: Vec<String> = when.conditions.iter().map(|condition| said(condition, house)).collect();
    if said.is_empty() { String::new() } else { format!(" when {}", said.join(" and ")) }
}

fn said(condition: &Condition, house: &House) -> String {
    match condition {
        Condition::Dark => "it was dark".to_owned(),
        Condition::Light => "it was light".to_owned(),
        Condition::Above(id, attribute, value) => {
            format!("{} was above {value}", measured(id.as_str(), attribute, house))
        }
        Condition::Below(id, attribute, value) => {
            format!("{} was below {value}", measured(id.as_str(), attribute, house))
        }
        Condition::State(id, state) => format!("{} was {}", name(id.as_str(), house), state.replace('_', " ")),
        Condition::Clock(from, to) => {
            format!("it was between {} and {}", clock(i64::from(*from)), clock(i64::from(*to)))
        }
        Condition::Days(chosen) => format!("it was one of the {}", days(*chosen)),
        Condition::Any(any) => any.iter().map(|one| said(one, house)).collect::<Vec<_>>().join(" or "),
        Condition::Not(one) => format!("not {}", said(one, house)),
    }
}

fn measured(id: &str, attribute: &str, house: &House) -> String {
    let name = name(id, house);
    if attribute.is_empty() { name } else { format!("the {attribute} of {name}") }
}
