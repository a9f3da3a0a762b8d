//! What was told to everyone in the house, until someone dismisses it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Web;
use crate::error::{Error, off_thread};
use crate::error::{ErrorWire, Path};

/// Something that was told and that nobody has dismissed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NoticeKept {
    id: u64,
    /// When it was told, in milliseconds since 1970 UTC.
    at_ms: i64,
    /// `alarm`, `reminder`, `not_done`, `broadcast`, `suggestion` or `timer`.
    kind: String,
    /// The id of what was scheduled.
    schedule: Option<String>,
    /// The words.
    said: String,
    lang: String,
    /// Ids of the areas where it was said; everywhere if empty.
    areas: Vec<String>,
    /// By how many seconds it was late.
    late_s: u64,
}

/// What was told and that nobody has dismissed, oldest first.
#[utoipa::path(
    get,
    path = "/notices",
    tag = "schedules",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Vec<NoticeKept>), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn notices(web: State<Web>) -> Json<Vec<NoticeKept>> {
    Json(all(&web))
}

/// Dismisses a notice, for every page.
#[utoipa::path(
    delete,
    path = "/notices/{id}",
    tag = "schedules",
    params(("id" = u64, Path, description = "The notice's id")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is gone"),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn dismiss(web: State<Web>, id: Path<u64>) -> Result<Json<serde_json::Value>, Error> {
    let (notices, id) = (web.notices.clone(), id.0);
    match off_thread(move || notices.dismiss(|one| one.id == id)).await? {
        0 => Err(Error::missing("there is no such notice")),
        _ => Ok(Json(serde_json::json!({ "gone": id }))),
    }
}

/// All of them, as the interface shows them.
pub(crate) fn all(web: &Web) -> Vec<NoticeKept> {
    let all = web.notices.all();
    let one = |one: &store::NoticeRecord| NoticeKept {
        id: one.id,
        at_ms: one.at_ms,
        kind: one.kind.clone(),
        schedule: one.schedule.clone(),
        said: one.said.clone(),
        lang: one.lang.clone(),
        areas: one.areas.clone(),
        late_s: one.late_s,
    };
    all.iter().map(one).collect()
}
