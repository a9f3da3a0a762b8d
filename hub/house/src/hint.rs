//! Something about comfort or energy that is otherwise than this household is used to, with what shows it.
//!
//! Only says what is so; what it is compared with is learned elsewhere.

use crate::{Action, EntityId};

/// Something that is otherwise than usual, now.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// Which thing it is about.
    pub entity: EntityId,
    /// What is unusual about it, and what shows that.
    pub reason: HintReason,
    /// What would end it; none if the hub can't.
    pub action: Option<Action>,
}

/// Why something is unusual.
#[derive(Clone, Debug, PartialEq)]
pub enum HintReason {
    /// It is on and nobody is at home.
    LeftOn {
        /// How often it was off when nobody was at home.
        off: usize,
        /// Of how many times.
        of: usize,
    },
    /// It heats or cools while a window of the same area is open.
    WindowOpen {
        /// The window.
        window: EntityId,
    },
    /// It has been on or open for longer than it mostly is.
    Long {
        /// For so many seconds.
        for_s: u64,
        /// It was mostly not longer than so many seconds.
        mostly_s: u64,
        /// How many times were looked at.
        of: usize,
    },
    /// It measures what it did not at this time of the day.
    Unusual {
        /// What it measures.
        value: f64,
        /// The least that it measured, in the same unit.
        from: f64,
        /// The most.
        to: f64,
        /// On how many of the last days.
        days: usize,
    },
}

impl Hint {
    /// Its id: the same while it is so, and when it is so again.
    pub fn id(&self) -> String {
        format!("{}:{}", self.reason.as_str(), self.entity)
    }
}

impl HintReason {
    /// The words for all kinds, what wastes most first.
    pub const KINDS: [&str; 4] = ["window_open", "left_on", "long", "unusual"];

    /// The word for its kind.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::LeftOn { .. } => "left_on",
            Self::WindowOpen { .. } => "window_open",
            Self::Long { .. } => "long",
            Self::Unusual { .. } => "unusual",
        }
    }
}
