//! Days as numbers since the first of 1970, and which weekday each is.
//!
//! Knows nothing of zones: the clock's time comes in.

use super::timeline::DAY_S;

/// The day of a moment by the clock.
pub(super) fn day_of(wall_s: i64) -> i64 {
    wall_s.div_euclid(DAY_S)
}

/// 0 Monday – 6 Sunday; the first day of 1970 was a Thursday.
pub(super) fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// 1 Monday – 7 Sunday.
pub(super) fn iso(day: i64) -> i8 {
    weekday(day) as i8 + 1
}
