//! Tests of the module above.

use house::{AreaId, Consent, HouseMode, OutcomeKind, PersonId, Plan, Quality, Rules, Step};
use mind::judge::{Verdict, judge};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::dispatch::{self, TimeoutScale};
use crate::simulation::InProcess;

/// What starts a hub that knows nothing and keeps nothing.
fn bare() -> Start {
    Start {
        house: House::default(),
        store: None,
        preference: Preference::default(),
        clock: Clock::default(),
        own_topics: Vec::new(),
        alive: None,
    }
}

async fn announce(hub: &Handle, lamp: &str) {
    let payload = format!(
        r#"{{"name":null,"unique_id":"{lamp}","command_topic":"x/{lamp}/set","state_topic":"x/{lamp}","device":{{"identifiers":["{lamp}"],"name":"{lamp}","suggested_area":"Kitchen"}}}}"#
    );
    hub.send(Event::Message {
        topic: format!("homeassistant/light/{lamp}/config"),
        payload: payload.into_bytes(),
        retained: true,
    })
    .await
    .unwrap();
    hub.flush().await.unwrap();
}

#[tokio::test]
async fn an_alarm_that_goes_off_is_told_once() {
    let hub = start(bare()).unwrap();
    let mut rings = hub.rings();
    let payload = br#"{"name":"Burglar Alarm","unique_id":"panel","command_topic":"x/set","state_topic":"x"}"#;
    let mut messages = vec![("homeassistant/alarm_control_panel/panel/config", &payload[..])];
    messages.extend(["armed_away", "triggered", "triggered", "disarmed"].map(|state| ("x", state.as_bytes())));
    for (topic, payload) in messages {
        hub.send(Event::Message { topic: topic.to_owned(), payload: payload.to_vec(), retained: false }).await.unwrap();
    }
    hub.flush().await.unwrap();
    let told: Vec<String> = std::iter::from_fn(|| rings.try_recv().ok())
        .map(|ring| if let Ring::Notice(notice) = ring { notice.said } else { String::new() })
        .collect();
    assert_eq!(told, ["Burglar Alarm has gone off!"]);
}

#[tokio::test]
async fn a_room_that_only_devices_name_keeps_what_the_owner_calls_it() {
    let dir = TempDir::new().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let hub = start(Start { store: Some(store.clone()), ..bare() }).unwrap();
    announce(&hub, "one").await;
    let kitchen = AreaId::new("kitchen");
    let (name, aliases) = (Some("Galley".to_owned()), Some(vec!["mess".to_owned()]));
    hub.edit(Edit::Area(kitchen.clone(), name, aliases, None)).await.unwrap();

    // After a kill nothing but the edits may be there.
    let hub = start(Start { store: Some(store), ..bare() }).unwrap();
    announce(&hub, "one").await;
    announce(&hub, "two").await;
    let house = &hub.snapshot().house;
    let rooms: Vec<(&str, &[String])> =
        house.areas.values().map(|area| (area.name.as_str(), area.aliases.as_slice())).collect();
    assert_eq!(rooms, [("Galley", &["mess".to_owned()][..])]);
    assert!(
        house.of_domain(house::Domain::Light).all(|entity| entity.area.as_ref() == Some(&kitchen)),
        "{:?}",
        house.entities
    );
}

const AT: i64 = 1_772_434_800_000;

async fn report(hub: &Handle, topic: &str, payload: &str, retained: bool) -> Arc<Snapshot> {
    hub.send(Event::Message { topic: topic.to_owned(), payload: payload.as_bytes().to_vec(), retained }).await.unwrap();
    hub.flush().await.unwrap();
    hub.snapshot()
}

