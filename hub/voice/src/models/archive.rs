//! Unpacks a model's archive, and nothing that is not a plain file or folder below where it shall go.
//!
//! Believes nothing that the archive says of itself: what comes out is counted while it is written.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use zip::ZipArchive;

/// Unpacks an archive into an empty folder.
///
/// # Errors
/// If it is no archive, would write elsewhere or something else than files and folders, or is far larger than it
/// looks.
pub(super) fn unpack(archive: &Path, into: &Path) -> anyhow::Result<()> {
    let file = File::open(archive).with_context(|| format!("read `{}`", archive.display()))?;
    let packed = file.metadata().with_context(|| format!("read `{}`", archive.display()))?.len();
    let mut archive = ZipArchive::new(io::BufReader::new(file)).context("it is no zip archive")?;
    ensure!(archive.len() <= MOST_ENTRIES, "it has {} entries and no model has {MOST_ENTRIES}", archive.len());
    let most_bytes = packed.saturating_mul(MOST_TIMES).min(MOST_BYTES);
    let mut left = most_bytes;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).context("read the archive")?;
        let name = entry.name().context("read a name in the archive")?.into_owned();
        let path = plain(&name).with_context(|| format!("it would write to `{name}`, outside of its folder"))?;
        ensure!(!entry.is_symlink(), "`{name}` in it is a link, and a model has none");
        let path = into.join(path);
        if entry.is_dir() {
            fs::create_dir_all(&path).with_context(|| format!("make `{}`", path.display()))?;
            continue;
        }
        // One byte more than may come tells whether too much would.
        let written = write(entry.take(left + 1), &path).with_context(|| format!("unpack `{name}`"))?;
        let Some(rest) = left.checked_sub(written) else {
            bail!("it unpacks to more than {most_bytes} bytes, which no model of that size does");
        };
        left = rest;
    }
    Ok(())
}

/// The folder with a model in it: the one that was unpacked into, or the only one in that.
///
/// # Errors
/// If there is none.
pub(super) fn model_in(folder: &Path) -> anyhow::Result<PathBuf> {
    let entries = fs::read_dir(folder).with_context(|| format!("read `{}`", folder.display()))?;
    let inside = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut models = std::iter::once(folder.to_owned()).chain(inside).filter(|folder| is_model(folder));
    let first = models.next().context("there is no recogniser's model in it: `am/final.mdl` is missing")?;
    ensure!(models.next().is_none(), "there is more than one model in it");
    Ok(first)
}

/// Whether a folder looks like a model, as the recogniser's program looks at it.
pub(super) fn is_model(folder: &Path) -> bool {
    ["am/final.mdl", "final.mdl"].iter().any(|file| folder.join(file).is_file())
}

/// A path below a folder, whatever system reads it.
fn plain(name: &str) -> Option<PathBuf> {
    let parts: Vec<&str> = name.trim_end_matches('/').split('/').collect();
    let is_plain = |part: &&str| !matches!(*part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    (name.len() <= LONGEST_NAME && parts.iter().all(is_plain)).then(|| parts.iter().collect())
}

/// Writes a file that is not there yet; says how many bytes it has.
fn write(mut from: impl io::Read, path: &Path) -> anyhow::Result<u64> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create_new(path)?;
    let written = io::copy(&mut from, &mut file)?;
    file.sync_all()?;
    Ok(written)
}

/// Models unpack to less than twice their size.
const MOST_TIMES: u64 = 10;
const MOST_BYTES: u64 = 8 << 30;
/// Theirs have some twenty.
const MOST_ENTRIES: usize = 1000;
const LONGEST_NAME: usize = 250;

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn only_paths_below_are_plain() {
        for name in ["model/am/final.mdl", "model/", "a b.c"] {
            assert!(plain(name).is_some(), "{name}");
        }
        for name in ["", "/", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a\\..\\b", "c:/x", "a\0b"] {
            assert!(plain(name).is_none(), "{name}");
        }
    }
}
