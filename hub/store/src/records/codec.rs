//! Records as bytes: one for the version, then JSON.

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The bytes of a record.
pub(crate) fn encode<T: Serialize + ?Sized>(record: &T) -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![VERSION];
    serde_json::to_writer(&mut bytes, record).context("write a record")?;
    Ok(bytes)
}

/// The record of some bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> anyhow::Result<T> {
    match bytes.split_first() {
        Some((&VERSION, json)) => serde_json::from_slice(json).context("read a record"),
        Some((version, _)) => anyhow::bail!("a record has the unknown version {version}"),
        None => anyhow::bail!("a record is empty"),
    }
}

/// The version of every record of this format.
const VERSION: u8 = 1;
