//! `hearthd model pull`: a model from an address or a path, whole and checked before it is installed.
//!
//! Pulls only what has a hash, and switches nothing: `hearthd model use` does.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use crate::model::fetch;
use crate::model::installed::{self, Installed, ModelFolders};
use crate::model::manifest::{self, Manifest, is_sha256, sha256_of};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The model or its manifest: an address, `file://` or a path.
    pub source: String,
    /// The model's SHA-256; a manifest brings its own.
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

/// The model and its manifest in a folder of their own, beside where they will lie.
fn stage(places: &ModelFolders, wanted: &Wanted) -> anyhow::Result<(String, tempfile::TempDir)> {
    let (text, manifest, source) = plan(wanted)?;
    manifest.check_dialect()?;
    let name = name_for(wanted, &source)?;
    let to = places.pulled.join(&name);
    ensure!(!to.exists(), "there is a model `{name}` already; --name gives this one another name");
    std::fs::create_dir_all(&places.pulled).with_context(|| format!("make `{}`", places.pulled.display()))?;
    let part = places.pulled.join(format!(".part-{}", manifest.sha256.to_ascii_lowercase()));
    let most_bytes = manifest.size_bytes.unwrap_or(MOST_BYTES);
    match &source {
        Source::Address(url) => {
            let bar = ProgressBar::new(most_bytes).with_style(style()).with_message(name.clone());
            fetch::fetch(url, &part, most_bytes, &bar)?;
            bar.finish();
        }
        Source::Path(path) => {
            std::fs::copy(path, &part).with_context(|| format!("copy `{}`", path.display()))?;
        }
    }
    let found = sha256_of(&part)?;
    if !found.eq_ignore_ascii_case(&manifest.sha256) {
        std::fs::remove_file(&part).with_context(|| format!("remove `{}`", part.display()))?;
        bail!("{source} has SHA-256 `{found}` and `{}` was wanted: nothing was installed", manifest.sha256);
    }
    let folder = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&places.pulled)
        .with_context(|| format!("make a folder in `{}`", places.pulled.display()))?;
    std::fs::rename(&part, folder.path().join(&manifest.file)).context("move the model")?;
    std::fs::write(folder.path().join(manifest::FILE), text).context("write the model's manifest")?;
    Ok((name, folder))
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

/// The manifest's text, what it says, and where the model itself is.
fn plan(wanted: &Wanted) -> anyhow::Result<(String, Manifest, Source)> {
    let source = Source::of(&wanted.source);
    if !source.file_name().ends_with(".toml") {
        let Some(sha256) = &wanted.sha256 else {
            bail!("a model without a manifest needs --sha256, the hash that its publisher gives")
        };
        ensure!(is_sha256(sha256), "`{sha256}` is no SHA-256");
        let text = plain_manifest(&source, sha256);
        return Ok((text.clone(), Manifest::parse(&text)?, source));
    }
    let text = match &source {
        Source::Address(url) => {
            // Over plain HTTP anyone on the way could change hash and model together.
            ensure!(
                !url.starts_with("http://") || wanted.sha256.is_some(),
                "a manifest over plain http needs --sha256 too, because it could be changed on the way"
            );
            fetch::text(url, manifest::MOST_BYTES)?
        }
        Source::Path(path) => std::fs::read_to_string(path).with_context(|| format!("read `{}`", path.display()))?,
    };
    let manifest = Manifest::parse(&text).with_context(|| format!("read {source}"))?;
    if let Some(sha256) = wanted.sha256.as_ref().filter(|sha256| !sha256.eq_ignore_ascii_case(&manifest.sha256)) {
        bail!("{source} names SHA-256 `{}` and `{sha256}` was wanted: nothing was installed", manifest.sha256);
    }
    let model = source.beside(&manifest.file);
    Ok((text, manifest, model))
}

/// A manifest for a bare file. The engine makes sure that the file does speak this dialect.
fn plain_manifest(source: &Source, sha256: &str) -> String {
    let dialect = mind::understand::code::DIALECT;
    let from = toml::Value::String(source.to_string().trim_matches('`').to_owned());
    format!(
        "file = \"model.gguf\"\nsha256 = \"{sha256}\"\ndialect = {dialect}\nleast_confidence = {CAREFUL}\nsource = \
         {from}\n"
    )
}

fn name_for(wanted: &Wanted, source: &Source) -> anyhow::Result<String> {
    let name = match &wanted.name {
        Some(name) => name.clone(),
        None => Path::new(source.file_name()).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned(),
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

fn style() -> ProgressStyle {
    // The template is fixed, and a bar without it is a bar all the same.
    ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// No model for a small board is larger.
const MOST_BYTES: u64 = 4 << 30;
/// A file without a manifest says nothing of how sure it must be; the shipped model acts a little below this.
const CAREFUL: f64 = 0.5;
