//! A dialogue as a file gives it, and the line of output that comes of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use runtime::wire::{CommandWire, IntentWire};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A dialogue as a file gives it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Dialogue {
    pub(crate) id: String,
    pub(crate) fixture: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) start: Option<String>,
    /// Where the house stands, as degrees north and east.
    pub(super) location: Option<(f64, f64)>,
    pub(crate) policy: Option<String>,
    pub(crate) pin: Option<String>,
    #[serde(default)]
    pub(super) setup: BTreeMap<String, StateFile>,
    #[serde(default)]
    pub(crate) turns: Vec<TurnFile>,
    #[serde(default)]
    pub(crate) faults: BTreeMap<String, FaultFile>,
    /// A single request, for files that hold one instead of turns.
    pub(super) text: Option<String>,
    pub(super) area_context: Option<String>,
    pub(crate) then_wait_s: Option<f64>,
}

/// The state of a device before the first turn.
#[derive(Debug, Default, Deserialize)]
pub(super) struct StateFile {
    pub(super) state: Option<Value>,
    #[serde(default)]
    pub(super) attributes: Option<Map<String, Value>>,
    /// Attributes may also stand beside the state.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

/// One turn of a dialogue.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct TurnFile {
    #[serde(default)]
    pub(crate) text: String,
    /// A WAV file in place of the text, by its path from the file of dialogues.
    pub(crate) wav: Option<PathBuf>,
    pub(crate) area: Option<String>,
    #[serde(default)]
    pub(crate) wait_s: f64,
}

/// What is wrong with a device.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultFile {
    Offline,
    Silent,
    Wrong,
    Slow,
}

/// What came of a dialogue.
#[derive(Debug, Serialize)]
pub(crate) struct Simulated {
    pub(super) id: String,
    pub(crate) turns: Vec<TurnOut>,
    /// What fell due while time passed.
    pub(crate) fired: Vec<Fired>,
    pub(super) changed: BTreeMap<String, Value>,
    pub(crate) pending: Vec<Pending>,
}

/// What fell due.
#[derive(Debug, Serialize)]
pub(crate) struct Fired {
    /// Before which turn, counted from 0; after the last one, their number.
    pub(crate) before_turn: usize,
    pub(crate) at: String,
    pub(crate) outcome: &'static str,
    pub(crate) reply: String,
    pub(crate) commands: Vec<CommandWire>,
    pub(crate) outcomes: Vec<Value>,
}

/// What came of one turn.
#[derive(Debug, Serialize)]
pub(crate) struct TurnOut {
    pub(crate) outcome: &'static str,
    pub(crate) reply: String,
    pub(super) intents: Vec<IntentWire>,
    pub(crate) commands: Vec<CommandWire>,
    pub(crate) outcomes: Vec<Value>,
    pub(crate) trace: Vec<String>,
    #[serde(flatten)]
    pub(super) hearing: Option<HeardOut>,
}

/// How a turn was heard that was a WAV file.
#[derive(Debug, Serialize)]
pub(super) struct HeardOut {
    /// The words that were taken.
    pub(super) heard: String,
    /// How likely they are, 0–1.
    pub(super) heard_confidence: f64,
    pub(super) ms: HeardMs,
}

/// How long a turn took that was a WAV file, in milliseconds.
#[derive(Debug, Serialize)]
pub(super) struct HeardMs {
    /// From the end of the sound to its words.
    pub(super) asr: f64,
    /// From its words to the end of the turn.
    pub(super) total: f64,
    /// In the model.
    pub(super) model: f64,
}

/// What waits for its time.
#[derive(Debug, Serialize)]
pub(crate) struct Pending {
    pub(crate) kind: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) due: Option<String>,
    pub(super) seconds: u64,
    pub(crate) repeats: Option<String>,
    pub(crate) what: Option<String>,
}
