//! What only Home Assistant has: its registries and states, as a Home Assistant 2026.2 told them, become entities.

mod frames;
mod listing;
mod services;

use std::collections::BTreeMap;

use device_adapters::{Adapters, Belongs, Change, Limits, Lists, Registry, frame, value_to_json};
use expect_test::{Expect, expect};
use house::{Action, ArmMode, Availability, Color, Domain, Entity, EntityId, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// A small hub that keeps what is said of Home Assistant's entities.
#[derive(Default)]
struct World {
    entities: BTreeMap<EntityId, Entity>,
    places: BTreeMap<EntityId, Option<String>>,
    rejected: Vec<String>,
}

impl World {
    fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Appeared { entity, belongs, .. } => {
                    let Belongs::Placed(area) = belongs else { panic!("{belongs:?}") };
                    self.places.insert(entity.id.clone(), area);
                    let before = self.entities.remove(&entity.id).map(|known| known.state);
                    self.entities.insert(entity.id.clone(), Entity { state: before.unwrap_or_default(), ..entity });
                }
                Change::Gone(id) => {
                    self.entities.remove(&id);
                }
                Change::Available { entity, availability } => {
                    self.entities.get_mut(&entity).unwrap().availability = availability
                }
                Change::State { entity, value, attributes, .. } => {
                    let state = &mut self.entities.get_mut(&entity).unwrap().state;
                    state.value = value.or(state.value.take());
                    state.attributes.extend(attributes);
                    state.attributes.retain(|_, value| *value != Value::Null);
                }
                Change::Rejected { reason, .. } => self.rejected.push(reason.to_string()),
                Change::Subscribe(_) | Change::Unsubscribe(_) | Change::Ask(_) | Change::Expired(_) => {
                    panic!("{change:?}")
                }
            }
        }
    }

    fn lines(&self) -> String {
        let line = |entity: &Entity| {
            let attributes: serde_json::Map<String, Json> =
                entity.state.attributes.iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect();
            let place = self.places[&entity.id].as_deref().unwrap_or("-");
            let class = entity.device_class.as_deref().unwrap_or("-");
            format!(
                "{} “{}” {:?} {class} @{place} {:?} {:?} {}\n",
                entity.id,
                entity.name,
                entity.aliases,
                entity.availability,
                entity.state.value,
                Json::Object(attributes)
            )
        };
        self.entities.values().map(line).collect()
    }
}

fn fixture(name: &str) -> Json {
    let path = format!("{}/tests/fixtures/home-assistant-websocket/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn lists() -> Lists {
    let [areas, floors, devices, entities] = ["areas", "floors", "devices", "entities"].map(fixture);
    Lists { floors, areas, devices, entities, exposed: Some(fixture("exposed")), with_mqtt: false }
}

fn registry(lists: &Lists) -> Registry {
    let mut registry = Registry::read(lists, &Limits::default());
    registry.detail(&fixture("entries"));
    registry.settled()
}

fn home() -> (Adapters, World) {
    let (mut adapters, mut world) = (Adapters::new(Limits::default()), World::default());
    world.apply(adapters.listed(registry(&lists())));
    world.apply(adapters.reported(&fixture("states")));
    (adapters, world)
}

/// One entity, listed and reported as given.
fn one(id: &str, state: Json) -> (Adapters, World) {
    let (mut adapters, mut world) = (Adapters::new(Limits::default()), World::default());
    let lists =
        Lists { exposed: Some(json!({ "exposed_entities": { id: { "conversation": true } } })), ..Lists::default() };
    world.apply(adapters.listed(Registry::read(&lists, &Limits::default()).settled()));
    world.apply(adapters.reported(&json!({ "a": { id: state } })));
    (adapters, world)
}
