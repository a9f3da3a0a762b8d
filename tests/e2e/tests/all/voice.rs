//! Speech by every way in: a file, a browser's microphone, Home Assistant's speech-to-text; spoken by espeak-ng.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, Hub, LONG, free_port, hub_with_ears, output, own_program, repository, spoken, until, until_true, wav_of,
};

/// Has the hub hear a file, again while the hub says "too often".
fn listen(hub: &Hub, file: &Path) -> (String, bool) {
    until("a call that is not too often", LONG, || {
        let mut command = Command::new(own_program("hearthd"));
        let heard = output(command.arg("listen").arg(file).arg("--data-dir").arg(hub.data_dir()));
        (!heard.0.contains("429 Too Many Requests")).then_some(heard)
    })
}

#[test]
fn a_file_is_heard_as_if_it_was_spoken() {
    let Some(hub) = hub_with_ears(String::new()) else { return };
    let (said, is_done) = listen(&hub, &spoken(&hub, "turn on the kitchen lights"));
    assert!(is_done && said.contains("heard: turn on the kitchen lights"), "{said}");
    until_true("the lamp to be on", LONG, || hub.entity("light.kitchen_counter")["state"] == "on");
    // A question goes on where it was asked, and what no sound says moves nothing.
    let (said, is_done) = listen(&hub, &spoken(&hub, "is the front door locked"));
    assert!(is_done && said.contains("locked"), "{said}");
    let rubbish = hub.dir().join("rubbish.wav");
    std::fs::write(&rubbish, b"this is no sound").unwrap();
    let (said, is_done) = listen(&hub, &rubbish);
    assert!(!is_done && said.contains("no WAV file"), "{said}");
    let silence = hub.dir().join("silence.wav");
    std::fs::write(&silence, wav_of(&vec![0; 32_000])).unwrap();
    let (said, is_done) = listen(&hub, &silence);
    assert!(is_done && said.contains("I heard no words"), "{said}");
}

#[test]
fn a_name_that_is_no_word_is_heard_for_what_sounds_like_it() {
    let Some(hub) = hub_with_ears(String::new()) else { return };
    let aliases = json!({ "aliases": ["Yeelight"] });
    assert_eq!(hub.call("PATCH", "/api/v1/entities/light.office_desk_lamp", Some(aliases)).status, 200);
    let strange = || {
        let all = hub.get("/api/v1/hearing").body["unknown"].clone();
        all.as_array().unwrap().iter().find(|one| one["name"] == "Yeelight").cloned()
    };
    until_true("the name to be found strange", LONG, || strange().is_some());
    let strange = strange().unwrap();
    assert_eq!(strange["words"], json!(["yeelight"]));
    assert!(strange["heard_as"].as_str().unwrap().contains("light"), "{strange}");
    hub.say("turn off the desk lamp");
    let (said, is_done) = listen(&hub, &spoken(&hub, "turn on the yeelight"));
    assert!(is_done && said.contains("yeelight"), "{said}");
    until_true("the lamp to be on", LONG, || hub.entity("light.office_desk_lamp")["state"] == "on");
}

#[test]
fn a_name_is_heard_as_the_owner_says_that_it_sounds() {
    let Some(mut hub) = hub_with_ears(String::new()) else { return };
    let aliases = json!({ "aliases": ["Featherstonehaugh"] });
    assert_eq!(hub.call("PATCH", "/api/v1/entities/light.office_desk_lamp", Some(aliases)).status, 200);
    let lamp = |hub: &Hub| hub.entity("light.office_desk_lamp")["state"].clone();
    let word = |hub: &Hub| {
        let all = hub.get("/api/v1/pronunciations").body;
        all.as_array().unwrap().iter().find(|one| one["word"] == "featherstonehaugh").cloned().unwrap_or_default()
    };
    until_true("the word to be found strange", LONG, || word(&hub)["names"] == json!(["Featherstonehaugh"]));
    let proposed = word(&hub)["proposed"].clone();
    assert_eq!((&word(&hub)["heard_as"], &word(&hub)["own"]), (&proposed, &Value::Null));
    hub.say("turn off the desk lamp");
    // It is said otherwise than it is written.
    let sound = spoken(&hub, "turn on the fanshaw");
    let (said, _) = listen(&hub, &sound);
    assert!(!said.contains("featherstonehaugh") && lamp(&hub) == "off", "{said}");

    let path = "/api/v1/pronunciations/featherstonehaugh";
    for (path, heard_as, status, said) in [
        (path, "fan zzyx", 422, "does not know `zzyx` either"),
        (path, " ", 422, "1 to 8 words"),
        ("/api/v1/pronunciations/lamp", "fan shaw", 404, "no name of this house has that word"),
    ] {
        let answer = hub.call("PUT", path, Some(json!({ "heard_as": heard_as })));
        assert!(answer.status == status && answer.body["said"].as_str().unwrap().contains(said), "{answer:?}");
    }
    let answer = hub.call("PUT", path, Some(json!({ "heard_as": "Fan  Shaw" })));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(word(&hub)["own"], "fan shaw");
    until_true("the recogniser to learn it", LONG, || word(&hub)["heard_as"] == "fan shaw");
    let (said, is_done) = listen(&hub, &sound);
    assert!(is_done && said.contains("featherstonehaugh"), "{said}");
    until_true("the lamp to be on", LONG, || lamp(&hub) == "on");

    // It is kept, until it is taken back.
    hub.stop();
    hub.launch();
    until_true("the recogniser to know it still", LONG, || word(&hub)["heard_as"] == "fan shaw");
    hub.call("DELETE", path, None);
    until_true("it to be heard as it is written", LONG, || word(&hub)["heard_as"] == proposed);
}

