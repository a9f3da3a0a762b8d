//! What "at nine" depends on: the moment, the zone and the place of the house.

use jiff::tz::TimeZone;

/// Where the house stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// What "at nine" depends on.
#[derive(Clone, Debug)]
pub struct TimeContext {
    /// Now, in milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// The time zone of the house.
    pub zone: TimeZone,
    /// Where the house stands, if that is known.
    pub location: Option<Location>,
}

impl TimeContext {
    /// Whether the clock has been set; a board without a clock of its own begins in 1970.
    pub fn is_clock_set(&self) -> bool {
        CLOCK_IS_SET_MS <= self.now_ms
    }
}

/// A clock that shows less than this has not been set.
pub const CLOCK_IS_SET_MS: i64 = 1_704_067_200_000;
