//! The board's own microphone: it waits for the wake phrase, hears what follows, does it where it stands, and answers
//! on the board's speaker.
//!
//! Muted means closed: the process that holds the microphone is ended. Whoever says the wake phrase or `stop` while the
//! hub speaks makes it fall silent, and `stop` ends what rings.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use house::{House, MovingTimer, Speaker, Utterance, WayIn};
use runtime::backoff::Backoff;
use runtime::hub::handle::Handle;
use runtime::turn::Turns;
use runtime::turn::outcome::Turn;
use tokio::sync::mpsc;
use tracing::{debug, info, warn};
use voice::Heard;
use voice::ears::{Ears, Spoken, utterance};
use voice::endpoint::EndpointSettings;
use voice::listening::{Ends, listen};
use voice::recognizer::HearError;
use voice::sound::Sound;
use voice::sound_card::{Capture, play};
use voice::wake::{Spotting, watch};

use crate::aloud::speech::{SpeechSettings, speak};

/// The microphone, and what goes with it.
#[derive(Clone, Debug)]
pub(crate) struct MicrophoneSettings {
    /// The program that holds it.
    pub(crate) program: PathBuf,
    /// The device, as ALSA calls it.
    pub(crate) device: String,
    /// The area it stands in, by name or id.
    pub(crate) area: Option<String>,
    /// The speaker on which the hub answers, as ALSA calls it; the hub does not speak without one.
    pub(crate) speaker: Option<String>,
    /// What wakes it.
    pub(crate) spotting: Spotting,
    /// How the hub speaks.
    pub(crate) speech: SpeechSettings,
}

/// A microphone, and what the hub needs to serve it.
pub(crate) struct Microphone {
    /// The microphone.
    pub(crate) settings: MicrophoneSettings,
    /// Turns.
    pub(crate) turns: Turns,
    /// What hears.
    pub(crate) ears: Ears,
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoke {
    /// It was said to its end, or there is no speaker.
    Whole,
    /// Someone said the wake phrase meanwhile.
    Woken,
    /// Someone said `stop` meanwhile.
    Stopped,
}

/// Serves the microphone whenever it is there and the hub is not muted; never ends.
pub(crate) async fn keep(microphone: Option<Microphone>) {
    let Some(microphone) = microphone else { return std::future::pending().await };
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    let mut muted = microphone.ears.mute.watch();
    // A microphone that stays away is told of once.
    let mut told = String::new();
    loop {
        // The switch lives as long as the hub.
        if muted.wait_for(|muted| !muted).await.is_err() {
            return;
        }
        backoff.begin();
        tokio::select! {
            served = microphone.serve() => if let Err(error) = served {
                let (device, error) = (&microphone.settings.device, format!("{error:#}"));
                if told != error {
                    warn!(device, error, "The microphone is not listened to; it is tried again.");
                    told = error;
                }
            },
            // With what serves it, the process that holds the microphone ends.
            _ = muted.wait_for(|muted| *muted) => continue,
        }
        backoff.wait().await;
    }
}

impl Microphone {
    /// Listens until the microphone or the recogniser is gone.
    async fn serve(&self) -> anyhow::Result<()> {
        self.ears.recognizer.until_ready().await;
        let MicrophoneSettings { program, device, spotting, .. } = &self.settings;
        let mut capture = Capture::open(program, device).await?;
        let first = capture.next().await?;
        info!(device, phrase = spotting.wake_phrase(), "The microphone is open.");
        let (to, from) = mpsc::channel(MAX_PIECES);
        to.send(first).await.context("take the microphone's sound")?;
        let captured = async {
            loop {
                to.send(capture.next().await?).await.context("take the microphone's sound")?;
            }
        };
        tokio::select! {
            captured = captured => captured,
            talked = self.talk(Sound::of(from)) => talked,
        }
    }

    async fn talk(&self, mut sound: Sound) -> anyhow::Result<()> {
        loop {
            let is_ringing = self.rings();
            let spotting = &self.settings.spotting;
            let spotting = if is_ringing { spotting.and(STOP) } else { spotting.clone() };
            let mut snapshots = self.turns.hub.watch();
            let spotted = tokio::select! {
                spotted = watch(&self.ears.recognizer, &spotting, &mut sound) => spotted,
                _ = snapshots.wait_for(|snapshot| rings(&snapshot.house) != is_ringing) => continue,
            };
            let spotted = spotted.context("listen for the wake phrase")?.context("the microphone's sound ended")?;
            debug!(phrase = spotted.phrase, confidence = spotted.confidence, "A phrase was said.");
            let mut goes_on = match spotted.phrase {
                0 => true,
                _ => {
                    let heard = Heard { hearings: vec![(STOP.to_owned(), spotted.confidence)], ..Heard::default() };
                    self.take(&heard, &mut sound).await
                }
            };
            while goes_on {
                goes_on = self.exchange(&mut sound).await?;
            }
        }
    }

