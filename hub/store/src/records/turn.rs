//! What the journal keeps of a turn, and what is kept of one for later training.

use serde::{Deserialize, Serialize};

use super::conversation::UndoRecord;

/// One turn as the journal keeps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TurnRecord {
    /// When it began, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Which conversation it belongs to.
    pub conversation: String,
    /// Where it was said.
    pub area: Option<String>,
    /// The id of who said it, if that is known.
    pub person: Option<String>,
    /// How it came in.
    pub cause: String,
    /// `en` or `zh`.
    pub lang: String,
    /// The words.
    pub text: String,
    /// What was understood.
    pub intents: serde_json::Value,
    /// What was decided.
    pub commands: serde_json::Value,
    /// How it ended.
    pub outcome: String,
    /// What was answered.
    pub reply: String,
    /// The codes that the model wrote, one for each part of the sentence.
    pub codes: Vec<String>,
    /// What understood it: reflex, model, general model.
    pub path: String,
    /// How sure the model was.
    pub confidence: Option<f64>,
    /// What came of each step.
    pub outcomes: Vec<OutcomeRecord>,
    /// How long it took.
    pub ms: MsRecord,
    /// The decisions on the way, in words.
    pub trace: Vec<String>,
    /// What takes it back.
    pub undo: UndoRecord,
}

/// What came of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutcomeRecord {
    /// Which entity.
    pub entity: String,
    /// What was asked of it.
    pub action: String,
    /// How it answered.
    pub kind: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The messages that were sent for it.
    pub sent: Vec<String>,
    /// How long after the end of the turn it answered, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_ms: Option<u64>,
}

/// How long a turn took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MsRecord {
    /// All of it.
    pub total: f64,
    /// The model's part.
    pub model: f64,
}

/// How a turn that went wrong was meant, for later training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ExampleRecord {
    /// When the turn was, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The id of who said it, if that is known.
    pub person: Option<String>,
    /// `en` or `zh`.
    pub lang: String,
    /// The words.
    pub words: String,
    /// The codes that the model wrote for them, one for each part of the sentence.
    pub wrong_code: Vec<String>,
    /// The words that say what was meant; the same, if only a name was not known.
    pub meaning: String,
    /// The codes for these, one for each part; indices count the words of `meaning`.
    pub right_code: Vec<String>,
    /// The entity that got another name, and the name.
    pub named: Option<(String, String)>,
}
