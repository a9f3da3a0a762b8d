//! What holds for every call: guarded, clear, strict, written down.

use super::*;

#[tokio::test]
async fn every_route_of_the_document_exists_and_is_guarded() {
    const OPEN: &[&str] =
        &["/api/v1/me", "/api/v1/claim", "/api/v1/login", "/api/v1/certificate", "/api/v1/openapi.json", "/healthz"];
    let home = Home::new();
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            count += 1;
            home.clock.advance(1000);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = home
                .send(method.clone(), &Caller::Nobody, &path.replace("{id}", "x").replace("{word}", "x"), json!({}))
                .await;
            match OPEN.contains(&path.as_str()) {
                true => assert!(
                    !matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
                    "{method} {path}"
                ),
                false => assert_eq!(
                    (answer.status, said(&answer)),
                    (StatusCode::UNAUTHORIZED, "you are not logged in"),
                    "{method} {path}"
                ),
            }
        }
    }
    assert_eq!(count, 70);
}

#[tokio::test]
async fn bad_bodies_are_answered_clearly() {
    let (home, browser) = Home::owned().await;
    let raw = |body: Body| request(Method::POST, "/api/v1/requests", &browser, body);
    let broken = home.call(raw(Body::from("{\"text\": "))).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(said(&broken).starts_with("the body can't be read: "), "{}", broken.body);
    let large = home.call(raw(Body::from(vec![b' '; MOST_BODY_BYTES + 1]))).await;
    assert_eq!((large.status, said(&large)), (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
    let mut unmarked = raw(Body::from("{}"));
    unmarked.headers_mut().remove(header::CONTENT_TYPE);
    assert_eq!(home.call(unmarked).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let unknown = home.post(&browser, "/api/v1/requests", json!({ "text": "hello", "txet": 1 })).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let deep = home.call(raw(Body::from("[".repeat(10_000)))).await;
    assert!(deep.status.is_client_error());
    let nowhere = home.get(&browser, "/api/v1/nowhere").await;
    assert_eq!((nowhere.status, said(&nowhere)), (StatusCode::NOT_FOUND, "the interface has no such address"));
    assert_eq!(
        home.send(Method::PUT, &browser, "/api/v1/house", json!({})).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn every_answer_is_strict_with_browsers() {
    let home = Home::new();
    for path in ["/", "/api/v1/me", "/healthz", "/missing.js"] {
        let answer = home.get(&Caller::Nobody, path).await;
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "permissions-policy",
            "x-frame-options",
        ] {
            assert!(answer.headers.contains_key(name), "{path} lacks {name}");
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'self'")
                && policy.contains("frame-ancestors 'none'")
                && !policy.contains("unsafe"),
            "{policy}"
        );
    }
    assert_eq!(home.get(&Caller::Nobody, "/api/v1/me").await.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn too_many_calls_wait() {
    let home = Home::new();
    for _ in 0..40 {
        assert_eq!(home.get(&Caller::Nobody, "/api/v1/me").await.status, StatusCode::OK);
    }
    assert_eq!(home.get(&Caller::Nobody, "/api/v1/me").await.status, StatusCode::TOO_MANY_REQUESTS);
    home.clock.advance(100);
    assert_eq!(home.get(&Caller::Nobody, "/api/v1/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn health_is_for_everyone_and_numbers_for_those_who_are_in() {
    let (home, _) = Home::owned().await;
    let health = home.get(&Caller::Nobody, "/healthz").await;
    assert_eq!((health.status, &health.body["status"]), (StatusCode::OK, &json!("ready")));
    let parts: Vec<&str> =
        health.body["degraded"].as_array().unwrap().iter().filter_map(|part| part["part"].as_str()).collect();
    assert_eq!(parts, ["broker", "model"]);
    assert_eq!(home.get(&Caller::Nobody, "/metrics").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(home.get(&home.program("prometheus"), "/metrics").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_was_refused_is_shown_with_what_to_do() {
    let (home, owner) = Home::owned().await;
    let event = runtime::hub::event::Event::Message {
        topic: "homeassistant/sensor/meter/config".to_owned(),
        payload: br#"{"name":"Meter","uniq_id":"m","stat_t":"m","val_tpl":"{{ value | fancy }}"}"#.to_vec(),
        retained: true,
    };
    home.web.hub.send(event).await.unwrap();
    home.web.hub.flush().await.unwrap();
    let refused = home.get(&owner, "/api/v1/refusals").await.body;
    assert_eq!(
        (&refused[0]["kind"], &refused[0]["topic"], &refused[0]["count"]),
        (&json!("message"), &json!("homeassistant/sensor/meter/config"), &json!(1)),
        "{refused}"
    );
    assert!(refused[0]["reason"].as_str().unwrap().contains("Have the bridge say it otherwise"), "{refused}");
    let chinese = home.get(&owner, "/api/v1/refusals?lang=zh").await.body;
    assert!(chinese[0]["reason"].as_str().unwrap().contains("过滤器“fancy”"), "{chinese}");
    assert_eq!(home.get(&owner, "/api/v1/house").await.body["status"]["refused"], 1);
}

#[tokio::test]
async fn only_a_virtual_house_has_faults() {
    let (home, browser) = Home::owned().await;
    let answer =
        home.post(&browser, "/api/v1/demo/faults", json!({ "entity_id": "light.porch", "fault": "offline" })).await;
    assert_eq!((answer.status, said(&answer)), (StatusCode::NOT_FOUND, "the virtual house does not play here"));
}

#[test]
fn the_document_that_is_kept_is_the_one_that_is_served() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/http-api.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, openapi()).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(
        kept == openapi(),
        "docs/http-api.json is old: write it anew with UPDATE_EXPECT=1, and look at what differs"
    );
}
