//! `[devices]`: whom to believe about them.

use device_adapters::Preference;
use serde::Deserialize;

use super::Opt;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DevicesFile {
    prefer: PreferFile,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PreferFile {
    #[default]
    Native,
    Discovery,
}

impl DevicesFile {
    /// Whom to believe about a device that is announced twice.
    pub(super) fn preference(&self) -> Preference {
        match self.prefer {
            PreferFile::Native => Preference::Native,
            PreferFile::Discovery => Preference::Discovery,
        }
    }
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[(
    "devices.prefer",
    "`native`",
    "Whom to believe about a device that is announced twice: `native`, its own dialect, or `discovery`, its \
         announcement for Home Assistant.",
)];
