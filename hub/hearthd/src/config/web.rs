//! `[web]`: where the page is served, and by which names.

use std::net::SocketAddr;

use serde::Deserialize;

use super::Opt;
use super::complaints::address;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebFile {
    pub(super) listen: Option<String>,
    pub(super) https_listen: Option<String>,
    pub(super) hosts: Vec<String>,
}

/// Where the page and the interface are served, and where over HTTPS, if they are; what is odd about the names that the
/// page goes by is a complaint.
pub(super) fn check(file: &WebFile, complaints: &mut Vec<String>) -> (SocketAddr, Option<SocketAddr>) {
    for host in file.hosts.iter().filter(|host| !is_host(host)) {
        complaints.push(format!(
            "web.hosts: `{host}` is no name\n  hint: the name alone, as in `hub.example.org`, without `https://` and \
             port"
        ));
    }
    let plain = address("web.listen", file.listen.as_deref().unwrap_or(DEFAULT_LISTEN), complaints);
    let secure = match file.https_listen.as_deref() {
        Some(OFF) => None,
        Some(text) => Some(address("web.https_listen", text, complaints)),
        // Any port that is free, where the other one is any, too.
        None => Some(SocketAddr::new(plain.ip(), if plain.port() == 0 { 0 } else { plain.port().saturating_add(1) })),
    };
    (plain, secure)
}

/// Whether a text is the name of a machine.
fn is_host(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    !text.is_empty() && text.chars().all(is_letter)
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "web.listen",
        "`127.0.0.1:8470`",
        "Where the page and the HTTP interface are served; `0.0.0.0:8470` opens it to the network.",
    ),
    (
        "web.https_listen",
        "the port after `web.listen`",
        "Where the same is served over HTTPS, with an authority of the hub's own; `off` for nowhere.",
    ),
    (
        "web.hosts",
        "`[]`",
        "Names under which the page is reached beside addresses, names without a dot and those that end in `.local` \
         and the like: for a reverse proxy.",
    ),
];

const OFF: &str = "off";
const DEFAULT_LISTEN: &str = "127.0.0.1:8470";
