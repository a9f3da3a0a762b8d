//! What Home Assistant says to the hub, and how it stands with the connection to it.

use std::sync::Arc;

use device_adapters::Registry;
use serde_json::Value;

use super::transport::Transport;

/// What comes from Home Assistant.
#[derive(Debug)]
pub enum HomeAssistantEvent {
    /// Nobody asks Home Assistant for anything, and what once came from it is nobody's.
    Absent,
    /// What it has.
    Listed(Box<Registry>),
    /// It listens.
    Up(Arc<dyn Transport>),
    /// It reports states.
    Reported(Value),
    /// It reports what is on a list.
    Items(String, Value),
    /// There is no connection.
    Down(ConnectionError),
}

/// How it stands with Home Assistant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConnectionState {
    /// It is not asked for anything.
    #[default]
    Off,
    /// There is no connection.
    Down(ConnectionError),
    /// There is one.
    Up,
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// It is being made for the first time.
    #[error("the connection to Home Assistant is being made")]
    Starting,
    /// Nobody answers there, or not in this protocol.
    #[error("Home Assistant can't be reached at `{address}`: {reason}")]
    Unreachable {
        /// Where.
        address: String,
        /// Why.
        reason: String,
    },
    /// The token file can't be read.
    #[error("the token for Home Assistant can't be read from `{file}`: {reason}")]
    NoToken {
        /// Which file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The token is not good.
    #[error("Home Assistant refuses the token: {0}; make a new long-lived access token and put it into the token file")]
    BadToken(String),
    /// It answers what can't be used.
    #[error("Home Assistant answers what can't be used: {0}")]
    Odd(String),
    /// The connection ended.
    #[error("the connection to Home Assistant is lost: {0}")]
    Lost(String),
}

impl ConnectionError {
    /// The same for everyone to read: no addresses, no paths, no words of others.
    pub fn said(&self) -> &'static str {
        match self {
            Self::Starting => {
                "the connection to Home Assistant is being made; what only Home Assistant has can't be reached"
            }
            Self::Unreachable { .. } => "Home Assistant can't be reached; what only Home Assistant has can't be moved",
            Self::NoToken { .. } => {
                "the token for Home Assistant can't be read; what only Home Assistant has can't be reached"
            }
            Self::BadToken(_) => "Home Assistant refuses the token; what only Home Assistant has can't be reached",
            Self::Odd(_) => "Home Assistant answers what can't be used; what only Home Assistant has can't be reached",
            Self::Lost(_) => "the connection to Home Assistant is lost; what only Home Assistant has can't be moved",
        }
    }
}
