//! `[microphone]`: the board's own.

use std::path::PathBuf;

use serde::Deserialize;
use voice::board::BoardChoice;
use voice::recognizer::RecognizerSettings;
use voice::wake::Spotting;

use crate::aloud::AloudSettings;
use crate::microphone::MicrophoneSettings;

use super::Opt;
use super::folders::default_sound;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MicrophoneFile {
    device: Option<String>,
    area: Option<String>,
    speaker: Option<String>,
    wake_phrase: Option<String>,
    engine: Option<PathBuf>,
}

/// The microphone and the speaker, unless nothing is to be heard.
pub(super) fn check(
    file: MicrophoneFile,
    voice: Option<&RecognizerSettings>,
    aloud: &AloudSettings,
    complaints: &mut Vec<String>,
) -> Option<MicrophoneSettings> {
    let Some(voice) = voice else {
        if file.device.is_some() {
            let hint = "set voice.enabled = true";
            complaints
                .push(format!("microphone.device: a microphone is named while nothing is to be heard\n  hint: {hint}"));
        }
        return None;
    };
    let wake_phrase = file.wake_phrase.unwrap_or_else(|| WAKE_PHRASE.to_owned());
    // A microphone that is chosen while the hub runs says by itself what is wrong.
    if file.device.is_some()
        && let Err(error) = Spotting::of(&wake_phrase, &voice.model)
    {
        let hint = format!("words of `{}` can be chosen", voice.model.join("graph/words.txt").display());
        complaints.push(format!("microphone.wake_phrase: {error}: `{wake_phrase}`\n  hint: {hint}"));
    }
    Some(MicrophoneSettings {
        program: file.engine.unwrap_or_else(default_sound),
        configured: BoardChoice { device: file.device, speaker: file.speaker, area: file.area },
        wake_phrase,
        aloud: aloud.clone(),
    })
}

/// What wakes the microphone, if one is named.
pub(super) fn wake_phrase(file: &MicrophoneFile) -> Option<String> {
    file.device.as_ref().map(|_| file.wake_phrase.clone().unwrap_or_else(|| WAKE_PHRASE.to_owned()))
}

/// Its options.
pub(super) const OPTIONS: &[Opt] = &[
    (
        "microphone.device",
        "none",
        "The board's microphone as ALSA names it, such as `default`; `hearthd microphones` lists them. Another may be \
         chosen on the page; without either the hub opens none.",
    ),
    ("microphone.area", "none", "The room it stands in: an area's name or id; another may be chosen on the page."),
    (
        "microphone.speaker",
        "none",
        "The speaker on which the hub answers, rings and tells, as ALSA names it, such as `default`; another may be \
         chosen on the page.",
    ),
    (
        "microphone.wake_phrase",
        "`hey hearth`",
        "What is said to the microphone before a request; one to four words that the recogniser's model knows.",
    ),
    ("microphone.engine", "`hearth-sound` beside `hearthd`", "The program that holds the microphone and the speaker."),
];

/// What wakes the hub's own microphone, if nothing else is chosen.
pub(crate) const WAKE_PHRASE: &str = "hey hearth";
