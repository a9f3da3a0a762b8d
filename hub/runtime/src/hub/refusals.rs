//! What devices and bridges said that was refused, until it is mended: for the owner, who can do something about it.
//!
//! In memory only: what is still wrong comes again with the next start.

use std::collections::BTreeMap;
use std::sync::Arc;

use house::Rejection;

/// Something that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What it was.
    pub kind: RefusedKind,
    /// Where it came in, or what was to be heard.
    pub topic: String,
    /// Why.
    pub reason: Rejection,
    /// Since when, in milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// When it was refused last.
    pub last_ms: i64,
    /// How often it was.
    pub count: u64,
}

/// What can be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedKind {
    /// An announcement or a report, by the hub or by its broker.
    Message,
    /// A subscription of the hub, by the broker.
    Subscription,
}

impl RefusedKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Subscription => "subscription",
        }
    }
}

/// What is refused now, by its topic.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    all: BTreeMap<String, Refused>,
    is_changed: bool,
}

impl Refusals {
    /// Notes a refusal; whether it is new, or for another reason than before.
    pub(super) fn add(&mut self, kind: RefusedKind, topic: &str, reason: &Rejection, now: i64) -> bool {
        self.is_changed = true;
        if let Some(known) = self.all.get_mut(topic) {
            let is_new = known.reason != *reason;
            (known.kind, known.last_ms, known.count) = (kind, now, known.count + 1);
            if is_new {
                known.reason = reason.clone();
            }
            return is_new;
        }
        if MOST_REFUSALS <= self.all.len()
            && let Some(oldest) = self.all.values().min_by_key(|refused| refused.last_ms).map(|one| one.topic.clone())
        {
            self.all.remove(&oldest);
        }
        let (topic, reason) = (topic.to_owned(), reason.clone());
        let refused = Refused { kind, topic: topic.clone(), reason, since_ms: now, last_ms: now, count: 1 };
        self.all.insert(topic, refused);
        true
    }

    /// What came in on this topic is taken now.
    pub(super) fn mend(&mut self, topic: &str) {
        self.is_changed |= self.all.remove(topic).is_some();
    }

    /// A new connection asks for everything anew.
    pub(super) fn reconnect(&mut self) {
        let before = self.all.len();
        self.all.retain(|_, refused| refused.kind != RefusedKind::Subscription);
        self.is_changed |= self.all.len() < before;
    }

    /// Everything, newest first, if it changed since the last look.
    pub(super) fn changed(&mut self) -> Option<Arc<Vec<Refused>>> {
        if !std::mem::take(&mut self.is_changed) {
            return None;
        }
        let mut all: Vec<Refused> = self.all.values().cloned().collect();
        all.sort_by_key(|refused| std::cmp::Reverse(refused.last_ms));
        Some(Arc::new(all))
    }
}

/// More than an owner reads; the oldest give way.
const MOST_REFUSALS: usize = 200;
