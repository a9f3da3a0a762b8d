//! The virtual devices of a dialogue, and the hub that talks to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use device_adapters::{Delays, Fault, Message, VirtualHouse};
use house::{EntityId, House, State};
use runtime::clock::Clock;
use runtime::hub::event::Event;
use runtime::hub::handle::Handle;
use runtime::hub::{self, Start};
use runtime::simulation::InProcess;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::dialogue::{Dialogue, FaultFile};

/// The state of each device.
pub(super) type States = BTreeMap<EntityId, State>;

/// What is asked of the virtual devices.
pub(super) enum WorldAsk {
    States(oneshot::Sender<States>),
}

/// The house with the dialogue's states in it.
pub(super) fn set_up(dialogue: &Dialogue, house: &House) -> House {
    let mut house = house.clone();
    for (id, wanted) in &dialogue.setup {
        let Some(entity) = house.entities.get_mut(&EntityId::new(id.as_str())) else { continue };
        let mut attributes = wanted.attributes.clone().unwrap_or_default();
        attributes.extend(wanted.rest.clone());
        let (value, attributes) = device_adapters::attributes_from_json(
            entity.domain,
            wanted.state.as_ref().unwrap_or(&Value::Null),
            &attributes,
        );
        if value.is_some() {
            entity.state.value = value;
        }
        entity.state.attributes.extend(attributes);
    }
    house
}

/// A hub and the virtual devices it talks to, announced and at rest.
pub(super) async fn open_house(
    house: &House,
    dialogue: &Dialogue,
    clock: &Clock,
) -> anyhow::Result<(States, Handle, mpsc::Sender<WorldAsk>)> {
    let empty = House { entities: house::Entities::default(), ..house.clone() };
    let hub = hub::start(Start {
        house: empty,
        store: None,
        preference: device_adapters::Preference::default(),
        clock: clock.clone(),
        own_topics: Vec::new(),
        alive: None,
    })?;
    let (commands, inbox) = mpsc::channel(1024);
    let (asks, asked) = mpsc::channel(4);
    hub.send(Event::Connected(Arc::new(InProcess::to(commands)))).await?;
    let mut world = VirtualHouse::new(house, Delays::None);
    for said in world.announce() {
        hub.send(Event::Message { topic: said.topic, payload: said.payload, retained: false }).await?;
    }
    for (id, fault) in &dialogue.faults {
        let fault = match fault {
            FaultFile::Offline => Fault::Offline,
            FaultFile::Silent => Fault::Silent,
            FaultFile::Wrong => Fault::Wrong,
            FaultFile::Slow => Fault::Slow,
        };
        world.set_fault(&EntityId::new(id.as_str()), fault, clock.now_ms());
    }
    for said in world.due(i64::MAX) {
        hub.send(Event::Message { topic: said.topic, payload: said.payload, retained: false }).await?;
    }
    hub.flush().await?;
    let before = states(&world, house);
    tokio::spawn(live(world, house.clone(), hub.clone(), inbox, asked, clock.clone()));
    Ok((before, hub, asks))
}

/// The states of the devices, once they have done all they were told.
pub(super) async fn states_of(world: &mpsc::Sender<WorldAsk>) -> anyhow::Result<States> {
    let (ask, told) = oneshot::channel();
    world.send(WorldAsk::States(ask)).await.context("ask the virtual house")?;
    told.await.context("ask the virtual house")
}

/// Plays the devices until nobody asks any more.
async fn live(
    mut world: VirtualHouse,
    house: House,
    hub: Handle,
    mut inbox: mpsc::Receiver<Message>,
    mut asks: mpsc::Receiver<WorldAsk>,
    clock: Clock,
) {
    loop {
        tokio::select! {
            biased;
            message = inbox.recv() => {
                let Some(message) = message else { return };
                world.receive(&message.topic, &message.payload, clock.now_ms());
                for said in world.due(clock.now_ms()) {
                    let event = Event::Message { topic: said.topic, payload: said.payload, retained: false };
                    if hub.send(event).await.is_err() {
                        return;
                    }
                }
            }
            ask = asks.recv() => match ask {
                Some(WorldAsk::States(reply)) => {
                    let _ = reply.send(states(&world, &house));
                }
                None => return,
            },
        }
    }
}

fn states(world: &VirtualHouse, house: &House) -> States {
    house.entities.keys().filter_map(|id| Some((id.clone(), world.device(id)?.entity().state.clone()))).collect()
}
