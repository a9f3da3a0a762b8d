//! What the store keeps of an answer of the language model.

use serde::{Deserialize, Serialize};

/// An answer that the intent model once gave; the hub says to what by its key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerRecord {
    /// When it was given, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Names of the tokens written, without the closing `end`.
    pub tokens: Vec<String>,
    /// Probability of each token among those allowed at its place, and of `end`.
    pub probs: Vec<f32>,
    /// The same among the whole vocabulary.
    pub free_probs: Vec<f32>,
}
