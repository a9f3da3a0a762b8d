//! A test of the board's microphone: how loud it is, and what is heard of what is said to it. Nothing is done, and
//! nothing kept.

use tokio::sync::mpsc;

use crate::endpoint::EndpointSettings;
use crate::heard::Heard;
use crate::listening::{Ends, Progress, listen};
use crate::recognizer::{HearError, Recognizer};
use crate::sound::Sound;

/// What is told while a microphone is tested.
#[derive(Clone, Debug, PartialEq)]
pub enum TestEvent {
    /// How loud it was just now: the greatest of some samples, 0–1.
    Level(f32),
    /// What becomes of something that is said.
    Progress(Progress),
    /// What was heard.
    Heard(Heard),
}

/// Tells what is heard of a microphone, one utterance after the other, until nobody takes it any more.
///
/// # Errors
/// If the recogniser is gone.
pub async fn test(recognizer: &Recognizer, sound: &mut Sound, tell: &mpsc::Sender<TestEvent>) -> Result<(), HearError> {
    loop {
        let (to, mut from) = mpsc::channel(1);
        // Who is behind misses some; the next says more.
        let progress = |progress| {
            let _ = tell.try_send(TestEvent::Progress(progress));
        };
        let listening = listen(recognizer, Ends::BySilence(SPEECH), &mut from, progress);
        let carrying = async {
            while let Some(samples) = sound.next().await {
                let _ = tell.try_send(TestEvent::Level(level(&samples)));
                if to.send(samples).await.is_err() {
                    return;
                }
            }
        };
        let heard = tokio::select! {
            heard = listening => heard,
            () = carrying => return Err(HearError::Failed),
            () = tell.closed() => return Ok(()),
        };
        let heard = match heard {
            Ok(heard) => heard,
            Err(HearError::Busy | HearError::TooMuch) => Heard::default(),
            Err(error @ (HearError::Absent | HearError::Failed)) => return Err(error),
        };
        if tell.send(TestEvent::Heard(heard)).await.is_err() {
            return Ok(());
        }
    }
}

/// How loud samples are, 0–1.
fn level(samples: &[i16]) -> f32 {
    let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default();
    f32::from(loudest) / 32_768.0
}

/// Nobody has to begin to speak in time.
const SPEECH: EndpointSettings = EndpointSettings { patience_ms: 600, wait_ms: None, longest_ms: 15_000 };

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn loudness_is_told_until_nobody_wants_it() {
        assert_eq!([level(&[]), level(&[0, -16_384, 100]), level(&[i16::MIN])], [0.0, 0.5, 1.0]);
        let (to, from) = mpsc::channel(4);
        let (tell, mut told) = mpsc::channel(4);
        let mut sound = Sound::of(from);
        to.send(vec![0, 8192]).await.unwrap();
        let recognizer = Recognizer::off();
        let listener = async {
            let first = told.recv().await;
            drop(told);
            first
        };
        let (tested, first) = tokio::join!(test(&recognizer, &mut sound, &tell), listener);
        assert_eq!((tested, first), (Ok(()), Some(TestEvent::Level(0.25))));
    }
}
