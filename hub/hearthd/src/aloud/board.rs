//! The board's own speaker: one more place where the hub is heard.
//!
//! What a player gives goes to the process that holds the speaker, one for each sound; cut means that it is ended.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use runtime::clock::Clock;
use runtime::hub::handle::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tracing::warn;
use voice::sound_card::Speaker;

use super::place::Place;
use super::player::{Played, Player};
use super::speech::SpeechSettings;

/// The speaker as it is configured.
#[derive(Clone, Debug)]
pub(crate) struct BoardSettings {
    /// The program that holds it.
    pub(crate) program: PathBuf,
    /// The device, as ALSA calls it.
    pub(crate) device: String,
    /// Where it stands.
    pub(crate) place: Place,
    /// How the hub speaks.
    pub(crate) speech: SpeechSettings,
}

/// The speaker, and what plays on it; silent when dropped.
pub(crate) struct BoardSpeaker {
    player: Player,
    sounds: watch::Receiver<bool>,
    _output: JoinSet<()>,
}

impl BoardSpeaker {
    /// Begins to play there.
    pub(crate) fn start(settings: BoardSettings, hub: Handle, clock: Clock) -> Self {
        let BoardSettings { program, device, place, speech } = settings;
        let (player, played) = Player::start(place, speech, hub, clock);
        let (tell, sounds) = watch::channel(false);
        let mut output = JoinSet::new();
        output.spawn(Output { program, device, playing: JoinSet::new(), pieces: None, tell, told: None }.run(played));
        Self { player, sounds, _output: output }
    }

    /// What is told to speak.
    pub(crate) fn player(&self) -> &Player {
        &self.player
    }

    /// Whether something sounds.
    pub(crate) fn is_heard(&self) -> bool {
        *self.sounds.borrow() || self.player.saying().borrow().is_some()
    }

    /// Whether a word is among those that sound.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.player.saying().borrow().as_ref().is_some_and(|words| words.to_lowercase().contains(word))
    }

    /// Waits until nothing sounds any more, what was given before its time included.
    pub(crate) async fn until_silent(&self) {
        let (mut saying, mut sounds) = (self.player.saying(), self.sounds.clone());
        // Either ends only with the speaker.
        let _ = saying.wait_for(Option::is_none).await;
        let _ = sounds.wait_for(|sounds| !sounds).await;
    }
}

/// What carries sound to the device.
struct Output {
    program: PathBuf,
    device: String,
    /// The sound that plays; the end of the one before may be heard still.
    playing: JoinSet<anyhow::Result<()>>,
    pieces: Option<mpsc::Sender<Vec<i16>>>,
    tell: watch::Sender<bool>,
    /// A speaker that stays away is told of once.
    told: Option<String>,
}

impl Output {
    async fn run(mut self, mut played: mpsc::Receiver<Played>) {
        loop {
            tokio::select! {
                next = played.recv() => match next {
                    Some(next) => self.take(next).await,
                    None => return,
                },
                Some(done) = self.playing.join_next() => self.ended(done),
            }
        }
    }

    async fn take(&mut self, played: Played) {
        match played {
            Played::Start(sounding) => {
                let rate_hz = sounding.pcm.rate_hz;
                self.finish().await;
                let (to, from) = mpsc::channel(MAX_PIECES);
                self.pieces = Some(to);
                self.tell.send_replace(true);
                self.playing.spawn(sound(self.program.clone(), self.device.clone(), rate_hz, from));
            }
            Played::Piece(samples) => {
                let is_taken = self.pieces.as_ref().is_none_or(|to| to.try_send(samples).is_ok());
                if !is_taken {
                    self.pieces = None;
                }
            }
            Played::End | Played::Nothing => self.pieces = None,
            Played::Cut => {
                self.pieces = None;
                self.playing.abort_all();
            }
        }
    }

    /// Lets the sound before be heard to its end, unless the speaker hangs.
    async fn finish(&mut self) {
        self.pieces = None;
        match tokio::time::timeout(LONGEST_END, self.playing.join_next()).await {
            Ok(Some(done)) => self.ended(done),
            Ok(None) => {}
            Err(_) => self.playing.abort_all(),
        }
    }

    fn ended(&mut self, done: Result<anyhow::Result<()>, JoinError>) {
        if self.playing.is_empty() {
            self.tell.send_replace(false);
        }
        match done {
            Ok(Ok(())) => self.told = None,
            Ok(Err(error)) => {
                let error = format!("{error:#}");
                if self.told.as_ref() != Some(&error) {
                    warn!(speaker = self.device, error, "The hub can't speak on its speaker.");
                    self.told = Some(error);
                }
            }
            // It was cut.
            Err(_) => {}
        }
    }
}

/// Plays one sound to its end.
async fn sound(
    program: PathBuf,
    device: String,
    rate_hz: u32,
    mut pieces: mpsc::Receiver<Vec<i16>>,
) -> anyhow::Result<()> {
    let mut speaker = Speaker::open(&program, &device, rate_hz).await?;
    while let Some(samples) = pieces.recv().await {
        speaker.piece(&samples).await?;
        if pieces.len() == MAX_PIECES {
            bail!("it takes sound more slowly than it is spoken");
        }
    }
    speaker.end().await
}

/// Some seconds: a device that sleeps needs them to wake.
const MAX_PIECES: usize = 64;
/// What a player gives ahead of its time is heard within less.
const LONGEST_END: Duration = Duration::from_secs(2);
