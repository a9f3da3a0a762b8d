//! A home in which somebody lives for sixty days: what is done again and again is offered, becomes a routine, acts, is
//! taken back, and is not offered again where it is refused.
//!
//! The hub, its broker and the browser are real; the clock on the wall is moved.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Browser, Hub, LONG, MovedClock, Observer, Setup, output, own_program, until, until_true};

#[test]
fn sixty_days_of_habits_become_a_routine_that_is_wanted_or_not() {
    let Some(clock) = MovedClock::at(MONDAY) else { return };
    let setup = Setup {
        users: USERS.to_owned(),
        config: "[home]\ntime_zone = \"UTC\"\n".to_owned(),
        clock: Some(clock.clone()),
        ..Setup::default()
    };
    let hub = Hub::start(setup);
    let house = Observer::start(hub.broker_port(), "things", SECRET, &["x/#"]);
    let assistant = Observer::start(hub.broker_port(), "assistant", SECRET, &["homeassistant/#", "hearth/#"]);
    for lamp in ["kitchen", "porch"] {
        let name = format!("{}{} Light", lamp[..1].to_uppercase(), &lamp[1..]);
        let announced = json!({
            "name": name, "unique_id": lamp, "state_topic": format!("x/{lamp}"),
            "command_topic": format!("x/{lamp}/set"), "default_entity_id": format!("light.{lamp}"),
        });
        house.publish(&format!("homeassistant/light/{lamp}/config"), announced.to_string().as_bytes(), true);
    }
    let home = Home { hub: &hub, house: &house, clock: &clock };
    home.live_sixty_days();

    // In the sixty-first night it is looked at, and by day one thing is offered.
    home.clock.set(MONDAY + 60 * DAY + 10 * HOUR);
    let kitchen = until("suggestions", LONG, || {
        let learned = hub.get("/api/v1/learning?lang=en").body;
        let looked_ms = learned["evidence"]["looked_ms"].as_i64().unwrap_or(0);
        if looked_ms < (MONDAY + 60 * DAY) * 1000 {
            return None;
        }
        let kitchen = offered(&learned, "turn on Kitchen Light")?;
        offered(&learned, "turn on Porch Light").map(|_| kitchen)
    });
    let said = kitchen["habit"]["said"].as_str().unwrap();
    assert!(said.contains(" days Kitchen Light was turned on between "), "{said}");
    assert_eq!((&kitchen["would"], &kitchen["wrong"]), (&json!(14), &json!(0)));
    learns_the_same_from_a_file(&hub);
    let notices = || hub.get("/api/v1/notices").body;
    let told = || -> Vec<i64> {
        let all = notices();
        let suggested = all.as_array().unwrap().iter().filter(|one| one["kind"] == "suggestion");
        suggested.map(|one| one["at_ms"].as_i64().unwrap()).collect()
    };
    until_true("one of them to be told", LONG, || !told().is_empty());
    let is_by_day = |at: &i64| (9..21).contains(&((at / 1000).rem_euclid(DAY) / HOUR));
    assert!(told().iter().all(is_by_day) && told().windows(2).all(|two| 20 * HOUR * 1000 <= two[1] - two[0]));
    let event = assistant
        .since(0)
        .into_iter()
        .any(|seen| seen.topic == "hearth/notice" && String::from_utf8_lossy(&seen.payload).contains("\"suggestion\""));
    assert!(event, "Home Assistant is told");

    let Some(mut page) = Browser::open(&format!("http://{}/", hub.address())) else { return };
    page.fill("Code", &hub.claim_code());
    page.fill("Password", SECRET);
    page.fill("Password again", SECRET);
    page.tap("Start");
    page.tap("Planned");
    page.until_text("Shall I do this from now on?");
    page.until_text("In the last 14 days it would have acted 14 times; 0 of them nobody wanted.");
    answer(&mut page, "turn on Kitchen Light", "Do that");
    page.until_text("learned;");
    refuses_in_words(&hub);
    page.tap("Settings");
    page.tap("Planned");
    until_true("the page to ask no more", LONG, || {
        page.run("[...document.querySelectorAll('.suggestion')].some((one) => one.innerText.includes('turn on'))")
            == false
    });
    let schedule = until("the routine", LONG, || {
        let learned = hub.get("/api/v1/learning?lang=en").body;
        let own = learned["suggestions"].as_array()?.iter().find(|one| one["id"] == kitchen["id"])?.clone();
        own["schedule"].as_str().map(str::to_owned)
    });
    until_true("a switch in Home Assistant", LONG, || {
        assistant.since(0).iter().any(|seen| seen.topic.ends_with(&format!("{schedule}/config")))
    });
    let yaml = hub.get(&format!("/api/v1/schedules/{schedule}/automation")).body;
    assert!(yaml.as_str().unwrap().contains("entity_id: light.kitchen"), "{yaml}");

    // The next day it acts, and is taken back at the switch of the lamp; the day after by a word.
    let due = |day: i64| {
        let at = hub.get("/api/v1/schedules").body[0]["due_ms"].as_i64().unwrap() / 1000;
        assert_eq!(at.div_euclid(DAY), (MONDAY + day * DAY).div_euclid(DAY), "it is due on day {day}");
        at
    };
    home.acts("kitchen", due(61));
    until_true("it to be counted", LONG, || home.counts(&kitchen) == (1, 0));
    home.clock.set(MONDAY + 61 * DAY + 7 * HOUR + 600);
    home.shows("kitchen", "OFF");
    until_true("that it was taken back to be counted", LONG, || home.counts(&kitchen) == (1, 1));
    let sure = home.sure(&kitchen);
    home.clock.set(MONDAY + 62 * DAY + 6 * HOUR);
    let at = due(62);
    home.acts("kitchen", at);
    until_true("it to be counted", LONG, || home.counts(&kitchen) == (2, 1));
    // It is written down once the lamp has answered.
    let turn = until("its turn", LONG, || {
        let last = hub.get("/api/v1/turns?limit=1").body[0].clone();
        (at * 1000 <= last["at_ms"].as_i64()?).then(|| last["turn"].as_str().unwrap().to_owned())
    });
    let mark = house.mark();
    std::thread::scope(|scope| {
        scope.spawn(|| home.answers_command("kitchen", mark));
        let undone = hub.call("POST", &format!("/api/v1/turns/{turn}/undo"), Some(json!({}))).body;
        assert_eq!(undone["outcome"], "act", "{undone}");
    });
    until_true("that it was taken back to be counted", LONG, || home.counts(&kitchen) == (2, 2));
    assert!(home.sure(&kitchen) < sure, "it is less sure of it");
    until_true("it to be paused", LONG, || hub.get("/api/v1/schedules").body[0]["paused"] == true);
    until_true("that to be told", LONG, || {
        notices().to_string().contains("You took it back 2 times, so I paused this")
    });

    // What was refused for good is not offered again, however long it goes on.
    let looked = hub.call("POST", "/api/v1/learning/look?lang=en", Some(json!({}))).body;
    assert_eq!(offered(&looked, "turn on Porch Light"), None);
    let porch = looked["habits"].as_array().unwrap().iter().any(|one| one["entity"] == "light.porch");
    assert!(porch, "it is known still");
    tells_what_is_unusual(&home, &mut page);
    forgets_in_words(&hub, &assistant);
}

