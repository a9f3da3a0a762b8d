//! What devices and bridges said that was refused, and what to do about it.

use axum::Json;
use axum::extract::{Extension, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use house::Lang;
use mind::reply;
use runtime::hub::refusals::Refused;

use crate::auth::caller::Who;
use crate::context::Web;
use crate::error::{Error, ErrorWire};

/// Something that was refused and is not mended.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedWire {
    /// `message` (an announcement or a report) or `subscription` (the hub's own, by the broker).
    kind: &'static str,
    /// Where it came in, or what was to be heard.
    topic: String,
    /// Why, and what to do.
    reason: String,
    /// Since when, in milliseconds since 1970 UTC.
    since_ms: i64,
    /// When it was refused last.
    last_ms: i64,
    /// How often it was.
    count: u64,
}

/// In which language the reasons are told.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldIn {
    /// `en`, which it is if it is missing, or `zh`.
    lang: Option<String>,
}

/// Announcements, reports and subscriptions that are refused, newest first. One that is taken later is on the list no
/// longer.
#[utoipa::path(
    get,
    path = "/refusals",
    tag = "house",
    params(ToldIn),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = Vec<RefusedWire>),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn refusals(
    web: State<Web>,
    who: Extension<Who>,
    told: Query<ToldIn>,
) -> Result<Json<Vec<RefusedWire>>, Error> {
    web.only_editors(&who.0)?;
    let lang = told.0.lang.as_deref().map_or(Lang::En, Lang::parse);
    Ok(Json(web.hub.snapshot().refused.iter().map(|refused| shown(refused, lang)).collect()))
}

fn shown(refused: &Refused, lang: Lang) -> RefusedWire {
    let Refused { kind, topic, reason, since_ms, last_ms, count } = refused.clone();
    RefusedWire { kind: kind.as_str(), topic, reason: reply::rejection(&reason, lang), since_ms, last_ms, count }
}
