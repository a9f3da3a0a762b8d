//! Kitchen timers: paused, lengthened and taken away, as turns that can be taken back.

use axum::Json;
use axum::extract::{Extension, State};
use house::TimerChange;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::caller::Who;
use house::ActionPlan;

use crate::context::Web;
use crate::error::Error;
use crate::error::{Body, ErrorWire, Path, Query};
use crate::requests::{Speaking, TurnAnswer, finished, spoken_by};

/// A change to a timer.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum TimerEdit {
    /// It waits.
    Pause,
    /// It goes on.
    Resume,
    /// It runs so many seconds longer; less than zero: shorter.
    AddS(i64),
}

/// Pauses a timer, lets it go on, or changes what is left.
#[utoipa::path(
    post,
    path = "/timers/{id}",
    tag = "schedules",
    params(("id" = String, Path, description = "The timer's id"), Speaking),
    request_body = TimerEdit,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = TurnAnswer),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn change(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
    body: Body<TimerEdit>,
) -> Result<Json<TurnAnswer>, Error> {
    let ids = vec![id.0.clone()];
    let (word, change) = match body.0 {
        TimerEdit::Pause => ("pause", TimerChange::Pause(ids)),
        TimerEdit::Resume => ("resume", TimerChange::Resume(ids)),
        TimerEdit::AddS(seconds) if seconds.abs() <= LONGEST_S => ("add", TimerChange::Add(ids, seconds)),
        TimerEdit::AddS(_) => return Err(Error::unfit("a timer runs for a day at most")),
    };
    changed(&web, &who.0, &id.0, &speaking.0, word, change).await
}

/// Takes a timer away.
#[utoipa::path(
    delete,
    path = "/timers/{id}",
    tag = "schedules",
    params(("id" = String, Path, description = "The timer's id"), Speaking),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = TurnAnswer), (status = 401, body = ErrorWire), (status = 404, body = ErrorWire)),
)]
pub(crate) async fn cancel(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    speaking: Query<Speaking>,
) -> Result<Json<TurnAnswer>, Error> {
    changed(&web, &who.0, &id.0, &speaking.0, "cancel", TimerChange::Cancel(vec![id.0.clone()])).await
}

async fn changed(
    web: &Web,
    who: &Who,
    id: &str,
    speaking: &Speaking,
    word: &str,
    change: TimerChange,
) -> Result<Json<TurnAnswer>, Error> {
    let snapshot = web.hub.snapshot();
    let timer = snapshot
        .house
        .timers
        .iter()
        .find(|timer| timer.id == id)
        .ok_or_else(|| Error::missing("there is no such timer"))?;
    let utterance = spoken_by(web, who, speaking, format!("timer.{word} {}", timer.name.as_deref().unwrap_or(id)))?;
    let turns = web.turns.clone();
    finished(
        web,
        async move { turns.act(utterance, ActionPlan { timers: vec![change], ..ActionPlan::default() }).await },
    )
    .await
}

const LONGEST_S: i64 = 24 * 3600;
