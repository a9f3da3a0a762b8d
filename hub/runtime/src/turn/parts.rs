//! What a turn is made with: the hub, the models, the household, the store, the clock. Does nothing by itself.

use std::sync::{Arc, Mutex};

use mind::conversation::Conversations;
use store::Store;
use tokio::sync::broadcast;

use super::outcome::EndedTurn;
use crate::clock::Clock;
use crate::dispatch::TimeoutScale;
use crate::household::Household;
use crate::hub::handle::Handle;
use crate::learning::Learning;
use crate::model::general::General;
use crate::model::language_model::Model;

/// Everything a turn needs.
#[derive(Clone)]
pub struct Turns {
    /// The hub.
    pub hub: Handle,
    /// The language model.
    pub model: Model,
    /// The general model beside it, if there is one.
    pub general: Option<General>,
    /// What is learned of the household, if anything is.
    pub learning: Option<Learning>,
    /// Where turns are written down; none for a simulation.
    pub store: Option<Store>,
    /// The household's rules.
    pub household: Household,
    /// How long devices are waited for.
    pub timeout_scale: TimeoutScale,
    /// The time.
    pub clock: Clock,
    /// Turns as they end.
    pub(super) ended: broadcast::Sender<Arc<EndedTurn>>,
    // A mutex, not a channel: it is held for a lookup in a small map and never across an await.
    pub(super) conversations: Arc<Mutex<Conversations>>,
}

impl Turns {
    /// Turns over these parts.
    pub fn new(
        hub: Handle,
        model: Model,
        store: Option<Store>,
        household: Household,
        timeout_scale: TimeoutScale,
        clock: Clock,
    ) -> Self {
        Self {
            hub,
            model,
            general: None,
            learning: None,
            store,
            household,
            timeout_scale,
            clock,
            ended: broadcast::channel(MAX_ENDED).0,
            conversations: Arc::default(),
        }
    }

    /// Turns as they end, from now on.
    pub fn ended(&self) -> broadcast::Receiver<Arc<EndedTurn>> {
        self.ended.subscribe()
    }
}

/// Turns that a watcher may fall behind.
const MAX_ENDED: usize = 64;
