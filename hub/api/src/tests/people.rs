//! Who may do what, and who sees what.

use super::*;

#[tokio::test]
async fn guests_and_children_never_get_what_their_limits_forbid() {
    let (home, owner) = Home::owned().await;
    home.send(Method::PUT, &owner, "/api/v1/pin", json!({ "pin": "2468" })).await;
    let (guest, guest_id) = home.person(&owner, "Gina", "guest").await;
    let (child, _) = home.person(&owner, "Kim", "child").await;
    for caller in [&guest, &child] {
        home.is_kept_from(caller, "lock.front_door", "lock.unlock").await;
        home.is_kept_from(caller, "alarm_control_panel.house", "alarm_control_panel.alarm_disarm").await;
        home.is_kept_from(caller, "cover.garage_door", "cover.open_cover").await;
        // The PIN is no way round: nothing waits for it.
        assert_eq!(home.say(caller, "2468").await["outcomes"], json!([]));
        let heat = home
            .post(
                caller,
                "/api/v1/entities/climate.living_room/actions",
                json!({ "service": "climate.set_temperature", "data": { "temperature": 30 } }),
            )
            .await;
        assert_eq!(heat.body["reply"], "You may set Thermostat between 16 and 24, so I did nothing.", "{}", heat.body);
        let lamp =
            home.post(caller, "/api/v1/entities/light.porch/actions", json!({ "service": "light.turn_on" })).await;
        assert_eq!(lamp.body["outcomes"][0]["outcome"], "offline", "a lamp is theirs to use: {}", lamp.body);
    }
    // A scene, taught words and another name are judged by what they do and for whom.
    let members = std::collections::BTreeMap::from([(
        "lock.front_door".to_owned(),
        house::Attributes::from([("state".to_owned(), "unlocked".into())]),
    )]);
    let scene = home
        .web
        .hub
        .create(NewHubEntity::Scene(HubScene { name: "Come In".to_owned(), area: None, members }))
        .await
        .unwrap();
    home.is_kept_from(&guest, scene.as_str(), "scene.turn_on").await;
    home.web.household.teach("sesame", "turn on blub").unwrap();
    home.send(
        Method::PATCH,
        &owner,
        "/api/v1/entities/switch.printer",
        json!({ "name": "Gate Opener", "aliases": ["blub"] }),
    )
    .await;
    assert_eq!(home.say(&guest, "sesame").await["outcome"], "refuse");
    assert_eq!(home.say(&owner, "sesame").await["question"]["kind"], "pin");
    // Another one's question is not theirs, whatever the conversation is called.
    let conversation = |text: &str, speaker: Speaker| house::Utterance {
        text: text.to_owned(),
        lang: None,
        place: None,
        conversation: "hall".to_owned(),
        speaker,
        cause: house::Cause::Voice,
        at_ms: home.clock.now_ms(),
        hearing: None,
    };
    let asked = home.web.turns.turn(conversation("sesame", ANYONE)).await;
    assert_eq!(asked.outcome, house::TurnOutcome::Ask);
    let answered = home.web.turns.turn(conversation("2468", Speaker::Person(house::PersonId::new(guest_id)))).await;
    assert!(answered.outcomes.is_empty() && answered.steps.is_empty(), "{answered:?}");
}

