//! When something shall happen: from the words of both languages to a moment, and from one time to the next.
//!
//! Pure: the time, the zone and the place are arguments. What can't be read to its last word is not guessed at.

mod calendar;
mod civil;
mod part;
mod phrase;
mod time_context;

use house::{DayTime, Days, Sun, TimeDoubt, Timing, Wall};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};

use crate::texts::times::{Half, Part};
use crate::words::{Word, words};

pub use calendar::{date, daylight, next, offset_s, sun_at};
pub use civil::{Civil, civil};
pub use time_context::{CLOCK_IS_SET_MS, Location, TimeContext};

use phrase::{Clock, Day, Phrase};

/// When something shall happen.
#[derive(Clone, Debug, PartialEq)]
pub enum ParsedTime {
    /// Then.
    At(Timing),
    /// Now, and it ends then.
    Until(Timing),
}

/// Whether all of these words are one time.
pub(crate) fn reads(words: &[Word]) -> bool {
    phrase::read(words).is_some_and(|phrase| phrase.is_one_time())
}

/// Whether the words ("in the morning") only say in which part of the day the time of a clock lies, said before.
pub(crate) fn tells_part_of(words: &[Word], clock: &[Word]) -> bool {
    let (Some(part), Some(clock)) = (phrase::read(words), phrase::read(clock)) else { return false };
    let is_part_only = part == Phrase { part: part.part, is_this: part.is_this, ..Phrase::default() };
    part.part.is_some() && is_part_only && clock.clock.is_some() && clock.part.is_none() && clock.half.is_none()
}

/// Reads when something shall happen. The moment it gives is always later than now.
///
/// # Errors
/// If a word is no part of a time, the time is past or more than 400 days ahead, or it depends on a clock, a place or a
/// time of day that is not known.
pub fn read(text: &str, around: &TimeContext) -> Result<ParsedTime, TimeDoubt> {
    let phrase = phrase::read(&words(text)).ok_or(TimeDoubt::Unreadable)?;
    let timing = timing(&phrase, around)?;
    let due = next(&timing, around.now_ms, around).ok_or(TimeDoubt::Past)?;
    if due <= around.now_ms || LATEST_MS < due.saturating_sub(around.now_ms) {
        return Err(TimeDoubt::Past);
    }
    Ok(match phrase.is_until {
        true => ParsedTime::Until(timing),
        false => ParsedTime::At(timing),
    })
}

/// Whether a time that was set is the one these words speak of ("the alarm at seven", "tomorrow's").
/// `None` if the words can't be read.
pub fn speaks_of(text: &str, timing: &Timing, due_ms: i64, around: &TimeContext) -> Option<bool> {
    let phrase = phrase::read(&words(text))?;
    if matches!(timing, Timing::Triggered(..)) {
        return Some(false);
    }
    let due = calendar::local(due_ms, around);
    let (minute_of_day, today) =
        (i32::from(due.hour()) * 60 + i32::from(due.minute()), calendar::local(around.now_ms, around).date());
    let clock_fits = phrase.clock.is_none_or(|clock| {
        minutes(clock, phrase.half, phrase.part).iter().any(|minute| minute.rem_euclid(DAY_MIN) == minute_of_day)
    });
    let part_fits = phrase.clock.is_some() || phrase.part.is_none_or(|part| part.holds(due.hour()));
    let day_fits = match (phrase.day, timing) {
        (Some(Day::Weekday { weekday, .. }), Timing::Weekly(days, _)) => days.has(weekday),
        (Some(day), _) => date_of(day, today).is_some_and(|date| date == due.date()),
        (None, _) => true,
    };
    let days_fit = match (phrase.every, timing) {
        (Some(every), Timing::Weekly(days, _)) => every.bits() & days.bits() != 0,
        (Some(_), Timing::At(_) | Timing::Wall(_) | Timing::Every(_) | Timing::Triggered(..)) => false,
        (None, _) => true,
    };
    let sun_fits = match (phrase.sun, timing) {
        (Some((sun, _)), Timing::Weekly(_, DayTime::Sun(own, _))) => sun == *own,
        (Some((sun, offset)), Timing::At(at)) => sun_at(due.date(), sun, around)
            .ok()
            .is_some_and(|risen| (risen + i64::from(offset) * 60_000 - at).abs() < 60_000),
        (Some(_), Timing::Weekly(..) | Timing::Wall(_) | Timing::Every(_) | Timing::Triggered(..)) => false,
        (None, _) => true,
    };
    Some(
        clock_fits
            && part_fits
            && day_fits
            && days_fit
            && sun_fits
            && phrase.length_s.is_none()
            && phrase.interval_s.is_none(),
    )
}

