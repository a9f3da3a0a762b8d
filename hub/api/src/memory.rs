//! What was said: for how long it is kept, and forgetting it.

use axum::Json;
use axum::extract::{Extension, State};
use house::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing::info;
use utoipa::ToSchema;

use crate::auth::caller::Who;
use runtime::forget::forget;
use store::Forget;

use crate::context::Web;
use crate::error::{Body, ErrorWire, Path};
use crate::error::{Error, off_thread};
use crate::turns;

/// For how long what was said is kept.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemoryWire {
    /// Days; 0: nothing is written down at all.
    days: u32,
}

/// For how long what was said is kept.
#[utoipa::path(
    get,
    path = "/memory",
    tag = "memory",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = MemoryWire), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn memory(web: State<Web>) -> Json<MemoryWire> {
    body_of(&web)
}

/// Chooses for how long what is said is kept; what is older is forgotten at once. Only the owner may.
#[utoipa::path(
    put,
    path = "/memory",
    tag = "memory",
    request_body = MemoryWire,
    security(("session" = [])),
    responses(
        (status = 200, body = MemoryWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn set_memory(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<MemoryWire>,
) -> Result<Json<MemoryWire>, Error> {
    web.only_owner(&who.0)?;
    web.household.set_keep_days(body.0.days).map_err(|error| Error::unkept(&error))?;
    info!(days = body.0.days, "It was chosen for how long things said are kept.");
    forgotten(&web, web.household.outdated(web.clock.now_ms())).await?;
    Ok(body_of(&web))
}

/// Forgets one turn, wherever it is kept.
#[utoipa::path(
    delete,
    path = "/turns/{id}",
    tag = "memory",
    params(("id" = String, Path, description = "The turn's id")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is forgotten"),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn forget_turn(web: State<Web>, who: Extension<Who>, id: Path<String>) -> Result<Json<Value>, Error> {
    let (id, _) = turns::one(&web, &who.0, id.0)?;
    told(forgotten(&web, Forget::Turn(id)).await?)
}

/// Forgets all that a person said. They may themselves, and so may the owner.
#[utoipa::path(
    delete,
    path = "/people/{id}/said",
    tag = "memory",
    params(("id" = String, Path, description = "The person's id; of someone who is gone too")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is forgotten"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn forget_person(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
) -> Result<Json<Value>, Error> {
    let caller = web.person(&who.0)?;
    if caller.id != PersonId::new(id.0.as_str()) {
        web.only_owner(&who.0)?;
    }
    told(forgotten(&web, Forget::Person(id.0)).await?)
}

/// Forgets everything that was ever said. Only the owner may.
#[utoipa::path(
    delete,
    path = "/said",
    tag = "memory",
    security(("session" = [])),
    responses(
        (status = 200, description = "It is forgotten"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn forget_all(web: State<Web>, who: Extension<Who>) -> Result<Json<Value>, Error> {
    web.only_owner(&who.0)?;
    told(forgotten(&web, Forget::All).await?)
}

fn body_of(web: &Web) -> Json<MemoryWire> {
    Json(MemoryWire { days: web.household.keep_days() })
}

fn told(count: usize) -> Result<Json<Value>, Error> {
    Ok(Json(json!({ "forgotten": count })))
}

/// Off the async threads: the snapshot is written anew.
async fn forgotten(web: &Web, what: Forget) -> Result<usize, Error> {
    let (turns, notices) = (web.turns.clone(), web.notices.clone());
    let count = off_thread(move || forget(&turns, &notices, &what)).await?;
    info!(count, "What was said was forgotten.");
    Ok(count)
}
