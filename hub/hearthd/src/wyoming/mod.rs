//! The hub as a voice agent for Home Assistant, over the Wyoming protocol.
//!
//! One port handles: a sentence comes in, the hub does it, and the reply goes back.
//! The same port hears and speaks: sound comes in and its words go back, words come in and their sound goes back.
//! Another port, if it is wanted, only says which intents it understood, and Home Assistant does them.
//! It knows no more of Home Assistant than the ids that come with a sentence.

mod hear;
mod satellite;
mod speak;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use house::{AreaId, Cause, Lang, TurnOutcome, Utterance};
use mdns_sd::{ServiceDaemon, ServiceInfo};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncWrite, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tracing::{debug, info, warn};

use crate::aloud::speech::can_speak;
use crate::aloud::{AloudSettings, Place};
use crate::satellite::{SPEAKER, Station, keep};
use crate::wyoming_event as event;
use api::permits::Permits;
use runtime::turn::Turns;
use runtime::turn::dry_run::{Case, dry_run};
use satellite::WyomingSatellite;
use voice::ears::Ears;
use voice::models::installed;
use voice::recognizer::RecognizerHealth;

/// Where to listen, and where satellites stand.
#[derive(Clone, Debug, Default)]
pub(crate) struct WyomingSettings {
    /// The port on which the hub acts.
    pub(crate) listen: Option<SocketAddr>,
    /// The port on which it only says what it understood.
    pub(crate) intent_listen: Option<SocketAddr>,
    /// The area of a satellite or device, by the id that Home Assistant sends.
    pub(crate) satellites: BTreeMap<String, String>,
    /// Satellites that the hub connects to, by host and port, with the area they stand in.
    pub(crate) connect: BTreeMap<String, String>,
    /// How the hub speaks.
    pub(crate) aloud: AloudSettings,
}

/// What a port does with a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    /// Do it.
    Handle,
    /// Say which intents it holds.
    Recognize,
}

/// The ports that listen, and the hub's name in the network, for as long as this is held.
pub(crate) struct Listening {
    _ports: JoinSet<()>,
    _names: Option<ServiceDaemon>,
}

/// Listens on the ports that are wanted.
pub(crate) async fn start(settings: WyomingSettings, turns: &Turns, ears: &Ears) -> anyhow::Result<Listening> {
    let settings = Arc::new(settings);
    let mut ports = JoinSet::new();
    let mut names = None;
    for (address, service) in [(settings.listen, Service::Handle), (settings.intent_listen, Service::Recognize)] {
        let Some(address) = address else { continue };
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("listen for Home Assistant's voice on `{address}`"))?;
        let address = listener.local_addr().context("read the port of Home Assistant's voice")?;
        info!(%address, ?service, "Home Assistant may talk to the hub.");
        if service == Service::Handle && !address.ip().is_loopback() {
            names = in_network(address)
                .inspect_err(|error| {
                    warn!(%error, "The hub can't tell the network its name; \
             name its address in Home Assistant instead.")
                })
                .ok();
        }
        ports.spawn(accept(listener, service, settings.clone(), turns.clone(), ears.clone()));
    }
    for (address, area) in &settings.connect {
        let station = Station {
            place: Place::of(Some(area.clone()), &settings.aloud),
            turns: turns.clone(),
            ears: ears.clone(),
            aloud: settings.aloud.clone(),
        };
        ports.spawn(keep(WyomingSatellite { address: address.clone() }, station));
    }
    Ok(Listening { _ports: ports, _names: names })
}

/// Tells the network by mDNS where the voice is, so that Home Assistant finds it.
fn in_network(address: SocketAddr) -> mdns_sd::Result<ServiceDaemon> {
    let names = ServiceDaemon::new()?;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "hearth".to_owned(), |name| name.trim().to_owned());
    let own = if address.ip().is_unspecified() { String::new() } else { address.ip().to_string() };
    let service = ServiceInfo::new(
        "_wyoming._tcp.local.",
        "Hearth",
        &format!("{host}.local."),
        own.as_str(),
        address.port(),
        None,
    )?;
    names.register(if own.is_empty() { service.enable_addr_auto() } else { service })?;
    Ok(names)
}

async fn accept(listener: TcpListener, service: Service, settings: Arc<WyomingSettings>, turns: Turns, ears: Ears) {
    let talking = |stream, peer| {
        let (settings, turns, ears) = (settings.clone(), turns.clone(), ears.clone());
        async move {
            if let Err(error) = talk(stream, peer, service, &settings, &turns, &ears).await {
                debug!(%peer, error = format!("{error:#}"), "A Wyoming connection ended.");
            }
        }
    };
    Permits::new(MOST_CONNECTIONS, MOST_OF_ADDRESS).serve(listener, talking).await;
}

