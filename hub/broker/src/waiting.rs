//! How many bytes of each user's messages wait anywhere in the broker: for clients that are slow or away.
//!
//! A message counts from when it comes in until its last copy is gone. Retained messages have a bound of their own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rmqtt::types::Publish;

use super::retained::bytes_of;

/// The bytes that wait, by user and altogether.
#[derive(Default)]
pub(super) struct Waiting {
    // A lock, because messages arrive on many tasks and each holds it for a look-up only.
    by_user: Mutex<HashMap<String, Arc<AtomicUsize>>>,
    all: Arc<AtomicUsize>,
}

impl Waiting {
    /// The message with its bytes counted for as long as any copy of it lives. It keeps nothing else alive, as a piece
    /// of what was read from the network would.
    pub(super) fn count(&self, user: &str, publish: &Publish) -> Publish {
        let counted = Counted::new(&publish.payload, bytes_of(publish), [self.of(user), self.all.clone()]);
        let mut publish = publish.clone();
        publish.inner.topic = publish.inner.topic.to_string().into();
        publish.inner.payload = Bytes::from_owner(counted);
        publish
    }

    /// Whether a user's messages, the newest included, may all wait.
    pub(super) fn has_room(&self, user: &str) -> bool {
        self.of(user).load(Ordering::Relaxed) <= MOST_WAITING && self.all.load(Ordering::Relaxed) <= MOST_WAITING_OF_ALL
    }

    fn of(&self, user: &str) -> Arc<AtomicUsize> {
        let mut by_user = self.by_user.lock().unwrap_or_else(PoisonError::into_inner);
        by_user.entry(user.to_owned()).or_default().clone()
    }
}

/// A payload that is counted until it is dropped.
struct Counted {
    payload: Box<[u8]>,
    bytes: usize,
    counts: [Arc<AtomicUsize>; 2],
}

impl Counted {
    fn new(payload: &[u8], bytes: usize, counts: [Arc<AtomicUsize>; 2]) -> Self {
        counts.iter().for_each(|count| _ = count.fetch_add(bytes, Ordering::Relaxed));
        Self { payload: payload.into(), bytes, counts }
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.payload
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.counts.iter().for_each(|count| _ = count.fetch_sub(self.bytes, Ordering::Relaxed));
    }
}

/// A house that wakes up all at once is some ten thousand messages of a kilobyte, beside a bridge's list of devices.
const MOST_WAITING: usize = 24 * 1024 * 1024;
const MOST_WAITING_OF_ALL: usize = 64 * 1024 * 1024;
