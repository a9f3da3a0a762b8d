//! What several replies say in the same words: names, times and what is scheduled.

pub(super) mod conditions;
pub(super) mod names;
pub(super) mod schedules;
pub(super) mod times;
