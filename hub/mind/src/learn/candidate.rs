//! What may be a habit: one explanation of some of what was done, with how well it explains it.
//!
//! Says nothing of how it was found.

use house::{Days, EntityId};

/// When a habit happens.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// On which days.
    pub days: Days,
    /// At which minute of the day by the clock.
    pub at_min: Option<u32>,
    /// How far the times lie apart, in minutes.
    pub spread_min: Option<f64>,
    /// What comes before it: an entity and the state it came to.
    pub trigger: Option<(EntityId, String)>,
    /// How long after that, in seconds; before it if negative.
    pub within_s: Option<i64>,
    /// What else must be so.
    pub conditions: Vec<Condition>,
}

impl When {
    /// Whether it is only at some hours, on some days, or where something else is so.
    pub(super) fn has_conditions(&self) -> bool {
        !self.conditions.is_empty() || self.days != Days::ALL
    }
}

/// What must be so for a habit.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// From sunset to sunrise.
    Dark,
    /// From sunrise to sunset.
    Light,
    /// A measured value is above that.
    Above(EntityId, &'static str, f64),
    /// A measured value is below that.
    Below(EntityId, &'static str, f64),
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

/// An explanation of some of what was done.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) when: When,
    /// Which acts of the action it explains.
    pub(super) explains: Vec<usize>,
    pub(super) hits: usize,
    pub(super) opportunities: usize,
    /// How often it will happen at the least, as a share of its opportunities.
    pub(super) confidence: f64,
    /// How many opportunities there were after it happened last.
    pub(super) misses_since: usize,
    /// How long after its trigger it is in the middle, in seconds; none if it has none.
    pub(super) middle_s: Option<i64>,
    pub(super) first_s: i64,
    pub(super) last_s: i64,
    /// How much better it explains the acts than chance, in nats.
    pub(super) score: f64,
    /// How many times likelier it makes them.
    pub(super) lift: f64,
    /// How sure it is that it is no chance, in nats.
    pub(super) evidence: f64,
}
