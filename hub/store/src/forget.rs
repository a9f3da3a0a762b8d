//! What of the things said is to be forgotten.

use house::TurnId;

/// What is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forget {
    /// One turn.
    Turn(TurnId),
    /// All that a person said.
    Person(String),
    /// All that was said before a moment, in milliseconds since 1970 UTC.
    Before(i64),
    /// Everything that was said.
    All,
}

impl Forget {
    /// Whether something that was said is meant.
    pub(super) fn means(&self, turn: &[u8], at_ms: i64, person: Option<&str>) -> bool {
        match self {
            Self::Turn(id) => id.as_str().as_bytes() == turn,
            Self::Person(id) => person == Some(id.as_str()),
            Self::Before(moment) => at_ms < *moment,
            Self::All => true,
        }
    }
}