/// What is on for far longer than ever is told with its reason, and not again once nobody wants to hear of it.
fn tells_what_is_unusual(home: &Home<'_>, page: &mut Browser) {
    let hints = || home.hub.get("/api/v1/learning?lang=en").body["hints"].clone();
    home.clock.set(MONDAY + 63 * DAY + 9 * HOUR);
    home.shows("porch", "ON");
    assert_eq!(hints(), json!([]));
    home.clock.set(MONDAY + 63 * DAY + 15 * HOUR);
    until_true("a hint", LONG, || hints() != json!([]));
    page.tap("Home");
    page.until_text("Porch Light has been on for 6 hours; of ");
    page.until_text("times it was hardly ever longer than 2 hours");
    until_true("that to be told as a notice", LONG, || {
        let all = home.hub.get("/api/v1/notices").body;
        all.as_array().unwrap().iter().any(|one| one["kind"] == "hint")
    });
    // The hub counts calls by a clock that stands still here.
    home.clock.set(MONDAY + 63 * DAY + 15 * HOUR + 60);
    page.tap("Don't tell me this");
    until_true("it to be told no more", LONG, || hints() == json!([]));
    assert!(home.house.since(0).iter().all(|seen| seen.topic != "x/porch/set"), "nothing was done about it");
}

