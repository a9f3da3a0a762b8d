//! `[web]`: where the page is served, and by which names.

use std::net::SocketAddr;

use serde::Deserialize;

use super::Opt;
use super::complaints::address;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebFile {
    pub(super) listen: Option<String>,
    pub(super) hosts: Vec<String>,
}

/// Where the page and the interface are served; what is odd about the names that the page goes by is a complaint.
pub(super) fn check(file: &WebFile, complaints: &mut Vec<String>) -> SocketAddr {
    for host in file.hosts.iter().filter(|host| !is_host(host)) {
        complaints.push(format!(
            "web.hosts: `{host}` is no name\n  hint: the name alone, as in `hub.example.org`, without `https://` and \
             port"
        ));
    }
    address("web.listen", file.listen.as_deref().unwrap_or(DEFAULT_LISTEN), complaints)
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
        "web.hosts",
        "`[]`",
        "Names under which the page is reached beside addresses, names without a dot and those that end in `.local` \
         and the like: for a reverse proxy.",
    ),
];

const DEFAULT_LISTEN: &str = "127.0.0.1:8470";
