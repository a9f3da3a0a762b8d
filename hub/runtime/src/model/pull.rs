//! `hearthd model pull`: a model from an address or a path, whole and checked before it is installed.
//!
//! Pulls only what has a hash, and switches nothing: `hearthd model use` does.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use crate::model::fetch;
use crate::model::installed::{self, Installed, ModelFolders};
use crate::model::manifest::{self, Manifest, ManifestFile, sha256_of};
use sha2::{Digest as _, Sha256};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The model's manifest: an address, `file://` or a path.
    pub source: String,
    /// The manifest's SHA-256; it brings those of the model's files itself.
    pub sha256: Option<String>,
    /// What it shall be called here.
    pub name: Option<String>,
}

/// Pulls, checks and installs a model; gives its name.
///
/// # Errors
/// If the source can't be read, the file is not what its hash says, or it can't be used here; nothing was installed
/// then.
pub async fn pull(places: &ModelFolders, wanted: Wanted) -> anyhow::Result<String> {
    let places_of_pull = places.clone();
    let (name, staged) = tokio::task::spawn_blocking(move || stage(&places_of_pull, &wanted)).await??;
    let installed =
        Installed { name: name.clone(), manifest: Manifest::read(staged.path()), dir: staged.path().to_path_buf() };
    installed::verify(places, &installed).await.context("nothing was installed")?;
    let to = places.pulled.join(&name);
    std::fs::rename(staged.keep(), &to).with_context(|| format!("move the model to `{}`", to.display()))?;
    std::fs::File::open(&places.pulled)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("write `{}`", places.pulled.display()))?;
    Ok(name)
}

/// The model's files and its manifest in a folder of their own, beside where they will lie.
fn stage(places: &ModelFolders, wanted: &Wanted) -> anyhow::Result<(String, tempfile::TempDir)> {
    let source = Source::of(&wanted.source);
    let (text, manifest) = plan(wanted, &source)?;
    manifest.check_dialect()?;
    let name = name_for(wanted, &source)?;
    let to = places.pulled.join(&name);
    ensure!(!to.exists(), "there is a model `{name}` already; --name gives this one another name");
    std::fs::create_dir_all(&places.pulled).with_context(|| format!("make `{}`", places.pulled.display()))?;
    let mut parts = Vec::new();
    for file in manifest.files() {
        parts.push((part(places, &source, file)?, file));
    }
    let folder = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&places.pulled)
        .with_context(|| format!("make a folder in `{}`", places.pulled.display()))?;
    for (part, file) in parts {
        std::fs::rename(&part, folder.path().join(&file.file)).context("move the model")?;
    }
    std::fs::write(folder.path().join(manifest::FILE), text).context("write the model's manifest")?;
    Ok((name, folder))
}

/// One file of a model, whole and checked, under a name that it has until all are there.
fn part(places: &ModelFolders, manifest: &Source, file: &ManifestFile) -> anyhow::Result<PathBuf> {
    let source = manifest.beside(&file.file);
    let part = places.pulled.join(format!(".part-{}-{}", file.sha256.to_ascii_lowercase(), file.file));
    let most_bytes = file.size_bytes.unwrap_or(MOST_BYTES);
    match &source {
        Source::Address(url) => {
            fetch::fetch(url, &part, most_bytes, &file.file)?;
        }
        Source::Path(path) => {
            std::fs::copy(path, &part).with_context(|| format!("copy `{}`", path.display()))?;
        }
    }
    let found = sha256_of(&part)?;
    if !found.eq_ignore_ascii_case(&file.sha256) {
        std::fs::remove_file(&part).with_context(|| format!("remove `{}`", part.display()))?;
        bail!("{source} has SHA-256 `{found}` and `{}` was wanted: nothing was installed", file.sha256);
    }
    Ok(part)
}

/// Where bytes come from.
#[derive(Debug)]
enum Source {
    Address(String),
    Path(PathBuf),
}

impl Source {
    fn of(text: &str) -> Self {
        match text.strip_prefix("file://") {
            Some(path) => Self::Path(PathBuf::from(path)),
            None if text.starts_with("http://") || text.starts_with("https://") => Self::Address(text.to_owned()),
            None => Self::Path(PathBuf::from(text)),
        }
    }

    /// The file of that name beside this one.
    fn beside(&self, file: &str) -> Self {
        match self {
            Self::Path(path) => Self::Path(path.with_file_name(file)),
            Self::Address(url) => Self::Address(
                without_query(url)
                    .rsplit_once('/')
                    .map_or_else(|| file.to_owned(), |(folder, _)| format!("{folder}/{file}")),
            ),
        }
    }

    /// The folder that it lies in, which is what a model is called if it is given no name.
    fn folder_name(&self) -> &str {
        match self {
            Self::Path(path) => path.parent().and_then(Path::file_name).and_then(|name| name.to_str()),
            Self::Address(url) => without_query(url).rsplit('/').nth(1),
        }
        .unwrap_or_default()
    }

    fn file_name(&self) -> &str {
        match self {
            Self::Path(path) => path.file_name().and_then(|name| name.to_str()).unwrap_or_default(),
            Self::Address(url) => without_query(url).rsplit('/').next().unwrap_or_default(),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => write!(f, "`{}`", path.display()),
            Self::Address(url) => write!(f, "`{url}`"),
        }
    }
}

/// The manifest's text and what it says.
fn plan(wanted: &Wanted, source: &Source) -> anyhow::Result<(String, Manifest)> {
    ensure!(source.file_name().ends_with(".toml"), "{source} is no manifest: a model is pulled by its `manifest.toml`");
    let text = match source {
        Source::Address(url) => {
            // Over plain HTTP anyone on the way could change hashes and model together.
            ensure!(
                !url.starts_with("http://") || wanted.sha256.is_some(),
                "a manifest over plain http needs --sha256, its own hash, because it could be changed on the way"
            );
            fetch::text(url, manifest::MOST_BYTES)?
        }
        Source::Path(path) => std::fs::read_to_string(path).with_context(|| format!("read `{}`", path.display()))?,
    };
    let found = hex::encode(Sha256::digest(text.as_bytes()));
    if let Some(sha256) = wanted.sha256.as_ref().filter(|sha256| !sha256.eq_ignore_ascii_case(&found)) {
        bail!("{source} has SHA-256 `{found}` and `{sha256}` was wanted: nothing was installed");
    }
    let manifest = Manifest::parse(&text).with_context(|| format!("read {source}"))?;
    Ok((text, manifest))
}

fn name_for(wanted: &Wanted, source: &Source) -> anyhow::Result<String> {
    let name = match &wanted.name {
        Some(name) => name.clone(),
        None => source.folder_name().to_owned(),
    };
    ensure!(
        installed::is_name(&name),
        "`{name}` can't be a model's name here: letters, digits, `-`, `_` and `.`, at most 64; --name gives one"
    );
    Ok(name)
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// No model for a small board is larger.
const MOST_BYTES: u64 = 4 << 30;
