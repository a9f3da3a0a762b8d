//! `[home_assistant]`: what it is told, and what is asked of it.

use std::path::PathBuf;

use serde::Deserialize;

use crate::home_assistant::{Address, websocket};

use super::Opt;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HomeAssistantFile {
    pub(super) announce: Option<bool>,
    url: Option<String>,
    token_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    with_mqtt: Option<bool>,
}

/// The Home Assistant that is asked for what only it has, if one is named.
pub(super) fn check(file: &HomeAssistantFile, complaints: &mut Vec<String>) -> Option<websocket::WebsocketSettings> {
    let (url, token_file) = match (&file.url, &file.token_file) {
        (Some(url), Some(token_file)) => (url, token_file),
        (None, None) if file.ca.is_none() && file.with_mqtt.is_none() => return None,
        _ => {
            complaints.push(
                "home_assistant.url: it needs home_assistant.token_file with it, and home_assistant.ca \
             and home_assistant.with_mqtt need both\n  hint: give a URL and a file that holds a long-lived access \
             token and nothing else"
                    .to_owned(),
            );
            return None;
        }
    };
    let address = Address::parse(url);
    if address.is_none() {
        complaints.push(format!(
            "home_assistant.url: `{url}` is no address\n  hint: that of its page, such as \
         `http://homeassistant.local:8123`"
        ));
    }
    if let Err(error) = std::fs::read_to_string(token_file) {
        complaints.push(format!(
            "home_assistant.token_file: `{}` can't be read: {error}\n  hint: a file that holds a \
         long-lived access token and nothing else",
            token_file.display()
        ));
    }
    let ca = file.ca.as_ref().and_then(|path| match std::fs::read(path) {
        Ok(pem) => Some(pem),
        Err(error) => {
            complaints.push(format!(
                "home_assistant.ca: `{}` can't be read: {error}\n  hint: name the PEM file of the \
             authority that signed Home Assistant's certificate",
                path.display()
            ));
            None
        }
    });
    Some(websocket::WebsocketSettings {
        address: address?,
        token_file: token_file.clone(),
        ca,
        with_mqtt: file.with_mqtt.unwrap_or(false),
    })
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "home_assistant.announce",
        "`true`",
        "Whether the hub announces itself to Home Assistant by discovery; `false` takes an earlier announcement back.",
    ),
    (
        "home_assistant.url",
        "none",
        "The address of Home Assistant's page, such as `http://homeassistant.local:8123`; what only Home Assistant \
         has is then Hearth's too.",
    ),
    (
        "home_assistant.token_file",
        "none",
        "A file that holds a long-lived access token of Home Assistant and nothing else.",
    ),
    (
        "home_assistant.ca",
        "the system's authorities",
        "The PEM of the authority that signed Home Assistant's certificate.",
    ),
    (
        "home_assistant.with_mqtt",
        "`false`",
        "Whether MQTT devices are taken from Home Assistant too; for one whose broker is another than Hearth's.",
    ),
];
