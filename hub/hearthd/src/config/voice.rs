//! `[voice]`: how speech is heard.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use voice::models::installed::{self, VoiceModelFolders};
use voice::recognizer::RecognizerSettings;

use super::Opt;
use super::folders::{default_models, default_recognizer, default_vosk};
use crate::aloud::speech::SpeechSettings;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct VoiceFile {
    enabled: Option<bool>,
    library: Option<PathBuf>,
    model: Option<PathBuf>,
    engine: Option<PathBuf>,
    memory_mb: Option<u64>,
}

/// The recogniser, unless none is wanted, and what was odd about the choice of its model.
pub(super) fn check(
    file: VoiceFile,
    folders: &VoiceModelFolders,
    data_dir: &Path,
    speech: &SpeechSettings,
) -> (Option<RecognizerSettings>, Option<String>) {
    if !file.enabled.unwrap_or(true) {
        return (None, None);
    }
    let (model, notice) = installed::chosen(folders);
    (Some(settings(file, model, data_dir, speech)), notice)
}

/// The recogniser with a model.
pub(super) fn settings(
    file: VoiceFile,
    model: PathBuf,
    data_dir: &Path,
    speech: &SpeechSettings,
) -> RecognizerSettings {
    RecognizerSettings {
        program: file.engine.unwrap_or_else(default_recognizer),
        library: file.library.unwrap_or_else(|| default_vosk(data_dir)),
        model,
        words: data_dir.join("voice"),
        speaker: speech.espeak.program.clone(),
        memory_mb: file.memory_mb,
    }
}

/// Where the recogniser's models are kept.
pub(super) fn folders(file: &VoiceFile, models: Option<&Path>, data_dir: &Path) -> VoiceModelFolders {
    VoiceModelFolders {
        shipped: shipped(models.map_or_else(default_models, Path::to_path_buf)),
        pulled: data_dir.join("voice-models"),
        configured: file.model.clone(),
    }
}

/// The recogniser's model among the models.
pub(super) fn shipped(models: PathBuf) -> PathBuf {
    models.join(SHIPPED)
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    ("voice.enabled", "`true`", "Whether speech is heard."),
    (
        "voice.library",
        "`libvosk.so` beside `hearthd`, in the data folder, or in `/usr/lib/hearth`",
        "The recogniser's library; without it the hub runs and hears nothing (`docs/voice.md`).",
    ),
    (
        "voice.model",
        "what `hearthd voice-model use` chose, or `hearth-en-small` in `model.dir`",
        "The folder of the recogniser's model, in Vosk's form.",
    ),
    ("voice.engine", "`hearth-asr` beside `hearthd`", "The recogniser's program."),
    ("voice.memory_mb", "unbounded", "The most memory the recogniser may take, in MiB."),
];

const SHIPPED: &str = "hearth-en-small";
