//! What the hub remembers: one door to the database on the disk.
//!
//! Every function is plain and returns when its write would survive a loss of power, unless its doc
//! says otherwise. Knows formats and their versions, not what the records mean.
//!
//! ```
//! use store::{Store, TurnRecord};
//!
//! let folder = tempfile::tempdir()?;
//! let (store, _) = Store::open(folder.path(), 0)?;
//! let turn = TurnRecord { text: "lights off".to_owned(), ..TurnRecord::default() };
//! let id = store.journal(&turn)?;
//! drop(store);
//!
//! let (store, _) = Store::open(folder.path(), 0)?;
//! assert_eq!(store.turn(&id)?, Some(turn));
//! # Ok::<(), anyhow::Error>(())
//! ```

mod answers;
mod conditions;
mod database;
mod evidence;
mod forget;
mod journal;
mod lock;
mod migrations;
mod opening;
mod records;
mod registry;
mod snapshot;
mod steps;
mod suggestions;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use anyhow::Context as _;
use house::{Edits, House, HubEntities, Schedule, Timer, TurnId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::warn;

use database::Database;
use lock::Lock;
use records::codec;
use records::conversation::{ConversationAge, ConversationRecord};
use records::house::EditsRecord;
use records::hub_entities::{OwnRecord, TimerRecord};

use steps::ScheduleRecord;

pub use database::Unkept;
pub use forget::Forget;
pub use opening::Opened;
pub use records::answer::AnswerRecord;
pub use records::conversation::{ConversationState, UndoRecord};
pub use records::household::{PersonRecord, RulesRecord, role_of};
pub use records::notice::NoticeRecord;
pub use records::retained::{Retained, RetainedHead};
pub use records::turn::{ExampleRecord, MsRecord, OutcomeRecord, TurnRecord};

/// The store. Cheap to clone; all clones are one store.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    database: Database,
    dir: PathBuf,
    // Locks, because the store is called from plain functions: each keeps one read-then-write in one piece.
    last: Mutex<journal::Last>,
    conversations: Mutex<()>,
    evidence: Mutex<()>,
    snapshots: Mutex<()>,
    _lock: Lock,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Store").field("dir", &self.0.dir).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in a directory and says what had to be done for it.
    ///
    /// A damaged database is set aside and the last good snapshot takes its place; an error means
    /// that the disk is in the way, or another hub uses the directory.
    pub fn open(dir: &Path, now_ms: i64) -> anyhow::Result<(Self, Opened)> {
        Self::open_with(dir, migrations::MIGRATIONS, now_ms)
    }

    fn open_with(dir: &Path, migrations: &[migrations::Migration], now_ms: i64) -> anyhow::Result<(Self, Opened)> {
        std::fs::create_dir_all(dir).with_context(|| format!("make `{}`", dir.display()))?;
        let lock = Lock::take(dir)?;
        let (database, opened) = opening::open(dir, migrations)?;
        let last = Mutex::new(journal::Last::in_database(&database)?);
        let inner = Inner {
            database,
            dir: dir.to_owned(),
            last,
            conversations: Mutex::default(),
            evidence: Mutex::default(),
            snapshots: Mutex::default(),
            _lock: lock,
        };
        let store = Self(Arc::new(inner));
        if (opened.sentence().is_some() || store.snapshot_is_old(now_ms))
            && let Err(error) = store.snapshot()
        {
            warn!(error = format!("{error:#}"), "No snapshot of the store could be taken.");
        }
        Ok((store, opened))
    }

    /// Whether the disk took what was to be kept last. If not, the store is only read until there is room.
    pub fn can_write(&self) -> bool {
        self.0.database.can_write()
    }

    /// Goes on writing if the disk has room again. Whatever is to be kept does the same first.
    ///
    /// # Errors
    /// If it has none.
    pub fn revive(&self) -> anyhow::Result<()> {
        self.0.database.revive()
    }

    /// Takes a snapshot, keeping the last few. To be called now and then, off the async threads.
    ///
    /// # Errors
    /// If the disk is full or in the way; the snapshots that are there stay.
    pub fn snapshot(&self) -> anyhow::Result<PathBuf> {
        self.snapshot_keeping(KEPT_SNAPSHOTS)
    }

    /// What the owner changed about names and places.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn edits(&self) -> anyhow::Result<Edits> {
        Ok(self.read::<EditsRecord>(HOUSE, "edits")?.map(EditsRecord::into_edits).unwrap_or_default())
    }

    /// Keeps what the owner changed about names and places.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_edits(&self, edits: &Edits) -> anyhow::Result<()> {
        self.write(HOUSE, "edits", &EditsRecord::of(edits)).context("keep edits")
    }

    /// The timers that run or are paused.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn timers(&self) -> anyhow::Result<Vec<Timer>> {
        let records = self.read::<Vec<TimerRecord>>(HOUSE, "timers")?.unwrap_or_default();
        Ok(records.into_iter().map(TimerRecord::into_timer).collect())
    }

    /// Keeps the timers, all at once.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_timers(&self, timers: &[Timer]) -> anyhow::Result<()> {
        let records: Vec<_> = timers.iter().map(TimerRecord::of).collect();
        self.write(HOUSE, "timers", &records).context("keep timers")
    }

    /// What is scheduled. What can't be read is told of in the log and left out.
    pub fn schedules(&self) -> anyhow::Result<Vec<Schedule>> {
        let records = self.read::<Vec<ScheduleRecord>>(HOUSE, "schedules")?.unwrap_or_default();
        let read = |record: ScheduleRecord| {
            record
                .into_schedule()
                .inspect_err(|error| warn!(error = format!("{error:#}"), "Something that was scheduled can't be read."))
                .ok()
        };
        Ok(records.into_iter().filter_map(read).collect())
    }

    /// Keeps what is scheduled, all at once.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_schedules(&self, schedules: &[Schedule]) -> anyhow::Result<()> {
        let records: Vec<_> = schedules.iter().map(ScheduleRecord::of).collect();
        self.write(HOUSE, "schedules", &records).context("keep what is scheduled")
    }

    /// Scenes and lists of the hub's own.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn hub_entities(&self) -> anyhow::Result<HubEntities> {
        Ok(self.read::<OwnRecord>(HOUSE, "own")?.map(OwnRecord::into_own).unwrap_or_default())
    }

    /// Keeps scenes and lists of the hub's own, all at once.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_hub_entities(&self, own: &HubEntities) -> anyhow::Result<()> {
        self.write(HOUSE, "own", &OwnRecord::of(own)).context("keep scenes and lists")
    }

    /// What was told and not dismissed.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn notices(&self) -> anyhow::Result<Vec<NoticeRecord>> {
        Ok(self.read(HOUSE, "notices")?.unwrap_or_default())
    }

    /// Keeps what was told and not dismissed, all at once.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_notices(&self, notices: &[NoticeRecord]) -> anyhow::Result<()> {
        self.write(HOUSE, "notices", notices).context("keep notices")
    }

    /// A setting by name.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn setting<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<Option<T>> {
        self.read(SETTINGS, name).with_context(|| format!("read the setting `{name}`"))
    }

    /// Keeps a setting.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn put_setting<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> anyhow::Result<()> {
        self.write(SETTINGS, name, value).with_context(|| format!("keep the setting `{name}`"))
    }

    /// The state of a conversation.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn conversation<T: DeserializeOwned>(&self, id: &str) -> anyhow::Result<Option<T>> {
        let record: Option<ConversationRecord<T>> = self.read(CONVERSATIONS, id).context("read a conversation")?;
        Ok(record.map(|record| record.state))
    }

    /// Keeps the state of a conversation; the one untouched for longest makes room.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_conversation<T: Serialize>(&self, id: &str, updated_ms: i64, state: &T) -> anyhow::Result<()> {
        let _held = held(&self.0.conversations);
        let mut ages = self.conversation_ages()?;
        ages.retain(|(_, known)| known != id.as_bytes());
        ages.sort();
        let surplus = (ages.len() + 1).saturating_sub(MOST_CONVERSATIONS);
        let mut changes: Vec<_> = ages.into_iter().take(surplus).map(|(_, id)| (id, None)).collect();
        let record = codec::encode(&ConversationRecord { updated_ms, state })?;
        changes.push((id.as_bytes().to_vec(), Some(record)));
        self.0.database.change(CONVERSATIONS, changes).context("keep a conversation")
    }

    /// Writes a turn down. Ids sort in the order of these calls.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn journal(&self, turn: &TurnRecord) -> anyhow::Result<TurnId> {
        let id = held(&self.0.last).next(turn.at_ms);
        journal::append(&self.0.database, &id, turn)?;
        Ok(id)
    }

    /// The last turns, newest first; those before `before` if it is given.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn turns(&self, limit: usize, before: Option<&TurnId>) -> anyhow::Result<Vec<(TurnId, TurnRecord)>> {
        journal::before(&self.0.database, limit, before)
    }

    /// One turn.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn turn(&self, id: &TurnId) -> anyhow::Result<Option<TurnRecord>> {
        journal::one(&self.0.database, id)
    }

    /// Changes a turn that is still there; says whether it is.
    ///
    /// # Errors
    /// If the disk is in the way, or the turn can't be read; nothing was changed then.
    pub fn amend_turn(&self, id: &TurnId, change: impl FnOnce(&mut TurnRecord)) -> anyhow::Result<bool> {
        let _held = held(&self.0.last);
        journal::amend(&self.0.database, id, change).context("amend a turn")
    }

    /// Keeps an example of how a turn was meant, by the turn's id.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_example(&self, turn: &TurnId, example: &ExampleRecord) -> anyhow::Result<()> {
        self.write(EXAMPLES, turn.as_str(), example).context("keep an example")
    }

    /// The examples, oldest first.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn examples(&self) -> anyhow::Result<Vec<ExampleRecord>> {
        let mut examples = Vec::new();
        self.0.database.each(EXAMPLES, |_, value| {
            match codec::decode(value) {
                Ok(example) => examples.push(example),
                Err(error) => warn!(error = format!("{error:#}"), "An example can't be read."),
            }
            Ok(true)
        })?;
        Ok(examples)
    }

    /// Forgets what was said: turns, what conversations remember of them, examples, and what the
    /// model answered. The snapshots go with it,
    /// and so does what was set aside. Says how many turns there were.
    ///
    /// # Errors
    /// If the disk is in the way; some of it may be left then, and forgetting again is safe.
    pub fn forget(&self, what: &Forget) -> anyhow::Result<usize> {
        let conversations = journal::forget(&self.0.database, what).context("forget turns")?;
        let examples = self.forget_examples(what).context("forget examples")?;
        let answers = self.forget_answers(what).context("forget what the model answered")?;
        let is_gone = |id: &str, age: i64| match what {
            Forget::All => true,
            Forget::Before(moment) => age < *moment,
            Forget::Turn(_) | Forget::Person(_) => conversations.iter().any(|one| one == id),
        };
        let ages =
            self.conversation_ages()?.into_iter().filter(|(age, id)| is_gone(&String::from_utf8_lossy(id), *age));
        let changes: Vec<_> = ages.map(|(_, id)| (id, None)).collect();
        let count = conversations.len();
        let has_changed = 0 < count + examples + answers + changes.len();
        self.0.database.change(CONVERSATIONS, changes).context("forget conversations")?;
        // A person may have said anything in a database that was set aside; by the clock it goes with its age.
        let aside_before_ms = match what {
            Forget::Before(moment) => *moment,
            Forget::Turn(_) | Forget::Person(_) | Forget::All => i64::MAX,
        };
        opening::remove_aside(&opening::StoreFolders::of(&self.0.dir), aside_before_ms)?;
        if has_changed {
            self.snapshot_keeping(1)?;
        }
        Ok(count)
    }

    /// What the house consisted of, every state stale.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn registry(&self) -> anyhow::Result<House> {
        registry::read(&self.0.database).context("read the known entities")
    }

    /// Keeps what the house consists of.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_registry(&self, house: &House) -> anyhow::Result<()> {
        registry::keep(&self.0.database, house).context("keep the known entities")
    }

    /// The messages that the embedded broker retains, by topic.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn retained(&self) -> anyhow::Result<Vec<(String, Retained)>> {
        let mut messages = Vec::new();
        let mut bytes = 0;
        self.0.database.each(RETAINED, |topic, value| {
            match (String::from_utf8(topic.to_vec()), Retained::decode(value)) {
                (Ok(topic), Ok(message)) => {
                    bytes += topic.len() + value.len();
                    messages.push((topic, message));
                }
                _ => warn!("A retained message can't be read."),
            }
            Ok(messages.len() < MOST_RETAINED && bytes < MOST_RETAINED_BYTES)
        })?;
        Ok(messages)
    }

    /// Keeps retained messages and forgets those without one. The disk has them within a second.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_retained(&self, changes: &[(String, Option<Retained>)]) -> anyhow::Result<()> {
        let entry = |(topic, message): &(String, Option<Retained>)| {
            let value = message.as_ref().map(Retained::encode).transpose()?;
            let is_too_large = value.as_ref().is_some_and(|value| MOST_RECORD + topic.len() < value.len());
            anyhow::ensure!(!is_too_large, "the retained message at `{topic:.120}` is larger than {MOST_RECORD} bytes");
            Ok((topic.as_bytes().to_vec(), value))
        };
        let changes = changes.iter().map(entry).collect::<anyhow::Result<Vec<_>>>()?;
        self.0.database.change_soon(RETAINED, changes).context("keep retained messages")
    }

    fn forget_examples(&self, what: &Forget) -> anyhow::Result<usize> {
        let mut gone = Vec::new();
        self.0.database.each(EXAMPLES, |key, value| {
            let example: Option<ExampleRecord> = codec::decode(value).ok();
            if example.is_none_or(|one| what.means(key, one.at_ms, one.person.as_deref())) {
                gone.push((key.to_vec(), None));
            }
            Ok(true)
        })?;
        let count = gone.len();
        self.0.database.change(EXAMPLES, gone)?;
        Ok(count)
    }

    fn snapshot_keeping(&self, keep: usize) -> anyhow::Result<PathBuf> {
        let _held = held(&self.0.snapshots);
        let dir = opening::StoreFolders::of(&self.0.dir).snapshots();
        let newest = snapshot::list(&dir)?.first().map_or(0, |newest| newest.number);
        let number = newest.max(self.0.database.number(opening::SNAPSHOT)?) + 1;
        // The database knows of its snapshot before there is one, so it is never the older of the two.
        self.0.database.put(database::META, opening::SNAPSHOT, number.to_be_bytes().to_vec())?;
        snapshot::write(&self.0.database, &dir, number, keep)
    }

    fn snapshot_is_old(&self, now_ms: i64) -> bool {
        let newest = snapshot::list(&opening::StoreFolders::of(&self.0.dir).snapshots())
            .ok()
            .and_then(|list| list.into_iter().next());
        let written = newest
            .and_then(|newest| std::fs::metadata(newest.path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok());
        let written_ms = written.map_or(0, |written| i64::try_from(written.as_millis()).unwrap_or(0));
        FRESH_MS < now_ms.saturating_sub(written_ms)
    }

    fn conversation_ages(&self) -> anyhow::Result<Vec<(i64, Vec<u8>)>> {
        let mut ages = Vec::new();
        self.0.database.each(CONVERSATIONS, |id, value| {
            let age = codec::decode::<ConversationAge>(value).map_or(i64::MIN, |record| record.updated_ms);
            ages.push((age, id.to_vec()));
            Ok(true)
        })?;
        Ok(ages)
    }

    fn read<T: DeserializeOwned>(&self, tree: &str, key: &str) -> anyhow::Result<Option<T>> {
        self.0.database.get(tree, key)?.map(|bytes| codec::decode(&bytes)).transpose()
    }

    fn write<T: Serialize + ?Sized>(&self, tree: &str, key: &str, record: &T) -> anyhow::Result<()> {
        self.0.database.put(tree, key, codec::encode(record)?)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const HOUSE: &str = "house";
const SETTINGS: &str = "settings";
const CONVERSATIONS: &str = "conversations";
const EXAMPLES: &str = "examples";
const RETAINED: &str = "retained";
const KEPT_SNAPSHOTS: usize = 3;
const MOST_CONVERSATIONS: usize = 200;
/// The most messages the broker retains.
pub const MOST_RETAINED: usize = 40_000;
/// The most bytes of topics and payloads the broker retains.
pub const MOST_RETAINED_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of one retained message, all included; a bridge lists all its devices in one.
pub const MOST_RECORD: usize = 6 * 1024 * 1024;
/// A start does not take a snapshot while the last one is younger than this.
const FRESH_MS: i64 = 3_600_000;

#[cfg(test)]
mod tests;
