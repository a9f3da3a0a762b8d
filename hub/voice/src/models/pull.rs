//! `hearthd voice-model pull`: a model from Vosk's list, whole and tried before it is installed.
//!
//! The list's MD5 tells a damaged archive from a whole one, not a forged one: who is trusted is the server that the
//! list comes from. Switches nothing: `hearthd voice-model use` does.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use md5::{Digest as _, Md5};
use runtime::model::fetch;

use super::archive;
use super::installed::{self, VoiceModelFolders, verify};
use super::offers::{self, Offer, Source};
use crate::recognizer::RecognizerSettings;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The list that the model stands on.
    pub list: Source,
    /// Its name there.
    pub name: String,
    /// The MD5 of its archive, from elsewhere than the list.
    pub md5: Option<String>,
}

/// Pulls a model, makes sure that the recogniser hears with it, and installs it.
///
/// # Errors
/// If the list or the archive can't be read, the archive is not what the list says, or the recogniser can't use it;
/// nothing was installed then.
pub async fn pull(settings: &RecognizerSettings, folders: &VoiceModelFolders, wanted: Wanted) -> anyhow::Result<()> {
    // Without it the model could not be tried, which is better known before it is fetched.
    ensure!(
        settings.library.is_file(),
        "the recogniser's library `{}` is not there, and no model can be tried without it; `./run` fetches it, or see \
         docs/voice.md",
        settings.library.display()
    );
    installed::check_free(folders, &wanted.name)?;
    let (own, name) = (folders.pulled.clone(), wanted.name.clone());
    let staged = tokio::task::spawn_blocking(move || stage(&own, &wanted)).await??;
    let model = archive::model_in(staged.path()).context("nothing was installed")?;
    verify(settings, &model).await.context("the recogniser can't use it, and nothing was installed")?;
    let to = folders.pulled_model(&name).folder;
    std::fs::rename(&model, &to).with_context(|| format!("move the model to `{}`", to.display()))?;
    std::fs::File::open(&folders.pulled)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("write `{}`", folders.pulled.display()))
}

/// The model, unpacked in a folder beside where it will lie.
fn stage(pulled: &Path, wanted: &Wanted) -> anyhow::Result<tempfile::TempDir> {
    let Wanted { list, name, md5 } = wanted;
    ensure!(
        !list.is_open() || md5.is_some(),
        "a list over plain http could be changed on the way: --md5 says what the archive's must be, or name the list \
         by https or as a file"
    );
    let offers = offers::read(list)?;
    let offer = offers::named(&offers, name)?;
    offer.check()?;
    if let Some(md5) = md5.as_ref().filter(|md5| !md5.eq_ignore_ascii_case(&offer.md5)) {
        bail!("the list gives `{}` as the MD5 of `{name}` and `{md5}` was wanted: nothing was fetched", offer.md5);
    }
    std::fs::create_dir_all(pulled).with_context(|| format!("make `{}`", pulled.display()))?;
    let part = whole(pulled, list, offer)?;
    let folder = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(pulled)
        .with_context(|| format!("make a folder in `{}`", pulled.display()))?;
    let unpacked = archive::unpack(&part, folder.path());
    std::fs::remove_file(&part).with_context(|| format!("remove `{}`", part.display()))?;
    unpacked.with_context(|| format!("unpack the archive of `{name}`; nothing was installed"))?;
    Ok(folder)
}

/// A model's archive as the list says it is. What breaks off is kept, and the same command goes on with it.
fn whole(pulled: &Path, list: &Source, offer: &Offer) -> anyhow::Result<PathBuf> {
    let part = pulled.join(format!(".part-{}-{}.zip", offer.md5.to_ascii_lowercase(), offer.name));
    let from = list.beside(&offer.url);
    match &from {
        Source::Address(url) => fetch::fetch(url, &part, offer.size, &offer.name)?,
        Source::Path(path) => {
            std::fs::copy(path, &part).with_context(|| format!("copy `{}`", path.display()))?;
        }
    }
    let size = std::fs::metadata(&part).with_context(|| format!("read `{}`", part.display()))?.len();
    let found = md5_of(&part)?;
    if size != offer.size || !found.eq_ignore_ascii_case(&offer.md5) {
        std::fs::remove_file(&part).with_context(|| format!("remove `{}`", part.display()))?;
        bail!(
            "{from} has {size} bytes with the MD5 `{found}` and the list says {} with `{}`: it was damaged on the way \
             or the list is older than it, and nothing was installed",
            offer.size,
            offer.md5
        );
    }
    Ok(part)
}

fn md5_of(path: &Path) -> anyhow::Result<String> {
    let mut file = std::fs::File::open(path).with_context(|| format!("read `{}`", path.display()))?;
    let mut hash = Md5::new();
    std::io::copy(&mut file, &mut hash).with_context(|| format!("read `{}`", path.display()))?;
    Ok(hex::encode(hash.finalize()))
}
