//! The one place that reads the clock.

use std::time::Instant;

/// The time now, for measuring how long something takes.
#[expect(clippy::disallowed_methods, reason = "this file is where the clock is read")]
pub fn now() -> Instant {
    Instant::now()
}

/// Milliseconds since then.
pub fn ms_since(then: Instant) -> f64 {
    now().duration_since(then).as_secs_f64() * 1000.0
}
