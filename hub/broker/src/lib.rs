//! The embedded MQTT broker: listeners, users, rights, retained messages that outlive a restart.
//!
//! Knows nothing of devices or of what the messages say. Sessions and queued messages live in memory only.
//!
//! What a user may do is checked before the broker starts:
//!
//! ```
//! use broker::{Rights, usual_trees};
//!
//! let bridge = |trees| Rights::Bridge { trees };
//! assert!(bridge(usual_trees("zigbee2mqtt").unwrap_or_default()).check("hearth").is_ok());
//! assert!(bridge(vec!["hearth/#".to_owned()]).check("hearth").is_err(), "these topics are the hub's own");
//! ```

mod announcements;
pub mod files;
mod hooks;
mod login;
mod retained;
mod rights;
mod routing;
mod waiting;

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use house::Rejection;
use rmqtt::context::ServerContext;
use rmqtt::net::{Builder, Listener};
use rmqtt::server::MqttServer;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::{debug, error};

use announcements::Announcements;
use login::Users;
use retained::Retained;
use routing::Routing;
use store::Store;

pub use announcements::CommandTopics;
pub use login::{Password, User};
pub use rights::{Rights, usual_trees};

/// Where the broker listens and who may use it.
#[derive(Clone, Debug)]
pub struct BrokerSettings {
    /// MQTT 3.1.1 and 5; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The same over WebSocket.
    pub websocket: Option<SocketAddr>,
    /// The same over TLS.
    pub tls: Option<Tls>,
    /// Nobody else gets in.
    pub users: Vec<User>,
    /// The root of the hub's own topics, which only the hub writes.
    pub base_topic: String,
    /// The client id that nobody but the hub may use.
    pub hub_client_id: String,
    /// Clients at once beside the hub, away ones with a session included.
    pub most_clients: isize,
}

/// A listener with TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The PEM file of the certificate and those that vouch for it.
    pub cert: PathBuf,
    /// The PEM file of the certificate's key.
    pub key: PathBuf,
}

/// Tells the time, in milliseconds since 1970 UTC.
pub type Now = fn() -> i64;

/// Something that the owner should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An announcement was not taken.
    Refused {
        /// Its topic.
        topic: String,
        /// Why.
        reason: Rejection,
    },
    /// A client of a known user was turned away, because there are too many.
    TurnedAway,
}

/// A running broker; ends when dropped.
pub struct Broker {
    ports: Ports,
    retained: Retained,
    troubles: Option<mpsc::Receiver<Trouble>>,
    tasks: [JoinHandle<()>; 2],
}

#[derive(Clone, Copy, Debug, Default)]
struct Ports {
    plain: u16,
    websocket: Option<u16>,
    tls: Option<u16>,
}

impl Broker {
    /// The port for MQTT.
    pub fn port(&self) -> u16 {
        self.ports.plain
    }

    /// The port for MQTT over WebSocket.
    pub fn websocket_port(&self) -> Option<u16> {
        self.ports.websocket
    }

    /// What the owner should know of from now on; only whoever asks first gets it.
    pub fn troubles(&mut self) -> Option<mpsc::Receiver<Trouble>> {
        self.troubles.take()
    }

    /// The port for MQTT over TLS.
    pub fn tls_port(&self) -> Option<u16> {
        self.ports.tls
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.retained.write();
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Broker").field("ports", &self.ports).finish_non_exhaustive()
    }
}

/// Starts the broker; when this returns, it listens.
/// `commands` reads announcements, so that none lets the hub write where its announcer may not; `now_ms` tells the time
/// in milliseconds since 1970 UTC.
///
/// # Errors
/// If a user's rights or password can't be read, or an address is taken.
pub async fn start(
    settings: BrokerSettings,
    commands: CommandTopics,
    store: Store,
    now_ms: Now,
) -> anyhow::Result<Broker> {
    let users = Arc::new(Users::new(settings.users.clone(), &settings.base_topic, &settings.hub_client_id)?);
    let retained = Retained::load(store, &users, now_ms).context("read the retained messages")?;
    // rmqtt would refuse clients while the machine is busy, which is just when a house needs them.
    let context = ServerContext::new()
        .busy_check_enable(false)
        .mqtt_max_sessions(settings.most_clients + RESERVED)
        .task_exec_workers(TASKS)
        .build()
        .await;
    *context.extends.retain_mut().await = Box::new(retained.clone());
    *context.extends.router_mut().await = Box::new(Routing::new(context.clone()));
    let announcements = Announcements::new(users.clone(), commands, retained.owners());
    let (telling, troubles) = mpsc::channel(MOST_TROUBLES);
    hooks::install(&context, users, announcements, telling, (settings.most_clients, now_ms)).await;
    let (listeners, ports) = listen(&settings)?;
    let mut server = MqttServer::new(context);
    for (id, listener) in (1..).zip(listeners) {
        server = server.listener_by_id(listener, id);
    }
    debug!(plain = ports.plain, websocket = ports.websocket, tls = ports.tls, "The embedded broker listens.");
    let server = server.build();
    let serving = tokio::spawn(async move {
        let end = server.run().await;
        error!(?end, "The embedded broker ended.");
    });
    let writing = tokio::spawn(retained.clone().keep_writing());
    Ok(Broker { ports, retained, troubles: Some(troubles), tasks: [serving, writing] })
}

