//! Satellites that the hub connects to, as Home Assistant does: their sound is heard, done where they stand, and
//! answered there.
//!
//! A satellite waits for its wake word by itself, or for speech, and then asks for a pipeline. While the hub is muted
//! it is connected to none, so none has anywhere to send its sound; only what rings meanwhile is brought there.

use std::time::Duration;

use anyhow::Context as _;
use house::{House, Utterance};
use runtime::backoff::Backoff;
use runtime::clock::Stopwatch;
use runtime::turn::Turns;
use serde_json::{Value, json};
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{debug, info};
use voice::Heard;
use voice::audio::{Incoming, to_bytes};
use voice::ears::{Ears, Spoken, utterance};
use voice::endpoint::EndpointSettings;
use voice::listening::{Ends, Progress, listen};
use voice::nearest::{Hearing, Loudness};
use voice::recognizer::HearError;

use super::SPEAKER;
use super::hear::form;
use super::timers::ShownTimers;
use crate::aloud::{AloudSettings, Place, Played, Player};
use crate::wyoming_event::{self as event, Event};

/// A satellite, and what the hub needs to serve it.
#[derive(Clone)]
pub(super) struct Satellite {
    /// Where it listens: host and port.
    pub(super) address: String,
    /// Where it stands.
    pub(super) place: Place,
    /// Turns.
    pub(super) turns: Turns,
    /// What hears.
    pub(super) ears: Ears,
    /// How the hub speaks.
    pub(super) aloud: AloudSettings,
}

/// Serves a satellite whenever it can be reached; never ends.
pub(super) async fn keep(satellite: Satellite) {
    let Satellite { place, aloud, turns, .. } = satellite.clone();
    let (player, mut played) = Player::start(place, aloud.speech, turns.hub.clone(), turns.clock.clone());
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    let mut muted = satellite.ears.mute.watch();
    loop {
        backoff.begin();
        let is_muted = *muted.borrow_and_update();
        let served = match is_muted {
            false => serve(&satellite, &player, &mut played).await,
            true => tokio::select! {
                Some(first) = played.recv() => say_only(&satellite, first, &mut played).await,
                changed = muted.changed() => match changed {
                    Ok(()) => continue,
                    // The switch lives as long as the hub.
                    Err(_) => return,
                },
            },
        };
        if let Err(error) = served {
            debug!(address = satellite.address, error = format!("{error:#}"), "A satellite can't be served.");
        }
        // What nobody hears passes by.
        let unheard = async { while played.recv().await.is_some() {} };
        tokio::select! {
            () = backoff.wait() => {}
            () = unheard => return,
        }
    }
}

/// One connection, until it ends or the hub is muted.
async fn serve(satellite: &Satellite, player: &Player, played: &mut mpsc::Receiver<Played>) -> anyhow::Result<()> {
    let (reading, mut writing) = connect(satellite).await?;
    event::write(&mut writing, "run-satellite", &json!({})).await?;
    info!(address = satellite.address, area = satellite.place.area.as_deref(), "A satellite is connected.");
    let (events, arrived) = mpsc::channel(MAX_EVENTS);
    // What reads it ends with the connection's other half.
    let mut reader = JoinSet::new();
    reader.spawn(read(reading, events));
    let out = Out { writing, rate_hz: None };
    let done = Talk { satellite, player, out, listening: Listening::default(), last: Stopwatch::start() }
        .run(arrived, played)
        .await;
    // Whoever spoke is gone.
    player.go_on().await;
    done
}

/// Brings a satellite one sound while the hub is muted. Nothing it says is read.
async fn say_only(satellite: &Satellite, first: Played, played: &mut mpsc::Receiver<Played>) -> anyhow::Result<()> {
    let (_reading, mut writing) = connect(satellite).await?;
    event::write(&mut writing, "pause-satellite", &json!({})).await?;
    let mut out = Out { writing, rate_hz: None };
    let mut next = Some(first);
    while let Some(sound) = next {
        let is_last = matches!(sound, Played::End | Played::Cut);
        out.sound(sound).await?;
        if is_last {
            break;
        }
        next = played.recv().await;
    }
    Ok(())
}

async fn connect(satellite: &Satellite) -> anyhow::Result<(OwnedReadHalf, OwnedWriteHalf)> {
    let connecting = TcpStream::connect(&satellite.address);
    let stream = tokio::time::timeout(CONNECT_TIME, connecting).await.context("wait for the satellite")??;
    stream.set_nodelay(true)?;
    Ok(stream.into_split())
}

