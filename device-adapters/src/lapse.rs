//! What time alone does to a state: an observation that goes off by itself, a measurement that is too old to be
//! believed.
//!
//! Never asks the time; it is told, and knows how long something is good for from its announcement.

use std::collections::{BTreeSet, HashMap};

use house::{Domain, EntityId};

use crate::config::Config;

/// What time does to an entity's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Lapse {
    /// It goes off.
    Off,
    /// It is no longer believed.
    Stale,
}

/// After how many milliseconds each happens, if it does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms {
    off_ms: Option<i64>,
    stale_ms: Option<i64>,
}

impl Terms {
    /// Those of an announcement: `off_delay` and `expire_after`, where Home Assistant has them.
    pub(crate) fn of(config: &Config, domain: Domain) -> Self {
        let ms = |key: &str| {
            config
                .number(key)
                .filter(|seconds| 0.0 < *seconds)
                .map(|seconds| (seconds.min(LONGEST_S) * 1000.0).round() as i64)
        };
        match domain {
            Domain::BinarySensor => Self { off_ms: ms("off_delay"), stale_ms: ms("expire_after") },
            Domain::Sensor => Self { off_ms: None, stale_ms: ms("expire_after") },
            _ => Self::default(),
        }
    }
}

/// The time as it was last told, and what is due at which.
#[derive(Debug, Default)]
pub(crate) struct Lapses {
    now_ms: i64,
    due: BTreeSet<(i64, EntityId, Lapse)>,
    of: HashMap<(EntityId, Lapse), i64>,
}

impl Lapses {
    /// The time as it was last told.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// An entity reported this state; what time does to it begins anew.
    pub(crate) fn reported(&mut self, id: &EntityId, state: &str, terms: Terms) {
        let off = terms.off_ms.filter(|_| state == "on");
        for (lapse, after) in [(Lapse::Off, off), (Lapse::Stale, terms.stale_ms)] {
            self.set(id, lapse, after.map(|after| self.now_ms.saturating_add(after)));
        }
    }

    /// An entity is gone.
    pub(crate) fn forget(&mut self, id: &EntityId) {
        self.set(id, Lapse::Off, None);
        self.set(id, Lapse::Stale, None);
    }

    /// It is now that late; gives what is due, earliest first.
    pub(crate) fn tell(&mut self, now_ms: i64) -> Vec<(EntityId, Lapse)> {
        let passed = now_ms.saturating_sub(self.now_ms);
        self.now_ms = now_ms;
        if !(0..=LONGEST_TICK_MS).contains(&passed) {
            self.shift(passed);
            return Vec::new();
        }
        let mut lapsed = Vec::new();
        while let Some((at, id, lapse)) = self.due.first().cloned().filter(|(at, ..)| *at <= now_ms) {
            self.due.remove(&(at, id.clone(), lapse));
            self.of.remove(&(id.clone(), lapse));
            lapsed.push((id, lapse));
        }
        lapsed
    }

    /// The clock was set: everything keeps what it has left.
    fn shift(&mut self, jump_ms: i64) {
        self.due = std::mem::take(&mut self.due)
            .into_iter()
            .map(|(at, id, lapse)| (at.saturating_add(jump_ms), id, lapse))
            .collect();
        self.of.values_mut().for_each(|at| *at = at.saturating_add(jump_ms));
    }

    fn set(&mut self, id: &EntityId, lapse: Lapse, at: Option<i64>) {
        let key = (id.clone(), lapse);
        if let Some(old) = self.of.remove(&key) {
            self.due.remove(&(old, id.clone(), lapse));
        }
        if let Some(at) = at {
            self.due.insert((at, id.clone(), lapse));
            self.of.insert(key, at);
        }
    }
}

/// A year; what is good for longer is good for ever.
const LONGEST_S: f64 = 366.0 * 86_400.0;
/// The time is told every second or so; more than this is a clock that was set.
const LONGEST_TICK_MS: i64 = 600_000;
