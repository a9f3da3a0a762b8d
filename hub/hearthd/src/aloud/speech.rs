//! Words to sound: by a speaker in the network (Piper over the Wyoming protocol) where one is named, else by espeak-ng.

use std::time::Duration;

use anyhow::Context as _;
use house::Lang;
use serde_json::json;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tracing::warn;
use voice::audio::{self, Pcm};
use voice::synthesizer::{self, SynthesizerSettings};

use crate::wyoming_event as event;

/// How the hub speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpeechSettings {
    /// The speaker on this board.
    pub(crate) espeak: SynthesizerSettings,
    /// Host and port of a better one, asked first.
    pub(crate) wyoming: Option<String>,
}

/// Whether the hub can speak at all.
pub(crate) fn can_speak(settings: &SpeechSettings) -> bool {
    settings.wyoming.is_some() || synthesizer::is_there(&settings.espeak)
}

/// Says a text. What the network's speaker can't say, espeak-ng does.
///
/// # Errors
/// If neither can.
pub(crate) async fn speak(settings: &SpeechSettings, text: &str, lang: Lang) -> anyhow::Result<Pcm> {
    if let Some(address) = &settings.wyoming {
        let asked = tokio::time::timeout(MAX_TIME, ask(address, text, lang)).await;
        match asked.context("it took too long").and_then(|said| said) {
            Ok(pcm) => return Ok(pcm),
            Err(error) => {
                warn!(
                    address,
                    error = format!("{error:#}"),
                    "The speaker in the network said nothing; espeak-ng does."
                );
            }
        }
    }
    Ok(audio::pcm_of_wav(&synthesizer::speak(&settings.espeak, text, lang).await?)?)
}

/// Asks a Wyoming text-to-speech service.
async fn ask(address: &str, text: &str, lang: Lang) -> anyhow::Result<Pcm> {
    let stream = TcpStream::connect(address).await.context("reach it")?;
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    let asked = json!({ "text": text, "voice": { "language": lang.as_str() } });
    event::write(&mut writing, "synthesize", &asked).await?;
    let mut said: Option<Pcm> = None;
    let mut rest = Vec::new();
    loop {
        let event = event::read(&mut reading).await?.context("it hung up")?;
        match event.kind.as_str() {
            "audio-start" => {
                let number = |name: &str| event.data.get(name).and_then(serde_json::Value::as_u64);
                anyhow::ensure!(
                    (number("width"), number("channels")) == (Some(2), Some(1)),
                    "its sound is not of one channel with two bytes a sample"
                );
                let rate_hz = number("rate").and_then(|rate| u32::try_from(rate).ok()).context("it names no rate")?;
                anyhow::ensure!((8_000..=48_000).contains(&rate_hz), "{rate_hz} Hz is no rate of speech");
                said = Some(Pcm { rate_hz, samples: Vec::new() });
            }
            "audio-chunk" => {
                let pcm = said.as_mut().context("it sent sound before saying of what form")?;
                rest.extend_from_slice(&event.payload);
                let (samples, half) = audio::from_bytes(&rest);
                pcm.samples.extend(samples);
                rest = half.to_vec();
                anyhow::ensure!(pcm.samples.len() <= MAX_SAMPLES, "it does not stop speaking");
            }
            "audio-stop" => return said.filter(|pcm| !pcm.samples.is_empty()).context("it said nothing"),
            "error" => anyhow::bail!("it refused: {}", event.data.get("text").unwrap_or(&json!(""))),
            _ => {}
        }
    }
}

/// A slow board needs as long for a long sentence; longer, and espeak-ng has said it.
const MAX_TIME: Duration = Duration::from_secs(5);
/// A minute and more.
const MAX_SAMPLES: usize = 4_000_000;
