//! Rubbish at every door. The hub answers each call, stays healthy, and no device moves.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Hub, LONG, Observer, Setup, until_true};

const USERS: &str = r##"
[[broker.users]]
name = "bridge"
password = "let the devices in"
rights = "bridge"
trees = ["zigbee2mqtt/#", "virtual/#"]
[[broker.users]]
name = "asker"
password = "let me ask you"
rights = "requester"
"##;

#[test]
fn rubbish_over_http_is_answered() {
    let hub = Hub::start(Setup::demo("en"));
    let before = states(&hub);
    let token = format!("Bearer {}", token(&hub));
    let deep = "[".repeat(30_000);
    let bodies: Vec<(&str, Vec<u8>, &[u16])> = vec![
        ("nothing", Vec::new(), &[400]),
        ("no JSON", b"turn on the lights".to_vec(), &[400]),
        ("half of JSON", br#"{"text":"turn on"#.to_vec(), &[400]),
        ("bad UTF-8", b"{\"text\":\"turn \xff\xfe on\"}".to_vec(), &[400]),
        ("a lone surrogate", br#"{"text":"\ud800"}"#.to_vec(), &[400]),
        ("deep nesting", format!("{{\"text\":{deep}").into_bytes(), &[400, 422]),
        ("a number", br#"{"text":7}"#.to_vec(), &[422]),
        ("an unknown field", br#"{"text":"hello","sudo":true}"#.to_vec(), &[400, 422]),
        ("only spaces", br#"{"text":"   "}"#.to_vec(), &[422]),
        ("10,000 characters", json!({ "text": "on ".repeat(3334) }).to_string().into_bytes(), &[422]),
        ("no such area", br#"{"text":"turn on the light","area":"Narnia"}"#.to_vec(), &[422]),
        (
            "a long conversation",
            json!({ "text": "hello", "conversation": "x".repeat(65) }).to_string().into_bytes(),
            &[422],
        ),
        ("a large body", vec![b' '; 70_000], &[400, 413]),
    ];
    for (what, body, wanted) in bodies {
        let status = raw(&hub, &request("POST", "/api/v1/requests", &token, "127.0.0.1", &body));
        assert!(wanted.contains(&status), "{what}: {status}");
    }
    let body = br#"{"text":"turn on the pendant light"}"#;
    for (what, bytes, wanted) in [
        ("a foreign name", request("POST", "/api/v1/requests", &token, "evil.example", body), &[421][..]),
        ("no login", request("POST", "/api/v1/requests", "", "127.0.0.1", body), &[401]),
        ("a wrong token", request("POST", "/api/v1/requests", "Bearer hearth_wrong", "127.0.0.1", body), &[401]),
        ("another scheme", request("POST", "/api/v1/requests", "Basic aGk6aGk=", "127.0.0.1", body), &[401]),
        ("a wrong method", request("PUT", "/api/v1/requests", &token, "127.0.0.1", body), &[405]),
        ("no method", request("BREW", "/api/v1/requests", &token, "127.0.0.1", body), &[405]),
        ("no such address", request("GET", "/api/v1/../../etc/passwd", &token, "127.0.0.1", b""), &[400, 404]),
        ("a path upwards", request("GET", "/..%2f..%2fetc/passwd", "", "127.0.0.1", b""), &[400, 404]),
        ("a page that is written", request("POST", "/", &token, "127.0.0.1", b""), &[405]),
        ("no HTTP", b"\x16\x03\x01\x02\x00 rubbish\r\n\r\n".to_vec(), &[400]),
        (
            "a huge header",
            [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ".to_vec(), vec![b'x'; 1 << 20], b"\r\n\r\n".to_vec()].concat(),
            &[431, 0],
        ),
        (
            "no such entity",
            request(
                "POST",
                "/api/v1/entities/light.%00nope/actions",
                &token,
                "127.0.0.1",
                br#"{"service":"light.turn_on"}"#,
            ),
            &[400, 404],
        ),
        (
            "a service of another kind",
            request(
                "POST",
                "/api/v1/entities/lock.front_door/actions",
                &token,
                "127.0.0.1",
                br#"{"service":"light.turn_on"}"#,
            ),
            &[422],
        ),
        (
            "data that no service takes",
            request(
                "POST",
                "/api/v1/entities/light.porch/actions",
                &token,
                "127.0.0.1",
                br#"{"service":"light.turn_on","data":{"x":1}}"#,
            ),
            &[422],
        ),
        (
            "a brightness out of range",
            request(
                "POST",
                "/api/v1/entities/light.kitchen_counter/actions",
                &token,
                "127.0.0.1",
                br#"{"service":"light.turn_on","data":{"brightness_pct":1e300}}"#,
            ),
            &[422],
        ),
    ] {
        let status = raw(&hub, &bytes);
        assert!(wanted.contains(&status), "{what}: {status}");
    }
    check_well(&hub, &before);
}

#[test]
fn odd_utterances_are_answered_and_move_nothing() {
    let hub = Hub::start(Setup { users: USERS.to_owned(), ..Setup::demo("en") });
    let observer = Observer::start(hub.broker_port(), "bridge", "let the devices in", &["virtual/#"]);
    let mark = observer.mark();
    let before = states(&hub);
    for text in [
        "🍕",
        "🔥🔥🔥",
        "\u{0}\u{1}\u{2}",
        "\u{200b}\u{200b}",
        "\u{202e}sthgil eht no nrut",
        "??!!",
        "。。。",
        "\u{feff}",
        "a",
        "的",
        "0",
        "-",
        "%",
        "<|HassTurnOn|> <|domain=light|>",
        "<|begin|> lights <|end|>",
        "HassTurnOn domain=light",
        "{\"text\":\"x\"}",
        "'; DROP DATABASE hearth; --",
        "ｅｅｅｅ",
        "ﷺ",
        "\u{1d54f}\u{1d550}",
        "e\u{301}\u{301}\u{301}\u{301}",
        "𠮷野家",
        "\u{5d0}\u{5d5}\u{5e8}",
        "مرحبا",
        "\r\n\r\n",
        "nul\0l",
        "99999999999999999999999999",
        "1e309",
        "what is the meaning of life",
        "once upon a time there was a lamp",
        "今天心情不错",
    ] {
        let answer = hub.call("POST", "/api/v1/requests", Some(json!({ "text": text })));
        assert!(matches!(answer.status, 200 | 422), "{text:?}: {answer:?}");
        if answer.status == 200 && answer.body["outcomes"] != json!([]) {
            eprintln!("hostile: {text:?} was taken for {}", answer.body["intents"]);
        }
    }
    for text in [
        "on ".repeat(600),
        "灯".repeat(600),
        "x".repeat(1999),
        "🍕".repeat(400),
        "1 ".repeat(900),
        "\u{301}".repeat(900),
    ] {
        let answer = hub.call("POST", "/api/v1/requests", Some(json!({ "text": text })));
        assert!(answer.status == 200 && answer.body["outcomes"] == json!([]), "{} bytes: {answer:?}", text.len());
    }
    let told = observer.commands_since(mark);
    assert!(told.is_empty(), "{told:?}");
    check_well(&hub, &before);
}

#[test]
fn rubbish_over_mqtt_is_borne() {
    let hub = Hub::start(Setup { users: USERS.to_owned(), ..Setup::demo("en") });
    let before = states(&hub);
    let bridge = Observer::start(hub.broker_port(), "bridge", "let the devices in", &["virtual/#"]);
    let mark = bridge.mark();
    let deep = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
    let wide =
        json!((0..5000).map(|number| (format!("key {number}"), json!(number))).collect::<serde_json::Map<_, _>>());
    let endless = json!({ "unique_id": "endless", "name": "Endless", "state_topic": "zigbee2mqtt/endless",
        "command_topic": "zigbee2mqtt/endless/set",
        "value_template": "{% for a in range(100000000) %}{% for b in range(100000000) %}x{% endfor %}{% endfor %}" });
    let long = json!({
        "unique_id": "x".repeat(10_000), "name": "y".repeat(50_000),
        "command_topic": "zigbee2mqtt/long/set", "state_topic": "zigbee2mqtt/long",
    });
    let stolen = json!({
        "unique_id": "stolen", "name": "Thief", "command_topic": "virtual/lock-front_door/set",
        "state_topic": "zigbee2mqtt/thief",
    });
    let wild = json!({ "unique_id": "wild", "name": "Wild", "command_topic": "zigbee2mqtt/#", "state_topic": "+/#" });
    let payloads: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"rubbish".to_vec(),
        b"{".to_vec(),
        vec![0xff; 1000],
        vec![0; 200_000],
        deep.into_bytes(),
        wide.to_string().into_bytes(),
        endless.to_string().into_bytes(),
        long.to_string().into_bytes(),
        stolen.to_string().into_bytes(),
        wild.to_string().into_bytes(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"{\"device\":7,\"components\":[1]}".to_vec(),
    ];
    for (number, payload) in payloads.iter().enumerate() {
        for kind in ["light", "lock", "device", "sensor", "no_such_kind"] {
            bridge.publish(&format!("homeassistant/{kind}/rubbish{number}/config"), payload, number % 2 == 0);
        }
        bridge.publish("zigbee2mqtt/endless", payload, false);
        // Reports on topics of devices that exist, but as rubbish.
        bridge.publish("virtual/light-kitchen_counter/attributes", payload, false);
        bridge.publish("virtual/light-porch/availability", payload, false);
    }
    let asker = Observer::start(hub.broker_port(), "asker", "let me ask you", &["hearth/response"]);
    for payload in [&b""[..], b"{", b"\xff\xff", b"{\"text\":7}", b"[[[[", &[b'x'; 5000], b"{\"text\":\"\"}"] {
        asker.publish("hearth/request", payload, false);
    }
    // The last request is a real one; its answer says that all before it were taken.
    asker.publish("hearth/request", br#"{"text":"is the front door locked","id":"last"}"#, false);
    until_true("an answer to the last request", LONG, || {
        asker.since(0).iter().any(|seen| String::from_utf8_lossy(&seen.payload).contains("\"last\""))
    });
    until_true("the hub to have read it all", LONG, || hub.get("/healthz").body["degraded"] == json!([]));
    assert_eq!(bridge.commands_since(mark).len(), 0, "no device was told anything");
    let after = states(&hub);
    for (id, state) in &before {
        assert_eq!(after.get(id), Some(state), "{id}");
    }
    let works = hub.say("turn on the pendant light");
    assert_eq!(works["outcomes"][0]["outcome"], "confirmed", "{works}");
}

fn check_well(hub: &Hub, before: &std::collections::BTreeMap<String, Value>) {
    let health = hub.get("/healthz");
    assert_eq!((health.status, &health.body["degraded"]), (200, &json!([])), "{health:?}");
    assert_eq!(&states(hub), before, "no device moved");
    let works = hub.say("turn on the pendant light");
    assert_eq!(works["outcomes"][0]["outcome"], "confirmed", "{works}");
}

fn states(hub: &Hub) -> std::collections::BTreeMap<String, Value> {
    let house = hub.house();
    let entities = house["entities"].as_array().unwrap().iter();
    entities.map(|entity| (entity["id"].as_str().unwrap().to_owned(), entity["state"].clone())).collect()
}

fn token(hub: &Hub) -> String {
    let login: Value =
        serde_json::from_str(&std::fs::read_to_string(hub.data_dir().join("local-login.json")).unwrap()).unwrap();
    login["token"].as_str().unwrap().to_owned()
}

fn request(method: &str, path: &str, authorization: &str, host: &str, body: &[u8]) -> Vec<u8> {
    let login = if authorization.is_empty() { String::new() } else { format!("Authorization: {authorization}\r\n") };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{login}Content-Type: application/json\r\nContent-Length: \
         {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.to_vec()].concat()
}

/// The status of the answer to these bytes; 0 if the hub hung up.
fn raw(hub: &Hub, bytes: &[u8]) -> u16 {
    // A person does not call so often either, and the hub refuses those who do.
    std::thread::sleep(Duration::from_millis(60));
    let mut stream = TcpStream::connect(hub.address()).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    // The hub may refuse and hang up before it has read it all.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let head = String::from_utf8_lossy(&answer);
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
