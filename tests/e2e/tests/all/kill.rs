//! The hub is killed at any moment; what it had acknowledged must be there after the next start.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Hub, Setup, until_true};

/// What the hub acknowledged, and what it may have done without having said so.
#[derive(Debug, Default)]
struct Promised {
    /// Lengths of timers, in seconds.
    timers: Vec<u64>,
    /// How many things were put on the schedule.
    schedules: usize,
    /// Aliases of the kitchen: the last that was acknowledged, and the last that was asked for.
    alias: (String, String),
    /// The last turn's id.
    turn: Option<String>,
}

#[test]
fn nothing_that_was_acknowledged_is_lost_by_a_kill() {
    let mut hub = Hub::start(Setup::demo("en"));
    let promised = Mutex::new(Promised::default());
    for round in 0..ROUNDS {
        work_until_killed(&mut hub, &promised, round);
        hub.launch();
        check_kept(&hub, &promised.lock().unwrap(), round);
        // The next round starts from what is there.
        let mut promised = promised.lock().unwrap();
        let alias = alias_of_kitchen(&hub);
        promised.alias = (alias.clone(), alias);
        if round % CLEARED == CLEARED - 1 {
            let cleared = hub.say("cancel all timers");
            assert_eq!(cleared["outcome"], "act", "{cleared}");
            promised.timers.clear();
        }
    }
    assert!(0 < promised.lock().unwrap().schedules, "nothing was ever scheduled");
}

fn work_until_killed(hub: &mut Hub, promised: &Mutex<Promised>, round: usize) {
    let is_over = AtomicBool::new(false);
    let seen: &Hub = hub;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..MOST_TIMERS {
                let minutes = 60 + round * MOST_TIMERS + number;
                let Some(answer) = seen.try_call("POST", "/api/v1/requests", Some(json!({ "text": format!("start a timer for {minutes} minutes") }))) else { return };
                if answer.status == 200 && answer.body["outcome"] == "act" {
                    let mut promised = promised.lock().unwrap();
                    promised.timers.push(minutes as u64 * 60);
                    promised.turn = answer.body["turn"].as_str().map(str::to_owned);
                }
                let text = match number % 2 {
                    0 => format!("turn off the porch light in {minutes} minutes"),
                    _ => format!("remind me to drink water in {minutes} minutes"),
                };
                let Some(answer) = seen.try_call("POST", "/api/v1/requests", Some(json!({ "text": text }))) else { return };
                if answer.status == 200 && answer.body["outcome"] == "act" {
                    promised.lock().unwrap().schedules += 1;
                }
                std::thread::sleep(Duration::from_millis(60));
            }
        });
        scope.spawn(|| {
            for number in 0.. {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let alias = format!("galley {round} {number}");
                promised.lock().unwrap().alias.1.clone_from(&alias);
                let Some(answer) = seen.try_call("PATCH", "/api/v1/areas/kitchen", Some(json!({ "aliases": [alias] }))) else { return };
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

fn check_kept(hub: &Hub, promised: &Promised, round: usize) {
    assert_eq!(hub.house()["status"]["notice"], Value::Null, "round {round}: a kill damages nothing");
    let house = hub.house();
    let timers: Vec<u64> = house["timers"].as_array().unwrap().iter().filter_map(|timer| timer["length_s"].as_u64()).collect();
    for length in &promised.timers {
        assert!(timers.contains(length), "round {round}: a timer of {length} s was acknowledged and is not among {timers:?}");
    }
    let schedules = hub.get("/api/v1/schedules").body.as_array().unwrap().len();
    assert!(promised.schedules <= schedules, "round {round}: {} were scheduled, and {schedules} are there", promised.schedules);
    let alias = alias_of_kitchen(hub);
    let (acknowledged, asked) = &promised.alias;
    assert!(alias == *acknowledged || alias == *asked, "round {round}: the alias `{acknowledged}` was acknowledged and is `{alias}`");
    if let Some(turn) = &promised.turn {
        assert_eq!(hub.get(&format!("/api/v1/turns/{turn}")).status, 200, "round {round}: the turn `{turn}` is not in the journal");
    }
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
        let is_told = health["degraded"].as_array().unwrap().iter().any(|part| part["part"] == "store") && notice.is_string();
        let is_whole = hub.house()["timers"].as_array().unwrap().len() == 3;
        assert!(is_told || is_whole, "{what}: the timers are gone and nobody was told: {health}\n{}", hub.log());
        assert_eq!(hub.say("start a timer for 64 minutes")["outcome"], "act", "{what}: it works on");
        eprintln!("kill: {what}: {notice}");
    }
}

const ROUNDS: usize = 16;
const MOST_TIMERS: usize = 8;
/// The hub keeps at most 100 timers, so they are cancelled now and then.
const CLEARED: usize = 8;
