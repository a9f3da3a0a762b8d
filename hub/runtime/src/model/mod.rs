//! The language models: which are there, how they are got, and how they are asked. Knows no turn and no person.

pub mod engine;
mod fetch;
pub mod general;
pub mod installed;
pub mod manifest;
pub mod pull;
