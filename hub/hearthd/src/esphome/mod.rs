//! Voice satellites that speak ESPHome's native API: Home Assistant Voice PE, M5Stack Atom Echo, Linux Voice Assistant.
//!
//! The hub connects to them as Home Assistant does. It knows nothing of what else such a device has.

mod connection;
mod encoding;
mod frame;
mod link;
mod media;
mod messages;
mod noise;
mod output;
mod satellite;

use std::net::SocketAddr;

use runtime::turn::Turns;
use tokio::task::JoinSet;
use voice::ears::Ears;

use crate::aloud::{AloudSettings, Place};
use crate::satellite::{Station, keep};
use media::Media;
use satellite::EsphomeSatellite;

pub(crate) use noise::EncryptionKey;

/// The satellites, and where they fetch what they play.
#[derive(Clone, Debug, Default)]
pub(crate) struct EsphomeSettings {
    /// Satellites that the hub connects to.
    pub(crate) connect: Vec<SatelliteSettings>,
    /// Where sound is fetched; at any port, unless there is one.
    pub(crate) media_listen: Option<SocketAddr>,
    /// How the hub speaks.
    pub(crate) aloud: AloudSettings,
}

/// A satellite.
#[derive(Clone, Debug)]
pub(crate) struct SatelliteSettings {
    /// Its host and port.
    pub(crate) address: String,
    /// The area it stands in.
    pub(crate) area: String,
    /// The key that it shares with the hub, if it encrypts.
    pub(crate) key: Option<EncryptionKey>,
}

/// Serves the satellites for as long as what comes back is held.
pub(crate) async fn start(settings: EsphomeSettings, turns: &Turns, ears: &Ears) -> anyhow::Result<JoinSet<()>> {
    let mut tasks = JoinSet::new();
    if settings.connect.is_empty() {
        return Ok(tasks);
    }
    let (media, serving) = Media::start(settings.media_listen).await?;
    tasks.spawn(serving);
    for SatelliteSettings { address, area, key } in settings.connect {
        let station = Station {
            place: Place::of(Some(area), &settings.aloud),
            turns: turns.clone(),
            ears: ears.clone(),
            aloud: settings.aloud.clone(),
        };
        tasks.spawn(keep(EsphomeSatellite { address, key, media: media.clone() }, station));
    }
    Ok(tasks)
}
