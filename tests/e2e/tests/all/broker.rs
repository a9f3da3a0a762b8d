//! The broker goes away and comes back, with the hub's commands in between; rights, TLS and what is kept.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Hub, LONG, Mosquitto, Observer, PASSWORD, Setup, free_port, output, own_program, system_program, until, until_true,
};

#[test]
fn while_mosquitto_is_away_nothing_is_claimed_and_nothing_comes_late() {
    let Some(mut broker) = Mosquitto::start() else { return };
    let hub = Hub::start(Setup { config: broker.config(), ..Setup::demo("en") });
    let observer = Observer::start(broker.port, "observer", PASSWORD, &["virtual/#"]);
    let mark = observer.mark();
    check_once(&hub, &observer, mark, "turn on the pendant light", "light-dining_pendant");

    broker.kill();
    until_true("the hub to notice", LONG, || hub.house()["status"]["broker"] == false);
    let health = hub.get("/healthz");
    assert_eq!(health.status, 200, "the hub itself is well");
    assert!(health.body["degraded"].as_array().unwrap().iter().any(|part| part["part"] == "broker"), "{health:?}");
    for text in ["turn off the pendant light", "open the awning", "turn on the coffee machine", "lock the back door"] {
        let answer = hub.say(text);
        let outcomes = answer["outcomes"].as_array().unwrap();
        assert!(
            !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome["outcome"] == "offline"),
            "{text}: {answer}"
        );
        assert!(
            answer["ms"]["total"].as_f64().unwrap() < 2000.0,
            "{text}: that nothing can be done is known at once: {answer}"
        );
    }
    let mark = observer.mark();
    broker.launch();
    observer.until_connected();
    hub.until_whole("en");
    check_once(&hub, &observer, mark, "turn on the porch light", "light-porch");
    assert_eq!(
        hub.entity("light.dining_pendant")["state"],
        "on",
        "the virtual lamp kept its state, and no late command came"
    );
}

/// The command is confirmed, and since the mark it is the only one that any device got.
fn check_once(hub: &Hub, observer: &Observer, mark: usize, text: &str, device: &str) {
    let answer = hub.say(text);
    assert_eq!(answer["outcomes"][0]["outcome"], "confirmed", "{text}: {answer}");
    until_true("the observer to hear the command", LONG, || !observer.commands_since(mark).is_empty());
    let commands: Vec<String> = observer.commands_since(mark).into_iter().map(|(device, _)| device).collect();
    assert_eq!(commands, [device], "{text}");
}

#[test]
fn a_broker_killed_during_a_command_makes_no_command_come_twice() {
    let Some(mut broker) = Mosquitto::start() else { return };
    let hub = Hub::start(Setup { config: broker.config(), ..Setup::demo("en") });
    let observer = Observer::start(broker.port, "observer", PASSWORD, &["virtual/#"]);
    for round in 0..ROUNDS {
        let mark = observer.mark();
        let text = if round % 2 == 0 { "open the awning" } else { "close the awning" };
        let answer = std::thread::scope(|scope| {
            let asking = scope.spawn(|| hub.say(text));
            // Before the command goes out, while it does, and while the device answers.
            let latest_us = if round % 4 < 2 { 8_000 } else { 120_000 };
            std::thread::sleep(Duration::from_micros(rand::random_range(0..latest_us)));
            broker.kill();
            std::thread::sleep(Duration::from_millis(rand::random_range(0..300)));
            broker.launch();
            asking.join().unwrap()
        });
        observer.until_connected();
        hub.until_whole("en");
        // A motor is told once; whatever was still under way would have come before this.
        let lamp = if round % 2 == 0 { "turn on the porch light" } else { "turn off the porch light" };
        assert!(matches!(hub.say(lamp)["outcomes"][0]["outcome"].as_str(), Some("confirmed" | "already")));
        let told =
            observer.commands_since(mark).into_iter().filter(|(device, _)| device == "cover-patio_awning").count();
        assert!(told <= 1, "round {round}: the awning was told {told} times: {answer}");
        let kind = answer["outcomes"][0]["outcome"].as_str().unwrap_or_default().to_owned();
        if kind == "confirmed" {
            let state = hub.entity("cover.patio_awning")["state"].clone();
            let wanted = if round % 2 == 0 { ["open", "opening"] } else { ["closed", "closing"] };
            assert!(wanted.iter().any(|wanted| state == *wanted), "round {round}: confirmed, and it is {state}");
        }
        eprintln!("broker: round {round}: {kind}, told {told} times");
    }
}

