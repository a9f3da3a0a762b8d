//! What must always hold, over random houses, requests, codes and texts.
//!
//! An oracle here never calls what it checks: what is dangerous, which area something stands in and what a code may be
//! are said again in these tests, in the plainest way.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test may say so in any way")]

mod houses;
mod judging;
mod reading;
mod requests;
mod resolving;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

/// Random requests are cheap; texts and automata are less so.
const MANY: u32 = 10_000;
const SOME: u32 = 2_000;

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        max_global_rejects: 1_000_000,
        ..ProptestConfig::default()
    }
}
