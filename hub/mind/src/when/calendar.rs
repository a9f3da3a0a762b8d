//! Calendar and sun: from a timing to its next moment, with daylight saving and the seasons in it.

use chrono::NaiveDate;
use house::{DayTime, Daylight, Sun, TimeDoubt, Timing, Wall};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan as _};
use sunrise::{Coordinates, DawnType, SolarDay, SolarEvent};

use super::time_context::TimeContext;

/// The first moment of a timing after another one, in milliseconds since 1970 UTC. `None` if there is none.
pub fn next(timing: &Timing, after_ms: i64, around: &TimeContext) -> Option<i64> {
    match timing {
        Timing::At(at) => Some(*at),
        Timing::Wall(wall) => moment(date_time(*wall)?, around),
        // No clock tells when.
        Timing::Triggered(..) => Some(i64::MAX),
        Timing::Every(seconds) => after_ms.checked_add(i64::try_from(*seconds).ok()?.checked_mul(1000)?),
        Timing::Weekly(days, time) => {
            let today = local(after_ms, around).date();
            // From yesterday on, because a time by the sun may lie on the next day by the clock.
            (-1..=DAYS_AHEAD)
                .filter_map(|ahead: i32| today.checked_add(ahead.days()).ok())
                .filter(|date| days.has(date.weekday().to_monday_one_offset()))
                .find_map(|date| {
                    let at = match time {
                        DayTime::Clock { hour, minute } => moment(date.at(*hour, *minute, 0, 0), around)?,
                        DayTime::Sun(sun, offset) => sun_at(date, *sun, around).ok()? + i64::from(*offset) * 60_000,
                    };
                    (after_ms < at).then_some(at)
                })
        }
    }
}

/// When the sun does something on a day, in milliseconds since 1970 UTC.
///
/// # Errors
/// If the house stands nowhere, or the sun does no such thing on that day there.
pub fn sun_at(date: Date, sun: Sun, around: &TimeContext) -> Result<i64, TimeDoubt> {
    let location = around.location.ok_or(TimeDoubt::NoLocation)?;
    let place = Coordinates::new(location.latitude, location.longitude).ok_or(TimeDoubt::NoLocation)?;
    let (month, day) = (u32::from(date.month().unsigned_abs()), u32::from(date.day().unsigned_abs()));
    let day = NaiveDate::from_ymd_opt(i32::from(date.year()), month, day).ok_or(TimeDoubt::NoSuchSun)?;
    let event = match sun {
        Sun::Dawn => SolarEvent::Dawn(DawnType::Civil),
        Sun::Rise => SolarEvent::Sunrise,
        Sun::Set => SolarEvent::Sunset,
        Sun::Dusk => SolarEvent::Dusk(DawnType::Civil),
    };
    let at = SolarDay::new(place, day).event_time(event).ok_or(TimeDoubt::NoSuchSun)?;
    Ok(at.timestamp_millis())
}

/// The date that the calendar shows where the house stands.
pub fn date(around: &TimeContext) -> Date {
    local(around.now_ms, around).date()
}

/// How far the clocks of the house are ahead of UTC, in seconds.
pub fn offset_s(around: &TimeContext) -> i32 {
    let now = Timestamp::from_millisecond(around.now_ms).unwrap_or_default();
    around.zone.to_offset(now).seconds()
}

/// Whether it is day or night; `None` if the place is not known.
pub fn daylight(around: &TimeContext) -> Option<Daylight> {
    let today = local(around.now_ms, around).date();
    let (rise, set) = (sun_at(today, Sun::Rise, around).ok()?, sun_at(today, Sun::Set, around).ok()?);
    Some(if (rise..set).contains(&around.now_ms) { Daylight::Day } else { Daylight::Dark })
}

pub(super) fn local(at_ms: i64, around: &TimeContext) -> DateTime {
    Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(around.zone.clone()).datetime()
}

/// The moment at which the clock shows this: after a gap the clock is put forward, and of two the first counts.
fn moment(at: DateTime, around: &TimeContext) -> Option<i64> {
    at.to_zoned(around.zone.clone()).ok().map(|at| at.timestamp().as_millisecond())
}

fn date_time(wall: Wall) -> Option<DateTime> {
    DateTime::new(wall.year, wall.month, wall.day, wall.hour, wall.minute, 0, 0).ok()
}

/// In the far north the sun does not rise for half a year.
const DAYS_AHEAD: i32 = 200;
