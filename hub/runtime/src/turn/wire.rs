//! A turn as interfaces show it: over HTTP, over MQTT and in files.

use serde::Serialize;

use super::outcome::Turn;
use crate::wire::{CommandWire, IntentWire, MsWire, OutcomeWire, intent, outcome, tenths};

/// A turn.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TurnWire {
    /// The turn's id in the journal.
    pub turn: Option<String>,
    /// The words, as they were taken; a PIN among them is not shown.
    pub text: String,
    /// `act`, `answer`, `ask`, `refuse`, `not_understood` or `not_for_house`.
    pub outcome: &'static str,
    /// What was asked.
    pub intents: Vec<IntentWire>,
    /// What was to be sent.
    pub commands: Vec<CommandWire>,
    /// What became of it, device by device.
    pub outcomes: Vec<OutcomeWire>,
    /// What is said back.
    pub reply: String,
    /// The language of the reply.
    pub lang: &'static str,
    /// `reflex` or `model`.
    pub path: &'static str,
    /// How sure the model was, 0–1.
    pub confidence: Option<f64>,
    /// How long it took.
    pub ms: MsWire,
    /// Why, line by line.
    pub trace: Vec<String>,
    /// Whether it changed something that can be taken back.
    pub undoable: bool,
}

/// A turn as interfaces show it.
pub fn turn(turn: &Turn, commands: Vec<CommandWire>) -> TurnWire {
    TurnWire {
        turn: turn.id.as_ref().map(|id| id.as_str().to_owned()),
        text: turn.utterance.text.clone(),
        outcome: turn.outcome.as_str(),
        intents: turn.intents.iter().map(intent).collect(),
        commands,
        outcomes: turn.outcomes.iter().map(outcome).collect(),
        reply: turn.reply.clone(),
        lang: turn.lang.as_str(),
        path: turn.resolved_by.as_str(),
        confidence: turn.confidence.map(|confidence| (confidence * 1000.0).round() / 1000.0),
        ms: MsWire { total: tenths(turn.ms.0), model: tenths(turn.ms.1) },
        trace: turn.trace.clone(),
        undoable: turn.id.is_some() && !turn.undo.is_empty(),
    }
}
