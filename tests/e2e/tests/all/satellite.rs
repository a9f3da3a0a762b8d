//! Satellites that the hub connects to: heard where they stand, answered there, and what rings is heard there.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Event, Hub, LONG, Peer, hub_with_ears, spoken, until_true};

/// A hub, and satellites in those areas; none where nothing can be heard.
fn with_satellites<const N: usize>(areas: [&str; N], config: &str) -> Option<(Hub, [TcpListener; N], [Satellite; N])> {
    let listeners = areas.map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let mut lines = String::from("[wyoming.connect]\n");
    for (listener, area) in listeners.iter().zip(areas) {
        lines.push_str(&format!("\"{}\" = \"{area}\"\n", listener.local_addr().unwrap()));
    }
    let hub = hub_with_ears(format!("{lines}{config}"))?;
    let satellites = listeners.each_ref().map(|listener| {
        let mut satellite = Satellite::accept(listener);
        assert_eq!(satellite.read().0, "run-satellite");
        satellite
    });
    Some((hub, listeners, satellites))
}

#[test]
fn a_satellite_is_heard_where_it_stands_and_answered_there() {
    let Some((hub, _, [mut satellite])) = with_satellites(["Office"], "") else { return };
    satellite.hear(&sound(&hub, "turn off the light"), 1.0);
    let seen = satellite.until("audio-stop");
    assert_eq!(of(&seen, "transcript").unwrap()["text"], "turn off the light", "{}", shown(&seen));
    assert!(of(&seen, "voice-started").is_some() && of(&seen, "voice-stopped").is_some(), "{}", shown(&seen));
    assert!(
        of(&seen, "synthesize").is_none() && 5_000 < bytes(&seen),
        "a sound says that it is done: {}",
        shown(&seen)
    );
    assert_eq!(hub.entity("light.office_desk_lamp")["state"], "off");
    assert_eq!(hub.entity("light.living_room_ceiling")["state"], "on", "the light of another room stays as it is");
    satellite.hear(&sound(&hub, "is the front door locked"), 1.0);
    let seen = satellite.until("audio-stop");
    assert!(of(&seen, "synthesize").unwrap()["text"].as_str().unwrap().contains("locked"), "{}", shown(&seen));
    assert!(20_000 < bytes(&seen), "the answer is spoken there: {}", shown(&seen));
    // Deaf, the hub is connected to no satellite.
    hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
    assert!(satellite.hub.is_left(), "a muted hub hears no satellite");
}

#[test]
fn a_timer_rings_where_it_was_set_until_someone_there_says_stop() {
    let Some((hub, listeners, [mut office, mut kitchen])) = with_satellites(["Office", "Kitchen"], "") else { return };
    let stop = sound(&hub, "stop");
    hub.ask(json!({ "text": "set a timer for 2 seconds", "area": "Office" }));
    let (kind, timer, _) = office.read();
    assert_eq!((kind.as_str(), &timer["total_seconds"]), ("timer-started", &json!(2)));
    // Louder with time: it sounds again and again.
    let first = office.until("audio-stop");
    assert_eq!(of(&first, "audio-start").unwrap()["channels"], 1);
    assert_eq!(of(&first, "timer-finished").unwrap()["id"], timer["id"]);
    let second = office.until("audio-stop");
    assert!(loudest(&first) < loudest(&second), "{} {}", loudest(&first), loudest(&second));
    office.until("audio-start");
    office.write("detection", &json!({ "name": "hey" }), &[]);
    let cut = office.until("audio-stop");
    assert!(bytes(&cut) < bytes(&first), "whoever speaks silences it");
    office.hear(&stop, 1.0);
    let seen = office.until("transcript");
    assert_eq!(of(&seen, "transcript").unwrap()["text"], "stop", "{}", shown(&seen));
    until_true("the timer to be gone", LONG, || hub.house()["timers"] == json!([]));
    office.until("audio-stop");
    assert!(office.is_silent_for(Duration::from_secs(4)), "what was stopped does not ring again");
    assert!(kitchen.is_silent_for(Duration::from_millis(100)), "nobody set a timer in the kitchen");
    // Deaf is not dumb: what rings while the hub is muted is brought there, and nothing is read.
    hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
    hub.ask(json!({ "text": "set a timer for 1 second", "area": "Kitchen" }));
    let mut kitchen = Satellite::accept(&listeners[1]);
    assert_eq!(kitchen.read().0, "pause-satellite");
    assert!(5_000 < bytes(&kitchen.until("audio-stop")));
}

