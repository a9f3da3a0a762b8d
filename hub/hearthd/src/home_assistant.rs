//! The hub as a device of Home Assistant: announced by discovery over MQTT, its states kept true.
//!
//! What can be said to it there goes the way of any other request; nothing is done here.

pub(crate) mod inward;
pub(crate) mod places;

use std::time::Duration;

use house::MovingTimer;
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};
use tracing::{info, warn};

use crate::clock::Clock;
use crate::hub::Handle;
use crate::model::{Health, Model};
use crate::mqtt::Link;
use crate::turn::{Ended, Turns};

/// Whether and as what the hub is announced.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Whether it is announced; if not, an earlier announcement is taken back.
    pub(crate) is_announced: bool,
    /// The hub's id among those of other hubs; letters, digits, `-` and `_`.
    pub(crate) id: String,
    /// The root of its own topics.
    pub(crate) base_topic: String,
}

/// The topic of the announcement.
pub(crate) fn discovery_topic(id: &str) -> String {
    format!("homeassistant/device/{id}/config")
}

/// An id that Home Assistant takes, from a client id.
pub(crate) fn id(client_id: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    client_id.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect()
}

/// Keeps Home Assistant told, for as long as the hub lives. `births` says that Home Assistant came up.
pub(crate) async fn keep(settings: Settings, turns: Turns, mut births: mpsc::Receiver<()>) {
    let (hub, model) = (turns.hub.clone(), turns.model.clone());
    let mut announcer = Announcer { started_ms: turns.clock.now_ms(), settings, hub: hub.clone(), model, clock: turns.clock.clone(), link: None, told: Vec::new() };
    let (mut snapshots, mut ended) = (hub.watch(), turns.ended());
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            birth = births.recv() => match birth {
                Some(()) => {
                    // All that Home Assistant knows comes up at once; the hub lets the devices go first.
                    tokio::time::sleep(Duration::from_secs_f64(rand::random_range(0.0..LONGEST_GRACE_S))).await;
                    announcer.announce();
                }
                None => return,
            },
            changed = snapshots.changed() => match changed {
                Ok(()) => announcer.follow(),
                Err(_) => return,
            },
            turn = ended.recv() => match turn {
                Ok(turn) => announcer.turn(&turn),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            },
            _ = tick.tick() => announcer.states(),
        }
    }
}

