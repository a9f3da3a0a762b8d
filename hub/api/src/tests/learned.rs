//! What was learned, from outside: shown with its evidence, answered, exported, forgotten, and by whom.

use house::{Attributes, Cause, EntityId, Evidence};

use super::*;

const DAY: i64 = 86_400_000;

/// Four weeks in which a light of the demo house goes on at seven.
fn remember(home: &Home) {
    let now = home.clock.now_ms();
    let midnight = now - now.rem_euclid(DAY) - 28 * DAY;
    for day in 0..28 {
        let at = |minute: i64, state: &str| Evidence {
            at_ms: midnight + day * DAY + minute * 60_000,
            offset_s: 0,
            entity: EntityId::new("light.porch"),
            state: Some(state.to_owned()),
            attributes: Attributes::new(),
            cause: Cause::Device,
            person: None,
        };
        home.web.store.keep_evidence(&[at(420 + day * 7 % 6, "on"), at(480 + day * 37 % 401, "off")]).unwrap();
    }
}

#[tokio::test]
async fn a_suggestion_shows_its_evidence_and_becomes_a_routine_and_an_automation() {
    let (home, browser) = Home::owned().await;
    remember(&home);
    let learned = home.post(&browser, "/api/v1/learning/look?lang=en", json!({})).await;
    assert_eq!(learned.status, StatusCode::OK, "{}", learned.body);
    assert_eq!(learned.body["evidence"]["events"], 56);
    let all = learned.body["suggestions"].as_array().unwrap();
    let [only] = all.as_slice() else { panic!("{all:#?}") };
    let said = only["habit"]["said"].as_str().unwrap();
    assert!(said.starts_with("On 28 of the last 28 days ") && said.contains(" was turned on "), "{said}");
    assert_eq!((only["would"].as_u64(), only["wrong"].as_u64()), (Some(14), Some(0)));
    assert_eq!(only["days"].as_array().unwrap().len(), 28);
    let zh = home.get(&browser, "/api/v1/learning?lang=zh").await;
    let said = zh.body["suggestions"][0]["habit"]["said"].as_str().unwrap().to_owned();
    assert!(said.starts_with("最近28天中有28次在"), "{said}");

    let path = format!("/api/v1/learning/suggestions/{}?conversation=learn&lang=en", only["id"].as_str().unwrap());
    let answered = home.post(&browser, &path, json!({ "answer": "accept" })).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
    assert_eq!(answered.body["turn"]["outcome"], "act");
    let schedule = answered.body["schedule"].as_str().unwrap().to_owned();
    let yaml = home.get(&browser, &format!("/api/v1/schedules/{schedule}/automation")).await;
    let text = yaml.body.as_str().unwrap_or_default();
    assert_eq!(yaml.headers[header::CONTENT_TYPE], "application/yaml");
    for line in ["triggers:", "- trigger: time", "- action: light.turn_on", "entity_id: light.porch"] {
        assert!(text.contains(line), "{text}");
    }
    let after = home.get(&browser, "/api/v1/learning").await;
    assert_eq!(after.body["suggestions"][0]["answer"], "accepted");
    assert_eq!(after.body["suggestions"][0]["schedule"], schedule.as_str());
    // Taken back like anything else that was done.
    home.clock.advance(1000);
    let turn = answered.body["turn"]["turn"].as_str().unwrap();
    let undone = home.post(&browser, &format!("/api/v1/turns/{turn}/undo"), json!({})).await;
    assert_eq!(undone.body["outcome"], "act", "{}", undone.body);
    let left = home.get(&browser, "/api/v1/schedules").await;
    assert_eq!(left.body, json!([]));
}

#[tokio::test]
async fn what_was_learned_is_the_owners_to_switch_export_and_forget() {
    let (home, owner) = Home::owned().await;
    remember(&home);
    let (child, _) = home.person(&owner, "Cleo", "child").await;
    let program = home.program("dashboard");
    let wanted = json!({ "is_on": true, "without_kinds": ["time"] });
    for other in [&child, &program] {
        let refused = [
            home.send(Method::PUT, other, "/api/v1/learning", wanted.clone()).await.status,
            home.get(other, "/api/v1/learning/evidence").await.status,
            home.send(Method::DELETE, other, "/api/v1/learning/evidence", json!({})).await.status,
        ];
        assert_eq!(refused, [StatusCode::FORBIDDEN; 3], "{other:?}");
    }
    let look = home.post(&child, "/api/v1/learning/look", json!({})).await;
    assert_eq!(look.status, StatusCode::FORBIDDEN);
    let exported = home.get(&owner, "/api/v1/learning/evidence").await;
    let lines: Vec<&str> = exported.body.as_str().unwrap().lines().collect();
    assert_eq!(lines.len(), 56);
    let read = runtime::learning::evidence_line::from_json(lines[0]).unwrap();
    assert_eq!(read.entity.as_str(), "light.porch");
    let set = home.send(Method::PUT, &owner, "/api/v1/learning", wanted).await;
    assert_eq!(set.body["without_kinds"], json!(["time"]));
    assert_eq!(home.get(&owner, "/api/v1/learning").await.body["habits"], json!([]));
    let both = home.send(Method::DELETE, &owner, "/api/v1/learning/evidence?entity=light.a&person=b", json!({})).await;
    assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
    let one = home.send(Method::DELETE, &owner, "/api/v1/learning/evidence?entity=light.porch", json!({})).await;
    assert_eq!(one.body, json!({ "forgotten": 56 }));
    assert_eq!(home.get(&owner, "/api/v1/learning").await.body["evidence"]["events"], 0);
}