/// What was learned is told, what could be a routine is offered, explained, and refused for good: all of it in words.
fn refuses_in_words(hub: &Hub) {
    let say = |text: &str| {
        let asked = json!({ "text": text, "lang": "en", "conversation": "habits" });
        hub.call("POST", "/api/v1/requests", Some(asked)).body
    };
    let said = |turn: &Value| turn["reply"].as_str().unwrap_or_default().to_owned();
    let told = say("what have you learned about the porch light");
    assert!(said(&told).contains(" days Porch Light was turned "), "{told}");
    let offer = say("do you have any suggestions");
    assert_eq!((&offer["outcome"], &offer["question"]["kind"]), (&json!("ask"), &json!("suggestion")), "{offer}");
    assert!(said(&offer).contains("Porch Light was turned on") && said(&offer).contains("Shall I"), "{offer}");
    let why = say("why do you suggest that");
    assert!(said(&why).contains(" days Porch Light was turned on "), "{why}");
    assert_eq!(why["question"]["kind"], "suggestion", "the question stands: {why}");
    let never = say("don't suggest that again");
    assert_eq!(said(&never), "All right, I won't suggest that again.", "{never}");
}

/// The owner has it forget and not learn, in words; nobody else may, and what was not named stays.
fn forgets_in_words(hub: &Hub, anyone: &Observer) {
    let learned = || hub.get("/api/v1/learning?lang=en").body;
    let is_known = |entity: &str| learned()["habits"].as_array().unwrap().iter().any(|one| one["entity"] == entity);
    let forget = "forget what you have learned about the porch light";
    let mark = anyone.mark();
    anyone.publish("hearth/request", json!({ "text": forget, "id": "theirs" }).to_string().as_bytes(), false);
    let answered = until("an answer", LONG, || {
        let all = anyone.since(mark).into_iter().filter(|seen| seen.topic == "hearth/response");
        all.map(|seen| String::from_utf8_lossy(&seen.payload).into_owned()).find(|reply| reply.contains("theirs"))
    });
    assert!(answered.contains("\"refuse\""), "{answered}");
    assert!(is_known("light.porch") && is_known("light.kitchen"), "{}", learned());

    let say = |text: &str| {
        let asked = json!({ "text": text, "lang": "en", "conversation": "forgetting" });
        hub.call("POST", "/api/v1/requests", Some(asked)).body
    };
    let asked = say(forget);
    assert_eq!(asked["outcome"], "ask", "{asked}");
    assert!(is_known("light.porch"), "nothing is forgotten before a yes");
    let done = say("yes");
    assert_eq!((&done["outcome"], &done["reply"]), (&json!("act"), &json!("Forgotten.")), "{done}");
    until_true("it to be forgotten", LONG, || !is_known("light.porch"));
    let kept = hub.get("/api/v1/learning/evidence").body.as_str().unwrap().to_owned();
    assert!(!kept.contains("light.porch") && kept.contains("light.kitchen"), "{kept}");
    let ignored = say("don't learn what the kitchen light does");
    assert_eq!(ignored["outcome"], "act", "{ignored}");
    let settings = learned()["settings"].clone();
    assert_eq!(settings["without_entities"], json!(["light.kitchen"]), "{settings}");
    until_true("it to be learned no more", LONG, || !is_known("light.kitchen"));
}

/// What the hub learned is what `hearthd learn` learns from what the hub exports.
fn learns_the_same_from_a_file(hub: &Hub) {
    let learned = hub.get("/api/v1/learning?lang=en").body;
    let looked_ms = learned["evidence"]["looked_ms"].as_i64().unwrap();
    let [home, events, habits] = ["home.json", "events.jsonl", "habits.jsonl"].map(|name| hub.dir().join(name));
    let entity = |lamp: &str, name: &str| json!({ "id": format!("light.{lamp}"), "name": name, "domain": "light" });
    let lamps = [entity("kitchen", "Kitchen Light"), entity("porch", "Porch Light")];
    std::fs::write(&home, json!({ "entities": lamps }).to_string()).unwrap();
    let exported = hub.get("/api/v1/learning/evidence").body;
    std::fs::write(&events, exported.as_str().unwrap()).unwrap();
    let (said, is_done) = output(
        Command::new(own_program("hearthd"))
            .args(["learn", "--home"])
            .arg(&home)
            .arg("--events")
            .arg(&events)
            .args(["--until", &moment(looked_ms / 1000)])
            .arg("--output")
            .arg(&habits),
    );
    assert!(is_done, "{said}");
    let written = std::fs::read_to_string(&habits).unwrap();
    let from_file: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let running: Vec<Value> = learned["habits"].as_array().unwrap().iter().map(|one| one["habit"].clone()).collect();
    assert!(!running.is_empty());
    assert_eq!(from_file, running);
}

/// A number below `most` that looks drawn, the same each time.
fn drawn(seed: i64, most: i64) -> i64 {
    // SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
    let mut mixed = (seed as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % most as u64) as i64
}

