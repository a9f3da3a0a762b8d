//! Satellites that the hub connects to, as Home Assistant does: their sound is heard, done where they stand, and
//! answered there.
//!
//! A satellite waits for its wake word by itself, or for speech, and then asks for a pipeline. While the hub is muted
//! it is connected to none, so none has anywhere to send its sound.

use std::time::Duration;

use anyhow::Context as _;
use house::Utterance;
use runtime::backoff::Backoff;
use runtime::clock::Stopwatch;
use runtime::turn::Turns;
use serde_json::json;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{debug, info};
use voice::Heard;
use voice::audio::Incoming;
use voice::ears::{Ears, Spoken, utterance};
use voice::endpoint::EndpointSettings;
use voice::listening::{Ends, Progress, listen};
use voice::recognizer::HearError;
use voice::synthesizer::SynthesizerSettings;

use super::event::{self, Event};
use super::hear::form;
use super::{SPEAKER, speak};

/// A satellite, and what the hub needs to serve it.
#[derive(Clone)]
pub(super) struct Satellite {
    /// Where it listens: host and port.
    pub(super) address: String,
    /// The area it stands in, by name.
    pub(super) area: String,
    /// Turns.
    pub(super) turns: Turns,
    /// What hears.
    pub(super) ears: Ears,
    /// How the hub speaks.
    pub(super) speaker: SynthesizerSettings,
}

/// Serves a satellite whenever it can be reached and the hub is not muted; never ends.
pub(super) async fn keep(satellite: Satellite) {
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    let mut muted = satellite.ears.mute.watch();
    loop {
        // The switch lives as long as the hub.
        if muted.wait_for(|muted| !muted).await.is_err() {
            return;
        }
        backoff.begin();
        match serve(&satellite).await {
            Ok(()) => {}
            Err(error) => {
                debug!(address = satellite.address, error = format!("{error:#}"), "A satellite can't be served.");
            }
        }
        backoff.wait().await;
    }
}

/// One connection, until it ends or the hub is muted.
async fn serve(satellite: &Satellite) -> anyhow::Result<()> {
    let connecting = TcpStream::connect(&satellite.address);
    let stream = tokio::time::timeout(CONNECT_TIME, connecting).await.context("wait for the satellite")??;
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    event::write(&mut writing, "run-satellite", &json!({})).await?;
    info!(address = satellite.address, area = satellite.area, "A satellite is connected.");
    let (events, arrived) = mpsc::channel(MAX_EVENTS);
    // What reads it ends with the connection's other half.
    let mut reader = JoinSet::new();
    reader.spawn(read(reading, events));
    Talk { satellite, writing, listening: Listening::default(), last: Stopwatch::start() }.run(arrived).await
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
    writing: OwnedWriteHalf,
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
}

impl Talk<'_> {
    async fn run(mut self, mut events: mpsc::Receiver<Event>) -> anyhow::Result<()> {
        let mut muted = self.satellite.ears.mute.watch();
        let mut ping = interval(PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = events.recv() => self.take(event.context("the satellite ended the connection")?).await?,
                Some(progress) = next_progress(&mut self.listening.progress) => self.tell(progress).await?,
                Some(heard) = self.listening.heard.join_next() => {
                    self.finish(heard.unwrap_or(Err(HearError::Failed))).await?;
                }
                _ = ping.tick() => {
                    anyhow::ensure!(self.last.elapsed() < LONGEST_SILENCE, "the satellite says nothing any more");
                    event::write(&mut self.writing, "ping", &json!({})).await?;
                }
                Ok(()) = muted.changed() => if *muted.borrow_and_update() {
                    return Ok(());
                },
            }
        }
    }

    async fn take(&mut self, event: Event) -> anyhow::Result<()> {
        self.last = Stopwatch::start();
        match event.kind.as_str() {
            "run-pipeline" => {
                self.listening = Listening::begin(&self.satellite.ears);
                event::write(&mut self.writing, "transcribe", &json!({ "language": "en" })).await?;
            }
            "audio-chunk" => {
                if let Some(sound) = &self.listening.sound {
                    let incoming = match &mut self.listening.incoming {
                        Some(incoming) => incoming,
                        none => none.insert(Incoming::of(form(&event.data))?),
                    };
                    let samples = incoming.take(&event.payload)?;
                    // A satellite goes on sending until it is told the words; what comes too late is not heard.
                    let _ = sound.try_send(samples);
                }
            }
            "audio-stop" => self.listening.sound = None,
            // Detections, pongs, what was played, and what satellites of other versions say.
            _ => {}
        }
        Ok(())
    }

    async fn tell(&mut self, progress: Progress) -> anyhow::Result<()> {
        let kind = match progress {
            Progress::Speech => "voice-started",
            Progress::Silence => "voice-stopped",
            Progress::Partial(_) => return Ok(()),
        };
        Ok(event::write(&mut self.writing, kind, &json!({})).await?)
    }

    /// Says what was heard, does it, and answers aloud.
    async fn finish(&mut self, heard: Result<Heard, HearError>) -> anyhow::Result<()> {
        self.listening.sound = None;
        let heard = match heard {
            Ok(heard) => heard,
            Err(error) => {
                let said = json!({ "text": error.to_string(), "code": "not-heard" });
                return Ok(event::write(&mut self.writing, "error", &said).await?);
            }
        };
        let text = heard.hearings.first().map(|(text, _)| text.clone()).unwrap_or_default();
        event::write(&mut self.writing, "transcript", &json!({ "text": text })).await?;
        let Some(utterance) = self.utterance(&heard) else { return Ok(()) };
        let turn = self.satellite.turns.turn(utterance).await;
        let said = json!({ "text": turn.reply, "voice": { "language": turn.lang.as_str() } });
        event::write(&mut self.writing, "synthesize", &said).await?;
        let asked = said.as_object().cloned().unwrap_or_default();
        speak::say(&asked, &self.satellite.speaker, &mut self.writing).await
    }

    fn utterance(&self, heard: &Heard) -> Option<Utterance> {
        let Satellite { address, area, turns, .. } = self.satellite;
        let spoken = Spoken {
            lang: "en".to_owned(),
            place: turns.hub.area(area),
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
        Self { sound: Some(sound), incoming: None, progress: Some(progress), heard }
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
