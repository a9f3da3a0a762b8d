//! What only Home Assistant has: its registries and states, as a Home Assistant 2026.2 told them, become entities.

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
                Change::Rejected { reason, .. } => self.rejected.push(reason),
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

fn check_call(id: &str, action: Action, want: Expect) {
    let (adapters, world) = one(id, json!({ "s": "unknown", "a": { "friendly_name": "It" } }));
    let id = EntityId::new(id);
    match adapters.call(&id, &action, &world.entities[&id]) {
        Ok(call) => want.assert_eq(&call.command().to_string()),
        Err(error) => want.assert_eq(&error.to_string()),
    }
}

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
        [Place { id: "upstairs", name: "Upstairs", aliases: ["first floor"], floor: None }]
        [Place { id: "den", name: "Den", aliases: ["snug"], floor: Some("upstairs") }]
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
fn actions_are_services() {
    check_call(
        "light.a",
        Action::TurnOn,
        expect![[
            r#"{"type":"call_service","domain":"light","service":"turn_on","service_data":{},"target":{"entity_id":"light.a"}}"#
        ]],
    );
    check_call(
        "light.a",
        Action::SetLight {
            brightness_pct: Some(40),
            color: Some(Color { hue: 240.0, saturation: 90.0 }),
            color_temp_k: None,
        },
        expect![[
            r#"{"type":"call_service","domain":"light","service":"turn_on","service_data":{"brightness_pct":40,"hs_color":[240,90]},"target":{"entity_id":"light.a"}}"#
        ]],
    );
    check_call(
        "cover.a",
        Action::SetCoverPosition(30),
        expect![[
            r#"{"type":"call_service","domain":"cover","service":"set_cover_position","service_data":{"position":30},"target":{"entity_id":"cover.a"}}"#
        ]],
    );
    check_call(
        "cover.a",
        Action::TurnOn,
        expect![[
            r#"{"type":"call_service","domain":"cover","service":"open_cover","service_data":{},"target":{"entity_id":"cover.a"}}"#
        ]],
    );
    check_call(
        "valve.a",
        Action::CloseValve,
        expect![[
            r#"{"type":"call_service","domain":"valve","service":"close_valve","service_data":{},"target":{"entity_id":"valve.a"}}"#
        ]],
    );
    check_call(
        "lock.a",
        Action::Unlock,
        expect![[
            r#"{"type":"call_service","domain":"lock","service":"unlock","service_data":{},"target":{"entity_id":"lock.a"}}"#
        ]],
    );
    check_call(
        "alarm_control_panel.a",
        Action::Arm(ArmMode::Night),
        expect![[
            r#"{"type":"call_service","domain":"alarm_control_panel","service":"alarm_arm_night","service_data":{},"target":{"entity_id":"alarm_control_panel.a"}}"#
        ]],
    );
    check_call(
        "climate.a",
        Action::SetTemperature(21.5),
        expect![[
            r#"{"type":"call_service","domain":"climate","service":"set_temperature","service_data":{"temperature":21.5},"target":{"entity_id":"climate.a"}}"#
        ]],
    );
    check_call(
        "water_heater.a",
        Action::SetHvacMode(house::HvacMode::Off),
        expect![[
            r#"{"type":"call_service","domain":"water_heater","service":"set_operation_mode","service_data":{"operation_mode":"off"},"target":{"entity_id":"water_heater.a"}}"#
        ]],
    );
    check_call(
        "fan.a",
        Action::SetPercentage(33),
        expect![[
            r#"{"type":"call_service","domain":"fan","service":"set_percentage","service_data":{"percentage":33},"target":{"entity_id":"fan.a"}}"#
        ]],
    );
    check_call(
        "media_player.a",
        Action::SetVolume(35),
        expect![[
            r#"{"type":"call_service","domain":"media_player","service":"volume_set","service_data":{"volume_level":0.35},"target":{"entity_id":"media_player.a"}}"#
        ]],
    );
    check_call(
        "media_player.a",
        Action::MediaNext,
        expect![[
            r#"{"type":"call_service","domain":"media_player","service":"media_next_track","service_data":{},"target":{"entity_id":"media_player.a"}}"#
        ]],
    );
    check_call(
        "vacuum.a",
        Action::TurnOff,
        expect![[
            r#"{"type":"call_service","domain":"vacuum","service":"return_to_base","service_data":{},"target":{"entity_id":"vacuum.a"}}"#
        ]],
    );
    check_call(
        "lawn_mower.a",
        Action::MowerDock,
        expect![[
            r#"{"type":"call_service","domain":"lawn_mower","service":"dock","service_data":{},"target":{"entity_id":"lawn_mower.a"}}"#
        ]],
    );
    check_call(
        "scene.a",
        Action::Activate,
        expect![[
            r#"{"type":"call_service","domain":"scene","service":"turn_on","service_data":{},"target":{"entity_id":"scene.a"}}"#
        ]],
    );
    check_call(
        "script.a",
        Action::Activate,
        expect![[
            r#"{"type":"call_service","domain":"script","service":"turn_on","service_data":{},"target":{"entity_id":"script.a"}}"#
        ]],
    );
    check_call(
        "automation.a",
        Action::Activate,
        expect![[
            r#"{"type":"call_service","domain":"automation","service":"trigger","service_data":{},"target":{"entity_id":"automation.a"}}"#
        ]],
    );
    check_call(
        "button.a",
        Action::TurnOn,
        expect![[
            r#"{"type":"call_service","domain":"button","service":"press","service_data":{},"target":{"entity_id":"button.a"}}"#
        ]],
    );
    check_call(
        "todo.a",
        Action::CompleteItem("milk".to_owned()),
        expect![[
            r#"{"type":"call_service","domain":"todo","service":"update_item","service_data":{"item":"milk","status":"completed"},"target":{"entity_id":"todo.a"}}"#
        ]],
    );
    check_call(
        "number.a",
        Action::SetNumber(2.5),
        expect![[
            r#"{"type":"call_service","domain":"number","service":"set_value","service_data":{"value":2.5},"target":{"entity_id":"number.a"}}"#
        ]],
    );
    check_call(
        "select.a",
        Action::SelectOption("Eco".to_owned()),
        expect![[
            r#"{"type":"call_service","domain":"select","service":"select_option","service_data":{"option":"Eco"},"target":{"entity_id":"select.a"}}"#
        ]],
    );
    check_call(
        "cover.a",
        Action::SetTilt(20),
        expect![[
            r#"{"type":"call_service","domain":"cover","service":"set_cover_tilt_position","service_data":{"tilt_position":20},"target":{"entity_id":"cover.a"}}"#
        ]],
    );
    check_call("select.a", Action::TurnOn, expect!["`select.a` cannot do this: it has no such thing as on or off"]);
    check_call("scene.a", Action::TurnOff, expect!["`scene.a` cannot do this: it has no such thing as on or off"]);
    check_call("weather.a", Action::TurnOn, expect!["`weather.a` cannot do this: it only reports"]);
    check_call(
        "vacuum.a",
        Action::VacuumCleanArea(vec!["Den".to_owned()]),
        expect!["`vacuum.a` cannot do this: Home Assistant has no such area"],
    );
}

