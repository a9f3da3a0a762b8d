//! The way of a new owner: claim the hub, log in, make a token, and speak by every door, in both languages.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Answer, Hub, Setup, mqtt_request, output, own_program, until_true};

const REQUESTER: &str = "[[broker.users]]\nname = \"asker\"\npassword = \"let me ask you\"\nrights = \"requester\"\n";

#[test]
fn a_new_owner_claims_the_hub_and_gets_a_token() {
    let hub = Hub::start(Setup::default());
    let send = |method: &str, path: &str, body: Value, headers: &[(&str, &str)]| -> Answer {
        hub.call_with(method, path, Some(body), headers).unwrap()
    };
    assert_eq!(hub.get("/healthz").body["status"], "ready");
    assert_eq!(hub.call_with("GET", "/api/v1/house", None, &[]).unwrap().status, 401);
    let me = hub.call_with("GET", "/api/v1/me", None, &[]).unwrap().body;
    assert_eq!((&me["claimed"], &me["logged_in"]), (&json!(false), &json!(false)));
    let password = "correct horse battery";
    assert_eq!(send("POST", "/api/v1/login", json!({ "password": password }), &[]).status, 409);
    assert_eq!(send("POST", "/api/v1/claim", json!({ "code": "AAAA-AAAA", "password": password }), &[]).status, 401);
    assert_eq!(
        send("POST", "/api/v1/claim", json!({ "code": hub.claim_code(), "password": "short" }), &[]).status,
        422
    );
    let claimed = send("POST", "/api/v1/claim", json!({ "code": hub.claim_code(), "password": password }), &[]);
    assert_eq!(claimed.status, 200, "{claimed:?}");
    assert_eq!(
        send("POST", "/api/v1/claim", json!({ "code": hub.claim_code(), "password": "another one" }), &[]).status,
        409
    );
    assert_eq!(send("POST", "/api/v1/login", json!({ "password": "wrong horse battery" }), &[]).status, 401);
    let logged_in = send("POST", "/api/v1/login", json!({ "password": password }), &[]);
    let cookie = logged_in.cookie.unwrap();
    assert_eq!(hub.call_with("GET", "/api/v1/house", None, &[("cookie", &cookie)]).unwrap().status, 200);
    let foreign = send("POST", "/api/v1/tokens", json!({ "name": "script" }), &[("cookie", &cookie)]);
    assert_eq!(foreign.status, 403, "a change needs the page's own header");
    let made = send("POST", "/api/v1/tokens", json!({ "name": "script" }), &[("cookie", &cookie), ("x-hearth", "1")]);
    assert_eq!(made.status, 201);
    let bearer = format!("Bearer {}", made.body["token"].as_str().unwrap());
    assert_eq!(hub.call_with("GET", "/api/v1/house", None, &[("authorization", &bearer)]).unwrap().status, 200);
    assert_eq!(
        send("POST", "/api/v1/tokens", json!({ "name": "more" }), &[("authorization", &bearer)]).status,
        403,
        "a program makes no tokens"
    );
    let end = format!("/api/v1/tokens/{}", made.body["id"].as_str().unwrap());
    assert_eq!(hub.call_with("DELETE", &end, None, &[("cookie", &cookie), ("x-hearth", "1")]).unwrap().status, 200);
    assert_eq!(hub.call_with("GET", "/api/v1/house", None, &[("authorization", &bearer)]).unwrap().status, 401);
}

#[test]
fn what_is_kept_is_for_nobody_elses_eyes_whatever_the_umask() {
    let hub = Hub::start(Setup::default());
    let mode = std::fs::metadata(hub.data_dir()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn two_wishes_in_one_breath_come_true_by_every_door() {
    let hub = Hub::start(Setup { users: REQUESTER.to_owned(), ..Setup::demo("en") });
    let text = "turn on the kitchen lights and dim the hall to 30 %";
    let answer = hub.say(text);
    check_act(&answer);
    check_house(&hub, 30);
    assert_eq!(answer["lang"], "en");

    hub.say("turn off the kitchen lights");
    let mut say = Command::new(own_program("hearthd"));
    let (said, is_done) = output(
        say.arg("say")
            .arg("--data-dir")
            .arg(hub.data_dir())
            .args(["turn on the kitchen lights and dim the hall to 35 %"]),
    );
    assert!(is_done && !said.trim().is_empty(), "hearthd say: {said}");
    check_house(&hub, 35);

    hub.say("turn off the kitchen lights");
    let request = json!({ "text": "turn on the kitchen lights and dim the hall to 40 %", "id": "mine" });
    let Some(response) = mqtt_request(hub.broker_port(), "asker", "let me ask you", &request) else { return };
    check_act(&response);
    assert_eq!(response["id"], "mine");
    check_house(&hub, 40);
}

#[test]
fn two_wishes_in_chinese_come_true() {
    let hub = Hub::start(Setup::demo("zh"));
    let answer = hub.say("打开厨房的灯然后把走廊调到百分之三十");
    check_act(&answer);
    check_house(&hub, 30);
    assert_eq!(answer["lang"], "zh");
}

#[test]
fn a_token_from_the_command_line_works() {
    let hub = Hub::start(Setup::default());
    let mut create = Command::new(own_program("hearthd"));
    let (token, is_done) =
        output(create.args(["token", "create", "--name", "script", "--data-dir"]).arg(hub.data_dir()));
    assert!(is_done, "{token}");
    let bearer = format!("Bearer {}", token.trim());
    assert_eq!(hub.call_with("GET", "/api/v1/house", None, &[("authorization", &bearer)]).unwrap().status, 200);
}

fn check_act(answer: &Value) {
    assert_eq!(answer["outcome"], "act", "{answer}");
    let outcomes = answer["outcomes"].as_array().unwrap();
    let is_done = |outcome: &Value| matches!(outcome["outcome"].as_str(), Some("confirmed" | "already"));
    assert!(!outcomes.is_empty() && outcomes.iter().all(is_done), "{answer}");
    assert!(outcomes.iter().any(|outcome| outcome["outcome"] == "confirmed"), "{answer}");
    let mut touched: Vec<&str> = outcomes.iter().filter_map(|outcome| outcome["entity_id"].as_str()).collect();
    touched.sort_unstable();
    assert_eq!(touched, ["light.hallway_ceiling", "light.kitchen_ceiling", "light.kitchen_counter"], "{answer}");
}

/// A confirmed outcome is about what the house reports, so nothing has to be waited for; the page of an MQTT response
/// may be a moment behind.
fn check_house(hub: &Hub, hallway_pct: i64) {
    until_true("the lights to be as asked", std::time::Duration::from_secs(3), || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        let hall = hub.entity("light.hallway_ceiling");
        let level = hall["attributes"]["brightness"].as_f64().unwrap() / 2.55;
        let kitchen = ["light.kitchen_ceiling", "light.kitchen_counter"].map(|id| hub.entity(id)["state"].clone());
        kitchen == ["on", "on"] && hall["state"] == "on" && (level - hallway_pct as f64).abs() <= 1.5
    });
}
