//! The language model's engine is killed in the middle of requests, and its model is damaged or missing.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Hub, Setup, kill, models, until};

#[test]
fn an_engine_killed_in_the_middle_never_makes_the_hub_lie() {
    let mut understood = 0;
    for round in 0..ROUNDS {
        // After many deaths in a row the hub waits longer and longer before it starts the engine again; so few a hub.
        let hub = Hub::start(Setup::demo("en"));
        for death in 0..DEATHS {
            let level = 20 + (round * DEATHS + death) * 3;
            let answer = std::thread::scope(|scope| {
                let asking = scope.spawn(|| hub.say(&format!("set the counter lights to {level} percent")));
                std::thread::sleep(Duration::from_micros(rand::random_range(0..30_000)));
                hub.engine().inspect(|pid| kill(*pid));
                asking.join().unwrap()
            });
            understood += usize::from(check_truth(&hub, &answer, level));
            check_soon_well(&hub, level + 7);
        }
    }
    eprintln!("engine: {understood} of {} requests were understood although the engine was killed", ROUNDS * DEATHS);
}

/// Whether it was done; and that it was exactly if the hub said so.
fn check_truth(hub: &Hub, answer: &Value, level: usize) -> bool {
    let outcomes = answer["outcomes"].as_array().unwrap();
    let is_so = is_at(hub, level);
    match answer["outcome"].as_str() {
        Some("act") => assert!(outcomes.len() == 1 && outcomes[0]["outcome"] == "confirmed" && is_so, "{answer}"),
        _ => assert!(outcomes.is_empty() && !is_so && !answer["reply"].as_str().unwrap().is_empty(), "{answer}"),
    }
    is_so
}

/// Within three seconds the hub understands again.
fn check_soon_well(hub: &Hub, level: usize) {
    let begin = Instant::now();
    until("the hub to understand again", Duration::from_secs(3), || {
        let answer = hub.say(&format!("set the counter lights to {level} percent"));
        (answer["outcome"] == "act").then_some(())
    });
    assert!(begin.elapsed() < Duration::from_secs(3), "it took {:?}", begin.elapsed());
    assert!(is_at(hub, level));
}

fn is_at(hub: &Hub, level: usize) -> bool {
    let entity = hub.entity("light.kitchen_counter");
    entity["state"] == "on" && (entity["attributes"]["brightness"].as_f64().unwrap() / 2.55 - level as f64).abs() <= 1.0
}

#[test]
fn an_engine_ends_with_its_hub() {
    let mut hub = Hub::start(Setup::default());
    let engine = hub.engine().unwrap();
    hub.kill();
    until("the engine of a killed hub to end", Duration::from_secs(5), || {
        let stat = std::fs::read_to_string(format!("/proc/{engine}/stat")).unwrap_or_default();
        let is_gone = stat.is_empty() || stat.contains(") Z ");
        is_gone.then_some(())
    });
}

#[test]
fn without_a_whole_model_the_hub_says_so_and_does_plain_commands() {
    type Damage = fn(&Path);
    let wrong_sum: Damage = |dir| {
        let manifest = std::fs::read_to_string(dir.join("manifest.toml")).unwrap();
        let lines = manifest.lines().map(|line| match line.starts_with("sha256") {
            true => format!("sha256 = \"{}\"", "0".repeat(64)),
            false => line.to_owned(),
        });
        std::fs::write(dir.join("manifest.toml"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    };
    let missing: Damage = |dir| std::fs::remove_file(model_in(dir)).unwrap();
    let cut_off: Damage = |dir| {
        let model = model_in(dir);
        let whole = std::fs::read(&model).unwrap();
        std::fs::write(&model, &whole[..whole.len() / 2]).unwrap();
    };
    for (what, damage) in [("a wrong checksum", wrong_sum), ("no model file", missing), ("half a model file", cut_off)]
    {
        let dir = copy_of_models();
        damage(dir.path());
        let hub = Hub::start(Setup { models: Some(dir.path().to_owned()), ..Setup::demo("en") });
        let health = hub.get("/healthz");
        assert_eq!(health.status, 200, "{what}: {health:?}");
        assert!(
            health.body["degraded"].as_array().unwrap().iter().any(|part| part["part"] == "model"),
            "{what}: {health:?}"
        );
        let status = hub.house()["status"].clone();
        assert!(status["model"] == "broken" && status["model_reason"].is_string(), "{what}: {status}");
        let plain = hub.say("turn on the pendant light");
        assert_eq!(
            (&plain["outcome"], &plain["outcomes"][0]["outcome"]),
            (&"act".into(), &"confirmed".into()),
            "{what}: {plain}"
        );
        let hard = hub.say("make it a little brighter in the living room");
        assert!(hard["outcome"] == "not_understood" && hard["outcomes"] == Value::Array(vec![]), "{what}: {hard}");
    }
}

#[test]
fn a_request_is_answered_though_the_engine_never_comes_back() {
    let dir = copy_of_models();
    let hub = Hub::start(Setup { models: Some(dir.path().to_owned()), ..Setup::demo("en") });
    std::fs::write(model_in(dir.path()), "no model any more").unwrap();
    hub.engine().inspect(|pid| kill(*pid));
    // Some of them come while the hub still hopes.
    std::thread::scope(|scope| {
        for delay_ms in [0, 20, 40, 60, 80, 100, 120, 140] {
            let hub = &hub;
            scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(delay_ms));
                let begin = Instant::now();
                let answer = hub.say("set the counter lights to 33 percent");
                assert!(begin.elapsed() < Duration::from_secs(8), "it took {:?}", begin.elapsed());
                assert_eq!(
                    (&answer["outcome"], &answer["outcomes"]),
                    (&"not_understood".into(), &Value::Array(vec![])),
                    "{answer}"
                );
            });
        }
    });
}

#[test]
fn what_was_said_before_needs_no_engine_until_it_is_forgotten() {
    let dir = copy_of_models();
    let mut hub = Hub::start(Setup { models: Some(dir.path().to_owned()), ..Setup::demo("en") });
    let ask = |hub: &Hub, conversation: &str, level: u8| {
        let text = format!("set the counter lights to {level} percent");
        hub.ask(json!({ "text": text, "conversation": conversation }))["outcome"].clone()
    };
    assert_eq!(ask(&hub, "before", 35), "act");
    // What the model answered is on the disk within a second.
    std::thread::sleep(Duration::from_millis(1500));
    hub.kill();
    std::fs::remove_file(model_in(dir.path())).unwrap();
    hub.launch();
    assert_eq!(ask(&hub, "after", 35), "act");
    assert!(is_at(&hub, 35));
    assert_eq!(ask(&hub, "another", 36), "not_understood");
    let forgotten = hub.call("DELETE", "/api/v1/said", None);
    assert_eq!(forgotten.status, 200, "{forgotten:?}");
    assert_eq!(ask(&hub, "later", 35), "not_understood");
}

/// The model in a folder of its own, to be damaged.
fn copy_of_models() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for path in std::fs::read_dir(models()).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|end| end == "gguf" || end == "toml") {
            std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    dir
}

fn model_in(dir: &Path) -> std::path::PathBuf {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let model = files
        .filter(|path| path.extension().is_some_and(|end| end == "gguf"))
        .max_by_key(|path| std::fs::metadata(path).unwrap().len());
    model.unwrap()
}

const ROUNDS: usize = 6;
const DEATHS: usize = 4;
