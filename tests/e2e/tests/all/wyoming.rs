//! The hub as Home Assistant's voice agent: its own framing from outside, and the official package as its client.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Hub, LONG, Peer, Setup, free_port, output, until_true};

/// Sends an event; the next that comes back.
fn ask(hub: &mut Peer, kind: &str, data: &Value) -> (String, Value) {
    hub.send(kind, data);
    let (kind, data, _) = hub.read().unwrap();
    (kind, data)
}

fn hub_with_voice() -> (Hub, u16, u16) {
    let (handle, intent) = (free_port(), free_port());
    let config = format!(
        "[wyoming]\nlisten = \"127.0.0.1:{handle}\"\nintent_listen = \
         \"127.0.0.1:{intent}\"\n[wyoming.satellites]\n\"sat-office\" = \"Office\"\n"
    );
    (Hub::start(Setup { config, ..Setup::demo("en") }), handle, intent)
}

fn heard(text: &str, satellite: &str) -> Value {
    json!({ "text": text, "language": "en", "context": { "conversation_id": "01J", "satellite_id": satellite } })
}

#[test]
fn a_sentence_is_done_where_it_was_said() {
    let (hub, port, _) = hub_with_voice();
    hub.say("turn on the desk lamp");
    hub.say("turn off the office ceiling light");
    let mut client = Peer::connect(port);
    let (kind, info) = ask(&mut client, "describe", &json!({}));
    assert_eq!(kind, "info");
    assert_eq!(info["handle"][0]["supports_home_control"], true);
    assert_eq!(info["intent"], json!([]), "Home Assistant would prefer an intent service to this one");
    assert_eq!(ask(&mut client, "ping", &json!({ "text": "x" })), ("pong".to_owned(), json!({ "text": "x" })));

    let (kind, reply) = ask(&mut client, "transcript", &heard("turn off the desk lamp", "sat-office"));
    assert_eq!(kind, "handled", "{reply}");
    assert_eq!(reply["context"]["satellite_id"], "sat-office");
    assert_eq!(hub.entity("light.office_desk_lamp")["state"], "off");
    let elsewhere = hub.entity("light.bathroom_ceiling")["state"].clone();
    // Home Assistant opens a connection for each sentence.
    let (kind, reply) =
        ask(&mut Peer::connect(port), "transcript", &heard("turn on the ceiling light in here", "sat-office"));
    assert_eq!(kind, "handled", "{reply}");
    assert_eq!(hub.entity("light.office_ceiling")["state"], "on");
    assert_eq!(hub.entity("light.bathroom_ceiling")["state"], elsewhere);
}

#[test]
fn a_question_waits_at_the_satellite_where_it_was_asked() {
    let (hub, port, _) = hub_with_voice();
    let lock = "lock.front_door";
    let before = hub.entity(lock)["state"].clone();
    let (kind, reply) = ask(&mut Peer::connect(port), "transcript", &heard("unlock the front door", "sat-hall"));
    assert_eq!((kind.as_str(), &hub.entity(lock)["state"]), ("handled", &before), "{reply}");
    // Someone elsewhere can't say yes to it.
    let (kind, reply) = ask(&mut Peer::connect(port), "transcript", &heard("yes", "sat-garden"));
    assert_eq!((kind.as_str(), &hub.entity(lock)["state"]), ("not-handled", &before), "{reply}");
    let (kind, reply) = ask(&mut Peer::connect(port), "transcript", &heard("yes", "sat-hall"));
    assert_eq!(kind, "handled", "{reply}");
    until_true("the door to be unlocked", LONG, || hub.entity(lock)["state"] == "unlocked");
}

