//! The board's own microphone: it waits for the wake phrase, hears what follows, does it where it stands, and answers
//! on the board's speaker, which also rings and tells what is for there.
//!
//! Muted means closed: the process that holds the microphone is ended. Whoever says the wake phrase or `stop` while the
//! hub speaks makes it fall silent, and `stop` ends what rings. While the microphone is tested, none of that happens.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use engine_protocol::speech::SAMPLE_RATE_HZ;
use house::{House, MovingTimer, Speaker, Utterance, WayIn};
use runtime::backoff::Backoff;
use runtime::clock::Stopwatch;
use runtime::turn::Turns;
use runtime::turn::outcome::Turn;
use tokio::sync::mpsc;
use tracing::{debug, info, warn};
use voice::Heard;
use voice::board::{BoardChoice, BoardState};
use voice::board_test::test;
use voice::ears::{Ears, Spoken, utterance};
use voice::endpoint::EndpointSettings;
use voice::listening::{Ends, Progress, listen};
use voice::nearest::{Hearing, Loudness};
use voice::recognizer::HearError;
use voice::sound::Sound;
use voice::sound_card::{Capture, SoundError};
use voice::wake::{Spotting, watch};

use crate::aloud::{AloudSettings, BoardSettings, BoardSpeaker, Place};

/// The microphone, and what goes with it.
#[derive(Clone, Debug)]
pub(crate) struct MicrophoneSettings {
    /// The program that holds it.
    pub(crate) program: PathBuf,
    /// Which it is, with the speaker beside it, and where they stand, unless others are chosen.
    pub(crate) configured: BoardChoice,
    /// What wakes it.
    pub(crate) wake_phrase: String,
    /// How and where the hub speaks.
    pub(crate) aloud: AloudSettings,
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

/// Serves the microphone that is chosen whenever it is there and the hub is not muted, and the speaker all the time;
/// never ends.
pub(crate) async fn keep(microphone: Option<Microphone>) {
    let Some(microphone) = microphone else { return std::future::pending().await };
    let mut chosen = microphone.ears.board.follow();
    let mut is_chosen_now = false;
    loop {
        chosen.mark_unchanged();
        let talk = microphone.talk();
        // Who has chosen hears which it is.
        if let Some(speaker) = talk.speaker.as_ref().filter(|_| is_chosen_now) {
            speaker.player().done().await;
        }
        is_chosen_now = true;
        tokio::select! {
            () = talk.keep() => return,
            // The choice lives as long as the hub.
            changed = chosen.changed() => if changed.is_err() {
                return;
            },
        }
    }
}

impl Microphone {
    /// The microphone that is chosen now, with the speaker beside it.
    fn talk(&self) -> Talk<'_> {
        let BoardChoice { device, speaker, area } = self.ears.board.choice();
        let MicrophoneSettings { aloud, .. } = &self.settings;
        aloud.voices.set_board(speaker.as_ref().and(area.clone()));
        let place = Place::of(area, aloud);
        Talk { speaker: speaker.map(|device| self.speaker(device, &place)), place, device, microphone: self }
    }

    fn speaker(&self, device: String, place: &Place) -> BoardSpeaker {
        let MicrophoneSettings { program, aloud, .. } = &self.settings;
        let settings =
            BoardSettings { program: program.clone(), device, place: place.clone(), speech: aloud.speech.clone() };
        BoardSpeaker::start(settings, self.turns.hub.clone(), self.turns.clock.clone())
    }
}

/// The microphone with the speaker beside it.
struct Talk<'a> {
    microphone: &'a Microphone,
    /// As ALSA calls it.
    device: Option<String>,
    place: Place,
    speaker: Option<BoardSpeaker>,
}