/// One connection, event by event.
async fn talk(
    stream: TcpStream,
    peer: SocketAddr,
    service: Service,
    settings: &WyomingSettings,
    turns: &Turns,
    ears: &Ears,
) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    loop {
        let Ok(next) = tokio::time::timeout(LONGEST_IDLE, event::read(&mut reading)).await else { return Ok(()) };
        let event = match next {
            Ok(Some(event)) => event,
            Ok(None) => return Ok(()),
            Err(error) => {
                let _ = event::write(&mut writing, "error", &json!({ "text": error.to_string(), "code": "bad-event" }))
                    .await;
                return Err(error.into());
            }
        };
        match (event.kind.as_str(), service) {
            ("describe", _) => {
                event::write(&mut writing, "info", &about(service, hears_with(ears), can_speak(&settings.aloud.speech)))
                    .await?
            }
            // What a transcription says of itself beforehand; the sound says the rest.
            ("transcribe", Service::Handle) => {}
            ("synthesize", Service::Handle) => speak::say(&event.data, &settings.aloud.speech, &mut writing).await?,
            ("audio-start", Service::Handle) => hear::hear(&event.data, ears, &mut reading, &mut writing).await?,
            ("ping", _) => event::write(&mut writing, "pong", &json!({ "text": event.data.get("text") })).await?,
            ("transcript", Service::Handle) => handle(&event.data, peer, settings, turns, &mut writing).await?,
            ("transcript" | "recognize", Service::Recognize) => {
                recognize(&event.data, settings, turns, &mut writing).await?
            }
            // Peers of other versions say more than is known here.
            _ => {}
        }
    }
}

/// Does what a sentence asks, and says the reply.
async fn handle(
    data: &Map<String, Value>,
    peer: SocketAddr,
    settings: &WyomingSettings,
    turns: &Turns,
    out: &mut (impl AsyncWrite + Unpin),
) -> anyhow::Result<()> {
    let context = data.get("context").cloned().unwrap_or(Value::Null);
    let Some(text) = said(data) else {
        return Ok(event::write(out, "not-handled", &json!({ "text": NO_WORDS, "context": context })).await?);
    };
    let utterance = Utterance {
        text,
        lang: language(data),
        place: place(&context, settings, turns),
        conversation: conversation(&context, peer),
        speaker: SPEAKER,
        cause: Cause::Voice,
        at_ms: turns.clock.now_ms(),
        hearing: None,
    };
    let turn = turns.turn(utterance).await;
    // What was not for this house may be for another agent; a refusal is an answer.
    let kind = match turn.outcome {
        TurnOutcome::NotUnderstood | TurnOutcome::NotForHouse => "not-handled",
        TurnOutcome::Act | TurnOutcome::Answer | TurnOutcome::Ask | TurnOutcome::Refuse => "handled",
    };
    Ok(event::write(out, kind, &json!({ "text": turn.reply, "context": context })).await?)
}

/// Says which intents a sentence holds. What would need a confirmation is left to the hub itself.
async fn recognize(
    data: &Map<String, Value>,
    settings: &WyomingSettings,
    turns: &Turns,
    out: &mut (impl AsyncWrite + Unpin),
) -> anyhow::Result<()> {
    let context = data.get("context").cloned().unwrap_or(Value::Null);
    let refuse = |text: String| json!({ "text": text, "context": context });
    let Some(text) = said(data) else {
        return Ok(event::write(out, "not-recognized", &refuse(NO_WORDS.to_owned())).await?);
    };
    let snapshot = turns.hub.snapshot();
    let area = place(&context, settings, turns);
    let area_name = area.as_ref().and_then(|id| Some(snapshot.house.areas.get(id)?.name.clone()));
    let case = Case { id: String::new(), text, lang: language(data), area: area_name };
    let parsed = dry_run(
        &case,
        &snapshot,
        &turns.model,
        turns.household.thresholds(),
        &turns.household.rules(&SPEAKER, area.as_ref()),
    )
    .await;
    let is_known = parsed.intents.iter().all(|intent| intent.intent.starts_with("Hass"));
    // Home Assistant would do at once what was meant for later.
    if !matches!(parsed.outcome, "act" | "answer") || parsed.intents.is_empty() || !is_known || parsed.is_timed {
        return Ok(event::write(out, "not-recognized", &refuse(parsed.reply)).await?);
    }
    let is_several = 1 < parsed.intents.len();
    if is_several {
        event::write(out, "intents-start", &json!({ "context": context })).await?;
    }
    for intent in &parsed.intents {
        let entities: Vec<Value> =
            intent.slots.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        event::write(out, "intent", &json!({ "name": intent.intent, "entities": entities, "context": context }))
            .await?;
    }
    if is_several {
        event::write(out, "intents-stop", &json!({ "context": context })).await?;
    }
    Ok(())
}

/// The words, if there are any and not too many.
fn said(data: &Map<String, Value>) -> Option<String> {
    let text = data.get("text")?.as_str()?.trim();
    (!text.is_empty() && text.len() <= LONGEST_TEXT).then(|| text.to_owned())
}

