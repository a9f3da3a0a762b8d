//! Moments and days as they stand in a sentence.

use house::{DayTime, Days, Lang, Sun};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::texts::{self, Message};
use crate::when::{Civil, TimeContext, civil};

/// The time of day by the clock.
pub(in crate::reply) fn time_of_day(hour: i8, minute: i8) -> String {
    format!("{hour}:{minute:02}")
}

/// Minutes away by their number, else day and clock.
pub(in crate::reply) fn moment(at_ms: i64, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let left_s = u64::try_from((at_ms - around.now_ms + 500) / 1000).unwrap_or(0);
    let is_near = around.now_ms < at_ms && left_s <= NEAR_S;
    if is_near {
        let left_s = if left_s < 600 { left_s } else { (left_s + 30) / 60 * 60 };
        return text.say(Message::InLength, &[("length", &text.wording().length(left_s.max(1)))]);
    }
    let ago_s = u64::try_from((around.now_ms - at_ms) / 1000).unwrap_or(0);
    if at_ms <= around.now_ms && ago_s < 10 {
        return text.text(Message::JustNow);
    }
    if at_ms < around.now_ms && ago_s <= NEAR_S {
        let ago_s = if ago_s < 60 { ago_s } else { ago_s / 60 * 60 };
        return text.say(Message::LengthAgo, &[("length", &text.wording().length(ago_s))]);
    }
    clock(at_ms, around, lang)
}

/// Day and clock.
pub(in crate::reply) fn clock(at_ms: i64, around: &TimeContext, lang: Lang) -> String {
    let (at, now) = (civil(at_ms, around), civil(around.now_ms, around));
    let date = |civil: Civil| Date::new(civil.year, civil.month, civil.day).unwrap_or_default();
    let days = [0, 1, -1].into_iter().find(|days: &i32| date(now).saturating_add(days.days()) == date(at));
    let is_this_week = (0..=6).any(|ahead: i32| date(now).saturating_add(ahead.days()) == date(at));
    let text = texts::of(lang);
    let time = time_of_day(at.hour, at.minute);
    match days {
        Some(0) => text.say(Message::TodayAt, &[("time", &time)]),
        Some(1) => text.say(Message::TomorrowAt, &[("time", &time)]),
        Some(_) => text.say(Message::YesterdayAt, &[("time", &time)]),
        None if is_this_week => {
            text.say(Message::WeekdayAt, &[("weekday", text.wording().weekday(at.weekday)), ("time", &time)])
        }
        None => {
            let month = text.wording().month(at.month);
            text.say(Message::DateAt, &[("day", &at.day.to_string()), ("month", &month), ("time", &time)])
        }
    }
}

/// Days of the week and a time of day.
pub(in crate::reply) fn weekly(days: Days, time: DayTime, lang: Lang) -> String {
    let text = texts::of(lang);
    let days = days_of(days, lang);
    match time {
        DayTime::Clock { hour, minute } => {
            text.say(Message::WeeklyAt, &[("days", &days), ("time", &time_of_day(hour, minute))])
        }
        DayTime::Sun(sun, offset) => {
            let name = text.text(match sun {
                Sun::Dawn => Message::SunDawn,
                Sun::Rise => Message::SunRise,
                Sun::Set => Message::SunSet,
                Sun::Dusk => Message::SunDusk,
            });
            let away = text.wording().length(u64::from(offset.unsigned_abs()) * 60);
            match offset.signum() {
                0 => text.say(Message::WeeklyAtSun, &[("days", &days), ("sun", &name)]),
                1 => text.say(Message::WeeklyAfterSun, &[("days", &days), ("sun", &name), ("length", &away)]),
                _ => text.say(Message::WeeklyBeforeSun, &[("days", &days), ("sun", &name), ("length", &away)]),
            }
        }
    }
}

/// Days of the week behind which a time stands.
pub(in crate::reply) fn days_of(days: Days, lang: Lang) -> String {
    let text = texts::of(lang);
    let fixed = [
        (Days::ALL, Message::EveryDay),
        (Days::WEEKDAYS, Message::EveryWorkday),
        (Days::WEEKEND, Message::EveryWeekend),
    ];
    if let Some((_, message)) = fixed.into_iter().find(|(set, _)| *set == days) {
        return text.text(message);
    }
    let names: Vec<String> =
        (1..=7).filter(|day| days.has(*day)).map(|day| text.wording().weekday(day).to_owned()).collect();
    text.say(Message::EveryWeekday, &[("weekdays", &text.wording().weekdays(&names))])
}

/// Up to here people think in minutes.
const NEAR_S: u64 = 90 * 60;
