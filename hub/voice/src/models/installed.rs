//! The recogniser's models on this machine: the shipped one, those that were pulled, and which of them is in use.
//!
//! Fetches nothing, and switches no recogniser that runs: who runs it follows the choice.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use engine_protocol::speech::SAMPLE_RATE_HZ;
use house::Lang;
use runtime::model::choice::{self, Choice, columns};

use super::archive::is_model;
use crate::language::common::common_words;
use crate::language::hears_names;
use crate::recognizer::{Recognizer, RecognizerHealth, RecognizerSettings};

/// Where the recogniser's models are kept.
#[derive(Clone, Debug)]
pub struct VoiceModelFolders {
    /// The folder of the shipped model; the last part of it is the model's name.
    pub shipped: PathBuf,
    /// The folder with a folder for each pulled model, and the choice among them all.
    pub pulled: PathBuf,
    /// The folder that the configuration names, which goes before any choice.
    pub configured: Option<PathBuf>,
}

/// A model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceModel {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

impl VoiceModelFolders {
    fn shipped_model(&self) -> VoiceModel {
        let name = self.shipped.file_name().and_then(|name| name.to_str()).unwrap_or("shipped");
        VoiceModel { name: name.to_owned(), folder: self.shipped.clone() }
    }

    pub(super) fn pulled_model(&self, name: &str) -> VoiceModel {
        VoiceModel { name: name.to_owned(), folder: self.pulled.join(name) }
    }
}

/// The shipped model and the pulled ones, by name.
///
/// # Errors
/// If the folder of pulled models is there and can't be read.
pub fn all(folders: &VoiceModelFolders) -> anyhow::Result<Vec<VoiceModel>> {
    let pulled = choice::names(&folders.pulled)?;
    Ok(std::iter::once(folders.shipped_model()).chain(pulled.iter().map(|name| folders.pulled_model(name))).collect())
}

/// The model of that name.
///
/// # Errors
/// If there is none, or the folder of pulled models can't be read.
pub fn named(folders: &VoiceModelFolders, name: &str) -> anyhow::Result<VoiceModel> {
    let found = all(folders)?.into_iter().find(|model| model.name == name);
    found.with_context(|| {
        format!(
            "there is no model `{name}` here; `hearthd voice-model list` shows those that are, and `pull` fetches it"
        )
    })
}

/// The folder of the model in use, and a sentence if it is not the one that was chosen.
pub fn chosen(folders: &VoiceModelFolders) -> (PathBuf, Option<String>) {
    if let Some(configured) = &folders.configured {
        return (configured.clone(), None);
    }
    let instead = |reason: String| {
        (folders.shipped.clone(), Some(format!("{reason}; the shipped model of the recogniser is used instead.")))
    };
    match Choice::read(&folders.pulled) {
        Ok(None) => (folders.shipped.clone(), None),
        Ok(Some(choice)) => match named(folders, &choice.name) {
            Ok(model) if is_model(&model.folder) => (model.folder, None),
            Ok(_) => instead(format!("The recogniser's model `{}` is not whole any more", choice.name)),
            Err(error) => instead(format!("The recogniser's model `{}` can't be used: {error:#}", choice.name)),
        },
        Err(error) => instead(format!("Which model of the recogniser was chosen can't be told: {error:#}")),
    }
}

/// The language that a model hears, by its name as Vosk gives it (`vosk-model-small-cn-0.22`); English where it names
/// none that the hub speaks.
pub fn language(folder: &Path) -> Lang {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match name.split('-').any(|part| matches!(part, "cn" | "zh")) {
        true => Lang::Zh,
        false => Lang::En,
    }
}

