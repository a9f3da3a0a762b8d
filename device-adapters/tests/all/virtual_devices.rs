//! How virtual devices behave when they are told something, and when they are broken.

use device_adapters::{Delays, Fault, VirtualHouse, demo_house};
use expect_test::{Expect, expect};
use house::{Action, ArmMode, Availability, Color, EntityId, HvacMode};

use crate::support::World;

/// Does these things at these times and lists what is said until `until_ms`.
fn play(delays: Delays, fault: Fault, id: &str, actions: &[(i64, Action)], until_ms: i64) -> (World, Vec<String>) {
    play_in(&demo_house("en").unwrap(), delays, fault, id, actions, until_ms)
}

/// The same in another house.
fn play_in(
    house: &house::House,
    delays: Delays,
    fault: Fault,
    id: &str,
    actions: &[(i64, Action)],
    until_ms: i64,
) -> (World, Vec<String>) {
    let mut virtual_house = VirtualHouse::new(house, delays);
    let mut world = World::new();
    world.publish_all(virtual_house.announce());
    if fault != Fault::None {
        virtual_house.set_fault(&EntityId::new(id), fault, 0);
    }
    let mut said = Vec::new();
    let mut actions = actions.iter().peekable();
    for now in 0..=until_ms {
        while let Some((_, action)) = actions.next_if(|(at, _)| *at <= now) {
            let entity = world.entity(id);
            for message in world.adapters.write(&entity.id, action, entity).unwrap() {
                virtual_house.receive(&message.topic, &message.payload, now);
            }
        }
        if virtual_house.next_due().is_some_and(|due| due <= now) {
            for timed in virtual_house.due(now) {
                said.push(format!("{} {}", timed.at_ms, String::from_utf8_lossy(&timed.payload)));
                world.publish(&timed.topic, &timed.payload);
            }
        }
    }
    (world, said)
}

fn check(delays: Delays, fault: Fault, id: &str, actions: &[(i64, Action)], until_ms: i64, expected: Expect) {
    expected.assert_eq(&(play(delays, fault, id, actions, until_ms).1.join("\n") + "\n"));
}

