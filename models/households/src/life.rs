//! A life in a home while it is lived: what is so, what will happen, and what a hub has seen.
//!
//! Only holds it; days are laid out and lived elsewhere.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use house::{Cause, Evidence};
use rand::rngs::SmallRng;

use crate::days::DayKind;
use crate::home::HouseholdKind;
use crate::planting::Truth;
use crate::settings::Settings;
use crate::sky::Sky;

/// Something that will happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// Somebody, or something, brings a thing into a state.
    Act {
        entity: String,
        state: String,
        cause: u8,
        routine: Option<usize>,
    },
    /// A value is chosen without moving anything.
    Choose(String),
    Sensor {
        entity: String,
        state: String,
    },
    Sky,
    Restart,
    Drop {
        entity: String,
        seconds: i64,
    },
    Back(String),
}

pub(crate) struct Life<'s> {
    pub(crate) household: HouseholdKind,
    pub(crate) settings: &'s Settings,
    pub(crate) has_people: bool,
    pub(crate) truth: Truth,
    pub(crate) sky: Sky,
    pub(crate) rng: SmallRng,
    pub(crate) kinds: Vec<DayKind>,
    pub(crate) queue: BinaryHeap<Reverse<(i64, u64, What)>>,
    pub(crate) next: u64,
    pub(crate) state: BTreeMap<String, String>,
    pub(crate) lost: BTreeMap<String, i64>,
    pub(crate) events: Vec<Evidence>,
    pub(crate) presses: BTreeMap<String, f64>,
    pub(crate) kept: Vec<Vec<i64>>,
}

impl Life<'_> {
    pub(crate) fn push(&mut self, at_s: i64, what: What) {
        self.next += 1;
        self.queue.push(Reverse((at_s, self.next, what)));
    }

    pub(crate) fn kind(&self, day: i64) -> DayKind {
        self.kinds.get(day.max(0) as usize).copied().unwrap_or(DayKind::Usual)
    }

    pub(crate) fn act(&mut self, at_s: i64, entity: &str, state: &str, cause: Cause, routine: Option<usize>) {
        let (entity, state) = (entity.to_owned(), state.to_owned());
        self.push(at_s, What::Act { entity, state, cause: cause as u8, routine });
    }
}

/// Seconds of a day.
pub(crate) const DAY_S: i64 = 86_400;
