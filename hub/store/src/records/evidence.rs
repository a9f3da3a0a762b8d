//! Changes of things as they are remembered for learning: many in one record, compressed.

use std::io::{Read as _, Write as _};

use anyhow::Context as _;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use house::{Cause, EntityId, Evidence, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// One change. The names are short because there are many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EvidenceRecord {
    /// When, in milliseconds since 1970 UTC.
    t: i64,
    /// Seconds ahead of UTC.
    o: i32,
    /// The entity.
    e: String,
    /// Its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<String>,
    /// Attributes.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    a: Map<String, Json>,
    /// The cause.
    c: String,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<String>,
}

impl EvidenceRecord {
    fn of(evidence: &Evidence) -> Self {
        let attributes = evidence.attributes.iter();
        Self {
            t: evidence.at_ms,
            o: evidence.offset_s,
            e: evidence.entity.to_string(),
            s: evidence.state.clone(),
            a: attributes.map(|(name, value)| (name.clone(), device_adapters::value_to_json(value))).collect(),
            c: evidence.cause.as_str().to_owned(),
            p: evidence.person.as_ref().map(ToString::to_string),
        }
    }

    fn into_evidence(self) -> Evidence {
        Evidence {
            at_ms: self.t,
            offset_s: self.o,
            entity: EntityId::new(self.e),
            state: self.s,
            attributes: self
                .a
                .iter()
                .map(|(name, value)| (name.clone(), device_adapters::value_from_json(value)))
                .collect(),
            cause: Cause::parse(&self.c).unwrap_or_default(),
            person: self.p.map(PersonId::new),
        }
    }
}

/// The bytes of a record that holds these.
pub(crate) fn packed(evidence: &[Evidence]) -> anyhow::Result<Vec<u8>> {
    let records: Vec<EvidenceRecord> = evidence.iter().map(EvidenceRecord::of).collect();
    let mut encoder = DeflateEncoder::new(vec![VERSION], Compression::default());
    let json = serde_json::to_vec(&records).context("write evidence")?;
    encoder.write_all(&json).context("compress evidence")?;
    encoder.finish().context("compress evidence")
}

/// What a record's bytes hold.
pub(crate) fn unpacked(bytes: &[u8]) -> anyhow::Result<Vec<Evidence>> {
    let packed = match bytes.split_first() {
        Some((&VERSION, packed)) => packed,
        Some((version, _)) => anyhow::bail!("a record of evidence has the unknown version {version}"),
        None => anyhow::bail!("a record of evidence is empty"),
    };
    let mut json = Vec::new();
    let mut bounded = DeflateDecoder::new(packed).take(MOST_UNPACKED);
    bounded.read_to_end(&mut json).context("decompress evidence")?;
    let records: Vec<EvidenceRecord> = serde_json::from_slice(&json).context("read evidence")?;
    Ok(records.into_iter().map(EvidenceRecord::into_evidence).collect())
}

/// The version of these records.
const VERSION: u8 = 1;
/// A day of the busiest home is a tenth of this.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
