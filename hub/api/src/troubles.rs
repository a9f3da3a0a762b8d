//! What the hub itself lacks: a disk to write to, places at its broker.

use runtime::hub::snapshot::Snapshot;
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Web;

/// A part that does not work as it should.
#[derive(Serialize, ToSchema)]
pub(crate) struct Degraded {
    /// `broker`, `home_assistant`, `model`, `recognizer`, `microphone`, `general` or `store`.
    pub(crate) part: &'static str,
    /// What that means.
    pub(crate) said: String,
}

/// Everything that is so now.
pub(crate) fn troubles(web: &Web, snapshot: &Snapshot) -> Vec<Degraded> {
    let mut troubles = Vec::new();
    let mut note = |part, said: &str| troubles.push(Degraded { part, said: said.to_owned() });
    if !web.store.can_write() {
        note("store", UNWRITTEN);
    }
    let now_ms = web.clock.now_ms();
    if snapshot.turned_away_ms.is_some_and(|last_ms| now_ms - last_ms < TURNED_AWAY_MS) {
        note("broker", "the hub's own broker turned clients away, because it has no more places");
    }
    troubles
}

const UNWRITTEN: &str = "the disk is full or can't be written, so nothing new is kept; devices still work, and it goes \
                         on once there is room";
/// How long it is told that clients were turned away; they try again sooner.
const TURNED_AWAY_MS: i64 = 10 * 60_000;
