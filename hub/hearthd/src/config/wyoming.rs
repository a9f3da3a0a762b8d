//! `[wyoming]`: Home Assistant's voice.

use std::collections::BTreeMap;

use crate::aloud::AloudSettings;
use crate::wyoming::WyomingSettings;
use serde::Deserialize;

use super::Opt;
use super::complaints::address;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WyomingFile {
    listen: Option<String>,
    intent_listen: Option<String>,
    satellites: BTreeMap<String, String>,
    connect: BTreeMap<String, String>,
}

/// Areas in which there is a satellite.
pub(super) fn voices(file: &WyomingFile) -> Vec<String> {
    file.connect.values().cloned().collect()
}

/// Where it may talk to the hub.
pub(super) fn check(file: WyomingFile, aloud: AloudSettings, complaints: &mut Vec<String>) -> WyomingSettings {
    let mut at = |name: &str, text: Option<&str>| text.map(|text| address(name, text, complaints));
    WyomingSettings {
        listen: at("wyoming.listen", file.listen.as_deref()),
        intent_listen: at("wyoming.intent_listen", file.intent_listen.as_deref()),
        satellites: file.satellites,
        connect: file.connect,
        aloud,
    }
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "wyoming.listen",
        "none",
        "Where Home Assistant's voice may talk to the hub, such as `0.0.0.0:10500`; whoever reaches the port may ask \
         what a person at home may.",
    ),
    (
        "wyoming.intent_listen",
        "none",
        "A port that only says what was understood, for those who let Home Assistant act.",
    ),
    (
        "wyoming.satellites",
        "none",
        "The area of a satellite or device by Home Assistant's id for it: `{ \"8f0c…\" = \"Kitchen\" }`.",
    ),
    (
        "wyoming.connect",
        "none",
        "Wyoming satellites that the hub connects to itself, each with its area: `{ \"10.0.0.7:10700\" = \"Kitchen\" \
         }`.",
    ),
];
