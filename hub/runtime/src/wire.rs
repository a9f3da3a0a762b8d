//! The shapes in which turns leave the hub: over HTTP and MQTT, in files, in the journal.

use house::{Outcome, Speaker, Step};
use mind::resolve::{Spoken, SpokenValue};
use serde::Serialize;
use serde_json::{Map, Value, json};

use store::{MsRecord, OutcomeRecord, TurnRecord, UndoRecord};
use crate::turn::Turn;

/// An intent with Home Assistant's names.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct IntentWire {
    /// The intent, such as `HassTurnOn`; Hearth's own begin with `Hearth`.
    pub intent: String,
    /// Slots by Home Assistant's names; names as the house spells them.
    pub slots: Map<String, Value>,
    /// When it shall happen, in the words that were said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// A command to an entity.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CommandWire {
    /// Which entity.
    pub entity_id: String,
    /// Home Assistant's service.
    pub service: String,
    /// Its data.
    pub data: Value,
}

/// What became of a command.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OutcomeWire {
    /// Which entity.
    pub entity_id: String,
    /// `confirmed`, `already`, `sent`, `timed_out`, `offline` or `refused`.
    pub outcome: &'static str,
    /// Whether a confirmed command is still under way, such as a blind that moves.
    pub underway: bool,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Why it was refused, in the words of whoever refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The messages that were sent for it; what may carry a code is dotted out.
    pub sent: Vec<String>,
}

/// Times, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct MsWire {
    /// From the words to the reply.
    pub total: f64,
    /// Of that, in the model.
    pub model: f64,
}

/// A turn.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TurnWire {
    /// The turn's id in the journal.
    pub turn: Option<String>,
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
        outcome: turn.outcome.as_str(),
        intents: turn.intents.iter().map(intent).collect(),
        commands,
        outcomes: turn.outcomes.iter().map(outcome).collect(),
        reply: turn.reply.clone(),
        lang: turn.lang.as_str(),
        path: turn.path.as_str(),
        confidence: turn.confidence.map(|confidence| (confidence * 1000.0).round() / 1000.0),
        ms: MsWire { total: tenths(turn.ms.0), model: tenths(turn.ms.1) },
        trace: turn.trace.clone(),
        undoable: turn.id.is_some() && !turn.undo.is_empty(),
    }
}

/// An intent as interfaces show it.
pub fn intent(spoken: &Spoken) -> IntentWire {
    let slots = spoken.slots.iter().map(|(name, value)| ((*name).to_owned(), spoken_value(value))).collect();
    IntentWire { intent: spoken.intent.clone(), slots, when: spoken.when.clone() }
}

/// A step as the service call it is.
pub fn command(step: &Step, house: &house::House) -> Option<CommandWire> {
    let entity = house.entities.get(&step.entity)?;
    let data = step.action.data().iter().map(|(name, value)| (name.clone(), plain(value))).collect();
    Some(CommandWire {
        entity_id: step.entity.to_string(),
        service: step.action.service(entity.domain),
        data: Value::Object(data),
    })
}

/// Attribute values as JSON, with whole numbers written as such.
pub fn plain(value: &house::Value) -> Value {
    match value {
        house::Value::Null => Value::Null,
        house::Value::Bool(truth) => json!(truth),
        house::Value::Number(value) => number(*value),
        house::Value::Text(text) => json!(text),
        house::Value::List(list) => list.iter().map(plain).collect(),
        house::Value::Map(map) => Value::Object(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect()),
    }
}

/// A turn as it is written down.
pub fn record(turn: &Turn) -> TurnRecord {
    TurnRecord {
        at_ms: turn.utterance.at_ms,
        conversation: turn.utterance.conversation.clone(),
        area: turn.utterance.place.as_ref().map(|area| area.as_str().to_owned()),
        person: match &turn.utterance.speaker {
            Speaker::Person(id) => Some(id.to_string()),
            Speaker::Someone(_) => None,
        },
        cause: turn.utterance.cause.as_str().to_owned(),
        lang: turn.lang.as_str().to_owned(),
        text: turn.utterance.text.clone(),
        intents: serde_json::to_value(turn.intents.iter().map(intent).collect::<Vec<_>>()).unwrap_or_default(),
        commands: turn
            .steps
            .iter()
            .map(|step| json!({ "entity_id": step.entity.as_str(), "action": format!("{:?}", step.action) }))
            .collect(),
        outcome: turn.outcome.as_str().to_owned(),
        reply: turn.reply.clone(),
        codes: turn.codes.clone(),
        path: turn.path.as_str().to_owned(),
        confidence: turn.confidence,
        outcomes: turn
            .outcomes
            .iter()
            .map(|outcome| OutcomeRecord {
                entity: outcome.entity.as_str().to_owned(),
                action: format!("{:?}", outcome.action),
                kind: outcome.kind.as_str().to_owned(),
                took_ms: outcome.took_ms,
                sent: outcome.sent.clone(),
                late_ms: None,
            })
            .collect(),
        ms: MsRecord { total: turn.ms.0, model: turn.ms.1 },
        trace: turn.trace.clone(),
        undo: UndoRecord::of(&turn.undo),
    }
}

fn outcome(outcome: &Outcome) -> OutcomeWire {
    OutcomeWire {
        entity_id: outcome.entity.to_string(),
        outcome: outcome.kind.as_str(),
        underway: outcome.is_underway,
        ms: outcome.took_ms,
        reason: outcome.reason.clone(),
        sent: outcome.sent.clone(),
    }
}

fn spoken_value(value: &SpokenValue) -> Value {
    match value {
        SpokenValue::Text(text) => json!(text),
        SpokenValue::Number(value) => number(*value),
        SpokenValue::List(list) => json!(list),
    }
}

fn number(value: f64) -> Value {
    match value.fract() == 0.0 && value.abs() < 1e15 {
        true => json!(value as i64),
        false => json!(value),
    }
}

fn tenths(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
