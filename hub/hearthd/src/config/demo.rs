//! `[demo]`: the virtual house.

use std::path::PathBuf;

use serde::Deserialize;

use super::Opt;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DemoFile {
    pub(super) enabled: Option<bool>,
    pub(super) lang: Option<String>,
    house_file: Option<PathBuf>,
}

/// The virtual house.
#[derive(Clone, Debug)]
pub(crate) struct DemoSettings {
    /// `en` or `zh`.
    pub(crate) lang: String,
    /// A house file to play instead of the built-in house.
    pub(crate) house_file: Option<PathBuf>,
}

/// The virtual house, if it is to run. Its language is checked even if it is not.
pub(super) fn check(file: DemoFile, complaints: &mut Vec<String>) -> Option<DemoSettings> {
    let lang = file.lang.unwrap_or_else(|| "en".to_owned());
    if lang != "en" && lang != "zh" {
        complaints.push(format!("demo.lang: `{lang}` is not a language of the virtual house\n  hint: `en` or `zh`"));
    }
    file.enabled.unwrap_or(false).then_some(DemoSettings { lang, house_file: file.house_file })
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    ("demo.enabled", "`false`", "Whether the virtual house plays."),
    ("demo.lang", "`en`", "The virtual house's language: `en` or `zh`."),
    ("demo.house_file", "the built-in house", "A house file to play instead."),
];
