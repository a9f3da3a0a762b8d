//! Televisions and speakers: Hearth's own platform `media_player`.
//!
//! `state_topic` carries JSON `{"state","volume_level":0–1,"is_volume_muted","media_title","media_artist","source",
//! …}`;
//! the state is Home Assistant's (`playing`, `paused`, `idle`, `off`, `on`, `standby`), all else attributes.
//! `command_topic` takes JSON `{"command": C}` where C is `turn_on`, `turn_off`, `play`, `pause`, `stop`, `next`,
//! `previous`,
//! `volume_set` (with `volume_level`), `volume_mute` (with `is_volume_muted`) or
//! `play_media` (with `query` and, if one was said, `media_content_type`).

use house::{Action, Domain, Rejection};
use serde_json::{Value as Json, json};

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::Reading;
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Media {
    command: Option<Command>,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let has_state = compiler.input("state_topic", "value_template", Reading::Report("state"))?;
    let command = compiler.command("command_topic", "command_template")?;
    if compiler.config.has("source_list") {
        compiler.fact_list("source_list", &compiler.config.list("source_list"));
    }
    compiler.finish(Domain::MediaPlayer, Media { command }, has_state)
}

impl Writer for Media {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let payload = payload(action, at)?;
        Ok(vec![at.need(self.command.as_ref(), "it can't be told anything")?.send(payload, at)?])
    }
}

fn payload(action: &Action, at: &Writing<'_>) -> Result<Json, WriteError> {
    let word = match action {
        Action::TurnOn => "turn_on",
        Action::TurnOff => "turn_off",
        Action::MediaPlay => "play",
        Action::MediaPause => "pause",
        Action::MediaStop => "stop",
        Action::MediaNext => "next",
        Action::MediaPrevious => "previous",
        Action::SetVolume(volume) => {
            let volume = at.within(f64::from(*volume), 0.0, 100.0)?;
            return Ok(json!({ "command": "volume_set", "volume_level": volume / 100.0 }));
        }
        Action::Mute(is_muted) => return Ok(json!({ "command": "volume_mute", "is_volume_muted": is_muted })),
        Action::PlayMedia { query, class } => {
            return Ok(json!({ "command": "play_media", "query": query, "media_content_type": class }));
        }
        _ => return Err(at.unsupported("it only plays")),
    };
    Ok(json!({ "command": word }))
}
