//! The models on this machine: the shipped one, those that were pulled, and which of them is in use.
//!
//! Fetches nothing, and runs none: whoever runs one looks here for what was chosen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use super::choice::{self, Choice, columns};
use super::language_model::{self, ModelPath, Purpose};
use crate::model::manifest::{Manifest, ManifestFile, sha256_of};

/// Where models are kept, and what opens them.
#[derive(Clone, Debug)]
pub struct ModelFolders {
    /// The folder of the shipped model.
    pub shipped: PathBuf,
    /// The folder with a folder for each pulled model, and the choice among them all.
    pub pulled: PathBuf,
    /// The engine's program.
    pub engine: PathBuf,
}

/// A model with its manifest, or what is wrong with that.
#[derive(Debug)]
pub struct Installed {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Its manifest.
    pub manifest: anyhow::Result<Manifest>,
}

impl Installed {
    /// The model that came with the program.
    pub fn shipped(dir: &Path) -> Self {
        Self { name: SHIPPED.to_owned(), dir: dir.to_path_buf(), manifest: Manifest::read(dir) }
    }
}

/// The shipped model and the pulled ones, by name.
///
/// # Errors
/// If the folder of pulled models is there and can't be read.
pub fn all(places: &ModelFolders) -> anyhow::Result<Vec<Installed>> {
    let mut out = vec![Installed::shipped(&places.shipped)];
    out.extend(
        choice::names(&places.pulled)?.into_iter().filter(|name| is_name(name)).map(|name| pulled(places, name)),
    );
    Ok(out)
}

/// The model of that name.
///
/// # Errors
/// If there is none, or its folder can't be read.
pub fn named(places: &ModelFolders, name: &str) -> anyhow::Result<Installed> {
    if name == SHIPPED {
        return Ok(Installed::shipped(&places.shipped));
    }
    let is_here = is_name(name) && places.pulled.join(name).is_dir();
    ensure!(is_here, "there is no model `{name}` here; `hearthd model list` shows those that are");
    Ok(pulled(places, name.to_owned()))
}

/// The model in use, and a sentence if it is not the one that was chosen.
pub fn chosen(places: &ModelFolders) -> (Installed, Option<String>) {
    let instead = |reason: String| {
        (Installed::shipped(&places.shipped), Some(format!("{reason}; the shipped model is used instead.")))
    };
    let choice = match Choice::read(&places.pulled) {
        Ok(Some(choice)) => choice,
        Ok(None) => return (Installed::shipped(&places.shipped), None),
        Err(error) => return instead(format!("Which model was chosen can't be told: {error:#}")),
    };
    let fit = named(places, &choice.name).and_then(|model| check_cheaply(&model).map(|()| model));
    match fit {
        Ok(model) => (model, None),
        Err(error) => instead(format!("The chosen model `{}` can't be used: {error:#}", choice.name)),
    }
}

/// Makes sure that a model is whole, opens, and speaks this hub's dialect with all its tokens; gives its parameters.
///
/// # Errors
/// What is wrong with it: its size, its hash, its dialect, a token that is missing, or that it does not open.
pub async fn verify(places: &ModelFolders, model: &Installed) -> anyhow::Result<u64> {
    check_cheaply(model)?;
    let manifest = model.manifest.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
    let settings = language_model::LanguageModelSettings {
        name: model.name.clone(),
        program: places.engine.clone(),
        file: path_of(&model.dir, &manifest.decoder),
        purpose: Purpose::Codes { encoder: path_of(&model.dir, &manifest.encoder) },
        threads: None,
        memory_mb: None,
        deadline: LONGEST_CHECK,
    };
    let loaded = language_model::check(&settings).await?;
    Ok(loaded.params)
}

/// Switches to a model once it has been verified; on any error the choice stays as it was. Gives the one before.
pub async fn choose(places: &ModelFolders, name: &str) -> anyhow::Result<String> {
    let model = named(places, name)?;
    verify(places, &model)
        .await
        .with_context(|| format!("the model `{name}` is not taken, and the one in use stays"))?;
    let before = chosen(places).0.name;
    if before == name {
        return Ok(before);
    }
    Choice { name: name.to_owned(), previous: before.clone() }.write(&places.pulled)?;
    Ok(before)
}

