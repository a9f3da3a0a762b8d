//! Speech by every way in: a file, a browser's microphone, Home Assistant's speech-to-text; spoken by espeak-ng.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, Hub, LONG, Setup, free_port, output, own_program, repository, system_program, until_true,
};

/// A hub that can hear; none, with a sentence, where the recogniser's library or the speaker is missing.
pub(crate) fn hub_with_ears(config: String) -> Option<Hub> {
    system_program("espeak-ng")?;
    let library = own_program("hearthd").with_file_name("libvosk.so");
    if !library.is_file() {
        eprintln!("skipped: `{}` is missing; `./run` and `./test` fetch it", library.display());
        return None;
    }
    let hub = Hub::start(Setup { config, ..Setup::demo("en") });
    let hears = || hub.get("/api/v1/hearing").body["recognizer"] == "ready";
    until_true("the recogniser to be ready", LONG, hears);
    // The names of the house are given to it once there is a house.
    until_true("the words of the house", LONG, || folders(&hub).iter().any(|name| name.starts_with("house-")));
    Some(hub)
}

fn folders(hub: &Hub) -> Vec<String> {
    let all = std::fs::read_dir(hub.data_dir().join("voice")).into_iter().flatten().flatten();
    all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// A WAV file of a sentence, with silence behind it.
pub(crate) fn spoken(hub: &Hub, text: &str) -> PathBuf {
    let file = hub.dir().join(format!("{}.wav", text.replace(' ', "-")));
    let words = format!("<speak>{text}<break time=\"1500ms\"/></speak>");
    let (said, is_done) = output(Command::new("espeak-ng").args(["-m", "-v", "en-us", "-w"]).arg(&file).arg(words));
    assert!(is_done, "{said}");
    file
}

fn listen(hub: &Hub, file: &Path) -> (String, bool) {
    let mut command = Command::new(own_program("hearthd"));
    output(command.arg("listen").arg(file).arg("--data-dir").arg(hub.data_dir()))
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

/// A WAV file of samples at 16,000 a second.
fn wav_of(samples: &[i16]) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let length = u32::try_from(bytes.len()).unwrap();
    let mut wav = b"RIFF".to_vec();
    wav.extend((length + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    for (number, width) in [(16, 4), (1, 2), (1, 2), (16_000, 4), (32_000, 4), (2, 2), (16, 2)] {
        wav.extend(&u32::to_le_bytes(number)[..width]);
    }
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.extend(bytes);
    wav
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

#[test]
fn a_satellite_is_heard_where_it_stands_and_answered_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let Some(hub) = hub_with_ears(format!("[wyoming.connect]\n\"{address}\" = \"Office\"\n")) else { return };
    let mut satellite = Satellite::accept(&listener);
    assert_eq!(satellite.read().0, "run-satellite");
    let wav = std::fs::read(spoken(&hub, "turn off the light")).unwrap();
    satellite.write("run-pipeline", &json!({ "start_stage": "asr", "end_stage": "tts" }), &[]);
    let form = json!({ "rate": 22_050, "width": 2, "channels": 1 });
    for piece in wav[44..].chunks(2048) {
        satellite.write("audio-chunk", &form, piece);
    }
    let mut seen = Vec::new();
    let mut sound = 0;
    while seen.last().is_none_or(|(kind, _)| kind != "audio-stop") {
        let (kind, data, payload) = satellite.read();
        sound += payload.len();
        seen.push((kind, data));
    }
    let of = |kind: &str| seen.iter().find(|(own, _)| own == kind).map(|(_, data)| data.clone());
    assert_eq!(of("transcript").unwrap()["text"], "turn off the light", "{seen:?}");
    assert!(of("voice-started").is_some() && of("voice-stopped").is_some(), "{seen:?}");
    assert!(10_000 < sound, "the reply is spoken there: {seen:?}");
    assert_eq!(hub.entity("light.office_desk_lamp")["state"], "off");
    assert_eq!(hub.entity("light.living_room_ceiling")["state"], "on", "the light of another room stays as it is");
    // Deaf, the hub is connected to no satellite.
    hub.call("PUT", "/api/v1/hearing", Some(json!({ "muted": true })));
    assert!(satellite.is_left(), "a muted hub hears no satellite");
}

/// The satellite's end of a connection.
struct Satellite {
    stream: BufReader<TcpStream>,
}

impl Satellite {
    fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    fn write(&mut self, kind: &str, data: &Value, payload: &[u8]) {
        let header = json!({ "type": kind, "data": data, "payload_length": payload.len() });
        let stream = self.stream.get_mut();
        stream.write_all(format!("{header}\n").as_bytes()).unwrap();
        stream.write_all(payload).unwrap();
    }

    /// The next event but for pings, which are answered.
    fn read(&mut self) -> (String, Value, Vec<u8>) {
        loop {
            let mut line = String::new();
            assert_ne!(self.stream.read_line(&mut line).unwrap(), 0, "the hub has left");
            let header: Value = serde_json::from_str(&line).unwrap();
            let mut block = |name: &str| {
                let mut bytes = vec![0; header[name].as_u64().unwrap_or(0).try_into().unwrap()];
                self.stream.read_exact(&mut bytes).unwrap();
                bytes
            };
            let (data, payload) = (block("data_length"), block("payload_length"));
            let data = if data.is_empty() { json!({}) } else { serde_json::from_slice(&data).unwrap() };
            match header["type"].as_str().unwrap() {
                "ping" => self.write("pong", &json!({}), &[]),
                kind => return (kind.to_owned(), data, payload),
            }
        }
    }

    fn is_left(&mut self) -> bool {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).is_ok()
    }
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
