//! Door locks. One that wants a code of its own can't be told anything, as Hearth does not know it.

use house::{Action, Domain, Rejection};
use serde_json::Value as Json;

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Lock {
    command: Command,
    lock: String,
    unlock: String,
    wants_code: bool,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let states = ["locked", "unlocked", "locking", "unlocking", "jammed"];
    let words = states.map(|state| {
        let option = format!("state_{state}");
        (config.text_or(&option, &state.to_uppercase()), state)
    });
    let has_state = compiler.input("state_topic", "value_template", Reading::State(Words::new(words)))?;
    let command = compiler.required("command_topic", "command_template")?;
    let wants_code =
        config.has("code_format") && config.text("command_template").is_some_and(|template| template.contains("code"));
    let lock = Lock {
        command,
        wants_code,
        lock: config.text_or("payload_lock", "LOCK"),
        unlock: config.text_or("payload_unlock", "UNLOCK"),
    };
    compiler.finish(Domain::Lock, lock, has_state)
}

impl Writer for Lock {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let payload = match action {
            Action::Lock => &self.lock,
            Action::Unlock => &self.unlock,
            _ => return Err(at.unsupported("it only locks and unlocks")),
        };
        if self.wants_code {
            return Err(at.unsupported("it wants a code of its own, which Hearth does not know"));
        }
        let values = [("value", Json::from(payload.as_str())), ("code", Json::from(""))];
        Ok(vec![self.command.send_all(&values, at)?])
    }
}