#[test]
fn what_shall_be_played_is_looked_for_first() {
    let play = |state: Json| {
        let (adapters, world) = one("media_player.a", state);
        let id = EntityId::new("media_player.a");
        adapters.call(
            &id,
            &Action::PlayMedia { query: "abbey road".to_owned(), class: Some("album".to_owned()) },
            &world.entities[&id],
        )
    };
    assert!(play(json!({ "s": "idle", "a": { "supported_features": 512 } })).is_err());
    let search = play(json!({ "s": "idle", "a": { "supported_features": 4_194_816 } })).unwrap();
    expect![[r#"{"type":"call_service","domain":"media_player","service":"search_media","service_data":{"search_query":"abbey road","media_filter_classes":["album"]},"target":{"entity_id":"media_player.a"},"return_response":true}"#]].assert_eq(&search.command().to_string());
    let found = json!({
        "context": {},
        "response": {
            "media_player.a": {
                "version": 1,
                "result": [
                    {
                        "title": "Search result", "media_class": "movie",
                        "media_content_type": "movie", "media_content_id": "search_result_id",
                        "can_play": true, "thumbnail": null, "children": [],
                    },
                ],
            },
        },
    });
    let next = search.next(&found).unwrap().unwrap();
    expect![[r#"{"type":"call_service","domain":"media_player","service":"play_media","service_data":{"media_content_id":"search_result_id","media_content_type":"movie"},"target":{"entity_id":"media_player.a"}}"#]].assert_eq(&next.command().to_string());
    assert_eq!(next.next(&found), Ok(None));
    for nothing in [
        json!({ "response": { "media_player.a": { "result": [] } } }),
        json!({ "response": { "media_player.a": { "result": [{ "media_content_id": 7 }] } } }),
        Json::Null,
    ] {
        assert_eq!(search.next(&nothing).unwrap_err().code, "nothing_found");
    }
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
fn no_scene_opens_the_house() {
    let check = |members: Json, wanted: bool| {
        let (_, world) = one("scene.a", json!({ "s": "unknown", "a": { "entity_id": members } }));
        assert_eq!(!world.entities.is_empty(), wanted, "{members}");
    };
    check(json!(["light.hall", "cover.blind"]), true);
    check(json!(["light.hall", "lock.front_door"]), false);
    check(json!(["alarm_control_panel.house"]), false);
    // A garage door is known by its class.
    let (mut adapters, mut world) = (Adapters::new(Limits::default()), World::default());
    let cover = json!([
        { "entity_id": "cover.garage", "platform": "x", "unique_id": "x", "options": {} },
        { "entity_id": "scene.leave", "platform": "x", "unique_id": "y", "options": {} },
    ]);
    let mut registry = Registry::read(&Lists { entities: cover, ..Lists::default() }, &Limits::default());
    registry.detail(&json!({ "cover.garage": { "original_device_class": "garage" } }));
    world.apply(adapters.listed(registry.settled()));
    world.apply(
        adapters.reported(&json!({ "a": { "scene.leave": { "s": "unknown", "a": { "entity_id": ["light.hall"] } } } })),
    );
    assert_eq!(world.entities.len(), 1);
    world.apply(adapters.reported(
        &json!({ "c": { "scene.leave": { "+": { "a": { "entity_id": ["light.hall", "cover.garage"] } } } } }),
    ));
    assert!(world.entities.is_empty());
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

#[test]
fn too_many_are_refused_with_a_word() {
    let limits = Limits { entities: 3, ..Limits::default() };
    let exposed: serde_json::Map<String, Json> =
        (0..9).map(|number| (format!("light.l{number}"), json!({ "conversation": true }))).collect();
    let lists = Lists { exposed: Some(json!({ "exposed_entities": exposed })), ..Lists::default() };
    let registry = Registry::read(&lists, &limits).settled();
    assert_eq!(registry.entity_ids().len(), 3);
    let mut world = World::default();
    world.apply(Adapters::new(limits).listed(registry));
    assert_eq!(world.rejected, ["there are too many entities: 6 are left out"]);
}

#[test]
fn frames_are_told_apart() {
    let check = |text: &str, want: Expect| want.assert_eq(&format!("{:?}", frame(text)));
    check(r#"{"type":"auth_required","ha_version":"2026.2.3"}"#, expect!["Ok(AuthRequired)"]);
    check(
        r#"{"type":"auth_invalid","message":"Invalid access token or password"}"#,
        expect![[r#"Ok(AuthInvalid("Invalid access token or password"))"#]],
    );
    check(
        r#"{"id": 17, "type": "result", "success": false, "error": {"code": "not_found", "message": "Service vacuum.clean_area not found."}}"#,
        expect![[
            r#"Ok(Result { id: 17, result: Err(Failure { code: "not_found", message: "Service vacuum.clean_area not found." }) })"#
        ]],
    );
    check(
        r#"{"id": 3, "type": "result", "success": false, "error": {"code": "service_validation_error", "message": "Validation error: Provided temperature 99.0 is not valid. Accepted range is 7 to 35", "translation_key": "temp_out_of_range"}}"#,
        expect![[
            r#"Ok(Result { id: 3, result: Err(Failure { code: "service_validation_error", message: "Validation error: Provided temperature 99.0 is not valid. Accepted range is 7 to 35" }) })"#
        ]],
    );
    check(
        r#"{"id":3,"type":"result","success":false,"error":7}"#,
        expect![[r#"Ok(Result { id: 3, result: Err(Failure { code: "unknown", message: "unknown" }) })"#]],
    );
    check(
        r#"{"id":4,"type":"event","event":{"r":[]}}"#,
        expect![[r#"Ok(Event { id: 4, event: Object {"r": Array []} })"#]],
    );
    check(r#"{"id":-4,"type":"event"}"#, expect![[r#"Err("it has no id")"#]]);
    check(r#"{"type":"result","success":true}"#, expect![[r#"Err("it has no id")"#]]);
    for rubbish in [
        "",
        "[]",
        "nonsense",
        r#"{"id":1}"#,
        r#"{"type":7}"#,
        r#"{"id":1,"type":"result","success":true,"result":NaN}"#,
        &"[".repeat(10_000),
    ] {
        assert!(frame(rubbish).is_err(), "{rubbish:.40}");
    }
}

fn rubbish() -> impl Strategy<Value = Json> {
    let words = prop::sample::select(vec![
        "s",
        "a",
        "c",
        "r",
        "+",
        "-",
        "entity_id",
        "area_id",
        "name",
        "aliases",
        "options",
        "conversation",
        "should_expose",
        "light.hue_lamp",
        "todo.x",
        "items",
        "summary",
        "status",
        "on",
        "unavailable",
        "unknown",
        "friendly_name",
        "brightness",
        "den",
        "exposed_entities",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        words.clone().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from)
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((words.clone(), inner), 0..6).prop_map(|pairs| Json::Object(
                pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            ))
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("HEARTH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(512)
    ))]

    #[test]
    fn nothing_that_it_says_is_too_odd(
        floors in rubbish(),
        areas in rubbish(),
        devices in rubbish(),
        entities in rubbish(),
        exposed in rubbish(),
        events in prop::collection::vec(rubbish(), 0..6),
    ) {
        let (mut adapters, mut world) = home();
        for event in &events {
            world.apply(adapters.reported(event));
            world.apply(adapters.reported_items("todo.shopping_list", event));
            let _ = frame(&event.to_string());
        }
        let lists = Lists { floors, areas, devices, entities, exposed: Some(exposed), with_mqtt: true };
        let mut registry = Registry::read(&lists, &Limits::default());
        registry.detail(events.first().unwrap_or(&Json::Null));
        world.apply(adapters.listed(registry.settled()));
        for event in &events {
            world.apply(adapters.reported(event));
        }
        for entity in world.entities.values() {
            prop_assert!(!entity.name.is_empty() && entity.name.chars().count() <= 120);
            prop_assert!(entity.domain != Domain::Other);
            prop_assert!(matches!(entity.availability, Availability::Online | Availability::Offline));
        }
    }
}

#[test]
fn depth_and_length_have_an_end() {
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let (_, world) = one(
        "light.a",
        json!({
            "s": "o".repeat(9000),
            "a": { "effect": deep, "friendly_name": "n".repeat(9000), "options": vec!["x".repeat(5000); 1000] },
        }),
    );
    let lamp = &world.entities[&EntityId::new("light.a")];
    assert_eq!(lamp.name.len(), 120);
    assert_eq!(lamp.state.value.as_deref().map(str::len), Some(255));
    assert!(lamp.attribute("effect").is_none());
    let options = lamp.attribute("options").and_then(Value::as_list).unwrap();
    assert!(options.len() <= 256 && options[0].as_text().unwrap().len() <= 1024);
}
