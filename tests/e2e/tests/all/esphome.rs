//! Satellites that speak ESPHome's native API: a simulated one with Home Assistant's own messages, plain and encrypted.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Hub, LONG, hub_with_ears, repository, spoken, until_true};

#[test]
fn it_is_heard_where_it_stands_and_answered_there() {
    let Some(mut device) = Device::start(json!({ "features": VOICE_PE, "key": KEY, "form": ["FLAC", 48_000, 1] }))
    else {
        return;
    };
    let Some(hub) = hub_with_ears(device.config("Kitchen", Some(KEY), "")) else { return };
    device.until("connected");
    until_true("a dark kitchen", LONG, || hub.say("turn off the kitchen lights")["outcome"] == "act");
    device.says(&hub, "turn on the kitchen lights", 1.0);
    let seen = device.until("fetched");
    let order = [
        "RUN_START",
        "STT_START",
        "STT_VAD_START",
        "STT_VAD_END",
        "STT_END",
        "INTENT_START",
        "INTENT_END",
        "TTS_START",
        "TTS_END",
        "RUN_END",
    ];
    assert_eq!(events(&seen), order, "{seen:#?}");
    assert_eq!(event(&seen, "STT_END")["text"], "turn on the kitchen lights");
    assert_eq!(event(&seen, "INTENT_END")["continue_conversation"], "0");
    until_true("light in the kitchen", LONG, || hub.entity("light.kitchen_counter")["state"] == "on");
    let sound = &seen[seen.len() - 1];
    assert_eq!((&sound["type"], &sound["rate"]), (&json!("audio/flac"), &json!(48_000)), "in the form it names");
    let url = event(&seen, "TTS_END")["url"].as_str().unwrap().to_owned();
    assert!(40 < url.rsplit('/').next().unwrap().len(), "a name that can't be guessed: {url}");
    device.says(&hub, "is the front door locked", 1.0);
    let seen = device.until("fetched");
    assert!(event(&seen, "TTS_START")["text"].as_str().unwrap().contains("locked"), "{seen:#?}");
    assert!(24_000 < seen[seen.len() - 1]["samples"].as_u64().unwrap(), "the answer is spoken: {seen:#?}");
    // Nobody speaks: nothing is done, and it may wait for its wake word again.
    device.command(json!({ "do": "wake" }));
    let seen = device.until_event("RUN_END");
    assert_eq!(event(&seen, "ERROR")["code"], "stt-no-text-recognized");
    // Deaf, the hub is connected to no satellite.
    hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
    device.until("left");
    hub.ask(json!({ "text": "set an alarm for in 2 seconds", "area": "Kitchen" }));
    let seen = device.until("fetched");
    assert_eq!(of(&seen, "player")["stops"], false, "what rings is brought there, and nothing is read: {seen:#?}");
}

#[test]
fn a_question_is_answered_without_the_wake_word() {
    let Some(mut device) = Device::start(json!({ "features": ATOM_ECHO })) else { return };
    let Some(hub) = hub_with_ears(device.config("Hallway", None, "")) else { return };
    device.until("connected");
    device.load(&hub, "unlock the front door", 1.0);
    device.load(&hub, "no", 1.0);
    device.command(json!({ "do": "wake" }));
    let seen = device.until("listens_again");
    assert_eq!(event(&seen, "INTENT_END")["continue_conversation"], "1", "{seen:#?}");
    assert!(events(&seen).ends_with(&["TTS_START", "TTS_STREAM_START", "TTS_END", "RUN_END", "TTS_STREAM_END"]));
    let stream = of(&seen, "stream");
    assert!(8_000 < stream["samples"].as_u64().unwrap() && 1_000 < stream["loudest"].as_u64().unwrap(), "{stream}");
    let seen = device.until("stream");
    assert_eq!(event(&seen, "STT_END")["text"], "no", "{seen:#?}");
    assert_eq!(event(&seen, "INTENT_END")["continue_conversation"], "0", "{seen:#?}");
    assert_eq!(hub.entity("lock.front_door")["state"], "locked");
}

