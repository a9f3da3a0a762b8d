//! What every engine process needs of the system: the clock, and how much memory it has and may have.

pub mod clock;
pub mod memory;
