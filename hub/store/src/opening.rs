//! Opening the database: whole, or set aside and restored, or migrated on a copy.
//!
//! Whatever lies on the disk, this ends with an open database, unless the disk itself is in the way.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tracing::{info, warn};

use super::database::{Database, Fault, META, is_full, sync_dir};
use super::migrations::{self, Migration};
use super::snapshot;

/// How the store was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Where the damaged database went.
    pub set_aside: Option<PathBuf>,
    /// What was wrong with it.
    pub reason: Option<String>,
    /// The snapshot that took its place.
    pub restored_from: Option<PathBuf>,
    /// The format it had before it was brought to this one.
    pub migrated_from: Option<u32>,
    /// Whether the last changes are gone though all else is well.
    pub has_lost_its_end: bool,
}

impl Opened {
    /// What a person should know about it; nothing if all was well.
    pub fn sentence(&self) -> Option<String> {
        match (&self.set_aside, &self.restored_from, self.migrated_from) {
            (Some(aside), Some(snapshot), _) => Some(format!(
                "The store was damaged. It was set aside as `{}`, and what `{}` held was restored; what changed after \
                 that is lost.",
                aside.display(),
                snapshot.display()
            )),
            (Some(aside), None, _) => Some(format!(
                "The store was damaged and there was no snapshot to restore. It was set aside as `{}`, \
                 and Hearth starts with an empty one.",
                aside.display()
            )),
            (None, Some(snapshot), _) => {
                Some(format!("The store was missing. What `{}` held was restored.", snapshot.display()))
            }
            (None, None, Some(format)) => Some(format!(
                "The store was brought from format {format} to the present \
             one. The old one is kept until the next start."
            )),
            (None, None, None) if self.has_lost_its_end => Some(
                "The end of the store was damaged, and the last \
             changes before the hub stopped are lost. The disk may be failing."
                    .to_owned(),
            ),
            (None, None, None) => None,
        }
    }
}

/// The places of a store in its directory.
pub(super) struct StoreFolders<'a> {
    dir: &'a Path,
}

impl<'a> StoreFolders<'a> {
    pub(super) fn of(dir: &'a Path) -> Self {
        Self { dir }
    }

    pub(super) fn snapshots(&self) -> PathBuf {
        self.dir.join("snapshots")
    }

    fn current(&self) -> PathBuf {
        self.dir.join("sled")
    }

    fn restored(&self) -> PathBuf {
        self.dir.join("sled.restored")
    }

    fn migrated(&self) -> PathBuf {
        self.dir.join("sled.migrated")
    }

    fn of_format(&self, format: u32) -> PathBuf {
        self.dir.join(format!("sled.v{format}"))
    }

    /// Databases of earlier formats and damaged ones, by the number at their end.
    fn numbered(&self, prefix: &str) -> anyhow::Result<Vec<(u64, PathBuf)>> {
        let entries = std::fs::read_dir(self.dir).with_context(|| format!("list `{}`", self.dir.display()))?;
        let numbered = |path: PathBuf| Some((path.file_name()?.to_str()?.strip_prefix(prefix)?.parse().ok()?, path));
        let mut found: Vec<_> = entries.filter_map(|entry| numbered(entry.ok()?.path())).collect();
        found.sort();
        Ok(found)
    }
}

/// Opens the database in a directory.
pub(super) fn open(dir: &Path, migrations: &[Migration]) -> anyhow::Result<(Database, Opened)> {
    let places = StoreFolders::of(dir);
    finish_interrupted(&places)?;
    let was_there = places.current().exists();
    let reason = match attempt(&places, migrations, Trust::OnlyIfNewer) {
        Ok(Usable { database, migrated_from, has_lost_its_end }) => {
            if migrated_from.is_none() {
                remove_old_formats(&places)?;
            }
            return Ok((database, Opened { migrated_from, has_lost_its_end, ..Opened::default() }));
        }
        Err(Fault::Outside(error)) if is_full(&error) => return copied(&places, error),
        Err(Fault::Outside(error)) => return Err(error),
        Err(Fault::Damaged(reason)) => reason,
    };
    warn!(reason, "The store is damaged.");
    let set_aside = if was_there { Some(set_aside(&places)?) } else { None };
    let (database, restored_from) = restore(&places, migrations)?;
    Ok((database, Opened { set_aside, reason: Some(reason), restored_from, ..Opened::default() }))
}

