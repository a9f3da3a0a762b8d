//! What rings or is told to everyone in the house. Says what it is, not how or where it is heard.

use crate::{AreaId, Lang, MovingTimer};

/// What rings or is told to everyone in the house.
#[derive(Clone, Debug)]
pub enum Ring {
    /// A kitchen timer.
    Timer(MovingTimer),
    /// Anything else.
    Notice(Notice),
}

/// Something that is told to everyone in the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When it was told, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What it is about.
    pub kind: NoticeKind,
    /// The id of what is scheduled, if it is that.
    pub schedule: Option<String>,
    /// The words.
    pub said: String,
    /// Their language.
    pub lang: Lang,
    /// Where it is to be said; everywhere if empty.
    pub areas: Vec<AreaId>,
    /// By how many seconds it is late.
    pub late_s: u64,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// An alarm rings.
    Alarm,
    /// A reminder is due.
    Reminder,
    /// Something that was scheduled was done.
    Schedule,
    /// Something that was scheduled did not happen.
    NotDone,
    /// A person tells everyone something.
    Broadcast,
    /// An alarm panel, smoke, gas or water.
    Danger,
    /// A routine that the household might want.
    Suggestion,
    /// Something that is otherwise than usual.
    Hint,
    /// A kitchen timer that rang while the hub was down.
    Timer,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Timer,
        Self::Alarm,
        Self::Reminder,
        Self::Schedule,
        Self::NotDone,
        Self::Broadcast,
        Self::Danger,
        Self::Suggestion,
        Self::Hint,
    ];

    /// The word for it in interfaces and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Reminder => "reminder",
            Self::Schedule => "schedule",
            Self::NotDone => "not_done",
            Self::Broadcast => "broadcast",
            Self::Danger => "danger",
            Self::Suggestion => "suggestion",
            Self::Hint => "hint",
            Self::Timer => "timer",
        }
    }
}
