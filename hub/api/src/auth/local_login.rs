//! The login for the command line: a file that the running hub leaves beside its data.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// How programs on this machine reach the hub.
#[derive(Clone, Serialize, Deserialize)]
pub struct LocalLogin {
    /// Address and port.
    pub address: SocketAddr,
    /// A token that lasts as long as the hub runs.
    pub token: String,
}

impl LocalLogin {
    /// Leaves it in the data folder, for this user's eyes only; an error if it can't be written there.
    pub fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        let path = data_dir.join(FILE);
        let text = serde_json::to_vec(self)?;
        // A new file each time, so that nobody keeps an open handle to an older, readable one. On a full disk there is
        // room only where the old one is.
        let written = replace(data_dir, &path, &text).or_else(|_| overwrite(&path, &text));
        written.with_context(|| format!("write `{}`", path.display()))
    }

    /// The one that the running hub left in its data folder; an error if no hub runs, or this user may not read it.
    pub fn read(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join(FILE);
        let text = std::fs::read(&path).with_context(|| {
            format!("read `{}`; is the hub running, and may you read its data folder?", path.display())
        })?;
        serde_json::from_slice(&text).with_context(|| format!("read `{}`", path.display()))
    }
}

fn replace(dir: &Path, path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(".local-login").tempfile_in(dir)?;
    file.write_all(text)?;
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

fn overwrite(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::options().write(true).open(path)?;
    file.write_all(text)?;
    file.set_len(u64::try_from(text.len()).unwrap_or(u64::MAX))
}

const FILE: &str = "local-login.json";