#[test]
fn a_satellite_that_shows_timers_is_told_of_those_of_its_room() {
    let Some((hub, _, [mut office, mut kitchen])) = with_satellites(["Office", "Kitchen"], "") else { return };
    let ask = |text: &str| hub.ask(json!({ "text": text, "area": "Office" }));
    ask("set a pasta timer for 10 minutes");
    let (kind, timer, _) = office.read();
    assert_eq!(kind, "timer-started");
    let length = ["start_hours", "start_minutes", "start_seconds"].map(|part| timer[part].as_u64().unwrap());
    assert_eq!((&timer["name"], length), (&json!("pasta"), [0, 10, 0]));
    for (said, is_active) in [("pause the timer", false), ("resume the timer", true)] {
        ask(said);
        let (kind, told, _) = office.read();
        assert_eq!(
            (kind.as_str(), &told["id"], &told["is_active"]),
            ("timer-updated", &timer["id"], &json!(is_active))
        );
    }
    ask("cancel the timer");
    let (kind, told, _) = office.read();
    assert_eq!((kind.as_str(), &told["id"]), ("timer-cancelled", &timer["id"]));
    hub.ask(json!({ "text": "set a timer for 9 minutes", "area": "Kitchen" }));
    let (kind, told, _) = kitchen.read();
    assert_eq!((kind.as_str(), &told["start_minutes"]), ("timer-started", &json!(9)), "only its own");
}

#[test]
fn everyone_is_told_but_where_it_is_quiet() {
    let quiet = "[speech]\nquiet = [\"Kitchen\"]\n";
    let Some((hub, _, [mut office, mut kitchen])) = with_satellites(["Office", "Kitchen"], quiet) else { return };
    hub.say("tell everyone that dinner is ready");
    assert!(20_000 < bytes(&office.until("audio-stop")));
    assert!(kitchen.is_silent_for(Duration::from_millis(500)), "the kitchen is quiet");
}

#[test]
fn what_two_satellites_hear_is_done_once_by_the_nearest() {
    let Some((hub, _, [mut office, mut kitchen])) = with_satellites(["Office", "Kitchen"], "") else { return };
    let kitchen_light = hub.entity("light.kitchen_counter")["state"].clone();
    let said = sound(&hub, "turn off the light");
    // Both at once; the kitchen is further away.
    std::thread::scope(|scope| {
        scope.spawn(|| kitchen.hear(&said, 0.3));
        office.hear(&said, 1.0);
    });
    let near = office.until("transcript");
    let far = kitchen.until("transcript");
    assert_eq!(of(&near, "transcript").unwrap()["text"], "turn off the light");
    assert_eq!(of(&far, "transcript").unwrap()["text"], "");
    until_true("the office to be dark", LONG, || hub.entity("light.office_desk_lamp")["state"] == "off");
    assert_eq!(hub.entity("light.kitchen_counter")["state"], kitchen_light);
}

/// The samples of a sentence.
fn sound(hub: &Hub, text: &str) -> Vec<i16> {
    let wav = std::fs::read(spoken(hub, text)).unwrap();
    wav[44..].as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

fn of<'s>(seen: &'s [Event], kind: &str) -> Option<&'s Value> {
    seen.iter().find(|(own, ..)| own == kind).map(|(_, data, _)| data)
}

fn shown(seen: &[Event]) -> String {
    seen.iter().filter(|(kind, ..)| kind != "audio-chunk").map(|(kind, data, _)| format!("{kind} {data} ")).collect()
}

fn bytes(seen: &[Event]) -> usize {
    seen.iter().map(|(.., payload)| payload.len()).sum()
}

fn loudest(seen: &[Event]) -> i16 {
    let samples = seen.iter().flat_map(|(.., payload)| payload.as_chunks::<2>().0);
    samples.map(|pair| i16::from_le_bytes(*pair).saturating_abs()).max().unwrap_or(0)
}

/// The satellite's end of a connection.
struct Satellite {
    hub: Peer,
}

impl Satellite {
    fn accept(listener: &TcpListener) -> Self {
        Self { hub: Peer::of(listener.accept().unwrap().0) }
    }

    fn write(&mut self, kind: &str, data: &Value, payload: &[u8]) {
        assert!(self.hub.write(kind, data, payload), "the hub has left");
    }

    /// The next event but for pings, which are answered.
    fn read(&mut self) -> Event {
        loop {
            if let Some(seen) = self.read_any() {
                return seen;
            }
        }
    }

    /// The next event; none if it was a ping.
    fn read_any(&mut self) -> Option<Event> {
        let event = self.hub.read().expect("the hub has left");
        if event.0 == "ping" {
            self.write("pong", &json!({}), &[]);
            return None;
        }
        Some(event)
    }

    /// Hears a sentence, as loud as that.
    fn hear(&mut self, samples: &[i16], loudness: f32) {
        self.write("run-pipeline", &json!({ "start_stage": "asr", "end_stage": "tts" }), &[]);
        let form = json!({ "rate": 22_050, "width": 2, "channels": 1 });
        for piece in samples.chunks(1024) {
            let bytes: Vec<u8> =
                piece.iter().flat_map(|sample| ((f32::from(*sample) * loudness) as i16).to_le_bytes()).collect();
            self.write("audio-chunk", &form, &bytes);
        }
    }

    /// What comes up to an event of that kind, it included.
    fn until(&mut self, kind: &str) -> Vec<Event> {
        let mut seen: Vec<Event> = Vec::new();
        while seen.last().is_none_or(|(own, ..)| own != kind) {
            seen.push(self.read());
        }
        seen
    }

    /// Whether no sound comes for so long; pings are answered.
    fn is_silent_for(&mut self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            if !self.hub.is_quiet_for(left) && self.read_any().is_some_and(|(kind, ..)| kind.starts_with("audio")) {
                return false;
            }
        }
        true
    }
}