/// A moment of 2026 as a file of events has it.
fn moment(seconds: i64) -> String {
    let (day, second) = ((seconds - MONDAY).div_euclid(DAY), (seconds - MONDAY).rem_euclid(DAY));
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (mut month, mut date) = (0, 4 + day);
    while lengths[month] <= date {
        date -= lengths[month];
        month += 1;
    }
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("2026-{:02}-{:02}T{hour:02}:{minute:02}:{:02}Z", month + 1, date + 1, second % 60)
}

/// A home that is lived in.
struct Home<'t> {
    hub: &'t Hub,
    house: &'t Observer,
    clock: &'t MovedClock,
}

impl Home<'_> {
    /// The kitchen light goes on at about seven and off in the morning, the porch light in the evening.
    fn live_sixty_days(&self) {
        for day in 0..60_i64 {
            let jitter = |which: i64, minutes: i64| drawn(day * 4 + which, minutes * 60);
            let moments = [
                (7 * HOUR + jitter(0, 10), "kitchen", "ON"),
                (8 * HOUR + jitter(1, 240), "kitchen", "OFF"),
                (21 * HOUR + 30 * 60 + jitter(2, 9), "porch", "ON"),
                (22 * HOUR + jitter(3, 115), "porch", "OFF"),
            ];
            for (second, lamp, state) in moments {
                self.clock.set(MONDAY + day * DAY + second);
                self.shows(lamp, state);
            }
        }
    }

    /// A lamp is switched by hand, and the hub has seen it.
    fn shows(&self, lamp: &str, state: &str) {
        self.house.publish(&format!("x/{lamp}"), state.as_bytes(), true);
        let (id, wanted) = (format!("light.{lamp}"), state.to_lowercase());
        until_true("the hub to see it", LONG, || {
            let house = self.hub.house();
            let mut entities = house["entities"].as_array().unwrap().iter();
            entities.any(|entity| entity["id"] == id.as_str() && entity["state"] == wanted.as_str())
        });
    }

    /// The clock comes to a moment, and the hub switches a lamp on, which answers.
    fn acts(&self, lamp: &str, at: i64) {
        let mark = self.house.mark();
        self.clock.set(at + 1);
        self.answers_command(lamp, mark);
    }

    /// A lamp does what it is told.
    fn answers_command(&self, lamp: &str, mark: usize) {
        let topic = format!("x/{lamp}/set");
        let command = until("a command", LONG, || {
            let seen = self.house.since(mark).into_iter().find(|seen| seen.topic == topic)?;
            Some(String::from_utf8_lossy(&seen.payload).into_owned())
        });
        self.house.publish(&format!("x/{lamp}"), command.as_bytes(), true);
    }

    fn suggestion(&self, of: &Value) -> Value {
        let learned = self.hub.get("/api/v1/learning?lang=en").body;
        let all = learned["suggestions"].as_array().unwrap();
        all.iter().find(|one| one["id"] == of["id"]).unwrap_or_else(|| panic!("it is gone: {learned}")).clone()
    }

    /// How often a learned routine acted, and how often that was taken back.
    fn counts(&self, of: &Value) -> (u64, u64) {
        let one = self.suggestion(of);
        (one["fired"].as_u64().unwrap(), one["undone"].as_u64().unwrap())
    }

    fn sure(&self, of: &Value) -> f64 {
        self.suggestion(of)["confidence"].as_f64().unwrap()
    }
}

/// What is offered under a title that begins so.
fn offered(learned: &Value, title: &str) -> Option<Value> {
    let mut open = learned["suggestions"].as_array()?.iter().filter(|one| one["answer"] == "open");
    open.find(|one| one["title"].as_str().is_some_and(|own| own.starts_with(title))).cloned()
}

/// Taps a button of the suggestion that speaks of a thing.
fn answer(page: &mut Browser, thing: &str, words: &str) {
    let script = format!(
        "(() => {{ const one = [...document.querySelectorAll('.suggestion')].find((one) => \
         one.innerText.includes({thing:?})); const it = one && [...one.querySelectorAll('button')].find((one) => \
         one.innerText === {words:?}); if (!it || it.disabled) return false; it.click(); return true; }})()"
    );
    until(&format!("`{words}` for {thing}"), Duration::from_secs(30), || (page.run(&script) == true).then_some(()));
}

/// 2026-01-05, a Monday, in seconds since 1970 UTC.
const MONDAY: i64 = 1_767_571_200;
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
const SECRET: &str = "correct horse battery";
const USERS: &str = r#"
[[broker.users]]
name = "things"
password = "correct horse battery"
rights = "bridge"
trees = ["x/#", "virtual/#"]
[[broker.users]]
name = "assistant"
password = "correct horse battery"
rights = "home_assistant"
"#;
