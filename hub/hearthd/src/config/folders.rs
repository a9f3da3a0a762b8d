//! Where things lie unless the configuration says otherwise. The only place that reads the environment.

use std::path::{Path, PathBuf};

/// Where everything is stored: as given, or the default.
pub(crate) fn data_dir(given: Option<PathBuf>) -> PathBuf {
    given.unwrap_or_else(default_data_dir)
}

/// Where everything is stored if nobody says: the state directory of the service, or a person's data.
pub(super) fn default_data_dir() -> PathBuf {
    // systemd gives the state directory; by hand, the usual place of a person's data.
    let state = std::env::var_os("STATE_DIRECTORY").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share/hearth"));
    state.or_else(home).unwrap_or_else(|| PathBuf::from("data"))
}

/// The first folder of models that is there.
pub(super) fn default_models() -> PathBuf {
    let beside = own_folder().map(|folder| folder.join("../share/hearth/models"));
    let places = [beside, Some(PathBuf::from("models")), Some(PathBuf::from("/usr/share/hearth/models"))];
    let found = places.into_iter().flatten().find(|place| place.join("manifest.toml").exists());
    found.unwrap_or_else(|| PathBuf::from("models"))
}

/// The engine beside the hub.
pub(super) fn default_engine() -> PathBuf {
    own_folder().map_or_else(|| PathBuf::from("hearth-llm"), |folder| folder.join("hearth-llm"))
}

/// The recogniser's engine beside the hub.
pub(super) fn default_recognizer() -> PathBuf {
    own_folder().map_or_else(|| PathBuf::from("hearth-asr"), |folder| folder.join("hearth-asr"))
}

/// What holds the board's microphone, beside the hub.
pub(crate) fn default_sound() -> PathBuf {
    own_folder().map_or_else(|| PathBuf::from("hearth-sound"), |folder| folder.join("hearth-sound"))
}

/// The first file of the recogniser's library that is there.
pub(super) fn default_vosk(data_dir: &Path) -> PathBuf {
    let beside = own_folder().map(|folder| folder.join(VOSK));
    let places = [Some(data_dir.join(VOSK)), Some(Path::new("/usr/lib/hearth").join(VOSK))];
    let found = std::iter::once(&beside).chain(&places).flatten().find(|place| place.is_file());
    found.cloned().or(beside).unwrap_or_else(|| PathBuf::from(VOSK))
}

const VOSK: &str = "libvosk.so";

fn own_folder() -> Option<PathBuf> {
    std::env::current_exe().ok()?.parent().map(Path::to_path_buf)
}
