//! What clock and calendar show where the house stands, as numbers for a sentence.

use super::calendar::local;
use super::time_context::TimeContext;

/// Time of day and date where the house stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year.
    pub year: i16,
    /// Month, 1–12.
    pub month: i8,
    /// Day, 1–31.
    pub day: i8,
    /// Day of the week, 1 Monday – 7 Sunday.
    pub weekday: i8,
    /// Hour, 0–23.
    pub hour: i8,
    /// Minute, 0–59.
    pub minute: i8,
}

/// What clock and calendar show at a moment.
pub fn civil(at_ms: i64, around: &TimeContext) -> Civil {
    let local = local(at_ms, around);
    Civil {
        year: local.year(),
        month: local.month(),
        day: local.day(),
        weekday: local.weekday().to_monday_one_offset(),
        hour: local.hour(),
        minute: local.minute(),
    }
}
