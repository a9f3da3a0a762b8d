//! The hub's own connection to the broker.
//!
//! Each connection has a client of its own: what was not sent with it is never sent. So a command
//! can be lost, which is told, but never done twice or late, which would be wrong.

use std::time::Duration;

use anyhow::Context as _;
use device_adapters::Message;
use rumqttc::{
    AsyncClient, ConnectReturnCode, Event as Incoming, LastWill, MqttOptions, Packet, QoS, TlsConfiguration, Transport,
};
use tokio::sync::mpsc;
use tracing::{debug, info, warn};

use runtime::clock::Stopwatch;
use crate::home_assistant::announce;
use runtime::hub::{Event, Handle};

/// Where the broker is and who we are to it.
#[derive(Clone)]
pub(crate) struct Settings {
    /// Host name or address.
    pub(crate) host: String,
    /// Port.
    pub(crate) port: u16,
    /// User and password, if it wants them.
    pub(crate) login: Option<(String, String)>,
    /// The PEM of the authority that signed the broker's certificate; switches TLS on.
    pub(crate) ca: Option<Vec<u8>>,
    /// The client id; two hubs on one broker need two.
    pub(crate) client_id: String,
    /// The root of Hearth's own topics.
    pub(crate) base_topic: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Settings").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// A live connection.
#[derive(Clone, Debug)]
pub(crate) struct Link(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Broker {
        client: AsyncClient,
        subscriptions: mpsc::Sender<Subscription>,
        base_topic: String,
    },
    /// Straight to virtual devices, for a simulation.
    InProcess(mpsc::Sender<Message>),
}

#[derive(Debug)]
enum Subscription {
    Add(Vec<String>),
    Remove(String),
}

impl Link {
    /// A connection to virtual devices in this process.
    pub(crate) fn in_process(devices: mpsc::Sender<Message>) -> Self {
        Self(Kind::InProcess(devices))
    }

    /// Asks for these topics. Never waits.
    pub(crate) fn subscribe(&self, topics: Vec<String>) {
        self.ask(Subscription::Add(topics));
    }

    /// No longer asks for this topic. Never waits.
    pub(crate) fn unsubscribe(&self, topic: String) {
        self.ask(Subscription::Remove(topic));
    }

    fn ask(&self, subscription: Subscription) {
        let Kind::Broker { subscriptions, .. } = &self.0 else { return };
        // A closed channel means that the connection is gone; the next one subscribes to everything anew.
        if let Err(mpsc::error::TrySendError::Full(_)) = subscriptions.try_send(subscription) {
            warn!("Too many subscriptions are waiting; some devices stay unheard until the next connection.");
        }
    }

    /// Publishes a command once, or fails. Commands are never retained, and go out at most once.
    pub(crate) fn command(&self, message: &Message) -> anyhow::Result<()> {
        match &self.0 {
            Kind::Broker { client, .. } => client
                .try_publish(&message.topic, QoS::AtMostOnce, false, message.payload.clone())
                .with_context(|| format!("publish to `{}`", message.topic)),
            Kind::InProcess(devices) => {
                devices.try_send(message.clone()).context("hand a command to the virtual devices")
            }
        }
    }

    /// Asks a device how it stands. It changes nothing about the device, and no harm is done if it is lost.
    pub(crate) fn inquire(&self, message: Message) {
        let Kind::Broker { client, .. } = &self.0 else { return };
        if let Err(error) = client.try_publish(&message.topic, QoS::AtMostOnce, false, message.payload) {
            debug!(topic = %message.topic, %error, "A device could not be asked how it stands.");
        }
    }

    /// Publishes on one of Hearth's own topics.
    pub(crate) fn say(&self, topic: &str, payload: Vec<u8>, retain: bool) -> anyhow::Result<()> {
        let Kind::Broker { client, base_topic, .. } = &self.0 else { return Ok(()) };
        let topic = format!("{base_topic}/{topic}");
        client.try_publish(&topic, QoS::AtLeastOnce, retain, payload).with_context(|| format!("publish to `{topic}`"))
    }

    /// Publishes an announcement, kept by the broker; an empty one takes an earlier one back.
    pub(crate) fn announce(&self, topic: &str, payload: Vec<u8>) -> anyhow::Result<()> {
        let Kind::Broker { client, .. } = &self.0 else { return Ok(()) };
        client.try_publish(topic, QoS::AtLeastOnce, true, payload).with_context(|| format!("publish to `{topic}`"))
    }

    /// Whether this is the same connection.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Broker { subscriptions: own, .. }, Kind::Broker { subscriptions: other, .. }) => {
                own.same_channel(other)
            }
            (Kind::InProcess(own), Kind::InProcess(other)) => own.same_channel(other),
            (Kind::Broker { .. }, Kind::InProcess(_)) | (Kind::InProcess(_), Kind::Broker { .. }) => false,
        }
    }

    /// Leaves in good order.
    pub(crate) async fn leave(&self) {
        if let Kind::Broker { client, base_topic, .. } = &self.0 {
            let _ = client.publish(format!("{base_topic}/status"), QoS::AtLeastOnce, true, "offline").await;
            let _ = client.disconnect().await;
        }
    }
}

