//! The decisions: words to intents, intents to a plan, a plan to a verdict, outcomes to a reply.
//!
//! Pure functions. Never does any IO, never asks the time: `now` is an argument.

pub mod conversation;
pub mod decide;
mod degrees;
pub mod judge;
pub mod lexicon;
pub mod names;
pub mod numbers;
pub mod reply;
pub mod resolve;
mod texts;
pub mod trigger;
pub mod understand;
pub mod undo;
pub mod when;
pub mod words;
