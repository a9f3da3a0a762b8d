//! Many requests while the broker is restarted and the engine killed, judged by an observer of its own.
//!
//! `requests` makes them and says what each may touch; `truth` says what a confirmed outcome must look like on the
//! wire.
//! What the hub tells a device without saying so in its answer fails at once; what it says it did because the model
//! misread the words is counted, and may be one in a hundred.
//! `HEARTH_CHAOS=1000` makes so many requests instead of the usual number; `HEARTH_SEED` makes the same ones again.

mod requests;
mod truth;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::support::{Hub, Mosquitto, Observer, PASSWORD, Setup, demo_house, kill, until_true};
use requests::Request;

#[test]
fn chaos_in_english() {
    chaos("en");
}

#[test]
fn chaos_in_chinese() {
    chaos("zh");
}

fn chaos(lang: &'static str) {
    let Some(broker) = Mosquitto::start() else { return };
    let hub = Hub::start(Setup { config: broker.config(), ..Setup::demo(lang) });
    let observer = Observer::start(broker.port, "observer", PASSWORD, &["virtual/#"]);
    let seed = std::env::var("HEARTH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    eprintln!("chaos {lang}: HEARTH_SEED={seed}");
    let is_over = AtomicBool::new(false);
    let judge = std::thread::scope(|scope| {
        scope.spawn(|| destroy(&hub, broker, &is_over, seed));
        let judge = Judge::new(&hub, &observer, lang);
        // Even if judging fails, the destroyer must end.
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge.all(seed)));
        is_over.store(true, Ordering::SeqCst);
        judged
    });
    match judge {
        Ok(tally) => eprintln!("chaos {lang}: {tally:?}"),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Restarts the broker and kills the engine until it is over; leaves the broker running.
fn destroy(hub: &Hub, mut broker: Mosquitto, is_over: &AtomicBool, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed ^ 1);
    let mut kills = 0;
    while !is_over.load(Ordering::SeqCst) {
        let next = Instant::now() + Duration::from_millis(random.random_range(1500..5000));
        while Instant::now() < next && !is_over.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
        // An engine that dies again and again is started after longer and longer pauses, which would only make the
        // test longer.
        match random.random_bool(0.3) && kills < MOST_ENGINE_KILLS {
            true => {
                kills += 1;
                hub.engine().inspect(|pid| kill(*pid));
            }
            false => {
                broker.kill();
                std::thread::sleep(Duration::from_millis(random.random_range(0..1200)));
                broker.launch();
            }
        }
    }
}

struct Judge<'a> {
    hub: &'a Hub,
    observer: &'a Observer,
    house: Value,
    lang: &'static str,
    devices: HashMap<String, String>,
}

impl<'a> Judge<'a> {
    fn new(hub: &'a Hub, observer: &'a Observer, lang: &'static str) -> Self {
        let house = demo_house(lang);
        let ids = house["entities"].as_array().unwrap().iter().filter_map(|entity| entity["id"].as_str());
        let devices = ids.map(|id| (id.replace('.', "-"), id.to_owned())).collect();
        Self { hub, observer, house, lang, devices }
    }

    fn all(&self, seed: u64) -> BTreeMap<String, usize> {
        let mut random = StdRng::seed_from_u64(seed);
        let count = std::env::var("HEARTH_CHAOS").ok().and_then(|count| count.parse().ok()).unwrap_or(USUAL) / 2;
        let mut tally: BTreeMap<String, usize> = BTreeMap::new();
        // What an earlier request may still be doing: a blind that moves, a command whose device did not answer in
        // time.
        let mut lingering = BTreeSet::new();
        for _ in 0..count {
            let request = requests::random(&self.house, self.lang, &mut random);
            for kind in self.one(&request, &mut lingering) {
                *tally.entry(kind).or_default() += 1;
            }
        }
        let misread = tally.get(MISREAD).copied().unwrap_or(0);
        assert!(misread <= (count / 100).max(1), "{misread} of {count} requests were misread");
        tally
    }

