//! Controls of the page: Home Assistant's service calls, taken through the same gate as words.

use axum::Json;
use axum::extract::{Extension, State};
use device_adapters::Fault;
use house::{
    Action, ActionPlan, Attributes, Entity, EntityId, House, Intent, IntentKind, Resolved, ServiceError, Slot,
    SlotValue, Step,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use tracing::info;
use utoipa::ToSchema;

use crate::auth::caller::Who;
use mind::conversation::Conversation;
use runtime::turn::resolve_all;

use crate::context::Web;
use crate::error::Error;
use crate::error::{Body, ErrorWire, Path};
use crate::requests::{Speaking, TurnAnswer, finished, spoken_by};

/// A service call to one entity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionWire {
    /// Home Assistant's service, such as `light.turn_on`; its domain is the entity's.
    service: String,
    /// Its data, such as `{"brightness_pct": 40}`.
    #[serde(default)]
    data: Map<String, Value>,
    /// The conversation in which a question is answered.
    conversation: Option<String>,
    /// The language of the reply: `en` or `zh`.
    lang: Option<String>,
}

/// A fault of a virtual device.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultWire {
    /// Nothing.
    None,
    /// It is gone.
    Offline,
    /// It does what it is told and reports nothing.
    Silent,
    /// It reports late.
    Slow,
    /// It reports something else than it was told.
    Wrong,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultOf {
    entity_id: String,
    fault: FaultWire,
}

/// Does one thing to one entity. A question comes back as outcome `ask` and is answered by a request in the same
/// conversation.
#[utoipa::path(
    post,
    path = "/entities/{id}/actions",
    tag = "house",
    params(("id" = String, Path, description = "The entity's id")),
    request_body = ActionWire,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = TurnAnswer),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 429, body = ErrorWire),
    ),
)]
pub(crate) async fn act(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    body: Body<ActionWire>,
) -> Result<Json<TurnAnswer>, Error> {
    let ActionWire { service, data, conversation, lang } = body.0;
    let snapshot = web.hub.snapshot();
    let id = EntityId::new(id.0);
    let entity =
        snapshot.house.entities.get(&id).ok_or_else(|| Error::missing(format!("there is no entity `{id}`")))?;
    let action = action(entity, &service, data)?;
    let utterance = spoken_by(&web, &who.0, &Speaking { conversation, lang }, format!("{service} {}", entity.name))?;
    let steps = match action {
        Action::Activate => members(&web, &utterance, entity, &snapshot.house)?,
        action => vec![Step { intent: 0, entity: id, action, reason: format!("the page asked for `{service}`") }],
    };
    let turns = web.turns.clone();
    finished(&web, async move { turns.act(utterance, ActionPlan::now(steps)).await }).await
}

/// Breaks or mends a device of the virtual house.
#[utoipa::path(
    post,
    path = "/demo/faults",
    tag = "demo",
    request_body = FaultOf,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is broken or mended"),
        (status = 401, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn set_fault(web: State<Web>, who: Extension<Who>, body: Body<FaultOf>) -> Result<Json<Value>, Error> {
    web.only_editors(&who.0)?;
    let faults = web.faults.as_ref().ok_or_else(|| Error::missing("the virtual house does not play here"))?;
    let id = EntityId::new(body.0.entity_id);
    if !web.hub.snapshot().house.entities.contains_key(&id) {
        return Err(Error::missing(format!("there is no entity `{id}`")));
    }
    let fault = match body.0.fault {
        FaultWire::None => Fault::None,
        FaultWire::Offline => Fault::Offline,
        FaultWire::Silent => Fault::Silent,
        FaultWire::Slow => Fault::Slow,
        FaultWire::Wrong => Fault::Wrong,
    };
    info!(entity = %id, ?fault, "A virtual device was given a fault.");
    faults.set(id, fault);
    Ok(Json(serde_json::json!({ "fault": format!("{fault:?}").to_lowercase() })))
}

/// What a scene or script does, member by member, as resolving finds it.
fn members(web: &Web, utterance: &house::Utterance, scene: &Entity, house: &House) -> Result<Vec<Step>, Error> {
    let intent = Intent::new(IntentKind::TurnOn).with(Slot::Name, SlotValue::Entity(scene.id.clone()));
    let resolutions = resolve_all(
        utterance,
        &[intent],
        &Conversation::default(),
        house,
        &web.clock.around(utterance.at_ms),
        house::Lang::En,
    );
    match resolutions.into_iter().next().map(|resolution| resolution.resolved) {
        Some(Resolved::Act(steps)) if !steps.is_empty() => Ok(steps),
        _ => Err(Error::unfit(format!("`{}` contains nothing that is in this house", scene.name))),
    }
}

/// A service call as an action on this entity.
fn action(entity: &Entity, service: &str, data: Map<String, Value>) -> Result<Action, Error> {
    let data: Attributes = data.into_iter().map(|(name, value)| (name, value_of(value))).collect();
    Action::from_service(entity.domain, service, &data).map_err(|error| {
        let said = match &error {
            ServiceError::Unknown => format!("`{}` can't do `{service}`", entity.id),
            other => other.to_string(),
        };
        match error.hint() {
            Some(hint) => Error::unfit(said).hint(hint),
            None => Error::unfit(said),
        }
    })
}

/// A value of JSON as one of the house; the request's size bounds its depth.
fn value_of(value: Value) -> house::Value {
    match value {
        Value::Null => house::Value::Null,
        Value::Bool(truth) => truth.into(),
        Value::Number(number) => number.as_f64().map_or(house::Value::Null, house::Value::Number),
        Value::String(text) => text.into(),
        Value::Array(list) => house::Value::List(list.into_iter().map(value_of).collect()),
        Value::Object(map) => house::Value::Map(map.into_iter().map(|(name, value)| (name, value_of(value))).collect()),
    }
}
