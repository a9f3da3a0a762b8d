//! Keeps the recogniser's words those of the house: when a thing, a room or a name comes or goes, the owner says how
//! one sounds, or another model is chosen, they are made anew.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mind::names::spoken::{SpokenNames, spoken_names};
use runtime::hub::handle::Handle;
use tokio::sync::watch;
use tracing::{debug, warn};

use crate::language::{self, HouseModel, Unknown};
use crate::pronunciations::Pronunciations;
use crate::recognizer::{Recognizer, RecognizerSettings};
use crate::synthesizer::pronounce;

/// Gives the recogniser the names of a house, and how words sound that it does not know; with what it does not know.
///
/// # Errors
/// If the words can't be made or loaded; the recogniser goes on with those it had.
pub async fn give(
    recognizer: &Recognizer,
    settings: &RecognizerSettings,
    names: SpokenNames,
    own: BTreeMap<String, String>,
) -> anyhow::Result<Unknown> {
    let RecognizerSettings { model, words, speaker, .. } = settings.clone();
    let made = tokio::task::spawn_blocking(move || {
        language::prepare(&model, &names, &words, &own, |words| pronounce(&speaker, words))
    })
    .await;
    let HouseModel { folder, unknown } = made??;
    anyhow::ensure!(recognizer.load(folder).await, "the recogniser does not take the words of this house");
    Ok(unknown)
}

/// Gives the recogniser the names of the house whenever they, or how they sound, change; ends only with the hub.
pub async fn keep(
    recognizer: Recognizer,
    mut settings: RecognizerSettings,
    hub: Handle,
    pronunciations: Pronunciations,
    unknown: watch::Sender<Unknown>,
) {
    let mut given: Option<(SpokenNames, BTreeMap<String, String>)> = None;
    let mut model = recognizer.follow();
    let mut seen = None;
    let (mut snapshots, mut sounds) = (hub.watch(), pronunciations.follow());
    loop {
        recognizer.until_ready().await;
        let used = model.borrow_and_update().clone();
        if used != settings.model {
            settings.model = used;
            (given, seen) = (None, None);
        }
        let snapshot = hub.snapshot();
        let own = sounds.borrow_and_update().clone();
        // A report of a state changes no name.
        let is_seen =
            seen.as_ref().is_some_and(|(names, sounds)| Arc::ptr_eq(names, &snapshot.names) && *sounds == own);
        let now = if is_seen { None } else { Some((spoken_names(&snapshot.house), own.clone())) };
        if let Some(now) = now.filter(|now| given.as_ref() != Some(now)) {
            let (names, own) = now.clone();
            debug!(names = names.len(), "The recogniser learns the names of the house.");
            match give(&recognizer, &settings, names, own).await {
                Ok(not_known) => {
                    unknown.send_replace(not_known);
                    given = Some(now);
                }
                Err(error) => {
                    warn!(error = format!("{error:#}"), "The recogniser has not the words of this house.");
                    tokio::time::sleep(RETRY).await;
                    continue;
                }
            }
        }
        seen = Some((snapshot.names.clone(), own));
        // Devices come in crowds.
        tokio::time::sleep(CALM).await;
        let changed = tokio::select! {
            changed = snapshots.changed() => changed,
            changed = sounds.changed() => changed,
            changed = model.changed() => changed,
        };
        if changed.is_err() {
            return std::future::pending().await;
        }
    }
}

const CALM: Duration = Duration::from_secs(3);
const RETRY: Duration = Duration::from_secs(60);
