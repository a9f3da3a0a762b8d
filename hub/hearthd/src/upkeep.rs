//! What is done now and then while the hub runs: keeping what is known, snapshots, forgetting by the clock, writing
//! again once a full disk has room.

use std::time::Duration;

use runtime::forget::forget;
use runtime::notices::Notices;
use runtime::turn::Turns;
use store::Store;
use tracing::warn;

/// Now and then: what is known of the devices, a snapshot of the store, and forgetting what was said long ago.
pub(crate) async fn keep_house(turns: Turns, notices: Notices, store: Store) {
    for round in 0_u64.. {
        tokio::time::sleep(if round == 0 { FIRST_AFTER } else { INTERVAL }).await;
        let (turns, notices, store) = (turns.clone(), notices.clone(), store.clone());
        let kept = tokio::task::spawn_blocking(move || {
            store.keep_registry(&turns.hub.snapshot().house)?;
            if round % ROUNDS_PER_FORGETTING == 0 {
                forget(&turns, &notices, &turns.household.outdated(turns.clock.now_ms()))?;
            }
            match round % ROUNDS_PER_SNAPSHOT == ROUNDS_PER_SNAPSHOT - 1 {
                true => store.snapshot().map(|_| ()),
                false => Ok(()),
            }
        });
        if let Ok(Err(error)) = kept.await {
            warn!(error = format!("{error:#}"), "The store could not be tended.");
        }
    }
}

/// Looks now and then whether a disk that was full has room again.
pub(crate) async fn revive(store: Store) {
    loop {
        tokio::time::sleep(REVIVE).await;
        if !store.can_write() {
            let store = store.clone();
            // That there is no room yet is known.
            let _ = tokio::task::spawn_blocking(move || store.revive()).await;
        }
    }
}

/// So soon after there is room, what is to be kept is kept.
const REVIVE: Duration = Duration::from_secs(5);
const FIRST_AFTER: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_secs(600);
/// A snapshot every six hours.
const ROUNDS_PER_SNAPSHOT: u64 = 36;
/// Forgetting by the clock, once an hour: it takes the older snapshots with it.
const ROUNDS_PER_FORGETTING: u64 = 6;
