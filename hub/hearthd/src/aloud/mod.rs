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
pub(crate) use player::{PIECE, Played, Player, Sounding};

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
    /// Those of satellites that turned out to play nothing but answers, one for each such satellite.
    only_answers: Arc<watch::Sender<Vec<String>>>,
    /// The board's own, which is chosen while the hub runs.
    board: Arc<watch::Sender<Option<String>>>,
}

impl Voices {
    /// Those of satellites; the board has none yet.
    pub(crate) fn of(satellites: Vec<String>) -> Self {
        Self { satellites: satellites.into(), only_answers: Arc::default(), board: Arc::default() }
    }

    /// Where the board speaks from now on.
    pub(crate) fn set_board(&self, area: Option<String>) {
        self.board.send_replace(area);
    }

    /// A satellite in an area turns out to play nothing but answers, or more than these after all.
    pub(crate) fn set_only_answers(&self, area: &str, only_answers: bool) {
        self.only_answers.send_modify(|areas| match only_answers {
            true => areas.push(area.to_owned()),
            false => remove_one(areas, area),
        });
    }

    /// All of them.
    pub(crate) fn areas(&self) -> Vec<String> {
        let mut areas = self.satellites.to_vec();
        self.only_answers.borrow().iter().for_each(|area| remove_one(&mut areas, area));
        areas.extend(self.board.borrow().clone());
        areas
    }
}

/// Takes an area away once, for several satellites may stand there.
fn remove_one(areas: &mut Vec<String>, area: &str) {
    if let Some(at) = areas.iter().position(|one| one == area) {
        areas.remove(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_has_a_speaker_while_one_satellite_there_plays_what_nobody_asked_for() {
        let voices = Voices::of(["Kitchen", "Kitchen", "Office"].map(str::to_owned).to_vec());
        voices.set_board(Some("Hallway".to_owned()));
        voices.set_only_answers("Office", true);
        voices.set_only_answers("Kitchen", true);
        assert_eq!(voices.areas(), ["Kitchen", "Hallway"]);
        voices.set_only_answers("Kitchen", true);
        assert_eq!(voices.areas(), ["Hallway"]);
        voices.set_only_answers("Kitchen", false);
        assert_eq!(voices.areas(), ["Kitchen", "Hallway"]);
    }
}
