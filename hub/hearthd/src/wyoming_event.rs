//! Events of the Wyoming protocol on a stream of bytes: a header line, then JSON, then bytes.
//!
//! Everything a peer sends is bounded before it is read. Format: <https://github.com/OHF-Voice/wyoming>.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// Its type, such as `transcript`.
    pub(crate) kind: String,
    /// Its fields.
    pub(crate) data: Map<String, Value>,
    /// Bytes of sound that came with it.
    pub(crate) payload: Vec<u8>,
}

/// Why a stream can't be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    /// The header is no Wyoming header.
    #[error("the header is no line of JSON with a `type`: {0}")]
    Header(String),
    /// The data is no JSON object.
    #[error("the data is no JSON object: {0}")]
    Data(String),
    /// Something is larger than it may be.
    #[error("the {what} is larger than {most} bytes")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The limit.
        most: usize,
    },
}

#[derive(Deserialize)]
struct HeaderIn {
    #[serde(rename = "type")]
    kind: String,
    data: Option<Map<String, Value>>,
    data_length: Option<usize>,
    payload_length: Option<usize>,
}

#[derive(Serialize)]
struct HeaderOut<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    version: &'static str,
    data_length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_length: Option<usize>,
}

/// The next event; `None` at the end of the stream.
pub(crate) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Event>, Broken> {
    let mut line = Vec::new();
    let mut bounded = (&mut *stream).take(MOST_HEADER as u64 + 1);
    if bounded.read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    within("header", line.len(), MOST_HEADER)?;
    let header: HeaderIn = serde_json::from_slice(&line).map_err(|error| Broken::Header(error.to_string()))?;
    let mut data = header.data.unwrap_or_default();
    let length = header.data_length.unwrap_or(0);
    within("data", length, MOST_DATA)?;
    if 0 < length {
        let mut block = vec![0; length];
        stream.read_exact(&mut block).await?;
        let block: Map<String, Value> =
            serde_json::from_slice(&block).map_err(|error| Broken::Data(error.to_string()))?;
        data.extend(block);
    }
    let payload = header.payload_length.unwrap_or(0);
    within("payload", payload, MOST_PAYLOAD)?;
    let mut sound = vec![0; payload];
    stream.read_exact(&mut sound).await?;
    Ok(Some(Event { kind: header.kind, data, payload: sound }))
}

/// Writes an event as the reference implementation does: all fields in the data block.
pub(crate) async fn write(stream: &mut (impl AsyncWrite + Unpin), kind: &str, data: &Value) -> std::io::Result<()> {
    write_with(stream, kind, data, &[]).await
}

/// The same with bytes of sound.
pub(crate) async fn write_with(
    stream: &mut (impl AsyncWrite + Unpin),
    kind: &str,
    data: &Value,
    payload: &[u8],
) -> std::io::Result<()> {
    let data = serde_json::to_vec(data)?;
    let payload_length = (!payload.is_empty()).then_some(payload.len());
    let mut bytes = serde_json::to_vec(&HeaderOut { kind, version: VERSION, data_length: data.len(), payload_length })?;
    bytes.push(b'\n');
    bytes.extend(data);
    bytes.extend(payload);
    stream.write_all(&bytes).await?;
    stream.flush().await
}

fn within(what: &'static str, length: usize, most: usize) -> Result<(), Broken> {
    match length <= most {
        true => Ok(()),
        false => Err(Broken::TooLarge { what, most }),
    }
}

/// The version of the protocol that is spoken.
const VERSION: &str = "1.9.0";
/// A header is a line with a few numbers.
const MOST_HEADER: usize = 64 * 1024;
/// Far more than any sentence with its context.
const MOST_DATA: usize = 1024 * 1024;
/// Thirty seconds of sound come in many chunks, none of them as large as this.
const MOST_PAYLOAD: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::io::BufReader;

    use super::*;

    async fn all(bytes: &[u8]) -> (Vec<Event>, Option<String>) {
        let mut stream = BufReader::new(bytes);
        let mut out = Vec::new();
        loop {
            match read(&mut stream).await {
                Ok(Some(event)) => out.push(event),
                Ok(None) => return (out, None),
                Err(error) => return (out, Some(error.to_string())),
            }
        }
    }

    #[tokio::test]
    async fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        write(&mut bytes, "transcript", &json!({ "text": "把灯打开", "context": { "conversation_id": "7" } }))
            .await
            .unwrap();
        write(&mut bytes, "describe", &json!({})).await.unwrap();
        let (events, end) = all(&bytes).await;
        assert_eq!(end, None);
        assert_eq!(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["transcript", "describe"]);
        assert_eq!(events[0].data["text"], json!("把灯打开"));
    }

    #[tokio::test]
    async fn the_block_wins_over_the_header_and_sound_comes_with_its_event() {
        let header = br#"{"type":"x","data":{"a":1,"b":1},"data_length":7,"payload_length":3}"#;
        let bytes = [header, &b"\n{\"a\":2}\xff\xfe\xfd{\"type\":\"y\"}\n"[..]].concat();
        let (events, end) = all(&bytes).await;
        assert_eq!(end, None);
        assert_eq!(events[0].data, json!({ "a": 2, "b": 1 }).as_object().unwrap().clone());
        assert_eq!(events[0].payload, b"\xff\xfe\xfd");
        assert_eq!(events[1].kind, "y");
    }

    #[tokio::test]
    async fn what_is_no_event_ends_the_stream_with_a_reason() {
        for (bytes, reason) in [
            (&b"rubbish\n"[..], "header"),
            (b"{\"no\":\"type\"}\n", "header"),
            (b"{\"type\":7}\n", "header"),
            (b"{\"type\":\"x\",\"data_length\":2}\n[]", "data is no JSON object"),
            (b"{\"type\":\"x\",\"data_length\":3}\n{}", "broke"),
            (b"{\"type\":\"x\",\"data_length\":-1}\n", "header"),
            (b"{\"type\":\"x\",\"data_length\":99999999999}\n", "larger than"),
            (b"{\"type\":\"x\",\"payload_length\":99999999}\n", "larger than"),
            (b"{\"type\":\"x\",\"payload_length\":9}\nabc", "broke"),
            (b"\xff\xfe\n", "header"),
        ] {
            let (events, end) = all(bytes).await;
            assert!(events.is_empty() && end.as_ref().is_some_and(|end| end.contains(reason)), "{reason}: {end:?}");
        }
        let endless = vec![b' '; MOST_HEADER * 2];
        assert!(all(&endless).await.1.unwrap().contains("larger than"));
    }
}
