//! Timers: what to start and what to change. Counts no seconds.

use crate::AreaId;

/// A timer to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerStart {
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Where it belongs.
    pub area: Option<AreaId>,
    /// How long it runs, in seconds.
    pub seconds: u64,
}

/// What is to change about the timers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimerChange {
    /// Start one.
    Start(TimerStart),
    /// Remove these.
    Cancel(Vec<String>),
    /// Add so many seconds (less than zero: take away).
    Add(Vec<String>, i64),
    /// Pause these.
    Pause(Vec<String>),
    /// Go on with these.
    Resume(Vec<String>),
    /// Tell how long these have left.
    Tell(Vec<String>),
}
