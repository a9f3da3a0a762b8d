//! What is learned from: one remembered change of a thing, with who or what caused it.
//!
//! Says nothing of where it is kept.

use crate::{Attributes, Cause, EntityId, PersonId};

/// One change of a thing, as it is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How far the clocks of the house were ahead of UTC then, in seconds.
    pub offset_s: i32,
    /// What changed.
    pub entity: EntityId,
    /// Its state afterwards, in Home Assistant's word; none if only attributes were told.
    pub state: Option<String>,
    /// What was told with it.
    pub attributes: Attributes,
    /// Why it changed.
    pub cause: Cause,
    /// Who did it, if that is known.
    pub person: Option<PersonId>,
}
