//! What the hub says and sounds where it has a speaker, whichever way that is reached.
//!
//! A place knows what is for it: what rings there, what everyone is told, and the replies to what was said there.
//! It hands on small pieces as their time comes, so that all of it stops at once when someone speaks.

mod board;
mod place;
mod player;
mod sounds;
pub(crate) mod speech;

use std::sync::Arc;

pub(crate) use board::{BoardSettings, BoardSpeaker};
pub(crate) use place::Place;
pub(crate) use player::{Played, Player};

use speech::SpeechSettings;

impl Place {
    /// A place in an area, if that is known.
    pub(crate) fn of(area: Option<String>, settings: &AloudSettings) -> Self {
        Self { area, voices: settings.voices.clone(), quiet: settings.quiet.clone() }
    }
}

/// How and where the hub speaks.
#[derive(Clone, Debug, Default)]
pub(crate) struct AloudSettings {
    /// How.
    pub(crate) speech: SpeechSettings,
    /// The names of all areas in which the hub has a speaker.
    pub(crate) voices: Arc<[String]>,
    /// The names of areas in which nothing sounds unasked but danger.
    pub(crate) quiet: Arc<[String]>,
    /// Whether a sound stands for a plain success.
    pub(crate) short_sounds: bool,
}
