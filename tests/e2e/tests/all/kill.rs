//! The hub is killed at any moment; what it had acknowledged must be there after the next start.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Hub, LONG, Observer, Setup, until_true};

/// What the hub acknowledged, and what it may have done without having said so.
#[derive(Debug, Default)]
struct Promised {
    /// Lengths of timers, in seconds.
    timers: Vec<u64>,
    /// How many actions, alarms and reminders were put on the schedule.
    schedules: usize,
    /// What was put on the shopping list.
    items: Vec<String>,
    /// Aliases of the kitchen: the last that was acknowledged, and the last that was asked for.
    alias: (String, String),
    /// The last turn's id.
    turn: Option<String>,
    /// How many promises were checked.
    checked: usize,
}

/// `HEARTH_KILLS=2000 cargo test --release -p e2e kill` is the long run.
#[test]
fn nothing_that_was_acknowledged_is_lost_by_a_kill() {
    let mut hub = Hub::start(Setup { users: USERS.to_owned(), ..Setup::default() });
    let bridge = Observer::start(hub.broker_port(), "bridge", "let the lamp in", &["lamp/#"]);
    bridge.publish("homeassistant/light/lamp/config", LAMP, true);
    until_true("the lamp to be there", LONG, || {
        hub.house()["entities"].as_array().unwrap().iter().any(|entity| entity["name"] == "Porch Light")
    });
    drop(bridge);
    // The broker writes down what it keeps every now and then.
    std::thread::sleep(Duration::from_secs(3));
    let promised = Mutex::new(Promised::default());
    let rounds = std::env::var("HEARTH_KILLS").ok().map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        work_until_killed(&mut hub, &promised, round);
        hub.launch();
        let mut promised = promised.lock().unwrap();
        check_kept(&hub, &mut promised, round);
        // The next round starts from what is there.
        let alias = alias_of_kitchen(&hub);
        promised.alias = (alias.clone(), alias);
        if round % CLEARED == CLEARED - 1 {
            clear(&hub, &mut promised);
            eprintln!("kill: {} kills, {} promises kept", round + 1, promised.checked);
        }
    }
    assert!(rounds < promised.lock().unwrap().checked, "too little was promised");
}

fn clear(hub: &Hub, promised: &mut Promised) {
    let cleared = hub.say("cancel all timers");
    assert_eq!(cleared["outcome"], "act", "{cleared}");
    for schedule in hub.get("/api/v1/schedules").body.as_array().unwrap() {
        assert_eq!(
            hub.call("DELETE", &format!("/api/v1/schedules/{}", schedule["id"].as_str().unwrap()), None).status,
            200
        );
    }
    promised.timers.clear();
    promised.schedules = 0;
}

fn work_until_killed(hub: &mut Hub, promised: &Mutex<Promised>, round: usize) {
    let is_over = AtomicBool::new(false);
    let seen: &Hub = hub;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..MOST_TIMERS {
                let minutes = 60 + round % 500 * MOST_TIMERS + number;
                let Some(turn) = done(seen, &format!("start a timer for {minutes} minutes")) else { return };
                if let Some(answer) = turn {
                    let mut promised = promised.lock().unwrap();
                    promised.timers.push(minutes as u64 * 60);
                    promised.turn = answer["turn"].as_str().map(str::to_owned);
                }
                let item = format!(
                    "{} {}",
                    COLORS[round % COLORS.len()],
                    THINGS[(round / COLORS.len() + number * 7) % THINGS.len()]
                );
                let text = match number % 4 {
                    0 => format!("turn off the porch light in {minutes} minutes"),
                    1 => format!("add {item} to the shopping list"),
                    2 => format!("set an alarm for {}:{:02}", 1 + minutes / 60 % 12, minutes % 60),
                    _ => format!("remind me to drink water in {minutes} minutes"),
                };
                let Some(turn) = done(seen, &text) else { return };
                match (turn, number % 4) {
                    // What the hub says it put there; what it heard is another test's matter.
                    (Some(answer), 1) => promised
                        .lock()
                        .unwrap()
                        .items
                        .push(answer["commands"][0]["data"]["item"].as_str().unwrap().to_owned()),
                    (Some(_), _) => promised.lock().unwrap().schedules += 1,
                    (None, _) => {}
                }
            }
        });
        scope.spawn(|| {
            for number in 0.. {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let alias = format!("galley {round} {number}");
                promised.lock().unwrap().alias.1.clone_from(&alias);
                let Some(answer) = seen.try_call("PATCH", "/api/v1/areas/kitchen", Some(json!({ "aliases": [alias] })))
                else {
                    return;
                };
                if answer.status == 200 {
                    promised.lock().unwrap().alias.0 = alias;
                }
                std::thread::sleep(Duration::from_millis(60));
            }
        });
        std::thread::sleep(Duration::from_millis(rand::random_range(20..500)));
        crate::support::kill(seen.pid());
        is_over.store(true, Ordering::SeqCst);
    });
    hub.kill();
}

