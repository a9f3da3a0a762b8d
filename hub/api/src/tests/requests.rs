//! What is asked for happens, by the one gate, and is remembered, forgotten and put right.

use super::*;

#[tokio::test]
async fn a_request_is_done_and_written_down() {
    let (home, browser) = Home::owned().await;
    let answer =
        home.post(&browser, "/api/v1/requests", json!({ "text": "turn off the desk lamp", "area": "office" })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(
        answer.body["commands"],
        json!([{ "entity_id": "light.office_desk_lamp", "service": "light.turn_off", "data": {} }])
    );
    assert_eq!(answer.body["outcomes"][0]["outcome"], "offline", "there is no broker in this test");
    let id = answer.body["turn"].as_str().unwrap();
    let turns = home.get(&browser, "/api/v1/turns?limit=5").await;
    assert_eq!(turns.body[0]["turn"], id);
    let turn = home.get(&browser, &format!("/api/v1/turns/{id}")).await;
    assert_eq!(
        (&turn.body["text"], &turn.body["cause"], &turn.body["area"]),
        (&json!("turn off the desk lamp"), &json!("page"), &json!("office"))
    );
    assert_eq!(home.get(&browser, "/api/v1/turns/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(home.get(&browser, "/api/v1/turns?limit=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn only_a_turn_that_changed_something_is_taken_back() {
    let (home, browser) = Home::owned().await;
    let turn =
        home.post(&browser, "/api/v1/requests", json!({ "text": "turn off the desk lamp", "area": "office" })).await;
    let undo =
        home.post(&browser, &format!("/api/v1/turns/{}/undo", turn.body["turn"].as_str().unwrap()), json!({})).await;
    assert_eq!(
        (undo.status, said(&undo)),
        (StatusCode::UNPROCESSABLE_ENTITY, "that turn changed nothing that could be taken back"),
        "the lamp was offline"
    );
    assert_eq!(home.post(&browser, "/api/v1/turns/none/undo", json!({})).await.status, StatusCode::NOT_FOUND);
    let id = home
        .web
        .store
        .journal(&TurnRecord { at_ms: home.clock.now_ms() - 25 * 3_600_000, ..TurnRecord::default() })
        .unwrap();
    let old = home.post(&browser, &format!("/api/v1/turns/{id}/undo"), json!({})).await;
    assert_eq!(said(&old), "that was too long ago to be taken back");
}

#[tokio::test]
async fn unfit_requests_say_what_to_do() {
    let (home, browser) = Home::owned().await;
    let unfit = async |body: Value| {
        let answer = home.post(&browser, "/api/v1/requests", body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        answer.body
    };
    unfit(json!({ "text": "  " })).await;
    unfit(json!({ "text": "x".repeat(2001) })).await;
    unfit(json!({ "text": "hello", "conversation": "" })).await;
    let nowhere = unfit(json!({ "text": "lights on", "area": "Moon" })).await;
    assert_eq!(nowhere["said"], "there is no area `Moon`");
    assert!(nowhere["hint"].as_str().unwrap().contains("Living Room"), "{nowhere}");
}

#[tokio::test]
async fn controls_go_through_the_same_gate() {
    let (home, browser) = Home::owned().await;
    let unlock = home
        .post(
            &browser,
            "/api/v1/entities/lock.front_door/actions",
            json!({ "service": "lock.unlock", "conversation": "c1" }),
        )
        .await;
    assert_eq!(
        (&unlock.body["outcome"], &unlock.body["question"]["kind"]),
        (&json!("ask"), &json!("confirm")),
        "{}",
        unlock.body
    );
    let stranger = home.program("stranger");
    let theirs = home.post(&stranger, "/api/v1/requests", json!({ "text": "yes", "conversation": "c1" })).await;
    assert_eq!(theirs.body["outcomes"], json!([]), "nobody else can say yes: {}", theirs.body);
    let yes = home.post(&browser, "/api/v1/requests", json!({ "text": "yes", "conversation": "c1" })).await;
    assert_eq!(yes.body["commands"][0]["service"], "lock.unlock", "{}", yes.body);
    let scene =
        home.post(&browser, "/api/v1/entities/scene.movie_night/actions", json!({ "service": "scene.turn_on" })).await;
    assert_eq!(
        scene.body["commands"].as_array().unwrap().len(),
        5,
        "a scene is judged member by member: {}",
        scene.body
    );
}

#[tokio::test]
async fn controls_take_only_what_makes_sense() {
    let (home, browser) = Home::owned().await;
    let act = async |id: &str, service: &str, data: Value| {
        home.clock.advance(1000);
        let answer = home
            .post(&browser, &format!("/api/v1/entities/{id}/actions"), json!({ "service": service, "data": data }))
            .await;
        (answer.status.as_u16(), said(&answer).to_owned(), answer.body["commands"][0]["data"].clone())
    };
    for (id, service, data) in [
        ("light.kitchen_ceiling", "light.turn_on", json!({ "brightness_pct": 0 })),
        ("light.kitchen_ceiling", "light.turn_on", json!({ "brightness_pct": 101 })),
        ("light.kitchen_ceiling", "light.turn_on", json!({ "brightness_pct": "40" })),
        ("light.kitchen_ceiling", "light.turn_on", json!({ "flash": "long" })),
        ("light.kitchen_ceiling", "light.turn_on", json!({ "hs_color": [400, 10] })),
        ("light.kitchen_ceiling", "switch.turn_on", json!({})),
        ("light.kitchen_ceiling", "turn_on", json!({})),
        ("cover.kitchen_blind", "cover.set_cover_position", json!({ "position": -1 })),
        ("cover.kitchen_blind", "cover.set_cover_position", json!({})),
        ("climate.living_room", "climate.set_hvac_mode", json!({ "hvac_mode": "volcano" })),
        ("media_player.kitchen_radio", "media_player.volume_set", json!({ "volume_level": 40 })),
        ("todo.shopping_list", "todo.add_item", json!({ "item": "\u{7}" })),
        ("sensor.house_power", "sensor.turn_on", json!({})),
    ] {
        let (status, said, _) = act(id, service, data.clone()).await;
        assert_eq!(status, 422, "{id} {service} {data}: {said}");
    }
    assert_eq!(act("light.none", "light.turn_on", json!({})).await.0, 404);
    assert_eq!(
        act("light.living_room_floor_lamp", "light.turn_on", json!({ "brightness_pct": 40, "hs_color": [120, 80] }))
            .await
            .2,
        json!({ "brightness_pct": 40, "hs_color": [120, 80] })
    );
    assert_eq!(
        act("media_player.kitchen_radio", "media_player.volume_set", json!({ "volume_level": 0.4 })).await.2,
        json!({ "volume_level": 0.4 })
    );
    assert_eq!(act("alarm_control_panel.house", "alarm_control_panel.alarm_arm_away", json!({})).await.0, 200);
}

#[tokio::test]
async fn names_and_rooms_can_be_changed() {
    let (home, browser) = Home::owned().await;
    let patch = async |path: &str, body: Value| home.send(Method::PATCH, &browser, path, body).await;
    let lamp = patch(
        "/api/v1/entities/light.office_desk_lamp",
        json!({ "name": "Work Lamp", "aliases": ["the bright one"], "area": "Attic" }),
    )
    .await;
    assert_eq!(
        (lamp.status, &lamp.body["name"], &lamp.body["area"]),
        (StatusCode::OK, &json!("Work Lamp"), &json!("attic"))
    );
    let attic = patch("/api/v1/areas/attic", json!({ "floor": "Top" })).await;
    assert_eq!(attic.body["floor"], "top");
    assert_eq!(patch("/api/v1/entities/light.none", json!({ "name": "x" })).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        patch("/api/v1/entities/light.office_desk_lamp", json!({ "name": "  " })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn rooms_and_floors_are_taken_away() {
    let (home, owner) = Home::owned().await;
    let (guest, _) = home.person(&owner, "Gina", "guest").await;
    let remove = async |caller: &Caller, path: &str| home.send(Method::DELETE, caller, path, json!({})).await.status;
    let house = home.get(&owner, "/api/v1/house").await.body;
    let id = |list: &str| house[list][0]["id"].as_str().unwrap().to_owned();
    for path in [format!("/api/v1/areas/{}", id("areas")), format!("/api/v1/floors/{}", id("floors"))] {
        assert_eq!(remove(&guest, &path).await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(remove(&owner, &path).await, StatusCode::OK, "{path}");
        assert_eq!(remove(&owner, &path).await, StatusCode::NOT_FOUND, "{path}");
    }
    let after = home.get(&owner, "/api/v1/house").await.body;
    let entities = after["entities"].as_array().unwrap();
    assert!(entities.iter().all(|entity| entity["area"] != id("areas")), "{entities:?}");
    assert!(after["areas"].as_array().unwrap().iter().all(|area| area["floor"] != id("floors")), "{after}");
}

#[tokio::test]
async fn events_begin_with_the_house_and_end_with_the_login() {
    let (home, browser) = Home::owned().await;
    let response =
        home.router.clone().oneshot(request(Method::GET, "/api/v1/events", &browser, Body::empty())).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let mut next = async || String::from_utf8_lossy(&events.next().await?.ok()?).into_owned().into();
    let first: Option<String> = next().await;
    assert!(first.as_ref().is_some_and(|first| first.starts_with("event: house\ndata: {\"floors\"")), "{first:?}");
    home.send(Method::PATCH, &browser, "/api/v1/entities/light.porch", json!({ "name": "Door Light" })).await;
    let second: Option<String> = next().await;
    assert!(
        second.as_ref().is_some_and(|second| second.starts_with("event: entities\n") && second.contains("Door Light")),
        "{second:?}"
    );
    home.post(&browser, "/api/v1/logout", json!({})).await;
    assert_eq!(next().await, None::<String>);
}

#[tokio::test]
async fn what_was_said_is_forgotten_by_the_turn_by_the_person_by_the_clock_and_whole() {
    let (home, owner) = Home::owned().await;
    let (guest, id) = home.person(&owner, "Gina", "guest").await;
    let (other, _) = home.person(&owner, "Otto", "resident").await;
    let texts = async || {
        home.clock.advance(60_000);
        let turns = home.get(&owner, "/api/v1/turns").await.body;
        turns.as_array().unwrap().iter().rev().map(|turn| turn["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = home.say(&owner, "turn on the desk lamp").await["turn"].as_str().unwrap().to_owned();
    let hers = home.say(&guest, "turn on the porch light").await["turn"].as_str().unwrap().to_owned();
    home.say(&guest, "turn off the porch light").await;
    home.say(&owner, "turn off the desk lamp").await;
    let delete = async |caller: &Caller, path: &str| home.send(Method::DELETE, caller, path, json!({})).await;
    assert_eq!(
        delete(&guest, &format!("/api/v1/turns/{first}")).await.status,
        StatusCode::NOT_FOUND,
        "not hers, and she can't even see it"
    );
    assert_eq!(delete(&guest, &format!("/api/v1/turns/{hers}")).await.body, json!({ "forgotten": 1 }));
    assert_eq!(texts().await, ["turn on the desk lamp", "turn off the porch light", "turn off the desk lamp"]);
    let said = format!("/api/v1/people/{id}/said");
    assert_eq!(delete(&other, &said).await.status, StatusCode::FORBIDDEN);
    assert_eq!(delete(&guest, "/api/v1/said").await.status, StatusCode::FORBIDDEN);
    let mut ended = home.web.turns.ended();
    assert_eq!(delete(&guest, &said).await.body, json!({ "forgotten": 1 }));
    assert_eq!(ended.recv().await.unwrap().reply, "", "whoever shows the last reply shows it no more");
    assert_eq!(texts().await, ["turn on the desk lamp", "turn off the desk lamp"]);
    let days = async |caller: &Caller, days: u32| {
        home.send(Method::PUT, caller, "/api/v1/memory", json!({ "days": days })).await.status
    };
    assert_eq!(
        (days(&guest, 1).await, days(&owner, 9999).await),
        (StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY)
    );
    home.clock.advance(25 * 3_600_000);
    home.say(&owner, "turn on the desk lamp").await;
    assert_eq!(days(&owner, 1).await, StatusCode::OK);
    assert_eq!(texts().await, ["turn on the desk lamp"], "what is older than a day is gone at once");
    assert_eq!(delete(&owner, "/api/v1/said").await.body, json!({ "forgotten": 1 }));
    assert_eq!(days(&owner, 0).await, StatusCode::OK);
    let unkept = home.say(&owner, "turn on the desk lamp").await;
    assert_eq!((&unkept["outcome"], &unkept["turn"]), (&json!("act"), &Value::Null), "it is done and not written down");
    assert_eq!(texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_turn_is_put_right_in_two_taps_at_once_and_kept_as_an_example() {
    let (home, owner) = Home::owned().await;
    let (guest, _) = home.person(&owner, "Gina", "guest").await;
    let wrong = home.say(&owner, "kindly turn the dess lamp on").await;
    assert_eq!(wrong["outcome"], "not_understood", "{wrong}");
    let path = format!("/api/v1/turns/{}/repair", wrong["turn"].as_str().unwrap());
    assert_eq!(home.get(&guest, &path).await.status, StatusCode::FORBIDDEN);
    let offers = home.get(&owner, &path).await.body;
    assert_eq!(
        offers["sentences"][0],
        json!({ "text": "turn on the Desk Lamp", "does": "turn on Desk Lamp" }),
        "{offers}"
    );
    assert_eq!(
        (&offers["names"][0]["entity_id"], &offers["names"][0]["heard"]),
        (&json!("light.office_desk_lamp"), &json!("dess lamp")),
        "{offers}"
    );
    let post = async |body: Value| home.post(&owner, &path, body).await;
    assert_eq!(
        post(json!({ "means": "turn on the desk lamp" })).await.body,
        json!({ "does": "turn on Desk Lamp", "kept": false })
    );
    assert_eq!(
        home.say(&owner, "kindly turn the dess lamp on").await["outcome"],
        "not_understood",
        "it was only read back"
    );
    assert_eq!(
        post(json!({ "means": "fly to the moon", "keep": true })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        post(json!({ "means": "turn on the desk lamp", "name": "x" })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(post(json!({ "means": "turn on the desk lamp", "keep": true })).await.body["kept"], true);
    assert_eq!(
        home.say(&owner, "Kindly turn the dess lamp on!").await["commands"][0]["entity_id"],
        "light.office_desk_lamp"
    );
    let example = home.get(&owner, "/api/v1/examples").await.body;
    assert_eq!(
        (&example["meaning"], &example["right_code"]),
        (&json!("turn on the desk lamp"), &json!(["HassTurnOn name 3 4"])),
        "plain words have a code to learn from, too: {example}"
    );
    assert_eq!(
        post(json!({ "entity_id": "light.office_desk_lamp", "name": "dess lamp", "keep": true })).await.status,
        StatusCode::OK
    );
    assert_eq!(home.say(&owner, "turn off the dess lamp").await["commands"][0]["entity_id"], "light.office_desk_lamp");
    let lines = home.get(&owner, "/api/v1/examples").await.body;
    assert_eq!(
        (&lines["words"], &lines["lang"], &lines["named"]),
        (&json!("kindly turn the dess lamp on"), &json!("en"), &json!(["light.office_desk_lamp", "dess lamp"])),
        "{lines}"
    );
    assert_eq!(home.get(&guest, "/api/v1/examples").await.status, StatusCode::FORBIDDEN);
    let phrases = home.get(&owner, "/api/v1/phrases").await.body;
    assert_eq!(phrases, json!([{ "phrase": "kindly turn the dess lamp on", "means": "turn on the desk lamp" }]));
    assert_eq!(
        home.send(Method::DELETE, &owner, "/api/v1/phrases", json!({ "phrase": "kindly turn the dess lamp on" }))
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(home.say(&owner, "kindly turn the dess lamp on").await["outcome"], "not_understood");
    home.send(Method::DELETE, &owner, "/api/v1/said", json!({})).await;
    assert_eq!(home.get(&owner, "/api/v1/examples").await.body, "", "an example is forgotten with what was said");
}

#[tokio::test]
async fn a_device_that_confirms_late_is_told_of_and_never_before() {
    let (home, owner) = Home::owned().await;
    let waiting = tokio::spawn(runtime::late_confirmations::keep(home.web.turns.clone(), home.web.late.clone()));
    let mut told = home.web.late.subscribe();
    let message = async |topic: &str, payload: &str| {
        home.web
            .hub
            .send(runtime::hub::event::Event::Message {
                topic: topic.to_owned(),
                payload: payload.as_bytes().to_vec(),
                retained: false,
            })
            .await
            .unwrap()
    };
    message(
        "homeassistant/light/late/config",
        &json!({
            "name": "Sleepy Lamp", "unique_id": "sleepy", "command_topic": "sleepy/set",
            "state_topic": "sleepy/state",
        })
        .to_string(),
    )
    .await;
    message("sleepy/state", "OFF").await;
    home.web.hub.flush().await.unwrap();
    let entity =
        home.web.hub.snapshot().house.entities.values().find(|entity| entity.name == "Sleepy Lamp").unwrap().id.clone();
    let utterance = house::Utterance {
        text: "turn on the sleepy lamp".to_owned(),
        lang: None,
        place: None,
        conversation: "c".to_owned(),
        speaker: ANYONE,
        cause: house::Cause::Voice,
        at_ms: home.clock.now_ms(),
        hearing: None,
    };
    let mut turn = runtime::turn::outcome::begin(utterance);
    turn.outcomes = vec![house::Outcome {
        entity: entity.clone(),
        action: house::Action::TurnOn,
        kind: house::OutcomeKind::TimedOut,
        reason: None,
        is_underway: false,
        took_ms: 3000,
        sent: Vec::new(),
    }];
    home.web.turns.journal(&mut turn).await;
    let id = turn.id.unwrap();
    let shown = async || home.get(&owner, &format!("/api/v1/turns/{id}")).await.body["outcomes"][0].clone();
    home.clock.advance(34_000);
    message("sleepy/state", "OFF").await;
    assert!(
        tokio::time::timeout(Duration::from_millis(100), told.recv()).await.is_err(),
        "it still says that it is off"
    );
    assert_eq!((&shown().await["outcome"], &shown().await["late_ms"]), (&json!("timed_out"), &Value::Null));
    message("sleepy/state", "ON").await;
    let late = tokio::time::timeout(Duration::from_secs(5), told.recv()).await.unwrap().unwrap();
    assert_eq!(late, Late { turn: id.clone(), entity, late_ms: 34_000 });
    assert_eq!(
        (&shown().await["outcome"], &shown().await["late_ms"]),
        (&json!("late"), &json!(34_000)),
        "the journal knows it too"
    );
    waiting.abort();
}
