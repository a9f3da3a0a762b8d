//! The recogniser's models: which are here, which Vosk's own list offers, and how they are got.
//!
//! Fetches only what somebody at the command line asks for, and switches nothing by itself.

pub mod installed;
pub mod offers;
pub mod pull;

mod archive;
