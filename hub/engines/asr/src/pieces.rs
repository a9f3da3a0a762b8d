//! What comes to a stream: pieces of sound and its end, within bounds of time and of length.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use engine_protocol::speech::{MAX_STREAM_SECONDS, SAMPLE_RATE_HZ, SpeechFailKind};

/// What comes to a stream.
pub(crate) enum Piece {
    /// The next samples.
    Sound(Vec<i16>),
    /// There is no more; when that was said.
    End(Instant),
}

/// Why a stream came to nothing, and what the log shall say of it.
pub(crate) type Failure = (SpeechFailKind, String);

/// What a stream still has to hear.
pub(crate) struct Pieces<'p> {
    pieces: &'p Receiver<Piece>,
    /// Samples that came so far.
    pub(crate) samples: u64,
}

impl<'p> Pieces<'p> {
    /// Those that arrive.
    pub(crate) fn of(pieces: &'p Receiver<Piece>) -> Self {
        Self { pieces, samples: 0 }
    }

    /// The next piece; none where the hub gave the stream up.
    ///
    /// # Errors
    /// If none comes any more, or there is more sound than is heard.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, Failure> {
        let piece = match self.pieces.recv_timeout(LONGEST_SILENCE) {
            Ok(piece) => piece,
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                let message = format!("no sound came for {} s", LONGEST_SILENCE.as_secs());
                return Err((SpeechFailKind::Internal, message));
            }
        };
        if let Piece::Sound(samples) = &piece {
            self.samples += samples.len() as u64;
        }
        match self.samples <= MOST_SAMPLES {
            true => Ok(Some(piece)),
            false => Err((SpeechFailKind::TooMuchSound, format!("more than {MAX_STREAM_SECONDS} s of sound"))),
        }
    }
}

/// Whoever sends nothing for so long is gone.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
const MOST_SAMPLES: u64 = MAX_STREAM_SECONDS as u64 * SAMPLE_RATE_HZ as u64;
