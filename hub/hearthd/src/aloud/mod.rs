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

use tokio::sync::watch;

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
    /// The areas in which the hub has a speaker.
    pub(crate) voices: Voices,
    /// The names of areas in which nothing sounds unasked but danger.
    pub(crate) quiet: Arc<[String]>,
    /// Whether a sound stands for a plain success.
    pub(crate) short_sounds: bool,
}

/// The areas in which the hub has a speaker, by id or name. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Voices {
    satellites: Arc<[String]>,
    /// The board's own, which is chosen while the hub runs.
    board: Arc<watch::Sender<Option<String>>>,
}

impl Voices {
    /// Those of satellites; the board has none yet.
    pub(crate) fn of(satellites: Vec<String>) -> Self {
        Self { satellites: satellites.into(), board: Arc::default() }
    }

    /// Where the board speaks from now on.
    pub(crate) fn set_board(&self, area: Option<String>) {
        self.board.send_replace(area);
    }

    /// All of them.
    pub(crate) fn areas(&self) -> Vec<String> {
        self.satellites.iter().cloned().chain(self.board.borrow().clone()).collect()
    }
}
