//! The journal: what was said, what came of it, and why.

use axum::Json;
use axum::extract::State;
use house::TurnId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::store::TurnRecord;

use super::error::{ErrorWire, Path, Query};
use super::{Error, Web};

/// A turn that was written down.
#[derive(Serialize, ToSchema)]
pub(super) struct PastTurn {
    /// Its id.
    turn: String,
    /// When it began, in milliseconds since 1970 UTC.
    at_ms: i64,
    conversation: String,
    /// The id of the area where it was said.
    area: Option<String>,
    /// How it came in: `voice`, `page`, `api` …
    cause: String,
    lang: String,
    /// The words; dots where a PIN was said.
    text: String,
    /// What was understood.
    #[schema(value_type = Object)]
    intents: Value,
    /// What was decided.
    #[schema(value_type = Object)]
    commands: Value,
    outcome: String,
    reply: String,
    path: String,
    confidence: Option<f64>,
    /// What came of each step.
    outcomes: Vec<PastOutcome>,
    ms: PastMs,
    /// Why, line by line.
    trace: Vec<String>,
}

/// What came of one step.
#[derive(Serialize, ToSchema)]
pub(super) struct PastOutcome {
    entity_id: String,
    action: String,
    outcome: String,
    ms: u64,
}

/// How long a turn took, in milliseconds.
#[derive(Serialize, ToSchema)]
pub(super) struct PastMs {
    total: f64,
    model: f64,
}

#[derive(Deserialize, IntoParams)]
pub(super) struct Which {
    /// How many, at most 200; 20 if missing.
    limit: Option<usize>,
    /// Only those before this turn.
    before: Option<String>,
}

/// The last turns, newest first.
#[utoipa::path(get, path = "/turns", tag = "turns", params(Which), security(("token" = []), ("session" = [])), responses((status = 200, body = Vec<PastTurn>), (status = 400, body = ErrorWire), (status = 401, body = ErrorWire)))]
pub(super) async fn turns(web: State<Web>, which: Query<Which>) -> Result<Json<Vec<PastTurn>>, Error> {
    let limit = which.0.limit.unwrap_or(USUAL).min(MOST);
    let before = which.0.before.map(TurnId::new);
    let turns = web.store.turns(limit, before.as_ref()).map_err(|error| Error::failed(&error))?;
    Ok(Json(turns.into_iter().map(|(id, record)| past(&id, record)).collect()))
}

/// One turn.
#[utoipa::path(get, path = "/turns/{id}", tag = "turns", params(("id" = String, Path, description = "The turn's id")), security(("token" = []), ("session" = [])), responses((status = 200, body = PastTurn), (status = 401, body = ErrorWire), (status = 404, body = ErrorWire)))]
pub(super) async fn turn(web: State<Web>, id: Path<String>) -> Result<Json<PastTurn>, Error> {
    let id = TurnId::new(id.0);
    let record = web.store.turn(&id).map_err(|error| Error::failed(&error))?;
    record.map(|record| Json(past(&id, record))).ok_or_else(|| Error::missing("there is no such turn"))
}

fn past(id: &TurnId, record: TurnRecord) -> PastTurn {
    let outcomes = record.outcomes.into_iter();
    PastTurn {
        turn: id.to_string(),
        at_ms: record.at_ms,
        conversation: record.conversation,
        area: record.area,
        cause: record.cause,
        lang: record.lang,
        text: record.text,
        intents: record.intents,
        commands: record.commands,
        outcome: record.outcome,
        reply: record.reply,
        path: record.path,
        confidence: record.confidence,
        outcomes: outcomes.map(|one| PastOutcome { entity_id: one.entity, action: one.action, outcome: one.kind, ms: one.took_ms }).collect(),
        ms: PastMs { total: record.ms.total, model: record.ms.model },
        trace: record.trace,
    }
}

const USUAL: usize = 20;
const MOST: usize = 200;
