//! Switches and sirens: on or off.

use house::{Action, Domain, Rejection};

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Switch {
    command: Command,
    on: String,
    off: String,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let domain = Domain::parse(&config.platform).unwrap_or(Domain::Switch);
    let on = config.text_or("payload_on", "ON");
    let off = config.text_or("payload_off", "OFF");
    let words = Words::new([(config.text_or("state_on", &on), "on"), (config.text_or("state_off", &off), "off")]);
    let template = if config.has("state_value_template") { "state_value_template" } else { "value_template" };
    let has_state = compiler.input("state_topic", template, Reading::State(words))?;
    let command = compiler.required("command_topic", "command_template")?;
    compiler.finish(domain, Switch { command, on, off }, has_state)
}

impl Writer for Switch {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        match action {
            Action::TurnOn => Ok(vec![self.command.send(self.on.as_str(), at)?]),
            Action::TurnOff => Ok(vec![self.command.send(self.off.as_str(), at)?]),
            _ => Err(at.unsupported("it only goes on and off")),
        }
    }
}