#[test]
fn a_lamp_answers_at_once() {
    let actions = [(0, Action::SetLight { brightness_pct: Some(40), color: None, color_temp_k: None })];
    check(
        Delays::Real,
        Fault::None,
        "light.living_room_ceiling",
        &actions,
        1000,
        expect![[r#"
        71 {"state":"ON","brightness":102,"color_temp":3000,"color_mode":"color_temp"}
    "#]],
    );
}

#[test]
fn a_lock_takes_its_time() {
    check(
        Delays::Real,
        Fault::None,
        "lock.front_door",
        &[(0, Action::Unlock)],
        1000,
        expect![[r#"
        111 UNLOCKING
        431 UNLOCKED
    "#]],
    );
}

#[test]
fn a_blind_can_be_stopped_on_its_way() {
    let actions = [(0, Action::CloseCover), (3300, Action::StopCover)];
    check(
        Delays::Real,
        Fault::None,
        "cover.living_room_blinds",
        &actions,
        30_000,
        expect![[r#"
        150 {"state":"closing","position":100}
        1150 {"state":"closing","position":95}
        2150 {"state":"closing","position":90}
        3150 {"state":"closing","position":85}
        3450 {"state":"open","position":85}
    "#]],
    );
}

#[test]
fn arming_takes_a_while_and_can_be_called_off() {
    let actions = [(0, Action::Arm(ArmMode::Away)), (10_000, Action::Disarm)];
    check(
        Delays::Real,
        Fault::None,
        "alarm_control_panel.house",
        &actions,
        60_000,
        expect![[r#"
        156 arming
        10173 disarmed
    "#]],
    );
}

#[test]
fn a_room_follows_its_thermostat() {
    check(
        Delays::Real,
        Fault::None,
        "climate.living_room",
        &[(0, Action::SetTemperature(22.0))],
        400_000,
        expect![[r#"
        224 {"mode":"heat","temperature":22,"current_temperature":20.5,"action":"heating"}
        60000 {"mode":"heat","temperature":22,"current_temperature":21,"action":"heating"}
        120000 {"mode":"heat","temperature":22,"current_temperature":21.5,"action":"heating"}
        180000 {"mode":"heat","temperature":22,"current_temperature":22,"action":"idle"}
    "#]],
    );
}

#[test]
fn faults_show() {
    let unlock = [(0, Action::Unlock)];
    check(
        Delays::Real,
        Fault::Wrong,
        "lock.front_door",
        &unlock,
        20_000,
        expect![[r#"
        111 JAMMED
    "#]],
    );
    let (world, said) = play(Delays::Real, Fault::Silent, "lock.front_door", &unlock, 20_000);
    assert_eq!((said, world.state("lock.front_door")), (Vec::new(), Some("locked")));
    check(
        Delays::None,
        Fault::Slow,
        "lock.front_door",
        &unlock,
        20_000,
        expect![[r#"
        6000 UNLOCKED
    "#]],
    );
    let (world, _) = play(Delays::Real, Fault::Offline, "lock.front_door", &unlock, 20_000);
    assert_eq!(
        (world.state("lock.front_door"), world.entity("lock.front_door").availability),
        (Some("locked"), Availability::Offline)
    );
}

#[test]
fn everything_asked_for_is_reached() {
    let set = |brightness_pct, color, color_temp_k| Action::SetLight { brightness_pct, color, color_temp_k };
    let red = Color { hue: 0.0, saturation: 100.0 };
    let cases: Vec<(&str, Action)> = vec![
        ("light.living_room_ceiling", Action::TurnOff),
        ("light.living_room_ceiling", set(Some(10), None, Some(4000))),
        ("light.living_room_floor_lamp", set(None, Some(red), None)),
        ("light.living_room_floor_lamp", set(Some(100), None, Some(2700))),
        ("switch.printer", Action::TurnOn),
        ("climate.living_room", Action::SetTemperature(19.5)),
        ("climate.office_air_conditioner", Action::SetHvacMode(HvacMode::Cool)),
        ("climate.office_air_conditioner", Action::TurnOn),
        ("cover.garage_door", Action::OpenCover),
        ("cover.living_room_blinds", Action::SetCoverPosition(30)),
        ("lock.back_door", Action::Unlock),
        ("alarm_control_panel.house", Action::Arm(ArmMode::Night)),
        ("fan.living_room_ceiling_fan", Action::SetPercentage(66)),
        ("fan.living_room_ceiling_fan", Action::TurnOn),
        ("valve.garden_sprinkler", Action::OpenValve),
        ("valve.garden_sprinkler", Action::SetValvePosition(50)),
        ("media_player.living_room_speaker", Action::SetVolume(70)),
        ("media_player.living_room_speaker", Action::Mute(true)),
        ("media_player.living_room_speaker", Action::MediaPause),
        ("media_player.living_room_tv", Action::TurnOn),
        ("media_player.living_room_tv", Action::PlayMedia { query: "The Office".into(), class: None }),
        ("vacuum.robot", Action::VacuumStart),
        ("vacuum.robot", Action::VacuumCleanArea(vec!["Kitchen".into()])),
        ("vacuum.robot", Action::VacuumReturn),
        ("lawn_mower.mower", Action::MowerStart),
        ("todo.shopping_list", Action::AddItem("Tea \"green\"".into())),
        ("todo.shopping_list", Action::CompleteItem("Milk".into())),
    ];
    for delays in [Delays::Real, Delays::None] {
        for (id, action) in &cases {
            let (world, said) = play(delays, Fault::None, id, &[(0, action.clone())], 31_000);
            assert_eq!(
                house::reach(action, world.entity(id)),
                Some(house::Reach::Yes),
                "{action:?} {said:?} {:?}",
                world.entity(id)
            );
            assert!(delays == Delays::Real || said.iter().all(|line| line.starts_with("0 ")), "{said:?}");
        }
    }
}

#[test]
fn slats_effects_numbers_and_choices_follow_what_they_are_told() {
    let house = device_adapters::house(
        r#"{"entities":[
            {"id":"cover.blind","name":"Blind","domain":"cover","state":"open","attributes":{"current_position":100,"current_tilt_position":0}},
            {"id":"light.strip","name":"Strip","domain":"light","state":"off","attributes":{"effect":"none","effect_list":["none","rainbow"]}},
            {"id":"number.delay","name":"Delay","domain":"number","state":"5","attributes":{"min":0,"max":60,"step":5}},
            {"id":"select.source","name":"Source","domain":"select","state":"radio","attributes":{"options":["radio","tape"]}}
        ]}"#,
    )
    .unwrap();
    for (id, action) in [
        ("cover.blind", Action::SetTilt(40)),
        ("light.strip", Action::SetEffect("rainbow".to_owned())),
        ("number.delay", Action::SetNumber(30.0)),
        ("select.source", Action::SelectOption("tape".to_owned())),
    ] {
        let (world, said) = play_in(&house, Delays::Real, Fault::None, id, &[(0, action.clone())], 31_000);
        assert_eq!(
            house::reach(&action, world.entity(id)),
            Some(house::Reach::Yes),
            "{action:?} {said:?} {:?}",
            world.entity(id)
        );
    }
}

#[test]
fn a_measurement_without_a_unit_is_announced_with_the_usual_one() {
    let sensor = |class: &str, unit: &str| {
        format!(
            r#"{{"entities":[{{"id":"sensor.a","name":"A","domain":"sensor","state":"7","attributes":{{"device_class":"{class}"{unit}}}}}]}}"#
        )
    };
    for (class, unit, expected) in [
        ("humidity", "", Some("%")),
        ("temperature", "", Some("°C")),
        ("temperature", r#","unit_of_measurement":"°F""#, Some("°F")),
        ("enum", "", None),
    ] {
        let house = device_adapters::house(&sensor(class, unit)).unwrap();
        let announced = VirtualHouse::new(&house, Delays::None).announce();
        let config = announced.iter().find(|message| message.topic.ends_with("/config")).unwrap();
        let config: serde_json::Value = serde_json::from_slice(&config.payload).unwrap();
        assert_eq!(config.get("unit_of_measurement").and_then(serde_json::Value::as_str), expected, "{class}");
    }
}
