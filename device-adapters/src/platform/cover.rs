//! Covers (blinds, curtains, garage doors, gates) and valves: open, closed and between.

use house::{Action, Domain, Rejection};
use serde_json::Value as Json;

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::config::Config;
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Cover {
    command: Option<Command>,
    position: Option<Command>,
    tilt: Option<Tilt>,
    payloads: Payloads,
    closed: f64,
    open: f64,
}

/// The slats of a blind, and the numbers for them flat and upright.
#[derive(Debug)]
struct Tilt {
    command: Command,
    flat: f64,
    upright: f64,
}

#[derive(Debug)]
struct Payloads {
    open: Option<String>,
    close: Option<String>,
    stop: Option<String>,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let words = words(config);
    let closed = config.number("position_closed").unwrap_or(0.0);
    let open = config.number("position_open").unwrap_or(100.0);
    if config.platform == "valve" {
        return valve(compiler, words, closed, open);
    }
    let has_position = config.has("position_topic");
    let has_state = config.has("state_topic");
    let template = if config.has("position_template") { "position_template" } else { "value_template" };
    compiler.input("position_topic", template, Reading::Position { closed, open, gives_state: !has_state })?;
    compiler.input("state_topic", "value_template", Reading::State(words))?;
    let (flat, upright) = (config.number("tilt_min").unwrap_or(0.0), config.number("tilt_max").unwrap_or(100.0));
    compiler.input(
        "tilt_status_topic",
        "tilt_status_template",
        Reading::Share("current_tilt_position", flat, upright),
    )?;
    let command = compiler.command("command_topic", "command_template")?;
    let position = compiler.command("set_position_topic", "set_position_template")?;
    let tilt =
        compiler.command("tilt_command_topic", "tilt_command_template")?.map(|command| Tilt { command, flat, upright });
    if tilt.is_some() {
        compiler.fact("supports_tilt", true);
    }
    compiler.fact("supports_position", position.is_some());
    let cover = Cover { command, position, tilt, payloads: payloads(config), closed, open };
    compiler.finish(Domain::Cover, cover, has_state || has_position)
}

/// A valve that reports its position is told positions on the topic of its commands.
fn valve(mut compiler: Compiler<'_>, words: Words, closed: f64, open: f64) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let reports_position = config.flag("reports_position");
    let has_state = compiler.input("state_topic", "value_template", Reading::ValvePosition(words))?;
    let command = compiler.command("command_topic", "command_template")?;
    let position = command.clone().filter(|_| reports_position);
    compiler.fact("reports_position", reports_position);
    let valve = Cover { command, position, tilt: None, payloads: payloads(config), closed, open };
    compiler.finish(Domain::Valve, valve, has_state)
}

fn words(config: &Config) -> Words {
    let states = ["open", "opening", "closed", "closing", "stopped"];
    Words::new(states.map(|state| (config.text_or(&format!("state_{state}"), state), state)))
}

/// A payload of `null` means that the cover lacks that command.
fn payloads(config: &Config) -> Payloads {
    let payload = |key: &str, default: &str| match config.options.get(key) {
        Some(Json::Null) => None,
        Some(_) | None => Some(config.text_or(key, default)),
    };
    Payloads {
        open: payload("payload_open", "OPEN"),
        close: payload("payload_close", "CLOSE"),
        stop: payload("payload_stop", "STOP"),
    }
}

impl Writer for Cover {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        match action {
            Action::OpenCover | Action::OpenValve | Action::TurnOn => {
                self.say(self.payloads.open.as_deref(), Some(100), at)
            }
            Action::CloseCover | Action::CloseValve | Action::TurnOff => {
                self.say(self.payloads.close.as_deref(), Some(0), at)
            }
            Action::StopCover => self.say(self.payloads.stop.as_deref(), None, at),
            Action::SetCoverPosition(position) | Action::SetValvePosition(position) => self.move_to(*position, at),
            Action::SetTilt(position) => self.tilt_to(*position, at),
            _ => Err(at.unsupported("it only opens and closes")),
        }
    }
}

impl Cover {
    /// Says a word; where there is none, the position that means the same.
    fn say(&self, payload: Option<&str>, position: Option<u8>, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        match (&self.command, payload, position) {
            (Some(command), Some(payload), _) => Ok(vec![command.send(payload, at)?]),
            (_, _, Some(position)) if self.position.is_some() => self.move_to(position, at),
            (_, _, _) => Err(at.unsupported("it has no such command")),
        }
    }

    fn tilt_to(&self, position: u8, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let Some(Tilt { command, flat, upright }) = &self.tilt else {
            return Err(at.unsupported("it has no slats to tilt"));
        };
        let wanted = at.within(f64::from(position), 0.0, 100.0)?;
        let scaled = crate::json::from_number((flat + wanted / 100.0 * (upright - flat)).round());
        Ok(vec![command.send_all(&[("value", scaled.clone()), ("tilt_position", scaled)], at)?])
    }

    fn move_to(&self, position: u8, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let wanted = at.within(f64::from(position), 0.0, 100.0)?;
        let Some(command) = &self.position else {
            return match position {
                0 => self.say(self.payloads.close.as_deref(), None, at),
                100 => self.say(self.payloads.open.as_deref(), None, at),
                _ => Err(at.unsupported("it has no positions between open and closed")),
            };
        };
        let scaled = crate::json::from_number((self.closed + wanted / 100.0 * (self.open - self.closed)).round());
        let values = [("value", scaled.clone()), ("position", scaled)];
        Ok(vec![command.send_all(&values, at)?])
    }
}
