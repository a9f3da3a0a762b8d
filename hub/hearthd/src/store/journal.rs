//! The journal of turns: in order, addressable, and forgettable.

use anyhow::Context as _;
use house::TurnId;

use super::database::Database;
use super::records::{self, TurnRecord};

/// The last id given, so that the next one sorts after it even if the clock went back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Last {
    at_ms: u64,
    count: u64,
}

impl Last {
    /// The last id in a database.
    pub(super) fn in_database(database: &Database) -> anyhow::Result<Self> {
        let last = database.last(TREE, None, 1)?.pop();
        Ok(last.and_then(|(key, _)| parse(std::str::from_utf8(&key).ok()?)).unwrap_or_default())
    }

    /// The next id.
    pub(super) fn next(&mut self, at_ms: i64) -> TurnId {
        let at_ms = u64::try_from(at_ms).unwrap_or(0).min(LATEST_MS);
        *self = match (self.at_ms < at_ms, self.count < MOST_PER_MS) {
            (true, _) => Self { at_ms, count: 0 },
            (false, true) => Self { at_ms: self.at_ms, count: self.count + 1 },
            (false, false) => Self { at_ms: self.at_ms + 1, count: 0 },
        };
        TurnId::new(format!("{:015}-{:06}", self.at_ms, self.count))
    }
}

/// Adds a turn.
pub(super) fn append(database: &Database, id: &TurnId, turn: &TurnRecord) -> anyhow::Result<()> {
    database.put(TREE, id.as_str(), records::encode(turn)?).context("write a turn to the journal")
}

/// The last turns before one, newest first.
pub(super) fn before(database: &Database, limit: usize, before: Option<&TurnId>) -> anyhow::Result<Vec<(TurnId, TurnRecord)>> {
    let entries = database.last(TREE, before.map(|id| id.as_str().as_bytes()), limit)?;
    entries.into_iter().map(|(key, value)| Ok((id(&key)?, records::decode(&value)?))).collect()
}

/// One turn.
pub(super) fn one(database: &Database, id: &TurnId) -> anyhow::Result<Option<TurnRecord>> {
    database.get(TREE, id.as_str())?.map(|value| records::decode(&value)).transpose()
}

/// Removes the turns that `is_wanted` picks; says how many there were.
pub(super) fn forget(database: &Database, is_wanted: impl Fn(&TurnRecord) -> bool) -> anyhow::Result<usize> {
    let mut gone = Vec::new();
    database.each(TREE, |key, value| {
        // A turn that can't be read is forgotten too: nobody could ever ask for it by what it holds.
        if records::decode(value).map_or(true, |turn| is_wanted(&turn)) {
            gone.push((key.to_vec(), None));
        }
        Ok(true)
    })?;
    let count = gone.len();
    database.change(TREE, gone)?;
    Ok(count)
}

fn id(key: &[u8]) -> anyhow::Result<TurnId> {
    Ok(TurnId::new(std::str::from_utf8(key).context("a turn's id is no text")?))
}

fn parse(id: &str) -> Option<Last> {
    let (at_ms, count) = id.split_once('-')?;
    Some(Last { at_ms: at_ms.parse().ok()?, count: count.parse().ok()? })
}

const TREE: &str = "journal";
/// The largest moment that keeps the width of an id.
const LATEST_MS: u64 = 999_999_999_999_998;
const MOST_PER_MS: u64 = 999_999;