#[test]
fn a_wrong_password_is_told_and_the_hub_stays() {
    let Some(broker) = Mosquitto::start() else { return };
    let hub =
        Hub::start(Setup { config: broker.config().replace(PASSWORD, "wrong horse battery"), ..Setup::default() });
    until_true("the refusal to be logged", LONG, || {
        hub.log().contains("refused") || hub.log().contains("NotAuthorized")
    });
    assert_eq!(hub.house()["status"]["broker"], false);
    assert_eq!(hub.get("/healthz").status, 200);
}

#[test]
fn tls_with_an_authority_of_ones_own() {
    let Some(openssl) = system_program("openssl") else { return };
    let port = free_port();
    let certificates = |dir: &Path| {
        make_certificates(&openssl, dir);
        let at = |name: &str| dir.join(name).display().to_string();
        format!(
            "listener {port} 127.0.0.1\ncafile {}\ncertfile {}\nkeyfile {}\n",
            at("ca.pem"),
            at("server.pem"),
            at("server.key")
        )
    };
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().to_owned();
    let Some(broker) = Mosquitto::start_with(|own| {
        let lines = certificates(own);
        std::fs::copy(own.join("ca.pem"), kept.join("ca.pem")).unwrap();
        lines
    }) else {
        return;
    };
    let config = |ca: &Path| {
        format!(
            "{}ca = {ca:?}\n",
            broker.config().replace(&format!("port = {}", broker.port), &format!("port = {port}"))
        )
    };
    let hub = Hub::start(Setup { config: config(&dir.path().join("ca.pem")), ..Setup::default() });
    until_true("the hub to reach the broker over TLS", LONG, || hub.house()["status"]["broker"] == true);
    drop(hub);
    let other = tempfile::tempdir().unwrap();
    make_certificates(&openssl, other.path());
    let hub = Hub::start(Setup { config: config(&other.path().join("ca.pem")), ..Setup::default() });
    until_true("the hub to refuse a broker that a stranger vouches for", LONG, || {
        hub.log().contains("The connection to the broker is lost.")
    });
    assert_eq!(hub.house()["status"]["broker"], false);
}

