//! The shapes in which requests, commands and their outcomes leave the hub: over HTTP and MQTT, in files, in the
//! journal.

use house::{Notice, Outcome, Step};
use mind::resolve::{Spoken, SpokenValue};
use serde::Serialize;
use serde_json::{Map, Value, json};

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
    /// `confirmed`, `already`, `sent`, `timed_out`, `offline`, `refused` or `unable`.
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

/// Something that is told to everyone in the house.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NoticeWire {
    /// `alarm`, `reminder`, `schedule`, `not_done` for what was scheduled and did not happen, `broadcast`, or `timer`.
    kind: &'static str,
    /// The id of what was scheduled.
    schedule: Option<String>,
    /// The words.
    said: String,
    lang: &'static str,
    /// Ids of the areas where it is to be said; everywhere if empty.
    areas: Vec<String>,
    /// By how many seconds it is late.
    late_s: u64,
}

impl NoticeWire {
    /// A notice as interfaces show it.
    pub fn of(notice: &Notice) -> Self {
        Self {
            kind: notice.kind.as_str(),
            schedule: notice.schedule.clone(),
            said: notice.said.clone(),
            lang: notice.lang.as_str(),
            areas: notice.areas.iter().map(ToString::to_string).collect(),
            late_s: notice.late_s,
        }
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

/// What became of a step as interfaces show it.
pub fn outcome(outcome: &Outcome) -> OutcomeWire {
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

/// Milliseconds to a tenth.
pub fn tenths(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
