//! The house that is measured: its devices, its broker and what is asked of it.

use std::time::Duration;

use anyhow::Context as _;
use device_adapters::{Delays, VirtualHouse};
use house::{Area, AreaId, Domain, Entity, EntityId, House};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use runtime::clock::{Clock, Stopwatch};
use runtime::hub::handle::Handle;
use runtime::hub::snapshot::Snapshot;
use runtime::hub::{self, Start};
use store::Store;
use tokio::sync::{mpsc, watch};

use crate::mqtt::client;
use crate::mqtt::settings::MqttSettings;

pub(super) fn broker_settings() -> anyhow::Result<broker::BrokerSettings> {
    let user = |name: &str, rights| broker::User {
        name: name.to_owned(),
        password: broker::Password::new(PASSWORD.to_owned()),
        rights,
    };
    let users = vec![
        user("hearth", broker::Rights::Hub),
        user("bench", broker::Rights::Bridge { trees: vec!["virtual/#".to_owned()] }),
    ];
    Ok(broker::BrokerSettings {
        listen: "127.0.0.1:0".parse()?,
        websocket: None,
        tls: None,
        users,
        base_topic: "hearth".to_owned(),
        hub_client_id: "hearth-bench-hub".to_owned(),
        most_clients: broker::MOST_CLIENTS,
    })
}

pub(super) fn start_hub(broker: &broker::Broker, store: &Store) -> anyhow::Result<(Handle, MqttSettings)> {
    let settings = MqttSettings {
        host: "127.0.0.1".to_owned(),
        port: broker.port(),
        login: Some(("hearth".to_owned(), PASSWORD.to_owned())),
        ca: None,
        client_id: "hearth-bench-hub".to_owned(),
        session_id: None,
        base_topic: "hearth".to_owned(),
    };
    let hub = hub::start(Start {
        house: House::default(),
        store: Some(store.clone()),
        preference: device_adapters::Preference::default(),
        clock: Clock::default(),
        own_topics: Vec::new(),
        alive: None,
    })?;
    let (requests, _) = mpsc::channel(1);
    let (publishers, _) = watch::channel(None);
    tokio::spawn(client::keep(settings.clone(), hub.clone(), requests, publishers));
    Ok((hub, settings))
}

/// The built-in house, cut down or filled up with lamps in numbered rooms.
pub(super) fn house_of(size: usize) -> anyhow::Result<House> {
    let mut house = device_adapters::demo_house("en").context("read the built-in house")?;
    let lamp = house.of_domain(Domain::Light).next().cloned().context("find a lamp in the built-in house")?;
    let keep: Vec<EntityId> = house
        .entities
        .keys()
        .filter(|id| id.as_str().starts_with("light."))
        .chain(house.entities.keys().filter(|id| !id.as_str().starts_with("light.")))
        .take(size)
        .cloned()
        .collect();
    house.entities.retain(|id, _| keep.contains(id));
    for index in house.entities.len()..size {
        let room = index / 10;
        let area = AreaId::new(format!("room_{room}"));
        house.areas.entry(area.clone()).or_insert_with(|| Area {
            id: area.clone(),
            name: format!("Room {room}"),
            aliases: Vec::new(),
            floor: None,
        });
        let id = EntityId::new(format!("light.bench_{index}"));
        house.entities.insert(
            id.clone(),
            Entity { id, name: format!("Spot {index}"), aliases: Vec::new(), area: Some(area), ..lamp.clone() },
        );
    }
    Ok(house)
}

/// Sentences that move exactly one lamp, on and off in turn.
pub(super) fn requests(house: &House) -> Vec<String> {
    let named = house
        .of_domain(Domain::Light)
        .filter_map(|lamp| Some((lamp, house.area_of(lamp)?)))
        .filter(|(lamp, _)| !lamp.id.as_str().contains("bench"))
        .take(10);
    let pairs: Vec<(String, String)> =
        named.map(|(lamp, area)| (lamp.name.to_lowercase(), area.name.to_lowercase())).collect();
    let each = |verb: &str| {
        pairs.iter().map(|(lamp, area)| format!("please {verb} the {lamp} in the {area}")).collect::<Vec<_>>()
    };
    (0..ROUNDS).flat_map(|round| each(if round % 2 == 0 { "turn on" } else { "turn off" })).collect()
}

/// All virtual devices as one client, which notes when commands arrive.
pub(super) async fn play(house: House, settings: MqttSettings, seen: mpsc::Sender<Stopwatch>) {
    let mut world = VirtualHouse::new(&house, Delays::None);
    let mut options = MqttOptions::new("bench-devices", &settings.host, settings.port);
    options.set_credentials("bench", PASSWORD);
    options.set_max_packet_size(256 * 1024, 256 * 1024);
    let (client, mut events) = AsyncClient::new(options, 65_536);
    while let Ok(event) = events.poll().await {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => {
                for topic in ["virtual/+/set", "virtual/+/set/+"] {
                    let _ = client.try_subscribe(topic, QoS::AtMostOnce);
                }
                for said in world.announce() {
                    let _ = client.try_publish(said.topic, QoS::AtLeastOnce, said.retained, said.payload);
                }
            }
            Event::Incoming(Packet::Publish(publish)) => {
                let _ = seen.try_send(Stopwatch::start());
                world.receive(&publish.topic, &publish.payload, 0);
                for said in world.due(0) {
                    let _ = client.try_publish(said.topic, QoS::AtMostOnce, said.retained, said.payload);
                }
            }
            _ => {}
        }
    }
}

pub(super) async fn wait_until(hub: &Handle, reached: impl Fn(&Snapshot) -> bool) -> anyhow::Result<()> {
    let mut watch = hub.watch();
    let waited = tokio::time::timeout(Duration::from_secs(60), watch.wait_for(|snapshot| reached(snapshot))).await;
    waited.context("the house did not come up in a minute")?.map(|_| ()).context("the hub ended")
}

/// Of the devices' and the hub's user.
pub(super) const PASSWORD: &str = "only-on-loopback-for-a-minute";
const ROUNDS: usize = 20;