#[test]
fn a_timer_rings_there_by_itself_or_as_the_hub_does_until_someone_says_stop() {
    let Some(mut shows) = Device::start(json!({ "features": VOICE_PE, "form": ["wav", 16_000, 1] })) else { return };
    let Some(mut plays) = Device::start(json!({ "features": VOICE_PE & !TIMERS })) else { return };
    let Some(mut answers) = Device::start(json!({ "features": ATOM_ECHO })) else { return };
    let config = answers.config("Hallway", None, &plays.config("Kitchen", None, ""));
    let Some(hub) = hub_with_ears(shows.config("Office", None, &config)) else { return };
    answers.until("connected");
    shows.until("connected");
    plays.until("connected");
    hub.ask(json!({ "text": "set a pasta timer for 10 minutes", "area": "Office" }));
    let seen = shows.until("timer");
    let timer = of(&seen, "timer");
    let told = ["event", "name", "total", "active"].map(|field| timer[field].clone());
    assert_eq!(told, [json!("STARTED"), json!("pasta"), json!(600), json!(true)]);
    hub.ask(json!({ "text": "pause the timer", "area": "Office" }));
    let paused = shows.until("timer");
    assert_eq!((&of(&paused, "timer")["event"], &of(&paused, "timer")["active"]), (&json!("UPDATED"), &json!(false)));
    hub.ask(json!({ "text": "cancel the timer", "area": "Office" }));
    assert_eq!(of(&shows.until("timer"), "timer")["event"], "CANCELLED");
    hub.ask(json!({ "text": "set a timer for 1 second", "area": "Office" }));
    assert_eq!(of(&shows.until("timer"), "timer")["event"], "STARTED");
    assert_eq!(of(&shows.until("timer"), "timer")["event"], "FINISHED");
    assert!(shows.is_quiet_for(Duration::from_secs(3)), "it rings by itself, so the hub does not");
    hub.ask(json!({ "text": "stop", "area": "Office" }));
    // One that shows no timers is rung by the hub, louder with time, until someone says so.
    hub.ask(json!({ "text": "set a timer for 1 second", "area": "Kitchen" }));
    let first = plays.until("fetched");
    let second = plays.until("fetched");
    let loud = |seen: &[Value]| of(seen, "fetched")["loudest"].as_u64().unwrap();
    assert!(loud(&first) < loud(&second), "{first:#?} {second:#?}");
    plays.says(&hub, "stop", 1.0);
    plays.until_event("RUN_END");
    until_true("the timer to be gone", LONG, || hub.house()["timers"] == json!([]));
    plays.until("fetched");
    assert!(plays.is_quiet_for(Duration::from_secs(4)), "what was stopped does not ring again");
    // Where a room has a speaker for answers alone, what belongs there rings everywhere.
    hub.ask(json!({ "text": "set a timer for 1 second", "area": "Hallway" }));
    plays.until("announce");
    assert!(answers.is_quiet_for(Duration::from_millis(100)));
}

#[test]
fn everyone_is_told_there_and_whoever_speaks_silences_it() {
    let Some(mut device) = Device::start(json!({ "features": VOICE_PE })) else { return };
    let Some(hub) = hub_with_ears(device.config("Kitchen", None, "")) else { return };
    device.until("connected");
    hub.say("tell everyone that dinner is ready");
    let seen = device.until("announce");
    assert!(of(&seen, "announce")["text"].as_str().unwrap().contains("dinner"), "{seen:#?}");
    assert_eq!(of(&device.until("fetched"), "fetched")["answer"], false);
    device.says(&hub, "what time is it", 1.0);
    assert_eq!(of(&device.until("player"), "player")["stops"], true, "it is silent while someone speaks");
    let seen = device.until("fetched");
    assert!(of(&seen, "fetched")["answer"].as_bool().unwrap(), "{seen:#?}");
    // What is broken off is not answered.
    device.load(&hub, "turn off the kitchen lights", 1.0);
    device.command(json!({ "do": "wake" }));
    device.until_event("STT_START");
    device.command(json!({ "do": "break_off" }));
    device.until_event("RUN_END");
    assert!(device.is_quiet_for(Duration::from_secs(2)));
}

