//! What was learned of the household, as it is told to others.
//!
//! Learns nothing itself: that is `mind::learn`.

pub mod evidence_line;
pub mod habit_wire;
