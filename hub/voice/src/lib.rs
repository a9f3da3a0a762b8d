//! Speech: sound in, words out, and the words of this house for it.
//!
//! Knows sound, the recogniser's engine and the names of a house; knows no microphone, no page and no network, and
//! decides nothing: what was heard goes the way of all words.

pub mod audio;
pub mod ears;
pub mod endpoint;
pub mod language;
pub mod listening;
pub mod mute;
pub mod nearest;
pub mod recognizer;
pub mod synthesizer;
pub mod words;

mod heard;

pub use heard::Heard;
