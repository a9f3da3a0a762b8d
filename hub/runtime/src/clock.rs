//! The only place that asks the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use mind::when::{Location, TimeContext};

/// Milliseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The time, real or simulated, and where the house stands. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    simulated: Option<Arc<Simulated>>,
    zone: Option<TimeZone>,
    location: Option<Location>,
}

#[derive(Debug, Default)]
struct Simulated {
    at_ms: AtomicI64,
    jumped_ms: AtomicI64,
}

impl Clock {
    /// The real clock in a house at that place; without a zone, in the system's.
    pub fn at_home(zone: Option<TimeZone>, location: Option<Location>) -> Self {
        Self { simulated: None, zone, location }
    }

    /// A clock that stands still until it is moved.
    pub fn simulated(at_ms: i64, zone: TimeZone, location: Option<Location>) -> Self {
        let simulated = Simulated { at_ms: AtomicI64::new(at_ms), jumped_ms: AtomicI64::new(0) };
        Self { simulated: Some(Arc::new(simulated)), zone: Some(zone), location }
    }

    /// Milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.simulated.as_ref().map_or_else(now_ms, |simulated| simulated.at_ms.load(Ordering::SeqCst))
    }

    /// A moment, with the zone and the place of the house.
    pub fn around(&self, at_ms: i64) -> TimeContext {
        // The system's zone is looked up anew each time, because it may be changed while the hub runs.
        TimeContext { now_ms: at_ms, zone: self.zone.clone().unwrap_or_else(TimeZone::system), location: self.location }
    }

    /// Moves a simulated clock; a real one goes by itself.
    pub fn advance(&self, ms: i64) {
        if let Some(simulated) = &self.simulated {
            simulated.at_ms.fetch_add(ms, Ordering::SeqCst);
        }
    }

    /// Sets a simulated clock, as the network sets a real one.
    pub fn set(&self, at_ms: i64) {
        if let Some(simulated) = &self.simulated {
            let before = simulated.at_ms.swap(at_ms, Ordering::SeqCst);
            simulated.jumped_ms.fetch_add(at_ms - before, Ordering::SeqCst);
        }
    }
}

/// Notices when the clock is set.
#[derive(Debug)]
pub struct Jumps {
    last_ms: i64,
    since: Stopwatch,
}

impl Jumps {
    /// Watches from now on.
    pub fn of(clock: &Clock) -> Self {
        Self { last_ms: clock.now_ms(), since: Stopwatch::start() }
    }

    /// By how much the clock was set since the last look, in milliseconds; 0 if it only went on.
    pub fn look(&mut self, clock: &Clock) -> i64 {
        let now_ms = clock.now_ms();
        let jump = match &clock.simulated {
            Some(simulated) => simulated.jumped_ms.swap(0, Ordering::SeqCst),
            None => now_ms - self.last_ms - i64::try_from(self.since.elapsed().as_millis()).unwrap_or(0),
        };
        *self = Self { last_ms: now_ms, since: Stopwatch::start() };
        if jump.abs() < SLIGHT_MS { 0 } else { jump }
    }
}

/// A point to measure from.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since it was started.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Since it was started, in milliseconds.
    pub fn ms(self) -> f64 {
        self.elapsed().as_secs_f64() * 1000.0
    }
}

/// Less than this is a clock being kept right.
const SLIGHT_MS: i64 = 10_000;