fn make_certificates(openssl: &Path, dir: &Path) {
    let run = |line: &str| {
        let (said, is_done) = output(Command::new(openssl).current_dir(dir).args(line.split(' ')));
        assert!(is_done, "openssl {line}: {said}");
    };
    std::fs::write(dir.join("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n")
        .unwrap();
    run("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=home -keyout ca.key -out ca.pem");
    run("req -newkey rsa:2048 -nodes -subj /CN=broker -keyout server.key -out server.csr");
    run("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem");
}

#[test]
fn mosquitto_takes_the_files_that_are_written_for_it() {
    let (Some(publish), Some(subscribe), Some(openssl)) =
        (system_program("mosquitto_pub"), system_program("mosquitto_sub"), system_program("openssl"))
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    make_certificates(&openssl, dir.path());
    let at = |name: &str| dir.path().join(name);
    let (port, tls_port) = (free_port(), free_port());
    let write = |more: &[&str]| {
        let mut command = Command::new(own_program("hearthd"));
        command
            .args(["broker-files", "--bridge", "zigbee2mqtt", "--bridge", "hall=tasmota/#"])
            .arg("--output")
            .arg(at("files"));
        command.args(["--listen", &format!("127.0.0.1:{port}"), "--tls-listen", &format!("127.0.0.1:{tls_port}")]);
        command.arg("--tls-cert").arg(at("server.pem")).arg("--tls-key").arg(at("server.key")).args(more);
        let (said, is_done) = output(&mut command);
        assert!(is_done, "{said}");
        said
    };
    let first = write(&[]);
    let told = |said: &str, user: &str| {
        said.lines().find_map(|line| line.trim().strip_prefix(user)?.strip_prefix("  ").map(str::to_owned))
    };
    let password = |user: &str| told(&first, user).unwrap();
    let Some(mut broker) = Mosquitto::start_of(&at("files"), port) else { return };

    // Over TLS with a certificate of one's own, the hub hears the bridge and commands its lamp.
    let config = format!(
        "[mqtt]\nhost = \"127.0.0.1\"\nport = {tls_port}\nca = {:?}\nuser = \"hearth\"\npassword = \"{}\"\n",
        at("ca.pem"),
        password("hearth")
    );
    let hub = Hub::start(Setup { config, ..Setup::default() });
    let client = |program: &Path, who: Option<(&str, &str)>, rest: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(who.iter().flat_map(|(user, password)| ["-u", *user, "-P", *password]))
            .args(rest);
        command
    };
    let send = |user: &str, topic: &str, payload: &str| {
        output(&mut client(&publish, Some((user, &password(user))), &["-q", "1", "-r", "-t", topic, "-m", payload])).1
    };
    assert!(send("zigbee2mqtt", "homeassistant/light/attic/config", &announcement().to_string()));
    assert!(send("zigbee2mqtt", "zigbee2mqtt/Attic Lamp", r#"{"state":"OFF","brightness":10}"#));
    until_true("the bridge's lamp to be in the house", LONG, || {
        hub.house()["entities"]
            .as_array()
            .unwrap()
            .iter()
            .any(|entity| entity["name"] == "Attic Lamp" && entity["state"] == "off")
    });
    let mut listening = client(
        &subscribe,
        Some(("zigbee2mqtt", &password("zigbee2mqtt"))),
        &["-t", "zigbee2mqtt/+/set", "-C", "1", "-W", "20"],
    )
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let command = until("the bridge to hear the command", LONG, || {
        hub.say("turn on the attic lamp");
        listening.try_wait().unwrap().map(|_| std::io::read_to_string(listening.stdout.take().unwrap()).unwrap())
    });
    assert!(command.to_uppercase().contains("ON"), "{command}");

    // Nobody writes what is not theirs; Mosquitto drops it and tells older clients nothing.
    let observer = Observer::start(port, "hearth", &password("hearth"), &["#"]);
    let mark = observer.mark();
    for (user, topic) in [
        ("zigbee2mqtt", "hearth/status"),
        ("zigbee2mqtt", "hearth/request"),
        ("zigbee2mqtt", "tasmota/forged"),
        ("zigbee2mqtt", "homeassistant/status"),
        ("hall", "zigbee2mqtt/forged"),
        ("read_only", "zigbee2mqtt/forged"),
        ("requester", "hearth/status"),
        ("home_assistant", "hearth/status"),
    ] {
        send(user, topic, "forged");
    }
    for (user, topic) in [
        ("hall", "tasmota/right"),
        ("requester", "hearth/request"),
        ("home_assistant", "hearth/request"),
        ("home_assistant", "zigbee2mqtt/right/set"),
    ] {
        assert!(send(user, topic, "right"), "{user} {topic}");
    }
    observer.mark();
    let heard = observer.since(mark).into_iter().filter(|seen| seen.payload == b"forged" || seen.payload == b"right");
    let heard: Vec<(String, String)> =
        heard.map(|seen| (seen.topic, String::from_utf8(seen.payload).unwrap())).collect();
    assert!(heard.iter().all(|(_, payload)| payload == "right"), "{heard:?}");
    assert_eq!(heard.len(), 4, "{heard:?}");
    let hears = |user: &str, topic: &str| {
        output(&mut client(&subscribe, Some((user, &password(user))), &["-t", topic, "-C", "1", "-W", "2"])).0
    };
    assert!(
        hears("requester", "hearth/status").starts_with("online")
            && hears("home_assistant", "hearth/status").starts_with("online")
    );
    for user in ["zigbee2mqtt", "hall", "read_only"] {
        assert!(!hears(user, "hearth/status").contains("online"), "{user}");
    }
    for who in [None, Some(("zigbee2mqtt", "not the password")), Some(("nobody", "at all"))] {
        assert!(!output(&mut client(&publish, who, &["-t", "zigbee2mqtt/x", "-m", "x"])).1, "{who:?}");
    }

    // Written again, every password stays but the one that was asked for.
    let second = write(&["--new-password", "hall"]);
    broker.kill();
    broker.launch();
    assert!(send("zigbee2mqtt", "zigbee2mqtt/x", "x") && !send("hall", "tasmota/x", "x"));
    let fresh = told(&second, "hall").unwrap();
    assert!(output(&mut client(&publish, Some(("hall", &fresh)), &["-t", "tasmota/x", "-m", "x"])).1);
    assert_eq!(told(&second, "zigbee2mqtt"), None);
}

const USERS: &str = r##"
[[broker.users]]
name = "bridge"
password = "let the devices in"
rights = "bridge"
trees = ["zigbee2mqtt/#"]
[[broker.users]]
name = "asker"
password = "let me ask you"
rights = "requester"
[[broker.users]]
name = "reader"
password = "let me read it"
rights = "read_only"
trees = ["zigbee2mqtt/#"]
"##;

#[test]
fn the_embedded_broker_lets_everyone_do_what_is_theirs() {
    let (Some(publish), Some(subscribe)) = (system_program("mosquitto_pub"), system_program("mosquitto_sub")) else {
        return;
    };
    let mut hub = Hub::start(Setup { users: USERS.to_owned(), ..Setup::default() });
    let client = |program: &Path, port: u16, (user, password): (&str, &str), rest: &[&str]| {
        let mut command = Command::new(program);
        command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-u", user, "-P", password]).args(rest);
        command
    };
    let port = hub.broker_port();
    let send = |port: u16, who: (&str, &str), topic: &str, payload: &str| {
        output(client(&publish, port, who, &["-q", "1", "-r", "-t", topic, "-m", payload]).stdin(Stdio::null())).1
    };
    assert!(send(port, BRIDGE, "zigbee2mqtt/bridge/state", "online"));
    assert!(send(port, BRIDGE, "homeassistant/light/attic/config", &announcement().to_string()));
    assert!(send(port, BRIDGE, "zigbee2mqtt/Attic Lamp", r#"{"state":"OFF","brightness":10}"#));
    until_true("the bridge's lamp to be in the house", LONG, || {
        hub.house()["entities"]
            .as_array()
            .unwrap()
            .iter()
            .any(|entity| entity["name"] == "Attic Lamp" && entity["state"] == "off")
    });

    let mut listening = client(&subscribe, port, BRIDGE, &["-t", "zigbee2mqtt/+/set", "-C", "1", "-W", "20"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let command = until("the bridge to hear the command", LONG, || {
        hub.say("turn on the attic lamp");
        listening.try_wait().unwrap().map(|_| std::io::read_to_string(listening.stdout.take().unwrap()).unwrap())
    });
    assert!(command.to_uppercase().contains("ON"), "{command}");

    assert!(!send(port, ("bridge", "not the password"), "zigbee2mqtt/x", "1"), "a wrong password is refused");
    assert!(!send(port, ("nobody", "let the devices in"), "zigbee2mqtt/x", "1"), "an unknown user is refused");
    // What may not be published is dropped, by some brokers with an error and by some without; it must not arrive.
    send(port, BRIDGE, "hearth/request", "turn off the attic lamp");
    send(port, READER, "zigbee2mqtt/forged", "1");
    send(port, ASKER, "zigbee2mqtt/forged", "1");
    send(port, BRIDGE, "elsewhere/forged", "1");
    let hears = |port: u16, who: (&str, &str), filter: &str| {
        output(client(&subscribe, port, who, &["-t", filter, "-C", "1", "-W", "2"]).stdin(Stdio::null())).0
    };
    assert!(hears(port, READER, "zigbee2mqtt/bridge/state").starts_with("online"));
    for (who, filter) in [
        (READER, "zigbee2mqtt/forged"),
        (READER, "#"),
        (READER, "hearth/#"),
        (ASKER, "zigbee2mqtt/#"),
        (BRIDGE, "hearth/status"),
        (BRIDGE, "elsewhere/#"),
    ] {
        let heard = hears(port, who, filter);
        assert!(
            !heard.contains("online") && !heard.contains('1') || heard.contains("denied"),
            "{who:?} {filter}: {heard}"
        );
    }
    assert!(hears(port, ASKER, "hearth/status").starts_with("online"));
    assert!(!hub.get("/api/v1/turns").body.to_string().contains("turn off the attic lamp"), "a bridge can't ask");

    hub.stop();
    hub.launch();
    let port = hub.broker_port();
    assert!(
        hears(port, READER, "zigbee2mqtt/bridge/state").starts_with("online"),
        "retained messages survive a restart"
    );
    until_true("the bridge's lamp to be there again", LONG, || {
        hub.house()["entities"].as_array().unwrap().iter().any(|entity| entity["name"] == "Attic Lamp")
    });
}

fn announcement() -> Value {
    json!({
        "unique_id": "attic", "name": "Attic Lamp", "schema": "json", "brightness": true,
        "supported_color_modes": ["brightness"],
        "state_topic": "zigbee2mqtt/Attic Lamp", "command_topic": "zigbee2mqtt/Attic Lamp/set"
    })
}

const ROUNDS: usize = 8;
const BRIDGE: (&str, &str) = ("bridge", "let the devices in");
const ASKER: (&str, &str) = ("asker", "let me ask you");
const READER: (&str, &str) = ("reader", "let me read it");
