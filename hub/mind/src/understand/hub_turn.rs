//! What the hub did or asked last, as the model is shown it.

use house::Slot;

/// The token before what went before.
pub const BEFORE: &str = "before";

/// What the hub did on the turn before, or what it asked and still waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubTurn {
    /// It did what was asked.
    Done,
    /// It answered a question.
    Answer,
    /// It said something of its own accord: a timer rings, a PIN was wrong.
    Said,
    /// It did not understand, or found nothing that fits.
    NotUnderstood,
    /// It asks which of several is meant.
    Which,
    /// It asks for a value of this slot.
    Value(Option<Slot>),
    /// It asks when.
    When,
    /// It asks whether it shall.
    Confirm,
    /// It asks for the PIN.
    Pin,
    /// It suggests what could become a routine.
    Suggest,
}

impl HubTurn {
    /// The token that stands for it.
    pub fn token(self) -> &'static str {
        match self {
            Self::Done => "hub=done",
            Self::Answer => "hub=answer",
            Self::Said => "hub=said",
            Self::NotUnderstood => "hub=not_understood",
            Self::Which => "hub=which",
            Self::Value(_) => "hub=value",
            Self::When => "hub=when",
            Self::Confirm => "hub=confirm",
            Self::Pin => "hub=pin",
            Self::Suggest => "hub=suggest",
        }
    }

    /// Every token that may stand for one.
    pub fn tokens() -> impl Iterator<Item = &'static str> {
        const ALL: [HubTurn; 10] = [
            HubTurn::Done,
            HubTurn::Answer,
            HubTurn::Said,
            HubTurn::NotUnderstood,
            HubTurn::Which,
            HubTurn::Value(None),
            HubTurn::When,
            HubTurn::Confirm,
            HubTurn::Pin,
            HubTurn::Suggest,
        ];
        ALL.into_iter().map(Self::token)
    }
}