impl Talk<'_> {
    /// Listens whenever the microphone is there and the hub is not muted; ends only with the hub.
    async fn keep(&self) {
        let Ears { board, mute, recognizer, .. } = &self.microphone.ears;
        let Some(device) = &self.device else {
            board.set(BoardState::Off);
            return std::future::pending().await;
        };
        let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
        let (mut muted, mut testers, mut model) = (mute.watch(), board.testers(), recognizer.follow());
        board.set(BoardState::Starting);
        // A microphone that stays away is told of once.
        let mut told = None;
        loop {
            // The switch lives as long as the hub.
            if muted.wait_for(|muted| !muted).await.is_err() {
                return;
            }
            backoff.begin();
            let begins_anew = tokio::select! {
                // Why it is to end goes before that it ended.
                biased;
                // With what serves it, the process that holds the microphone ends.
                _ = muted.wait_for(|muted| *muted) => true,
                // With another model the phrase is other words. The recogniser lives as long as the hub.
                _ = model.changed() => true,
                served = self.serve(device) => {
                    if let Err(error) = served {
                        let error = SoundError::of(&error);
                        board.set(BoardState::Failed(error.clone()));
                        if told.as_ref() != Some(&error) {
                            warn!(device, %error, "The microphone is not listened to; it is tried again.");
                            told = Some(error);
                        }
                    }
                    false
                }
            };
            // Whoever spoke is not heard any more.
            self.go_on().await;
            if begins_anew {
                board.set(BoardState::Starting);
                continue;
            }
            tokio::select! {
                () = backoff.wait() => {}
                // Who tests it wants to know how it is now.
                _ = testers.changed() => board.set(BoardState::Starting),
            }
        }
    }

    /// Listens until the microphone or the recogniser is gone.
    async fn serve(&self, device: &str) -> anyhow::Result<()> {
        let Microphone { settings, ears, .. } = self.microphone;
        ears.recognizer.until_ready().await;
        let (phrase, model) = (settings.wake_phrase.clone(), ears.recognizer.model());
        let spotting = tokio::task::spawn_blocking(move || Spotting::of(&phrase, &model)).await?;
        let spotting = spotting.with_context(|| format!("listen for `{}`", settings.wake_phrase))?;
        let mut capture = Capture::open(&settings.program, device).await?;
        let first = capture.next().await?;
        info!(device, phrase = spotting.wake_phrase(), "The microphone is open.");
        ears.board.set(BoardState::Listening);
        let (to, from) = mpsc::channel(MAX_PIECES);
        to.send(first).await.context("take the microphone's sound")?;
        let captured = async {
            loop {
                to.send(capture.next().await?).await.context("take the microphone's sound")?;
            }
        };
        tokio::select! {
            captured = captured => captured,
            used = self.used(&spotting, Sound::of(from)) => used,
        }
    }

    /// Talks, or tells what it hears while somebody tests it.
    async fn used(&self, spotting: &Spotting, mut sound: Sound) -> anyhow::Result<()> {
        let Ears { board, recognizer, .. } = &self.microphone.ears;
        let mut testers = board.testers();
        loop {
            let tester = testers.borrow_and_update().clone().filter(|tester| !tester.is_closed());
            let used = async {
                match &tester {
                    Some(tell) => test(recognizer, &mut sound, tell).await.context("test the microphone"),
                    None => self.talk(spotting, &mut sound).await,
                }
            };
            tokio::select! {
                used = used => used?,
                // Who wants to test it lives as long as the hub.
                _ = testers.changed() => {}
            }
            // Whoever spoke is not heard any more.
            self.go_on().await;
        }
    }

    async fn talk(&self, own: &Spotting, sound: &mut Sound) -> anyhow::Result<()> {
        let spotting = own.and(STOP);
        loop {
            let spotted = watch(&self.microphone.ears.recognizer, &spotting, sound).await;
            let spotted = spotted.context("listen for the wake phrase")?.context("the microphone's sound ended")?;
            debug!(phrase = spotted.phrase, confidence = spotted.confidence, "A phrase was said.");
            let mut goes_on = match spotted.phrase {
                WAKE => {
                    self.hush().await;
                    true
                }
                _ => self.stop(own, spotted.confidence, sound).await,
            };
            while goes_on {
                goes_on = self.exchange(own, sound).await?;
            }
        }
    }

    /// Someone said `stop`: that ends what rings, or else what is said; where nothing sounds, others were meant.
    async fn stop(&self, own: &Spotting, confidence: f64, sound: &mut Sound) -> bool {
        // The hub does not hear itself say it.
        if self.speaker.as_ref().is_some_and(|speaker| speaker.says(STOP)) {
            return false;
        }
        if rings(&self.microphone.turns.hub.snapshot().house) {
            self.hush().await;
            let heard = Heard { hearings: vec![(STOP.to_owned(), confidence)], ..Heard::default() };
            return self.take(own, &heard, sound).await;
        }
        if self.speaker.as_ref().is_some_and(BoardSpeaker::is_heard) {
            self.hush().await;
            self.go_on().await;
        }
        false
    }

    /// Hears a request and answers it; whether another one is listened for without the wake phrase.
    async fn exchange(&self, own: &Spotting, sound: &mut Sound) -> anyhow::Result<bool> {
        let Said { heard, near, loudness } = hear(&self.microphone.ears, sound).await;
        let heard = match heard {
            Ok(heard) => without(own.wake_phrase(), &heard),
            Err(HearError::Busy | HearError::TooMuch) => Heard::default(),
            Err(error @ (HearError::Absent | HearError::Failed)) => return Err(error).context("hear a request"),
        };
        let words = heard.hearings.first().map(|(words, _)| words.as_str()).unwrap_or_default();
        let is_nearest = match near {
            Some(near) => near.is_nearest(words, loudness.power()).await,
            None => true,
        };
        if !is_nearest {
            self.go_on().await;
            return Ok(false);
        }
        Ok(self.take(own, &heard, sound).await)
    }

    /// Does what was heard and answers it; whether another request is listened for without the wake phrase.
    async fn take(&self, own: &Spotting, heard: &Heard, sound: &mut Sound) -> bool {
        let Some(utterance) = self.utterance(heard) else {
            self.go_on().await;
            return false;
        };
        let turn = self.microphone.turns.turn(utterance).await;
        match &self.speaker {
            Some(speaker) => self.answer(own, speaker, turn, sound).await,
            None => turn.expects_answer.is_some(),
        }
    }

    /// Answers; after a question, another request is listened for without the wake phrase once it has been said.
    async fn answer(&self, own: &Spotting, speaker: &BoardSpeaker, turn: Turn, sound: &mut Sound) -> bool {
        let Microphone { settings, turns, ears } = self.microphone;
        if settings.aloud.short_sounds && turn.is_plain_success(&turns.hub.snapshot().house) {
            speaker.player().done().await;
            return false;
        }
        let begun = speaker.player().answer(turn.reply.clone(), turn.lang).await;
        if turn.expects_answer.is_none() {
            return false;
        }
        // What can't be said is over at once.
        let _ = begun.await;
        // The hub does not hear itself say it.
        let spotting = match turn.reply.to_lowercase().contains(STOP) {
            true => own.clone(),
            false => own.and(STOP),
        };
        tokio::select! {
            () = speaker.until_silent() => true,
            Ok(Some(spotted)) = watch(&ears.recognizer, &spotting, sound) => {
                self.hush().await;
                if spotted.phrase != WAKE {
                    self.go_on().await;
                }
                spotted.phrase == WAKE
            }
        }
    }

    /// Someone speaks: the speaker is silent.
    async fn hush(&self) {
        if let Some(speaker) = &self.speaker {
            speaker.player().hush().await;
        }
    }

    /// Nobody speaks any more.
    async fn go_on(&self) {
        if let Some(speaker) = &self.speaker {
            speaker.player().go_on().await;
        }
    }

    fn utterance(&self, heard: &Heard) -> Option<Utterance> {
        let Turns { hub, clock, .. } = &self.microphone.turns;
        let spoken = Spoken {
            lang: None,
            place: self.place.area_id(&hub.snapshot().house),
            conversation: CONVERSATION.to_owned(),
            speaker: Speaker::Someone(WayIn::Voice),
            at_ms: clock.now_ms(),
        };
        utterance(heard, spoken)
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

/// An utterance, with what it is compared by where other microphones hear it too.
struct Said {
    heard: Result<Heard, HearError>,
    /// None where nobody spoke.
    near: Option<Hearing>,
    loudness: Loudness,
}

/// Hears one utterance of a microphone's sound, until nobody speaks any more.
async fn hear(ears: &Ears, sound: &mut Sound) -> Said {
    let (to, mut from) = mpsc::channel(1);
    let (mut near, mut loudness) = (None, Loudness::default());
    // What was said in one breath with the wake phrase is heard again, later than it was said.
    let (behind, noticed) = (length(sound.ahead()), Stopwatch::start());
    let tell = |progress| {
        if progress == Progress::Speech {
            near = Some(ears.nearest.begin(behind.saturating_sub(noticed.elapsed())));
        }
    };
    let listening = listen(&ears.recognizer, Ends::BySilence(EndpointSettings::default()), &mut from, tell);
    let carrying = async {
        while let Some(samples) = sound.next().await {
            loudness.add(&samples);
            if to.send(samples).await.is_err() {
                return;
            }
        }
    };
    let heard = tokio::select! {
        heard = listening => heard,
        () = carrying => Err(HearError::Failed),
    };
    Said { heard, near, loudness }
}

/// How long so many samples last.
fn length(samples: usize) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(SAMPLE_RATE_HZ))
}

/// Where the wake phrase stands among those that are listened for.
const WAKE: usize = 0;
/// What makes the hub fall silent and ends what rings, without the wake phrase.
const STOP: &str = "stop";
const CONVERSATION: &str = "microphone";
/// Sound on its way, some seconds of it: a turn takes less.
const MAX_PIECES: usize = 64;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(60);
