//! What was told to everyone.

use serde::{Deserialize, Serialize};

/// Something that was told to everyone in the house and that nobody has dismissed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticeRecord {
    /// Its number; later ones are larger.
    pub id: u64,
    /// When it was told, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What it is.
    pub kind: String,
    /// The id of what was scheduled.
    pub schedule: Option<String>,
    /// The words.
    pub said: String,
    /// Their language.
    pub lang: String,
    /// Where it was said; everywhere if empty.
    pub areas: Vec<String>,
    /// By how many seconds it was late.
    pub late_s: u64,
}