fn timing(phrase: &Phrase, around: &TimeContext) -> Result<Timing, TimeDoubt> {
    if !phrase.is_one_time() {
        return Err(TimeDoubt::Unreadable);
    }
    if let Some(seconds) = phrase.interval_s {
        return match (SHORTEST_INTERVAL_S..=LONGEST_S).contains(&seconds) {
            true => Ok(Timing::Every(seconds)),
            false => Err(TimeDoubt::Unreadable),
        };
    }
    if let Some(seconds) = phrase.length_s {
        return match (1..=LONGEST_S).contains(&seconds) {
            true => Ok(Timing::At(around.now_ms + i64::try_from(seconds * 1000).unwrap_or(i64::MAX / 2))),
            false => Err(TimeDoubt::Unreadable),
        };
    }
    if !around.is_clock_set() {
        return Err(TimeDoubt::NoClock);
    }
    match phrase.every {
        Some(days) => weekly(phrase, days, around),
        None => once(phrase, around),
    }
}

fn weekly(phrase: &Phrase, days: Days, around: &TimeContext) -> Result<Timing, TimeDoubt> {
    if phrase.day.is_some() {
        return Err(TimeDoubt::Unreadable);
    }
    if let Some((sun, offset)) = phrase.sun {
        around.location.ok_or(TimeDoubt::NoLocation)?;
        return match phrase.clock {
            Some(_) => Err(TimeDoubt::Unreadable),
            None => Ok(Timing::Weekly(days, DayTime::Sun(sun, offset))),
        };
    }
    let minute = usual_minute(phrase).ok_or(TimeDoubt::NoTimeOfDay)?;
    let days = if minute < DAY_MIN { days } else { days.after() };
    let (hour, minute) = hour_and_minute(minute);
    Ok(Timing::Weekly(days, DayTime::Clock { hour, minute }))
}

fn once(phrase: &Phrase, around: &TimeContext) -> Result<Timing, TimeDoubt> {
    let now = calendar::local(around.now_ms, around);
    let today = now.date();
    let date = phrase.day.map(|day| date_of(day, today).ok_or(TimeDoubt::Past)).transpose()?;
    if let Some((sun, offset)) = phrase.sun {
        return match phrase.clock {
            Some(_) => Err(TimeDoubt::Unreadable),
            None => at_sun(sun, offset, date, today, around),
        };
    }
    let wall = match (date, phrase.clock) {
        (None, Some(clock)) => soonest(clock, phrase, now).ok_or(TimeDoubt::Past)?,
        (Some(date), Some(clock)) if date == today => {
            let options = minutes(clock, phrase.half, phrase.part);
            options.into_iter().map(|minute| on(date, minute)).find(|wall| now < *wall).ok_or(TimeDoubt::Past)?
        }
        (Some(date), _) => on(date, usual_minute(phrase).ok_or(TimeDoubt::NoTimeOfDay)?),
        (None, None) => {
            let minute = usual_minute(phrase).ok_or(TimeDoubt::NoTimeOfDay)?;
            let wall = on(today, minute);
            // "In the morning", said at night, is the next one; "tonight" is never tomorrow's night.
            match (now < wall, phrase.is_this) {
                (true, _) => wall,
                (false, false) => on(today.saturating_add(1.day()), minute),
                (false, true) => return Err(TimeDoubt::NoTimeOfDay),
            }
        }
    };
    Ok(Timing::Wall(wall_of(wall)))
}

fn at_sun(sun: Sun, offset: i32, date: Option<Date>, today: Date, around: &TimeContext) -> Result<Timing, TimeDoubt> {
    let at = |date: Date| sun_at(date, sun, around).map(|at| at + i64::from(offset) * 60_000);
    let moment = match date {
        Some(date) => at(date)?,
        None => match at(today)? {
            at if around.now_ms < at => at,
            _ => at(today.saturating_add(1.day()))?,
        },
    };
    match around.now_ms < moment {
        true => Ok(Timing::At(moment)),
        false => Err(TimeDoubt::Past),
    }
}

