//! Devices as people reported them: each file publishes what a device said, answers as it did, and asks what was asked.
//!
//! The files are no part of this repository: `HEARTH_FIELD_PAYLOADS` names their folder.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rumqttc::{Client, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};

use crate::support::{Hub, LONG, Setup, until_true};

#[test]
fn devices_from_the_field_behave() {
    let Some(dir) = std::env::var_os("HEARTH_FIELD_PAYLOADS") else {
        eprintln!("skipped: HEARTH_FIELD_PAYLOADS names no folder with devices from the field");
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "json")) {
        let device = read(file);
        let played = play(&device);
        let id = device["id"].as_str().unwrap_or_default();
        if let Some(reason) = fault(id, &played) {
            wrong.push(format!("{id} ({}): {reason}\n{played:#?}", device["what"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What was seen and heard while a file was played.
#[derive(Debug)]
struct Played {
    /// The entities at each look.
    shows: Vec<Vec<Value>>,
    answers: Vec<Value>,
    refused: Value,
}

impl Played {
    /// The state of whatever is called so, at a look.
    fn state(&self, look: usize, name: &str) -> Option<&str> {
        let named = |entity: &&Value| entity["name"].as_str().is_some_and(|own| own.contains(name));
        self.shows.get(look)?.iter().find(named)?["state"].as_str()
    }

    fn outcome(&self, answer: usize) -> &str {
        self.answers.get(answer).and_then(|answer| answer["outcomes"][0]["outcome"].as_str()).unwrap_or("none")
    }
}

/// What is wrong with how a device was taken, if anything is.
fn fault(id: &str, played: &Played) -> Option<String> {
    let wrong = |is_right: bool, what: &str| (!is_right).then(|| what.to_owned());
    let state = |look, name| played.state(look, name);
    match id {
        "p01a" => wrong(
            state(0, "Yard Door") == Some("open") && state(1, "Yard Door") == Some("closed"),
            "the barrier is not followed",
        ),
        "p12" => wrong(
            state(0, "Data Freshness").is_some_and(|state| state.starts_with("2026-11-02"))
                && state(0, "Last Seen").is_some_and(|state| state.len() == 5 && state.contains(':')),
            "a template of times gives nothing",
        ),
        "p19" => {
            let question = &played.answers[0]["question"];
            let names: BTreeSet<&str> =
                question["choices"].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
            wrong(names.len() == 2, "the two are not told apart")
        }
        "p23" => wrong(
            played.outcome(0) == "unable" && played.outcome(1) == "confirmed",
            "what it can't do is not said, or what it can is not done",
        ),
        "p25" => wrong(state(1, "Loft Shutter") == Some("unknown"), "a shutter that stopped between is somewhere"),
        "p27" => wrong(
            state(0, "Cellar Lock") == Some("locked") && state(1, "Cellar Lock") == Some("unlocked"),
            "the lock is not followed",
        ),
        "p30" => wrong(
            state(0, "Upstairs Thermostat") == Some("20.5") && state(0, "Main Thermostat") == Some("18.5"),
            "the thermometers are not there",
        ),
        "p33" => wrong(
            state(0, "loft blind left") == Some("closed")
                && state(1, "loft blind left") == Some("unknown")
                && played.outcome(0) == "confirmed",
            "the roller's position does not count",
        ),
        "p37" => wrong(state(1, "Pump") == Some("on") && played.outcome(0) == "confirmed", "the relay is not followed"),
        _ => wrong(played.shows.last().is_some_and(|entities| !entities.is_empty()), "nothing is there"),
    }
}

/// Plays a file to a hub of its own with the embedded broker.
fn play(device: &Value) -> Played {
    let steps = device["steps"].as_array().unwrap();
    let is_root = |root: &&str| *root != "homeassistant" && root.chars().all(|letter| letter.is_ascii_alphanumeric());
    let trees: BTreeSet<String> = steps
        .iter()
        .flat_map(topics)
        .chain(["cmnd/", "stat/", "tele/"])
        .filter_map(|topic| topic.split_once('/').map(|(root, _)| root))
        .filter(|root| is_root(root) && !root.is_empty())
        .map(|root| format!("\"{root}/#\""))
        .collect();
    let trees: Vec<String> = trees.into_iter().collect();
    let users =
        format!("[[broker.users]]\nname = \"bridge\"\npassword = \"{PASSWORD}\"\ntrees = [{}]\n", trees.join(", "));
    let hub = Hub::start(Setup { users, ..Setup::default() });
    until_true("the hub to reach its broker", LONG, || hub.house()["status"]["broker"] == true);
    let mut options = MqttOptions::new("field", "127.0.0.1", hub.broker_port());
    options.set_credentials("bridge", PASSWORD);
    options.set_max_packet_size(1 << 23, 1 << 23);
    let (client, mut connection) = Client::new(options, 10_000);
    let (reactions, is_over) = (Mutex::new(Vec::<Reaction>::new()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let publishing = client.clone();
        let (reacting, ending) = (&reactions, &is_over);
        scope.spawn(move || {
            for event in connection.iter() {
                if ending.load(Ordering::SeqCst) || event.is_err() {
                    return;
                }
                if let Ok(Event::Incoming(Packet::Publish(message))) = event {
                    react(&publishing, &reacting.lock().unwrap(), &message.topic, &message.payload);
                }
            }
        });
        let played = play_steps(&hub, &client, steps, &reactions);
        is_over.store(true, Ordering::SeqCst);
        let _ = client.disconnect();
        played
    })
}

/// What a device answers to a command.
struct Reaction {
    topic: String,
    contains: Option<String>,
    out: Vec<(String, String)>,
}

fn react(client: &Client, reactions: &[Reaction], topic: &str, payload: &[u8]) {
    let text = String::from_utf8_lossy(payload);
    let fits = |one: &&Reaction| {
        one.topic == topic && one.contains.as_ref().is_none_or(|wanted| text.contains(wanted.as_str()))
    };
    for (topic, payload) in reactions.iter().rev().find(fits).map(|one| &one.out).into_iter().flatten() {
        let _ = client.try_publish(topic, QoS::AtLeastOnce, false, payload.as_bytes());
    }
}

fn play_steps(hub: &Hub, client: &Client, steps: &[Value], reactions: &Mutex<Vec<Reaction>>) -> Played {
    let mut played = Played { shows: Vec::new(), answers: Vec::new(), refused: Value::Null };
    for step in steps {
        if let Some(message) = step["pub"].as_array() {
            publish(client, message);
        }
        for message in step["pubs"].as_array().into_iter().flatten() {
            publish(client, message.as_array().unwrap());
        }
        if let Some(topic) = step["react"].as_str() {
            let pair = |one: &Value| (text(&one[0]), text(&one[1]));
            let out = step["out"].as_array().into_iter().flatten().map(pair).collect();
            let contains = step["contains"].as_str().map(str::to_owned);
            reactions.lock().unwrap().push(Reaction { topic: topic.to_owned(), contains, out });
            client.subscribe(topic, QoS::AtLeastOnce).unwrap();
            std::thread::sleep(SETTLE);
        }
        if let Some(said) = step["say"].as_str() {
            let lang = step["lang"].as_str().unwrap_or("en");
            played.answers.push(hub.ask(json!({ "text": said, "lang": lang, "conversation": "field" })));
        }
        if step.get("wait").is_some() || step.get("show").is_some() {
            std::thread::sleep(SETTLE);
        }
        if step.get("show").is_some() {
            played.shows.push(entities(hub));
        }
    }
    played.shows.push(entities(hub));
    played.refused = hub.get("/api/v1/refusals").body;
    assert_eq!(hub.get("/healthz").status, 200);
    played
}

/// What the hub has of devices.
fn entities(hub: &Hub) -> Vec<Value> {
    let house = hub.house();
    let is_own = |entity: &&Value| entity["id"] != "select.house_mode";
    house["entities"].as_array().unwrap().iter().filter(is_own).cloned().collect()
}

fn publish(client: &Client, message: &[Value]) {
    let is_kept = message.get(2).and_then(Value::as_bool).unwrap_or_default();
    client.publish(text(&message[0]), QoS::AtLeastOnce, is_kept, text(&message[1]).into_bytes()).unwrap();
    // A device speaks some time after it was announced, when the hub listens.
    std::thread::sleep(PAUSE);
}

/// The topics that a step publishes to, hears, or announces.
fn topics(step: &Value) -> Vec<&str> {
    let published = step["pubs"].as_array().into_iter().flatten().chain(step.get("pub"));
    let messages: Vec<&Value> = published.chain(step["out"].as_array().into_iter().flatten()).collect();
    let announced = messages.iter().filter_map(|one| one[1].as_str()).flat_map(|payload| payload.split('"'));
    messages.iter().filter_map(|one| one[0].as_str()).chain(step["react"].as_str()).chain(announced).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

const PASSWORD: &str = "a-password-of-the-field";
const PAUSE: Duration = Duration::from_millis(120);
/// What a message takes at most to go round, however busy the machine is.
const SETTLE: Duration = Duration::from_millis(900);
