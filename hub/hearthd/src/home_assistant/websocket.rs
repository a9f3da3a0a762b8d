//! What only Home Assistant has, by its websocket: entities, areas, floors, states, and services to move them.
//!
//! Keeps one connection up and carries answers to the hub; decides nothing, and keeps nothing of what it carries.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use device_adapters::{Call, Failure, Frame, Limits, Lists, Registry};
use futures::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures::{SinkExt as _, Stream, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_tungstenite::tungstenite::{self, Message};
use tracing::{debug, info, warn};

use runtime::backoff::Backoff;
use runtime::hub::event::Event;
use runtime::hub::handle::Handle;
use runtime::hub::home_assistant::{ConnectionError, HomeAssistantEvent};
use runtime::hub::transport::{Command, CommandBody, Inquiry, Receipt, SendError, Transport};

use super::dial::{self, Address, Socket};

/// Where Home Assistant is, and what lets us in.
#[derive(Clone, Debug)]
pub(crate) struct WebsocketSettings {
    /// Where it is.
    pub(crate) address: Address,
    /// The file with the token. It is read at each attempt, so that a new token needs no restart.
    pub(crate) token_file: PathBuf,
    /// The PEM of the authority that signed its certificate, if no system knows it.
    pub(crate) ca: Option<Vec<u8>>,
    /// Whether its MQTT devices are taken over too.
    pub(crate) with_mqtt: bool,
}

/// A live connection.
#[derive(Debug)]
struct WebsocketLink(mpsc::Sender<PendingCall>);

#[derive(Debug)]
struct PendingCall {
    call: Call,
    answer: oneshot::Sender<Answer>,
}

type Answer = Result<Value, Failure>;

impl Transport for WebsocketLink {
    fn send(&self, command: &Command) -> Result<Receipt, SendError> {
        let CommandBody::Call(call) = command.body() else { return Err(SendError::Unfit) };
        let (answer, answered) = oneshot::channel();
        let asked = PendingCall { call: call.clone(), answer };
        let sent = self.0.try_send(asked);
        sent.map_err(|_| SendError::NotSent("too many calls wait for Home Assistant, or it is gone".to_owned()))?;
        Ok(Receipt::Answered(answered))
    }

    // Home Assistant is followed by entity, not by topic.
    fn subscribe(&self, _: Vec<String>) {}

    fn unsubscribe(&self, _: String) {}

    fn inquire(&self, _: &Inquiry) {}
}

/// Keeps a connection up for as long as the hub lives.
pub(crate) async fn keep(settings: WebsocketSettings, hub: Handle) {
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    loop {
        backoff.begin();
        let reason = connection(&settings, &hub).await;
        if hub.send(Event::HomeAssistant(HomeAssistantEvent::Down(reason))).await.is_err() {
            return;
        }
        backoff.wait().await;
    }
}

/// One connection, from dialling to its end; returns why it ended.
async fn connection(settings: &WebsocketSettings, hub: &Handle) -> ConnectionError {
    let token = match std::fs::read_to_string(&settings.token_file) {
        Ok(token) => token.trim().to_owned(),
        Err(error) => {
            return ConnectionError::NoToken {
                file: settings.token_file.display().to_string(),
                reason: error.to_string(),
            };
        }
    };
    let entered = async {
        let mut socket = dial::dial(&settings.address, settings.ca.as_deref()).await?;
        enter(&mut socket, &token).await?;
        Ok(socket)
    };
    let socket = match tokio::time::timeout(HANDSHAKE_TIMEOUT, entered).await {
        Ok(Ok(socket)) => socket,
        Ok(Err(trouble)) => return trouble,
        Err(_) => {
            return ConnectionError::Unreachable {
                address: settings.address.to_string(),
                reason: "it took too long".to_owned(),
            };
        }
    };
    info!(address = %settings.address, "Connected to Home Assistant.");
    let (out, incoming) = socket.split();
    let (send, outgoing) = mpsc::channel(MOST_OUTGOING);
    let session = Session {
        send,
        shared: Mutex::default(),
        changed: Notify::new(),
        hub: hub.clone(),
        with_mqtt: settings.with_mqtt,
    };
    tokio::select! {
        trouble = read_frames(&session, incoming) => trouble,
        trouble = write_frames(out, outgoing) => trouble,
        trouble = serve(&session) => trouble,
    }
}

/// Shows the token.
async fn enter(socket: &mut Socket, token: &str) -> Result<(), ConnectionError> {
    loop {
        match next_frame(socket).await? {
            Some(Frame::AuthRequired) => {
                let auth = json!({ "type": "auth", "access_token": token }).to_string();
                socket.send(Message::text(auth)).await.map_err(|error| ConnectionError::Lost(error.to_string()))?;
            }
            Some(Frame::AuthOk) => return Ok(()),
            Some(Frame::AuthInvalid(reason)) => return Err(ConnectionError::BadToken(reason)),
            Some(_) | None => return Err(ConnectionError::Odd("it speaks before it asks for a token".to_owned())),
        }
    }
}

/// The next frame; none if a message is no frame.
async fn next_frame<S>(incoming: &mut S) -> Result<Option<Frame>, ConnectionError>
where
    S: Stream<Item = Result<Message, tungstenite::Error>> + Unpin,
{
    loop {
        let message = match tokio::time::timeout(SILENCE_TIMEOUT, incoming.next()).await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => return Err(ConnectionError::Lost(error.to_string())),
            Ok(None) => return Err(ConnectionError::Lost("it closed the connection".to_owned())),
            Err(_) => return Err(ConnectionError::Lost("it fell silent".to_owned())),
        };
        match message {
            Message::Text(text) => {
                return Ok(device_adapters::frame(&text)
                    .inspect_err(|reason| warn!(%reason, "A message of Home Assistant can't be read."))
                    .ok());
            }
            Message::Close(_) => return Err(ConnectionError::Lost("it closed the connection".to_owned())),
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}

/// One connection that was let in.
struct Session {
    send: mpsc::Sender<String>,
    // A mutex, not a channel: it is held for a lookup in a small map and never across an await.
    shared: Mutex<Shared>,
    /// A registry of Home Assistant changed.
    changed: Notify,
    hub: Handle,
    with_mqtt: bool,
}

#[derive(Default)]
struct Shared {
    last_id: u64,
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
    subscriptions: HashMap<u64, Subject>,
}

/// What a subscription is about.
#[derive(Clone, Debug)]
enum Subject {
    States,
    Items(String),
    Registries,
}

/// Carries what comes in to whom it concerns.
async fn read_frames(session: &Session, mut incoming: SplitStream<Socket>) -> ConnectionError {
    loop {
        let frame = match next_frame(&mut incoming).await {
            Ok(frame) => frame,
            Err(trouble) => return trouble,
        };
        let event = match frame {
            Some(Frame::Result { id, result }) => {
                if let Some(answer) = session.with(|shared| shared.waiting.remove(&id)) {
                    // The asker may have given up waiting.
                    let _ = answer.send(result);
                }
                continue;
            }
            Some(Frame::Event { id, event }) => match session.with(|shared| shared.subscriptions.get(&id).cloned()) {
                Some(Subject::States) => HomeAssistantEvent::Reported(event),
                Some(Subject::Items(list)) => HomeAssistantEvent::Items(list, event),
                Some(Subject::Registries) => {
                    session.changed.notify_one();
                    continue;
                }
                None => continue,
            },
            Some(Frame::AuthRequired | Frame::AuthOk | Frame::AuthInvalid(_) | Frame::Pong | Frame::Other) | None => {
                continue;
            }
        };
        if session.hub.send(Event::HomeAssistant(event)).await.is_err() {
            return ConnectionError::Lost("the hub ended".to_owned());
        }
    }
}

/// Sends what is to be sent.
async fn write_frames(mut out: SplitSink<Socket, Message>, mut outgoing: mpsc::Receiver<String>) -> ConnectionError {
    while let Some(text) = outgoing.recv().await {
        if let Err(error) = out.send(Message::text(text)).await {
            return ConnectionError::Lost(error.to_string());
        }
    }
    ConnectionError::Lost("the session ended".to_owned())
}

/// Lists what there is, follows it, and passes calls on.
async fn serve(session: &Session) -> ConnectionError {
    let (calls, asked) = mpsc::channel(MOST_CALLS);
    for kind in REGISTRIES {
        session.tell(Some(Subject::Registries), json!({ "type": "subscribe_events", "event_type": kind })).await;
    }
    if let Err(trouble) = session.follow().await {
        return trouble;
    }
    if session.hub.send(Event::HomeAssistant(HomeAssistantEvent::Up(Arc::new(WebsocketLink(calls))))).await.is_err() {
        return ConnectionError::Lost("the hub ended".to_owned());
    }
    tokio::select! {
        trouble = list_again(session) => trouble,
        trouble = pass_on(session, asked) => trouble,
    }
}

/// Follows the registries.
async fn list_again(session: &Session) -> ConnectionError {
    loop {
        // What assistants may see of entities without a unique id changes without a word.
        let _ = tokio::time::timeout(RELIST_INTERVAL, session.changed.notified()).await;
        // One change there is many events, and a Home Assistant that starts has hundreds.
        tokio::time::sleep(RELIST_DEBOUNCE).await;
        if let Err(trouble) = session.follow().await {
            return trouble;
        }
    }
}

/// Passes calls on, and asks for a sign of life.
async fn pass_on(session: &Session, mut asked: mpsc::Receiver<PendingCall>) -> ConnectionError {
    let mut alive = tokio::time::interval(PING_INTERVAL);
    let mut underway = FuturesUnordered::new();
    loop {
        tokio::select! {
            asked = asked.recv(), if underway.len() < MOST_CALLS => match asked {
                Some(asked) => underway.push(session.act(asked)),
                None => return ConnectionError::Lost("the hub let go of it".to_owned()),
            },
            Some(()) = underway.next() => {}
            _ = alive.tick() => session.tell(None, json!({ "type": "ping" })).await,
        }
    }
}

impl Session {
    fn with<T>(&self, look: impl FnOnce(&mut Shared) -> T) -> T {
        look(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lists everything, tells the hub, and subscribes to the states of just these entities.
    async fn follow(&self) -> Result<(), ConnectionError> {
        let registry = self.list().await?;
        let ids = registry.entity_ids();
        let lists: Vec<String> = ids.iter().filter(|id| id.starts_with("todo.")).take(MOST_LISTS).cloned().collect();
        debug!(entities = ids.len(), "Home Assistant listed what it has.");
        let told = self.hub.send(Event::HomeAssistant(HomeAssistantEvent::Listed(Box::new(registry)))).await;
        told.map_err(|_| ConnectionError::Lost("the hub ended".to_owned()))?;
        let old: Vec<u64> = self.with(|shared| {
            shared
                .subscriptions
                .iter()
                .filter(|(_, subject)| !matches!(subject, Subject::Registries))
                .map(|(id, _)| *id)
                .collect()
        });
        // Without ids it would tell the states of everything.
        if !ids.is_empty() {
            self.tell(Some(Subject::States), json!({ "type": "subscribe_entities", "entity_ids": ids })).await;
        }
        for list in lists {
            self.tell(Some(Subject::Items(list.clone())), json!({ "type": "todo/item/subscribe", "entity_id": list }))
                .await;
        }
        for id in old {
            self.with(|shared| shared.subscriptions.remove(&id));
            self.tell(None, json!({ "type": "unsubscribe_events", "subscription": id })).await;
        }
        Ok(())
    }

    async fn list(&self) -> Result<Registry, ConnectionError> {
        let needed = async |kind: &str| {
            self.ask(json!({ "type": kind }))
                .await?
                .map_err(|failure| ConnectionError::Odd(format!("`{kind}`: {failure}")))
        };
        let lists = Lists {
            areas: needed("config/area_registry/list").await?,
            devices: needed("config/device_registry/list").await?,
            entities: needed("config/entity_registry/list").await?,
            // Home Assistant before 2024.4 has no floors.
            floors: self.ask(json!({ "type": "config/floor_registry/list" })).await?.unwrap_or_default(),
            with_mqtt: self.with_mqtt,
            exposed: self.ask(json!({ "type": "homeassistant/expose_entity/list" })).await?.ok(),
        };
        let mut registry = Registry::read(&lists, &Limits::default());
        for ids in registry.entity_ids().chunks(MOST_DETAILS) {
            let answer = self.ask(json!({ "type": "config/entity_registry/get_entries", "entity_ids": ids })).await?;
            registry
                .detail(&answer.map_err(|failure| ConnectionError::Odd(format!("the entities' details: {failure}")))?);
        }
        Ok(registry.settled())
    }

    /// Calls a service, and what follows on its answer.
    async fn act(&self, PendingCall { mut call, answer }: PendingCall) {
        let told = loop {
            let Ok(told) = self.ask(call.command()).await else { return };
            match told.and_then(|value| Ok((call.next(&value)?, value))) {
                Ok((Some(next), _)) => call = next,
                Ok((None, value)) => break Ok(value),
                Err(failure) => break Err(failure),
            }
        };
        // The asker may have given up waiting.
        let _ = answer.send(told);
    }

    /// Asks, and waits for the answer.
    async fn ask(&self, command: Value) -> Result<Answer, ConnectionError> {
        let (answer, answered) = oneshot::channel();
        let id = self.with(|shared| {
            shared.waiting.retain(|_, asker| !asker.is_closed());
            shared.last_id += 1;
            shared.waiting.insert(shared.last_id, answer);
            shared.last_id
        });
        self.put(id, command).await;
        match tokio::time::timeout(ANSWER_TIMEOUT, answered).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(ConnectionError::Lost("the session ended".to_owned())),
            Err(_) => Err(ConnectionError::Odd("it leaves a question unanswered".to_owned())),
        }
    }

    /// Tells it something that needs no answer; what then comes under this id is about the subject.
    async fn tell(&self, subject: Option<Subject>, command: Value) {
        let id = self.with(|shared| {
            shared.last_id += 1;
            if let Some(subject) = subject {
                shared.subscriptions.insert(shared.last_id, subject);
            }
            shared.last_id
        });
        self.put(id, command).await;
    }

    async fn put(&self, id: u64, mut command: Value) {
        if let Some(map) = command.as_object_mut() {
            map.insert("id".to_owned(), id.into());
        }
        // If the socket is gone, the session ends by itself.
        let _ = self.send.send(command.to_string()).await;
    }
}

/// What says that a listing is out of date.
const REGISTRIES: &[&str] =
    &["area_registry_updated", "floor_registry_updated", "device_registry_updated", "entity_registry_updated"];
/// Messages that may wait for the network.
const MOST_OUTGOING: usize = 64;
/// Calls that may wait, and that may be under way.
const MOST_CALLS: usize = 256;
/// Lists whose items are followed.
const MOST_LISTS: usize = 50;
/// Entities whose details are asked for at once; some 600 bytes each.
const MOST_DETAILS: usize = 1000;
/// From dialling to being let in.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// A sign of life is asked for this often.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// Silence beyond this is the end, as a sign of life was asked for twice.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(75);
/// A pause after a change of a registry, before everything is listed again.
const RELIST_DEBOUNCE: Duration = Duration::from_millis(1500);
/// Everything is listed this often, whatever changes.
const RELIST_INTERVAL: Duration = Duration::from_secs(600);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// A connection that held this long begins anew with short pauses.
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(60);