struct Announcer {
    settings: Settings,
    hub: Handle,
    model: Model,
    clock: Clock,
    started_ms: i64,
    /// The connection that was told.
    link: Option<Link>,
    /// What was said last on each topic.
    told: Vec<(&'static str, Value)>,
}

impl Announcer {
    /// A new connection is told everything.
    fn follow(&mut self) {
        let link = self.hub.snapshot().link.clone();
        let is_new = match (&self.link, &link) {
            (Some(old), Some(new)) => !old.is_same(new),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        self.link = link;
        if is_new {
            self.announce();
        }
    }

    fn announce(&mut self) {
        self.told.clear();
        let Some(link) = &self.link else { return };
        let payload = match self.settings.is_announced {
            true => discovery(&self.settings).to_string().into_bytes(),
            false => Vec::new(),
        };
        match link.announce(&discovery_topic(&self.settings.id), payload) {
            Ok(()) if self.settings.is_announced => info!(id = %self.settings.id, "The hub is announced to Home Assistant."),
            Ok(()) => {}
            Err(error) => warn!(%error, "The hub could not be announced to Home Assistant."),
        }
        self.states();
    }

    /// Says what has changed since it was said last.
    fn states(&mut self) {
        if !self.settings.is_announced {
            return;
        }
        let snapshot = self.hub.snapshot();
        let timers: Vec<Value> = snapshot.house.timers.iter().map(|timer| timer_of(timer, self.clock.now_ms())).collect();
        let offline = snapshot.house.entities.values().filter(|entity| entity.availability == house::Availability::Offline).count();
        let (model, reason) = match self.model.health() {
            Health::Ready(_) => ("ready", None),
            Health::Starting => ("starting", None),
            Health::Broken(reason) => ("broken", Some(reason)),
        };
        let started = jiff::Timestamp::from_millisecond(self.started_ms).map(|time| time.to_string()).ok();
        self.tell("timers", json!({ "count": timers.len(), "timers": timers }));
        self.tell("health", json!({ "model": model, "reason": reason, "entities": snapshot.house.entities.len(), "offline": offline, "started": started }));
    }

    fn turn(&mut self, turn: &Ended) {
        if !self.settings.is_announced {
            return;
        }
        self.say("turn", &json!({ "event_type": turn.outcome.as_str(), "text": turn.text, "reply": turn.reply, "turn": turn.id.as_ref().map(ToString::to_string) }), false);
        self.tell("reply", json!({ "reply": turn.reply, "text": turn.text, "outcome": turn.outcome.as_str() }));
    }

    fn tell(&mut self, topic: &'static str, value: Value) {
        if self.told.iter().any(|(told, last)| *told == topic && *last == value) {
            return;
        }
        self.say(topic, &value, true);
        self.told.retain(|(told, _)| *told != topic);
        self.told.push((topic, value));
    }

    fn say(&self, topic: &str, value: &Value, retain: bool) {
        let Some(link) = self.link.as_ref().filter(|_| self.settings.is_announced) else { return };
        if let Err(error) = link.say(topic, value.to_string().into_bytes(), retain) {
            warn!(%error, topic, "Home Assistant could not be told.");
        }
    }
}

fn timer_of(timer: &MovingTimer, now_ms: i64) -> Value {
    let ends = jiff::Timestamp::from_millisecond(now_ms + i64::try_from(timer.left_s).unwrap_or(0) * 1000).ok().filter(|_| timer.is_active);
    // To the minute, so that a running timer is not news every second.
    let ends = ends.map(|ends| ends.strftime("%Y-%m-%dT%H:%MZ").to_string());
    json!({ "name": timer.name, "length_s": timer.length_s, "is_active": timer.is_active, "ends": ends })
}

/// The announcement: Home Assistant's device-based discovery.
fn discovery(settings: &Settings) -> Value {
    let id = &settings.id;
    let own = |part: &str| format!("{id}-{part}");
    let state = |topic: &str| format!("{}/{topic}", settings.base_topic);
    json!({
        "device": { "identifiers": [id], "name": "Hearth", "manufacturer": "Hearth", "model": "Hub", "sw_version": env!("CARGO_PKG_VERSION") },
        "origin": { "name": ORIGIN, "sw_version": env!("CARGO_PKG_VERSION") },
        "availability": [{ "topic": state("status"), "payload_available": "online", "payload_not_available": "offline" }],
        "qos": 1,
        "components": {
            "say": { "platform": "text", "unique_id": own("say"), "name": "Say", "icon": "mdi:chat", "command_topic": state("say/set"), "state_topic": state("reply"), "value_template": "{{ value_json.text[:255] }}", "max": 255 },
            "reply": { "platform": "sensor", "unique_id": own("reply"), "name": "Last reply", "icon": "mdi:chat-processing", "state_topic": state("reply"), "value_template": "{{ value_json.reply[:255] }}", "json_attributes_topic": state("reply") },
            "turn": { "platform": "event", "unique_id": own("turn"), "name": "Turn", "state_topic": state("turn"), "event_types": ["act", "answer", "ask", "refuse", "not_understood", "not_for_house"] },
            "stop": { "platform": "button", "unique_id": own("stop"), "name": "Stop", "icon": "mdi:stop", "command_topic": state("stop/set"), "payload_press": "STOP" },
            "timers": { "platform": "sensor", "unique_id": own("timers"), "name": "Timers", "icon": "mdi:timer", "state_topic": state("timers"), "value_template": "{{ value_json.count }}", "json_attributes_topic": state("timers") },
            "notice": { "platform": "event", "unique_id": own("notice"), "name": "Notice", "icon": "mdi:bell", "state_topic": state("notice"), "value_template": "{{ dict(value_json, event_type=value_json.kind) | to_json }}", "event_types": ["timer", "alarm", "reminder", "schedule", "not_done", "broadcast", "danger"] },
            "model": { "platform": "sensor", "unique_id": own("model"), "name": "Language model", "entity_category": "diagnostic", "state_topic": state("health"), "value_template": "{{ value_json.model }}", "device_class": "enum", "options": ["ready", "starting", "broken"] },
            "entities": { "platform": "sensor", "unique_id": own("entities"), "name": "Entities", "entity_category": "diagnostic", "state_topic": state("health"), "value_template": "{{ value_json.entities }}" },
            "offline": { "platform": "sensor", "unique_id": own("offline"), "name": "Offline entities", "entity_category": "diagnostic", "state_topic": state("health"), "value_template": "{{ value_json.offline }}" },
            "started": { "platform": "sensor", "unique_id": own("started"), "name": "Last start", "entity_category": "diagnostic", "device_class": "timestamp", "state_topic": state("health"), "value_template": "{{ value_json.started }}" }
        }
    })
}

const ORIGIN: &str = "hearth";
const TICK: Duration = Duration::from_secs(5);
const LONGEST_GRACE_S: f64 = 10.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_only_letters_that_home_assistant_takes() {
        assert_eq!(id("hearth-hub"), "hearth-hub");
        assert_eq!(id("my hub/1#"), "my_hub_1_");
    }

    #[test]
    fn every_component_has_what_discovery_demands() {
        let announced = discovery(&Settings { is_announced: true, id: "hearth-hub".to_owned(), base_topic: "hearth".to_owned() });
        let components = announced["components"].as_object().unwrap();
        let mut ids: Vec<&str> = components.values().map(|component| component["unique_id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), components.len());
        for (name, component) in components {
            let topics = ["state_topic", "command_topic"].iter().filter(|key| component.get(**key).is_some()).count();
            assert!(component["platform"].is_string() && 0 < topics, "{name}: {component}");
            let is_own = |key: &str| component.get(key).is_none_or(|topic| topic.as_str().unwrap().starts_with("hearth/"));
            assert!(is_own("state_topic") && is_own("command_topic"), "{name}");
        }
    }
}
