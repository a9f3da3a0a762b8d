//! What everyone may look at: the house as it is now, and how it stands with those who carry for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use house::{EntityId, House};
use mind::understand::prompt::Names;

use super::home_assistant::ConnectionState;
use super::refusals::Refused;

/// What everyone may look at.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The house.
    pub house: House,
    /// Its names, ready for marking.
    pub names: Arc<Names>,
    /// Whether there is a connection to the broker.
    pub is_connected: bool,
    /// How it stands with Home Assistant.
    pub home_assistant: ConnectionState,
    /// How many announcements and reports were refused since the start.
    pub rejected: u64,
    /// What is refused now, newest first.
    pub refused: Arc<Vec<Refused>>,
    /// Messages read since the start.
    pub messages: u64,
    /// When the hub's own broker last had no place for a client, in milliseconds since 1970 UTC.
    pub turned_away_ms: Option<i64>,
    /// Commands sent per entity in the last minute.
    pub recent: BTreeMap<EntityId, u32>,
}