/// The way to a satellite.
struct Out {
    writing: OwnedWriteHalf,
    /// The rate of the sound that plays there.
    rate_hz: Option<u32>,
}

impl Out {
    async fn tell(&mut self, kind: &str, data: &Value) -> anyhow::Result<()> {
        Ok(event::write(&mut self.writing, kind, data).await?)
    }

    async fn sound(&mut self, played: Played) -> anyhow::Result<()> {
        let form = |rate_hz: u32| json!({ "rate": rate_hz, "width": 2, "channels": 1 });
        match (played, self.rate_hz) {
            (Played::Start(rate_hz), _) => {
                self.rate_hz = Some(rate_hz);
                self.tell("audio-start", &form(rate_hz)).await
            }
            (Played::Piece(samples), Some(rate_hz)) => {
                let bytes = to_bytes(&samples);
                Ok(event::write_with(&mut self.writing, "audio-chunk", &form(rate_hz), &bytes).await?)
            }
            (Played::End | Played::Cut, Some(_)) => {
                self.rate_hz = None;
                self.tell("audio-stop", &json!({})).await
            }
            // It began before this satellite was there.
            (Played::Piece(_) | Played::End | Played::Cut, None) => Ok(()),
        }
    }
}

async fn read(reading: OwnedReadHalf, events: mpsc::Sender<Event>) {
    let mut reading = BufReader::new(reading);
    while let Ok(Some(event)) = event::read(&mut reading).await {
        if events.send(event).await.is_err() {
            return;
        }
    }
}

struct Talk<'s> {
    satellite: &'s Satellite,
    player: &'s Player,
    out: Out,
    listening: Listening,
    /// Since something came from it last.
    last: Stopwatch,
}

/// The utterance that is being heard, if one is.
#[derive(Default)]
struct Listening {
    sound: Option<mpsc::Sender<Vec<i16>>>,
    /// Its sound as the satellite sends it; none before the first.
    incoming: Option<Incoming>,
    progress: Option<mpsc::Receiver<Progress>>,
    heard: JoinSet<Result<Heard, HearError>>,
    /// What is compared with other microphones, since someone speaks.
    near: Option<Hearing>,
    loudness: Loudness,
}

