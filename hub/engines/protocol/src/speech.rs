//! The messages to and from an engine that hears. Sound is the payload of a frame: 16,000 samples a second of 16 bits,
//! least significant byte first, one channel.

use serde::{Deserialize, Serialize};

/// Samples a second of all sound that goes to an engine.
pub const SAMPLE_RATE_HZ: u32 = 16_000;

/// What the hub asks of an engine that hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SpeechRequest {
    /// Load a model in place of the one loaded before; streams that run end with the old one. Answered by `Ready`, or
    /// by `Failed` without stream, and then the old one stays.
    Load {
        /// The file of the recogniser's library.
        library: String,
        /// The folder of the model.
        model: String,
    },
    /// Listen to a new stream.
    Begin {
        /// Chosen by the hub, and given back in each answer.
        stream: u64,
        /// The most hearings of it to give, 1–[`MAX_ALTERNATIVES`].
        alternatives: u32,
    },
    /// Listen to a new stream for some phrases alone. Answered by `Spotted` whenever one of them may have been said,
    /// and by `Heard` without words at the end.
    Spot {
        /// Chosen by the hub, and given back in each answer.
        stream: u64,
        /// What to listen for, each in words of the model.
        phrases: Vec<String>,
        /// Words of the model that are heard beside them, so that speech which is none of the phrases is taken for
        /// something else.
        others: Vec<String>,
    },
    /// The frame's payload is the next sound of a stream. Answered by `Partial` where more has been made out.
    Sound {
        /// The stream.
        stream: u64,
    },
    /// The stream is at its end. Answered by `Heard`.
    End {
        /// The stream.
        stream: u64,
    },
    /// Give up a stream; nothing more is said of it.
    Cancel {
        /// The stream.
        stream: u64,
    },
    /// Answered by `Pong`.
    Ping,
}

/// What an engine that hears answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SpeechReply {
    /// The model is loaded.
    Ready {
        /// Time from request to reply.
        load_ms: f64,
        /// Memory resident after loading.
        rss_kb: u64,
    },
    /// What has been made out of a stream so far.
    Partial {
        /// The stream.
        stream: u64,
        /// The words.
        text: String,
    },
    /// A phrase may have been said in a stream that listens for some.
    Spotted {
        /// The stream.
        stream: u64,
        /// What was made out, in order; the phrase is among it.
        words: Vec<SpokenWord>,
    },
    /// What was made out of a whole stream.
    Heard {
        /// The stream.
        stream: u64,
        /// What it may have been, likeliest first; empty if nothing was heard.
        alternatives: Vec<HeardWords>,
        /// Time from the end of the sound to this reply.
        final_ms: f64,
        /// Time spent on the whole stream.
        work_ms: f64,
    },
    /// A stream, the load or the last frame came to nothing.
    Failed {
        /// The stream; absent where it was none that failed.
        stream: Option<u64>,
        /// What kind of failure.
        kind: SpeechFailKind,
        /// For the log, not for a person in the house.
        message: String,
    },
    /// The engine is alive.
    Pong {
        /// Memory resident now.
        rss_kb: u64,
        /// Streams that run.
        streams: u32,
    },
}

/// One hearing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeardWords {
    /// The words, as the model spells them.
    pub text: String,
    /// Logarithm of its likelihood, up to a term that all hearings of a stream share.
    pub score: f64,
}

/// A word where it was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpokenWord {
    /// The word, as the model spells it.
    pub text: String,
    /// How sure the recogniser is of it beside the other words it may have been, 0–1.
    pub confidence: f64,
    /// Where it begins, in milliseconds from the stream's first sample.
    pub start_ms: u64,
    /// Where it ends.
    pub end_ms: u64,
}

/// Why an engine that hears failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeechFailKind {
    /// The library is missing or is not the recogniser's.
    BadLibrary,
    /// The folder is missing or holds no model.
    BadModel,
    /// As many streams as may be run already.
    TooManyStreams,
    /// The sound comes faster than it can be heard, or there is more than [`MAX_STREAM_SECONDS`] of it.
    TooMuchSound,
    /// A request that cannot be served: no model, an unknown stream, half a sample, a malformed message.
    Internal,
}

/// Streams that an engine hears at once. Each takes a part of a processor, and a house has few mouths.
pub const MAX_STREAMS: usize = 8;

/// Most hearings of one stream.
pub const MAX_ALTERNATIVES: u32 = 16;

/// The longest stream: nobody asks a house for anything in more words.
pub const MAX_STREAM_SECONDS: u32 = 60;
