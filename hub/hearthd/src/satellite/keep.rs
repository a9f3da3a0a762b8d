//! Serves a satellite whenever it can be reached.
//!
//! While the hub is muted it is connected to none, so none has anywhere to send its sound; only what rings meanwhile is
//! brought there.

use std::time::Duration;

use runtime::backoff::Backoff;
use tokio::sync::mpsc;
use tracing::{debug, info, warn};

use super::talk::Talk;
use super::{Connection as _, Purpose, Satellite, Station, Told};
use crate::aloud::{Played, Player};

/// Serves a satellite whenever it can be reached; never ends.
pub(crate) async fn keep<S: Satellite>(satellite: S, station: Station) {
    let Station { place, aloud, turns, ears } = station.clone();
    let (player, mut played) = Player::start(place, aloud.speech, turns.hub.clone(), turns.clock.clone());
    let mut backoff = Backoff::between(FIRST_PAUSE, MAX_PAUSE, BACKOFF_RESET_AFTER);
    let mut muted = ears.mute.watch();
    // What goes wrong again and again is told of once.
    let mut told = None;
    let mut only_answers = false;
    loop {
        backoff.begin();
        let is_muted = *muted.borrow_and_update();
        let served = match is_muted {
            false => serve(&satellite, &station, &player, &mut played, &mut only_answers).await,
            true => tokio::select! {
                Some(first) = played.recv() => say_only(&satellite, first, &mut played).await,
                changed = muted.changed() => match changed {
                    Ok(()) => continue,
                    // The switch lives as long as the hub.
                    Err(_) => return,
                },
            },
        };
        if let Err(error) = served {
            tell(&satellite, format!("{error:#}"), &mut told);
        }
        // What nobody hears passes by.
        let unheard = async { while played.recv().await.is_some() {} };
        tokio::select! {
            () = backoff.wait() => {}
            () = unheard => return,
        }
    }
}

fn tell(satellite: &impl Satellite, error: String, told: &mut Option<String>) {
    let address = satellite.address();
    match told.as_ref() == Some(&error) {
        true => debug!(address, error, "A satellite can't be served."),
        false => warn!(address, error, "A satellite can't be served; it is tried again."),
    }
    *told = Some(error);
}

/// One connection, until it ends or the hub is muted.
async fn serve(
    satellite: &impl Satellite,
    station: &Station,
    player: &Player,
    played: &mut mpsc::Receiver<Played>,
    only_answers: &mut bool,
) -> anyhow::Result<()> {
    let mut connection = satellite.connect(Purpose::Talk).await?;
    let address = satellite.address();
    info!(address, area = station.place.area.as_deref(), "A satellite is connected.");
    if let Some(area) = &station.place.area
        && std::mem::replace(only_answers, connection.plays_only_answers()) != *only_answers
    {
        station.place.voices.set_only_answers(area, *only_answers);
    }
    player.leave_timers(connection.rings_timers()).await;
    let done = Talk::new(station, address, player, &mut connection).run(played).await;
    connection.leave().await;
    // Whoever spoke is gone.
    player.go_on().await;
    done
}

/// Brings a satellite one sound while the hub is muted. Nothing it says is heard.
async fn say_only(
    satellite: &impl Satellite,
    first: Played,
    played: &mut mpsc::Receiver<Played>,
) -> anyhow::Result<()> {
    let mut connection = satellite.connect(Purpose::Speak).await?;
    let mut next = Some(first);
    while let Some(sound) = next {
        let is_last = matches!(sound, Played::End | Played::Cut);
        connection.tell(Told::Sound(sound)).await?;
        if is_last {
            break;
        }
        next = played.recv().await;
    }
    connection.leave().await;
    Ok(())
}

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(30);
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(60);