#[test]
fn what_two_hear_is_done_once_by_the_nearest() {
    let settings = json!({ "features": VOICE_PE });
    let (Some(mut near), Some(mut far)) = (Device::start(settings.clone()), Device::start(settings)) else { return };
    let config = near.config("Office", None, &far.config("Kitchen", None, ""));
    let Some(hub) = hub_with_ears(config) else { return };
    near.until("connected");
    far.until("connected");
    let kitchen_light = hub.entity("light.kitchen_counter")["state"].clone();
    near.load(&hub, "turn off the light", 1.0);
    far.load(&hub, "turn off the light", 0.3);
    near.command(json!({ "do": "wake" }));
    far.command(json!({ "do": "wake" }));
    let seen = far.until_event("RUN_END");
    assert_eq!(event(&seen, "ERROR")["code"], "duplicate_wake_up_detected", "{seen:#?}");
    near.until("fetched");
    until_true("the office to be dark", LONG, || hub.entity("light.office_desk_lamp")["state"] == "off");
    assert_eq!(hub.entity("light.kitchen_counter")["state"], kitchen_light);
}

#[test]
fn a_wrong_key_is_told_and_rubbish_ends_nothing_but_its_connection() {
    let Some(mut locked) = Device::start(json!({ "features": VOICE_PE, "key": KEY })) else { return };
    let faults = json!({ "features": VOICE_PE, "faults": ["rubbish", "half"] });
    let Some(mut odd) = Device::start(faults) else { return };
    let Some(open) = Device::start(json!({ "features": VOICE_PE })) else { return };
    let Some(keyed) = Device::start(json!({ "features": VOICE_PE, "key": KEY })) else { return };
    let config = keyed.config("Garage", None, &odd.config("Kitchen", None, ""));
    let config = open.config("Hallway", Some(OTHER_KEY), &config);
    let config = locked.config("Office", Some(OTHER_KEY), &config);
    let Some(hub) = hub_with_ears(config) else { return };
    locked.until("refused");
    for told in [
        "its encryption key is another",
        "it speaks plain text",
        "it wants encryption",
        "no frame of ESPHome's native API",
    ] {
        until_true(told, LONG, || hub.log().contains(told));
    }
    assert!(!hub.log().contains(OTHER_KEY), "a key is never shown");
    // First it sends something else, then it stops in the middle; then it is well.
    odd.until("connected");
    assert!(hub.log().contains("it does not answer as an ESPHome device does"));
    // A message that is none ends the connection, and the device is reached again.
    odd.command(json!({ "do": "send", "kind": 90, "payload": "ffffff" }));
    odd.until("connected");
    // What nobody knows is passed over, and so is sound that nobody asked for.
    for (kind, payload) in [(9_999, "00"), (106, "0a020102"), (120, ""), (37, ""), (2, "0801")] {
        odd.command(json!({ "do": "send", "kind": kind, "payload": payload }));
    }
    // The hub waits for no wake word of satellites.
    odd.command(json!({ "do": "send", "kind": 90, "payload": "08011802" }));
    assert_eq!(event(&odd.until_event("RUN_END"), "ERROR")["code"], "wake-provider-missing");
    odd.says(&hub, "turn off the kitchen lights", 1.0);
    odd.until("fetched");
    assert_eq!(hub.get("/healthz").status, 200);
}

/// A simulated device.
struct Device {
    child: Child,
    commands: ChildStdin,
    told: Receiver<Value>,
    port: u64,
}

