//! What everyone may look at: the house as it is now, and how it stands with those who carry for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use house::{EntityId, House};
use mind::understand::prompt::Names;

use super::home_assistant::ConnectionState;

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
    /// Announcements and reports that were refused since the start.
    pub rejected: u64,
    /// Messages read since the start.
    pub messages: u64,
    /// Commands sent per entity in the last minute.
    pub recent: BTreeMap<EntityId, u32>,
}
