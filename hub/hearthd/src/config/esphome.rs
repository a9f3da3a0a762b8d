//! `[esphome]`: voice satellites that speak ESPHome's native API.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::Opt;
use super::complaints::address;
use crate::aloud::AloudSettings;
use crate::esphome::{EncryptionKey, EsphomeSettings, SatelliteSettings};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EsphomeFile {
    connect: Vec<SatelliteFile>,
    media_listen: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SatelliteFile {
    address: String,
    area: String,
    encryption_key: Option<SecretText>,
}

/// A text that is never shown.
#[derive(Deserialize)]
struct SecretText(String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("…")
    }
}

/// Areas in which there is a satellite.
pub(super) fn voices(file: &EsphomeFile) -> Vec<String> {
    file.connect.iter().map(|satellite| satellite.area.clone()).collect()
}

/// The satellites.
pub(super) fn check(file: EsphomeFile, aloud: AloudSettings, complaints: &mut Vec<String>) -> EsphomeSettings {
    let mut connect: Vec<SatelliteSettings> = Vec::new();
    for SatelliteFile { address, area, encryption_key } in file.connect {
        let address = with_port(address, complaints);
        let key = encryption_key.and_then(|text| key(&text.0, &address, complaints));
        if connect.iter().any(|other| other.address == address) {
            complaints.push(format!("esphome.connect: `{address}` is there twice\n  hint: name each satellite once"));
        }
        connect.push(SatelliteSettings { address, area, key });
    }
    let media_listen = file.media_listen.map(|text| self::address("esphome.media_listen", &text, complaints));
    EsphomeSettings { connect, media_listen, aloud }
}

/// A host with the port that ESPHome has unless it is told another.
fn with_port(text: String, complaints: &mut Vec<String>) -> String {
    let (host, port) = match text.rsplit_once(':') {
        // An address of IPv6 without a port is more than one number.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse::<u16>().ok()),
        Some(_) | None => (text.as_str(), Some(PORT)),
    };
    let Some(port) = port.filter(|port| *port != 0 && !host.is_empty()) else {
        complaints.push(format!("esphome.connect: `{text}` is no host and port\n  hint: such as `10.0.0.9:{PORT}`"));
        return text;
    };
    match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

fn key(text: &str, address: &str, complaints: &mut Vec<String>) -> Option<EncryptionKey> {
    let bytes = BASE64_STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    if bytes.is_none() {
        // The key itself is not shown.
        complaints.push(format!(
            "esphome.connect: the `encryption_key` of `{address}` is not 32 bytes in Base64\n  hint: copy it from the \
             device's configuration, where it stands under `api: encryption: key:`"
        ));
    }
    bytes.map(EncryptionKey)
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "esphome.connect",
        "none",
        "Voice satellites with ESPHome's native API that the hub connects to, each with its area, and the key where it \
         encrypts: `[{ address = \"10.0.0.9\", area = \"Kitchen\", encryption_key = \"…\" }]`. The port is 6053 unless \
         one is named.",
    ),
    (
        "esphome.media_listen",
        "any free port",
        "Where these satellites fetch what they play, such as `0.0.0.0:8473`; name it where a firewall must let it \
         through.",
    ),
];

const PORT: u16 = 6053;

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> (Vec<(String, bool)>, Vec<String>) {
        let mut complaints = Vec::new();
        let settings = check(toml::from_str(text).unwrap(), AloudSettings::default(), &mut complaints);
        let seen = settings.connect.iter().map(|one| (one.address.clone(), one.key.is_some())).collect();
        (seen, complaints)
    }

    #[test]
    fn a_satellite_has_a_port_and_may_have_a_key() {
        let key = BASE64_STANDARD.encode([7; 32]);
        let of = |address: &str| format!("[[connect]]\naddress = \"{address}\"\narea = \"Office\"\n");
        let text = [of("10.0.0.9"), of("voice.local:6000"), of("fe80::1"), of("[::1]:6054"), of("echo")].concat();
        let (seen, complaints) = checked(&format!("{text}encryption_key = \"{key}\"\n"));
        assert_eq!(complaints, [""; 0]);
        let want = [
            ("10.0.0.9:6053", false),
            ("voice.local:6000", false),
            ("[fe80::1]:6053", false),
            ("[::1]:6054", false),
            ("echo:6053", true),
        ];
        assert_eq!(seen, want.map(|(address, has_key)| (address.to_owned(), has_key)));
    }

    #[test]
    fn what_is_wrong_is_said_and_no_key_is_shown() {
        let (_, complaints) = checked(
            "[[connect]]\naddress = \"a:0\"\narea = \"Office\"\nencryption_key = \"c2VjcmV0\"\n[[connect]]\naddress = \
             \"b\"\narea = \"Office\"\n[[connect]]\naddress = \"b:6053\"\narea = \"Office\"\n",
        );
        assert_eq!(complaints.len(), 3, "{complaints:?}");
        assert!(complaints.iter().all(|one| !one.contains("c2VjcmV0")), "{complaints:?}");
        let file: EsphomeFile =
            toml::from_str("[[connect]]\naddress = \"a\"\narea = \"b\"\nencryption_key = \"c2VjcmV0\"\n").unwrap();
        assert!(!format!("{file:?}").contains("c2VjcmV0"));
    }
}
