//! What may be a habit: one explanation of some of what was done, with how well it explains it.
//!
//! Says nothing of how it was found.

use house::When;

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
    /// What it has taken the place of.
    pub(super) replaces: Option<Replaced>,
}

/// An old time of a habit that moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replaced {
    /// When it was done, in minutes of the day.
    pub(super) middle: f64,
}