fn language(data: &Map<String, Value>) -> Option<String> {
    data.get("language").and_then(Value::as_str).filter(|code| code.len() <= LONGEST_ID).map(str::to_owned)
}

/// An id that came with a sentence: first the satellite, then the device.
fn speaker(context: &Value) -> Option<&str> {
    ["satellite_id", "device_id"].iter().find_map(|name| id(context, name))
}

fn id<'a>(context: &'a Value, name: &str) -> Option<&'a str> {
    context.get(name).and_then(Value::as_str).filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
}

/// Who speaks at one satellite goes on with what was said there, although Home Assistant begins a conversation anew
/// each time.
fn conversation(context: &Value, peer: SocketAddr) -> String {
    let id = speaker(context)
        .or_else(|| id(context, "conversation_id"))
        .map_or_else(|| peer.ip().to_string(), str::to_owned);
    format!("wyoming-{id}")
}

fn place(context: &Value, settings: &WyomingSettings, turns: &Turns) -> Option<AreaId> {
    let known = ["satellite_id", "device_id"].iter().find_map(|name| settings.satellites.get(id(context, name)?));
    if let (None, Some(id)) = (known, speaker(context)) {
        debug!(id, "A satellite without an area spoke; wyoming.satellites can give it one.");
    }
    turns.hub.area(known?)
}

/// What the hub is to Home Assistant. A port that handles offers no intents, because Home Assistant would prefer those.
fn about(service: Service, hears_with: Option<PathBuf>, can_speak: bool) -> Value {
    let attribution = json!({ "name": "Hearth", "url": "" });
    let model = json!({
        "name": "hearth", "attribution": attribution, "installed": true,
        "description": "The household's own model", "version": VERSION,
        "languages": Lang::ALL.iter().flat_map(|lang| lang.codes()).collect::<Vec<_>>(),
    });
    let program = json!({
        "name": "Hearth", "attribution": attribution, "installed": true,
        "description": "A private smart-home hub", "version": VERSION, "models": [model],
    });
    let (handle, intent) = match service {
        Service::Handle => {
            let mut program = program;
            if let Some(map) = program.as_object_mut() {
                map.insert("supports_home_control".to_owned(), json!(true));
                map.insert("supports_handled_streaming".to_owned(), json!(false));
            }
            (json!([program]), json!([]))
        }
        Service::Recognize => (json!([]), json!([program])),
    };
    let asr = match (service, hears_with) {
        (Service::Handle, Some(model)) => json!([recognizer(&model, &attribution)]),
        (Service::Handle, None) | (Service::Recognize, _) => json!([]),
    };
    let tts = match (service, can_speak) {
        (Service::Handle, true) => json!([speaker_of(&attribution)]),
        (Service::Handle, false) | (Service::Recognize, _) => json!([]),
    };
    json!({ "asr": asr, "tts": tts, "handle": handle, "intent": intent, "wake": [], "mic": [], "snd": [] })
}

/// What hears, as Home Assistant lists it: the model in use.
fn recognizer(model: &Path, attribution: &Value) -> Value {
    let model = json!({
        "name": model.file_name().and_then(|name| name.to_str()).unwrap_or("model"),
        "attribution": attribution, "installed": true,
        "description": "As `hearthd voice-model list` shows it", "version": VERSION,
        "languages": installed::language(model).codes(),
    });
    json!({
        "name": "hearth", "attribution": attribution, "installed": true,
        "description": "Vosk", "version": VERSION, "models": [model],
        "supports_transcript_streaming": true,
    })
}

/// What speaks, as Home Assistant lists it.
fn speaker_of(attribution: &Value) -> Value {
    let voice = |name: &str, lang: Lang| {
        json!({
            "name": name, "attribution": attribution, "installed": true,
            "description": "espeak-ng", "version": VERSION, "languages": lang.codes(),
        })
    };
    let voices: Vec<Value> = Lang::ALL.iter().map(|lang| voice(lang.as_str(), *lang)).collect();
    json!({
        "name": "hearth", "attribution": attribution, "installed": true,
        "description": "espeak-ng", "version": VERSION, "voices": voices,
    })
}

/// The folder of the model that hears; none where nothing can.
fn hears_with(ears: &Ears) -> Option<PathBuf> {
    let can_hear = !matches!(ears.recognizer.health(), RecognizerHealth::Broken(_) | RecognizerHealth::Off);
    can_hear.then(|| ears.recognizer.model())
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
const NO_WORDS: &str = "I heard no words, or more than 2000 bytes of them.";
/// As many satellites as a house has, and some.
const MOST_CONNECTIONS: usize = 64;
/// Home Assistant speaks for all its satellites.
const MOST_OF_ADDRESS: usize = 16;
/// Home Assistant opens a connection for each sentence; whoever says nothing for so long is gone.
const LONGEST_IDLE: Duration = Duration::from_secs(60);
const LONGEST_TEXT: usize = 2000;
const LONGEST_ID: usize = 128;
