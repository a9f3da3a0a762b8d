//! Actions become calls of services.

use super::*;

fn check_call(id: &str, action: Action, want: Expect) {
    let (adapters, world) = one(id, json!({ "s": "unknown", "a": { "friendly_name": "It" } }));
    let id = EntityId::new(id);
    match adapters.call(&id, &action, &world.entities[&id]) {
        Ok(call) => want.assert_eq(&call.command().to_string()),
        Err(error) => want.assert_eq(&error.to_string()),
    }
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
        "humidifier.a",
        Action::SetHumidity(55),
        expect![[
            r#"{"type":"call_service","domain":"humidifier","service":"set_humidity","service_data":{"humidity":55},"target":{"entity_id":"humidifier.a"}}"#
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
