//! What the household has laid down: tiers of effects, of single things, of roles, of places. Only the owner changes
//! it.

use axum::Json;
use axum::extract::{Extension, State};
use house::Effect;
use serde::{Deserialize, Serialize};
use tracing::info;
use utoipa::ToSchema;

use crate::auth::caller::Who;
use store::RulesRecord;

use crate::context::Web;
use crate::error::{Body, ErrorWire};
use crate::error::{Error, off_thread};
use crate::login::{Client, confirmed};

/// The rules, and what they are as usual.
#[derive(Serialize, ToSchema)]
pub(crate) struct RulesWire {
    rules: RulesRecord,
    /// The usual tiers of all kinds of effects, the gravest first.
    usual: Vec<Usual>,
}

/// The usual tier of a kind of effect.
#[derive(Serialize, ToSchema)]
pub(crate) struct Usual {
    /// `unlock`, `disarm`, `entry`, `gas`, `siren`, `whole_house`, `foreign`, `hot_water`, `heating`, `secure` or
    /// `other`.
    effect: &'static str,
    /// `free`, `announced`, `confirmed`, `pin` or `never`.
    tier: &'static str,
}

/// Other rules; what is missing is as usual.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRules {
    rules: RulesRecord,
    /// The owner's password.
    password: Option<String>,
}

/// What the household has laid down. Those who may change nothing don't see it.
#[utoipa::path(
    get,
    path = "/rules",
    tag = "rules",
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = RulesWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
    ),
)]
pub(crate) async fn rules(web: State<Web>, who: Extension<Who>) -> Result<Json<RulesWire>, Error> {
    web.only_editors(&who.0)?;
    Ok(Json(shown(&web)))
}

/// Lays down other rules, all at once; they hold from then on, for what is planned too. Only the owner may, with the
/// password.
#[utoipa::path(
    put,
    path = "/rules",
    tag = "rules",
    request_body = NewRules,
    security(("session" = [])),
    responses(
        (status = 200, body = RulesWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 429, body = ErrorWire),
    ),
)]
pub(crate) async fn set_rules(
    web: State<Web>,
    who: Extension<Who>,
    client: Client,
    body: Body<NewRules>,
) -> Result<Json<RulesWire>, Error> {
    web.only_owner(&who.0)?;
    let rules = body.0.rules.into_rules().map_err(|error| Error::unfit(format!("{error:#}")))?;
    confirmed(&web, &who.0, body.0.password.as_deref(), &client).await?;
    let household = web.household.clone();
    off_thread(move || household.set_rules(rules)).await?;
    info!("The rules were changed.");
    Ok(Json(shown(&web)))
}

fn shown(web: &Web) -> RulesWire {
    let usual =
        Effect::ALL.iter().map(|effect| Usual { effect: effect.as_str(), tier: effect.usual().as_str() }).collect();
    RulesWire { rules: RulesRecord::of(&web.household.house_rules()), usual }
}
