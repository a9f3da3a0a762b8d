//! Who is let in, and what is kept of it.

use super::*;

#[tokio::test]
async fn a_hub_is_claimed_once_and_then_wants_its_password() {
    let home = Home::new();
    assert_eq!(home.get(&Caller::Nobody, "/api/v1/me").await.body["claimed"], false);
    let wrong =
        home.post(&Caller::Nobody, "/api/v1/claim", json!({ "code": "AAAA-AAAA", "password": "correct horse" })).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let (home, browser) = Home::owned().await;
    let me = home.get(&browser, "/api/v1/me").await;
    assert_eq!(
        (&me.body["claimed"], &me.body["logged_in"], &me.body["has_pin"]),
        (&json!(true), &json!(true), &json!(false))
    );
    let again =
        home.post(&Caller::Nobody, "/api/v1/claim", json!({ "code": "AAAA-AAAA", "password": "another one" })).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let login = home.post(&Caller::Nobody, "/api/v1/login", json!({ "password": "correct horse" })).await;
    let second = Caller::Browser(cookie_of(&login));
    assert_eq!(home.get(&second, "/api/v1/house").await.status, StatusCode::OK);
    assert_eq!(home.post(&second, "/api/v1/logout", json!({})).await.status, StatusCode::OK);
    assert_eq!(home.get(&second, "/api/v1/house").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(home.get(&browser, "/api/v1/house").await.status, StatusCode::OK);
}

#[tokio::test]
async fn guessing_is_slowed() {
    let (home, _) = Home::owned().await;
    let mut last = home.post(&Caller::Nobody, "/api/v1/login", json!({ "password": "wrong" })).await;
    for _ in 0..6 {
        last = home.post(&Caller::Nobody, "/api/v1/login", json!({ "password": "wrong" })).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(last.headers[header::RETRY_AFTER], "1");
    let right = home.post(&Caller::Nobody, "/api/v1/login", json!({ "password": "correct horse" })).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "not even the right one is looked at");
}

#[tokio::test]
async fn a_foreign_site_can_do_nothing_with_a_session() {
    let (home, browser) = Home::owned().await;
    let Caller::Browser(cookie) = &browser else { unreachable!() };
    let plain = Request::builder()
        .method("POST")
        .uri("/api/v1/requests")
        .header("host", "hearth")
        .header("cookie", cookie)
        .header("content-type", "application/json");
    let answer = home.call(plain.body(Body::from(r#"{"text":"unlock the front door"}"#)).unwrap()).await;
    assert_eq!(
        (answer.status, said(&answer)),
        (StatusCode::FORBIDDEN, "this call does not come from the hub's own page")
    );
    let mut foreign =
        request(Method::POST, "/api/v1/requests", &browser, Body::from(r#"{"text":"unlock the front door"}"#));
    foreign.headers_mut().insert(header::ORIGIN, "http://evil.example".parse().unwrap());
    assert_eq!(home.call(foreign).await.status, StatusCode::FORBIDDEN);
    let mut rebound = request(Method::GET, "/api/v1/house", &browser, Body::empty());
    rebound.headers_mut().insert(header::HOST, "evil.example:8470".parse().unwrap());
    assert_eq!(home.call(rebound).await.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn the_page_is_reached_by_its_own_names_and_below_a_path() {
    let (home, _) = Home::owned().await;
    let with = |host: &str, extra: &[(&str, &str)]| {
        let body = Body::from(json!({ "password": "correct horse" }).to_string());
        let mut request = request(Method::POST, "/api/v1/login", &Caller::Nobody, body);
        request.headers_mut().insert(header::HOST, host.parse().unwrap());
        for (name, value) in extra {
            let name: axum::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    };
    let own = home.call(with("hub.example.org", &[("origin", "https://hub.example.org")])).await;
    assert_eq!(own.status, StatusCode::OK);
    assert_eq!(own.headers["x-frame-options"], "DENY");
    assert_eq!(home.call(with("evil.example", &[])).await.status, StatusCode::MISDIRECTED_REQUEST);
    let ingress = [
        ("x-ingress-path", "/api/hassio_ingress/abc"),
        ("x-forwarded-host", "homeassistant.local:8123"),
        ("origin", "http://homeassistant.local:8123"),
    ];
    let below = home.call(with("172.30.33.2:8470", &ingress)).await;
    assert_eq!(below.status, StatusCode::OK, "{}", below.body);
    assert_eq!(below.headers["x-frame-options"], "SAMEORIGIN");
    let cookie = below.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("Path=/api/hassio_ingress/abc;"), "{cookie}");
    let forged = [("x-forwarded-host", "evil.example"), ("origin", "http://evil.example")];
    assert_eq!(home.call(with("172.30.33.2:8470", &forged)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn programs_can_be_let_in_and_out_but_let_nobody_in() {
    let (home, browser) = Home::owned().await;
    let made = home.post(&browser, "/api/v1/tokens", json!({ "name": "script" })).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let program = Caller::Program(made.body["token"].as_str().unwrap().to_owned());
    assert_eq!(home.get(&program, "/api/v1/house").await.status, StatusCode::OK);
    assert_eq!(home.post(&program, "/api/v1/tokens", json!({ "name": "more" })).await.status, StatusCode::FORBIDDEN);
    let list = home.get(&browser, "/api/v1/tokens").await;
    assert_eq!((&list.body[0]["name"], list.body[0].get("token")), (&json!("script"), None));
    let path = format!("/api/v1/tokens/{}", made.body["id"].as_str().unwrap());
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::OK);
    assert_eq!(home.get(&program, "/api/v1/house").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_pin_is_not_taken_away_without_the_password() {
    let (home, browser) = Home::owned().await;
    let put = async |body: Value| home.send(Method::PUT, &browser, "/api/v1/pin", body).await.status.as_u16();
    assert_eq!(put(json!({ "pin": "12" })).await, 422);
    assert_eq!(put(json!({ "pin": "2468" })).await, 200);
    assert_eq!(put(json!({ "pin": null })).await, 401);
    assert_eq!(put(json!({ "pin": null, "password": "wrong horse" })).await, 401);
    let unlock =
        home.post(&browser, "/api/v1/entities/lock.front_door/actions", json!({ "service": "lock.unlock" })).await;
    assert_eq!(unlock.body["question"]["kind"], "pin");
    let pin = home.post(&browser, "/api/v1/requests", json!({ "text": "2468" })).await;
    assert_eq!(pin.body["commands"][0]["service"], "lock.unlock", "{}", pin.body);
    let turns = home.get(&browser, "/api/v1/turns?limit=1").await;
    assert_eq!(turns.body[0]["text"], "••••", "the PIN is kept nowhere");
    assert_eq!(put(json!({ "pin": null, "password": "correct horse" })).await, 200);
}

#[tokio::test]
async fn the_pin_is_kept_nowhere_however_it_is_said() {
    let (home, browser) = Home::owned().await;
    home.send(Method::PUT, &browser, "/api/v1/pin", json!({ "pin": "2468" })).await;
    let said = [
        "2468",
        "it is 2468 please",
        "yes, 2468",
        "two four six eight",
        "unlock the cellar lock 2468",
        "2468 is the code for the front door",
        "密码是二四六八",
    ];
    for text in said {
        let answer = home.post(&browser, "/api/v1/requests", json!({ "text": text })).await;
        assert!(answer.body["commands"].as_array().is_none_or(Vec::is_empty), "{text}: {}", answer.body);
        assert!(!answer.body.to_string().contains("2468"), "{text}: {}", answer.body);
    }
    let turns = home.get(&browser, "/api/v1/turns?limit=50").await.body.to_string();
    for secret in ["2468", "two four six eight", "二四六八"] {
        assert!(!turns.contains(secret), "{secret}: {turns}");
    }
}
