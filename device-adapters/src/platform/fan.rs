//! Fans.

use house::{Action, Domain, Rejection};

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Fan {
    command: Command,
    on: String,
    off: String,
    percentage: Option<Command>,
    min: f64,
    max: f64,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let on = config.text_or("payload_on", "ON");
    let off = config.text_or("payload_off", "OFF");
    let words = Words::new([(on.clone(), "on"), (off.clone(), "off")]);
    let has_state = compiler.input("state_topic", "state_value_template", Reading::State(words))?;
    let min = config.number("speed_range_min").unwrap_or(1.0);
    let max = config.number("speed_range_max").unwrap_or(100.0);
    if max <= min {
        return Err(Rejection::EmptyRange);
    }
    compiler.input("percentage_state_topic", "percentage_value_template", Reading::Percentage { min, max })?;
    let oscillates = config.text_or("payload_oscillation_on", "oscillate_on");
    compiler.input(
        "oscillation_state_topic",
        "oscillation_value_template",
        Reading::Truth("oscillating", oscillates),
    )?;
    compiler.input("direction_state_topic", "direction_value_template", Reading::Text("direction"))?;
    compiler.input("preset_mode_state_topic", "preset_mode_value_template", Reading::Text("preset_mode"))?;
    if config.has("preset_modes") {
        compiler.fact_list("preset_modes", &config.list("preset_modes"));
    }
    let command = compiler.required("command_topic", "command_template")?;
    let percentage = compiler.command("percentage_command_topic", "percentage_command_template")?;
    if percentage.is_some() {
        compiler.fact("percentage_step", 100.0 / (max - min + 1.0));
    }
    compiler.finish(Domain::Fan, Fan { command, on, off, percentage, min, max }, has_state)
}

impl Writer for Fan {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        match action {
            Action::TurnOn => Ok(vec![self.command.send(self.on.as_str(), at)?]),
            Action::TurnOff => Ok(vec![self.command.send(self.off.as_str(), at)?]),
            Action::SetPercentage(0) => Ok(vec![self.command.send(self.off.as_str(), at)?]),
            Action::SetPercentage(percentage) => self.set(f64::from(*percentage), at),
            _ => Err(at.unsupported("it only goes on and off and at a speed")),
        }
    }
}

impl Fan {
    /// Home Assistant rounds up, so that the least request is the slowest speed and not off.
    fn set(&self, percentage: f64, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let command = at.need(self.percentage.as_ref(), "it has no speeds")?;
        let percentage = at.within(percentage, 1.0, 100.0)?;
        let speed =
            ((self.max - self.min + 1.0) * percentage / 100.0 + self.min - 1.0).ceil().clamp(self.min, self.max);
        let speed = command.send(crate::json::from_number(speed), at)?;
        match at.is("on") {
            true => Ok(vec![speed]),
            false => Ok(vec![self.command.send(self.on.as_str(), at)?, speed]),
        }
    }
}
