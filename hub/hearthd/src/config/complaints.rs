//! What is wrong with a configuration: all of it, said at once, each with the option, what is wrong and a hint.

use std::net::{IpAddr, SocketAddr};

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} mistake{}:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, .0.join("\n"))]
pub(crate) struct Complaints(pub(super) Vec<String>);

/// An address and a port, or a complaint about the option of that name.
pub(super) fn address(name: &str, text: &str, complaints: &mut Vec<String>) -> SocketAddr {
    text.parse().unwrap_or_else(|_| {
        complaints.push(format!(
            "{name}: `{text}` is no address and port\n  hint: such as `127.0.0.1:8470`, or \
         `0.0.0.0:8470` for the whole network"
        ));
        SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 0)
    })
}
