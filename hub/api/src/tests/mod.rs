//! The interface from outside: who may in, what is refused and how, and that what is asked for happens.

#![expect(clippy::too_many_lines, reason = "a test tells a whole story in order")]

mod learned;
mod logins;
mod microphone;
mod people;
mod planned;
mod pronunciations;
mod requests;
mod routes;

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use futures::StreamExt as _;
use house::{Draft, Errand, HubScene, Lang, NewHubEntity, Speaker, TimerChange, TimerStart, Timing};
use runtime::clock::Clock;
use runtime::dispatch::TimeoutScale;
use runtime::household::Household;
use runtime::household::owner;
use runtime::hub;
use runtime::hub::schedules::Change;
use runtime::late_confirmations::Late;
use runtime::learning::Learning;
use runtime::model::language_model::Model;
use runtime::notices::Notices;
use runtime::turn::Turns;
use serde_json::{Value, json};
use store::Store;
use store::TurnRecord;
use tower::ServiceExt as _;
use voice::ears::Ears;
use voice::mute::Mute;
use voice::recognizer::Recognizer;

use super::*;
use crate::auth::access::Access;
use crate::context::Https;
use crate::tls::Tls;

const ANYONE: Speaker = Speaker::Someone(house::WayIn::Voice);

struct Home {
    router: Router,
    web: Web,
    clock: Clock,
    _dir: tempfile::TempDir,
}

/// Who calls in a test.
#[derive(Clone, Debug)]
enum Caller {
    Nobody,
    Browser(String),
    Program(String),
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        let clock = Clock::simulated(1_800_000_000_000, jiff::tz::TimeZone::UTC, None);
        let house = device_adapters::demo_house("en").unwrap();
        let hub = hub::start(hub::Start {
            house,
            store: Some(store.clone()),
            preference: device_adapters::Preference::default(),
            clock: clock.clone(),
            own_topics: Vec::new(),
            alive: None,
        })
        .unwrap();
        let access = Access::load(store.clone(), clock.clone()).unwrap();
        let household = Household::load(
            store.clone(),
            mind::decide::Thresholds { act: 0.5, ask: 0.5, house: 0.0, ..Default::default() },
        )
        .unwrap();
        let model = Model::absent();
        let learning = Learning::load(hub.clone(), store.clone(), clock.clone()).unwrap();
        let mut turns = Turns::new(
            hub.clone(),
            model.clone(),
            Some(store.clone()),
            household.clone(),
            TimeoutScale::of(0.01),
            clock.clone(),
        );
        turns.learning = Some(learning.clone());
        let app = App {
            hosts: vec!["hub.example.org".to_owned()],
            https: Some(Https { port: 8471, tls: Tls::load(&dir.path().join("tls"), &[], clock.clone()).unwrap() }),
            hub: hub.clone(),
            turns,
            access,
            household,
            model,
            learning,
            notices: Notices::load(store.clone()).unwrap(),
            ears: Ears {
                recognizer: Recognizer::off(),
                unknown: tokio::sync::watch::channel(voice::language::Unknown::default()).1,
                pronunciations: voice::pronunciations::Pronunciations::load(store.clone()).unwrap(),
                mute: Mute::load(store.clone()).unwrap(),
                nearest: voice::nearest::Nearest::default(),
                board: voice::board::Board::load(
                    store.clone(),
                    voice::board::BoardChoice::default(),
                    "/nowhere/hearth-sound".into(),
                )
                .unwrap(),
            },
            store,
            faults: None,
            late: tokio::sync::broadcast::channel(8).0,
            notice: None,
            clock: clock.clone(),
        };
        let (router, web) = router(app, health::builder().build_recorder().handle());
        Self { router, web, clock, _dir: dir }
    }

    /// A home with an owner, who is logged in.
    async fn owned() -> (Self, Caller) {
        let home = Self::new();
        let code = home.web.access.claim_code().unwrap();
        let answer =
            home.post(&Caller::Nobody, "/api/v1/claim", json!({ "code": code, "password": "correct horse" })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let browser = Caller::Browser(cookie_of(&answer));
        (home, browser)
    }

    fn program(&self, name: &str) -> Caller {
        Caller::Program(self.web.access.create_token(name, &owner()).unwrap().unwrap().1)
    }

    async fn get(&self, caller: &Caller, path: &str) -> Answer {
        self.call(request(Method::GET, path, caller, Body::empty())).await
    }

    async fn post(&self, caller: &Caller, path: &str, body: Value) -> Answer {
        self.send(Method::POST, caller, path, body).await
    }

    async fn send(&self, method: Method, caller: &Caller, path: &str, body: Value) -> Answer {
        self.call(request(method, path, caller, Body::from(body.to_string()))).await
    }

    async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 24).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn request(method: Method, path: &str, caller: &Caller, body: Body) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "hearth.local:8470")
        .header(header::CONTENT_TYPE, "application/json");
    let request = match caller {
        Caller::Nobody => request,
        Caller::Browser(cookie) => request.header(header::COOKIE, format!("other=1; {cookie}")).header("x-hearth", "1"),
        Caller::Program(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
    };
    let mut request = request.body(body).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 168, 1, 20], 5000))));
    request
}

fn cookie_of(answer: &Answer) -> String {
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

fn said(answer: &Answer) -> &str {
    answer.body["said"].as_str().unwrap_or_default()
}

impl Home {
    /// Someone with a login of their own.
    async fn person(&self, owner: &Caller, name: &str, role: &str) -> (Caller, String) {
        let made = self
            .post(owner, "/api/v1/people", json!({ "name": name, "role": role, "password": "battery staple" }))
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let login = self
            .post(
                &Caller::Nobody,
                "/api/v1/login",
                json!({ "name": name.to_uppercase(), "password": "battery staple" }),
            )
            .await;
        assert_eq!(login.status, StatusCode::OK, "{}", login.body);
        (Caller::Browser(cookie_of(&login)), made.body["id"].as_str().unwrap().to_owned())
    }

    async fn say(&self, caller: &Caller, text: &str) -> Value {
        self.clock.advance(1000);
        self.post(caller, "/api/v1/requests", json!({ "text": text, "conversation": "c" })).await.body
    }

    /// What a caller may not reach at all, in whatever way it is asked for.
    async fn is_kept_from(&self, caller: &Caller, id: &str, service: &str) {
        self.clock.advance(1000);
        let answer = self
            .post(caller, &format!("/api/v1/entities/{id}/actions"), json!({ "service": service, "conversation": "c" }))
            .await;
        assert_eq!(
            (&answer.body["outcome"], &answer.body["outcomes"]),
            (&json!("refuse"), &json!([])),
            "{id} {service}: {}",
            answer.body
        );
    }
}
