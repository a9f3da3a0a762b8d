//! The hub's own connection to the broker.
//!
//! Each connection has a client of its own: what was not sent with it is never sent. So a command
//! can be lost, which is told, but never done twice or late, which would be wrong.

use std::sync::Arc;
use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectReturnCode, Event as Incoming, LastWill, MqttOptions, Outgoing, Packet, QoS, TlsConfiguration,
};
use tokio::sync::{mpsc, watch};
use tracing::{debug, info, warn};

use runtime::backoff::Backoff;
use runtime::hub::event::Event;
use runtime::hub::handle::Handle;
use runtime::hub::transport::{Command, CommandBody, Inquiry, Receipt, SendError, Transport};

use super::publisher::Publisher;
use super::settings::MqttSettings;
use super::subscriptions::{Denied, Subscription, subscribe};
use super::topics::{Asked, Asking};

/// A live connection, as the hub sends commands by it.
#[derive(Debug)]
struct MqttLink {
    client: AsyncClient,
    subscriptions: mpsc::Sender<Subscription>,
}

impl MqttLink {
    fn ask(&self, subscription: Subscription) {
        // A closed channel means that the connection is gone; the next one subscribes to everything anew.
        if let Err(mpsc::error::TrySendError::Full(_)) = self.subscriptions.try_send(subscription) {
            warn!("Too many subscriptions are waiting; some devices stay unheard until the next connection.");
        }
    }
}

impl Transport for MqttLink {
    /// Commands are never retained, and go out at most once.
    fn send(&self, command: &Command) -> Result<Receipt, SendError> {
        let CommandBody::Messages(messages) = command.body() else { return Err(SendError::Unfit) };
        for message in messages {
            let payload = message.payload.clone();
            let sent = self.client.try_publish(&message.topic, QoS::AtMostOnce, false, payload);
            sent.map_err(|error| SendError::NotSent(format!("publish to `{}`: {error}", message.topic)))?;
        }
        Ok(Receipt::Gone)
    }

    fn subscribe(&self, topics: Vec<String>) {
        self.ask(Subscription::Add(topics));
    }

    fn unsubscribe(&self, topic: String) {
        self.ask(Subscription::Remove(topic));
    }

    fn inquire(&self, inquiry: &Inquiry) {
        let message = inquiry.message();
        let payload = message.payload.clone();
        if let Err(error) = self.client.try_publish(&message.topic, QoS::AtMostOnce, false, payload) {
            debug!(topic = %message.topic, %error, "A device could not be asked how it stands.");
        }
    }
}

/// Keeps a connection up for as long as the hub lives. What is asked by MQTT goes to `requests`; who publishes on the
/// hub's own topics follows `publishers`.
pub(crate) async fn keep(
    settings: MqttSettings,
    hub: Handle,
    requests: mpsc::Sender<Asked>,
    publishers: watch::Sender<Option<Publisher>>,
) {
    // Two providers of cryptography are compiled in, this client's and the embedded broker's, and rustls panics
    // unless it is told which to use. An error means that it was told before.
    let _ = rumqttc::tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    loop {
        backoff.begin();
        let reason = connection(&settings, &hub, &requests, &publishers).await;
        publishers.send_replace(None);
        if hub.send(Event::Disconnected(reason)).await.is_err() {
            return;
        }
        backoff.wait().await;
    }
}

/// One connection, from dialling to its end; returns why it ended.
async fn connection(
    settings: &MqttSettings,
    hub: &Handle,
    requests: &mpsc::Sender<Asked>,
    publishers: &watch::Sender<Option<Publisher>>,
) -> String {
    let (client, mut events) = AsyncClient::new(options(settings), MOST_OUTGOING);
    let (subscriptions, wanted) = mpsc::channel(MOST_SUBSCRIPTIONS);
    let (sent, asked_for) = mpsc::channel(MOST_OUTGOING);
    let asking = Asking::new(settings);
    loop {
        match events.poll().await {
            Ok(Incoming::Incoming(Packet::ConnAck(ack))) if ack.code == ConnectReturnCode::Success => {
                info!(host = %settings.host, port = settings.port, "Connected to the broker.");
                let link = Arc::new(MqttLink { client: client.clone(), subscriptions: subscriptions.clone() });
                link.subscribe(asking.topics());
                let publisher = Publisher { client: client.clone(), base_topic: settings.base_topic.clone() };
                if let Err(error) = publisher.say("status", b"online".to_vec(), true) {
                    warn!(%error, "The hub's own status could not be published.");
                }
                if hub.send(Event::Connected(link)).await.is_err() {
                    break "the hub ended".to_owned();
                }
                publishers.send_replace(Some(publisher));
                break tokio::select! {
                    reason = serve(&mut events, hub, requests, &asking, Denied::of(asked_for)) => reason,
                    () = subscribe(client.clone(), wanted, sent) => "the hub ended".to_owned(),
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
    mut denied: Denied,
) -> String {
    loop {
        match events.poll().await {
            Ok(Incoming::Outgoing(Outgoing::Subscribe(packet))) => denied.went_out(packet),
            Ok(Incoming::Incoming(Packet::SubAck(answer))) => {
                for topic in denied.answered(&answer) {
                    let event = Event::Denied(topic);
                    if hub.send(event).await.is_err() {
                        return "the hub ended".to_owned();
                    }
                }
            }
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

fn options(settings: &MqttSettings) -> MqttOptions {
    let mut options =
        MqttOptions::new(settings.session_id.as_ref().unwrap_or(&settings.client_id), &settings.host, settings.port);
    options.set_keep_alive(KEEP_ALIVE);
    options.set_clean_session(true);
    options.set_max_packet_size(MOST_BYTES_IN, MOST_BYTES_OUT);
    options.set_last_will(LastWill::new(format!("{}/status", settings.base_topic), "offline", QoS::AtLeastOnce, true));
    if let Some((user, password)) = &settings.login {
        options.set_credentials(user, password);
    }
    if let Some(ca) = &settings.ca {
        options.set_transport(rumqttc::Transport::Tls(TlsConfiguration::Simple {
            ca: ca.clone(),
            alpn: None,
            client_auth: None,
        }));
    }
    options
}

/// Why a subscription was denied; brokers say no more.
/// Subscriptions that may wait; more than the adapters' limit on entities needs at a start.
const MOST_SUBSCRIPTIONS: usize = 1 << 16;
/// Commands that may wait for the network.
const MOST_OUTGOING: usize = 512;
/// The largest packet that is read: a bridge's list of all its devices has some 10 KiB for each, and a larger packet
/// would end the connection, again and again. Above the adapters' own limit, so that these can say what was wrong.
const MOST_BYTES_IN: usize = 8 * 1024 * 1024;
/// The largest packet that is sent.
const MOST_BYTES_OUT: usize = 256 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(15);
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(30);
