//! `[web]`: where the page is served.

use std::net::SocketAddr;

use serde::Deserialize;

use super::Opt;
use super::complaints::address;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebFile {
    pub(super) listen: Option<String>,
}

/// Where the page and the interface are served.
pub(super) fn check(file: &WebFile, complaints: &mut Vec<String>) -> SocketAddr {
    address("web.listen", file.listen.as_deref().unwrap_or(DEFAULT_LISTEN), complaints)
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[(
    "web.listen",
    "`127.0.0.1:8470`",
    "Where the page and the HTTP interface are served; `0.0.0.0:8470` opens it to the network.",
)];

const DEFAULT_LISTEN: &str = "127.0.0.1:8470";
