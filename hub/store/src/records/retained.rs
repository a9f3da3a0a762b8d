//! Messages that the broker retains.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::codec::{decode, encode};

/// A message that the broker retains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Its payload, never empty.
    pub payload: Vec<u8>,
    /// All else.
    pub head: RetainedHead,
}

/// What is kept of a retained message beside its payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetainedHead {
    /// The quality of service it was published with: 0, 1 or 2.
    pub qos: u8,
    /// When it was published, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The user of the broker who published it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it ends, in milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// MQTT 5: what the payload is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// MQTT 5: where an answer goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_topic: Option<String>,
    /// MQTT 5: what an answer refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_data: Option<Vec<u8>>,
    /// MQTT 5: whether the payload is text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_utf8_payload: bool,
    /// MQTT 5: names and values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_properties: Vec<(String, String)>,
}

impl Retained {
    /// Version, length of the head, head, payload: payloads are bytes and would double in size as JSON.
    pub(crate) fn encode(&self) -> anyhow::Result<Vec<u8>> {
        let head = encode(&self.head)?;
        let length = u32::try_from(head.len()).context("a retained message's head is too large")?;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&self.payload);
        Ok(bytes)
    }

    pub(crate) fn decode(bytes: &[u8]) -> anyhow::Result<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>().context("a retained message is cut off")?;
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        let (head, payload) = rest.split_at_checked(length).context("a retained message is cut off")?;
        Ok(Self { payload: payload.to_vec(), head: decode(head)? })
    }
}