/// What is asked of the hub on its own topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A request, as text or JSON, that wants a response.
    Request(Vec<u8>),
    /// Plain words from Home Assistant's text box.
    Say(Vec<u8>),
    /// Home Assistant's stop button.
    Stop,
    /// Home Assistant's choice of the house's mode.
    Mode(Vec<u8>),
    /// Home Assistant's switch of something scheduled, by its id.
    Schedule(String, Vec<u8>),
    /// Home Assistant came up.
    Birth,
    /// The broker had kept an announcement of the hub's own, on this topic.
    Announced(String),
}

/// The topics on which the hub is asked.
struct Asking {
    request: String,
    say: String,
    stop: String,
    mode: String,
    /// What stands before and after the id of something scheduled.
    schedule: (String, &'static str),
    /// The hub's own announcements, which are no devices to read: the topic of the one, and how all others begin.
    own: (String, String),
}

impl Asking {
    fn new(settings: &Settings) -> Self {
        let topic = |name: &str| format!("{}/{name}", settings.base_topic);
        let id = home_assistant::id(&settings.client_id);
        let own = (home_assistant::discovery_topic(&id), home_assistant::switch_topics(&id));
        Self {
            request: topic("request"),
            say: topic("say/set"),
            stop: topic("stop/set"),
            mode: topic("mode/set"),
            schedule: (topic("schedule/"), "/set"),
            own,
        }
    }

    fn topics(&self) -> Vec<String> {
        let (before, after) = &self.schedule;
        vec![
            self.request.clone(),
            self.say.clone(),
            self.stop.clone(),
            self.mode.clone(),
            format!("{before}+{after}"),
            HOME_ASSISTANT_STATUS.to_owned(),
        ]
    }

    fn is_own(&self, topic: &str) -> bool {
        topic == self.own.0 || topic.starts_with(&self.own.1)
    }

