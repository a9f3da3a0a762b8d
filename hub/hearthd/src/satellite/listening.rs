//! The utterance that a satellite brings, while it is heard.

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use voice::Heard;
use voice::ears::Ears;
use voice::endpoint::EndpointSettings;
use voice::listening::{Ends, Progress, listen};
use voice::nearest::{Hearing, Loudness};
use voice::recognizer::HearError;

/// The utterance that is being heard, if one is.
#[derive(Default)]
pub(super) struct Listening {
    sound: Option<mpsc::Sender<Vec<i16>>>,
    progress: Option<mpsc::Receiver<Progress>>,
    heard: JoinSet<Result<Heard, HearError>>,
    /// What is compared with other microphones, since someone speaks.
    pub(super) near: Option<Hearing>,
    /// How loud it is.
    pub(super) loudness: Loudness,
}

/// What happens to an utterance.
pub(super) enum Moment {
    /// It goes on.
    Progress(Progress),
    /// It was heard, or can't be.
    Heard(Result<Heard, HearError>),
}

impl Listening {
    /// Begins to hear.
    pub(super) fn begin(ears: &Ears) -> Self {
        let (sound, mut taken) = mpsc::channel(MAX_PIECES);
        let (tell, progress) = mpsc::channel(MAX_PIECES);
        let recognizer = ears.recognizer.clone();
        let mut heard = JoinSet::new();
        heard.spawn(async move {
            let tell = move |progress| drop(tell.try_send(progress));
            listen(&recognizer, Ends::BySilence(EndpointSettings::default()), &mut taken, tell).await
        });
        Self { sound: Some(sound), progress: Some(progress), heard, near: None, loudness: Loudness::default() }
    }

    /// Hears more of it, if something is heard.
    pub(super) fn add(&mut self, samples: Vec<i16>) {
        if let Some(sound) = &self.sound {
            self.loudness.add(&samples);
            // A satellite goes on sending until it is told the words; what comes too late is not heard.
            let _ = sound.try_send(samples);
        }
    }

    /// Takes no more.
    pub(super) fn end(&mut self) {
        self.sound = None;
    }

    /// What happens next; nothing while nothing is heard. Nothing is lost where this is dropped.
    pub(super) async fn next(&mut self) -> Moment {
        loop {
            tokio::select! {
                // All that is told of an utterance comes before its words.
                biased;
                progress = next_of(&mut self.progress) => if let Some(progress) = progress {
                    return Moment::Progress(progress);
                },
                Some(heard) = self.heard.join_next() => {
                    return Moment::Heard(heard.unwrap_or(Err(HearError::Failed)));
                }
            }
        }
    }
}

/// The next of a channel; nothing while there is none.
async fn next_of(of: &mut Option<mpsc::Receiver<Progress>>) -> Option<Progress> {
    let Some(progress) = of else { return std::future::pending().await };
    let told = progress.recv().await;
    if told.is_none() {
        *of = None;
    }
    told
}

/// Pieces on their way: some seconds of sound.
const MAX_PIECES: usize = 256;
