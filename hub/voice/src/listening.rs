//! One utterance from sound as it comes, whoever brings it: a page, a satellite, a file, Home Assistant.

use tokio::sync::mpsc;

use crate::endpoint::{Endpoint, EndpointSettings, Moment};
use crate::heard::Heard;
use crate::recognizer::{HearError, Recognizer, Stream, StreamEvent};

/// What is told while an utterance is heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Someone began to speak.
    Speech,
    /// The words so far.
    Partial(String),
    /// Nobody speaks any more; the words come next.
    Silence,
}

/// When an utterance is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ends {
    /// When the sound is.
    WithSound,
    /// When nobody speaks any more, or with the sound.
    BySilence(EndpointSettings),
}

/// Hears one utterance. Nothing is heard where nobody spoke.
///
/// # Errors
/// If it can't be heard.
pub async fn listen(
    recognizer: &Recognizer,
    ends: Ends,
    sound: &mut mpsc::Receiver<Vec<i16>>,
    mut tell: impl FnMut(Progress),
) -> Result<Heard, HearError> {
    let heard = utterance(recognizer, ends, sound, &mut tell).await;
    let outcome = match &heard {
        Ok(heard) if heard.hearings.iter().any(|(text, _)| !text.is_empty()) => "heard",
        Ok(_) => "nothing",
        Err(HearError::Absent) => "absent",
        Err(HearError::Busy) => "busy",
        Err(HearError::TooMuch) => "too_much",
        Err(HearError::Failed) => "failed",
    };
    metrics::counter!("hearth_speech_total", "outcome" => outcome).increment(1);
    heard
}

async fn utterance(
    recognizer: &Recognizer,
    ends: Ends,
    sound: &mut mpsc::Receiver<Vec<i16>>,
    tell: &mut impl FnMut(Progress),
) -> Result<Heard, HearError> {
    match ends {
        Ends::WithSound => {
            let mut stream = recognizer.begin().await?;
            tell(Progress::Speech);
            while let Some(samples) = next(sound, &mut stream, tell).await? {
                stream.sound(samples).await?;
            }
            tell(Progress::Silence);
            stream.end().await
        }
        Ends::BySilence(settings) => by_silence(recognizer, settings, sound, tell).await,
    }
}

async fn by_silence(
    recognizer: &Recognizer,
    settings: EndpointSettings,
    sound: &mut mpsc::Receiver<Vec<i16>>,
    tell: &mut impl FnMut(Progress),
) -> Result<Heard, HearError> {
    let mut endpoint = Endpoint::new(settings);
    let mut open: Option<Stream> = None;
    loop {
        let samples = match &mut open {
            Some(stream) => next(sound, stream, tell).await?,
            None => sound.recv().await,
        };
        let Some(samples) = samples else { break };
        for moment in endpoint.hear(&samples) {
            match (moment, &mut open) {
                (Moment::Began(samples), stream) => {
                    tell(Progress::Speech);
                    stream.insert(recognizer.begin().await?).sound(samples).await?;
                }
                (Moment::GoesOn(samples), Some(stream)) => stream.sound(samples).await?,
                (Moment::GoesOn(_), None) => {}
                (Moment::Ended, _) => return ended(open, tell).await,
                (Moment::Nobody, _) => return Ok(Heard::default()),
            }
        }
    }
    ended(open, tell).await
}

async fn ended(open: Option<Stream>, tell: &mut impl FnMut(Progress)) -> Result<Heard, HearError> {
    tell(Progress::Silence);
    match open {
        Some(stream) => stream.end().await,
        None => Ok(Heard::default()),
    }
}

/// The next sound; what is made out meanwhile is told.
async fn next(
    sound: &mut mpsc::Receiver<Vec<i16>>,
    stream: &mut Stream,
    tell: &mut impl FnMut(Progress),
) -> Result<Option<Vec<i16>>, HearError> {
    loop {
        tokio::select! {
            samples = sound.recv() => return Ok(samples),
            event = stream.event() => match event {
                Some(StreamEvent::Partial(text)) => tell(Progress::Partial(text)),
                Some(StreamEvent::Failed(error)) => return Err(error),
                Some(StreamEvent::Heard(_) | StreamEvent::Spotted(_)) | None => return Err(HearError::Failed),
            },
        }
    }
}