#[tokio::test]
async fn a_repetition_is_no_change_just_now() {
    let clock = Clock::simulated(AT, jiff::tz::TimeZone::UTC, None);
    let hub = start(Start { clock: clock.clone(), ..bare() }).unwrap();
    let state = |snapshot: &Snapshot| snapshot.house.entities[&EntityId::new("binary_sensor.door")].state.clone();
    report(
        &hub,
        "homeassistant/binary_sensor/door/config",
        r#"{"name":"Door","uniq_id":"door","stat_t":"zigbee2mqtt/door","avty_t":"zigbee2mqtt/bridge/state"}"#,
        true,
    )
    .await;
    report(&hub, "zigbee2mqtt/bridge/state", "online", true).await;
    report(&hub, "zigbee2mqtt/door", "OFF", false).await;
    clock.advance(5_000);
    // The bridge starts again and tells what it last knew, unmarked.
    report(&hub, "zigbee2mqtt/bridge/state", "offline", false).await;
    report(&hub, "zigbee2mqtt/bridge/state", "online", false).await;
    let repeated = state(&*report(&hub, "zigbee2mqtt/door", "ON", false).await);
    assert_eq!((repeated.value.as_deref(), repeated.cause, repeated.changed_ms), (Some("on"), Cause::Replay, 0));
    clock.advance(5_000);
    let news = state(&*report(&hub, "zigbee2mqtt/door", "OFF", false).await);
    assert_eq!((news.value.as_deref(), news.cause, news.changed_ms), (Some("off"), Cause::Device, AT + 10_000));
    // The broker comes back with the same, and then with something else.
    hub.send(Event::Disconnected("a test".to_owned())).await.unwrap();
    let same = state(&*report(&hub, "zigbee2mqtt/door", "OFF", true).await);
    assert_eq!((same.quality, same.cause, same.changed_ms), (Quality::Observed, Cause::Device, AT + 10_000));
    let other = state(&*report(&hub, "zigbee2mqtt/door", "ON", true).await);
    assert_eq!((other.cause, other.changed_ms), (Cause::Replay, 0));
}

#[tokio::test]
async fn no_device_gets_the_id_of_the_houses_mode() {
    let clock = Clock::simulated(AT, jiff::tz::TimeZone::UTC, None);
    let hub = start(Start { clock, ..bare() }).unwrap();
    let snapshot = report(
        &hub,
        "homeassistant/select/x/config",
        r#"{"name":"House mode","uniq_id":"x","stat_t":"x","cmd_t":"x/set","options":["a"],"obj_id":"house_mode"}"#,
        true,
    )
    .await;
    assert_eq!(snapshot.house.entities[&EntityId::new(hub_entities::MODE)].state.value.as_deref(), Some("home"));
    assert!(snapshot.house.entities.contains_key(&EntityId::new("select.house_mode_2")));
}

