//! A device that is a voice satellite: how it is greeted, what it says, and what it is told.
//!
//! It waits for its wake word by itself; one that leaves this to the hub is told that there is nobody to do it.

use std::time::Duration;

use anyhow::{Context as _, bail};
use runtime::clock;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::info;
use voice::audio::{Form, Incoming as Sound};

use super::connection::{EsphomeConnection, Run};
use super::link::{self, Incoming, Outgoing};
use super::media::Media;
use super::messages::{
    AuthenticationRequest, DeviceInfoRequest, DeviceInfoResponse, FromDevice, GetTimeResponse, HelloRequest,
    ListEntitiesMediaPlayerResponse, ListEntitiesRequest, PingResponse, SUBSCRIBE_API_AUDIO,
    SubscribeVoiceAssistantRequest, feature,
};
use super::noise::EncryptionKey;
use super::output::{Playing, Speaker};
use crate::satellite::{Purpose, Satellite};

/// A device.
pub(super) struct EsphomeSatellite {
    /// Where it listens: host and port.
    pub(super) address: String,
    /// The key that it shares with the hub, if it encrypts.
    pub(super) key: Option<EncryptionKey>,
    /// Where it fetches sound.
    pub(super) media: Media,
}

impl Satellite for EsphomeSatellite {
    type Connection = EsphomeConnection;

    fn address(&self) -> &str {
        &self.address
    }

    async fn connect(&self, purpose: Purpose) -> anyhow::Result<EsphomeConnection> {
        let reached = tokio::time::timeout(CONNECT_TIME, self.greet(purpose)).await;
        reached.context("it does not answer as an ESPHome device does")?
    }
}

impl EsphomeSatellite {
    async fn greet(&self, purpose: Purpose) -> anyhow::Result<EsphomeConnection> {
        let (mut incoming, mut out, own) = link::connect(&self.address, self.key.as_ref()).await?;
        let (info, players) = described(&mut incoming, &mut out).await?;
        let DeviceInfoResponse { name, esphome_version, model, voice_assistant_feature_flags: features } = &info;
        if features & feature::VOICE_ASSISTANT == 0 {
            bail!("`{}` is no voice satellite", shown(name));
        }
        if features & feature::API_AUDIO == 0 {
            bail!("ESPHome `{}` sends sound over UDP alone; bring its firmware up to date", shown(esphome_version));
        }
        let speaker = Speaker::of(&info, &players);
        let mut reader = JoinSet::new();
        let (events, arrived) = mpsc::channel(MAX_EVENTS);
        match purpose {
            Purpose::Talk => {
                let (name, model, version) = (shown(name), shown(model), shown(esphome_version));
                info!(name, model, version, "An ESPHome device is greeted.");
                out.send(&SubscribeVoiceAssistantRequest { subscribe: true, flags: SUBSCRIBE_API_AUDIO }).await?;
            }
            Purpose::Speak if speaker.player.is_none() => bail!("it has no media player to be heard while it is muted"),
            Purpose::Speak => {}
        }
        reader.spawn(read(incoming, events));
        Ok(EsphomeConnection {
            arrived,
            _reader: reader,
            out,
            own,
            media: self.media.clone(),
            purpose,
            features: *features,
            speaker,
            sound: Sound::of(Form::default())?,
            run: Run::Idle,
            streamed: None,
            playing: Playing::default(),
        })
    }
}

/// Greets a device, and has it describe itself.
async fn described(
    incoming: &mut Incoming,
    out: &mut Outgoing,
) -> anyhow::Result<(DeviceInfoResponse, Vec<ListEntitiesMediaPlayerResponse>)> {
    let client_info = format!("Hearth {}", env!("CARGO_PKG_VERSION"));
    let (api_version_major, api_version_minor) = API_VERSION;
    out.send(&HelloRequest { client_info, api_version_major, api_version_minor }).await?;
    out.send(&AuthenticationRequest {}).await?;
    out.send(&DeviceInfoRequest {}).await?;
    out.send(&ListEntitiesRequest {}).await?;
    let (mut info, mut players) = (None, Vec::new());
    for _ in 0..MAX_GREETING {
        match incoming.next().await?.context("it hung up while it was greeted")? {
            FromDevice::Hello(hello) if hello.api_version_major != API_VERSION.0 => {
                bail!("it speaks version `{}.{}` of the API", hello.api_version_major, hello.api_version_minor)
            }
            FromDevice::Authentication(answer) if answer.invalid_password => {
                bail!("it wants a password, which ESPHome has given up; let it encrypt instead")
            }
            FromDevice::DeviceInfo(told) => info = Some(told),
            FromDevice::MediaPlayer(player) if players.len() < MAX_PLAYERS => players.push(player),
            FromDevice::EntitiesDone => return Ok((info.context("it does not say what it is")?, players)),
            FromDevice::Ping => out.send(&PingResponse {}).await?,
            FromDevice::GetTime => out.send(&GetTimeResponse::at(clock::now_ms())).await?,
            FromDevice::Disconnect => bail!("it turned the hub away"),
            _ => {}
        }
    }
    bail!("it does not come to the end of what it has")
}

async fn read(mut incoming: Incoming, events: mpsc::Sender<anyhow::Result<FromDevice>>) {
    while let Some(next) = incoming.next().await.transpose() {
        let is_last = next.is_err();
        if events.send(next).await.is_err() || is_last {
            return;
        }
    }
}

/// What a device says of itself, as far as a log may show it.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(MAX_SHOWN).collect()
}

/// The version of the API whose messages are spoken here.
const API_VERSION: (u32, u32) = (1, 10);
/// To reach it, to encrypt and to describe itself: a small device takes some seconds.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// Messages until a device has described itself: each thing that it has is one.
const MAX_GREETING: usize = 1_000;
const MAX_PLAYERS: usize = 8;
/// Messages on their way: some seconds of sound.
const MAX_EVENTS: usize = 256;
const MAX_SHOWN: usize = 60;