#[tokio::test]
async fn a_guest_makes_no_tokens_and_sees_neither_rules_nor_refusals() {
    let (home, owner) = Home::owned().await;
    let (guest, _) = home.person(&owner, "Gina", "guest").await;
    let token = home.post(&guest, "/api/v1/tokens", json!({ "name": "mine" })).await;
    assert_eq!(token.status, StatusCode::FORBIDDEN, "{}", token.body);
    for path in ["/api/v1/rules", "/api/v1/refusals"] {
        assert_eq!(home.get(&guest, path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(home.get(&owner, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn only_the_owner_lays_down_rules_and_they_hold_at_once_and_for_places() {
    let (home, owner) = Home::owned().await;
    let (resident, _) = home.person(&owner, "Rita", "resident").await;
    let (guest, guest_id) = home.person(&owner, "Gina", "guest").await;
    let program = home.program("script");
    let rules = home.get(&owner, "/api/v1/rules").await.body["rules"].clone();
    let put = async |caller: &Caller, rules: &Value, password: &str| {
        home.send(Method::PUT, caller, "/api/v1/rules", json!({ "rules": rules, "password": password })).await
    };
    for caller in [&resident, &guest, &program] {
        home.clock.advance(1000);
        assert_eq!(put(caller, &rules, "correct horse").await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            home.post(caller, "/api/v1/people", json!({ "name": "X", "role": "resident" })).await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            home.send(Method::PATCH, caller, &format!("/api/v1/people/{guest_id}"), json!({ "role": "resident" }))
                .await
                .status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            home.send(Method::PUT, caller, "/api/v1/pin", json!({ "pin": "1111" })).await.status,
            StatusCode::FORBIDDEN
        );
    }
    assert_eq!(put(&owner, &rules, "wrong horse").await.status, StatusCode::UNAUTHORIZED);
    let mut strange = rules.clone();
    strange["classes"]["unlok"] = json!("free");
    assert_eq!(said(&put(&owner, &strange, "correct horse").await), "`unlok` is no kind of effect");
    assert_eq!(
        home.send(Method::PATCH, &guest, "/api/v1/entities/light.porch", json!({ "name": "x" })).await.status,
        StatusCode::FORBIDDEN
    );
    let tea = Draft::new(Errand::Remind("tea".to_owned()), Timing::At(home.clock.now_ms() + 60_000));
    let made = home.web.hub.schedule(Change::Add(vec![tea], Lang::En, ANYONE)).await.unwrap();
    assert_eq!(
        home.post(&guest, &format!("/api/v1/schedules/{}/pause", made[0].id), json!({})).await.status,
        StatusCode::FORBIDDEN
    );
    let lamp = async |caller: &Caller| {
        home.post(
            caller,
            "/api/v1/entities/light.porch/actions",
            json!({
                "service": "light.turn_on",
            }),
        )
        .await
        .body["outcome"]
            .clone()
    };
    assert_eq!(lamp(&resident).await, "act");
    let mut strict = rules.clone();
    strict["entities"]["light.porch"] = json!("confirmed");
    strict["guest"]["tiers"]["other"] = json!("never");
    strict["places"]["kitchen"] = json!("guest");
    strict["ways"]["mqtt"] = json!("child");
    assert_eq!(put(&owner, &strict, "correct horse").await.status, StatusCode::OK);
    assert_eq!((lamp(&resident).await, lamp(&guest).await), (json!("ask"), json!("refuse")), "at once");
    home.clock.advance(60_000);
    let kitchen =
        home.post(&resident, "/api/v1/requests", json!({ "text": "turn on the desk lamp", "area": "kitchen" })).await;
    assert_eq!(kitchen.body["outcome"], "refuse", "in the kitchen everyone counts as a guest: {}", kitchen.body);
    let office =
        home.post(&resident, "/api/v1/requests", json!({ "text": "turn on the desk lamp", "area": "office" })).await;
    assert_eq!(office.body["outcome"], "act", "{}", office.body);
    let kept = Household::load(home.web.store.clone(), mind::decide::Thresholds::default()).unwrap();
    assert_eq!(kept.roles(&Speaker::Someone(house::WayIn::Mqtt), None), [house::Role::Child], "after a restart too");
    assert_eq!(kept.house_rules(), home.web.household.house_rules());
}

#[tokio::test]
async fn people_come_and_go_with_their_logins_and_see_what_is_theirs() {
    let (home, owner) = Home::owned().await;
    assert_eq!(home.get(&Caller::Nobody, "/api/v1/me").await.body["named"], false);
    let (guest, id) = home.person(&owner, "Gina", "guest").await;
    assert_eq!(home.get(&Caller::Nobody, "/api/v1/me").await.body["named"], true);
    let me = home.get(&guest, "/api/v1/me").await.body;
    assert_eq!(
        (&me["person"]["name"], &me["person"]["role"], &me["person"]["is_owner"]),
        (&json!("Gina"), &json!("guest"), &json!(false))
    );
    home.say(&owner, "turn on the desk lamp").await;
    let hers = home.say(&guest, "turn on the porch light").await["turn"].as_str().unwrap().to_owned();
    let seen = home.get(&guest, "/api/v1/turns").await.body;
    assert_eq!(
        (seen.as_array().unwrap().len(), &seen[0]["turn"], &seen[0]["person"]),
        (1, &json!(hers), &json!("Gina")),
        "{seen}"
    );
    assert_eq!(home.get(&owner, "/api/v1/turns").await.body.as_array().unwrap().len(), 2);
    for (body, reason) in [
        (json!({ "name": "gina", "role": "child" }), "someone is called `gina` already"),
        (json!({ "name": "Bo", "role": "king" }), "`king` is no role: resident, guest or child"),
        (json!({ "name": " ", "role": "child" }), "a name has 1 to 40 characters"),
    ] {
        assert_eq!(said(&home.post(&owner, "/api/v1/people", body).await), reason);
    }
    let path = format!("/api/v1/people/{id}");
    assert_eq!(home.send(Method::PATCH, &owner, &path, json!({ "role": "resident" })).await.body["role"], "resident");
    assert_eq!(home.get(&guest, "/api/v1/turns").await.body.as_array().unwrap().len(), 2, "at once");
    assert_eq!(
        home.send(Method::DELETE, &owner, "/api/v1/people/owner", json!({})).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        home.send(Method::PATCH, &owner, "/api/v1/people/owner", json!({ "role": "guest" })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(home.send(Method::DELETE, &owner, &path, json!({})).await.status, StatusCode::OK);
    assert_eq!(home.get(&guest, "/api/v1/house").await.status, StatusCode::UNAUTHORIZED);
    home.clock.advance(60_000);
    assert_eq!(
        home.post(&Caller::Nobody, "/api/v1/login", json!({ "name": "Gina", "password": "battery staple" }))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
}
