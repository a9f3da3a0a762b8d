//! The sled database and how a write becomes durable.
//!
//! Knows trees, keys and bytes. Knows nothing of what they mean.
//!
//! sled keeps the first error of the disk for ever. So a database that could not write is opened anew before the next
//! write, as soon as the disk has room; until then it is only read.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use tracing::{error, info};

/// An open database.
pub(super) struct Database {
    // A lock, because it may be opened anew; held to look at it only. Empty after that failed.
    opened: Mutex<Option<Arc<Files>>>,
    path: PathBuf,
    /// Whether the disk took the last write.
    can_write: AtomicBool,
    written: AtomicU64,
    // A lock, not a task with a channel: callers are plain functions, and whoever waits here is
    // served by the sync that whoever went first has already paid for.
    synced: Mutex<Synced>,
}

/// What an open database holds.
struct Files {
    db: sled::Db,
    file: File,
    mark: File,
    /// Where it lies while its own disk has no room even to open it.
    _aside: Option<TempDir>,
}

/// Why something was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unkept {
    /// Nothing can be written now.
    #[error("the disk of the store is full or can't be written")]
    NoRoom,
    /// The store did not take it.
    #[error("the store did not take it")]
    Failed,
}

/// How far the disk is known to have everything.
#[derive(Default)]
struct Synced {
    upto: u64,
    /// The number of syncs in the life of the database.
    sequence: u64,
    blobs: BTreeSet<OsString>,
}

/// Why a database did not open.
#[derive(Debug)]
pub(super) enum Fault {
    /// Its content can't be trusted.
    Damaged(String),
    /// The disk or its permissions are in the way; the content may well be whole.
    Outside(anyhow::Error),
}

