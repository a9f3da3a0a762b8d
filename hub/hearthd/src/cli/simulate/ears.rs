//! Ears for a simulation: WAV files through the real recogniser, with the words of the dialogue's house.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use house::House;
use mind::names::spoken::{SpokenNames, spoken_names};
use tokio::sync::Mutex;
use voice::recognizer::{Recognizer, RecognizerHealth, RecognizerSettings};
use voice::{Heard, audio, words};

use crate::config;

/// A recogniser for files.
pub(crate) struct Ears {
    recognizer: Recognizer,
    settings: RecognizerSettings,
    /// Where the paths of files begin.
    folder: PathBuf,
    /// The names the recogniser has now. A lock, because what it guards is changed across an await.
    given: Mutex<Option<SpokenNames>>,
    _words: tempfile::TempDir,
}

impl Ears {
    /// Starts a recogniser for the files that a file of dialogues names.
    ///
    /// # Errors
    /// If there is no room for the words of a house.
    pub(crate) fn open(models: Option<PathBuf>, dialogues: &Path) -> anyhow::Result<Self> {
        let words = tempfile::tempdir().context("make a folder for the words of a house")?;
        let settings = config::recognizer_only(models, words.path().to_owned());
        let folder = dialogues.parent().map(Path::to_path_buf).unwrap_or_default();
        let recognizer = Recognizer::start(settings.clone());
        Ok(Self { recognizer, settings, folder, given: Mutex::default(), _words: words })
    }

    /// Whether there is a recogniser.
    pub(super) fn can_hear(&self) -> bool {
        matches!(self.recognizer.health(), RecognizerHealth::Ready { .. })
    }

    /// Hears a file with the words of a house.
    ///
    /// # Errors
    /// If there is no recogniser, or the file is no sound.
    pub(super) async fn hear(&self, wav: &Path, house: &House) -> anyhow::Result<Heard> {
        if let RecognizerHealth::Broken(reason) = self.recognizer.settled().await {
            anyhow::bail!("speech can't be heard: {reason}");
        }
        let names = spoken_names(house);
        let mut given = self.given.lock().await;
        if given.as_ref() != Some(&names) {
            words::give(&self.recognizer, &self.settings, names.clone(), BTreeMap::new()).await?;
            *given = Some(names);
        }
        let path = self.folder.join(wav);
        let bytes = std::fs::read(&path).with_context(|| format!("read `{}`", path.display()))?;
        let samples = audio::from_wav(&bytes).with_context(|| format!("hear `{}`", path.display()))?;
        self.recognizer.hear(&samples).await.with_context(|| format!("hear `{}`", path.display()))
    }
}
