//! Sound that is broken, hostile or too much, and what becomes of it.

use serde_json::{Value, json};

use crate::support::{Hub, Peer, free_port, hub_with_ears, spoken};

/// Says sound of a form to the hub's speech-to-text; what comes back, and its words.
fn say(port: u16, form: &Value, bytes: &[u8]) -> Option<(String, String)> {
    let mut ear = Peer::connect(port);
    ear.write("transcribe", &json!({}), &[]);
    ear.write("audio-start", form, &[]);
    for piece in bytes.chunks(8192) {
        if !ear.write("audio-chunk", form, piece) {
            break;
        }
    }
    ear.write("audio-stop", &json!({}), &[]);
    let (kind, data, _) = ear.read()?;
    Some((kind, data["text"].as_str().unwrap_or_default().to_owned()))
}

fn form(rate: u64, width: u64, channels: u64) -> Value {
    json!({ "rate": rate, "width": width, "channels": channels })
}

/// A sentence at 22,050 samples a second, two bytes each.
fn sentence(hub: &Hub, text: &str) -> Vec<u8> {
    std::fs::read(spoken(hub, text)).unwrap()[44..].to_vec()
}

fn samples(bytes: &[u8]) -> impl Iterator<Item = i16> {
    bytes.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair))
}

fn start() -> Option<(Hub, u16)> {
    let port = free_port();
    Some((hub_with_ears(format!("[wyoming]\nlisten = \"127.0.0.1:{port}\"\n"))?, port))
}

#[test]
fn broken_sound_is_answered_and_the_next_is_heard() {
    let Some((hub, port)) = start() else { return };
    let said = sentence(&hub, "turn on the desk lamp");
    let heard =
        |answer: Option<(String, String)>| answer == Some(("transcript".into(), "turn on the desk lamp".into()));
    assert!(heard(say(port, &form(22_050, 2, 1), &said)), "as it is");
    // Twice the rate, two channels, and four bytes a sample.
    let stereo: Vec<u8> = samples(&said).flat_map(|one| [one, one, one, one]).flat_map(i16::to_le_bytes).collect();
    assert!(heard(say(port, &form(44_100, 2, 2), &stereo)), "stereo");
    let wide: Vec<u8> = samples(&said).flat_map(|one| (i32::from(one) << 16).to_le_bytes()).collect();
    assert!(heard(say(port, &form(22_050, 4, 1), &wide)), "wide");
    // Clipped hard, it may be heard otherwise, but is answered.
    let clipped: Vec<u8> = samples(&said).flat_map(|one| one.saturating_mul(40).to_le_bytes()).collect();
    assert!(say(port, &form(22_050, 2, 1), &clipped).is_some_and(|(kind, _)| kind == "transcript"));
    let empty = |answer: Option<(String, String)>| answer == Some(("transcript".into(), String::new()));
    assert!(empty(say(port, &form(16_000, 2, 1), &[])), "no sound at all");
    assert!(empty(say(port, &form(16_000, 2, 1), &vec![0; 96_000])), "silence");
    for odd in [form(0, 2, 1), form(4_000_000_000, 2, 1), form(16_000, 9, 1), form(16_000, 2, 0), form(16_000, 2, 900)]
    {
        let answer = say(port, &odd, &said);
        assert!(answer.as_ref().is_some_and(|(kind, _)| kind == "error"), "{odd}: {answer:?}");
    }
    // A minute is more than anyone says at once.
    let endless = vec![0x11; 70 * 32_000];
    let answer = say(port, &form(16_000, 2, 1), &endless);
    assert!(answer.as_ref().is_some_and(|(kind, text)| kind == "error" && text.contains("too much")), "{answer:?}");
    // Gone in the middle of a word.
    let mut gone = Peer::connect(port);
    gone.write("audio-start", &form(22_050, 2, 1), &[]);
    gone.write("audio-chunk", &form(22_050, 2, 1), &said[..said.len() / 3]);
    drop(gone);
    let mut half = Peer::connect(port);
    half.write("audio-start", &form(22_050, 2, 1), &[]);
    half.raw(b"{\"type\":\"audio-chunk\",\"payload_length\":4096}\nabc");
    drop(half);
    assert!(heard(say(port, &form(22_050, 2, 1), &said)), "after all that");
    let metrics = hub.get("/metrics").body.to_string();
    for outcome in ["heard", "nothing", "too_much"] {
        assert!(metrics.contains(&format!("hearth_speech_total{{outcome=\\\"{outcome}\\\"}}")), "{outcome}: {metrics}");
    }
}

#[test]
fn fifty_who_speak_at_once_are_each_answered() {
    let Some((hub, port)) = start() else { return };
    let said = sentence(&hub, "turn on the desk lamp");
    let answers: Vec<Option<(String, String)>> = std::thread::scope(|scope| {
        let speak = || say(port, &form(22_050, 2, 1), &said);
        let all: Vec<_> = (0..50).map(|_| scope.spawn(speak)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |wanted: &str| answers.iter().flatten().filter(|(kind, _)| kind == wanted).count();
    let (heard, refused) = (count("transcript"), count("error"));
    // Who comes from one address in such a number is turned away before a word.
    let away = answers.iter().filter(|answer| answer.is_none()).count();
    assert_eq!(heard + refused + away, 50, "{answers:?}");
    assert!(1 <= heard && 1 <= away, "{answers:?}");
    let is_right = |(kind, text): &(String, String)| match kind.as_str() {
        "transcript" => text == "turn on the desk lamp",
        _ => text.contains("too many"),
    };
    assert!(answers.iter().flatten().all(is_right), "{answers:?}");
    let answer = say(port, &form(22_050, 2, 1), &said);
    assert!(answer.is_some_and(|(_, text)| text == "turn on the desk lamp"), "the next is heard as ever");
}
