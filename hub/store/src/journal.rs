//! The journal of turns: in order, addressable, and forgettable.

use anyhow::Context as _;
use house::TurnId;

use super::database::Database;
use super::forget::Forget;
use super::records::codec;
use super::records::turn::TurnRecord;

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
    database.put(TREE, id.as_str(), codec::encode(turn)?).context("write a turn to the journal")
}

/// The last turns before one, newest first.
pub(super) fn before(
    database: &Database,
    limit: usize,
    before: Option<&TurnId>,
) -> anyhow::Result<Vec<(TurnId, TurnRecord)>> {
    let entries = database.last(TREE, before.map(|id| id.as_str().as_bytes()), limit)?;
    entries.into_iter().map(|(key, value)| Ok((id(&key)?, codec::decode(&value)?))).collect()
}

/// One turn.
pub(super) fn one(database: &Database, id: &TurnId) -> anyhow::Result<Option<TurnRecord>> {
    database.get(TREE, id.as_str())?.map(|value| codec::decode(&value)).transpose()
}

/// Removes the turns that are meant; gives the conversations they belonged to, one for each.
pub(super) fn forget(database: &Database, what: &Forget) -> anyhow::Result<Vec<String>> {
    let (mut gone, mut conversations) = (Vec::new(), Vec::new());
    database.each(TREE, |key, value| {
        let record: Option<TurnRecord> = codec::decode(value).ok();
        // A turn that can't be read is forgotten too: nobody could ever ask for it by what it holds.
        let is_meant = record.as_ref().is_none_or(|turn| what.means(key, turn.at_ms, turn.person.as_deref()));
        if is_meant {
            gone.push((key.to_vec(), None));
            conversations.push(record.map(|turn| turn.conversation).unwrap_or_default());
        }
        Ok(true)
    })?;
    database.change(TREE, gone)?;
    Ok(conversations)
}

/// Changes a turn that is there.
pub(super) fn amend(database: &Database, id: &TurnId, change: impl FnOnce(&mut TurnRecord)) -> anyhow::Result<bool> {
    let Some(mut turn) = one(database, id)? else { return Ok(false) };
    change(&mut turn);
    append(database, id, &turn)?;
    Ok(true)
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
