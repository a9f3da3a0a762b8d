//! The hub as a device of Home Assistant: announced by discovery over MQTT, its states kept true.
//!
//! What can be said to it there goes the way of any other request; nothing is done here.

use std::collections::BTreeMap;
use std::time::Duration;

use house::{EntityId, Errand, MovingTimer, Schedule, Timing};
use mind::reply;
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};
use tracing::{info, warn};

use house::{HouseMode, NoticeKind};
use runtime::clock::Clock;
use runtime::hub::handle::Handle;
use runtime::hub::hub_entities::MODE;
use runtime::hub::snapshot::Snapshot;
use runtime::model::language_model::{Health, Model};
use runtime::turn::Turns;
use runtime::turn::outcome::EndedTurn;

use crate::mqtt::publisher::OwnTopics;
use crate::mqtt::topics::{BrokerEvent, discovery_topic, switch_topics};

/// Whether and as what the hub is announced.
#[derive(Clone, Debug)]
pub(crate) struct AnnounceSettings {
    /// Whether it is announced; if not, an earlier announcement is taken back.
    pub(crate) is_announced: bool,
    /// The hub's id among those of other hubs; letters, digits, `-` and `_`.
    pub(crate) id: String,
    /// The root of its own topics.
    pub(crate) base_topic: String,
}

