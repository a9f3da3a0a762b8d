//! Speech: sound in, words out, and the words of this house for it.
//!
//! Knows sound, the engines that hear it and hold the board's microphone, their models, and the names of a house; knows
//! no page, and no network but for fetching a model. It decides nothing: what was heard goes the way of all words.

pub mod audio;
pub mod board;
pub mod board_test;
pub mod ears;
pub mod endpoint;
pub mod language;
pub mod listening;
pub mod models;
pub mod mute;
pub mod nearest;
pub mod pronunciations;
pub mod recognizer;
pub mod sound;
pub mod sound_card;
pub mod synthesizer;
pub mod wake;
pub mod words;

mod heard;
mod speech_engine;

pub use heard::Heard;
