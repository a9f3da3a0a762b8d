//! Robot mowers.

use house::{Action, Domain, Rejection};

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Mower {
    start: Option<Command>,
    pause: Option<Command>,
    dock: Option<Command>,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let words = Words::same(&["mowing", "paused", "docked", "returning", "error"]);
    let has_state = compiler.input("activity_state_topic", "activity_value_template", Reading::State(words))?;
    let mower = Mower {
        start: compiler.command("start_mowing_command_topic", "start_mowing_command_template")?,
        pause: compiler.command("pause_command_topic", "pause_command_template")?,
        dock: compiler.command("dock_command_topic", "dock_command_template")?,
    };
    compiler.finish(Domain::LawnMower, mower, has_state)
}

impl Writer for Mower {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let (command, word) = match action {
            Action::MowerStart | Action::TurnOn => (&self.start, "start_mowing"),
            Action::MowerPause => (&self.pause, "pause"),
            Action::MowerDock | Action::TurnOff => (&self.dock, "dock"),
            _ => return Err(at.unsupported("it only mows")),
        };
        Ok(vec![at.need(command.as_ref(), "it has no such command")?.send(word, at)?])
    }
}