    fn rings(&self) -> bool {
        rings(&self.turns.hub.snapshot().house)
    }

    /// Hears a request and answers it; whether another one is listened for without the wake phrase.
    async fn exchange(&self, sound: &mut Sound) -> anyhow::Result<bool> {
        let heard = match hear(&self.ears, sound).await {
            Ok(heard) => heard,
            Err(HearError::Busy | HearError::TooMuch) => return Ok(false),
            Err(error @ (HearError::Absent | HearError::Failed)) => return Err(error).context("hear a request"),
        };
        Ok(self.take(&heard, sound).await)
    }

    /// Does what was heard and answers it; whether another request is listened for without the wake phrase.
    async fn take(&self, heard: &Heard, sound: &mut Sound) -> bool {
        let Some(utterance) = self.utterance(heard) else { return false };
        let turn = self.turns.turn(utterance).await;
        match self.answer(&turn, sound).await {
            Spoke::Whole => turn.expects_answer.is_some(),
            Spoke::Woken => true,
            Spoke::Stopped => false,
        }
    }

    /// Says the reply, unless someone speaks meanwhile who means the hub.
    async fn answer(&self, turn: &Turn, sound: &mut Sound) -> Spoke {
        let spotting = &self.settings.spotting;
        // The hub does not hear itself say it.
        let spotting = match turn.reply.to_lowercase().contains(STOP) {
            true => spotting.clone(),
            false => spotting.and(STOP),
        };
        tokio::select! {
            () = self.say(turn) => Spoke::Whole,
            Ok(Some(spotted)) = watch(&self.ears.recognizer, &spotting, sound) => match spotted.phrase {
                0 => Spoke::Woken,
                _ => Spoke::Stopped,
            },
        }
    }

    async fn say(&self, turn: &Turn) {
        let MicrophoneSettings { program, speaker, speech, .. } = &self.settings;
        let Some(speaker) = speaker else { return };
        let said = async { play(program, speaker, &speak(speech, &turn.reply, turn.lang).await?).await };
        if let Err(error) = said.await {
            warn!(speaker, error = format!("{error:#}"), "The hub can't speak on its speaker.");
        }
    }

    fn utterance(&self, heard: &Heard) -> Option<Utterance> {
        let Turns { hub, clock, .. } = &self.turns;
        let spoken = Spoken {
            lang: "en".to_owned(),
            place: self.settings.area.as_deref().and_then(|area| Handle::area(hub, area)),
            conversation: CONVERSATION.to_owned(),
            speaker: Speaker::Someone(WayIn::Voice),
            at_ms: clock.now_ms(),
        };
        utterance(&without(self.settings.spotting.wake_phrase(), heard), spoken)
    }
}

/// What was heard without the wake phrase in front, where someone said it although it was not needed.
fn without(phrase: &str, heard: &Heard) -> Heard {
    let rest = |text: &str| text.strip_prefix(phrase).map_or(text, str::trim_start).to_owned();
    let hearings = heard.hearings.iter().map(|(text, probability)| (rest(text), *probability));
    Heard { hearings: hearings.filter(|(text, _)| !text.is_empty()).collect(), ..heard.clone() }
}

/// Whether a timer, an alarm or a reminder rings.
fn rings(house: &House) -> bool {
    house.timers.iter().any(MovingTimer::rings) || house.schedules.iter().any(|one| one.rings_since_ms.is_some())
}

/// Hears one utterance of a microphone's sound, until nobody speaks any more.
async fn hear(ears: &Ears, sound: &mut Sound) -> Result<Heard, HearError> {
    let (to, mut from) = mpsc::channel(1);
    let ends = Ends::BySilence(EndpointSettings::default());
    let listening = listen(&ears.recognizer, ends, &mut from, |_| ());
    let carrying = async {
        while let Some(samples) = sound.next().await {
            if to.send(samples).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        heard = listening => heard,
        () = carrying => Err(HearError::Failed),
    }
}

/// What makes the hub fall silent and ends what rings, without the wake phrase.
const STOP: &str = "stop";
const CONVERSATION: &str = "microphone";
/// Sound on its way, some seconds of it: a turn takes less.
const MAX_PIECES: usize = 64;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(60);
