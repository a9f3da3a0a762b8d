//! Whether the hub listens: one switch for every microphone it has, kept over restarts.
//!
//! What listens holds its microphone only while it does, so that muted means closed and not ignored.

use std::sync::Arc;

use anyhow::Context as _;
use store::Store;
use tokio::sync::watch;

/// The switch. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct Mute {
    is_muted: Arc<watch::Sender<bool>>,
    store: Store,
}

impl Mute {
    /// As it was left.
    ///
    /// # Errors
    /// If the store can't be read.
    pub fn load(store: Store) -> anyhow::Result<Self> {
        let is_muted = store.setting(SETTING).context("read whether the hub listens")?.unwrap_or(false);
        Ok(Self { is_muted: Arc::new(watch::Sender::new(is_muted)), store })
    }

    /// Whether the hub is deaf.
    pub fn is_muted(&self) -> bool {
        *self.is_muted.borrow()
    }

    /// Follows the switch.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.is_muted.subscribe()
    }

    /// Turns the switch. Muting takes effect even if it can't be kept.
    ///
    /// # Errors
    /// If it can't be kept over a restart.
    pub fn set(&self, is_muted: bool) -> anyhow::Result<()> {
        if is_muted {
            self.is_muted.send_replace(true);
        }
        self.store.put_setting(SETTING, &is_muted).context("keep whether the hub listens")?;
        self.is_muted.send_replace(is_muted);
        Ok(())
    }
}

const SETTING: &str = "muted";
