//! An MQTT client of its own that writes down what goes over the broker, and comes back when that was away.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rumqttc::{Client, Event, MqttOptions, Packet, QoS};

use super::{LONG, until_true};

/// The client.
pub(crate) struct Observer {
    seen: Arc<Mutex<Vec<Seen>>>,
    is_connected: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
    client: Client,
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Where.
    pub(crate) topic: String,
    /// What.
    pub(crate) payload: Vec<u8>,
    /// When.
    pub(crate) at: Instant,
}

impl Observer {
    /// Connects and subscribes to these filters.
    pub(crate) fn start(port: u16, user: &str, password: &str, filters: &[&str]) -> Self {
        let mut options = MqttOptions::new(format!("observer-{user}"), "127.0.0.1", port);
        options.set_credentials(user, password);
        options.set_keep_alive(Duration::from_secs(5));
        options.set_max_packet_size(1 << 20, 1 << 20);
        let (client, mut connection) = Client::new(options, 1000);
        let observer = Self {
            seen: Arc::default(),
            is_connected: Arc::default(),
            is_over: Arc::default(),
            client: client.clone(),
        };
        let (seen, is_connected, is_over) =
            (observer.seen.clone(), observer.is_connected.clone(), observer.is_over.clone());
        let filters: Vec<String> = filters.iter().map(|filter| (*filter).to_owned()).collect();
        std::thread::spawn(move || {
            for event in connection.iter() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                match event {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        filters.iter().for_each(|filter| client.try_subscribe(filter, QoS::AtLeastOnce).unwrap())
                    }
                    Ok(Event::Incoming(Packet::SubAck(_))) => is_connected.store(true, Ordering::SeqCst),
                    Ok(Event::Incoming(Packet::Publish(message))) => {
                        let message =
                            Seen { topic: message.topic, payload: message.payload.to_vec(), at: Instant::now() };
                        seen.lock().unwrap().push(message);
                    }
                    Ok(_) => {}
                    Err(_) => {
                        is_connected.store(false, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(50));
                    }
                }
            }
        });
        observer.until_connected();
        observer
    }

    /// Waits until it hears the broker.
    pub(crate) fn until_connected(&self) {
        until_true("the observer to hear the broker", LONG, || self.is_connected());
    }

    /// Whether it hears the broker.
    pub(crate) fn is_connected(&self) -> bool {
        self.is_connected.load(Ordering::SeqCst)
    }

    /// A point to look back to. What the broker had taken before is seen before, however busy the machine is:
    /// a message of the observer's own goes round first. While the broker is away there is nothing to wait for.
    pub(crate) fn mark(&self) -> usize {
        static ROUND: AtomicU64 = AtomicU64::new(0);
        let payload = ROUND.fetch_add(1, Ordering::SeqCst).to_string().into_bytes();
        let is_back =
            || self.seen.lock().unwrap().iter().rev().any(|seen| seen.topic == ROUND_TOPIC && seen.payload == payload);
        let deadline = Instant::now() + Duration::from_secs(2);
        if self.is_connected.load(Ordering::SeqCst)
            && self.client.try_publish(ROUND_TOPIC, QoS::AtMostOnce, false, payload.clone()).is_ok()
        {
            while !is_back() && self.is_connected.load(Ordering::SeqCst) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        self.seen.lock().unwrap().len()
    }

    /// What came since a mark.
    pub(crate) fn since(&self, mark: usize) -> Vec<Seen> {
        self.seen.lock().unwrap()[mark..].to_vec()
    }

    /// Commands to virtual devices since a mark, by the device's topic.
    pub(crate) fn commands_since(&self, mark: usize) -> Vec<(String, Seen)> {
        let commands = self.since(mark).into_iter().filter_map(|seen| {
            let (device, part) = seen.topic.strip_prefix("virtual/")?.split_once('/')?;
            let is_command = part == "set" || part.starts_with("set/");
            is_command.then(|| (device.to_owned(), seen.clone()))
        });
        commands.collect()
    }

    /// The last report of every topic of virtual devices that is not a command.
    pub(crate) fn reports(&self) -> HashMap<String, String> {
        let seen = self.seen.lock().unwrap();
        let reports = seen.iter().filter(|seen| seen.topic.starts_with("virtual/") && !seen.topic.contains("/set"));
        reports.map(|seen| (seen.topic.clone(), String::from_utf8_lossy(&seen.payload).into_owned())).collect()
    }

    /// Publishes a message.
    pub(crate) fn publish(&self, topic: &str, payload: &[u8], retain: bool) {
        self.client.publish(topic, QoS::AtLeastOnce, retain, payload).unwrap();
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = self.client.try_disconnect();
    }
}

/// Where the observer talks to itself; no device listens there.
const ROUND_TOPIC: &str = "virtual/observer/round";