impl Device {
    /// Starts one; none, with a sentence, where there is no peer.
    fn start(settings: Value) -> Option<Self> {
        let python = python()?;
        let mut child = Command::new(python)
            .arg(repository().join("tests/esphome/device.py"))
            .arg(settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (commands, lines) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let read = |lines: ChildStdout| BufReader::new(lines).lines().map_while(Result::ok);
            read(lines).for_each(|line| drop(tell.send(serde_json::from_str(&line).unwrap())));
        });
        let mut device = Self { child, commands, told, port: 0 };
        device.port = of(&device.until("port"), "port")["port"].as_u64().unwrap();
        Some(device)
    }

    /// A hub's configuration with this device, before what else there is.
    fn config(&self, area: &str, key: Option<&str>, rest: &str) -> String {
        let key = key.map_or_else(String::new, |key| format!("encryption_key = \"{key}\"\n"));
        format!("[[esphome.connect]]\naddress = \"127.0.0.1:{}\"\narea = \"{area}\"\n{key}{rest}", self.port)
    }

    fn command(&mut self, command: Value) {
        writeln!(self.commands, "{command}").unwrap();
    }

    /// Hears a sentence when it is woken next.
    fn load(&mut self, hub: &Hub, text: &str, loudness: f64) {
        self.command(json!({ "do": "load", "wav": spoken(hub, text), "loudness": loudness }));
    }

    /// Is woken, and hears a sentence.
    fn says(&mut self, hub: &Hub, text: &str, loudness: f64) {
        self.load(hub, text, loudness);
        self.command(json!({ "do": "wake" }));
    }

    /// What happens up to something of that kind, it included.
    fn until(&mut self, what: &str) -> Vec<Value> {
        self.until_so(what, |told| told["is"] == what)
    }

    fn until_event(&mut self, event: &str) -> Vec<Value> {
        self.until_so(event, |told| told["event"] == event)
    }

    fn until_so(&mut self, what: &str, is_so: impl Fn(&Value) -> bool) -> Vec<Value> {
        let (mut seen, end) = (Vec::new(), Instant::now() + LONG);
        while !seen.last().is_some_and(&is_so) {
            let left = end.saturating_duration_since(Instant::now());
            match self.told.recv_timeout(left) {
                Ok(told) => seen.push(told),
                Err(error) => panic!("waited in vain for {what} ({error}): {seen:#?}"),
            }
        }
        seen
    }

    /// Whether nothing happens for so long.
    fn is_quiet_for(&mut self, time: Duration) -> bool {
        matches!(self.told.recv_timeout(time), Err(RecvTimeoutError::Timeout))
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python with the peer's packages; none, with a sentence, where they are missing.
fn python() -> Option<PathBuf> {
    let python = repository().join(".venv/bin/python");
    let has_packages = Command::new(&python).args(["-c", CHECK]).output().is_ok_and(|done| done.status.success());
    if !has_packages {
        eprintln!("skipped: the Python packages of `.ci/esphome.txt` are not installed; `./test` installs them");
    }
    has_packages.then_some(python)
}

fn events(seen: &[Value]) -> Vec<&str> {
    seen.iter().filter(|told| told["is"] == "event").map(|told| told["event"].as_str().unwrap()).collect()
}

fn event<'s>(seen: &'s [Value], event: &str) -> &'s Value {
    let found = seen.iter().find(|told| told["event"] == event);
    &found.unwrap_or_else(|| panic!("no {event} in {seen:#?}"))["data"]
}

fn of<'s>(seen: &'s [Value], what: &str) -> &'s Value {
    let found = seen.iter().rev().find(|told| told["is"] == what);
    found.unwrap_or_else(|| panic!("no {what} in {seen:#?}"))
}

const CHECK: &str =
    "import noise.connection, google.protobuf, importlib.util as u; assert u.find_spec('aioesphomeapi')";
/// What the firmware of Home Assistant Voice PE says that it can do.
const VOICE_PE: u32 = 1 | 1 << 2 | TIMERS | 1 << 4 | 1 << 5;
/// A device with a speaker of its own, as the first firmware of the M5Stack Atom Echo.
const ATOM_ECHO: u32 = 1 | 1 << 1 | 1 << 2;
const TIMERS: u32 = 1 << 3;
const KEY: &str = "QRTIErOb/fcE9Ukd/5qA3RGYMn0Y+p06U58SCtOXvPc=";
const OTHER_KEY: &str = "8jlhDJ/k4nSJb7DlZXWcsJ0UMhdR1xBf8GvrhTcDRDw=";
