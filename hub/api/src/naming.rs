//! What the owner calls things, and where they stand.

use axum::Json;
use axum::extract::{Extension, State};
use house::{AreaId, EntityId, FloorId};
use serde::Deserialize;
use tracing::info;
use utoipa::ToSchema;

use crate::auth::caller::Who;
use house::Edit;

use crate::context::Web;
use crate::error::Error;
use crate::error::{Body, ErrorWire, Path};
use crate::house_wire::{self, AreaWire, EntityWire};

/// Changes to an entity; what is missing stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntityEdit {
    name: Option<String>,
    aliases: Option<Vec<String>>,
    /// An area's name; made if it is new. Empty: none.
    area: Option<String>,
}

/// Changes to an area; what is missing stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AreaEdit {
    name: Option<String>,
    aliases: Option<Vec<String>>,
    /// A floor's name; made if it is new. Empty: none.
    floor: Option<String>,
}

/// Names, aliases or places an entity.
#[utoipa::path(
    patch,
    path = "/entities/{id}",
    tag = "house",
    params(("id" = String, Path, description = "The entity's id")),
    request_body = EntityEdit,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = EntityWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn edit_entity(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    body: Body<EntityEdit>,
) -> Result<Json<EntityWire>, Error> {
    web.only_editors(&who.0)?;
    let id = EntityId::new(id.0);
    let missing = || Error::missing(format!("there is no entity `{id}`"));
    if !web.hub.snapshot().house.entities.contains_key(&id) {
        return Err(missing());
    }
    let EntityEdit { name, aliases, area } = body.0;
    let name = name.map(|name| Edit::Name(id.clone(), name));
    let aliases = aliases.map(|aliases| Edit::Aliases(id.clone(), aliases));
    let area = area.map(|area| Edit::Place(id.clone(), area));
    for edit in [name, aliases, area].into_iter().flatten() {
        web.hub.edit(edit).await.map_err(|error| Error::unkept(&error))?;
    }
    info!(entity = %id, "An entity was edited.");
    after(&web).await;
    web.hub.snapshot().house.entities.get(&id).map(|entity| Json(house_wire::entity(entity))).ok_or_else(missing)
}

/// Names, aliases or places an area.
#[utoipa::path(
    patch,
    path = "/areas/{id}",
    tag = "house",
    params(("id" = String, Path, description = "The area's id")),
    request_body = AreaEdit,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = AreaWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn edit_area(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    body: Body<AreaEdit>,
) -> Result<Json<AreaWire>, Error> {
    web.only_editors(&who.0)?;
    let id = AreaId::new(id.0);
    let missing = || Error::missing(format!("there is no area `{id}`"));
    if !web.hub.snapshot().house.areas.contains_key(&id) {
        return Err(missing());
    }
    let AreaEdit { name, aliases, floor } = body.0;
    web.hub.edit(Edit::Area(id.clone(), name, aliases, floor)).await.map_err(|error| Error::unkept(&error))?;
    info!(area = %id, "An area was edited.");
    after(&web).await;
    web.hub.snapshot().house.areas.get(&id).map(|area| Json(house_wire::area(area))).ok_or_else(missing)
}

/// Takes an area away. What stands there stands nowhere then; it is there again once something is put there.
#[utoipa::path(
    delete,
    path = "/areas/{id}",
    tag = "house",
    params(("id" = String, Path, description = "The area's id")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is gone"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn remove_area(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
) -> Result<Json<serde_json::Value>, Error> {
    web.only_editors(&who.0)?;
    let id = AreaId::new(id.0);
    if !web.hub.snapshot().house.areas.contains_key(&id) {
        return Err(Error::missing(format!("there is no area `{id}`")));
    }
    web.hub.edit(Edit::RemoveArea(id.clone())).await.map_err(|error| Error::unkept(&error))?;
    info!(area = %id, "An area was taken away.");
    after(&web).await;
    Ok(Json(serde_json::json!({ "gone": id.as_str() })))
}

/// Takes a floor away; its areas stay, on no floor.
#[utoipa::path(
    delete,
    path = "/floors/{id}",
    tag = "house",
    params(("id" = String, Path, description = "The floor's id")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is gone"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn remove_floor(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
) -> Result<Json<serde_json::Value>, Error> {
    web.only_editors(&who.0)?;
    let id = FloorId::new(id.0);
    if !web.hub.snapshot().house.floors.contains_key(&id) {
        return Err(Error::missing(format!("there is no floor `{id}`")));
    }
    web.hub.edit(Edit::RemoveFloor(id.clone())).await.map_err(|error| Error::unkept(&error))?;
    info!(floor = %id, "A floor was taken away.");
    after(&web).await;
    Ok(Json(serde_json::json!({ "gone": id.as_str() })))
}

/// The hub answers an edit within its batch and publishes the snapshot at the end of the batch.
pub(crate) async fn after(web: &Web) {
    let mut watch = web.hub.watch();
    watch.mark_unchanged();
    // If the hub ends, the snapshot at hand is the last one there is.
    let _ = watch.changed().await;
}