impl Database {
    /// Opens or makes the database at a path and reads every key of it once.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let database = Self::of(path, Files::open(path, None)?)?;
        sync_dir(path).map_err(|error| Fault::Outside(error.context("sync the store's directory")))?;
        Ok(database)
    }

    /// Opens a copy of the database at a path, which lies where there is room. It is only read, and the database itself
    /// takes its place once its disk has room.
    pub(super) fn open_copy(path: &Path, aside: TempDir) -> Result<Self, Fault> {
        let copy = aside.path().join("sled");
        let database = Self::of(path, Files::open(&copy, Some(aside))?)?;
        database.can_write.store(false, Ordering::SeqCst);
        Ok(database)
    }

    fn of(path: &Path, files: Files) -> Result<Self, Fault> {
        let mut database = Self {
            opened: Mutex::new(Some(Arc::new(files))),
            path: path.to_owned(),
            can_write: AtomicBool::new(true),
            written: AtomicU64::new(0),
            synced: Mutex::default(),
        };
        database.read_all().map_err(damaged)?;
        let sequence = database.number(SEQUENCE).map_err(damaged)?;
        database.synced = Mutex::new(Synced { sequence, ..Synced::default() });
        Ok(database)
    }

    /// Whether the disk took the last write.
    pub(super) fn can_write(&self) -> bool {
        self.can_write.load(Ordering::SeqCst)
    }

    /// Opens the database anew if it could not write and the disk has room.
    pub(super) fn revive(&self) -> anyhow::Result<()> {
        if self.can_write() {
            return Ok(());
        }
        // Whoever syncs holds this too, and looks at the files after that.
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if self.can_write() {
            return Ok(());
        }
        has_room(&self.path).map_err(|error| anyhow::Error::new(error).context(Unkept::NoRoom))?;
        // Its last flush may fail once more, and sled panics then.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self.hold().take())));
        let files = Files::open(&self.path, None).map_err(|fault| match fault {
            Fault::Damaged(reason) => anyhow::anyhow!("the store does not open any more: {reason}"),
            Fault::Outside(error) => error,
        })?;
        *self.hold() = Some(Arc::new(files));
        *synced = Synced { sequence: self.number(SEQUENCE)?, ..Synced::default() };
        self.can_write.store(true, Ordering::SeqCst);
        info!("The disk has room again; the store is written as before.");
        Ok(())
    }

    fn hold(&self) -> std::sync::MutexGuard<'_, Option<Arc<Files>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self) -> anyhow::Result<Arc<Files>> {
        self.hold().clone().ok_or_else(|| anyhow::Error::new(Unkept::NoRoom))
    }

    /// Notes that the disk did not take a write.
    fn noted<T>(&self, result: anyhow::Result<T>) -> anyhow::Result<T> {
        result.map_err(|error| {
            let is_disk = error
                .chain()
                .any(|cause| cause.is::<std::io::Error>() || matches!(cause.downcast_ref(), Some(sled::Error::Io(_))));
            if !is_disk {
                return error.context(Unkept::Failed);
            }
            if self.can_write.swap(false, Ordering::SeqCst) {
                error!(error = format!("{error:#}"), "The disk does not take what is to be kept; nothing new is kept.");
            }
            error.context(Unkept::NoRoom)
        })
    }

    /// Whether the disk once had more than it has: sled takes a spoilt end of its log for an unfinished write.
    pub(super) fn has_lost_its_end(&self) -> anyhow::Result<bool> {
        let mut mark = [0; 8];
        let is_marked = self.files()?.mark.read_exact_at(&mut mark, 0).is_ok();
        Ok(is_marked && self.number(SEQUENCE)? < u64::from_be_bytes(mark))
    }

    /// A number in the meta tree; 0 if it is missing.
    pub(super) fn number(&self, key: &str) -> anyhow::Result<u64> {
        let bytes: Option<[u8; 8]> = self.get(META, key)?.and_then(|bytes| bytes.try_into().ok());
        Ok(bytes.map_or(0, u64::from_be_bytes))
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> anyhow::Result<bool> {
        Ok(self.trees()?.iter().all(|(_, tree)| tree.is_empty()))
    }

    /// The value of a key.
    pub(super) fn get(&self, tree: &str, key: impl AsRef<[u8]>) -> anyhow::Result<Option<Vec<u8>>> {
        let value = self.guarded(tree, "read", |tree| tree.get(key))?;
        Ok(value.map(|value| value.to_vec()))
    }

    /// Writes a key. When this returns, the value survives a loss of power.
    pub(super) fn put(&self, tree: &str, key: impl AsRef<[u8]>, value: Vec<u8>) -> anyhow::Result<()> {
        anyhow::ensure!(value.len() <= MOST_BYTES, "a record of {} bytes is too large for the store", value.len());
        self.revive()?;
        self.noted(self.guarded(tree, "write", |tree| tree.insert(key, value)))?;
        self.sync()
    }

    /// Makes several changes to one tree at once: all of them or none, durable when this returns.
    pub(super) fn change(&self, tree: &str, changes: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> anyhow::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        self.change_soon(tree, changes)?;
        self.sync()
    }

    /// Makes several changes at once. The disk has them within a second.
    pub(super) fn change_soon(&self, tree: &str, changes: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> anyhow::Result<()> {
        self.revive()?;
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.noted(self.guarded(tree, "write", |tree| tree.apply_batch(batch)))
    }

    /// Calls `each` with the keys and values of a tree in order, until it says false.
    pub(super) fn each(
        &self,
        tree: &str,
        mut each: impl FnMut(&[u8], &[u8]) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let tree = self.tree(tree)?;
        let mut entries = tree.iter();
        while let Some((key, value)) = unwinding("read", || entries.next().transpose())? {
            if !each(&key, &value)? {
                break;
            }
        }
        Ok(())
    }

    /// The last entries before a key, newest first; from the end without one.
    pub(super) fn last(
        &self,
        tree: &str,
        before: Option<&[u8]>,
        limit: usize,
    ) -> anyhow::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let tree = self.tree(tree)?;
        let mut entries = match before {
            Some(key) => tree.range::<&[u8], _>(..key),
            None => tree.iter(),
        };
        let mut found = Vec::new();
        while found.len() < limit {
            let Some((key, value)) = unwinding("read", || entries.next_back().transpose())? else { break };
            found.push((key.to_vec(), value.to_vec()));
        }
        Ok(found)
    }

    /// The names of all trees but sled's own.
    pub(super) fn tree_names(&self) -> anyhow::Result<Vec<String>> {
        let files = self.files()?;
        let names = unwinding("list", || Ok(files.db.tree_names()))?;
        Ok(names
            .iter()
            .filter_map(|name| std::str::from_utf8(name).ok())
            .filter(|name| *name != SLEDS_OWN)
            .map(str::to_owned)
            .collect())
    }

    /// Brings everything written so far to the disk. Writers that wait for each other share one sync.
    pub(super) fn sync(&self) -> anyhow::Result<()> {
        self.noted(self.bring_to_disk())
    }

    fn bring_to_disk(&self) -> anyhow::Result<()> {
        let ticket = self.written.fetch_add(1, Ordering::SeqCst) + 1;
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if ticket <= synced.upto {
            return Ok(());
        }
        let upto = self.written.load(Ordering::SeqCst);
        let sequence = (synced.sequence + 1).to_be_bytes();
        self.guarded(META, "write", |tree| tree.insert(SEQUENCE, &sequence))?;
        let files = self.files()?;
        unwinding("flush", || files.db.flush())?;
        // On Linux sled's flush asks the kernel to start writing but not to finish:
        // it survives a crash of the process, not a loss of power.
        self.sync_blobs(&mut synced.blobs)?;
        files.file.sync_data().context("sync the store to the disk")?;
        // Never synced: it may lag behind the database, but must not run ahead of it.
        files.mark.write_all_at(&sequence, 0).context("mark how far the store is written")?;
        synced.sequence += 1;
        synced.upto = upto;
        Ok(())
    }

    /// sled puts oversized pages into files of their own and never syncs those.
    fn sync_blobs(&self, known: &mut BTreeSet<OsString>) -> anyhow::Result<()> {
        let dir = self.path.join("blobs");
        let mut present = BTreeSet::new();
        let mut has_new = false;
        for entry in std::fs::read_dir(&dir).context("list the store's large values")? {
            let name = entry.context("list the store's large values")?.file_name();
            if !known.contains(&name) {
                has_new = true;
                match File::open(dir.join(&name)) {
                    Ok(file) => file.sync_data().context("sync a large value to the disk")?,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(error).context("sync a large value to the disk"),
                }
            }
            present.insert(name);
        }
        *known = present;
        if has_new { sync_dir(&dir) } else { Ok(()) }
    }

    fn read_all(&self) -> anyhow::Result<()> {
        for (name, tree) in self.trees()? {
            let mut entries = tree.iter();
            while unwinding("read", || entries.next().transpose()).with_context(|| format!("in `{name}`"))?.is_some() {}
        }
        Ok(())
    }

    fn trees(&self) -> anyhow::Result<Vec<(String, sled::Tree)>> {
        self.tree_names()?.into_iter().map(|name| self.tree(&name).map(|tree| (name, tree))).collect()
    }

    fn tree(&self, name: &str) -> anyhow::Result<sled::Tree> {
        let files = self.files()?;
        unwinding("open", || files.db.open_tree(name)).with_context(|| format!("in `{name}`"))
    }

    fn guarded<T>(
        &self,
        tree: &str,
        act: &str,
        call: impl FnOnce(&sled::Tree) -> sled::Result<T>,
    ) -> anyhow::Result<T> {
        let opened = self.tree(tree)?;
        unwinding(act, || call(&opened)).with_context(|| format!("in `{tree}`"))
    }
}

