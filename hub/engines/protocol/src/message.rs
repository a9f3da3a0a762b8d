//! The messages themselves.
//! A special token is spoken of by its name, which is what stands between `<|` and `|>` in the vocabulary.

use crate::Automaton;
use serde::{Deserialize, Serialize};

/// What the hub asks of an engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// Load a model, in place of the one loaded before. Answered by `Ready` or `Failed` without id.
    Load {
        /// The model, or the network of an intent model that writes.
        file: ModelFile,
        /// The network of an intent model that reads. With it the model writes codes, without it it chats.
        encoder: Option<ModelFile>,
        /// Threads to compute with; the engine chooses if absent.
        threads: Option<u32>,
        /// Most tokens of prompt and code together.
        n_ctx: u32,
    },
    /// Read a prompt and write the likeliest code that the automaton allows. Answered by `Done` or `Failed`.
    Run {
        /// Chosen by the hub, and given back in the answer.
        id: u64,
        /// The prompt, without anything added by the engine.
        pieces: Vec<Piece>,
        /// What may be written. A name that leads only where the code can never end is not written.
        automaton: Automaton,
        /// Most tokens of code, the closing `end` among them.
        max_tokens: u32,
        /// Time allowed, counted from the arrival of this request.
        deadline_ms: u64,
    },
    /// Answer a person's message with a JSON text that fits a schema, in the model's own chat template.
    /// Answered by `Said` or `Failed`.
    Chat {
        /// Chosen by the hub, and given back in the answer.
        id: u64,
        /// What the model is told about its task. The same each time is computed once.
        system: String,
        /// The message.
        user: String,
        /// The JSON schema, as text.
        schema: String,
        /// Most tokens of the answer.
        max_tokens: u32,
        /// Time allowed, counted from the arrival of this request.
        deadline_ms: u64,
    },
    /// Give up the run or chat of this id. One that is waiting or running is answered by `Failed`; others by nothing.
    Cancel {
        /// The run's id.
        id: u64,
    },
    /// Answered by `Pong`, between two tokens of a run too.
    Ping,
}

/// A model's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    /// Where it is.
    pub path: String,
    /// What its SHA-256 must be, in hexadecimal; unchecked if absent.
    pub sha256: Option<String>,
}

/// One part of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// A special token by its name.
    Special(String),
    /// Text that is encoded by itself and can never become a special token.
    Text(String),
}

/// What an engine answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// The model is loaded.
    Ready(Loaded),
    /// The run came to its end.
    Done(Answer),
    /// The chat came to its end.
    Said(Said),
    /// The run, the load or the last frame came to nothing.
    Failed {
        /// The run's id; absent where it was not a run that failed.
        id: Option<u64>,
        /// What kind of failure.
        kind: FailKind,
        /// For the log, not for a person in the house.
        message: String,
    },
    /// The engine is alive.
    Pong {
        /// Memory resident now.
        rss_kb: u64,
    },
}

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// The file's SHA-256, in hexadecimal; absent where it was not asked for.
    pub sha256: Option<String>,
    /// Number of the intent code that the model writes; 0 where the file does not say.
    pub dialect: u32,
    /// Tokens in the vocabulary.
    pub vocab: u32,
    /// Parameters.
    pub params: u64,
    /// Time from request to reply.
    pub load_ms: f64,
    /// Memory resident after loading.
    pub rss_kb: u64,
}

/// A code, and how sure the model was of each part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The run's id.
    pub id: u64,
    /// Names of the tokens written, without the closing `end`.
    pub tokens: Vec<String>,
    /// Probability of each token among those allowed at its place; one more than `tokens`, for `end`.
    pub probs: Vec<f32>,
    /// The same among the whole vocabulary.
    pub free_probs: Vec<f32>,
    /// Tokens in the prompt.
    pub prompt_tokens: u32,
    /// Those of them that had to be computed, because the run before did not begin with them.
    pub fresh_tokens: u32,
    /// Time for the prompt.
    pub prompt_ms: f64,
    /// Time for the code.
    pub decode_ms: f64,
}

/// What a chat came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The chat's id.
    pub id: u64,
    /// A JSON text that fits the schema.
    pub text: String,
    /// Tokens in the prompt.
    pub prompt_tokens: u32,
    /// Those of them that had to be computed.
    pub fresh_tokens: u32,
    /// Tokens written.
    pub tokens: u32,
    /// Time for the prompt.
    pub prompt_ms: f64,
    /// Time for the answer.
    pub decode_ms: f64,
}

/// Why something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailKind {
    /// The file is missing or is no model.
    BadModel,
    /// The file is not the one that was meant.
    HashMismatch,
    /// The prompt does not fit, or the code did not end within `max_tokens`.
    TooLong,
    /// The automaton reached a state that allows nothing.
    DeadEnd,
    /// The time was over.
    Deadline,
    /// The hub cancelled the run.
    Cancelled,
    /// A request that cannot be served: no model, an unknown token, a malformed message.
    Internal,
}
