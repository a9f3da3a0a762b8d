//! Hearth's own topics: those it is asked on, and those it announces itself on.

use super::settings::MqttSettings;

/// How the topics of all announcements of switches begin.
pub(crate) fn switch_topics(id: &str) -> String {
    format!("homeassistant/switch/{id}/")
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

/// What comes from the broker for whoever announces the hub.
#[derive(Clone, Debug)]
pub(crate) enum BrokerEvent {
    /// Home Assistant came up.
    Birth,
    /// The broker had kept an announcement on this topic.
    Announced(String),
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
pub(super) struct Asking {
    request: String,
    say: String,
    stop: String,
    mode: String,
    /// What stands before and after the id of something scheduled.
    schedule: (String, &'static str),
    /// The hub's own announcements, which are no devices to read: the topic of the one, and how all others begin.
    pub(super) own: (String, String),
}

impl Asking {
    pub(super) fn new(settings: &MqttSettings) -> Self {
        let topic = |name: &str| format!("{}/{name}", settings.base_topic);
        let id = id(&settings.client_id);
        let own = (discovery_topic(&id), switch_topics(&id));
        Self {
            request: topic("request"),
            say: topic("say/set"),
            stop: topic("stop/set"),
            mode: topic("mode/set"),
            schedule: (topic("schedule/"), "/set"),
            own,
        }
    }

    pub(super) fn topics(&self) -> Vec<String> {
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

    pub(super) fn is_own(&self, topic: &str) -> bool {
        topic == self.own.0 || topic.starts_with(&self.own.1)
    }

    /// What a message asks; nothing if it is not on one of these topics.
    pub(super) fn asked(&self, topic: &str, payload: &[u8]) -> Option<Asked> {
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

/// Where Home Assistant says that it came up.
pub(crate) const HOME_ASSISTANT_STATUS: &str = "homeassistant/status";
