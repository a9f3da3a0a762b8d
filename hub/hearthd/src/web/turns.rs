//! The journal: what was said, what came of it, and why.

use axum::Json;
use axum::extract::{Extension, State};
use house::TurnId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::access::Who;
use crate::store::TurnRecord;

use super::error::{ErrorWire, Path, Query};
use super::requests::{Speaking, TurnAnswer, finished, spoken_by};
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
    /// Whether it changed something that can be taken back.
    undoable: bool,
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
    Ok(Json(turns.into_iter().map(|(id, record)| past(&id, record, web.clock.now_ms())).collect()))
}

/// One turn.
#[utoipa::path(get, path = "/turns/{id}", tag = "turns", params(("id" = String, Path, description = "The turn's id")), security(("token" = []), ("session" = [])), responses((status = 200, body = PastTurn), (status = 401, body = ErrorWire), (status = 404, body = ErrorWire)))]
pub(super) async fn turn(web: State<Web>, id: Path<String>) -> Result<Json<PastTurn>, Error> {
    let id = TurnId::new(id.0);
    let record = web.store.turn(&id).map_err(|error| Error::failed(&error))?;
    record.map(|record| Json(past(&id, record, web.clock.now_ms()))).ok_or_else(|| Error::missing("there is no such turn"))
}

/// Takes a turn back: every state it changed becomes what it was before. Gated effects ask first, as always.
#[utoipa::path(post, path = "/turns/{id}/undo", tag = "turns", params(("id" = String, Path, description = "The turn's id")), security(("token" = []), ("session" = [])), responses((status = 200, body = TurnAnswer), (status = 401, body = ErrorWire), (status = 404, body = ErrorWire), (status = 422, body = ErrorWire)))]
pub(super) async fn undo(web: State<Web>, who: Extension<Who>, id: Path<String>, speaking: Query<Speaking>) -> Result<Json<TurnAnswer>, Error> {
    let id = TurnId::new(id.0);
    let record = web.store.turn(&id).map_err(|error| Error::failed(&error))?.ok_or_else(|| Error::missing("there is no such turn"))?;
    let now = web.clock.now_ms();
    if LONGEST_UNDO_MS < now - record.at_ms {
        return Err(Error::unfit("that was too long ago to be taken back").hint("set things as you want them now"));
    }
    let undo = record.undo.into_undo().map_err(|error| Error::failed(&error))?;
    let wish = undo.into_wish(&web.hub.snapshot().house);
    if wish.is_empty() {
        return Err(Error::unfit("that turn changed nothing that could be taken back"));
    }
    let speaking = Speaking { lang: speaking.0.lang.or(Some(record.lang)), ..speaking.0 };
    let utterance = spoken_by(&web, &who.0, &speaking, format!("turn.undo {}", record.text))?;
    let turns = web.turns.clone();
    finished(&web, async move { turns.act(utterance, wish).await }).await
}

fn past(id: &TurnId, record: TurnRecord, now: i64) -> PastTurn {
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
        undoable: !record.undo.is_empty() && now - record.at_ms <= LONGEST_UNDO_MS,
    }
}

/// A day later the house is another.
const LONGEST_UNDO_MS: i64 = 24 * 3_600_000;
const USUAL: usize = 20;
const MOST: usize = 200;
