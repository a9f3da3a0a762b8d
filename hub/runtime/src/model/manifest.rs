//! `manifest.toml` beside a model: what the file is, where it came from, and how sure it must be.
//!
//! Reads and checks what is written; opens no model.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use mind::decide::{PlanThresholds, Thresholds};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// What the hub needs of the manifest; the rest is for people.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    /// The network that writes the code.
    pub decoder: ManifestFile,
    /// The network that reads what was said.
    pub encoder: ManifestFile,
    /// The dialect of the intent code that it speaks.
    pub dialect: u32,
    /// Below this probability its reading is not acted on.
    pub least_confidence: f64,
    /// From this probability on its reading is asked back about; absent, it never is.
    pub ask_confidence: Option<f64>,
    /// Below this the second opinion keeps its reading from being acted on; absent, it never does.
    pub least_for_house: Option<f64>,
    /// What readings about lists, timers, alarms and plans need besides; absent, no more than others.
    pub plans: Option<ManifestPlans>,
    /// The weights' licence.
    pub licence: Option<String>,
}

/// What readings about lists, timers, alarms and plans need, to act and to answer.
#[derive(Clone, Debug, Deserialize)]
pub struct ManifestPlans {
    /// Below this probability its reading counts for nothing.
    pub least_confidence: f64,
    /// Below this of the second opinion too.
    pub least_for_house: f64,
}

/// One of the two files of a model, beside its manifest.
#[derive(Clone, Debug, Deserialize)]
pub struct ManifestFile {
    /// Its name.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its size.
    pub size_bytes: Option<u64>,
}

impl ManifestFile {
    fn check(&self) -> anyhow::Result<()> {
        let is_bare = Path::new(&self.file).file_name().is_some_and(|name| name == self.file.as_str());
        ensure!(
            is_bare && !self.file.starts_with('.') && self.file != FILE,
            "`{}` is no file beside its manifest",
            self.file
        );
        ensure!(is_sha256(&self.sha256), "`{}` is no SHA-256", self.sha256);
        Ok(())
    }
}

impl Manifest {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// If there is none, or it is unfit as of [`Self::parse`].
    pub fn read(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(FILE);
        let mut text = String::new();
        std::fs::File::open(&path)
            .and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text))
            .with_context(|| format!("read `{}`", path.display()))?;
        Self::parse(&text).with_context(|| format!("read `{}`", path.display()))
    }

    /// Reads a manifest's text and checks it.
    ///
    /// # Errors
    /// If it is larger than any manifest, no TOML, of an unknown dialect, or a value makes no sense.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        ensure!(text.len() as u64 <= MOST_BYTES, "a manifest is at most {MOST_BYTES} bytes");
        let manifest: Self = toml::from_str(text)?;
        manifest.decoder.check()?;
        manifest.encoder.check()?;
        ensure!(manifest.decoder.file != manifest.encoder.file, "a model's two files have one name");
        if manifest.thresholds().is_none() {
            bail!(
                "least_confidence, ask_confidence and least_for_house are probabilities, and asking comes no later \
                 than acting"
            );
        }
        Ok(manifest)
    }

    /// Both files.
    pub fn files(&self) -> [&ManifestFile; 2] {
        [&self.decoder, &self.encoder]
    }

    /// How sure this model must be.
    pub fn thresholds(&self) -> Option<Thresholds> {
        let usual = Thresholds::new(self.least_confidence, self.ask_confidence, self.least_for_house.unwrap_or(0.0))?;
        usual.with_plans(self.plan_thresholds())
    }

    /// How sure it must be where lists, timers, alarms and plans are spoken of.
    pub fn plan_thresholds(&self) -> PlanThresholds {
        let plans = self.plans.as_ref();
        plans.map(|own| PlanThresholds { sure: own.least_confidence, house: own.least_for_house }).unwrap_or_default()
    }

    /// An error if this hub does not speak the model's dialect.
    pub fn check_dialect(&self) -> anyhow::Result<()> {
        ensure!(
            self.dialect == mind::understand::code::DIALECT,
            "the model speaks dialect {} of the intent code and this hub speaks {}: it needs a model made for this \
             version",
            self.dialect,
            mind::understand::code::DIALECT
        );
        Ok(())
    }
}

/// Whether a text is a SHA-256 in hexadecimal.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A file's SHA-256 in hexadecimal.
///
/// # Errors
/// If the file can't be read.
pub fn sha256_of(path: &Path) -> anyhow::Result<String> {
    let mut file = std::fs::File::open(path).with_context(|| format!("read `{}`", path.display()))?;
    let mut hasher = Sha256::new();
    std::io::copy(&mut file, &mut hasher).with_context(|| format!("read `{}`", path.display()))?;
    Ok(hex::encode(hasher.finalize()))
}

/// Its name in a model's folder.
pub const FILE: &str = "manifest.toml";
/// A manifest is a page of text.
pub const MOST_BYTES: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "dialect = 3\nleast_confidence = 0.4\ndecoder = { file = \"m.gguf\", sha256 = \"HASH\" }\n\
                        encoder = { file = \"e.gguf\", sha256 = \"HASH\" }\n";

    fn parse(text: &str) -> anyhow::Result<Manifest> {
        Manifest::parse(&text.replace("HASH", &"ab".repeat(32)))
    }

    #[test]
    fn absent_asking_is_the_same_as_acting() {
        let thresholds = parse(GOOD).unwrap().thresholds().unwrap();
        assert_eq!((thresholds.act, thresholds.ask), (0.4, 0.4));
        let thresholds = parse(&format!("{GOOD}ask_confidence = 0.2")).unwrap().thresholds().unwrap();
        assert_eq!((thresholds.act, thresholds.ask), (0.4, 0.2));
    }

    #[test]
    fn a_manifest_that_makes_no_sense_is_an_error() {
        for (from, to) in [
            ("m.gguf", "../m.gguf"),
            ("m.gguf", "/etc/passwd"),
            ("m.gguf", ".."),
            ("m.gguf", "manifest.toml"),
            ("m.gguf", ""),
            ("m.gguf", "e.gguf"),
            ("HASH", "HASH00"),
            ("HASH", "zz"),
            ("0.4", "1.4"),
            ("0.4", "nan"),
            ("0.4", "0.4\nask_confidence = 0.5"),
            ("0.4", "0.4\nask_confidence = -0.1"),
            ("0.4", "0.4\nplans = { least_confidence = 2, least_for_house = 0.5 }"),
            ("0.4", "0.4\nplans = { least_confidence = 0.5 }"),
            ("dialect = 3", ""),
        ] {
            assert!(parse(&GOOD.replace(from, to)).is_err(), "{to}");
        }
    }
}
