//! Files of one JSON object a line: bad lines are told and skipped, never fatal.

use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a file held: the good lines, and whether there were bad ones.
pub(crate) struct Lines<T> {
    /// The good lines.
    pub(crate) rows: Vec<T>,
    /// Whether some lines were skipped.
    pub(crate) had_bad: bool,
}

/// Reads a file; each bad line is told on the standard error with its place.
#[expect(clippy::print_stderr, reason = "a command line tool tells its user here")]
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Lines<T>> {
    let file = std::fs::File::open(path).with_context(|| format!("open `{}`", path.display()))?;
    let mut out = Lines { rows: Vec::new(), had_bad: false };
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.with_context(|| format!("read `{}`", path.display()))?;
        let line = String::from_utf8_lossy(&line);
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(line.trim()) {
            Ok(row) => out.rows.push(row),
            Err(error) => {
                out.had_bad = true;
                eprintln!("{}:{}: line skipped: {error}", path.display(), index + 1);
            }
        }
    }
    Ok(out)
}

/// A file that is written line by line.
pub(crate) struct Writer {
    file: BufWriter<std::fs::File>,
    path: std::path::PathBuf,
}

impl Writer {
    /// Creates the file.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let file = std::fs::File::create(path).with_context(|| format!("create `{}`", path.display()))?;
        Ok(Self { file: BufWriter::new(file), path: path.to_owned() })
    }

    /// Writes one row.
    pub(crate) fn row<T: Serialize>(&mut self, row: &T) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.file, row)?;
        self.file.write_all(b"\n").with_context(|| format!("write `{}`", self.path.display()))
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.file.flush().with_context(|| format!("write `{}`", self.path.display()))
    }
}