/// What the page, schedules and learning are told of a change: what was before, what came, why, by whom, amid what.
#[tokio::test]
async fn a_change_is_told_with_what_was_before_and_who_asked_for_it() {
    let clock = Clock::simulated(AT, jiff::tz::TimeZone::UTC, None);
    let hub = start(Start { clock: clock.clone(), ..bare() }).unwrap();
    let (commands, mut sent) = mpsc::channel(8);
    hub.send(Event::Connected(Arc::new(InProcess::to(commands)))).await.unwrap();
    let config = r#"{"name":"Lamp","uniq_id":"lamp","cmd_t":"lamp/set","stat_t":"lamp"}"#;
    report(&hub, "homeassistant/light/lamp/config", config, true).await;
    report(&hub, "lamp", "OFF", false).await;
    hub.create(NewHubEntity::List("shopping".to_owned())).await.unwrap();
    let mut changes = hub.changes();

    let lamp = EntityId::new("light.lamp");
    let step = Step { intent: 0, entity: lamp.clone(), action: Action::TurnOn, reason: String::new() };
    let plan = Plan { steps: vec![step] };
    let verdict = judge(plan, &hub.snapshot().house, &Rules::default(), Consent::None);
    let Verdict::Allow(approved) = verdict else { panic!("{verdict:?}") };
    let ann = Speaker::Person(PersonId::new("ann"));
    let answer = async {
        assert_eq!(sent.recv().await.unwrap().payload, b"ON");
        report(&hub, "lamp", "ON", false).await;
    };
    let (outcomes, ()) =
        tokio::join!(dispatch::send(&hub, &approved, Cause::Page, Some(&ann), TimeoutScale::REAL), answer);
    assert_eq!(outcomes[0].kind, OutcomeKind::Confirmed);
    // Someone walks by and switches it off again.
    clock.advance(120_000);
    report(&hub, "lamp", "OFF", false).await;

    let mut told = Vec::new();
    while let Ok(batch) = changes.try_recv() {
        told.extend(batch.iter().filter(|change| change.entity == lamp).cloned());
    }
    let value = |entity: &Option<Arc<Entity>>| entity.as_ref().and_then(|entity| entity.state.value.clone());
    let seen: Vec<_> = told
        .iter()
        .map(|change| (value(&change.before), value(&change.after), change.cause, change.speaker.clone(), change.at_ms))
        .collect();
    let (on, off) = (Some("on".to_owned()), Some("off".to_owned()));
    assert_eq!(
        seen,
        [(off.clone(), on.clone(), Cause::Page, Some(ann), AT), (on, off, Cause::Device, None, AT + 120_000)]
    );
    assert!(told.iter().all(house::StateChange::is_of_value));
    assert_eq!(told[0].context.mode, HouseMode::Home);
}

/// A foreign broker does not tell who announced what, so what is sent is looked at.
#[tokio::test]
async fn what_a_step_would_do_counts_and_not_what_its_entity_is_called() {
    let hub =
        start(Start { own_topics: vec!["hearth".to_owned(), "homeassistant/status".to_owned()], ..bare() }).unwrap();
    let (commands, mut sent) = mpsc::channel(8);
    hub.send(Event::Connected(Arc::new(InProcess::to(commands)))).await.unwrap();
    let zigbee = "zigbee2mqtt/front_lock/set";
    let plain = json!({ "name": "Front", "uniq_id": "l", "cmd_t": zigbee });
    let written =
        json!({ "name": "Back", "uniq_id": "b", "cmd_t": "back/set", "payload_unlock": "{\"state\":\"UNLOCK\"}" });
    let configs = [
        ("lock", "front", plain),
        ("lock", "back", written),
        ("light", "mood", json!({ "name": "Mood", "uniq_id": "m", "cmd_t": zigbee, "pl_on": " unlock", "opt": true })),
        (
            "light",
            "glow",
            json!({ "name": "Glow", "uniq_id": "g", "cmd_t": "back/set", "opt": true,
            "pl_on": "{\"x\":1,\"state\":\"unlock\"}" }),
        ),
        ("switch", "loop", json!({ "name": "Loop", "uniq_id": "o", "cmd_t": "hearth/request", "opt": true })),
        ("switch", "born", json!({ "name": "Born", "uniq_id": "r", "cmd_t": "homeassistant/status", "opt": true })),
        // What is said at a lock's topic may come from a template, so only where it goes is sure.
        ("switch", "child", json!({ "name": "Child", "uniq_id": "c", "cmd_t": zigbee, "opt": true })),
    ];
    for (domain, object, config) in configs {
        report(&hub, &format!("homeassistant/{domain}/{object}/config"), &config.to_string(), true).await;
    }
    let judged = |id: &str, consent: Consent| {
        let step = Step { intent: 0, entity: EntityId::new(id), action: Action::TurnOn, reason: String::new() };
        judge(Plan { steps: vec![step] }, &hub.snapshot().house, &Rules::default(), consent)
    };
    for id in ["light.mood", "light.glow", "switch.child"] {
        assert!(matches!(judged(id, Consent::None), Verdict::Ask(_)), "{id} wants what the lock wants");
    }
    for id in ["switch.loop", "switch.born"] {
        assert!(matches!(judged(id, Consent::Pin), Verdict::Refuse(_)), "{id} is in no house");
    }
    let Verdict::Allow(approved) = judged("switch.child", Consent::Yes) else { panic!("a yes is enough") };
    let outcomes = dispatch::send(&hub, &approved, Cause::Api, None, TimeoutScale::of(0.01)).await;
    assert_eq!(outcomes[0].kind, OutcomeKind::Sent);
    assert_eq!(sent.try_recv().unwrap().payload, b"ON");
}

