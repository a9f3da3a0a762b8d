//! A hub that hears, and things to say to it.

use std::path::PathBuf;
use std::process::Command;

use super::{Hub, LONG, Setup, output, own_program, system_program, until_true};

/// A hub that can hear; none, with a sentence, where the recogniser's library or the speaker is missing.
pub(crate) fn hub_with_ears(config: String) -> Option<Hub> {
    is_there().then(|| {
        let hub = Hub::start(Setup { config, ..Setup::demo("en") });
        until_hearing(&hub);
        hub
    })
}

/// Whether a hub can hear, and there is something to speak to it with. Waits until it is ready to.
pub(crate) fn can_hear(hub: &Hub) -> bool {
    let is_there = is_there();
    if is_there {
        until_hearing(hub);
    }
    is_there
}

fn is_there() -> bool {
    let library = own_program("hearthd").with_file_name("libvosk.so");
    if !library.is_file() {
        eprintln!("skipped: `{}` is missing; `./run` and `./test` fetch it", library.display());
    }
    library.is_file() && system_program("espeak-ng").is_some()
}

fn until_hearing(hub: &Hub) {
    until_true("the recogniser to be ready", LONG, || hub.get("/api/v1/hearing").body["recognizer"] == "ready");
    // The names of the house are given to it once there is a house.
    until_true("the words of the house", LONG, || folders(hub).iter().any(|name| name.starts_with("house-")));
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

/// A WAV file of samples at 16,000 a second.
pub(crate) fn wav_of(samples: &[i16]) -> Vec<u8> {
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
