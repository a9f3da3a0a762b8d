//! `[speech]`: how the hub speaks, and where it does not.

use std::path::PathBuf;

use serde::Deserialize;
use voice::synthesizer::SynthesizerSettings;

use super::Opt;
use crate::aloud::speech::SpeechSettings;
use crate::aloud::{AloudSettings, Voices};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpeechFile {
    wyoming: Option<String>,
    program: Option<PathBuf>,
    english: Option<String>,
    chinese: Option<String>,
    words_per_minute: Option<u32>,
    short_sounds: Option<bool>,
    quiet: Vec<String>,
}

/// How the hub speaks, and where: it has satellites in those areas.
pub(super) fn check(file: SpeechFile, satellites: Vec<String>, complaints: &mut Vec<String>) -> AloudSettings {
    let usual = SynthesizerSettings::default();
    let words_per_minute = file.words_per_minute.unwrap_or(usual.words_per_minute);
    if !SynthesizerSettings::WORDS_PER_MINUTE.contains(&words_per_minute) {
        complaints.push(format!(
            "speech.words_per_minute: {words_per_minute} is too slow or too fast\n  hint: from {} to {}",
            SynthesizerSettings::WORDS_PER_MINUTE.start(),
            SynthesizerSettings::WORDS_PER_MINUTE.end()
        ));
    }
    if let Some(address) = file.wyoming.as_deref().filter(|address| !is_host_and_port(address)) {
        complaints.push(format!(
            "speech.wyoming: `{address}` is no host with a port\n  hint: such as `10.0.0.8:10200`, where Piper listens"
        ));
    }
    let espeak = SynthesizerSettings {
        program: file.program.unwrap_or(usual.program),
        english: file.english.unwrap_or(usual.english),
        chinese: file.chinese.unwrap_or(usual.chinese),
        words_per_minute,
    };
    AloudSettings {
        speech: SpeechSettings { espeak, wyoming: file.wyoming },
        voices: Voices::of(satellites),
        quiet: file.quiet.into(),
        short_sounds: file.short_sounds.unwrap_or(true),
    }
}

fn is_host_and_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "speech.wyoming",
        "none",
        "A text-to-speech service that speaks Wyoming, such as Piper: `10.0.0.8:10200`. While it does not answer, \
         espeak-ng speaks.",
    ),
    ("speech.program", "`espeak-ng`", "The program that speaks on this board."),
    ("speech.english", "`en-gb`", "Its voice for English, as `espeak-ng --voices` lists them."),
    ("speech.chinese", "`cmn`", "Its voice for Chinese."),
    ("speech.words_per_minute", "`165`", "How fast it speaks, from 80 to 450."),
    (
        "speech.short_sounds",
        "`true`",
        "At satellites, a short sound instead of words when what was asked was done in the same room, and nothing else \
         is to be said.",
    ),
    (
        "speech.quiet",
        "none",
        "Areas in which nothing rings and nothing is announced but danger: `[\"Nursery\"]`. Who speaks there is \
         answered.",
    ),
];
