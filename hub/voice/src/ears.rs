//! Everything with which the hub hears, for those who bring it sound.

use house::{AreaId, Cause, Speaker, Utterance};
use tokio::sync::watch;

use crate::board::Board;
use crate::heard::Heard;
use crate::language::Unknown;
use crate::mute::Mute;
use crate::nearest::Nearest;
use crate::pronunciations::Pronunciations;
use crate::recognizer::Recognizer;

/// The hub's ears. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ears {
    /// The recogniser.
    pub recognizer: Recognizer,
    /// What of the house it does not know.
    pub unknown: watch::Receiver<Unknown>,
    /// How the owner says those words sound.
    pub pronunciations: Pronunciations,
    /// Whether the hub listens.
    pub mute: Mute,
    /// Which of several microphones acts.
    pub nearest: Nearest,
    /// How the board's microphone is.
    pub board: Board,
}

/// Who spoke, and where.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The language of the answer; that of the words where none is wanted.
    pub lang: Option<String>,
    /// Where.
    pub place: Option<AreaId>,
    /// In which conversation.
    pub conversation: String,
    /// Who.
    pub speaker: Speaker,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// What was heard as an utterance; none if nothing was.
pub fn utterance(heard: &Heard, spoken: Spoken) -> Option<Utterance> {
    let (text, hearing) = heard.utterance()?;
    let Spoken { lang, place, conversation, speaker, at_ms } = spoken;
    let hearing = Some(hearing);
    Some(Utterance { text, lang, place, conversation, speaker, cause: Cause::Voice, at_ms, hearing })
}
