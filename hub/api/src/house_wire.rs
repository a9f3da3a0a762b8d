//! The house as the interface shows it.

use axum::Json;
use axum::extract::State;
use house::{Area, Availability, Entity, EntityId, Floor, MovingTimer, Quality};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use runtime::hub::snapshot::Snapshot;
use runtime::model::language_model::Health;
use runtime::wire::plain;

use crate::context::Web;
use crate::error::ErrorWire;
use crate::microphone::{MicrophoneWire, microphone};
use crate::notices::{self, NoticeKept};
use crate::troubles::troubles;

/// The whole house.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct HouseWire {
    /// Floors.
    pub(crate) floors: Vec<FloorWire>,
    /// Areas.
    pub(crate) areas: Vec<AreaWire>,
    /// Entities.
    pub(crate) entities: Vec<EntityWire>,
    /// Timers that run or are paused.
    pub(crate) timers: Vec<TimerWire>,
    /// What was told and nobody has dismissed.
    pub(crate) notices: Vec<NoticeKept>,
    /// How the hub itself is.
    pub(crate) status: StatusWire,
}

/// A floor.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct FloorWire {
    id: String,
    name: String,
    aliases: Vec<String>,
}

/// An area.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct AreaWire {
    id: String,
    name: String,
    aliases: Vec<String>,
    /// Its floor's id.
    floor: Option<String>,
}

/// An entity, with what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct EntityWire {
    /// `domain.object_id`.
    id: String,
    name: String,
    aliases: Vec<String>,
    domain: &'static str,
    device_class: Option<String>,
    /// Its area's id.
    area: Option<String>,
    /// Home Assistant's state word; null before the first report.
    state: Option<String>,
    attributes: Map<String, Value>,
    /// How the state is known: `unknown`, `observed`, `assumed` or `stale`.
    quality: &'static str,
    /// Whether it can be reached.
    available: bool,
    /// Why it last changed: `voice`, `page`, `api`, `device`, `schedule`, `routine` or `replay`.
    cause: &'static str,
    /// When it last changed, in milliseconds since 1970 UTC; 0 if never.
    changed_ms: i64,
    /// Whether anything can be asked of it.
    controllable: bool,
}

/// A timer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct TimerWire {
    id: String,
    name: Option<String>,
    /// Its area's id.
    area: Option<String>,
    length_s: u64,
    /// Seconds left when this was sent.
    left_s: u64,
    /// False while it is paused.
    active: bool,
    /// Whether it has run out and rings until someone stops it.
    rings: bool,
}

/// How the hub is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct StatusWire {
    /// Whether there is a connection to the broker.
    pub(crate) broker: bool,
    /// `starting`, `ready` or `broken`.
    pub(crate) model: &'static str,
    /// Why the model can't be used.
    model_reason: Option<String>,
    /// Whether speech can be heard: `starting`, `ready`, `broken` or `off`.
    recognizer: &'static str,
    /// Whether the hub is deaf: every microphone is closed.
    muted: bool,
    /// The board's own microphone.
    microphone: MicrophoneWire,
    /// What the owner should know about the start.
    notice: Option<String>,
    /// What does not work as it should, beside the broker and the model: `store` (the disk is full), `broker` (its own
    /// broker turned clients away of late).
    troubles: Vec<&'static str>,
    /// How many announcements, reports and subscriptions are refused.
    refused: usize,
    /// Where the page is served over HTTPS; null where it is not.
    https_port: Option<u16>,
    /// Whether the virtual house plays.
    demo: bool,
    /// The hub's version.
    version: &'static str,
    /// Entities altogether.
    pub(crate) entities: usize,
    /// Entities that can't be reached.
    pub(crate) offline: usize,
}

/// The house as it is now.
#[utoipa::path(
    get,
    path = "/house",
    tag = "house",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = HouseWire), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn house(web: State<Web>) -> Json<HouseWire> {
    Json(whole(&web, &web.hub.snapshot()))
}

/// All of the house.
pub(crate) fn whole(web: &Web, snapshot: &Snapshot) -> HouseWire {
    let house = &snapshot.house;
    HouseWire {
        floors: house.floors.values().map(floor).collect(),
        areas: house.areas.values().map(area).collect(),
        entities: house.entities.values().map(entity).collect(),
        timers: timers(snapshot),
        notices: notices::all(web),
        status: status(web, snapshot),
    }
}

/// Some of the house's entities; those that are gone are left out.
pub(crate) fn some(snapshot: &Snapshot, ids: &[EntityId]) -> Vec<EntityWire> {
    ids.iter().filter_map(|id| snapshot.house.entities.get(id)).map(entity).collect()
}

/// The timers.
pub(crate) fn timers(snapshot: &Snapshot) -> Vec<TimerWire> {
    snapshot.house.timers.iter().map(timer).collect()
}

/// How the hub is.
pub(crate) fn status(web: &Web, snapshot: &Snapshot) -> StatusWire {
    let (model, model_reason) = match web.model.health() {
        Health::Starting => ("starting", None),
        Health::Ready(_) => ("ready", None),
        Health::Broken(reason) => ("broken", Some(reason)),
    };
    let entities = &snapshot.house.entities;
    let recognizer = crate::audio::word(&web.ears.recognizer.health());
    StatusWire {
        broker: snapshot.is_connected,
        model,
        model_reason,
        recognizer,
        muted: web.ears.mute.is_muted(),
        microphone: microphone(web),
        notice: web.notice.clone(),
        troubles: troubles(web, snapshot).iter().map(|trouble| trouble.part).collect(),
        refused: snapshot.refused.len(),
        https_port: web.https.as_ref().map(|https| https.port),
        demo: web.faults.is_some(),
        version: env!("CARGO_PKG_VERSION"),
        entities: entities.len(),
        offline: entities.values().filter(|entity| entity.availability == Availability::Offline).count(),
    }
}

/// An area as the interface shows it.
pub(crate) fn area(area: &Area) -> AreaWire {
    AreaWire {
        id: area.id.to_string(),
        name: area.name.clone(),
        aliases: area.aliases.clone(),
        floor: area.floor.as_ref().map(ToString::to_string),
    }
}

/// An entity as the interface shows it.
pub(crate) fn entity(entity: &Entity) -> EntityWire {
    EntityWire {
        id: entity.id.to_string(),
        name: entity.name.clone(),
        aliases: entity.aliases.clone(),
        domain: entity.domain.as_str(),
        device_class: entity.device_class.clone(),
        area: entity.area.as_ref().map(ToString::to_string),
        state: entity.state.value.clone(),
        attributes: entity.state.attributes.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        quality: match entity.state.quality {
            Quality::Unknown => "unknown",
            Quality::Observed => "observed",
            Quality::Assumed => "assumed",
            Quality::Stale => "stale",
        },
        available: entity.availability == Availability::Online,
        cause: entity.state.cause.as_str(),
        changed_ms: entity.state.changed_ms,
        controllable: entity.domain.is_controllable(),
    }
}

/// A timer as the interface shows it.
pub(crate) fn timer(timer: &MovingTimer) -> TimerWire {
    TimerWire {
        id: timer.id.clone(),
        name: timer.name.clone(),
        area: timer.area.as_ref().map(ToString::to_string),
        length_s: timer.length_s,
        left_s: timer.left_s,
        active: timer.is_active,
        rings: timer.rings(),
    }
}

fn floor(floor: &Floor) -> FloorWire {
    FloorWire { id: floor.id.to_string(), name: floor.name.clone(), aliases: floor.aliases.clone() }
}