/// With a full disk not even a database that is only read can be opened, so a copy of it is, where there is room.
/// `full` is why it did not open.
fn copied(places: &StoreFolders<'_>, full: anyhow::Error) -> anyhow::Result<(Database, Opened)> {
    warn!(error = format!("{full:#}"), "The disk is full. What was kept is only read until there is room.");
    let roots = [PathBuf::from("/dev/shm"), std::env::temp_dir()];
    let copied = roots.iter().find_map(|root| {
        let aside = tempfile::Builder::new().prefix("hearth-store-").tempdir_in(root).ok()?;
        copy(&places.current(), &aside.path().join("sled")).ok()?;
        Some(aside)
    });
    let aside = copied.ok_or(full)?;
    let database = Database::open_copy(&places.current(), aside).map_err(|fault| match fault {
        Fault::Damaged(reason) => anyhow::anyhow!("the disk is full, and the store needs repair: {reason}"),
        Fault::Outside(error) => error,
    })?;
    Ok((database, Opened::default()))
}

/// Whether a database must be at least as new as the snapshots beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    Always,
    OnlyIfNewer,
}

/// A database that can be used.
struct Usable {
    database: Database,
    migrated_from: Option<u32>,
    has_lost_its_end: bool,
}

/// Opens what is there, looks whether it can be trusted, and migrates it.
fn attempt(places: &StoreFolders<'_>, migrations: &[Migration], trust: Trust) -> Result<Usable, Fault> {
    let current = migrations::current(migrations);
    let database = Database::open(&places.current())?;
    let has_lost_its_end = database.has_lost_its_end().map_err(damaged)?;
    if trust == Trust::OnlyIfNewer {
        outdated(places, &database)?;
    }
    if database.is_empty().map_err(damaged)? {
        if has_lost_its_end {
            return Err(Fault::Damaged("it is empty and was not".to_owned()));
        }
        database.put(META, FORMAT, current.to_be_bytes().to_vec()).map_err(Fault::Outside)?;
        sync_dir(places.dir).map_err(Fault::Outside)?;
    }
    let format = format(&database)?;
    if current < format {
        return Err(Fault::Damaged(format!("it was written by a newer Hearth, in format {format}")));
    }
    if format == current {
        return Ok(Usable { database, migrated_from: None, has_lost_its_end });
    }
    drop(database);
    migrate(places, migrations, format)?;
    Ok(Usable { database: Database::open(&places.current())?, migrated_from: Some(format), has_lost_its_end })
}

/// A database that does not know of a snapshot taken from it has lost what it once held.
fn outdated(places: &StoreFolders<'_>, database: &Database) -> Result<(), Fault> {
    let known = database.number(SNAPSHOT).map_err(damaged)?;
    let later = snapshot::list(&places.snapshots())
        .map_err(Fault::Outside)?
        .into_iter()
        .take_while(|snapshot| known < snapshot.number);
    for snapshot in later {
        if snapshot::check(&snapshot.path).is_ok() {
            return Err(Fault::Damaged(format!("it is older than its own snapshot {}", snapshot.number)));
        }
    }
    Ok(())
}

fn restore(places: &StoreFolders<'_>, migrations: &[Migration]) -> anyhow::Result<(Database, Option<PathBuf>)> {
    for snapshot in snapshot::list(&places.snapshots())? {
        match restore_one(places, migrations, &snapshot.path) {
            Ok(database) => return Ok((database, Some(snapshot.path))),
            Err(Fault::Outside(error)) => return Err(error),
            Err(Fault::Damaged(reason)) => {
                warn!(reason, snapshot = %snapshot.path.display(), "A snapshot could not be restored.")
            }
        }
    }
    remove(&places.current())?;
    match attempt(places, migrations, Trust::Always) {
        Ok(usable) => Ok((usable.database, None)),
        Err(Fault::Outside(error)) => Err(error),
        Err(Fault::Damaged(reason)) => anyhow::bail!("even an empty store does not open: {reason}"),
    }
}

fn restore_one(places: &StoreFolders<'_>, migrations: &[Migration], snapshot: &Path) -> Result<Database, Fault> {
    remove(&places.current()).map_err(Fault::Outside)?;
    remove(&places.restored()).map_err(Fault::Outside)?;
    snapshot::check(snapshot).map_err(damaged)?;
    let restored = Database::open(&places.restored())?;
    snapshot::restore(snapshot, &restored).map_err(damaged)?;
    drop(restored);
    rename(&places.restored(), &places.current()).map_err(Fault::Outside)?;
    sync_dir(places.dir).map_err(Fault::Outside)?;
    attempt(places, migrations, Trust::Always).map(|usable| usable.database)
}

