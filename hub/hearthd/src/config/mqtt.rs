//! `[mqtt]`: the hub's own connection to a broker.

use std::path::PathBuf;

use serde::Deserialize;

use crate::mqtt::settings::MqttSettings;

use super::Opt;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MqttFile {
    pub(super) host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password: Option<String>,
    ca: Option<PathBuf>,
    client_id: Option<String>,
    base_topic: Option<String>,
}

/// The connection as it is made.
pub(super) fn check(file: &MqttFile, complaints: &mut Vec<String>) -> MqttSettings {
    let ca = file.ca.as_ref().and_then(|path| match std::fs::read(path) {
        Ok(pem) => Some(pem),
        Err(error) => {
            complaints.push(format!(
                "mqtt.ca: `{}` can't be read: {error}\n  hint: name the PEM file of the authority \
             that signed your broker's certificate",
                path.display()
            ));
            None
        }
    });
    let login = match (&file.user, &file.password) {
        (Some(user), Some(password)) => Some((user.clone(), password.clone())),
        (None, None) => None,
        (Some(_), None) => {
            complaints.push("mqtt.password: missing\n  hint: mqtt.user needs a password with it".to_owned());
            None
        }
        (None, Some(_)) => {
            complaints.push("mqtt.user: missing\n  hint: mqtt.password needs a user with it".to_owned());
            None
        }
    };
    let base_topic = file.base_topic.clone().unwrap_or_else(|| "hearth".to_owned());
    if !is_base_topic(&base_topic) {
        complaints.push(format!("mqtt.base_topic: `{base_topic}` can't be a topic\n  hint: use words joined by `/`"));
    }
    let port = file.port.unwrap_or(if file.ca.is_some() { 8883 } else { 1883 });
    MqttSettings {
        host: file.host.clone().unwrap_or_else(|| "127.0.0.1".to_owned()),
        port,
        login,
        ca,
        client_id: file.client_id.clone().unwrap_or_else(|| "hearth-hub".to_owned()),
        session_id: None,
        base_topic,
    }
}

/// Whether a text can be the root of the hub's own topics.
pub(crate) fn is_base_topic(text: &str) -> bool {
    let is_odd = |letter: char| matches!(letter, '#' | '+' | ' ') || letter.is_control();
    !text.is_empty() && !text.contains(is_odd) && !text.starts_with(['/', '$']) && !text.ends_with('/')
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    ("mqtt.host", "the embedded broker", "Your own broker's host."),
    ("mqtt.port", "1883, with a CA 8883", "Your own broker's port."),
    ("mqtt.user", "none", "The user at your own broker."),
    ("mqtt.password", "none", "That user's password."),
    ("mqtt.ca", "none", "The PEM of the authority that signed your broker's certificate; switches TLS on."),
    ("mqtt.client_id", "`hearth-hub`", "The hub's client id; two hubs on one broker need two."),
    ("mqtt.base_topic", "`hearth`", "The root of the hub's own topics."),
];
