//! What Home Assistant is asked: an action as a call of one of its services. Knows no states but the entity's own.

use house::{Action, Domain, Entity};
use serde_json::{Map, Value as Json, json};

use crate::change::WriteError;
use crate::json;
use super::registry::Place;

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
        json!({ "type": "call_service", "domain": domain, "service": service, "service_data": self.data, "target": { "entity_id": self.entity } })
    }
}

/// The call for an action.
pub(super) fn call(id: &str, action: &Action, entity: &Entity, areas: &[Place]) -> Result<Call, WriteError> {
    let unsupported = |what: &str| WriteError::Unsupported { entity: entity.id.clone(), what: what.to_owned() };
    let mut data = json::from_attributes(&action.data());
    let service = match (entity.domain, action) {
        (Domain::Sensor | Domain::BinarySensor | Domain::Weather | Domain::Person | Domain::Number | Domain::Select | Domain::Other, _) => return Err(unsupported("it only reports")),
        (_, Action::PlayMedia { .. }) => return Err(unsupported("what it shall play can't be looked for")),
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
        (Domain::AlarmControlPanel | Domain::Todo, Action::TurnOn) | (Domain::Scene | Domain::Button | Domain::Todo, Action::TurnOff) => return Err(unsupported("it has no such thing as on or off")),
        (Domain::Button, Action::TurnOn) => Action::Activate.service(Domain::Button),
        // To turn an automation on is to let it run when its time comes; to activate it is to run it.
        (Domain::Automation, Action::Activate) => "automation.trigger".to_owned(),
        (Domain::WaterHeater, Action::SetHvacMode(mode)) => {
            data = Map::from_iter([("operation_mode".to_owned(), mode.as_str().into())]);
            "water_heater.set_operation_mode".to_owned()
        }
        (Domain::Vacuum, Action::VacuumCleanArea(names)) => {
            let ids = names.iter().map(|name| area_id(name, areas).ok_or_else(|| unsupported("Home Assistant has no such area")));
            data = Map::from_iter([("cleaning_area_id".to_owned(), ids.collect::<Result<Json, _>>()?)]);
            action.service(Domain::Vacuum)
        }
        (domain, action) => action.service(domain),
    };
    Ok(Call { entity: id.to_owned(), service, data })
}

/// Home Assistant's id of the area of that name.
fn area_id(name: &str, areas: &[Place]) -> Option<Json> {
    let wanted = name.to_lowercase();
    let is_it = |area: &&Place| std::iter::once(&area.name).chain(&area.aliases).any(|own| own.to_lowercase() == wanted);
    areas.iter().find(is_it).map(|area| area.id.as_str().into())
}
