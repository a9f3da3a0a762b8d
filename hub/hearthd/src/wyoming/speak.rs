//! Text to speech for Home Assistant: words in, their sound out.

use house::Lang;
use serde_json::{Map, Value, json};
use tokio::io::AsyncWrite;
use voice::audio::{self, Pcm};

use crate::aloud::speech::{SpeechSettings, speak};
use crate::wyoming_event as event;

/// Says what a `synthesize` event asks for.
///
/// # Errors
/// If the connection ends; of what can't be said the peer is told.
pub(super) async fn say(
    data: &Map<String, Value>,
    settings: &SpeechSettings,
    writing: &mut (impl AsyncWrite + Unpin),
) -> anyhow::Result<()> {
    let text = data.get("text").and_then(Value::as_str).unwrap_or_default();
    let asked = data.get("voice").and_then(|voice| voice.get("language")).and_then(Value::as_str);
    let lang = asked.map_or_else(|| mind::language::guess(text), Lang::parse);
    let Pcm { rate_hz, samples } = match speak(settings, text, lang).await {
        Ok(pcm) => pcm,
        Err(error) => {
            let said = json!({ "text": format!("{error:#}"), "code": "not-spoken" });
            return Ok(event::write(writing, "error", &said).await?);
        }
    };
    let form = json!({ "rate": rate_hz, "width": 2, "channels": 1 });
    event::write(writing, "audio-start", &form).await?;
    for piece in samples.chunks(PIECE) {
        event::write_with(writing, "audio-chunk", &form, &audio::to_bytes(piece)).await?;
    }
    Ok(event::write(writing, "audio-stop", &json!({})).await?)
}

/// Samples of one event: a tenth of a second and more.
const PIECE: usize = 2048;
