//! What resolving may look at, and why it stops.

use house::{AreaId, EntityId, House, Intent, Lang, Miss, Question, Resolved};

use crate::when::TimeContext;

/// What resolving may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The house as it is.
    pub house: &'a House,
    /// Where the person is, if known.
    pub place: Option<&'a AreaId>,
    /// Entities of the last turn of this conversation.
    pub last: &'a [EntityId],
    /// Intents of the last turn of this conversation.
    pub last_intents: &'a [Intent],
    /// Whether the words speak of several things ("the blinds").
    pub is_plural: bool,
    /// The words as they were said.
    pub said: &'a str,
    /// Time, zone and place.
    pub around: &'a TimeContext,
    /// The language in which things are named to the person.
    pub lang: Lang,
}

#[cfg(test)]
impl<'a> Context<'a> {
    /// Nothing went before, and nobody says where they are.
    pub(crate) fn bare(house: &'a House, around: &'a TimeContext) -> Self {
        let (place, lang) = (None, Lang::En);
        Self { house, place, last: &[], last_intents: &[], is_plural: false, said: "", around, lang }
    }
}

/// Why nothing can be done yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stop {
    Ask(Question),
    Miss(Miss),
}

impl From<Stop> for Resolved {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Ask(question) => Self::Ask(question),
            Stop::Miss(miss) => Self::Miss(miss),
        }
    }
}