impl Talk<'_> {
    async fn run(
        mut self,
        mut events: mpsc::Receiver<Event>,
        played: &mut mpsc::Receiver<Played>,
    ) -> anyhow::Result<()> {
        let mut muted = self.satellite.ears.mute.watch();
        let (mut house, mut timers) = (self.satellite.turns.hub.watch(), ShownTimers::default());
        house.mark_changed();
        let mut ping = interval(PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = events.recv() => self.take(event.context("the satellite ended the connection")?).await?,
                Some(sound) = played.recv() => self.out.sound(sound).await?,
                Ok(()) = house.changed() => {
                    let snapshot = house.borrow_and_update().clone();
                    self.show(&snapshot.house, &mut timers).await?;
                }
                Some(progress) = next_progress(&mut self.listening.progress) => self.tell(progress).await?,
                Some(heard) = self.listening.heard.join_next() => {
                    self.finish(heard.unwrap_or(Err(HearError::Failed))).await?;
                }
                _ = ping.tick() => {
                    anyhow::ensure!(self.last.elapsed() < LONGEST_SILENCE, "the satellite says nothing any more");
                    self.out.tell("ping", &json!({})).await?;
                }
                Ok(()) = muted.changed() => if *muted.borrow_and_update() {
                    return Ok(());
                },
            }
        }
    }

    /// Tells of timers that belong here.
    async fn show(&mut self, house: &House, timers: &mut ShownTimers) -> anyhow::Result<()> {
        let Satellite { place, turns, .. } = self.satellite;
        let here = house.timers.iter().filter(|timer| place.is_for(timer.area.as_slice(), house));
        for (kind, data) in timers.changes(here, turns.clock.now_ms()) {
            self.out.tell(kind, &data).await?;
        }
        Ok(())
    }

    async fn take(&mut self, event: Event) -> anyhow::Result<()> {
        self.last = Stopwatch::start();
        match event.kind.as_str() {
            // It heard its wake word: what plays would be heard with what is said.
            "detection" => self.player.hush().await,
            "run-pipeline" => {
                self.listening = Listening::begin(&self.satellite.ears);
                self.out.tell("transcribe", &json!({})).await?;
            }
            "audio-chunk" => {
                if let Some(sound) = &self.listening.sound {
                    let incoming = match &mut self.listening.incoming {
                        Some(incoming) => incoming,
                        none => none.insert(Incoming::of(form(&event.data))?),
                    };
                    let samples = incoming.take(&event.payload)?;
                    self.listening.loudness.add(&samples);
                    // A satellite goes on sending until it is told the words; what comes too late is not heard.
                    let _ = sound.try_send(samples);
                }
            }
            "audio-stop" => self.listening.sound = None,
            // Pongs, what was played, and what satellites of other versions say.
            _ => {}
        }
        Ok(())
    }

    async fn tell(&mut self, progress: Progress) -> anyhow::Result<()> {
        let kind = match progress {
            Progress::Speech => {
                self.player.hush().await;
                self.listening.near = Some(self.satellite.ears.nearest.begin(Duration::ZERO));
                "voice-started"
            }
            Progress::Silence => "voice-stopped",
            Progress::Partial(_) => return Ok(()),
        };
        self.out.tell(kind, &json!({})).await
    }

    /// Says what was heard, does it, and answers aloud.
    async fn finish(&mut self, heard: Result<Heard, HearError>) -> anyhow::Result<()> {
        self.listening.sound = None;
        let heard = match heard {
            Ok(heard) => heard,
            Err(error) => {
                self.player.go_on().await;
                return self.out.tell("error", &json!({ "text": error.to_string(), "code": "not-heard" })).await;
            }
        };
        let text = heard.hearings.first().map(|(text, _)| text.clone()).unwrap_or_default();
        let is_nearest = match self.listening.near.take() {
            Some(near) => near.is_nearest(&text, self.listening.loudness.power()).await,
            None => true,
        };
        // Words that another microphone has are none here.
        let text = if is_nearest { text } else { String::new() };
        self.out.tell("transcript", &json!({ "text": text })).await?;
        let Some(utterance) = self.utterance(&heard).filter(|_| is_nearest) else {
            self.player.go_on().await;
            return Ok(());
        };
        let turns = &self.satellite.turns;
        let turn = turns.turn(utterance).await;
        if self.satellite.aloud.short_sounds && turn.is_plain_success(&turns.hub.snapshot().house) {
            self.player.done().await;
            return Ok(());
        }
        let said = json!({ "text": turn.reply, "voice": { "language": turn.lang.as_str() } });
        self.out.tell("synthesize", &said).await?;
        let _begun = self.player.answer(turn.reply, turn.lang).await;
        Ok(())
    }

    fn utterance(&self, heard: &Heard) -> Option<Utterance> {
        let Satellite { address, place, turns, .. } = self.satellite;
        let spoken = Spoken {
            lang: None,
            place: place.area_id(&turns.hub.snapshot().house),
            conversation: format!("satellite-{address}"),
            speaker: SPEAKER,
            at_ms: turns.clock.now_ms(),
        };
        utterance(heard, spoken)
    }
}

impl Listening {
    fn begin(ears: &Ears) -> Self {
        let (sound, mut taken) = mpsc::channel(MAX_EVENTS);
        let (tell, progress) = mpsc::channel(MAX_EVENTS);
        let recognizer = ears.recognizer.clone();
        let mut heard = JoinSet::new();
        heard.spawn(async move {
            let tell = move |progress| drop(tell.try_send(progress));
            listen(&recognizer, Ends::BySilence(EndpointSettings::default()), &mut taken, tell).await
        });
        Self {
            sound: Some(sound),
            incoming: None,
            progress: Some(progress),
            heard,
            near: None,
            loudness: Loudness::default(),
        }
    }
}

/// What is told of an utterance while it is heard; nothing while none is.
async fn next_progress(of: &mut Option<mpsc::Receiver<Progress>>) -> Option<Progress> {
    let Some(progress) = of else { return std::future::pending().await };
    let told = progress.recv().await;
    if told.is_none() {
        *of = None;
    }
    told
}

const CONNECT_TIME: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(30);
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(60);
const PING_INTERVAL: Duration = Duration::from_secs(10);
/// A satellite answers each ping.
const LONGEST_SILENCE: Duration = Duration::from_secs(35);
/// Events on their way: some seconds of sound.
const MAX_EVENTS: usize = 256;
