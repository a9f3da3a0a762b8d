//! The journal: what was said, what came of it, and why.

use axum::Json;
use axum::extract::{Extension, State};
use house::{PersonId, Role, TurnId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::auth::caller::Who;
use runtime::household::Person;
use store::TurnRecord;

use crate::context::Web;
use crate::error::Error;
use crate::error::{ErrorWire, Path, Query};
use crate::requests::{Speaking, TurnAnswer, finished, spoken_by};

/// A turn that was written down.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastTurn {
    /// Its id.
    turn: String,
    /// When it began, in milliseconds since 1970 UTC.
    at_ms: i64,
    conversation: String,
    /// The id of the area where it was said.
    area: Option<String>,
    /// Who said it, if that is known: a name, or the id of someone who is gone.
    person: Option<String>,
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
pub(crate) struct PastOutcome {
    entity_id: String,
    action: String,
    /// `confirmed`, `already`, `sent`, `timed_out`, `offline`, `refused`, `unable`, or `late`: confirmed when the turn
    /// had ended.
    outcome: String,
    ms: u64,
    /// The messages that were sent for it; what may carry a code is dotted out.
    sent: Vec<String>,
    /// How long after the end of the turn it answered, in milliseconds.
    late_ms: Option<u64>,
}

/// How long a turn took, in milliseconds.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastMs {
    total: f64,
    model: f64,
}

#[derive(Deserialize, IntoParams)]
pub(crate) struct Which {
    /// How many, at most 200; 20 if missing.
    limit: Option<usize>,
    /// Only those before this turn.
    before: Option<String>,
}

/// The last turns, newest first; to guests and children only their own.
#[utoipa::path(
    get,
    path = "/turns",
    tag = "turns",
    params(Which),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Vec<PastTurn>), (status = 400, body = ErrorWire), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn turns(
    web: State<Web>,
    who: Extension<Who>,
    which: Query<Which>,
) -> Result<Json<Vec<PastTurn>>, Error> {
    let limit = which.0.limit.unwrap_or(USUAL).min(MOST);
    let before = which.0.before.map(TurnId::new);
    let caller = web.person(&who.0)?;
    let searched = if caller.role == Role::Resident { limit } else { MOST_SEARCHED };
    let turns = web.store.turns(searched, before.as_ref()).map_err(|error| Error::failed(&error))?;
    let own = turns.into_iter().filter(|(_, record)| may_see(&caller, record)).take(limit);
    Ok(Json(own.map(|(id, record)| past(&web, &id, record)).collect()))
}

/// One turn.
#[utoipa::path(
    get,
    path = "/turns/{id}",
    tag = "turns",
    params(("id" = String, Path, description = "The turn's id")),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = PastTurn), (status = 401, body = ErrorWire), (status = 404, body = ErrorWire)),
)]
pub(crate) async fn turn(web: State<Web>, who: Extension<Who>, id: Path<String>) -> Result<Json<PastTurn>, Error> {
    let (id, record) = one(&web, &who.0, id.0)?;
    Ok(Json(past(&web, &id, record)))
}

/// Takes a turn back: every state it changed becomes what it was before. Gated effects ask first, as always.
#[utoipa::path(
    post,
    path = "/turns/{id}/undo",
    tag = "turns",
    params(("id" = String, Path, description = "The turn's id"), Speaking),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = TurnAnswer),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn undo(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
) -> Result<Json<TurnAnswer>, Error> {
    let (_, record) = one(&web, &who.0, id.0)?;
    let now = web.clock.now_ms();
    if LONGEST_UNDO_MS < now - record.at_ms {
        return Err(Error::unfit("that was too long ago to be taken back").hint("set things as you want them now"));
    }
    let undo = record.undo.into_undo().map_err(|error| Error::failed(&error))?;
    let plan = undo.into_plan(&web.hub.snapshot().house);
    if plan.is_empty() {
        return Err(Error::unfit("that turn changed nothing that could be taken back"));
    }
    let speaking = Speaking { lang: speaking.0.lang.or(Some(record.lang)), ..speaking.0 };
    let utterance = spoken_by(&web, &who.0, &speaking, format!("turn.undo {}", record.text))?;
    let turns = web.turns.clone();
    finished(&web, async move { turns.act(utterance, plan).await }).await
}

/// A turn that the caller may see: a guest or a child only their own.
pub(crate) fn one(web: &Web, who: &Who, id: String) -> Result<(TurnId, TurnRecord), Error> {
    let caller = web.person(who)?;
    let id = TurnId::new(id);
    let record = web.store.turn(&id).map_err(|error| Error::failed(&error))?.filter(|record| may_see(&caller, record));
    record.map(|record| (id, record)).ok_or_else(|| Error::missing("there is no such turn"))
}

fn may_see(caller: &Person, record: &TurnRecord) -> bool {
    caller.role == Role::Resident || record.person.as_deref() == Some(caller.id.as_str())
}

fn past(web: &Web, id: &TurnId, record: TurnRecord) -> PastTurn {
    let outcomes = record.outcomes.into_iter();
    PastTurn {
        turn: id.to_string(),
        at_ms: record.at_ms,
        conversation: record.conversation,
        area: record.area,
        person: record
            .person
            .map(|id| web.household.person(&PersonId::new(id.as_str())).map_or(id, |person| person.name)),
        cause: record.cause,
        lang: record.lang,
        text: record.text,
        intents: record.intents,
        commands: record.commands,
        outcome: record.outcome,
        reply: record.reply,
        path: record.path,
        confidence: record.confidence,
        outcomes: outcomes
            .map(|one| PastOutcome {
                entity_id: one.entity,
                action: one.action,
                outcome: one.kind,
                ms: one.took_ms,
                sent: one.sent,
                late_ms: one.late_ms,
            })
            .collect(),
        ms: PastMs { total: record.ms.total, model: record.ms.model },
        trace: record.trace,
        undoable: !record.undo.is_empty() && web.clock.now_ms() - record.at_ms <= LONGEST_UNDO_MS,
    }
}

/// A day later the house is another.
const LONGEST_UNDO_MS: i64 = 24 * 3_600_000;
/// Turns that are looked through for those of one person.
const MOST_SEARCHED: usize = 2000;
const USUAL: usize = 20;
const MOST: usize = 200;
