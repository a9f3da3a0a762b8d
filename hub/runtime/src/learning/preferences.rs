//! The value that the household wants of a thing as things are, and which values were given because of that: what the
//! hub chose itself says nothing of what people want.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use house::{Action, EntityId, House};
use mind::learn::preferred;
use mind::when::TimeContext;
use tokio::sync::watch;

use super::Learned;

/// What the household wants. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Preferences {
    learned: watch::Receiver<Arc<Learned>>,
    given: Given,
}

/// When a value was given because it was learned, by entity, in milliseconds since 1970 UTC.
#[derive(Clone, Debug, Default)]
pub(super) struct Given(Arc<Mutex<HashMap<EntityId, i64>>>);

impl Preferences {
    pub(super) fn new(learned: watch::Receiver<Arc<Learned>>, given: Given) -> Self {
        Self { learned, given }
    }

    /// What to do with a thing that is only to be switched on, if a value was learned; it is given then.
    pub fn give(&self, entity: &EntityId, house: &House, around: &TimeContext) -> Option<Action> {
        let learned = self.learned.borrow().clone();
        let action = preferred(&learned.habits, entity, house, around)?.clone();
        let mut given = self.given.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.retain(|_, at_ms| (around.now_ms - *at_ms).abs() < REPORTED_WITHIN_MS);
        given.insert(entity.clone(), around.now_ms);
        Some(action)
    }
}

impl Given {
    /// Whether what a thing reports now is what it was given.
    pub(super) fn is_echo(&self, entity: &EntityId, at_ms: i64) -> bool {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.get(entity).is_some_and(|given_ms| (0..REPORTED_WITHIN_MS).contains(&(at_ms - given_ms)))
    }
}

/// A lamp reports what it was told within that; a person who wants something else comes later or says so, and what is
/// said within it is the next look's.
const REPORTED_WITHIN_MS: i64 = 10_000;
