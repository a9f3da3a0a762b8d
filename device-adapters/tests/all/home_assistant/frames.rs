//! Frames, rubbish and storms from there.

use super::*;

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