/// Keeps Home Assistant told, for as long as the hub lives.
pub(crate) async fn keep(
    settings: AnnounceSettings,
    turns: Turns,
    mut own_topics: OwnTopics,
    mut broker_events: mpsc::Receiver<BrokerEvent>,
) {
    let (hub, model) = (turns.hub.clone(), turns.model.clone());
    let mut announcer = Announcer {
        started_ms: turns.clock.now_ms(),
        settings,
        hub: hub.clone(),
        model,
        clock: turns.clock.clone(),
        own_topics: own_topics.clone(),
        told: Vec::new(),
        switches: BTreeMap::new(),
        shown: (Vec::new(), None),
    };
    let (mut snapshots, mut ended) = (hub.watch(), turns.ended());
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            event = broker_events.recv() => match event {
                Some(BrokerEvent::Birth) => {
                    // All that Home Assistant knows comes up at once; the hub lets the devices go first.
                    tokio::time::sleep(Duration::from_secs_f64(rand::random_range(0.0..LONGEST_GRACE_S))).await;
                    announcer.announce();
                }
                Some(BrokerEvent::Announced(topic)) => announcer.look_through(&topic),
                None => return,
            },
            is_open = own_topics.changed() => match is_open {
                true if own_topics.is_connected() => announcer.announce(),
                true => {}
                false => return,
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
    settings: AnnounceSettings,
    hub: Handle,
    model: Model,
    clock: Clock,
    started_ms: i64,
    own_topics: OwnTopics,
    /// What was said last on each topic.
    told: Vec<(&'static str, Value)>,
    /// The announcements of switches as they were made on this connection, by topic.
    switches: BTreeMap<String, Value>,
    /// What of the house was last looked at: what is scheduled, and its mode.
    shown: (Vec<Schedule>, Option<String>),
}

impl Announcer {
    /// What moved since it was last looked at is told.
    fn follow(&mut self) {
        let snapshot = self.hub.snapshot();
        if self.shown.0 != snapshot.house.schedules || self.shown.1.as_deref() != mode(&snapshot) {
            self.states();
        }
    }

    /// A new connection is told everything.
    fn announce(&mut self) {
        self.told.clear();
        self.switches.clear();
        let payload = match self.settings.is_announced {
            true => discovery(&self.settings).to_string().into_bytes(),
            false => Vec::new(),
        };
        match self.own_topics.announce(&discovery_topic(&self.settings.id), payload) {
            Ok(()) if self.settings.is_announced => {
                info!(id = %self.settings.id, "The hub is announced to Home Assistant.")
            }
            Ok(()) => STATES.iter().for_each(|topic| self.take_back(topic)),
            Err(error) => warn!(%error, "The hub could not be announced to Home Assistant."),
        }
        self.states();
    }

    /// An announcement that the broker had kept goes, unless it is of something that is scheduled.
    fn look_through(&self, topic: &str) {
        let id = topic.strip_prefix(&switch_topics(&self.settings.id)).and_then(|rest| rest.strip_suffix("/config"));
        let is_wanted = self.settings.is_announced
            && self.hub.snapshot().house.schedules.iter().any(|one| Some(one.id.as_str()) == id);
        if !is_wanted {
            self.switch(topic, None);
        }
    }

    /// Announces a switch, or takes its announcement back.
    fn switch(&self, topic: &str, config: Option<&Value>) {
        if let Err(error) =
            self.own_topics.announce(topic, config.map(|config| config.to_string().into_bytes()).unwrap_or_default())
        {
            warn!(%error, topic, "A switch could not be announced to Home Assistant.");
        }
    }

    /// Takes a state back that the broker keeps.
    fn take_back(&self, topic: &str) {
        if let Err(error) = self.own_topics.say(topic, Vec::new(), true) {
            warn!(%error, topic, "A state could not be taken back from the broker.");
        }
    }

    /// Says what has changed since it was said last.
    fn states(&mut self) {
        if !self.settings.is_announced {
            return;
        }
        let snapshot = self.hub.snapshot();
        self.shown = (snapshot.house.schedules.clone(), mode(&snapshot).map(str::to_owned));
        self.schedules(&snapshot);
        self.tell("mode", json!({ "mode": mode(&snapshot) }));
        let timers: Vec<Value> =
            snapshot.house.timers.iter().map(|timer| timer_of(timer, self.clock.now_ms())).collect();
        let offline = snapshot
            .house
            .entities
            .values()
            .filter(|entity| entity.availability == house::Availability::Offline)
            .count();
        let (model, reason) = match self.model.health() {
            Health::Ready(_) => ("ready", None),
            Health::Starting => ("starting", None),
            Health::Broken(reason) => ("broken", Some(reason)),
        };
        let started = jiff::Timestamp::from_millisecond(self.started_ms).map(|time| time.to_string()).ok();
        self.tell("timers", json!({ "count": timers.len(), "timers": timers }));
        self.tell(
            "health",
            json!({
                "model": model, "reason": reason, "entities": snapshot.house.entities.len(),
                "offline": offline, "started": started,
            }),
        );
    }

    /// Every schedule is a switch there: on while it is active, off while it is paused.
    fn schedules(&mut self, snapshot: &Snapshot) {
        let around = self.clock.around(self.clock.now_ms());
        let titled: Vec<(&Schedule, String)> = snapshot
            .house
            .schedules
            .iter()
            .map(|one| (one, title(&reply::schedule_title(one, &snapshot.house, &around, one.lang))))
            .collect();
        let wanted: BTreeMap<String, Value> = titled
            .iter()
            .map(|(one, title)| {
                (format!("{}{}/config", switch_topics(&self.settings.id), one.id), switch(one, title, &self.settings))
            })
            .collect();
        for topic in self.switches.keys().filter(|topic| !wanted.contains_key(*topic)) {
            self.switch(topic, None);
        }
        for (topic, config) in wanted.iter().filter(|(topic, config)| self.switches.get(*topic) != Some(config)) {
            self.switch(topic, Some(config));
        }
        self.switches = wanted;
        let states: serde_json::Map<String, Value> =
            titled.iter().map(|(one, title)| (one.id.clone(), state(one, title))).collect();
        self.tell(
            "schedules",
            json!({ "next_alarm": next_alarm(&snapshot.house.schedules).and_then(moment), "schedules": states }),
        );
    }

    fn turn(&mut self, turn: &EndedTurn) {
        if !self.settings.is_announced {
            return;
        }
        self.say(
            "turn",
            &json!({
                "event_type": turn.outcome.as_str(), "text": turn.text, "reply": turn.reply,
                "turn": turn.id.as_ref().map(ToString::to_string),
            }),
            false,
        );
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
        if !self.settings.is_announced {
            return;
        }
        if let Err(error) = self.own_topics.say(topic, value.to_string().into_bytes(), retain) {
            warn!(%error, topic, "Home Assistant could not be told.");
        }
    }
}

fn timer_of(timer: &MovingTimer, now_ms: i64) -> Value {
    let ends = jiff::Timestamp::from_millisecond(now_ms + i64::try_from(timer.left_s).unwrap_or(0) * 1000)
        .ok()
        .filter(|_| timer.is_active);
    // To the minute, so that a running timer is not news every second.
    let ends = ends.map(|ends| ends.strftime("%Y-%m-%dT%H:%MZ").to_string());
    json!({ "name": timer.name, "length_s": timer.length_s, "is_active": timer.is_active, "ends": ends })
}

fn mode(snapshot: &Snapshot) -> Option<&str> {
    snapshot.house.entities.get(&EntityId::new(MODE))?.state.value.as_deref()
}

fn next_alarm(schedules: &[Schedule]) -> Option<i64> {
    schedules.iter().filter(|one| one.errand == Errand::Alarm && !one.is_paused).map(|one| one.due_ms).min()
}

fn moment(at_ms: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(at_ms).map(|time| time.to_string()).ok()
}

/// A name that fits on a card.
fn title(text: &str) -> String {
    text.chars().take(LONGEST_TITLE).collect()
}

fn state(schedule: &Schedule, title: &str) -> Value {
    let kind = match schedule.errand {
        Errand::Act { .. } if matches!(schedule.timing, Timing::Triggered(..)) => "routine",
        Errand::Act { .. } => "action",
        Errand::Alarm => "alarm",
        Errand::Remind(_) => "reminder",
    };
    // A routine waits for its condition, at no time that could be told.
    let next = Some(schedule.due_ms).filter(|due| *due != i64::MAX && !schedule.is_paused).and_then(moment);
    json!({ "state": if schedule.is_paused { "off" } else { "on" }, "title": title, "kind": kind, "next": next })
}

/// The announcement of the switch of something scheduled, by itself, as it comes and goes.
fn switch(schedule: &Schedule, title: &str, settings: &AnnounceSettings) -> Value {
    let AnnounceSettings { id, base_topic, .. } = settings;
    let one = format!("value_json.schedules.get('{}', {{}})", schedule.id);
    let icon = match schedule.errand {
        Errand::Act { .. } => "mdi:home-clock",
        Errand::Alarm => "mdi:alarm",
        Errand::Remind(_) => "mdi:bell-outline",
    };
    json!({
        "name": title,
        "unique_id": format!("{id}-schedule-{}", schedule.id),
        "default_entity_id": format!("switch.hearth_schedule_{}", schedule.id),
        "icon": icon,
        "state_topic": format!("{base_topic}/schedules"),
        "value_template": format!("{{{{ {one}.get('state') }}}}"),
        "state_on": "on",
        "state_off": "off",
        "command_topic": format!("{base_topic}/schedule/{}/set", schedule.id),
        "json_attributes_topic": format!("{base_topic}/schedules"),
        "json_attributes_template": format!("{{{{ {one} | to_json }}}}"),
        "availability": [availability(base_topic)],
        "device": { "identifiers": [id] },
        "origin": { "name": ORIGIN, "sw_version": env!("CARGO_PKG_VERSION") },
        "qos": 1
    })
}

fn availability(base_topic: &str) -> Value {
    json!({
        "topic": format!("{base_topic}/status"), "payload_available": "online",
        "payload_not_available": "offline",
    })
}

/// The announcement: Home Assistant's device-based discovery.
#[expect(clippy::too_many_lines, reason = "one line for each of its entities")]
fn discovery(settings: &AnnounceSettings) -> Value {
    let id = &settings.id;
    let own = |part: &str| format!("{id}-{part}");
    let state = |topic: &str| format!("{}/{topic}", settings.base_topic);
    json!({
        "device": {
            "identifiers": [id], "name": "Hearth", "manufacturer": "Hearth", "model": "Hub",
            "sw_version": env!("CARGO_PKG_VERSION"),
        },
        "origin": { "name": ORIGIN, "sw_version": env!("CARGO_PKG_VERSION") },
        "availability": [availability(&settings.base_topic)],
        "qos": 1,
        "components": {
            "say": {
                "platform": "text", "unique_id": own("say"), "name": "Say", "icon": "mdi:chat",
                "command_topic": state("say/set"), "state_topic": state("reply"),
                "value_template": "{{ value_json.text[:255] }}", "max": 255,
            },
            "reply": {
                "platform": "sensor", "unique_id": own("reply"), "name": "Last reply",
                "icon": "mdi:chat-processing", "state_topic": state("reply"),
                "value_template": "{{ value_json.reply[:255] }}",
                "json_attributes_topic": state("reply"),
            },
            "turn": {
                "platform": "event", "unique_id": own("turn"), "name": "Turn",
                "state_topic": state("turn"),
                "event_types": ["act", "answer", "ask", "refuse", "not_understood", "not_for_house"],
            },
            "stop": {
                "platform": "button", "unique_id": own("stop"), "name": "Stop", "icon": "mdi:stop",
                "command_topic": state("stop/set"), "payload_press": "STOP",
            },
            "timers": {
                "platform": "sensor", "unique_id": own("timers"), "name": "Timers",
                "icon": "mdi:timer", "state_topic": state("timers"),
                "value_template": "{{ value_json.count }}",
                "json_attributes_topic": state("timers"),
            },
            "mode": {
                "platform": "select", "unique_id": own("mode"), "name": "House mode",
                "icon": "mdi:home-account", "command_topic": state("mode/set"),
                "state_topic": state("mode"), "value_template": "{{ value_json.mode }}",
                "options": HouseMode::ALL.map(HouseMode::as_str),
            },
            "next_alarm": {
                "platform": "sensor", "unique_id": own("next_alarm"), "name": "Next alarm",
                "icon": "mdi:alarm", "device_class": "timestamp", "state_topic": state("schedules"),
                "value_template": "{{ value_json.next_alarm }}",
            },
            "notice": {
                "platform": "event", "unique_id": own("notice"), "name": "Notice",
                "icon": "mdi:bell", "state_topic": state("notice"),
                "value_template": "{{ dict(value_json, event_type=value_json.kind) | to_json }}",
                "event_types": NoticeKind::ALL.map(NoticeKind::as_str),
            },
            "model": {
                "platform": "sensor", "unique_id": own("model"), "name": "Language model",
                "entity_category": "diagnostic", "state_topic": state("health"),
                "value_template": "{{ value_json.model }}", "device_class": "enum",
                "options": ["ready", "starting", "broken"],
            },
            "entities": {
                "platform": "sensor", "unique_id": own("entities"), "name": "Entities",
                "entity_category": "diagnostic", "state_topic": state("health"),
                "value_template": "{{ value_json.entities }}",
            },
            "offline": {
                "platform": "sensor", "unique_id": own("offline"), "name": "Offline entities",
                "entity_category": "diagnostic", "state_topic": state("health"),
                "value_template": "{{ value_json.offline }}",
            },
            "started": {
                "platform": "sensor", "unique_id": own("started"), "name": "Last start",
                "entity_category": "diagnostic", "device_class": "timestamp",
                "state_topic": state("health"), "value_template": "{{ value_json.started }}",
            }
        }
    })
}

const ORIGIN: &str = "hearth";
/// What the broker keeps of the hub's states.
const STATES: &[&str] = &["reply", "timers", "health", "mode", "schedules"];
const LONGEST_TITLE: usize = 120;
const TICK: Duration = Duration::from_secs(5);
const LONGEST_GRACE_S: f64 = 10.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_only_letters_that_home_assistant_takes() {
        assert_eq!(crate::mqtt::topics::id("hearth-hub"), "hearth-hub");
        assert_eq!(crate::mqtt::topics::id("my hub/1#"), "my_hub_1_");
    }

    #[test]
    fn every_component_has_what_discovery_demands() {
        let announced = discovery(&settings());
        let components = announced["components"].as_object().unwrap();
        let mut ids: Vec<&str> =
            components.values().map(|component| component["unique_id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), components.len());
        for (name, component) in components {
            let topics = ["state_topic", "command_topic"].iter().filter(|key| component.get(**key).is_some()).count();
            assert!(component["platform"].is_string() && 0 < topics, "{name}: {component}");
            let is_own =
                |key: &str| component.get(key).is_none_or(|topic| topic.as_str().unwrap().starts_with("hearth/"));
            assert!(is_own("state_topic") && is_own("command_topic"), "{name}");
        }
    }

    fn settings() -> AnnounceSettings {
        AnnounceSettings { is_announced: true, id: "hearth-hub".to_owned(), base_topic: "hearth".to_owned() }
    }

    fn alarm(id: &str, due_ms: i64, is_paused: bool) -> Schedule {
        Schedule {
            id: id.to_owned(),
            errand: Errand::Alarm,
            name: None,
            area: None,
            asked_by: house::Speaker::Someone(house::WayIn::Voice),
            timing: Timing::At(due_ms),
            conditions: Vec::new(),
            due_ms,
            rings_since_ms: None,
            is_paused,
            lang: house::Lang::En,
        }
    }

    #[test]
    fn what_is_scheduled_is_a_switch_by_itself() {
        let payload = switch(&alarm("s3", 1_772_434_800_000, false), "an alarm at 8:00", &settings());
        let expected = [
            r##"{"name":"an alarm at 8:00","unique_id":"hearth-hub-schedule-s3""##,
            r##","default_entity_id":"switch.hearth_schedule_s3""##,
            r##","icon":"mdi:alarm","state_topic":"hearth/schedules""##,
            r##","value_template":"{{ value_json.schedules.get('s3', {}).get('state') }}""##,
            r##","state_on":"on","state_off":"off""##,
            r##","command_topic":"hearth/schedule/s3/set""##,
            r##","json_attributes_topic":"hearth/schedules""##,
            r##","json_attributes_template":"{{ value_json.schedules.get('s3', {}) | to_json }}""##,
            r##","availability":[{"topic":"hearth/status","payload_available":"online","payload_not_available":"offline"}]"##,
            r##","device":{"identifiers":["hearth-hub"]}"##,
            r##","origin":{"name":"hearth","sw_version":"VERSION"},"qos":1}"##,
        ]
        .concat();
        assert_eq!(payload.to_string(), expected.replace("VERSION", env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn a_paused_alarm_is_off_and_not_the_next() {
        assert_eq!(
            state(&alarm("s3", 1_772_434_800_000, true), "an alarm").to_string(),
            r#"{"state":"off","title":"an alarm","kind":"alarm","next":null}"#
        );
        assert_eq!(
            state(&alarm("s3", 1_772_434_800_000, false), "an alarm").to_string(),
            r#"{"state":"on","title":"an alarm","kind":"alarm","next":"2026-03-02T07:00:00Z"}"#
        );
        assert_eq!(next_alarm(&[alarm("s1", 5, true), alarm("s2", 9, false), alarm("s3", 7, false)]), Some(7));
        assert_eq!(next_alarm(&[alarm("s1", 5, true)]), None);
    }
}