    /// What a message asks; nothing if it is not on one of these topics.
    fn asked(&self, topic: &str, payload: &[u8]) -> Option<Asked> {
        match topic {
            topic if topic == self.request => Some(Asked::Request(payload.to_vec())),
            topic if topic == self.say => Some(Asked::Say(payload.to_vec())),
            topic if topic == self.stop => Some(Asked::Stop),
            topic if topic == self.mode => Some(Asked::Mode(payload.to_vec())),
            topic if topic.starts_with(&self.schedule.0) => {
                let id = topic.strip_prefix(&self.schedule.0)?.strip_suffix(self.schedule.1)?;
                Some(Asked::Schedule(id.to_owned(), payload.to_vec()))
            }
            HOME_ASSISTANT_STATUS if payload == b"online" => Some(Asked::Birth),
            _ => None,
        }
    }
}

/// Keeps a connection up for as long as the hub lives. What is asked by MQTT goes to `requests`.
pub(crate) async fn keep(settings: Settings, hub: Handle, requests: mpsc::Sender<Asked>) {
    // Two providers of cryptography are compiled in, this client's and the embedded broker's, and rustls panics
    // unless it is told which to use. An error means that it was told before.
    let _ = rumqttc::tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut pause = FIRST_PAUSE;
    loop {
        let watch = Stopwatch::start();
        let reason = connection(&settings, &hub, &requests).await;
        if hub.send(Event::Disconnected(reason)).await.is_err() {
            return;
        }
        if STEADY < watch.elapsed() {
            pause = FIRST_PAUSE;
        }
        tokio::time::sleep(jittered(pause)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// One connection, from dialling to its end; returns why it ended.
async fn connection(settings: &Settings, hub: &Handle, requests: &mpsc::Sender<Asked>) -> String {
    let (client, mut events) = AsyncClient::new(options(settings), MOST_OUTGOING);
    let (subscriptions, wanted) = mpsc::channel(MOST_SUBSCRIPTIONS);
    let asking = Asking::new(settings);
    loop {
        match events.poll().await {
            Ok(Incoming::Incoming(Packet::ConnAck(ack))) if ack.code == ConnectReturnCode::Success => {
                info!(host = %settings.host, port = settings.port, "Connected to the broker.");
                let link = Link(Kind::Broker {
                    client: client.clone(),
                    subscriptions: subscriptions.clone(),
                    base_topic: settings.base_topic.clone(),
                });
                link.subscribe(asking.topics());
                if let Err(error) = link.say("status", b"online".to_vec(), true) {
                    warn!(%error, "The hub's own status could not be published.");
                }
                break tokio::select! {
                    reason = serve(&mut events, hub, requests, &asking, link) => reason,
                    () = subscribe(client.clone(), wanted) => "the hub ended".to_owned(),
                };
            }
            Ok(Incoming::Incoming(Packet::ConnAck(ack))) => {
                break format!("the broker refused the connection: {:?}", ack.code);
            }
            Ok(_) => {}
            Err(error) => break error.to_string(),
        }
    }
}

async fn serve(
    events: &mut rumqttc::EventLoop,
    hub: &Handle,
    requests: &mpsc::Sender<Asked>,
    asking: &Asking,
    link: Link,
) -> String {
    if hub.send(Event::Connected(link)).await.is_err() {
        return "the hub ended".to_owned();
    }
    loop {
        match events.poll().await {
            Ok(Incoming::Incoming(Packet::Publish(publish))) if asking.is_own(&publish.topic) => {
                let is_kept = publish.retain && !publish.payload.is_empty() && publish.topic != asking.own.0;
                if is_kept && requests.try_send(Asked::Announced(publish.topic)).is_err() {
                    warn!("Announcements of the hub's own were too many to be looked through.");
                }
            }
            Ok(Incoming::Incoming(Packet::Publish(publish))) => match asking.asked(&publish.topic, &publish.payload) {
                // A retained request is an old one; doing it now would be late.
                Some(_) if publish.retain => {}
                Some(asked) => {
                    if requests.try_send(asked).is_err() {
                        warn!("A request by MQTT was dropped because too many are waiting.");
                    }
                }
                None => {
                    let event = Event::Message {
                        topic: publish.topic,
                        payload: publish.payload.to_vec(),
                        retained: publish.retain,
                    };
                    if hub.send(event).await.is_err() {
                        return "the hub ended".to_owned();
                    }
                }
            },
            Ok(_) => {}
            Err(error) => return error.to_string(),
        }
    }
}

/// Sends subscriptions apart from the task that polls: waiting there for room would wait for itself.
async fn subscribe(client: AsyncClient, mut wanted: mpsc::Receiver<Subscription>) {
    while let Some(subscription) = wanted.recv().await {
        let mut filters = Vec::new();
        let mut gone = Vec::new();
        let mut next = Some(subscription);
        while let Some(subscription) = next {
            match subscription {
                Subscription::Add(topics) => filters
                    .extend(topics.into_iter().map(|topic| rumqttc::SubscribeFilter::new(topic, QoS::AtLeastOnce))),
                Subscription::Remove(topic) => gone.push(topic),
            }
            next = if filters.len() < MOST_FILTERS { wanted.try_recv().ok() } else { None };
        }
        for chunk in filters.chunks(MOST_FILTERS) {
            if let Err(error) = client.subscribe_many(chunk.to_vec()).await {
                debug!(%error, "A subscription found the connection closed.");
            }
        }
        for topic in gone {
            if let Err(error) = client.unsubscribe(topic).await {
                debug!(%error, "A subscription found the connection closed.");
            }
        }
    }
    std::future::pending::<()>().await;
}

fn options(settings: &Settings) -> MqttOptions {
    let mut options = MqttOptions::new(&settings.client_id, &settings.host, settings.port);
    options.set_keep_alive(KEEP_ALIVE);
    options.set_clean_session(true);
    options.set_max_packet_size(MOST_BYTES_IN, MOST_BYTES_OUT);
    options.set_last_will(LastWill::new(format!("{}/status", settings.base_topic), "offline", QoS::AtLeastOnce, true));
    if let Some((user, password)) = &settings.login {
        options.set_credentials(user, password);
    }
    if let Some(ca) = &settings.ca {
        options.set_transport(Transport::Tls(TlsConfiguration::Simple {
            ca: ca.clone(),
            alpn: None,
            client_auth: None,
        }));
    }
    options
}

/// Between half and the whole of a pause, so that a house full of clients does not come back all at once.
fn jittered(pause: Duration) -> Duration {
    let random: f64 = rand::random_range(0.5..1.0);
    pause.mul_f64(random)
}

/// Where Home Assistant says that it came up.
const HOME_ASSISTANT_STATUS: &str = "homeassistant/status";
/// Subscriptions that may wait; more than the adapters' limit on entities needs at a start.
const MOST_SUBSCRIPTIONS: usize = 1 << 16;
/// Commands that may wait for the network.
const MOST_OUTGOING: usize = 512;
/// Topics in one subscription.
const MOST_FILTERS: usize = 64;
/// The largest packet that is read: a bridge's list of all its devices has some 10 KiB for each, and a larger packet
/// would end the connection, again and again. Above the adapters' own limit, so that these can say what was wrong.
const MOST_BYTES_IN: usize = 8 * 1024 * 1024;
/// The largest packet that is sent.
const MOST_BYTES_OUT: usize = 256 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
const STEADY: Duration = Duration::from_secs(30);
