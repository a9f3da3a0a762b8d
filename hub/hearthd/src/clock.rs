//! The only place that asks the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use mind::reply::Civil;

/// Milliseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The time, real or simulated. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    simulated: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// A clock that stands still until it is moved.
    pub(crate) fn simulated(at_ms: i64) -> Self {
        Self { simulated: Some(Arc::new(AtomicI64::new(at_ms))) }
    }

    /// Milliseconds since 1970 UTC.
    pub(crate) fn now_ms(&self) -> i64 {
        self.simulated.as_ref().map_or_else(now_ms, |at| at.load(Ordering::SeqCst))
    }

    /// Moves a simulated clock; a real one goes by itself.
    pub(crate) fn advance(&self, ms: i64) {
        if let Some(at) = &self.simulated {
            at.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

/// A point to measure from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Since it was started.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Since it was started, in milliseconds.
    pub(crate) fn ms(self) -> f64 {
        self.elapsed().as_secs_f64() * 1000.0
    }
}

/// Time of day and date at a moment, in the zone of the system.
pub(crate) fn civil(at_ms: i64) -> Civil {
    let moment = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let local = moment.to_zoned(jiff::tz::TimeZone::system());
    Civil {
        year: local.year(),
        month: local.month(),
        day: local.day(),
        weekday: local.weekday().to_monday_one_offset(),
        hour: local.hour(),
        minute: local.minute(),
    }
}
