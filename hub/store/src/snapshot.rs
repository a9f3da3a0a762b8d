//! Snapshots: the whole database in one checksummed file, and back.
//!
//! Layout: a magic line, then entries (`1`, tree, key, value with their lengths), then `0` and the
//! SHA-256 of all before it. Knows nothing of what the records mean.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::database::{Database, sync_dir};

/// A snapshot on the disk.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    /// Its number; later ones are larger.
    pub(super) number: u64,
    /// Where it is.
    pub(super) path: PathBuf,
}

/// The snapshots in a directory, newest first.
pub(super) fn list(dir: &Path) -> anyhow::Result<Vec<Snapshot>> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("list `{}`", dir.display())),
    };
    let numbered = |path: PathBuf| {
        let number = path.file_name()?.to_str()?.strip_suffix(".snap")?.parse().ok()?;
        Some(Snapshot { number, path })
    };
    let mut snapshots: Vec<_> = entries.filter_map(|entry| numbered(entry.ok()?.path())).collect();
    snapshots.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.number));
    Ok(snapshots)
}

/// Writes a snapshot of the database and drops all but the newest `keep`.
pub(super) fn write(database: &Database, dir: &Path, number: u64, keep: usize) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(dir).with_context(|| format!("make `{}`", dir.display()))?;
    let path = dir.join(format!("{number:06}.snap"));
    let unfinished = dir.join("unfinished");
    let file = File::create(&unfinished).with_context(|| format!("make `{}`", unfinished.display()))?;
    let mut out = Hashed { inner: BufWriter::new(file), hash: Sha256::new() };
    export(database, &mut out).context("write a snapshot")?;
    let Hashed { mut inner, hash } = out;
    inner.write_all(&hash.finalize()).context("write a snapshot")?;
    let file = inner.into_inner().context("write a snapshot")?;
    file.sync_all().context("sync a snapshot to the disk")?;
    std::fs::rename(&unfinished, &path).with_context(|| format!("name a snapshot `{}`", path.display()))?;
    sync_dir(dir)?;
    for old in list(dir)?.into_iter().skip(keep) {
        std::fs::remove_file(&old.path).with_context(|| format!("remove `{}`", old.path.display()))?;
    }
    Ok(path)
}

/// Whether a snapshot is whole.
pub(super) fn check(path: &Path) -> anyhow::Result<()> {
    let file = File::open(path).with_context(|| format!("open `{}`", path.display()))?;
    let length = file.metadata().context("measure a snapshot")?.len();
    let body = length.checked_sub(HASH_BYTES).context("the snapshot is too short")?;
    let mut input = BufReader::new(file);
    let mut hash = Sha256::new();
    std::io::copy(&mut (&mut input).take(body), &mut hash).context("read a snapshot")?;
    let mut wanted = Vec::new();
    input.read_to_end(&mut wanted).context("read a snapshot")?;
    anyhow::ensure!(hash.finalize().as_slice() == wanted, "the snapshot's checksum is wrong");
    Ok(())
}

/// Puts a whole snapshot into an empty database.
pub(super) fn restore(path: &Path, database: &Database) -> anyhow::Result<()> {
    check(path)?;
    let mut input = BufReader::new(File::open(path).with_context(|| format!("open `{}`", path.display()))?);
    let magic = bytes(&mut input, MAGIC.len())?;
    anyhow::ensure!(magic == MAGIC, "this is no snapshot");
    let mut batch = Batch::default();
    loop {
        match bytes(&mut input, 1)?.first() {
            Some(1) => {
                let tree = String::from_utf8(field(&mut input)?).context("a tree's name is no text")?;
                let (key, value) = (field(&mut input)?, field(&mut input)?);
                batch.add(database, tree, key, value)?;
            }
            Some(0) => break,
            _ => anyhow::bail!("the snapshot has an unknown entry"),
        }
    }
    batch.write(database)?;
    database.sync()
}

/// Entries of one tree that wait to be written together.
#[derive(Default)]
struct Batch {
    tree: String,
    entries: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Batch {
    fn add(&mut self, database: &Database, tree: String, key: Vec<u8>, value: Vec<u8>) -> anyhow::Result<()> {
        if self.tree != tree || BATCH <= self.entries.len() {
            self.write(database)?;
            self.tree = tree;
        }
        self.entries.push((key, Some(value)));
        Ok(())
    }

    fn write(&mut self, database: &Database) -> anyhow::Result<()> {
        let entries = std::mem::take(&mut self.entries);
        if entries.is_empty() { Ok(()) } else { database.change_soon(&self.tree, entries) }
    }
}

fn export(database: &Database, out: &mut Hashed) -> anyhow::Result<()> {
    out.write_all(MAGIC)?;
    for tree in database.tree_names()? {
        database.each(&tree, |key, value| {
            out.write_all(&[1])?;
            for part in [tree.as_bytes(), key, value] {
                let length = u32::try_from(part.len()).context("a record is too large for a snapshot")?;
                out.write_all(&length.to_be_bytes())?;
                out.write_all(part)?;
            }
            Ok(true)
        })?;
    }
    out.write_all(&[0])?;
    Ok(())
}

struct Hashed {
    inner: BufWriter<File>,
    hash: Sha256,
}

impl Hashed {
    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hash.update(bytes);
        self.inner.write_all(bytes)
    }
}

fn field(input: &mut impl Read) -> anyhow::Result<Vec<u8>> {
    let length = bytes(input, 4)?;
    let length = u32::from_be_bytes(length.try_into().map_err(|_| anyhow::anyhow!("a length is cut off"))?);
    anyhow::ensure!(length <= MOST_FIELD, "the snapshot has a field of {length} bytes");
    bytes(input, usize::try_from(length)?)
}

fn bytes(input: &mut impl Read, count: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    input.read_exact(&mut bytes).context("the snapshot is cut off")?;
    Ok(bytes)
}

const MAGIC: &[u8] = b"hearth snapshot 1\n";
const HASH_BYTES: u64 = 32;
/// Far above what the store accepts as a record.
const MOST_FIELD: u32 = 8 * 1024 * 1024;
/// Entries written at once.
const BATCH: usize = 500;
