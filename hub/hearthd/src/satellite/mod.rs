//! What all satellites have in common, whichever protocol they speak: what is said is heard, done where they stand, and
//! answered there.
//!
//! A protocol says how a satellite is reached, what it says and how it is told something; it decides nothing.

mod keep;
mod listening;
mod talk;
mod timers;

use house::{Lang, Speaker, WayIn};
use runtime::turn::Turns;
use voice::ears::Ears;

use crate::aloud::{AloudSettings, Place, Played};

pub(crate) use keep::keep;
pub(crate) use timers::{TimerChange, TimerChangeKind};

/// Where a satellite stands, and what the hub needs to serve it.
#[derive(Clone)]
pub(crate) struct Station {
    /// Where it stands.
    pub(crate) place: Place,
    /// Turns.
    pub(crate) turns: Turns,
    /// What hears.
    pub(crate) ears: Ears,
    /// How the hub speaks.
    pub(crate) aloud: AloudSettings,
}

/// A satellite of some protocol.
pub(crate) trait Satellite {
    /// What there is once it is reached.
    type Connection: Connection;

    /// Where it listens: host and port.
    fn address(&self) -> &str;

    /// Reaches it, so that it is ready for that.
    async fn connect(&self, purpose: Purpose) -> anyhow::Result<Self::Connection>;
}

/// What a satellite is reached for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To hear what is said there, and to speak.
    Talk,
    /// To speak alone, because the hub is muted: nothing that it says is wanted.
    Speak,
}

/// A satellite that is reached.
pub(crate) trait Connection {
    /// What it sends.
    type Message;

    /// Whether it rings by itself when a timer runs out that it was told of.
    fn rings_timers(&self) -> bool;

    /// Whether it plays nothing but answers.
    fn plays_only_answers(&self) -> bool;

    /// What it sends next; none once it has left. Nothing is lost where this is dropped.
    async fn next(&mut self) -> Option<Self::Message>;

    /// What that means.
    async fn take(&mut self, message: Self::Message) -> anyhow::Result<Said>;

    /// Tells it something.
    async fn tell(&mut self, told: Told<'_>) -> anyhow::Result<()>;

    /// Says goodbye, if the protocol has a word for it.
    async fn leave(&mut self);
}

/// What a satellite says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// Something that changes nothing here.
    Nothing,
    /// It heard its wake word.
    Woken,
    /// What is said there is to be heard.
    Begin {
        /// Whether it heard its wake word before.
        is_woken: bool,
    },
    /// The next sound, of 16,000 samples a second.
    Sound(Vec<i16>),
    /// The sound ends.
    End,
    /// Nothing is to be heard or answered any more.
    Stop,
}

/// What a satellite is told.
#[derive(Clone, Debug)]
pub(crate) enum Told<'t> {
    /// Someone began to speak.
    Speech,
    /// Nobody speaks any more.
    Silence,
    /// It can't be heard, and why.
    NotHeard(&'t str),
    /// What was heard; nothing if that is empty, and nothing is done of it where another microphone was nearer.
    Heard {
        /// The words.
        text: &'t str,
        /// Whether this is the microphone that acts.
        is_nearest: bool,
    },
    /// The answer, whose sound comes next.
    Answer {
        /// In words.
        text: &'t str,
        /// Their language.
        lang: Lang,
        /// Whether a sound stands for them.
        is_short: bool,
        /// Whether it is a question.
        expects_answer: bool,
    },
    /// A timer that belongs there.
    Timer(&'t TimerChange),
    /// What its speaker is to do.
    Sound(Played),
    /// It is to answer that it is there.
    Ping,
}

/// No protocol says who speaks.
pub(crate) const SPEAKER: Speaker = Speaker::Someone(WayIn::Voice);