impl Files {
    fn open(path: &Path, aside: Option<TempDir>) -> Result<Self, Fault> {
        let db = open_unlocked(path)?;
        let file = File::open(path.join("db")).map_err(|error| outside(error, path))?;
        let mark = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("mark"))
            .map_err(|error| outside(error, path))?;
        Ok(Self { db, file, mark, _aside: aside })
    }
}

/// Whether the disk takes what opening the database and its next writes need.
fn has_room(path: &Path) -> std::io::Result<()> {
    let probe = path.with_extension("probe");
    let written = std::fs::write(&probe, vec![0; 2 * SEGMENT_BYTES]);
    std::fs::remove_file(&probe)?;
    written
}

/// Makes a directory's entries durable.
pub(super) fn sync_dir(path: &Path) -> anyhow::Result<()> {
    let dir = File::open(path).with_context(|| format!("open `{}`", path.display()))?;
    dir.sync_all().with_context(|| format!("sync `{}`", path.display()))
}

/// sled lets go of its files a moment after it is dropped, so a lock is waited for.
fn open_unlocked(path: &Path) -> Result<sled::Db, Fault> {
    // The segment size decides from which size on a page becomes a file of its own.
    let config = sled::Config::new().path(path).cache_capacity(CACHE_BYTES).segment_size(SEGMENT_BYTES);
    let mut tries = 0;
    loop {
        let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
        match opened {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(error)) if is_locked(&error) && tries < LOCK_TRIES => {
                tries += 1;
                std::thread::sleep(LOCK_PAUSE);
            }
            Ok(Err(sled::Error::Io(error))) if is_outside(&error) => return Err(outside(error, path)),
            Ok(Err(error)) => return Err(Fault::Damaged(error.to_string())),
            Err(panic) => return Err(Fault::Damaged(said(&*panic))),
        }
    }
}

fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

/// Whether an error says that the disk has no room.
pub(super) fn is_full(error: &anyhow::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let is_so = |error: &std::io::Error| matches!(error.kind(), StorageFull | QuotaExceeded);
    error.chain().any(|cause| match (cause.downcast_ref(), cause.downcast_ref()) {
        (Some(error), _) | (None, Some(sled::Error::Io(error))) => is_so(error),
        (None, _) => false,
    })
}

/// Whether an error speaks of the disk or the system rather than of what is written there.
fn is_outside(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{OutOfMemory, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let is_exhausted = matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE));
    is_exhausted
        || matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | StorageFull | QuotaExceeded | OutOfMemory)
        || error.to_string().contains("could not acquire lock")
}

fn damaged(error: anyhow::Error) -> Fault {
    Fault::Damaged(format!("{error:#}"))
}

fn outside(error: std::io::Error, path: &Path) -> Fault {
    Fault::Outside(anyhow::Error::new(error).context(format!("open the store in `{}`", path.display())))
}

/// Calls sled so that a panic inside it is an error here.
fn unwinding<T>(act: &str, call: impl FnOnce() -> sled::Result<T>) -> anyhow::Result<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.with_context(|| format!("{act} the store")),
        Err(panic) => Err(anyhow::anyhow!("{}", said(&*panic)).context(format!("{act} the store"))),
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    format!("the database panicked: {}", text.unwrap_or_else(|| "without a word".to_owned()))
}

/// The tree of what the store knows of itself.
pub(super) const META: &str = "meta";
/// How often the database was brought to the disk.
const SEQUENCE: &str = "sequence";
/// The tree sled always has; Hearth keeps nothing in it.
const SLEDS_OWN: &str = "__sled__default";
/// Pages stay in the log up to a quarter of this.
const SEGMENT_BYTES: usize = 2 * 1024 * 1024;
/// sled's own default would let it take a gigabyte.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// No record has a reason to be larger.
const MOST_BYTES: usize = 1024 * 1024;
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