fn listen(settings: &BrokerSettings) -> anyhow::Result<(Vec<Listener>, Ports)> {
    let (plain, port) = bind(builder("plain", settings.listen), "broker.listen", Listener::tcp)?;
    let mut listeners = vec![plain];
    let mut ports = Ports { plain: port, ..Ports::default() };
    if let Some(address) = settings.websocket {
        let (listener, port) = bind(builder("websocket", address), "broker.websocket_listen", Listener::ws)?;
        listeners.push(listener);
        ports.websocket = Some(port);
    }
    if let Some(tls) = &settings.tls {
        let with_files = builder("tls", tls.listen)
            .tls_cert(Some(tls.cert.to_string_lossy()))
            .tls_key(Some(tls.key.to_string_lossy()));
        let (listener, port) = bind(with_files, "broker.tls_listen", Listener::tls)?;
        listeners.push(listener);
        ports.tls = Some(port);
    }
    Ok((listeners, ports))
}

fn bind(
    builder: Builder,
    key: &str,
    protocol: fn(Listener) -> rmqtt::Result<Listener>,
) -> anyhow::Result<(Listener, u16)> {
    let address = builder.laddr;
    let listener = builder.bind().map_err(|error| refused(error, address, key))?;
    let port = listener.local_addr().context("ask for the broker's port")?.port();
    let listener =
        protocol(listener).with_context(|| format!("prepare the broker's listener on `{address}` (`{key}`)"))?;
    Ok((listener, port))
}

fn refused(error: anyhow::Error, address: SocketAddr, key: &str) -> anyhow::Error {
    let is_taken =
        error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
    let hint = if is_taken {
        format!(
            "another program listens there, perhaps another broker: stop it, give `{key}` another port, or use that \
             broker with `broker.embedded = false` and `mqtt.host`"
        )
    } else {
        format!("give `{key}` an address of this machine")
    };
    anyhow::anyhow!("the embedded broker can't listen on `{address}`: {error}\n  hint: {hint}")
}

fn builder(name: &str, address: SocketAddr) -> Builder {
    Builder::new()
        .name(name)
        .laddr(address)
        .reuseaddr(Some(true))
        .nodelay(true)
        .allow_anonymous(false)
        .max_connections(MOST_CONNECTIONS)
        .max_handshaking_limit(MOST_HANDSHAKES)
        .handshake_timeout(HANDSHAKE)
        .max_packet_size(MOST_BYTES)
        .max_clientid_len(LONGEST_CLIENT_ID)
        // Counted with the rights: rmqtt's own count refuses levels with `$`.
        .max_topic_levels(0)
        .max_inflight(INFLIGHT)
        .max_topic_aliases(ALIASES)
        .session_expiry_interval(SESSION)
        .max_session_expiry_interval(SESSION)
        // rmqtt's default lets messages that do not ask for it expire after five minutes.
        .message_expiry_interval(Duration::ZERO)
}

/// Enough clients for a house of 2,000 devices with connections of their own, and for those of them that come back
/// under another name.
pub const MOST_CLIENTS: isize = 4096;
/// Places that only the hub may take.
const RESERVED: isize = 8;
/// Connections that may wait for their handshake.
const MOST_CONNECTIONS: usize = 4096;
const MOST_HANDSHAKES: usize = 50;
const HANDSHAKE: Duration = Duration::from_secs(15);
/// A bridge lists all its devices in one message, at some 10 KiB for each.
const MOST_BYTES: u32 = 4 * 1024 * 1024;
const LONGEST_CLIENT_ID: usize = 256;
const INFLIGHT: NonZeroU16 = NonZeroU16::new(128).expect("128 is not zero");
const ALIASES: u16 = 32;
/// How long a client may be away and still find what was sent to it.
const SESSION: Duration = Duration::from_secs(24 * 3600);
/// Troubles that may wait to be shown.
const MOST_TROUBLES: usize = 64;
/// Tasks of the broker's own queues; a house is small.
const TASKS: usize = 64;

#[cfg(test)]
mod tests;
