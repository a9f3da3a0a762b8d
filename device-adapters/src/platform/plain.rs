//! What only reports, what only can be pressed, and what takes a number or one of its options.
//!
//! Hearth's own platform `weather` has a `state_topic` with JSON
//! `{"condition","temperature","humidity","wind_speed","forecast":[…]}`, each of the forecast
//! `{"datetime","condition","temperature","templow","precipitation_probability"}`;
//! the condition is the state, all else attributes.
//! Hearth's own platform `person` has a `state_topic` with `home`, `not_home` or the name of a zone.

use house::{Action, Domain, Rejection};

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::json::from_number;
use crate::reading::{Reading, Words};
use crate::writing::{Command, ReadOnly, Writer, Writing};

#[derive(Debug)]
struct Press {
    command: Option<Command>,
    payload: String,
}

#[derive(Debug)]
struct Number {
    command: Option<Command>,
    min: f64,
    max: f64,
}

#[derive(Debug)]
struct Choice {
    command: Option<Command>,
    options: Vec<String>,
}

/// Sensors, and what is none of the kinds that are known: their text is their state.
pub(super) fn sensor(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let domain = Domain::parse(&config.platform).unwrap_or(Domain::Other);
    let has_state = compiler.input("state_topic", "value_template", Reading::Measured)?;
    if !has_state && domain == Domain::Sensor {
        return Err(Rejection::Lacks("state_topic".to_owned()));
    }
    range(&mut compiler);
    if config.has("options") {
        compiler.fact_list("options", &config.list("options"));
    }
    compiler.finish(domain, ReadOnly, has_state)
}

/// Numbers. Home Assistant's take 1 to 100 where nothing else is said; a dialect says `null` for no bound.
pub(super) fn number(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let has_state = compiler.input("state_topic", "value_template", Reading::Measured)?;
    range(&mut compiler);
    let bound = |key: &str, usual: f64, none: f64| {
        config.number(key).unwrap_or(if config.options.contains_key(key) { none } else { usual })
    };
    let (min, max) = (bound("min", 1.0, f64::MIN), bound("max", 100.0, f64::MAX));
    let command = compiler.command("command_topic", "command_template")?;
    compiler.finish(Domain::Number, Number { command, min, max }, has_state)
}

fn range(compiler: &mut Compiler<'_>) {
    for key in ["min", "max", "step"] {
        if let Some(number) = compiler.config.number(key) {
            compiler.fact(key, number);
        }
    }
}

/// Choices.
pub(super) fn select(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let has_state = compiler.input("state_topic", "value_template", Reading::Measured)?;
    let options = config.list("options");
    if config.has("options") {
        compiler.fact_list("options", &options);
    }
    let command = compiler.command("command_topic", "command_template")?;
    compiler.finish(Domain::Select, Choice { command, options }, has_state)
}

/// Two-state observations. `off_delay` and `expire_after` would need a clock and are not followed.
pub(super) fn binary_sensor(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let words = Words::new([(config.text_or("payload_on", "ON"), "on"), (config.text_or("payload_off", "OFF"), "off")]);
    let has_state = compiler.input("state_topic", "value_template", Reading::State(words))?;
    match has_state {
        true => compiler.finish(Domain::BinarySensor, ReadOnly, true),
        false => Err(Rejection::Lacks("state_topic".to_owned())),
    }
}

/// Hearth's weather reports.
pub(super) fn weather(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let has_state = compiler.input("state_topic", "value_template", Reading::Report("condition"))?;
    compiler.finish(Domain::Weather, ReadOnly, has_state)
}

/// Hearth's people.
pub(super) fn person(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let has_state = compiler.input("state_topic", "value_template", Reading::Measured)?;
    compiler.finish(Domain::Person, ReadOnly, has_state)
}

/// Scenes, scripts and buttons.
pub(super) fn press(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let domain = Domain::parse(&config.platform).unwrap_or(Domain::Button);
    let payload = match domain {
        Domain::Button => config.text_or("payload_press", "PRESS"),
        _ => config.text_or("payload_on", "ON"),
    };
    let command = compiler.command("command_topic", "command_template")?;
    compiler.input("state_topic", "value_template", Reading::Measured)?;
    compiler.finish(domain, Press { command, payload }, false)
}

impl Writer for Number {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let command = at.need(self.command.as_ref(), "it only reports")?;
        match action {
            Action::SetNumber(wanted) => {
                Ok(vec![command.send(from_number(at.within(*wanted, self.min, self.max)?), at)?])
            }
            _ => Err(at.unsupported("it only takes a number")),
        }
    }
}

impl Writer for Choice {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let command = at.need(self.command.as_ref(), "it only reports")?;
        match action {
            Action::SelectOption(option) if self.options.contains(option) => {
                Ok(vec![command.send(option.as_str(), at)?])
            }
            Action::SelectOption(_) => Err(at.unsupported("it has no such option")),
            _ => Err(at.unsupported("it only takes one of its options")),
        }
    }
}

impl Writer for Press {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let command = at.need(self.command.as_ref(), "it has no command topic")?;
        match action {
            Action::Activate | Action::TurnOn => Ok(vec![command.send(self.payload.as_str(), at)?]),
            _ => Err(at.unsupported("it can only be activated")),
        }
    }
}
