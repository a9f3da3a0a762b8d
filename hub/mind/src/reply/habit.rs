//! Why something is suggested: what the household does again and again, in a sentence with its evidence.
//!
//! Only says what a habit holds; what to do about it is asked elsewhere.

use house::{EntityId, Habit, HabitKind, House, Lang};

use crate::reply::wording::conditions::{all_of, clock, counted_days};
use crate::reply::wording::names::name_of;
use crate::texts::{self, Message};

/// The evidence of a habit: "On 41 of the last 44 weekdays Kitchen Light was turned on between 6:58 and 7:12."
pub fn habit(habit: &Habit, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let said = sentence(habit, house, lang);
    match habit.when.conditions.as_slice() {
        [] => text.say(Message::HabitPlain, &[("habit", &said)]),
        conditions => text.say(Message::HabitOnlyIf, &[("habit", &said), ("so", &all_of(conditions, house, lang))]),
    }
}

/// From when to when it is mostly done, in minutes of the day; nothing if it is by nothing of the clock.
pub fn habit_band(habit: &Habit) -> Option<(u32, u32)> {
    let at = habit.when.at_min?;
    Some(around(at, habit.when.spread_min).unwrap_or((at, at)))
}

/// A habit offered as a routine: its evidence, and the question.
pub fn suggestion(habit: &Habit, house: &House, lang: Lang) -> String {
    texts::of(lang).say(Message::HabitOffered, &[("habit", &self::habit(habit, house, lang))])
}

/// What is usual about now, and the question whether it shall be done.
pub fn recommendation(habit: &Habit, house: &House, lang: Lang) -> String {
    texts::of(lang).say(Message::HabitNow, &[("habit", &self::habit(habit, house, lang))])
}

/// The surest habits with their evidence, and how many there are besides.
pub fn habits(all: &[&Habit], house: &House, lang: Lang) -> String {
    let mut said: Vec<String> = all.iter().take(MOST_TOLD).map(|one| habit(one, house, lang)).collect();
    if let Some(more) = all.len().checked_sub(MOST_TOLD).filter(|more| 0 < *more) {
        said.push(texts::of(lang).say(Message::HabitsMore, &[("count", &more.to_string())]));
    }
    super::joined(&said, lang)
}

/// Whether what was learned of these shall be forgotten; of everything, if there are none.
pub fn forget_question(about: &[EntityId], house: &House, lang: Lang) -> String {
    match about {
        [] => texts::of(lang).text(Message::HabitsForget),
        about => texts::of(lang).say(Message::HabitsForgetOf, &[("names", &names(about, house, lang))]),
    }
}

/// Nothing more is learned of these.
pub fn ignored(about: &[EntityId], house: &House, lang: Lang) -> String {
    texts::of(lang).say(Message::HabitsIgnored, &[("names", &names(about, house, lang))])
}

fn names(ids: &[EntityId], house: &House, lang: Lang) -> String {
    let all: Vec<String> = ids.iter().map(|id| name_of(house, id)).collect();
    texts::of(lang).wording().and(&all)
}

fn sentence(habit: &Habit, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let wording = text.wording();
    let name = name_of(house, &habit.entity);
    let deed = wording.happened(&habit.action, &name);
    let (hits, of) = (habit.support.to_string(), habit.opportunities.to_string());
    let days = counted_days(habit.when.days, lang);
    let away_s = habit.when.within_s.unwrap_or(0);
    let length = wording.length(rounded(away_s.unsigned_abs()));
    let counted = [("hits", hits.as_str()), ("of", of.as_str()), ("days", days.as_str()), ("deed", deed.as_str())];
    let with = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        counted.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let say = |message, more: &[(&'static str, &str)]| {
        let all = with(more);
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text.say(message, &all)
    };
    match (&habit.when.trigger, habit.when.at_min) {
        _ if habit.kind == HabitKind::Preference => {
            say(Message::HabitValue, &[("name", &name), ("state", &wording.phrase(&habit.action).state)])
        }
        (_, Some(at)) => match around(at, habit.when.spread_min) {
            None => say(Message::HabitAt, &[("time", &clock(at))]),
            Some((from, to)) => say(Message::HabitBetween, &[("from", &clock(from)), ("to", &clock(to))]),
        },
        (Some((trigger, state)), None) if trigger.as_str() == "sun.sun" => {
            let sun = text.text(if state == "above_horizon" { Message::SunRise } else { Message::SunSet });
            match away_s {
                -60..=60 => say(Message::HabitSun, &[("sun", &sun)]),
                61.. => say(Message::HabitAfterSun, &[("sun", &sun), ("length", &length)]),
                _ => say(Message::HabitBeforeSun, &[("sun", &sun), ("length", &length)]),
            }
        }
        (Some((trigger, _)), None) if *trigger == habit.entity => say(Message::HabitLength, &[("length", &length)]),
        (Some((trigger, state)), None) => {
            let (names, be) = (name_of(house, trigger), wording.be(false));
            let so = text.say(Message::StateIs, &[("names", &names), ("be", be), ("state", &wording.state(state))]);
            say(Message::HabitAfter, &[("so", &so), ("length", &length)])
        }
        (None, None) => say(Message::HabitOther, &[]),
    }
}

/// From when to when it mostly was; nothing if it was always at the same minute.
fn around(at: u32, spread_min: Option<f64>) -> Option<(u32, u32)> {
    let half = (MOSTLY * spread_min.unwrap_or(0.0)).round() as i64;
    let minute = |away: i64| (i64::from(at) + away).rem_euclid(DAY_MIN) as u32;
    (LEAST_SPREAD_MIN <= half).then(|| (minute(-half), minute(half)))
}

/// Nobody counts the seconds of a quarter of an hour.
fn rounded(seconds: u64) -> u64 {
    if seconds < 90 { seconds } else { (seconds + 30) / 60 * 60 }
}

/// More than these can't be listened to.
const MOST_TOLD: usize = 3;
/// So many standard deviations hold most of it.
const MOSTLY: f64 = 1.5;
const LEAST_SPREAD_MIN: i64 = 2;
const DAY_MIN: i64 = 1440;
