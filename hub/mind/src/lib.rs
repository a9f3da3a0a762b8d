//! The decisions: words to intents, intents to a plan, a plan to a verdict, outcomes to a reply.
//!
//! Pure functions. Never does any IO, never asks the time: `now` is an argument.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod words;
pub mod numbers;
pub mod when;
pub mod code;
pub mod prompt;
pub mod reflex;
pub mod understand;
pub mod caution;
pub mod clauses;
pub mod fill;
pub mod lexicon;
pub mod near;
pub mod resolve;
pub mod scope;
mod times;
pub mod trigger;
pub mod judge;
pub mod undo;
pub mod reply;
