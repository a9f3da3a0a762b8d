//! `models/manifest.toml`: which model is shipped, what it is, and where it came from.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

/// What the hub needs of the manifest; the rest is for people.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Manifest {
    /// The model's file, beside the manifest.
    pub(crate) file: String,
    /// Its SHA-256.
    pub(crate) sha256: String,
    /// The dialect of the intent code that it speaks.
    pub(crate) dialect: u32,
    /// Below this probability its reading is not acted on.
    pub(crate) least_confidence: f64,
}

impl Manifest {
    /// Reads the manifest of a folder.
    pub(crate) fn read(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join("manifest.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("read `{}`", path.display()))?;
        let manifest: Self = toml::from_str(&text).with_context(|| format!("read `{}`", path.display()))?;
        anyhow::ensure!(
            manifest.dialect == mind::code::DIALECT,
            "the model of `{}` speaks dialect {} and this hub speaks {}",
            path.display(),
            manifest.dialect,
            mind::code::DIALECT
        );
        anyhow::ensure!(!manifest.file.contains('/'), "the model's file must lie beside its manifest");
        Ok(manifest)
    }
}
