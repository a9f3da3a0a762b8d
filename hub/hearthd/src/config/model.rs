//! `[model]`: the intent model, its engine, and how sure it must be.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mind::decide::Thresholds;
use runtime::model::choice;
use runtime::model::installed::{self, Installed, ModelFolders};
use runtime::model::language_model::{LanguageModelSettings, Purpose};
use serde::Deserialize;

use super::Opt;
use super::folders::{default_engine, default_models};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ModelFile {
    enabled: Option<bool>,
    pub(super) dir: Option<PathBuf>,
    engine: Option<PathBuf>,
    threads: Option<u32>,
    memory_mb: Option<u64>,
    deadline_ms: Option<u64>,
    least_confidence: Option<f64>,
    ask_confidence: Option<f64>,
}

/// The model that was chosen, at the start and whenever it is looked at again.
#[derive(Clone, Debug)]
pub(crate) struct ModelChoice {
    file: ModelFile,
    places: ModelFolders,
}

/// A model that was chosen.
#[derive(Clone, Debug)]
pub(crate) struct ChosenModel {
    /// The engine.
    pub(crate) settings: LanguageModelSettings,
    /// How sure it must be.
    pub(crate) thresholds: Thresholds,
    /// What was odd about the choice.
    pub(crate) notice: Option<String>,
}

impl ModelChoice {
    /// When somebody last chose.
    pub(crate) fn changed_at(&self) -> Option<SystemTime> {
        choice::changed_at(&self.places.pulled)
    }

    /// The model in use, or what is wrong with it.
    pub(crate) fn now(&self) -> Result<ChosenModel, String> {
        let (installed, notice) = installed::chosen(&self.places);
        let mut complaints = Vec::new();
        settings(&self.file, installed, &mut complaints)
            .map(|(settings, thresholds)| ChosenModel { settings, thresholds, notice })
            .ok_or_else(|| complaints.join("\n"))
    }
}

/// The choice among the models in these places, and what was chosen; none if no model is wanted.
pub(super) fn check(
    file: &ModelFile,
    data_dir: &Path,
    complaints: &mut Vec<String>,
) -> Option<(ModelChoice, ChosenModel)> {
    let choice = ModelChoice { file: file.clone(), places: places(file, data_dir) };
    let chosen = file.enabled.unwrap_or(true).then(|| choice.now())?;
    chosen.map_err(|complaint| complaints.push(complaint)).ok().map(|chosen| (choice, chosen))
}

/// Where models are kept and what opens them.
pub(super) fn places(file: &ModelFile, data_dir: &Path) -> ModelFolders {
    ModelFolders {
        shipped: file.dir.clone().unwrap_or_else(default_models),
        pulled: data_dir.join("models"),
        engine: engine(file),
    }
}

/// The engine's program.
pub(super) fn engine(file: &ModelFile) -> PathBuf {
    file.engine.clone().unwrap_or_else(default_engine)
}

/// The model that is installed there, and how sure it must be.
pub(super) fn settings(
    file: &ModelFile,
    installed: Installed,
    complaints: &mut Vec<String>,
) -> Option<(LanguageModelSettings, Thresholds)> {
    let manifest = match installed.manifest.and_then(|manifest| manifest.check_dialect().map(|()| manifest)) {
        Ok(manifest) => manifest,
        Err(error) => {
            complaints.push(format!(
                "model.dir: {error:#}\n  hint: name the folder that holds manifest.toml and the \
             model, or set model.enabled = false"
            ));
            return None;
        }
    };
    let act = file.least_confidence.unwrap_or(manifest.least_confidence);
    // Whoever wants less certainty for acting does not want to be asked only above it.
    let ask = file.ask_confidence.or(manifest.ask_confidence.map(|ask| ask.min(act)));
    let usual = Thresholds::new(act, ask, manifest.least_for_house.unwrap_or(0.0));
    let Some(thresholds) = usual.and_then(|usual| usual.with_plans(manifest.plan_thresholds())) else {
        complaints.push(format!(
            "model.least_confidence: `{act}` to act and `{}` to ask back make no sense\n  hint: \
         both are between 0 and 1, and model.ask_confidence is not the greater",
            ask.unwrap_or(act)
        ));
        return None;
    };
    let settings = LanguageModelSettings {
        name: installed.name,
        program: engine(file),
        file: installed::path_of(&installed.dir, &manifest.decoder),
        purpose: Purpose::Codes { encoder: installed::path_of(&installed.dir, &manifest.encoder) },
        threads: file.threads,
        memory_mb: file.memory_mb,
        deadline: Duration::from_millis(file.deadline_ms.unwrap_or(5000).clamp(100, 120_000)),
    };
    Some((settings, thresholds))
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    ("model.enabled", "`true`", "Whether the language model is used; without it only plain commands are understood."),
    (
        "model.dir",
        "`models`",
        "The folder with `manifest.toml` and the shipped model, which is used until `hearthd model use` names another.",
    ),
    ("model.engine", "`hearth-llm` beside `hearthd`", "The engine's program."),
    ("model.threads", "chosen by the engine", "Threads to compute with."),
    ("model.memory_mb", "unbounded", "The most memory the engine may take, in MiB."),
    ("model.deadline_ms", "`5000`", "How long the model may take for a request."),
    ("model.least_confidence", "the model's own", "Below this probability the model's reading is not acted on."),
];

/// One more, which the page has told of behind the voice from the first.
pub(super) const ASKING: &[Opt] = &[(
    "model.ask_confidence",
    "the model's own",
    "From this probability on, a reading too unsure to act on is asked back about; below, it counts as not \
         understood.",
)];