#[test]
fn what_is_spoken_to_the_page_is_done() {
    let Some(hub) = hub_with_ears(String::new()) else { return };
    if hub.get("/").status == 404 {
        eprintln!("skipped: this hub was built without its page");
        return;
    }
    let sound = spoken(&hub, "turn on the porch light");
    let Some(mut page) = Browser::hearing(&format!("http://{}/", hub.address()), &sound) else { return };
    page.fill("Code", &hub.claim_code());
    page.fill("Password", "correct horse battery");
    page.fill("Password again", "correct horse battery");
    page.tap("Start");
    page.tap("Speak");
    // Nothing is asked of the hub meanwhile, because what is asked too often is refused, the page's own calls too.
    page.until_text("Turned on Porch Light.");
    assert_eq!(hub.entity("light.porch")["state"], "on");
    // Deaf is deaf, on every page at once, and in what comes over the network.
    page.tap("Make the hub deaf");
    let is_deaf = "document.querySelector('.mute.is-muted') !== null";
    until_true("the hub to be deaf", LONG, || page.run(is_deaf) == true);
    assert_eq!(hub.get("/api/v1/hearing").body["muted"], true);
    let (said, is_done) = listen(&hub, &sound);
    assert!(!is_done && said.contains("muted"), "{said}");
}

#[test]
fn home_assistant_gets_the_words_of_what_it_sends() {
    let port = free_port();
    let Some(hub) = hub_with_ears(format!("[wyoming]\nlisten = \"127.0.0.1:{port}\"\n")) else { return };
    let python = repository().join(".venv/bin/python");
    let has_package = Command::new(&python).args(["-c", "import wyoming"]).output();
    if !has_package.is_ok_and(|done| done.status.success()) {
        eprintln!("skipped: the Python package `wyoming` is not installed");
        return;
    }
    let sound = spoken(&hub, "switch off the desk lamp");
    let mut client = Command::new(&python);
    let (said, is_done) = output(client.args(["-c", CLIENT, &port.to_string()]).arg(&sound));
    assert!(is_done, "{said}");
    let said: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(said["asr"], "hearth");
    assert_eq!((&said["text"], &said["kind"]), (&json!("switch off the desk lamp"), &json!("handled")), "{said}");
    // The reply as sound: more than half a second of it, and not silence.
    assert!(10_000 < said["samples"].as_u64().unwrap() && 1_000 < said["loudest"].as_u64().unwrap(), "{said}");
    until_true("the lamp to be off", Duration::from_secs(5), || hub.entity("light.office_desk_lamp")["state"] == "off");
}

/// Home Assistant's own package: speech to text, then the text to what handles it.
const CLIENT: &str = r#"
import array, asyncio, json, sys, wave
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize

async def main():
    async with AsyncTcpClient("127.0.0.1", int(sys.argv[1])) as client:
        await client.write_event(Describe().event())
        info = Info.from_event(await client.read_event())
        with wave.open(sys.argv[2], "rb") as wav:
            form = dict(rate=wav.getframerate(), width=wav.getsampwidth(), channels=wav.getnchannels())
            await client.write_event(Transcribe(language="en").event())
            await client.write_event(AudioStart(**form).event())
            while frames := wav.readframes(1024):
                await client.write_event(AudioChunk(audio=frames, **form).event())
            await client.write_event(AudioStop().event())
        heard = Transcript.from_event(await client.read_event())
        await client.write_event(Transcript(text=heard.text, language="en").event())
        event = await client.read_event()
        await client.write_event(Synthesize(text="All right, the desk lamp is off.").event())
        pcm = b""
        while not AudioStop.is_type((sound := await client.read_event()).type):
            if AudioChunk.is_type(sound.type):
                pcm += AudioChunk.from_event(sound).audio
        samples = array.array("h", pcm)
        told = {"asr": info.asr[0].name, "tts": info.tts[0].name, "text": heard.text, "kind": event.type}
        print(json.dumps({**told, "samples": len(samples), "loudest": max(map(abs, samples))}))

asyncio.run(main())
"#;
