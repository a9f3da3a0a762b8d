//! A turn as it is written down.

use house::Speaker;
use serde_json::json;
use store::{MsRecord, OutcomeRecord, TurnRecord, UndoRecord};

use super::outcome::Turn;
use crate::wire::intent;

/// A turn as it is written down.
pub(super) fn record(turn: &Turn) -> TurnRecord {
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
        path: turn.resolved_by.as_str().to_owned(),
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
