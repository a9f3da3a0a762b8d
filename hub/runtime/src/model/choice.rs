//! Which model of a folder was chosen, kept beside the models. Knows no kind of model.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The choice as it is kept.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The model in use.
    pub name: String,
    /// The one before.
    pub previous: String,
}

impl Choice {
    /// The choice among the models of a folder, if one was made.
    ///
    /// # Errors
    /// If it is there and can't be read.
    pub fn read(folder: &Path) -> anyhow::Result<Option<Self>> {
        let path = folder.join(IN_USE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("read `{}`", path.display())),
        };
        toml::from_str(&text).map(Some).with_context(|| format!("read `{}`", path.display()))
    }

    /// Keeps the choice: on the disk is the old one or the new one, whatever happens in between.
    ///
    /// # Errors
    /// If the folder can't be written.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        // The hub may run as another user than whoever chooses for it.
        let readable: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        let write = || -> anyhow::Result<()> {
            std::fs::create_dir_all(folder)?;
            let mut file =
                tempfile::Builder::new().prefix(".in-use").permissions(readable.clone()).tempfile_in(folder)?;
            std::io::Write::write_all(&mut file, toml::to_string(self)?.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(folder.join(IN_USE))?;
            std::fs::File::open(folder)?.sync_all()?;
            Ok(())
        };
        write().with_context(|| format!("keep the choice in `{}`", folder.display()))
    }
}

/// When somebody last chose among the models of a folder; none if nobody ever did.
pub fn changed_at(folder: &Path) -> Option<SystemTime> {
    std::fs::metadata(folder.join(IN_USE)).and_then(|file| file.modified()).ok()
}

/// Whether a name may be that of a model that was pulled: it becomes a folder's.
pub fn is_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    name != IN_USE && (1..=64).contains(&name.len()) && !name.starts_with('.') && name.chars().all(is_plain)
}

/// The names of the models in a folder, in order; none where there is no folder.
///
/// # Errors
/// If the folder is there and can't be read.
pub fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    if folder.exists() {
        for entry in std::fs::read_dir(folder).with_context(|| format!("read `{}`", folder.display()))? {
            let entry = entry.with_context(|| format!("read `{}`", folder.display()))?;
            names.extend(entry.file_name().into_string().ok().filter(|name| is_name(name) && entry.path().is_dir()));
        }
    }
    names.sort();
    Ok(names)
}

/// Rows for a terminal, each cell as wide as the widest of its column.
pub fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

const IN_USE: &str = "in-use.toml";
