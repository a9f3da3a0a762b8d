//! A number by which a repetition is recognised without keeping what was said. Not for anything kept over a restart.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A number that another value hardly shares; the same value has the same one for as long as the program runs.
pub(crate) fn fingerprint(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
