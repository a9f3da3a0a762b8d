//! The one place that reads the clock.

use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "this file is where the clock is read")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn ms_since(then: Instant) -> f64 {
    now().duration_since(then).as_secs_f64() * 1000.0
}