#[test]
fn the_intent_port_says_what_it_understood_and_does_nothing() {
    let (hub, _, port) = hub_with_voice();
    let before = hub.entity("light.office_desk_lamp")["state"].clone();
    let mut client = Peer::connect(port);
    let (_, info) = ask(&mut client, "describe", &json!({}));
    assert_eq!(info["handle"], json!([]));
    let (kind, intent) = ask(&mut client, "recognize", &heard("turn on the desk lamp", "sat-office"));
    assert_eq!((kind.as_str(), &intent["name"]), ("intent", &json!("HassTurnOn")), "{intent}");
    let named = intent["entities"]
        .as_array()
        .unwrap()
        .iter()
        .any(|entity| entity["name"] == "name" && entity["value"] == "Desk Lamp");
    assert!(named, "{intent}");
    for text in [
        "unlock the front door",
        "turn off the desk lamp at nine tomorrow",
        "what is the capital of peru",
        "turn on the dungeon light",
        "",
    ] {
        let (kind, said) = ask(&mut client, "transcript", &heard(text, "sat-office"));
        assert_eq!(kind, "not-recognized", "{text}: {said}");
    }
    assert_eq!(hub.entity("light.office_desk_lamp")["state"], before);
}

#[test]
fn rubbish_ends_a_connection_and_nothing_else() {
    let (hub, port, intent) = hub_with_voice();
    let long = format!("{{\"type\":\"transcript\",\"data\":{{\"text\":\"{}\"}}}}\n", "on ".repeat(40_000));
    let deep = format!("{{\"type\":\"transcript\",\"data\":{}1{}}}\n", "{\"a\":".repeat(5000), "}".repeat(5000));
    for port in [port, intent] {
        for bytes in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"\x00\x01\x02\n",
            b"{\"type\":\"transcript\",\"data_length\":4000000000}\n",
            b"{\"type\":\"x\",\"payload_length\":4000000000}\n",
            long.as_bytes(),
            deep.as_bytes(),
        ] {
            let mut client = Peer::connect(port);
            client.raw(bytes);
            assert_eq!(client.read().map(|(kind, ..)| kind).as_deref(), Some("error"));
            assert_eq!(client.read(), None);
        }
        let mut client = Peer::connect(port);
        for odd in [
            json!({}),
            json!({ "text": 7 }),
            json!({ "text": "x".repeat(3000) }),
            json!({ "text": "hello", "context": [], "language": {} }),
            json!({ "text": " " }),
        ] {
            client.send("something-new", &odd);
            let (kind, _) = ask(&mut client, "transcript", &odd);
            assert!(kind.starts_with("not-") || matches!(kind.as_str(), "handled" | "intent"), "{odd}: {kind}");
        }
    }
    assert_eq!(hub.get("/healthz").status, 200);
}

/// A Python with the official package: the one of `./test`, or the system's.
fn python_with_wyoming() -> Option<PathBuf> {
    let own = crate::support::repository().join(".venv/bin/python");
    let found = [own, PathBuf::from("python3")].into_iter().find(|python| {
        Command::new(python).args(["-c", "import wyoming"]).output().is_ok_and(|done| done.status.success())
    });
    if found.is_none() {
        eprintln!("skipped: the Python package `wyoming` is not installed");
    }
    found
}

#[test]
fn the_official_client_is_served() {
    let Some(python) = python_with_wyoming() else { return };
    let (hub, port, _) = hub_with_voice();
    let (said, is_done) = output(Command::new(python).args(["-c", OFFICIAL_CLIENT, &port.to_string()]));
    assert!(is_done, "{said}");
    let said: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(said["program"], "Hearth");
    assert_eq!(said["home_control"], true);
    assert_eq!(said["kind"], "handled", "{said}");
    assert_eq!(hub.entity("light.office_desk_lamp")["state"], "on");
}

const OFFICIAL_CLIENT: &str = r#"
import asyncio, json, sys
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info

async def main():
    async with AsyncTcpClient("127.0.0.1", int(sys.argv[1])) as client:
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())
        program = info.handle[0]
        await client.write_event(Transcript(text="turn on the desk lamp", language="en").event())
        event = await client.read_event()
        print(json.dumps({"program": program.name, "home_control": program.supports_home_control, "kind": event.type, "data": event.data}))

asyncio.run(main())
"#;