/// A table of the models for a terminal; hashes are computed anew.
///
/// # Errors
/// If the folder of pulled models is there and can't be read.
pub fn table(places: &ModelFolders) -> anyhow::Result<String> {
    let (in_use, notice) = chosen(places);
    let previous = Choice::read(&places.pulled).ok().flatten().map(|choice| choice.previous);
    let mut rows = vec![["", "NAME", "SIZE", "DIALECT", "ACT", "ASK", "HASH", "LICENCE"].map(str::to_owned)];
    for model in all(places)? {
        let mark = match () {
            () if model.name == in_use.name => "in use",
            () if Some(&model.name) == previous.as_ref() => "previous",
            () => "",
        };
        rows.push(row(mark, &model));
    }
    Ok(notice.map(|notice| format!("{notice}\n")).unwrap_or_default() + &columns(&rows))
}

/// Whether a name may be a pulled model's: it becomes a folder's.
pub fn is_name(name: &str) -> bool {
    name != SHIPPED && choice::is_name(name)
}

fn pulled(places: &ModelFolders, name: String) -> Installed {
    let dir = places.pulled.join(&name);
    let manifest = Manifest::read(&dir);
    Installed { name, dir, manifest }
}

/// What can be told without reading the file through.
fn check_cheaply(model: &Installed) -> anyhow::Result<()> {
    let manifest = model.manifest.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
    manifest.check_dialect()?;
    for file in manifest.files() {
        let path = model.dir.join(&file.file);
        let size = std::fs::metadata(&path).with_context(|| format!("find `{}`", path.display()))?.len();
        if let Some(wanted) = file.size_bytes.filter(|wanted| *wanted != size) {
            bail!("`{}` has {size} bytes and its manifest says {wanted}", path.display());
        }
    }
    Ok(())
}

/// A file of a manifest where it lies, with the hash that it must have.
pub fn path_of(dir: &Path, file: &ManifestFile) -> ModelPath {
    ModelPath { path: dir.join(&file.file), sha256: Some(file.sha256.clone()) }
}

fn row(mark: &str, model: &Installed) -> [String; 8] {
    let cell = str::to_owned;
    let manifest = match &model.manifest {
        Ok(manifest) => manifest,
        Err(error) => {
            return [
                cell(mark),
                model.name.clone(),
                cell("?"),
                cell("?"),
                cell("?"),
                cell("?"),
                format!("{error:#}"),
                cell("?"),
            ];
        }
    };
    let sizes = manifest.files().map(|file| std::fs::metadata(model.dir.join(&file.file)).map(|file| file.len()));
    let size = match sizes {
        [Ok(one), Ok(other)] => format!("{:.1} MB", (one + other) as f64 / 1e6),
        _ => cell("missing"),
    };
    let hashes = manifest
        .files()
        .map(|file| sha256_of(&model.dir.join(&file.file)).map(|found| found.eq_ignore_ascii_case(&file.sha256)));
    let hash = match hashes {
        [Ok(true), Ok(true)] => "right",
        [Ok(_), Ok(_)] => "WRONG",
        _ => "unreadable",
    };
    let dialect = match manifest.check_dialect() {
        Ok(()) => manifest.dialect.to_string(),
        Err(_) => format!("{} (this hub speaks {})", manifest.dialect, mind::understand::code::DIALECT),
    };
    let ask = manifest.ask_confidence.map_or_else(|| cell("–"), |ask| ask.to_string());
    let licence = manifest.licence.clone().unwrap_or_else(|| cell("not said"));
    [cell(mark), model.name.clone(), size, dialect, manifest.least_confidence.to_string(), ask, cell(hash), licence]
}

/// The name of the model that came with the program.
pub const SHIPPED: &str = "shipped";
/// A large model takes long to read its own tokens on a small board.
const LONGEST_CHECK: Duration = Duration::from_secs(60);
