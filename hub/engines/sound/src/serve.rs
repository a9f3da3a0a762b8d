//! Serves the hub: lists devices, captures, or plays, until standard input closes or the hub is gone.

use std::io::{stdin, stdout};

use anyhow::{Context as _, bail};
use engine_protocol::pcm::{from_bytes, to_bytes};
use engine_protocol::sound::{SoundFailKind, SoundReply, SoundRequest};
use engine_protocol::{Frame, read_frame, write_frame};

use crate::alsa::{Alsa, AlsaError, Capture, Playback};

/// Serves until the input closes.
///
/// # Errors
/// If the streams to the hub break.
pub(crate) fn serve() -> anyhow::Result<()> {
    let mut input = stdin().lock();
    let mut playback = None;
    while let Some(Frame { message, payload }) = read_frame::<SoundRequest>(&mut input).context("read from the hub")? {
        let done = match message {
            SoundRequest::Devices => devices().map(Some),
            SoundRequest::Capture { device } => capture(&device),
            SoundRequest::Play { device, rate_hz } => play(&device, rate_hz).map(|opened| {
                playback = Some(opened);
                None
            }),
            SoundRequest::Sound => sound(playback.as_mut(), &payload).map(|()| None),
            SoundRequest::End => playback.take().map_or(Ok(()), Playback::drain).map(|()| Some(SoundReply::Played)),
        };
        match done {
            Ok(Some(reply)) => send(&reply, &[])?,
            Ok(None) => {}
            Err(error) => return send(&failed(&error), &[]),
        }
    }
    Ok(())
}

fn failed(error: &anyhow::Error) -> SoundReply {
    let kind = error.downcast_ref::<AlsaError>().map_or(SoundFailKind::Other, |error| error.kind);
    SoundReply::Failed { kind, message: format!("{error:#}") }
}

fn devices() -> anyhow::Result<SoundReply> {
    let alsa = Alsa::open()?;
    Ok(SoundReply::Devices { microphones: alsa.microphones()?, speakers: alsa.speakers()? })
}

/// Captures until the device or the hub is gone; gives nothing but the reason.
fn capture(device: &str) -> anyhow::Result<Option<SoundReply>> {
    let mut capture = Capture::open(Alsa::open()?, device)?;
    let rate_hz = capture.rate_hz();
    let mut samples = [0; PIECE];
    loop {
        let count = capture.read(&mut samples)?;
        if count == 0 {
            bail!("the microphone `{device}` gives no sound any more");
        }
        send(&SoundReply::Captured { rate_hz }, &to_bytes(samples.get(..count).unwrap_or_default()))?;
    }
}

fn play(device: &str, rate_hz: u32) -> anyhow::Result<Playback> {
    Playback::open(Alsa::open()?, device, rate_hz)
}

fn sound(playback: Option<&mut Playback>, payload: &[u8]) -> anyhow::Result<()> {
    let playback = playback.context("no speaker is open")?;
    let (samples, rest) = from_bytes(payload);
    anyhow::ensure!(rest.is_empty(), "half a sample");
    playback.write(&samples)
}

fn send(reply: &SoundReply, payload: &[u8]) -> anyhow::Result<()> {
    write_frame(&mut stdout().lock(), reply, payload).context("write to the hub")
}

/// A tenth of a second or less.
const PIECE: usize = 1600;