/// Migrates a copy and lets it take the place of the original, which stays beside it.
fn migrate(places: &StoreFolders<'_>, migrations: &[Migration], from: u32) -> Result<(), Fault> {
    let (current, migrated, old) = (places.current(), places.migrated(), places.of_format(from));
    copy(&current, &migrated).map_err(Fault::Outside)?;
    let copy = Database::open(&migrated)?;
    migrations::run(migrations, from, &copy)
        .and_then(|()| copy.put(META, FORMAT, migrations::current(migrations).to_be_bytes().to_vec()))
        .with_context(|| format!("migrate from format {from}"))
        .map_err(damaged)?;
    drop(copy);
    remove(&old).map_err(Fault::Outside)?;
    // Between these two there is no current database; `finish_interrupted` knows that the new one is whole then.
    rename(&current, &old).map_err(Fault::Outside)?;
    rename(&migrated, &current).map_err(Fault::Outside)?;
    sync_dir(places.dir).map_err(Fault::Outside)?;
    info!(from, to = migrations::current(migrations), "The store was migrated.");
    Ok(())
}

/// Ends what a loss of power interrupted in the middle of a migration, and clears away what it left behind.
fn finish_interrupted(places: &StoreFolders<'_>) -> anyhow::Result<()> {
    let (current, migrated) = (places.current(), places.migrated());
    let was_replacing = !current.exists() && migrated.exists() && !places.numbered("sled.v")?.is_empty();
    if was_replacing {
        rename(&migrated, &current)?;
        sync_dir(places.dir)?;
    }
    remove(&migrated)?;
    remove(&places.restored())
}

fn remove_old_formats(places: &StoreFolders<'_>) -> anyhow::Result<()> {
    places.numbered("sled.v")?.iter().try_for_each(|(_, path)| remove(path))
}

/// Moves the database out of the way, and lets go of the oldest of those moved before.
fn set_aside(places: &StoreFolders<'_>) -> anyhow::Result<PathBuf> {
    let before = places.numbered(ASIDE)?;
    let number = before.last().map_or(0, |(number, _)| *number) + 1;
    let aside = places.dir.join(format!("{ASIDE}{number}"));
    rename(&places.current(), &aside)?;
    sync_dir(places.dir)?;
    let surplus = (before.len() + 1).saturating_sub(KEPT_ASIDE);
    before.iter().take(surplus).try_for_each(|(_, path)| remove(path))?;
    Ok(aside)
}

/// Removes databases that were set aside or belong to an older format, if they were last written before a moment.
pub(super) fn remove_aside(places: &StoreFolders<'_>, before_ms: i64) -> anyhow::Result<()> {
    for prefix in [ASIDE, "sled.v"] {
        for (_, path) in places.numbered(prefix)? {
            let written = std::fs::metadata(&path)
                .and_then(|meta| meta.modified())
                .ok()
                .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            let written_ms = written.and_then(|at| i64::try_from(at.as_millis()).ok()).unwrap_or(0);
            if written_ms < before_ms {
                remove(&path)?;
            }
        }
    }
    Ok(())
}

fn format(database: &Database) -> Result<u32, Fault> {
    let bytes = database.get(META, FORMAT).map_err(damaged)?;
    let bytes: Option<[u8; 4]> = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.map(u32::from_be_bytes).ok_or_else(|| Fault::Damaged("it does not say its format".to_owned()))
}

fn damaged(error: anyhow::Error) -> Fault {
    Fault::Damaged(format!("{error:#}"))
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    remove(to)?;
    std::fs::create_dir_all(to).with_context(|| format!("make `{}`", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("list `{}`", from.display()))? {
        let entry = entry.with_context(|| format!("list `{}`", from.display()))?;
        let target = to.join(entry.file_name());
        if entry.file_type().context("look at the store")?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target).with_context(|| format!("copy `{}`", entry.path().display()))?;
            std::fs::File::open(&target)
                .and_then(|file| file.sync_all())
                .with_context(|| format!("sync `{}`", target.display()))?;
        }
    }
    sync_dir(to)
}

fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::rename(from, to).with_context(|| format!("move `{}` to `{}`", from.display(), to.display()))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}

/// The number of the last snapshot that was begun.
pub(super) const SNAPSHOT: &str = "snapshot";
const FORMAT: &str = "format";
const ASIDE: &str = "sled.damaged-";
/// Damaged databases that are kept for whoever wants to look at them.
const KEPT_ASIDE: usize = 3;
