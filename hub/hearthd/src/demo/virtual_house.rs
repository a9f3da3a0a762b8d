//! The virtual house: devices that are clients of the broker of their own, for the demo and for tests.

use std::time::Duration;

use device_adapters::{Delays, Fault, Timed, VirtualDevice, VirtualHouse, from_house};
use house::{EntityId, House};
use rumqttc::{AsyncClient, Event, LastWill, MqttOptions, Packet, QoS};
use tokio::sync::watch;
use tracing::debug;

use runtime::clock::Clock;
use runtime::faults::Faults;

use crate::mqtt::settings::MqttSettings;

/// Starts a client for every entity of a house.
pub(crate) fn start(house: &House, settings: &MqttSettings) -> Faults {
    let faults = Faults::default();
    for device in from_house(house, Delays::Real) {
        tokio::spawn(play(alone(&device, house), settings.clone(), faults.watch()));
    }
    faults
}

/// A house of one device, which brings the queue of what it is going to say.
fn alone(device: &VirtualDevice, house: &House) -> (EntityId, VirtualHouse) {
    let id = device.entity().id.clone();
    let mut one = house.clone();
    one.entities.retain(|own, _| *own == id);
    (id, VirtualHouse::new(&one, Delays::Real))
}

/// One device's life: connect, announce, take commands, report, and come back after the broker was away.
async fn play(
    (id, mut device): (EntityId, VirtualHouse),
    settings: MqttSettings,
    mut faults: watch::Receiver<Vec<(EntityId, Fault)>>,
) {
    let clock = Clock::default();
    loop {
        let (client, mut events) = AsyncClient::new(options(&id, &device, &settings), MOST_OUTGOING);
        loop {
            let due_in = device
                .next_due()
                .map_or(IDLE, |due| Duration::from_millis(u64::try_from(due - clock.now_ms()).unwrap_or(0)));
            tokio::select! {
                event = events.poll() => match event {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        for topic in device.subscriptions() {
                            let _ = client.try_subscribe(topic, QoS::AtLeastOnce);
                        }
                        say(&client, device.announce());
                    }
                    Ok(Event::Incoming(Packet::Publish(message))) => {
                        device.receive(&message.topic, &message.payload, clock.now_ms());
                    }
                    Ok(_) => {}
                    Err(error) => {
                        debug!(device = %id, %error, "A virtual device lost the broker.");
                        break;
                    }
                },
                () = tokio::time::sleep(due_in) => say(&client, device.due(clock.now_ms())),
                changed = faults.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let fault = faults.borrow_and_update().iter().find(|(own, _)| *own == id).map(|(_, fault)| *fault);
                    device.set_fault(&id, fault.unwrap_or(Fault::None), clock.now_ms());
                }
            }
        }
        tokio::time::sleep(COME_BACK).await;
    }
}

fn say(client: &AsyncClient, messages: Vec<Timed>) {
    for message in messages {
        if let Err(error) = client.try_publish(&message.topic, QoS::AtLeastOnce, message.retained, message.payload) {
            debug!(topic = %message.topic, %error, "A virtual device could not speak.");
        }
    }
}

fn options(id: &EntityId, device: &VirtualHouse, settings: &MqttSettings) -> MqttOptions {
    let mut options = MqttOptions::new(format!("virtual-{id}"), &settings.host, settings.port);
    options.set_keep_alive(Duration::from_secs(30));
    if let Some((user, password)) = &settings.login {
        options.set_credentials(user, password);
    }
    let availability = device.announce().into_iter().find(|message| message.topic.ends_with("/availability"));
    if let Some(message) = availability {
        options.set_last_will(LastWill::new(message.topic, "offline", QoS::AtLeastOnce, true));
    }
    options
}

const MOST_OUTGOING: usize = 64;
const IDLE: Duration = Duration::from_secs(3600);
const COME_BACK: Duration = Duration::from_secs(1);