/// At a foreign broker anybody who may write there can announce a lock anew, with what locks and what unlocks swapped.
#[tokio::test]
async fn what_unlocked_once_needs_the_pin_whatever_it_is_called_later() {
    let dir = TempDir::new().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let plain = json!({ "name": "Front", "uniq_id": "l", "cmd_t": "front/set", "opt": true });
    let swapped = json!({ "name": "Front", "uniq_id": "l", "cmd_t": "front/set", "opt": true, "pl_lock": "UNLOCK",
        "pl_unlk": "LOCK" });
    let topic = "homeassistant/lock/front/config";
    let locked = async |hub: &Handle| {
        let step = Step { intent: 0, entity: EntityId::new("lock.front"), action: Action::Lock, reason: String::new() };
        let verdict = judge(Plan { steps: vec![step] }, &hub.snapshot().house, &Rules::default(), Consent::None);
        let Verdict::Allow(approved) = verdict else { panic!("{verdict:?}") };
        dispatch::send(hub, &approved, Cause::Api, None, TimeoutScale::of(0.01)).await[0].kind
    };
    for is_restarted in [false, true] {
        let hub = start(Start { store: Some(store.clone()), ..bare() }).unwrap();
        let (commands, mut sent) = mpsc::channel(8);
        hub.send(Event::Connected(Arc::new(InProcess::to(commands)))).await.unwrap();
        if !is_restarted {
            report(&hub, topic, &plain.to_string(), true).await;
            assert_eq!(locked(&hub).await, OutcomeKind::Sent);
            assert_eq!(sent.try_recv().unwrap().payload, b"LOCK");
        }
        report(&hub, topic, &swapped.to_string(), true).await;
        assert_eq!(locked(&hub).await, OutcomeKind::Unable);
        assert!(sent.try_recv().is_err(), "nothing went out");
        // What was right stays right.
        report(&hub, topic, &plain.to_string(), true).await;
        assert_eq!(locked(&hub).await, OutcomeKind::Sent);
        // What is kept is on the disk by then.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// At a foreign broker anybody who may write there can announce a lock elsewhere, or take its announcement back, and
/// then a lamp in its place.
#[tokio::test]
async fn what_opened_a_lock_stays_guarded_when_the_lock_moves_or_goes() {
    let zigbee = "zigbee2mqtt/front_lock/set";
    let lock = |at: &str| {
        json!({ "name": "Front", "uniq_id": "l", "cmd_t": at, "opt": true,
            "pl_lock": "{\"state\":\"LOCK\"}", "pl_unlk": "{\"state\": \"UNLOCK\"}" })
    };
    let topic = "homeassistant/lock/front/config";
    for moved in [lock("zigbee2mqtt/door/set").to_string(), String::new()] {
        let hub = start(bare()).unwrap();
        let (commands, mut sent) = mpsc::channel(8);
        hub.send(Event::Connected(Arc::new(InProcess::to(commands)))).await.unwrap();
        report(&hub, topic, &lock(zigbee).to_string(), true).await;
        report(&hub, topic, &moved, true).await;
        let says = ["{\"state\":\"UNLOCK\"}", "{\"x\":1,\"state\":\"unlock\"}", "TOGGLE"];
        for (number, payload) in says.iter().enumerate() {
            let lamp = json!({ "name": "Mood", "uniq_id": number, "def_ent_id": format!("light.mood_{number}"),
                "cmd_t": zigbee, "pl_on": payload, "opt": true });
            let config = format!("homeassistant/light/mood_{number}/config");
            report(&hub, &config, &lamp.to_string(), true).await;
            let id = EntityId::new(format!("light.mood_{number}"));
            let step = Step { intent: 0, entity: id, action: Action::TurnOn, reason: String::new() };
            let verdict = judge(Plan { steps: vec![step] }, &hub.snapshot().house, &Rules::default(), Consent::None);
            let Verdict::Allow(approved) = verdict else { panic!("{verdict:?}") };
            let outcomes = dispatch::send(&hub, &approved, Cause::Api, None, TimeoutScale::of(0.01)).await;
            assert_eq!(outcomes[0].kind, OutcomeKind::Unable, "{payload} {moved}");
        }
        assert!(sent.try_recv().is_err(), "nothing went out");
    }
}

#[tokio::test]
async fn what_is_refused_is_listed_until_it_is_mended() {
    let hub = start(bare()).unwrap();
    let topic = "homeassistant/sensor/meter/config";
    let config = |template: &str| json!({ "name": "Meter", "uniq_id": "m", "stat_t": "m", "val_tpl": template });
    for _ in 0..2 {
        report(&hub, topic, &config("{{ value | fancy }}").to_string(), true).await;
    }
    hub.send(Event::Denied("homie/#".to_owned())).await.unwrap();
    hub.flush().await.unwrap();
    let refused = hub.snapshot().refused.clone();
    let told: Vec<(&str, u64)> = refused.iter().map(|one| (one.topic.as_str(), one.count)).collect();
    assert_eq!(told.len(), 2, "{refused:?}");
    assert!(told.contains(&(topic, 2)) && told.contains(&("homie/#", 1)), "{refused:?}");
    assert!(refused.iter().any(|one| one.reason.to_string().contains("the filter `fancy`")), "{refused:?}");
    assert!(report(&hub, topic, &config("{{ value }}").to_string(), true).await.refused.len() == 1);
    let (commands, _sent) = mpsc::channel(8);
    hub.send(Event::Connected(Arc::new(InProcess::to(commands)))).await.unwrap();
    hub.flush().await.unwrap();
    assert!(hub.snapshot().refused.is_empty(), "a new connection asks anew");
}

#[tokio::test]
async fn a_room_that_was_taken_away_stays_away_until_it_is_named_again() {
    let dir = TempDir::new().unwrap();
    let (store, _) = Store::open(dir.path(), 0).unwrap();
    let hub = start(Start { store: Some(store.clone()), ..bare() }).unwrap();
    announce(&hub, "one").await;
    let kitchen = AreaId::new("kitchen");
    hub.edit(Edit::Area(kitchen.clone(), None, None, Some("Ground".to_owned()))).await.unwrap();
    hub.edit(Edit::RemoveFloor(house::FloorId::new("ground"))).await.unwrap();
    let house = &hub.snapshot().house;
    assert!(house.floors.is_empty() && house.areas[&kitchen].floor.is_none(), "{house:?}");
    hub.edit(Edit::RemoveArea(kitchen.clone())).await.unwrap();

    let hub = start(Start { store: Some(store), ..bare() }).unwrap();
    announce(&hub, "one").await;
    announce(&hub, "two").await;
    let house = &hub.snapshot().house;
    assert!(house.areas.is_empty() && house.floors.is_empty(), "{house:?}");
    assert!(house.entities.values().all(|entity| entity.area.is_none()), "{house:?}");
    hub.edit(Edit::Place(EntityId::new("light.two"), "Kitchen".to_owned())).await.unwrap();
    let house = &hub.snapshot().house;
    assert_eq!(house.areas.keys().collect::<Vec<_>>(), [&kitchen]);
    assert_eq!(house.in_area(&kitchen).count(), 1, "{house:?}");
}
