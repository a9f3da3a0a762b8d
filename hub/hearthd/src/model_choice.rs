//! The model that somebody chose while the hub runs: it answers from then on, and nothing is started anew.

use std::time::Duration;

use runtime::turn::Turns;
use tracing::{info, warn};

use crate::config::ModelChoice;

/// Looks now and then whether another model was chosen; ends only with the hub.
pub(crate) async fn follow(choice: Option<ModelChoice>, turns: Turns) {
    let Some(choice) = choice else { return std::future::pending().await };
    let mut seen = choice.changed_at();
    loop {
        tokio::time::sleep(LOOK).await;
        let changed = choice.changed_at();
        if changed == seen {
            continue;
        }
        seen = changed;
        match choice.now() {
            Ok(chosen) => {
                if let Some(notice) = chosen.notice {
                    warn!("{notice}");
                }
                info!(name = chosen.settings.name, "Another model was chosen.");
                turns.household.set_thresholds(chosen.thresholds);
                turns.model.switch(chosen.settings);
            }
            Err(complaint) => warn!("The model that was chosen can't be used, and the one in use stays. {complaint}"),
        }
    }
}

/// So soon a choice is heeded.
const LOOK: Duration = Duration::from_secs(2);
