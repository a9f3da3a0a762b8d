//! Timers: what runs, what to start and what to change. Counts no seconds.

use crate::{AreaId, Speaker};

/// A timer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Where it belongs.
    pub area: Option<AreaId>,
    /// The length it was started with, in seconds.
    pub length_s: u64,
    /// Who started it; none if that was not kept, and then it is everyone's.
    pub asked_by: Option<Speaker>,
    /// When it rings.
    pub due: TimerDue,
}

/// When a timer rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerDue {
    /// At this moment, in milliseconds since 1970 UTC.
    At(i64),
    /// Never while it is paused; so many milliseconds are left.
    Paused(i64),
}

/// A timer to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerStart {
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Where it belongs.
    pub area: Option<AreaId>,
    /// How long it runs, in seconds.
    pub seconds: u64,
    /// Whose it is, if it is not of whoever starts it.
    pub asked_by: Option<Speaker>,
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

impl TimerChange {
    /// The timers that are changed.
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Start(_) => &[],
            Self::Cancel(ids) | Self::Add(ids, _) | Self::Pause(ids) | Self::Resume(ids) => ids,
            // To be told of one changes nothing.
            Self::Tell(_) => &[],
        }
    }
}
