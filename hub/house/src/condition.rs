//! What else must be so for something to happen: of the sun, a measurement, a state, the clock.
//!
//! Only says what; whether it is so in a house is looked up elsewhere.

use crate::{Days, EntityId};

/// What must be so, as Home Assistant's conditions have it.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// From sunset to sunrise.
    Dark,
    /// From sunrise to sunset.
    Light,
    /// A measured value is above that: of an attribute, or of the state where its name is empty.
    Above(EntityId, String, f64),
    /// A measured value is below that: of an attribute, or of the state where its name is empty.
    Below(EntityId, String, f64),
    /// An entity is in that state.
    State(EntityId, String),
    /// By the clock, from that minute of the day up to that one, which may lie after midnight.
    Clock(u32, u32),
    /// On these days.
    Days(Days),
    /// Any one of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
}
