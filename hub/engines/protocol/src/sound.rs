//! The messages to and from the process that holds the board's microphone and speaker. Sound is the payload of a frame:
//! 16 bits a sample, least significant byte first, one channel.

use serde::{Deserialize, Serialize};

/// What the hub asks of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SoundRequest {
    /// Which devices there are. Answered by `Devices`.
    Devices,
    /// Open a microphone; the process does nothing else any more, and closes it by ending. Answered by one `Captured`
    /// after another, or by `Failed`.
    Capture {
        /// The device, as ALSA calls it.
        device: String,
    },
    /// Open a speaker. Sound follows.
    Play {
        /// The device, as ALSA calls it.
        device: String,
        /// Samples a second.
        rate_hz: u32,
    },
    /// The frame's payload is the next sound to be played.
    Sound,
    /// The sound is at its end. Answered by `Played` when it has been heard.
    End,
}

/// What the process answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SoundReply {
    /// What there is.
    Devices {
        /// Microphones.
        microphones: Vec<SoundDevice>,
        /// Speakers.
        speakers: Vec<SoundDevice>,
    },
    /// The frame's payload is the next sound of the microphone.
    Captured {
        /// Samples a second, as the device gives them.
        rate_hz: u32,
    },
    /// All sound has been played.
    Played,
    /// The device can't be used, or not any more.
    Failed {
        /// What kind of failure.
        kind: SoundFailKind,
        /// Why, and what to do.
        message: String,
    },
}

/// Why a device can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundFailKind {
    /// ALSA's library is missing or is another one.
    NoLibrary,
    /// There is no such device, or it was unplugged.
    Missing,
    /// Another program uses it.
    Busy,
    /// This process may not use it.
    Denied,
    /// Anything else: it gives no such sound, or none at all.
    Other,
}

impl SoundFailKind {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoLibrary => "no_library",
            Self::Missing => "missing",
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::Other => "other",
        }
    }
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundDevice {
    /// What it is called in the configuration.
    pub name: String,
    /// What it is.
    pub description: String,
}
