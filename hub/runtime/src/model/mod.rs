//! The language models: which are there, how they are got, and how they are asked. Knows no turn and no person.

pub mod choice;
pub mod fetch;
pub mod general;
pub mod installed;
mod keeper;
pub mod language_model;
pub mod manifest;
pub mod memo;
pub mod pull;

mod intent_automaton;