/// A time without a day is the next one that the clock shows.
fn soonest(clock: Clock, phrase: &Phrase, now: DateTime) -> Option<DateTime> {
    let options = minutes(clock, phrase.half, phrase.part);
    let days = [0, 1].into_iter().filter(|day| *day == 0 || !phrase.is_this);
    let walls =
        days.flat_map(|day| options.iter().map(move |minute| on(now.date().saturating_add(day.days()), *minute)));
    walls.filter(|wall| now < *wall).min()
}

/// The time of day where no day helps to choose: what people mean by it, or the usual time of a part of the day.
fn usual_minute(phrase: &Phrase) -> Option<i32> {
    let Some(clock) = phrase.clock else { return phrase.part.map(Part::usual_minute) };
    let options = minutes(clock, phrase.half, phrase.part);
    // Of "at five" and "at three", said of another day, people mean the one at which they are awake.
    options
        .iter()
        .copied()
        .find(|minute| (EARLIEST_MIN..EARLIEST_MIN + DAY_MIN / 2).contains(minute))
        .or(options.first().copied())
}

/// The minutes of the day a clock time may mean; two if nothing tells which half of the day. May be past midnight.
fn minutes(clock: Clock, half: Option<Half>, part: Option<Part>) -> Vec<i32> {
    let Clock { hour, minute, is_sure } = clock;
    let at = |hour: i32| vec![hour * 60 + minute];
    let is_twelve_hours = !is_sure && (1..=12).contains(&hour);
    if !is_twelve_hours {
        return at(hour);
    }
    match (half, part) {
        (Some(Half::Am), _) => at(hour % 12),
        (Some(Half::Pm), _) => at(hour % 12 + 12),
        (None, Some(Part::Dawn)) => at(hour % 12),
        (None, Some(Part::Morning)) => at(hour),
        (None, Some(Part::Noon)) if 10 <= hour => at(hour),
        (None, Some(Part::Noon | Part::Afternoon)) => at(hour % 12 + 12),
        (None, Some(Part::Evening | Part::Night)) if hour == 12 => at(24),
        (None, Some(Part::Night)) if hour < 5 => at(hour + 24),
        (None, Some(Part::Evening | Part::Night)) => at(hour + 12),
        (None, None) => vec![hour % 12 * 60 + minute, (hour % 12 + 12) * 60 + minute],
    }
}

fn date_of(day: Day, today: Date) -> Option<Date> {
    match day {
        Day::After(days) => today.checked_add(days.days()).ok(),
        Day::Weekday { weekday, is_next_week } => {
            let own = today.weekday().to_monday_one_offset();
            let ahead = (i32::from(weekday) - i32::from(own)).rem_euclid(7);
            let days = match is_next_week {
                true => 7 - i32::from(own) + i32::from(weekday),
                false => ahead,
            };
            today.checked_add(days.days()).ok()
        }
        Day::OfMonth(day) => {
            let this_month = Date::new(today.year(), today.month(), day).ok().filter(|date| today <= *date);
            let next_month = || {
                let first = today.first_of_month().checked_add(1.month()).ok()?;
                Date::new(first.year(), first.month(), day).ok()
            };
            this_month.or_else(next_month)
        }
        Day::OfYear(month, day) => {
            let in_year = |year: i16| Date::new(year, month, day).ok();
            in_year(today.year()).filter(|date| today <= *date).or_else(|| in_year(today.year() + 1))
        }
    }
}

fn on(date: Date, minute: i32) -> DateTime {
    let date = date.saturating_add(minute.div_euclid(DAY_MIN).days());
    let (hour, minute) = hour_and_minute(minute);
    date.at(hour, minute, 0, 0)
}

fn hour_and_minute(minute: i32) -> (i8, i8) {
    let minute = minute.rem_euclid(DAY_MIN);
    // Both fit: a day has 24 hours and an hour 60 minutes.
    ((minute / 60) as i8, (minute % 60) as i8)
}

fn wall_of(at: DateTime) -> Wall {
    Wall { year: at.year(), month: at.month(), day: at.day(), hour: at.hour(), minute: at.minute() }
}

const DAY_MIN: i32 = 24 * 60;
/// Before this people sleep.
const EARLIEST_MIN: i32 = 5 * 60;
/// Anything more often is a storm.
const SHORTEST_INTERVAL_S: u64 = 60;
const LONGEST_S: u64 = 366 * 24 * 3600;
const LATEST_MS: i64 = 400 * 24 * 3_600_000;

#[cfg(test)]
mod tests;