    fn one(&self, request: &Request, lingering: &mut BTreeSet<String>) -> Vec<String> {
        let (mark, before) = (self.observer.mark(), self.observer.reports());
        let begin = Instant::now();
        // A conversation of its own, so that no question of an earlier request is answered by accident.
        let conversation = format!("{:x}", rand::random::<u64>());
        let answer = self.hub.ask(json!({ "text": request.text, "conversation": conversation }));
        assert!(begin.elapsed() < LONGEST, "{request:?} took {:?}", begin.elapsed());
        assert!(!answer["reply"].as_str().unwrap().is_empty(), "{request:?}: {answer}");
        let outcomes = answer["outcomes"].as_array().unwrap();
        for outcome in
            outcomes.iter().filter(|outcome| matches!(outcome["outcome"].as_str(), Some("confirmed" | "already")))
        {
            self.check_true(request, outcome, &answer);
        }
        let said: BTreeSet<&str> =
            answer["commands"].as_array().unwrap().iter().filter_map(|command| command["entity_id"].as_str()).collect();
        let misread: Vec<&&str> = if outcomes.is_empty() {
            vec![]
        } else {
            said.iter().filter(|id| !request.allowed.contains(**id)).collect()
        };
        if !misread.is_empty() {
            eprintln!("misread: {} {}", request.text, answer["intents"]);
        }
        self.check_untouched(request, mark, &before, lingering, &said, &answer);
        for outcome in outcomes {
            lingering.insert(outcome["entity_id"].as_str().unwrap().to_owned());
        }
        let mut kinds: Vec<String> =
            outcomes.iter().map(|outcome| outcome["outcome"].as_str().unwrap().to_owned()).collect();
        kinds.push(format!("turn {}", answer["outcome"].as_str().unwrap()));
        kinds.extend((!misread.is_empty()).then(|| MISREAD.to_owned()));
        kinds
    }

    /// The device itself reports what the outcome says; after the broker was away it says so again when it is back.
    fn check_true(&self, request: &Request, outcome: &Value, answer: &Value) {
        let id = outcome["entity_id"].as_str().unwrap();
        let commands = answer["commands"].as_array().unwrap().iter().filter(|command| command["entity_id"] == id);
        for command in commands {
            let topic = format!("virtual/{}/state", id.replace('.', "-"));
            let is_true = || {
                self.observer
                    .reports()
                    .get(&topic)
                    .is_some_and(|report| truth::is_reached(command, report) != Some(false))
            };
            let what = format!("{request:?}: {outcome} of {command}, and the device reports it; the last report");
            until_true(&what, Duration::from_secs(6), is_true);
        }
    }

    fn check_untouched(
        &self,
        request: &Request,
        mark: usize,
        before: &HashMap<String, String>,
        lingering: &BTreeSet<String>,
        said: &BTreeSet<&str>,
        answer: &Value,
    ) {
        let may = |id: &str| request.allowed.contains(id) || said.contains(id);
        for (device, seen) in self.observer.commands_since(mark) {
            let id = &self.devices[&device];
            let is_late = lingering.contains(id) && seen.at.elapsed() < LONGEST && request.allowed.is_empty();
            assert!(
                may(id) || is_late,
                "{request:?} told `{id}`: {}\n{answer}",
                String::from_utf8_lossy(&seen.payload)
            );
        }
        for (topic, report) in self.observer.reports() {
            let Some(id) = topic
                .strip_prefix("virtual/")
                .and_then(|rest| rest.strip_suffix("/state"))
                .and_then(|device| self.devices.get(device))
            else {
                continue;
            };
            let is_same = before.get(&topic).is_none_or(|before| *before == report);
            assert!(is_same || may(id) || lingering.contains(id), "{request:?} moved `{id}` to {report}\n{answer}");
        }
    }
}

const MISREAD: &str = "misread";
const USUAL: usize = 150;
const MOST_ENGINE_KILLS: usize = 4;
/// The model's deadline, the slowest device's, and the engine's pause.
const LONGEST: Duration = Duration::from_secs(25);
