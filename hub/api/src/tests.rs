//! The interface from outside: who may in, what is refused and how, and that what is asked for happens.

#![expect(clippy::too_many_lines, reason = "a test tells a whole story in order")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use house::{Draft, Errand, HubScene, NewHubEntity, Speaker, TimerChange, TimerStart, Timing};
use runtime::clock::Clock;
use runtime::household::Household;
use runtime::late_confirmations::Late;
use runtime::model::language_model::Model;
use runtime::notices::Notices;
use runtime::turn::Turns;
use store::Store;

use super::*;
use crate::auth::access::Access;

use runtime::dispatch::TimeoutScale;
use runtime::household::owner;
use runtime::hub;
use runtime::hub::schedules::Change;
use store::TurnRecord;

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
        let household =
            Household::load(store.clone(), mind::decide::Thresholds { act: 0.5, ask: 0.5, house: 0.0 }).unwrap();
        let model = Model::absent();
        let turns = Turns::new(
            hub.clone(),
            model.clone(),
            Some(store.clone()),
            household.clone(),
            TimeoutScale::of(0.01),
            clock.clone(),
        );
        let app = App {
            hosts: vec!["hub.example.org".to_owned()],
            hub,
            turns,
            access,
            household,
            model,
            notices: Notices::load(store.clone()).unwrap(),
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
async fn every_route_of_the_document_exists_and_is_guarded() {
    const OPEN: &[&str] = &["/api/v1/me", "/api/v1/claim", "/api/v1/login", "/api/v1/openapi.json", "/healthz"];
    let home = Home::new();
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            count += 1;
            home.clock.advance(1000);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = home.send(method.clone(), &Caller::Nobody, &path.replace("{id}", "x"), json!({})).await;
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
    assert_eq!(count, 52);
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
async fn what_is_scheduled_is_shown_taken_away_and_brought_back() {
    let (home, browser) = Home::owned().await;
    let tea = Draft {
        errand: Errand::Remind("tea".to_owned()),
        name: None,
        area: None,
        timing: Timing::At(home.clock.now_ms() + 60_000),
    };
    home.web.hub.schedule(Change::Add(vec![tea], "en", ANYONE)).await.unwrap();
    let shown = home.get(&browser, "/api/v1/schedules").await.body;
    assert_eq!(
        (&shown[0]["kind"], &shown[0]["title"], &shown[0]["when"]),
        (&json!("reminder"), &json!("the reminder “tea” in 1 minute"), &json!("in 1 minute")),
        "{shown}"
    );
    assert_eq!(home.get(&browser, "/api/v1/schedules?lang=zh").await.body[0]["title"], "1分钟后的提醒“tea”");
    let path = format!("/api/v1/schedules/{}", shown[0]["id"].as_str().unwrap());
    // While it is paused nothing comes of it.
    assert_eq!(home.post(&browser, &format!("{path}/pause"), json!({})).await.body, json!({ "paused": true }));
    home.clock.advance(60_000);
    assert!(home.web.turns.due().is_empty(), "{:?}", home.web.turns.due());
    home.clock.advance(-60_000);
    assert_eq!(home.post(&browser, &format!("{path}/resume"), json!({})).await.body, json!({ "paused": false }));
    assert_eq!(home.post(&browser, "/api/v1/schedules/nothing/pause", json!({})).await.status, StatusCode::NOT_FOUND);
    let gone = home.send(Method::DELETE, &browser, &path, json!({})).await;
    assert_eq!(
        (gone.status, &gone.body["reply"]),
        (StatusCode::OK, &json!("Cancelled: the reminder “tea” in 1 minute."))
    );
    assert_eq!(home.get(&browser, "/api/v1/schedules").await.body, json!([]));
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::NOT_FOUND);
    let undo =
        home.post(&browser, &format!("/api/v1/turns/{}/undo", gone.body["turn"].as_str().unwrap()), json!({})).await;
    assert_eq!(undo.status, StatusCode::OK, "{}", undo.body);
    assert_eq!(home.get(&browser, "/api/v1/schedules").await.body[0]["title"], "the reminder “tea” in 1 minute");
}

#[tokio::test]
async fn another_time_is_read_back_before_it_is_kept_and_judged_when_it_is() {
    let (home, browser) = Home::owned().await;
    let step =
        |id: &str, action| house::Step { intent: 0, entity: house::EntityId::new(id), action, reason: String::new() };
    let act = |step, agreed| Draft {
        errand: Errand::Act { steps: vec![step], back: None, agreed },
        name: None,
        area: None,
        timing: Timing::At(home.clock.now_ms() + 60_000),
    };
    let lamp = act(step("light.porch", house::Action::TurnOn), house::Consent::None);
    let door = act(step("lock.front_door", house::Action::Unlock), house::Consent::Yes);
    let alarm =
        Draft { errand: Errand::Alarm, name: None, area: None, timing: Timing::At(home.clock.now_ms() + 60_000) };
    home.web.hub.schedule(Change::Add(vec![lamp, door, alarm], "en", ANYONE)).await.unwrap();
    let patch = async |id: &str, body: Value| {
        home.send(Method::PATCH, &browser, &format!("/api/v1/schedules/{id}?conversation=plan&lang=en"), body).await
    };
    let titles = async || {
        home.get(&browser, "/api/v1/schedules")
            .await
            .body
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let read = patch("s1", json!({ "when": "every weekday at 7" })).await;
    assert_eq!(
        (&read.body["title"], &read.body["turn"]),
        (&json!("turn on Porch Light every weekday at 7:00"), &Value::Null),
        "{}",
        read.body
    );
    assert_eq!(titles().await[0], "turn on Porch Light in 1 minute", "it was only read back");
    assert_eq!(
        said(&patch("s1", json!({ "when": "when pigs fly" })).await),
        "I can't tell when “when pigs fly” is, so I did nothing. At what time?"
    );
    assert_eq!(
        patch("s3", json!({ "when": "when the front door is locked" })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "an alarm waits for no condition"
    );
    assert_eq!(patch("s1", json!({ "when": "x".repeat(301) })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(patch("s9", json!({ "when": "at 7" })).await.status, StatusCode::NOT_FOUND);
    let kept = patch("s1", json!({ "when": "when the front door is locked after sunset", "keep": true })).await;
    assert_eq!(kept.body["turn"]["outcome"], "act", "{}", kept.body);
    assert_eq!(
        titles().await,
        [
            "unlock Front Door in 1 minute",
            "the alarm in 1 minute",
            "turn on Porch Light when Front Door is locked after sunset"
        ]
    );
    // A yes to the old time is none to the new one.
    let asked = patch("s2", json!({ "when": "every day at 3 am", "keep": true })).await;
    assert_eq!(asked.body["turn"]["question"]["kind"], "confirm", "{}", asked.body);
    assert_eq!(titles().await[0], "unlock Front Door in 1 minute");
    home.post(&browser, "/api/v1/requests", json!({ "text": "yes", "conversation": "plan" })).await;
    assert_eq!(titles().await.last().unwrap(), "unlock Front Door every day at 3:00");
}

#[tokio::test]
async fn timers_are_paused_and_taken_away_and_come_back_with_what_was_left() {
    let (home, browser) = Home::owned().await;
    home.web
        .hub
        .change_timers(
            TimerChange::Start(TimerStart { name: Some("egg".to_owned()), area: None, seconds: 300, asked_by: None }),
            None,
        )
        .await
        .unwrap();
    home.clock.advance(60_000);
    let timers = async || home.get(&browser, "/api/v1/house").await.body["timers"].clone();
    assert_eq!(home.post(&browser, "/api/v1/timers/t1", json!("pause")).await.body["reply"], "The timer is paused.");
    assert_eq!(timers().await[0]["active"], false);
    home.post(&browser, "/api/v1/timers/t1", json!("resume")).await;
    assert_eq!(
        home.post(&browser, "/api/v1/timers/t1", json!({ "add_s": 100_000 })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let gone = home.send(Method::DELETE, &browser, "/api/v1/timers/t1?lang=zh", json!({})).await;
    assert_eq!(gone.body["reply"], "计时器已取消。");
    assert_eq!(timers().await, json!([]));
    assert_eq!(home.post(&browser, "/api/v1/timers/t1", json!("pause")).await.status, StatusCode::NOT_FOUND);
    home.post(&browser, &format!("/api/v1/turns/{}/undo", gone.body["turn"].as_str().unwrap()), json!({})).await;
    assert_eq!((&timers().await[0]["name"], &timers().await[0]["left_s"]), (&json!("egg"), &json!(240)));
}

#[tokio::test]
async fn what_rings_is_snoozed_and_stopped_and_its_notice_stays_until_it_is_dismissed() {
    let (home, browser) = Home::owned().await;
    let keeping = tokio::spawn(runtime::notices::keep(
        home.web.notices.clone(),
        home.web.hub.rings(),
        home.web.hub.clone(),
        home.clock.clone(),
    ));
    let alarm = |name: &str| Draft {
        errand: Errand::Alarm,
        name: Some(name.to_owned()),
        area: None,
        timing: Timing::At(home.clock.now_ms() + 60_000),
    };
    home.web.hub.schedule(Change::Add(vec![alarm("early"), alarm("late")], "en", ANYONE)).await.unwrap();
    assert_eq!(said(&home.post(&browser, "/api/v1/schedules/s1/stop", json!({})).await), "it does not ring");
    home.clock.advance(60_000);
    home.web.hub.flush().await.unwrap();
    for schedule in home.web.turns.due() {
        home.web.turns.fall_due(schedule).await;
    }
    let mut notices = home.web.notices.watch();
    tokio::time::timeout(Duration::from_secs(5), notices.wait_for(|all| all.len() == 2)).await.unwrap().unwrap();
    keeping.abort();
    let shown = home.get(&browser, "/api/v1/notices").await.body;
    assert_eq!((&shown[0]["kind"], &shown[0]["schedule"]), (&json!("alarm"), &json!("s1")), "{shown}");
    assert_eq!(
        home.post(&browser, "/api/v1/schedules/s1/snooze", json!({ "minutes": 0 })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        home.post(&browser, "/api/v1/schedules/s1/snooze", json!({ "minutes": 10 })).await.status,
        StatusCode::OK
    );
    let schedules = home.get(&browser, "/api/v1/schedules").await.body;
    assert_eq!(
        (&schedules[0]["when"], &schedules[0]["rings"], &schedules[1]["rings"]),
        (&json!("in 10 minutes"), &json!(false), &json!(true))
    );
    let kept = Notices::load(home.web.store.clone()).unwrap();
    assert_eq!(
        kept.all().iter().map(|one| one.schedule.as_deref()).collect::<Vec<_>>(),
        [Some("s2")],
        "what was snoozed is not told of, the other is, after a restart too"
    );
    let path = format!("/api/v1/notices/{}", shown[1]["id"]);
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::OK);
    assert_eq!(home.send(Method::DELETE, &browser, &path, json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(home.post(&browser, "/api/v1/schedules/s2/stop", json!({})).await.status, StatusCode::OK);
    assert_eq!(home.get(&browser, "/api/v1/schedules").await.body.as_array().unwrap().len(), 1);
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
async fn only_a_virtual_house_has_faults() {
    let (home, browser) = Home::owned().await;
    let answer =
        home.post(&browser, "/api/v1/demo/faults", json!({ "entity_id": "light.porch", "fault": "offline" })).await;
    assert_eq!((answer.status, said(&answer)), (StatusCode::NOT_FOUND, "the virtual house does not play here"));
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
async fn nobody_takes_away_the_timer_of_another_while_it_runs() {
    let (home, owner) = Home::owned().await;
    let (child, child_id) = home.person(&owner, "Kim", "child").await;
    let start = async |person: &str| {
        let speaker = Speaker::Person(house::PersonId::new(person));
        let start = TimerStart { name: Some(person.to_owned()), area: None, seconds: 300, asked_by: None };
        home.web.hub.change_timers(TimerChange::Start(start), Some(&speaker)).await.unwrap();
    };
    start("owner").await;
    start(&child_id).await;
    let outcome = async |caller: &Caller, method: Method, id: &str| {
        let body = if method == Method::POST { json!("pause") } else { json!({}) };
        home.send(method, caller, &format!("/api/v1/timers/{id}"), body).await.body["outcome"].clone()
    };
    assert_eq!(outcome(&child, Method::DELETE, "t1").await, "refuse");
    assert_eq!(outcome(&child, Method::POST, "t1").await, "refuse");
    assert_eq!(outcome(&child, Method::DELETE, "t2").await, "act");
    assert_eq!(outcome(&owner, Method::DELETE, "t1").await, "act");
    // What rings may be stopped by whoever hears it.
    start("owner").await;
    home.clock.advance(301_000);
    for _ in 0..2 {
        home.web.hub.flush().await.unwrap();
    }
    assert_eq!(outcome(&child, Method::DELETE, "t3").await, "act");
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
    assert!(refused[0]["reason"].as_str().unwrap().contains("have the bridge say it otherwise"), "{refused}");
    assert_eq!(home.get(&owner, "/api/v1/house").await.body["status"]["refused"], 1);
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
async fn what_is_planned_is_judged_for_whoever_asked_when_it_is_due() {
    let (home, owner) = Home::owned().await;
    let (_, child_id) = home.person(&owner, "Kim", "child").await;
    let step = house::Step {
        intent: 0,
        entity: house::EntityId::new("lock.front_door"),
        action: house::Action::Unlock,
        reason: String::new(),
    };
    let unlock = || Draft {
        errand: Errand::Act { steps: vec![step.clone()], back: None, agreed: house::Consent::Pin },
        name: None,
        area: None,
        timing: Timing::At(home.clock.now_ms() + 60_000),
    };
    let childs = Speaker::Person(house::PersonId::new(child_id.clone()));
    let gone = Speaker::Person(house::PersonId::new("nobody"));
    for speaker in [childs, gone, ANYONE] {
        home.web.hub.schedule(Change::Add(vec![unlock()], "en", speaker)).await.unwrap();
    }
    home.clock.advance(60_000);
    home.web.hub.flush().await.unwrap();
    let mut said = Vec::new();
    for schedule in home.web.turns.due() {
        said.push(home.web.turns.fall_due(schedule).await.turn.reply);
    }
    let withheld = "It was time to unlock Front Door, but I did not. The household does not allow that for Front Door.";
    assert_eq!(said[..2], [withheld, withheld]);
    assert!(said[2].contains("Front Door") && said[2] != withheld, "whoever lives here was asked already: {}", said[2]);
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
    let tea = Draft {
        errand: Errand::Remind("tea".to_owned()),
        name: None,
        area: None,
        timing: Timing::At(home.clock.now_ms() + 60_000),
    };
    let made = home.web.hub.schedule(Change::Add(vec![tea], "en", ANYONE)).await.unwrap();
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
