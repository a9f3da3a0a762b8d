//! What is listed and reported there becomes entities here, and stays theirs.

use super::*;

#[test]
fn what_assistants_may_see_there_is_taken_over() {
    let (_, world) = home();
    expect![[r#"
        binary_sensor.movement_backyard “Movement Backyard” [] motion @- Online Some("on") {}
        climate.hvac “Hvac” [] - @- Online Some("cool") {"current_humidity":54.2,"current_temperature":22,"fan_mode":"on_high","fan_modes":["on_low","on_high","auto_low","auto_high","off"],"humidity":67.4,"hvac_action":"cooling","hvac_modes":["off","heat","cool","auto","dry","fan_only"],"max_humidity":99,"max_temp":35,"min_humidity":30,"min_temp":7,"supported_features":943,"swing_mode":"off","swing_modes":["auto","1","2","3","off"],"temperature":21}
        cover.hall_window “Hall Window” [] - @- Online Some("open") {"current_position":10,"supported_features":15}
        fan.living_room_fan “Living Room Fan” [] - @- Online Some("off") {"direction":"forward","oscillating":false,"percentage_step":33.333333333333336,"preset_modes":["auto","smart","sleep","on"],"supported_features":55}
        light.bed_light “Bed Light” [] - @- Online Some("off") {"effect_list":["rainbow","off"],"max_color_temp_kelvin":6535,"min_color_temp_kelvin":2000,"supported_color_modes":["color_temp","hs"],"supported_features":4}
        light.hue_lamp “Hue lamp” ["colour lamp"] - @den Online Some("off") {"supported_color_modes":["brightness"],"supported_features":0}
        media_player.living_room “Living Room” [] - @- Online Some("playing") {"app_name":"YouTube","is_volume_muted":false,"media_content_type":"movie","media_title":"♥♥ The Best Fireplace Video (3 hours)","sound_mode":"Music","supported_features":119695,"volume_level":1}
        media_player.walkman “Walkman” [] - @- Online Some("playing") {"is_volume_muted":false,"media_album_name":"Bounzz","media_artist":"Technohead","media_content_type":"music","media_title":"I Wanna Be A Hippy (Flamman & Abraxas Radio Mix)","sound_mode":"Music","supported_features":914877,"volume_level":1}
        scene.movie_night “Movie night” [] - @- Online Some("unknown") {}
        sensor.attic_dust “Attic dust” [] pm25 @- Offline None {}
        sensor.attic_temperature “Attic temperature” [] temperature @- Online Some("21.5") {"unit_of_measurement":"°C"}
    "#]].assert_eq(&world.lines());
    let registry = registry(&lists());
    expect![[r#"
        [HomeAssistantPlace { id: "upstairs", name: "Upstairs", aliases: ["first floor"], floor: None }]
        [HomeAssistantPlace { id: "den", name: "Den", aliases: ["snug"], floor: Some("upstairs") }]
    "#]]
    .assert_eq(&format!("{:?}\n{:?}\n", registry.floors, registry.areas));
}

#[test]
fn what_changes_there_changes_here() {
    let (mut adapters, mut world) = home();
    let lamp = EntityId::new("light.hue_lamp");
    let mut check = |event: Json, want: Expect| {
        world.apply(adapters.reported(&event));
        let lamp = &world.entities[&lamp];
        want.assert_eq(&format!(
            "{} {:?} {:?} {:?}",
            lamp.name, lamp.availability, lamp.state.value, lamp.state.attributes
        ));
    };
    check(
        json!({
            "c": {
                "light.hue_lamp": {
                    "+": { "s": "on", "a": { "color_mode": "brightness", "brightness": 128 }, "lc": 1.5 },
                },
            },
        }),
        expect![[
            r#"Hue lamp Online Some("on") {"brightness": Number(128.0), "color_mode": Text("brightness"), "supported_color_modes": List([Text("brightness")]), "supported_features": Number(0.0)}"#
        ]],
    );
    check(
        json!({
            "c": { "light.hue_lamp": { "+": { "s": "unavailable" }, "-": { "a": ["brightness", "color_mode"] } } },
        }),
        expect![[
            r#"Hue lamp Offline Some("on") {"brightness": Number(128.0), "color_mode": Text("brightness"), "supported_color_modes": List([Text("brightness")]), "supported_features": Number(0.0)}"#
        ]],
    );
    check(
        json!({
            "c": { "light.hue_lamp": { "+": { "s": "off", "a": { "friendly_name": "Hue\u{202e} \u{7}light" } } } },
        }),
        expect![[
            r#"Hue light Online Some("off") {"supported_color_modes": List([Text("brightness")]), "supported_features": Number(0.0)}"#
        ]],
    );
    check(
        json!({ "r": ["light.hue_lamp"] }),
        expect![[
            r#"Hue light Offline Some("off") {"supported_color_modes": List([Text("brightness")]), "supported_features": Number(0.0)}"#
        ]],
    );
    check(
        json!({
            "a": {
                "light.hue_lamp": {
                    "s": "on",
                    "a": {
                        "friendly_name": "Hue lamp", "color_mode": "color_temp",
                        "color_temp_kelvin": 3000, "hs_color": [27.0, 60.0],
                    },
                },
            },
        }),
        expect![[
            r#"Hue lamp Online Some("on") {"color_mode": Text("color_temp"), "color_temp_kelvin": Number(3000.0)}"#
        ]],
    );
}

#[test]
fn what_is_listed_no_more_goes_and_what_is_placed_anew_moves() {
    let (mut adapters, mut world) = home();
    let mut lists = lists();
    let entities = lists.entities.as_array_mut().unwrap();
    entities.retain(|entry| entry["entity_id"] != "cover.hall_window");
    entities.iter_mut().find(|entry| entry["entity_id"] == "climate.hvac").unwrap()["area_id"] = "den".into();
    lists.exposed.as_mut().unwrap()["exposed_entities"].as_object_mut().unwrap().remove("cover.hall_window");
    world.apply(adapters.listed(registry(&lists)));
    assert!(!world.entities.contains_key(&EntityId::new("cover.hall_window")));
    assert_eq!(world.places[&EntityId::new("climate.hvac")].as_deref(), Some("den"));
    // What only changed its place keeps what it reported.
    assert_eq!(world.entities[&EntityId::new("climate.hvac")].state.value.as_deref(), Some("cool"));
}

#[test]
fn who_hid_an_entity_there_hid_it_here() {
    let check = |id: &str, changed: Json, wanted: bool| {
        let mut entry = json!({
            "entity_id": id, "platform": "hue", "unique_id": "x", "options": {}, "hidden_by": null,
            "disabled_by": null, "entity_category": null,
        });
        entry.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        let lists = Lists { entities: json!([entry]), ..Lists::default() };
        let ids = Registry::read(&lists, &Limits::default()).settled().entity_ids();
        assert_eq!(!ids.is_empty(), wanted, "{id} {changed}");
    };
    check("light.a", json!({}), true);
    check("light.a", json!({ "hidden_by": "user" }), false);
    check("light.a", json!({ "disabled_by": "integration" }), false);
    check("light.a", json!({ "entity_category": "config" }), false);
    check("light.a", json!({ "options": { "conversation": { "should_expose": false } } }), false);
    // Hearth hears these itself.
    check("light.a", json!({ "platform": "mqtt" }), false);
    let there = Lists {
        entities: json!([{ "entity_id": "light.a", "platform": "mqtt", "unique_id": "x", "options": {} }]),
        with_mqtt: true,
        ..Lists::default()
    };
    assert_eq!(
        Registry::read(&there, &Limits::default()).settled().entity_ids(),
        ["light.a"],
        "unless it is on a broker of its own"
    );
    // Nobody decided about these: it is as Home Assistant would decide.
    check("lock.a", json!({}), false);
    check("script.a", json!({}), false);
    check("sensor.a", json!({}), false);
    check("lock.a", json!({ "options": { "conversation": { "should_expose": true } } }), true);
    // What Hearth has no use for, and what is no id.
    for id in
        ["camera.a", "update.a", "conversation.a", "light", "light.", "light.A", "light.a b", "light.ü", "other.a"]
    {
        check(id, json!({ "options": { "conversation": { "should_expose": true } } }), false);
    }
}

#[test]
fn an_id_that_a_device_has_is_not_given_again() {
    let mut adapters = Adapters::new(Limits::default());
    let announcement = json!({
        "name": "Kitchen", "unique_id": "k", "object_id": "kitchen", "command_topic": "k/set",
        "state_topic": "k",
    });
    adapters.read("homeassistant/light/k/config", announcement.to_string().as_bytes(), true);
    adapters.reserve([EntityId::new("scene.movie")]);
    let exposed = json!({
        "exposed_entities": {
            "light.kitchen": { "conversation": true }, "scene.movie": { "conversation": true },
            "light.den": { "conversation": true },
        },
    });
    let lists = Lists { exposed: Some(exposed), ..Lists::default() };
    let mut world = World::default();
    world.apply(adapters.listed(Registry::read(&lists, &Limits::default()).settled()));
    world.apply(adapters.reported(&json!({
        "a": { "light.kitchen": { "s": "on" }, "scene.movie": { "s": "unknown" }, "light.den": { "s": "off" } },
    })));
    let ids: Vec<&str> = world.entities.keys().map(EntityId::as_str).collect();
    assert_eq!(ids, ["light.den", "light.kitchen_2", "scene.movie_2"]);
    let second = EntityId::new("light.kitchen_2");
    assert!(adapters.is_home_assistants(&second) && !adapters.is_home_assistants(&EntityId::new("light.kitchen")));
    assert_eq!(adapters.call(&second, &Action::TurnOn, &world.entities[&second]).unwrap().entity, "light.kitchen");
    // A device that comes later gets another id, and after a restart everything has the one it had.
    let late = json!({ "name": "Den", "unique_id": "d", "object_id": "den", "command_topic": "d/set" });
    adapters.read("homeassistant/light/d/config", late.to_string().as_bytes(), true);
    let kept: Vec<(String, EntityId)> = adapters.identities().map(|(key, id)| (key.to_owned(), id.clone())).collect();
    assert!(kept.contains(&("light d".to_owned(), EntityId::new("light.den_2"))), "{kept:?}");
    let mut again = Adapters::with_identities(Limits::default(), kept);
    assert!(again.is_home_assistants(&second));
    let mut world = World::default();
    world.apply(again.listed(Registry::read(&lists, &Limits::default()).settled()));
    world.apply(again.reported(&json!({ "a": { "light.kitchen": { "s": "on" } } })));
    assert!(world.entities.contains_key(&second));
}

#[test]
fn a_list_is_its_open_items() {
    let (mut adapters, mut world) = one("todo.shopping", json!({ "s": "1", "a": { "friendly_name": "Shopping" } }));
    let items = json!({
        "items": [
            { "summary": "Milk", "uid": "1", "status": "needs_action" },
            { "summary": "Soap", "uid": "2", "status": "completed" }, { "uid": "3" }, 4,
        ],
    });
    world.apply(adapters.reported_items("todo.shopping", &items));
    let list = &world.entities[&EntityId::new("todo.shopping")];
    assert_eq!(list.attribute("items").and_then(Value::as_list), Some(&[Value::from("Milk")][..]));
    // A later report of the state does not take them away.
    world.apply(adapters.reported(&json!({ "c": { "todo.shopping": { "+": { "s": "2" } } } })));
    assert!(world.entities[&EntityId::new("todo.shopping")].attribute("items").is_some());
}

#[test]
fn what_is_only_assumed_is_no_report() {
    let (adapters, _) = one("switch.a", json!({ "s": "off", "a": { "assumed_state": true } }));
    assert!(!adapters.reports(&EntityId::new("switch.a")));
    let (adapters, _) = one("switch.a", json!({ "s": "off" }));
    assert!(adapters.reports(&EntityId::new("switch.a")));
}

#[test]
fn keys_and_addresses_stay_there() {
    let (_, world) = one(
        "media_player.a",
        json!({
            "s": "playing",
            "a": { "entity_picture": "/api/x?token=secret", "access_token": "secret", "media_title": "Song" },
        }),
    );
    let player = &world.entities[&EntityId::new("media_player.a")];
    assert_eq!(player.state.attributes.keys().collect::<Vec<_>>(), ["media_title"]);
}
