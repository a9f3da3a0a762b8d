//! Keeps the recogniser's words those of the house: when a thing, a room or a name comes or goes, they are made anew.

use std::sync::Arc;
use std::time::Duration;

use mind::names::spoken::{SpokenNames, spoken_names};
use runtime::hub::handle::Handle;
use tokio::sync::watch;
use tracing::{debug, warn};

use crate::language::{self, HouseModel, UnknownName};
use crate::recognizer::{Recognizer, RecognizerSettings};
use crate::synthesizer::pronounce;

/// Gives the recogniser the names of a house; with what it can't hear of them.
///
/// # Errors
/// If the words can't be made or loaded; the recogniser goes on with those it had.
pub async fn give(
    recognizer: &Recognizer,
    settings: &RecognizerSettings,
    names: SpokenNames,
) -> anyhow::Result<Vec<UnknownName>> {
    let RecognizerSettings { model, words, speaker, .. } = settings.clone();
    let made = tokio::task::spawn_blocking(move || {
        language::prepare(&model, &names, &words, |words| pronounce(&speaker, words))
    })
    .await;
    let HouseModel { folder, unknown } = made??;
    anyhow::ensure!(recognizer.load(folder).await, "the recogniser does not take the words of this house");
    Ok(unknown)
}

/// Gives the recogniser the names of the house whenever they change; ends only with the hub.
pub async fn keep(
    recognizer: Recognizer,
    settings: RecognizerSettings,
    hub: Handle,
    unknown: watch::Sender<Vec<UnknownName>>,
) {
    let mut given: Option<SpokenNames> = None;
    let mut seen = None;
    let mut snapshots = hub.watch();
    loop {
        recognizer.until_ready().await;
        let snapshot = hub.snapshot();
        // A report of a state changes no name.
        let is_seen = seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &snapshot.names));
        let names = if is_seen { None } else { Some(spoken_names(&snapshot.house)) };
        if let Some(names) = names.filter(|names| given.as_ref() != Some(names)) {
            debug!(names = names.len(), "The recogniser learns the names of the house.");
            match give(&recognizer, &settings, names.clone()).await {
                Ok(not_known) => {
                    unknown.send_replace(not_known);
                    given = Some(names);
                }
                Err(error) => {
                    warn!(error = format!("{error:#}"), "The recogniser has not the words of this house.");
                    tokio::time::sleep(RETRY).await;
                    continue;
                }
            }
        }
        seen = Some(snapshot.names.clone());
        // Devices come in crowds.
        tokio::time::sleep(CALM).await;
        if snapshots.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

const CALM: Duration = Duration::from_secs(3);
const RETRY: Duration = Duration::from_secs(60);
