//! One turn: what was said, what came of it, what was answered.

use crate::{Action, AreaId, Cause, EntityId, PersonId};

/// What a person said or typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// The words.
    pub text: String,
    /// `en` or `zh`; guessed from the script if missing.
    pub lang: Option<String>,
    /// Where it was said.
    pub place: Option<AreaId>,
    /// Which conversation it belongs to.
    pub conversation: String,
    /// Who said it.
    pub speaker: Speaker,
    /// How it came in.
    pub cause: Cause,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How it was heard; none if it was typed.
    pub hearing: Option<Hearing>,
}

/// How an utterance was heard by a recogniser.
#[derive(Clone, Debug, PartialEq)]
pub struct Hearing {
    /// How sure the recogniser is of the words, 0–1.
    pub confidence: f64,
    /// What else it may have been, likeliest first, each with how sure the recogniser is of it.
    pub alternatives: Vec<(String, f64)>,
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speaker {
    /// Someone the hub knows by a login or a token.
    Person(PersonId),
    /// Someone of whom only the way in is known.
    Someone(WayIn),
}

/// A way in that says nothing of who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WayIn {
    /// A request over MQTT.
    Mqtt,
    /// A satellite or another system that speaks the voice protocol.
    Voice,
    /// Home Assistant.
    HomeAssistant,
}

impl WayIn {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Voice, Self::HomeAssistant, Self::Mqtt];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Voice => "voice",
            Self::HomeAssistant => "home_assistant",
        }
    }

    /// The way in of a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|way| way.as_str() == text)
    }
}

/// How a device answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// The device reported the state asked for.
    Confirmed,
    /// It was in that state already; nothing was sent.
    Already,
    /// Sent to a device that reports nothing.
    Sent,
    /// The device did not report in time.
    TimedOut,
    /// It can't be reached, or the broker can't.
    Offline,
    /// The device reported another state, or said that it does not do it.
    Refused,
    /// There is no way to say it to the device; nothing was sent.
    Unable,
}

impl OutcomeKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Already => "already",
            Self::Sent => "sent",
            Self::TimedOut => "timed_out",
            Self::Offline => "offline",
            Self::Refused => "refused",
            Self::Unable => "unable",
        }
    }
}

/// What came of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Which entity.
    pub entity: EntityId,
    /// What was asked of it.
    pub action: Action,
    /// How it answered.
    pub kind: OutcomeKind,
    /// Whether a confirmed action is still on its way (a blind that moves).
    pub is_underway: bool,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Why it was refused, in the words of whoever refused it.
    pub reason: Option<String>,
    /// The messages that were sent for it, for the trace.
    pub sent: Vec<String>,
}

/// How a turn ended, in the words of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnOutcome {
    /// Something was done.
    Act,
    /// A question was answered.
    Answer,
    /// A question has to be answered by the person first.
    Ask,
    /// It was declined or can't be done.
    Refuse,
    /// It was not understood.
    NotUnderstood,
    /// It was no request for the house.
    NotForHouse,
}

impl TurnOutcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Answer => "answer",
            Self::Ask => "ask",
            Self::Refuse => "refuse",
            Self::NotUnderstood => "not_understood",
            Self::NotForHouse => "not_for_house",
        }
    }
}
