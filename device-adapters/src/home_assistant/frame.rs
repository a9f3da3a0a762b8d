//! Home Assistant's websocket protocol: what a message of it is. Knows nothing of what lists and events hold.

use serde_json::{Map, Value as Json};

use crate::naming::clean_name;

/// One message from Home Assistant.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// It wants a token.
    AuthRequired,
    /// The token is good.
    AuthOk,
    /// The token is not good; what it says about it.
    AuthInvalid(String),
    /// The answer to a command.
    Result {
        /// The command's id.
        id: u64,
        /// What it gives, or why it gives nothing.
        result: Result<Json, Failure>,
    },
    /// Something of a subscription.
    Event {
        /// The id of the command that subscribed.
        id: u64,
        /// What happened.
        event: Json,
    },
    /// It answers that it is there.
    Pong,
    /// Anything else.
    Other,
}

/// Why a command failed, in Home Assistant's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Failure {
    /// Its code, such as `service_validation_error`.
    pub code: String,
    /// Its sentence; empty where it has none.
    pub message: String,
}

/// Reads a message.
///
/// # Errors
/// If it is no JSON map, or lacks what its type demands.
pub fn frame(text: &str) -> Result<Frame, String> {
    let json: Json = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let Json::Object(mut map) = json else { return Err("not a JSON map".to_owned()) };
    let kind = map.get("type").and_then(Json::as_str).ok_or("it has no type")?;
    let frame = match kind {
        "auth_required" => Frame::AuthRequired,
        "auth_ok" => Frame::AuthOk,
        "auth_invalid" => Frame::AuthInvalid(sentence(map.get("message"))),
        "pong" => Frame::Pong,
        "result" => Frame::Result { id: id(&map)?, result: result(&mut map) },
        "event" => Frame::Event { id: id(&map)?, event: map.remove("event").unwrap_or_default() },
        _ => Frame::Other,
    };
    Ok(frame)
}

fn id(map: &Map<String, Json>) -> Result<u64, String> {
    map.get("id").and_then(Json::as_u64).ok_or_else(|| "it has no id".to_owned())
}

fn result(map: &mut Map<String, Json>) -> Result<Json, Failure> {
    if map.get("success").and_then(Json::as_bool) == Some(true) {
        return Ok(map.remove("result").unwrap_or_default());
    }
    let error = map.get("error");
    Err(Failure {
        code: sentence(error.and_then(|error| error.get("code"))),
        message: sentence(error.and_then(|error| error.get("message"))),
    })
}

/// A sentence of another program goes into logs and traces: one line, and not a long one.
fn sentence(json: Option<&Json>) -> String {
    let text = json.and_then(Json::as_str).map(clean_name).unwrap_or_default();
    if text.is_empty() { "unknown".to_owned() } else { text }
}