/// The answer if the hub says that it did it; nothing at all once the hub is gone.
fn done(hub: &Hub, text: &str) -> Option<Option<Value>> {
    let answer = hub.try_call("POST", "/api/v1/requests", Some(json!({ "text": text })))?;
    let is_done = answer.status == 200 && answer.body["outcome"] == "act";
    std::thread::sleep(Duration::from_millis(30));
    Some(is_done.then_some(answer.body))
}

fn check_kept(hub: &Hub, promised: &mut Promised, round: usize) {
    let house = hub.house();
    assert_eq!(house["status"]["notice"], Value::Null, "round {round}: a kill damages nothing");
    let timers: Vec<u64> =
        house["timers"].as_array().unwrap().iter().filter_map(|timer| timer["length_s"].as_u64()).collect();
    for length in &promised.timers {
        assert!(
            timers.contains(length),
            "round {round}: a timer of {length} s was acknowledged and is not among {timers:?}"
        );
    }
    let schedules = hub.get("/api/v1/schedules").body.as_array().unwrap().len();
    assert!(
        promised.schedules <= schedules,
        "round {round}: {} were scheduled, and {schedules} are there",
        promised.schedules
    );
    let list = house["entities"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entity| entity["domain"] == "todo")
        .map_or(Value::Null, |list| list["attributes"]["items"].clone());
    for item in &promised.items {
        assert!(
            list.as_array().is_some_and(|list| list.iter().any(|own| own == item)),
            "round {round}: `{item}` was put on the list and is not among {list}"
        );
    }
    let alias = alias_of_kitchen(hub);
    let (acknowledged, asked) = &promised.alias;
    assert!(
        alias == *acknowledged || alias == *asked,
        "round {round}: the alias `{acknowledged}` was acknowledged and is `{alias}`"
    );
    if let Some(turn) = &promised.turn {
        assert_eq!(
            hub.get(&format!("/api/v1/turns/{turn}")).status,
            200,
            "round {round}: the turn `{turn}` is not in the journal"
        );
    }
    promised.checked += promised.timers.len() + promised.schedules + promised.items.len() + 1;
}

fn alias_of_kitchen(hub: &Hub) -> String {
    let house = hub.house();
    let kitchen = house["areas"].as_array().unwrap().iter().find(|area| area["id"] == "kitchen").unwrap().clone();
    kitchen["aliases"][0].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_store_that_is_damaged_is_told_of_and_the_hub_starts() {
    type Damage = fn(&mut Vec<u8>);
    let half: Damage = |bytes| bytes.truncate(bytes.len() / 2);
    let nothing: Damage = Vec::clear;
    let noise: Damage = |bytes| bytes.iter_mut().skip(64).step_by(97).for_each(|byte| *byte ^= 0x5a);
    for (what, damage) in [("half a file", half), ("an empty file", nothing), ("noise in the file", noise)] {
        let mut hub = Hub::start(Setup::default());
        for minutes in [61, 62, 63] {
            hub.say(&format!("start a timer for {minutes} minutes"));
        }
        hub.kill();
        let database = hub.data_dir().join("store/sled/db");
        let mut bytes = std::fs::read(&database).unwrap();
        damage(&mut bytes);
        std::fs::write(&database, bytes).unwrap();
        hub.spawn();
        until_true("the hub to be ready", crate::support::LONG, || hub.get("/healthz").status == 200);
        let health = hub.get("/healthz").body;
        let notice = hub.house()["status"]["notice"].clone();
        let is_told =
            health["degraded"].as_array().unwrap().iter().any(|part| part["part"] == "store") && notice.is_string();
        let is_whole = hub.house()["timers"].as_array().unwrap().len() == 3;
        assert!(is_told || is_whole, "{what}: the timers are gone and nobody was told: {health}\n{}", hub.log());
        assert_eq!(hub.say("start a timer for 64 minutes")["outcome"], "act", "{what}: it works on");
        eprintln!("kill: {what}: {notice}");
    }
}

const ROUNDS: usize = 24;
const MOST_TIMERS: usize = 8;
/// The hub keeps at most 100 timers, so they are cancelled now and then.
const CLEARED: usize = 8;
const COLORS: &[&str] = &["red", "green", "blue", "white", "black", "yellow", "brown", "pink"];
const THINGS: &[&str] = &[
    "soap", "beans", "bread", "rice", "tea", "candles", "apples", "flour", "pepper", "wine", "cheese", "towels",
    "plates", "paint", "grapes", "chips",
];
const LAMP: &[u8] = br#"{"name":null,"unique_id":"porch","command_topic":"lamp/set","state_topic":"lamp","device":{"identifiers":["porch"],"name":"Porch Light","suggested_area":"Kitchen"}}"#;
const USERS: &str =
    "[[broker.users]]\nname = \"bridge\"\npassword = \"let the lamp in\"\nrights = \"bridge\"\ntrees = [\"lamp/#\"]\n";
