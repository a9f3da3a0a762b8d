//! Wyoming satellites that the hub connects to, as Home Assistant does.
//!
//! A satellite waits for its wake word by itself, or for speech, and then asks for a pipeline.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Map, Value, json};
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use voice::audio::{Incoming, to_bytes};

use super::hear::form;
use crate::aloud::Played;
use crate::satellite::{Connection, Purpose, Said, Satellite, TimerChange, TimerChangeKind, Told};
use crate::wyoming_event::{self as event, Event};

/// A satellite.
pub(super) struct WyomingSatellite {
    /// Where it listens: host and port.
    pub(super) address: String,
}

impl Satellite for WyomingSatellite {
    type Connection = WyomingConnection;

    fn address(&self) -> &str {
        &self.address
    }

    async fn connect(&self, purpose: Purpose) -> anyhow::Result<WyomingConnection> {
        let connecting = TcpStream::connect(&self.address);
        let stream = tokio::time::timeout(CONNECT_TIME, connecting).await.context("wait for the satellite")??;
        stream.set_nodelay(true)?;
        let (reading, mut writing) = stream.into_split();
        let (events, arrived) = mpsc::channel(MAX_EVENTS);
        let mut reader = JoinSet::new();
        let wanted = match purpose {
            Purpose::Talk => {
                reader.spawn(read(reading, events));
                "run-satellite"
            }
            Purpose::Speak => "pause-satellite",
        };
        event::write(&mut writing, wanted, &json!({})).await?;
        Ok(WyomingConnection { arrived, _reader: reader, writing, incoming: None, rate_hz: None })
    }
}

/// A satellite that is reached.
pub(super) struct WyomingConnection {
    arrived: mpsc::Receiver<Event>,
    /// It ends with the connection.
    _reader: JoinSet<()>,
    writing: OwnedWriteHalf,
    /// The sound of an utterance as the satellite sends it; none before the first.
    incoming: Option<Incoming>,
    /// The rate of the sound that plays there.
    rate_hz: Option<u32>,
}

impl Connection for WyomingConnection {
    type Message = Event;

    fn rings_timers(&self) -> bool {
        false
    }

    fn plays_only_answers(&self) -> bool {
        false
    }

    async fn next(&mut self) -> Option<Event> {
        self.arrived.recv().await
    }

    async fn take(&mut self, event: Event) -> anyhow::Result<Said> {
        Ok(match event.kind.as_str() {
            "detection" => Said::Woken,
            "run-pipeline" => {
                self.incoming = None;
                self.send("transcribe", &json!({})).await?;
                Said::Begin { is_woken: false }
            }
            "audio-chunk" => Said::Sound(self.samples(&event)?),
            "audio-stop" => Said::End,
            // Pongs, what was played, and what satellites of other versions say.
            _ => Said::Nothing,
        })
    }

    async fn tell(&mut self, told: Told<'_>) -> anyhow::Result<()> {
        match told {
            Told::Speech => self.send("voice-started", &json!({})).await,
            Told::Silence => self.send("voice-stopped", &json!({})).await,
            Told::NotHeard(why) => self.send("error", &json!({ "text": why, "code": "not-heard" })).await,
            Told::Heard { text, is_nearest } => {
                let text = if is_nearest { text } else { "" };
                self.send("transcript", &json!({ "text": text })).await
            }
            Told::Answer { is_short: true, .. } => Ok(()),
            Told::Answer { text, lang, .. } => {
                let said = json!({ "text": text, "voice": { "language": lang.as_str() } });
                self.send("synthesize", &said).await
            }
            Told::Timer(change) => {
                let (kind, data) = timer_event(change);
                self.send(kind, &data).await
            }
            Told::Sound(played) => self.play(played).await,
            Told::Ping => self.send("ping", &json!({})).await,
        }
    }

    async fn leave(&mut self) {}
}

impl WyomingConnection {
    async fn send(&mut self, kind: &str, data: &Value) -> anyhow::Result<()> {
        Ok(event::write(&mut self.writing, kind, data).await?)
    }

    fn samples(&mut self, event: &Event) -> anyhow::Result<Vec<i16>> {
        let incoming = match &mut self.incoming {
            Some(incoming) => incoming,
            none => none.insert(Incoming::of(form(&event.data))?),
        };
        Ok(incoming.take(&event.payload)?)
    }

    async fn play(&mut self, played: Played) -> anyhow::Result<()> {
        let form = |rate_hz: u32| json!({ "rate": rate_hz, "width": 2, "channels": 1 });
        match (played, self.rate_hz) {
            (Played::Start(sound), _) => {
                self.rate_hz = Some(sound.pcm.rate_hz);
                self.send("audio-start", &form(sound.pcm.rate_hz)).await
            }
            (Played::Piece(samples), Some(rate_hz)) => {
                let bytes = to_bytes(&samples);
                Ok(event::write_with(&mut self.writing, "audio-chunk", &form(rate_hz), &bytes).await?)
            }
            (Played::End | Played::Cut, Some(_)) => {
                self.rate_hz = None;
                self.send("audio-stop", &json!({})).await
            }
            // It began before this satellite was there, or there is nothing to hear.
            (Played::Piece(_) | Played::End | Played::Cut | Played::Nothing, _) => Ok(()),
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

/// What happened to a timer, as an event of the protocol.
fn timer_event(change: &TimerChange) -> (&'static str, Value) {
    let TimerChange { kind, timer } = change;
    match kind {
        TimerChangeKind::Started => {
            let mut data = Map::new();
            data.insert("id".to_owned(), json!(timer.id));
            data.insert("total_seconds".to_owned(), json!(timer.left_s));
            data.insert("start_hours".to_owned(), json!(timer.length_s / 3600));
            data.insert("start_minutes".to_owned(), json!(timer.length_s / 60 % 60));
            data.insert("start_seconds".to_owned(), json!(timer.length_s % 60));
            if let Some(name) = &timer.name {
                data.insert("name".to_owned(), json!(name));
            }
            ("timer-started", Value::Object(data))
        }
        TimerChangeKind::Updated => {
            let data = json!({ "id": timer.id, "is_active": timer.is_active, "total_seconds": timer.left_s });
            ("timer-updated", data)
        }
        TimerChangeKind::Cancelled => ("timer-cancelled", json!({ "id": timer.id })),
        TimerChangeKind::Finished => ("timer-finished", json!({ "id": timer.id })),
    }
}

const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Events on their way: some seconds of sound.
const MAX_EVENTS: usize = 256;
