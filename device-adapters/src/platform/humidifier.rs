//! Humidifiers and dehumidifiers: on or off, and at a target humidity.

use house::{Action, Domain, Rejection};

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::json::from_number;
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Humidifier {
    command: Command,
    on: String,
    off: String,
    target: Option<Command>,
    min: f64,
    max: f64,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let on = config.text_or("payload_on", "ON");
    let off = config.text_or("payload_off", "OFF");
    let words = Words::new([(on.clone(), "on"), (off.clone(), "off")]);
    let has_state = compiler.input("state_topic", "state_value_template", Reading::State(words))?;
    compiler.input("target_humidity_state_topic", "target_humidity_state_template", Reading::Number("humidity"))?;
    compiler.input("current_humidity_topic", "current_humidity_template", Reading::Number("current_humidity"))?;
    let min = config.number("min_humidity").unwrap_or(0.0);
    let max = config.number("max_humidity").unwrap_or(100.0);
    if !(0.0..max).contains(&min) || 100.0 < max {
        return Err(Rejection::EmptyRange);
    }
    compiler.fact("min_humidity", min);
    compiler.fact("max_humidity", max);
    let command = compiler.required("command_topic", "command_template")?;
    let target = compiler.command("target_humidity_command_topic", "target_humidity_command_template")?;
    compiler.finish(Domain::Humidifier, Humidifier { command, on, off, target, min, max }, has_state)
}

impl Writer for Humidifier {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        match action {
            Action::TurnOn => Ok(vec![self.command.send(self.on.as_str(), at)?]),
            Action::TurnOff => Ok(vec![self.command.send(self.off.as_str(), at)?]),
            Action::SetHumidity(humidity) => {
                let command = at.need(self.target.as_ref(), "it takes no target humidity")?;
                let humidity = at.within(f64::from(*humidity), self.min, self.max)?;
                Ok(vec![command.send(from_number(humidity), at)?])
            }
            _ => Err(at.unsupported("it only goes on and off and to a humidity")),
        }
    }
}
