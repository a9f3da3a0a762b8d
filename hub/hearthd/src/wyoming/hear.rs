//! Speech to text for Home Assistant: sound of one utterance in, its words out.
//!
//! Of several hearings the likeliest is given: which makes sense in this house is found out when the words come back.

use anyhow::Context as _;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use voice::audio::{Form, Incoming};
use voice::ears::Ears;
use voice::listening::{Ends, listen};

use super::LONGEST_IDLE;
use crate::wyoming_event as event;

/// Hears one utterance, from behind its `audio-start` to its `transcript`.
///
/// # Errors
/// If the connection ends or the sound is of a form that is not known; the peer is told.
pub(super) async fn hear(
    start: &Map<String, Value>,
    ears: &Ears,
    reading: &mut (impl AsyncBufRead + Unpin),
    writing: &mut (impl AsyncWrite + Unpin),
) -> anyhow::Result<()> {
    if ears.mute.is_muted() {
        return fail(writing, "the hub is muted").await;
    }
    let mut incoming = match Incoming::of(form(start)) {
        Ok(incoming) => incoming,
        Err(error) => return fail(writing, &error.to_string()).await,
    };
    let (sound, mut taken) = mpsc::channel(MAX_PIECES);
    let recognizer = ears.recognizer.clone();
    let mut listening = JoinSet::new();
    listening.spawn(async move { listen(&recognizer, Ends::WithSound, &mut taken, |_| ()).await });
    loop {
        let next = tokio::time::timeout(LONGEST_IDLE, event::read(reading)).await.context("wait for sound")??;
        let event = next.context("the connection ended in the middle of an utterance")?;
        match event.kind.as_str() {
            "audio-chunk" => {
                let samples = match incoming.take(&event.payload) {
                    Ok(samples) => samples,
                    Err(error) => return fail(writing, &error.to_string()).await,
                };
                // A recogniser that has failed takes no more; what it says stands at the end.
                let _ = sound.send(samples).await;
            }
            "audio-stop" => break,
            // Peers of other versions say more than is known here.
            _ => {}
        }
    }
    drop(sound);
    let heard = listening.join_next().await.context("wait for the words")?.context("wait for the words")?;
    match heard {
        Ok(heard) => {
            let text = heard.hearings.first().map(|(text, _)| text.as_str()).unwrap_or_default();
            Ok(event::write(
                writing,
                "transcript",
                &json!({ "text": text, "language": mind::language::guess(text).as_str() }),
            )
            .await?)
        }
        Err(error) => fail(writing, &error.to_string()).await,
    }
}

async fn fail(writing: &mut (impl AsyncWrite + Unpin), text: &str) -> anyhow::Result<()> {
    Ok(event::write(writing, "error", &json!({ "text": text, "code": "not-heard" })).await?)
}

/// The form of sound, as an event says it; where it does not, what microphones send.
pub(super) fn form(data: &Map<String, Value>) -> Form {
    let usual = Form::default();
    let number = |name: &str, usual: u64| data.get(name).and_then(Value::as_u64).unwrap_or(usual);
    Form {
        rate_hz: number("rate", usual.rate_hz),
        width_bytes: number("width", usual.width_bytes),
        channels: number("channels", usual.channels),
    }
}

/// Pieces of sound on their way to the recogniser.
const MAX_PIECES: usize = 64;