/// Makes sure that the recogniser opens a model and hears with it.
///
/// # Errors
/// What is wrong with it, or with the recogniser.
pub async fn verify(settings: &RecognizerSettings, folder: &Path) -> anyhow::Result<()> {
    let recognizer = Recognizer::start(RecognizerSettings { model: folder.to_owned(), ..settings.clone() });
    match recognizer.settled().await {
        RecognizerHealth::Ready { .. } => {}
        RecognizerHealth::Broken(reason) => bail!(reason),
        RecognizerHealth::Starting | RecognizerHealth::Off => bail!("the recogniser does not start"),
    }
    let silence = vec![0; SAMPLE_RATE_HZ as usize];
    recognizer.hear(&silence).await.context("hear with it")?;
    Ok(())
}

/// Switches to a model once it has been verified; on any error the choice stays as it was. Gives the one before.
///
/// # Errors
/// If the configuration names a folder, there is no such model, it can't be used, or the choice can't be kept.
pub async fn choose(settings: &RecognizerSettings, folders: &VoiceModelFolders, name: &str) -> anyhow::Result<String> {
    if let Some(configured) = &folders.configured {
        bail!(
            "the configuration names `{}` as voice.model, which goes before any choice: take that line out first",
            configured.display()
        );
    }
    let model = named(folders, name)?;
    verify(settings, &model.folder)
        .await
        .with_context(|| format!("the model `{name}` is not taken, and the one in use stays"))?;
    let before = in_use(folders)?;
    if before != name {
        Choice { name: name.to_owned(), previous: before.clone() }.write(&folders.pulled)?;
    }
    Ok(before)
}

/// A table of the models for a terminal.
///
/// # Errors
/// If the folder of pulled models is there and can't be read.
pub fn table(folders: &VoiceModelFolders) -> anyhow::Result<String> {
    let (folder, notice) = chosen(folders);
    let previous = Choice::read(&folders.pulled).ok().flatten().map(|choice| choice.previous);
    let head = ["", "NAME", "SIZE", "NAMES OF THE HOUSE", "WAKE PHRASE", "FOLDER"];
    let mut rows = vec![head.map(str::to_owned)];
    let mut models = all(folders)?;
    if let Some(configured) = &folders.configured {
        models.push(VoiceModel { name: "voice.model".to_owned(), folder: configured.clone() });
    }
    for model in models {
        let mark = match () {
            () if model.folder == folder => "in use",
            () if Some(&model.name) == previous.as_ref() => "previous",
            () => "",
        };
        let yes_or_no = |is_so: bool| if is_so { "yes" } else { "no" }.to_owned();
        let can_wake = common_words(&model.folder, 1).is_ok();
        let size = size(&model.folder).map_or_else(|_| "?".to_owned(), |size| format!("{:.1} MB", size as f64 / 1e6));
        let shown = model.folder.display().to_string();
        rows.push([
            mark.to_owned(),
            model.name,
            size,
            yes_or_no(hears_names(&model.folder)),
            yes_or_no(can_wake),
            shown,
        ]);
    }
    Ok(notice.map(|notice| format!("{notice}\n")).unwrap_or_default() + &columns(&rows))
}

fn in_use(folders: &VoiceModelFolders) -> anyhow::Result<String> {
    let (folder, _) = chosen(folders);
    let model = all(folders)?.into_iter().find(|model| model.folder == folder);
    Ok(model.unwrap_or_else(|| folders.shipped_model()).name)
}

/// Bytes of all files in a folder.
fn size(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { size(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}

/// Whether a name may be that of a pulled model: it becomes a folder's, and is not that of the shipped one.
///
/// # Errors
/// If it is taken.
pub(super) fn check_free(folders: &VoiceModelFolders, name: &str) -> anyhow::Result<()> {
    let is_taken = all(folders)?.iter().any(|model| model.name == name);
    ensure!(!is_taken, "the model `{name}` is here already; `hearthd voice-model use {name}` switches to it");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_hears_the_language_that_its_name_says() {
        let of = |name: &str| language(&Path::new("/models").join(name));
        assert_eq!(of("vosk-model-small-cn-0.22"), Lang::Zh);
        assert_eq!(of("vosk-model-en-us-0.22"), Lang::En);
        assert_eq!(of("hearth-en-small"), Lang::En);
    }
}
