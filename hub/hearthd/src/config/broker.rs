//! `[broker]`: the embedded broker and its users.

use std::path::PathBuf;

use serde::Deserialize;

use super::Opt;
use super::complaints::address;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BrokerFile {
    pub(super) embedded: Option<bool>,
    listen: Option<String>,
    websocket_listen: Option<String>,
    tls_listen: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    users: Vec<UserFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserFile {
    name: String,
    password: String,
    #[serde(default)]
    trees: Vec<String>,
    #[serde(default)]
    rights: RightsFile,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RightsFile {
    #[default]
    Bridge,
    Requester,
    HomeAssistant,
    ReadOnly,
}

/// The broker as it is started, whose hub speaks on topics below `base_topic`.
pub(super) fn check(file: BrokerFile, base_topic: String, complaints: &mut Vec<String>) -> broker::BrokerSettings {
    let listen = address("broker.listen", file.listen.as_deref().unwrap_or(DEFAULT_LISTEN), complaints);
    let websocket = file.websocket_listen.as_deref().map(|text| address("broker.websocket_listen", text, complaints));
    let tls = match (file.tls_listen.as_deref(), file.tls_cert, file.tls_key) {
        (Some(listen), Some(cert), Some(key)) => {
            Some(broker::Tls { listen: address("broker.tls_listen", listen, complaints), cert, key })
        }
        (None, None, None) => None,
        _ => {
            complaints.push(
                "broker.tls_listen: TLS needs broker.tls_listen, broker.tls_cert and broker.tls_key \
             together\n  hint: give all three or none"
                    .to_owned(),
            );
            None
        }
    };
    let mut users = Vec::new();
    for user in file.users {
        if user.name.is_empty() || user.name.starts_with("hearth") {
            complaints.push(format!(
                "broker.users: `{}` can't be a user's name\n  hint: names that begin with `hearth` are the hub's own",
                user.name
            ));
        }
        if user.password.chars().count() < SHORTEST_PASSWORD {
            complaints.push(format!(
                "broker.users: the password of `{}` is too short\n  hint: at least {SHORTEST_PASSWORD} characters",
                user.name
            ));
        }
        let rights = rights(user.rights, &user.name, user.trees);
        if let Err(error) = rights.check(&base_topic) {
            complaints.push(format!("broker.users: a tree of `{}`: {error}", user.name));
        }
        users.push(broker::User { name: user.name, password: broker::Password::new(user.password), rights });
    }
    broker::BrokerSettings {
        listen,
        websocket,
        tls,
        users,
        base_topic,
        hub_client_id: String::new(),
        most_clients: broker::MOST_CLIENTS,
    }
}

fn rights(file: RightsFile, name: &str, trees: Vec<String>) -> broker::Rights {
    match file {
        // A bridge that is called by its kind has the topics of its kind.
        RightsFile::Bridge if trees.is_empty() => {
            broker::Rights::Bridge { trees: broker::usual_trees(name).unwrap_or_default() }
        }
        RightsFile::Bridge => broker::Rights::Bridge { trees },
        RightsFile::Requester => broker::Rights::Requester,
        RightsFile::HomeAssistant => broker::Rights::HomeAssistant { trees },
        RightsFile::ReadOnly => broker::Rights::ReadOnly { trees },
    }
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    ("broker.embedded", "`true`, unless `mqtt.host` is given", "Whether the hub brings its own MQTT broker."),
    ("broker.listen", "`127.0.0.1:1883`", "Where the embedded broker listens; port 0 takes a free one."),
    ("broker.websocket_listen", "none", "A second listener for MQTT over WebSocket."),
    ("broker.tls_listen", "none", "A listener with TLS; needs `broker.tls_cert` and `broker.tls_key`."),
    ("broker.tls_cert", "none", "The certificate chain, PEM."),
    ("broker.tls_key", "none", "The certificate's key, PEM."),
    (
        "broker.users",
        "none",
        "Users of the embedded broker: `name`, `password`, `rights` (`bridge`, `home_assistant`, `requester`, \
         `read_only`) and `trees`, the topics a bridge or reader may use; a bridge named `zigbee2mqtt`, `tasmota`, \
         `shelly`, `esphome` or `homie` needs none (`docs/broker.md`).",
    ),
];

const DEFAULT_LISTEN: &str = "127.0.0.1:1883";
const SHORTEST_PASSWORD: usize = 8;
