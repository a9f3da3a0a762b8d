//! What Home Assistant is asked: an action as a call of one of its services. Knows no states but the entity's own.

use house::{Action, Domain, Entity};
use serde_json::{Map, Value as Json, json};

use super::frame::Failure;
use super::registry::HomeAssistantPlace;
use crate::change::WriteError;
use crate::json;

/// A call of one of Home Assistant's services, for one of its entities.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which entity, by its id in Home Assistant.
    pub entity: String,
    /// The service: `light.turn_on`.
    pub service: String,
    /// Its data.
    pub data: Map<String, Json>,
}

impl Call {
    /// As a command of Home Assistant's websocket.
    pub fn command(&self) -> Json {
        let (domain, service) = self.service.split_once('.').unwrap_or_default();
        let mut command = json!({
            "type": "call_service", "domain": domain, "service": service, "service_data": self.data,
            "target": { "entity_id": self.entity },
        });
        if let Some(map) = command.as_object_mut().filter(|_| self.service == SEARCH) {
            map.insert("return_response".to_owned(), true.into());
        }
        command
    }

    /// The call that follows on the answer to this one: what was found is played.
    ///
    /// # Errors
    /// If nothing was found. There are no words of Home Assistant for that.
    pub fn next(&self, answer: &Json) -> Result<Option<Self>, Failure> {
        if self.service != SEARCH {
            return Ok(None);
        }
        let found = answer.get("response").and_then(|response| response.get(&self.entity)?.get("result")?.get(0));
        let text = |key: &str| found.and_then(|found| found.get(key)?.as_str()).map(Json::from);
        let (Some(id), Some(kind)) = (text("media_content_id"), text("media_content_type")) else {
            return Err(Failure { code: "nothing_found".to_owned(), message: String::new() });
        };
        let data = Map::from_iter([("media_content_id".to_owned(), id), ("media_content_type".to_owned(), kind)]);
        Ok(Some(Self { entity: self.entity.clone(), service: "media_player.play_media".to_owned(), data }))
    }
}

/// The call for an action.
pub(super) fn call(
    id: &str,
    action: &Action,
    entity: &Entity,
    areas: &[HomeAssistantPlace],
) -> Result<Call, WriteError> {
    let unsupported = |what: &str| WriteError::Unsupported { entity: entity.id.clone(), what: what.to_owned() };
    let mut data = json::from_attributes(&action.data());
    let service = match (entity.domain, action) {
        (Domain::Sensor | Domain::BinarySensor | Domain::Weather | Domain::Person | Domain::Other, _) => {
            return Err(unsupported("it only reports"));
        }
        (_, Action::PlayMedia { query, class }) => {
            if !searches(entity) {
                return Err(unsupported("it can't look for what it shall play"));
            }
            data = Map::from_iter([("search_query".to_owned(), query.as_str().into())]);
            data.extend(class.as_ref().map(|class| ("media_filter_classes".to_owned(), json!([class]))));
            SEARCH.to_owned()
        }
        (Domain::Cover, Action::TurnOn) => Action::OpenCover.service(Domain::Cover),
        (Domain::Cover, Action::TurnOff) => Action::CloseCover.service(Domain::Cover),
        (Domain::Valve, Action::TurnOn | Action::OpenCover) => Action::OpenValve.service(Domain::Valve),
        (Domain::Valve, Action::TurnOff | Action::CloseCover) => Action::CloseValve.service(Domain::Valve),
        (Domain::Lock, Action::TurnOn) => Action::Lock.service(Domain::Lock),
        (Domain::Lock, Action::TurnOff) => Action::Unlock.service(Domain::Lock),
        (Domain::AlarmControlPanel, Action::TurnOff) => Action::Disarm.service(Domain::AlarmControlPanel),
        (Domain::Vacuum, Action::TurnOn) => Action::VacuumStart.service(Domain::Vacuum),
        (Domain::Vacuum, Action::TurnOff) => Action::VacuumReturn.service(Domain::Vacuum),
        (Domain::LawnMower, Action::TurnOn) => Action::MowerStart.service(Domain::LawnMower),
        (Domain::LawnMower, Action::TurnOff) => Action::MowerDock.service(Domain::LawnMower),
        (Domain::AlarmControlPanel | Domain::Todo | Domain::Number | Domain::Select, Action::TurnOn)
        | (Domain::Scene | Domain::Button | Domain::Todo | Domain::Number | Domain::Select, Action::TurnOff) => {
            return Err(unsupported("it has no such thing as on or off"));
        }
        (Domain::Button, Action::TurnOn) => Action::Activate.service(Domain::Button),
        // To turn an automation on is to let it run when its time comes; to activate it is to run it.
        (Domain::Automation, Action::Activate) => "automation.trigger".to_owned(),
        (Domain::WaterHeater, Action::SetHvacMode(mode)) => {
            data = Map::from_iter([("operation_mode".to_owned(), mode.as_str().into())]);
            "water_heater.set_operation_mode".to_owned()
        }
        (Domain::Vacuum, Action::VacuumCleanArea(names)) => {
            let ids = names
                .iter()
                .map(|name| area_id(name, areas).ok_or_else(|| unsupported("Home Assistant has no such area")));
            data = Map::from_iter([("cleaning_area_id".to_owned(), ids.collect::<Result<Json, _>>()?)]);
            action.service(Domain::Vacuum)
        }
        (domain, action) => action.service(domain),
    };
    Ok(Call { entity: id.to_owned(), service, data })
}

/// Whether a player says of itself that it can search.
fn searches(entity: &Entity) -> bool {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a set of bits, and a number below 0 becomes none of them"
    )]
    let features = entity.number("supported_features").unwrap_or_default() as u64;
    features & CAN_SEARCH != 0
}

/// Home Assistant's id of the area of that name.
fn area_id(name: &str, areas: &[HomeAssistantPlace]) -> Option<Json> {
    let wanted = name.to_lowercase();
    let is_it = |area: &&HomeAssistantPlace| {
        std::iter::once(&area.name).chain(&area.aliases).any(|own| own.to_lowercase() == wanted)
    };
    areas.iter().find(is_it).map(|area| area.id.as_str().into())
}

const SEARCH: &str = "media_player.search_media";
/// `MediaPlayerEntityFeature.SEARCH_MEDIA`.
const CAN_SEARCH: u64 = 1 << 22;
