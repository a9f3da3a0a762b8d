//! The board's microphone and speaker, each held by a process of its own: it ends when what holds it is dropped, and
//! the device is closed with it.
//!
//! Knows a program and the names of devices; knows nothing of who speaks or of what is said.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use engine_protocol::Frame;
pub use engine_protocol::sound::SoundDevice;
use engine_protocol::sound::{SoundFailKind, SoundReply, SoundRequest};
use runtime::engine::Engine;

use crate::audio::{Form, Incoming, to_bytes};

/// Which devices there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundDevices {
    /// Microphones.
    pub microphones: Vec<SoundDevice>,
    /// Speakers.
    pub speakers: Vec<SoundDevice>,
}

/// Why a device can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SoundError {
    /// What kind of failure.
    pub kind: SoundFailKind,
    /// Why, and what to do.
    pub message: String,
}

/// An open microphone; closed when dropped.
pub struct Capture {
    engine: Engine<SoundRequest, SoundReply>,
    /// Its sound as the device gives it; none before the first.
    incoming: Option<Incoming>,
}

/// An open speaker; closed, and silent at once, when dropped.
pub struct Speaker(Engine<SoundRequest, SoundReply>);

impl SoundError {
    /// What keeps a device from being used, whatever it is.
    pub fn of(error: &anyhow::Error) -> Self {
        let kind = error.downcast_ref::<Self>().map_or(SoundFailKind::Other, |error| error.kind);
        Self { kind, message: format!("{error:#}") }
    }
}

/// The devices of this machine.
///
/// # Errors
/// If the program or ALSA's library is not there.
pub async fn devices(program: &Path) -> anyhow::Result<SoundDevices> {
    let mut engine = start(program)?;
    engine.send(&SoundRequest::Devices, &[]).await?;
    let Frame { message, .. } =
        tokio::time::timeout(ANSWER_TIME, engine.receive()).await.context("wait for the list of devices")??;
    match message {
        SoundReply::Devices { microphones, speakers } => Ok(SoundDevices { microphones, speakers }),
        SoundReply::Failed { kind, message } => bail!(SoundError { kind, message }),
        SoundReply::Captured { .. } | SoundReply::Played => bail!("the sound's process answered something else"),
    }
}

impl Capture {
    /// Opens a microphone. Whether it can be used is known with its first sound.
    ///
    /// # Errors
    /// If the program is not there.
    pub async fn open(program: &Path, device: &str) -> anyhow::Result<Self> {
        let mut engine = start(program)?;
        engine.send(&SoundRequest::Capture { device: device.to_owned() }, &[]).await?;
        Ok(Self { engine, incoming: None })
    }

    /// The next samples, 16,000 a second.
    ///
    /// # Errors
    /// If the microphone can't be used, or not any more.
    pub async fn next(&mut self) -> anyhow::Result<Vec<i16>> {
        let next = tokio::time::timeout(SOUND_TIME, self.engine.receive()).await;
        let Frame { message, payload } =
            next.with_context(|| format!("the microphone gave no sound for {} s", SOUND_TIME.as_secs()))??;
        match message {
            SoundReply::Captured { rate_hz } => {
                let incoming = match &mut self.incoming {
                    Some(incoming) => incoming,
                    none => none.insert(Incoming::of(Form { rate_hz: u64::from(rate_hz), ..Form::default() })?),
                };
                Ok(incoming.take(&payload)?)
            }
            SoundReply::Failed { kind, message } => bail!(SoundError { kind, message }),
            SoundReply::Devices { .. } | SoundReply::Played => bail!("the sound's process answered something else"),
        }
    }
}

impl Speaker {
    /// Opens a speaker for sound of one channel at that rate. Whether it can be used is known when it has played.
    ///
    /// # Errors
    /// If the program is not there.
    pub async fn open(program: &Path, device: &str, rate_hz: u32) -> anyhow::Result<Self> {
        let mut engine = start(program)?;
        engine.send(&SoundRequest::Play { device: device.to_owned(), rate_hz }, &[]).await?;
        Ok(Self(engine))
    }

    /// The next sound; waits for room for it.
    ///
    /// # Errors
    /// If the speaker can't be used.
    pub async fn piece(&mut self, samples: &[i16]) -> anyhow::Result<()> {
        let bytes = to_bytes(samples);
        let sent = tokio::time::timeout(ANSWER_TIME, self.0.send(&SoundRequest::Sound, &bytes)).await;
        match sent.context("the speaker takes no sound")? {
            Ok(()) => Ok(()),
            // It has said why before it ended.
            Err(_) => self.played().await,
        }
    }

    /// The sound is at its end; waits until all of it has been heard.
    ///
    /// # Errors
    /// If the speaker can't be used.
    pub async fn end(mut self) -> anyhow::Result<()> {
        // A speaker that can't be used says why and ends, and takes no more.
        let sent = tokio::time::timeout(ANSWER_TIME, self.0.send(&SoundRequest::End, &[])).await;
        let _ = sent.context("the speaker takes no sound")?;
        self.played().await
    }

    async fn played(&mut self) -> anyhow::Result<()> {
        let played = tokio::time::timeout(ANSWER_TIME, self.0.receive()).await.context("wait for the speaker")?;
        match played?.message {
            SoundReply::Played => Ok(()),
            SoundReply::Failed { kind, message } => bail!(SoundError { kind, message }),
            SoundReply::Captured { .. } | SoundReply::Devices { .. } => {
                bail!("the sound's process answered something else")
            }
        }
    }
}

fn start(program: &Path) -> anyhow::Result<Engine<SoundRequest, SoundReply>> {
    Engine::spawn(program, &[])
}

/// A device that is asleep wakes in less.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// A microphone that is there gives ten pieces a second.
const SOUND_TIME: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_failure_lasts_through_what_is_added_to_it() {
        let busy = SoundError { kind: SoundFailKind::Busy, message: "in use".to_owned() };
        let told = SoundError::of(&anyhow::Error::from(busy).context("open the ear"));
        assert_eq!(told, SoundError { kind: SoundFailKind::Busy, message: "open the ear: in use".to_owned() });
        assert_eq!(SoundError::of(&anyhow::anyhow!("odd")).kind, SoundFailKind::Other);
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let error = devices(Path::new("/nowhere/hearth-sound")).await.unwrap_err();
        assert!(format!("{error:#}").contains("/nowhere/hearth-sound"), "{error:#}");
    }
}
