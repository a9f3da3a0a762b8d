//! The models that somebody chose while the hub runs: the one that understands, and the one that hears. They are used
//! from then on, and the hub is not started anew.

use std::time::{Duration, SystemTime};

use runtime::model::choice;
use runtime::turn::Turns;
use tracing::{info, warn};
use voice::models::installed::{VoiceModelFolders, chosen};
use voice::recognizer::Recognizer;

use crate::config::ModelChoice;

/// Looks now and then whether another model was chosen; ends only with the hub.
pub(crate) async fn follow(choice: Option<ModelChoice>, turns: Turns) {
    let Some(choice) = choice else { return std::future::pending().await };
    let mut seen = choice.changed_at();
    loop {
        until_changed(&mut seen, || choice.changed_at()).await;
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

/// The same for the recogniser's model, unless nothing is to be heard.
pub(crate) async fn follow_voice(folders: Option<VoiceModelFolders>, recognizer: Recognizer) {
    let Some(folders) = folders else { return std::future::pending().await };
    let mut seen = choice::changed_at(&folders.pulled);
    loop {
        until_changed(&mut seen, || choice::changed_at(&folders.pulled)).await;
        let (model, notice) = chosen(&folders);
        if let Some(notice) = notice {
            warn!("{notice}");
        }
        if model != recognizer.model() {
            recognizer.switch(model).await;
        }
    }
}

/// Waits until somebody chooses again.
async fn until_changed(seen: &mut Option<SystemTime>, now: impl Fn() -> Option<SystemTime>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let changed = now();
        if changed != *seen {
            *seen = changed;
            return;
        }
    }
}

/// So soon a choice is heeded.
const LOOK: Duration = Duration::from_secs(2);
