//! The dialects that devices speak among themselves, without Home Assistant's discovery: one file or folder each.
//!
//! A dialect does two things. It hears who is there, and spells each device out in the options of Home Assistant's
//! announcements; and it knows how to ask a device for its state. What the options mean — reading states,
//! writing commands — is the platforms' matter, so a device is read and told in one way, however it was announced.
//! Unlike an announcement of discovery, an option that is a topic may name several, each with a template of its own.

mod homie;
pub(crate) mod news;
mod shelly;
mod shelly_gen1;
mod spelling;
mod tasmota;
mod zigbee2mqtt;

use house::Rejection;

use crate::limits::Limits;
use news::News;

/// The topics that announcements come in on; to be subscribed to on every connection.
pub const DISCOVERY_TOPICS: &[&str] = &[
    "homeassistant/+/+/config",
    "homeassistant/+/+/+/config",
    "+/bridge/devices",
    "+/bridge/groups",
    "+/bridge/event",
    "+/+/bridge/devices",
    "+/+/bridge/groups",
    "+/+/bridge/event",
    "tasmota/discovery/+/config",
    "tasmota/discovery/+/sensors",
    "+/online",
    "+/events/rpc",
    "+/status/+",
    "+/hearth/rpc",
    "shellies/+/online",
    "shellies/announce",
    "shellies/+/announce",
    "shellies/+/+/+",
    "shellies/+/+/+/status",
    "shellies/+/+/+/pos",
    "shellies/+/+/+/power",
    "+/5/+/$state",
    "+/5/+/$description",
    "homie/+/$name",
    "homie/+/$nodes",
    "homie/+/$state",
    "homie/+/+/$name",
    "homie/+/+/$properties",
    "homie/+/+/+/$name",
    "homie/+/+/+/$datatype",
    "homie/+/+/+/$format",
    "homie/+/+/+/$settable",
    "homie/+/+/+/$retained",
    "homie/+/+/+/$unit",
];

/// Every dialect, and what each has to keep in mind between messages.
#[derive(Debug, Default)]
pub(crate) struct Natives {
    zigbee2mqtt: zigbee2mqtt::Zigbee2Mqtt,
    tasmota: tasmota::Tasmota,
    shelly: shelly::Shelly,
    shelly_gen1: shelly_gen1::ShellyGen1,
    homie: homie::Homie,
}

impl Natives {
    /// What a message says about who is there; `None` if it is not about that.
    pub(crate) fn handle(&mut self, topic: &str, payload: &[u8], limits: &Limits) -> Result<Option<News>, Rejection> {
        let levels: Vec<&str> = topic.split('/').take(MOST_LEVELS).collect();
        match levels.as_slice() {
            [base @ .., "bridge", what @ ("devices" | "groups" | "event")] if matches!(base.len(), 1 | 2) => {
                self.zigbee2mqtt.handle(&base.join("/"), what, payload, limits)
            }
            ["tasmota", "discovery", mac, what @ ("config" | "sensors")] => {
                self.tasmota.handle(mac, what, payload, limits)
            }
            // People keep to `shellies/` from the first generation.
            ["shellies", id, rest @ ("online" | "events" | "status" | "hearth"), ..] => {
                let after = levels.get(3).copied();
                self.shelly_at(&format!("shellies/{id}"), rest, after, payload, limits)
            }
            ["shellies", rest @ ..] => self.shelly_gen1.handle(rest, payload, limits),
            [prefix, rest @ ("online" | "events" | "status" | "hearth")] => {
                self.shelly_at(prefix, rest, None, payload, limits)
            }
            [prefix, rest @ ("online" | "events" | "status" | "hearth"), after] => {
                self.shelly_at(prefix, rest, Some(after), payload, limits)
            }
            [root, "5", id, attribute @ ("$state" | "$description")] => {
                self.homie.five(root, id, attribute, payload, limits)
            }
            ["homie", path @ ..] if path.last().is_some_and(|last| last.starts_with('$')) => {
                self.homie.four(path, payload, limits)
            }
            _ => Ok(None),
        }
    }
}

impl Natives {
    fn shelly_at(
        &mut self,
        prefix: &str,
        what: &str,
        after: Option<&str>,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        match (what, after) {
            ("online", None) => self.shelly.online(prefix, payload, limits),
            ("events", Some("rpc")) => self.shelly.notified(prefix, payload, limits),
            ("hearth", Some("rpc")) => self.shelly.answered(prefix, payload, limits),
            ("status", Some(component)) => self.shelly.status(prefix, component, payload, limits),
            (_, _) => Ok(None),
        }
    }
}

/// No dialect announces anything deeper.
const MOST_LEVELS: usize = 8;
