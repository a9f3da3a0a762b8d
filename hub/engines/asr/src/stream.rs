//! One stream of sound on a thread of its own, from its first sample to its hearings, or to the phrases in it.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Instant;

use anyhow::Context as _;
use engine_process::clock;
use engine_protocol::speech::{SpeechFailKind, SpeechReply};

use crate::hearing::{hearings, joined, partial};
use crate::outbox::send;
use crate::pieces::{Failure, Piece, Pieces};
use crate::spot::{self, Phrases};
use crate::vosk::{Accepted, Recognizer};

/// A stream that runs; it ends with this.
pub(crate) struct Stream {
    sound: SyncSender<Piece>,
}

/// What a stream is listened to for.
pub(crate) enum Sought {
    /// Words, with at most so many hearings.
    Words(u32),
    /// Some phrases.
    Phrases(Phrases),
}

/// Why a stream takes no more sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It comes faster than it can be heard.
    TooFast,
    /// The stream has ended by itself.
    Over,
}

impl Stream {
    /// Starts to listen.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(crate) fn begin(id: u64, recognizer: Recognizer, sought: Sought) -> anyhow::Result<Self> {
        let (sound, pieces) = sync_channel(MAX_WAITING);
        let listening = move || listen(id, recognizer, &pieces, &sought);
        std::thread::Builder::new().name(format!("stream {id}")).spawn(listening).context("start a thread")?;
        Ok(Self { sound })
    }

    /// Hands on the next samples.
    pub(crate) fn hear(&self, samples: Vec<i16>) -> Result<(), Refused> {
        self.hand(Piece::Sound(samples))
    }

    /// Says that there is no more.
    pub(crate) fn end(&self, asked: Instant) -> Result<(), Refused> {
        // What waits before it is heard first; there is room soon.
        self.sound.send(Piece::End(asked)).map_err(|_| Refused::Over)
    }

    fn hand(&self, piece: Piece) -> Result<(), Refused> {
        self.sound.try_send(piece).map_err(|error| match error {
            TrySendError::Full(_) => Refused::TooFast,
            TrySendError::Disconnected(_) => Refused::Over,
        })
    }
}

fn listen(id: u64, recognizer: Recognizer, pieces: &Receiver<Piece>, sought: &Sought) {
    let pieces = Pieces::of(pieces);
    let told = match sought {
        Sought::Words(most) => hear(id, recognizer, pieces, usize::try_from(*most).unwrap_or(1)),
        Sought::Phrases(phrases) => spot::hear(id, recognizer, pieces, phrases),
    };
    let told = match told {
        Ok(Some(heard)) => heard,
        Ok(None) => return,
        Err((kind, message)) => SpeechReply::Failed { stream: Some(id), kind, message },
    };
    // Without a hub that reads, the process is about to end.
    let _ = send(&told);
}

/// Hears a stream to its end; nothing where the hub gave it up.
fn hear(
    id: u64,
    mut recognizer: Recognizer,
    mut pieces: Pieces<'_>,
    most: usize,
) -> Result<Option<SpeechReply>, Failure> {
    let internal = |error: anyhow::Error| (SpeechFailKind::Internal, format!("{error:#}"));
    let (mut parts, mut said) = (Vec::new(), String::new());
    let mut work_ms = 0.0;
    while let Some(piece) = pieces.next()? {
        let began = clock::now();
        match piece {
            Piece::Sound(samples) => {
                if recognizer.accept(&samples).map_err(internal)? == Accepted::Ended {
                    parts.push(hearings(&recognizer.result()));
                }
                tell_partial(id, &mut recognizer, &parts, &mut said);
                work_ms += clock::ms_since(began);
            }
            Piece::End(asked) => {
                parts.push(hearings(&recognizer.final_result()));
                work_ms += clock::ms_since(began);
                let alternatives = joined(&parts, most);
                let final_ms = clock::ms_since(asked);
                return Ok(Some(SpeechReply::Heard { stream: id, alternatives, final_ms, work_ms }));
            }
        }
    }
    Ok(None)
}

/// Says what has been made out, where it is more than was said before.
fn tell_partial(
    id: u64,
    recognizer: &mut Recognizer,
    parts: &[Vec<engine_protocol::speech::HeardWords>],
    said: &mut String,
) {
    let before = joined(parts, 1).into_iter().next().map(|one| one.text).unwrap_or_default();
    let text = format!("{before} {}", partial(&recognizer.partial())).trim().to_owned();
    if !text.is_empty() && *said != text {
        let _ = send(&SpeechReply::Partial { stream: id, text: text.clone() });
        *said = text;
    }
}

/// Pieces that may wait: at twenty a second, some seconds of sound on a busy processor.
const MAX_WAITING: usize = 256;
