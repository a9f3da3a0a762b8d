//! To-do and shopping lists: Hearth's own platform `todo`.
//!
//! `state_topic` carries JSON `{"items":["milk", …]}`, the open items (or `{"summary","status"}` maps);
//! the state is their number, the attribute `items` the items.
//! `command_topic` takes JSON: `{"add":"milk"}`, `{"complete":"milk"}` or `{"remove":"milk"}`.

use house::{Action, Domain, Rejection};
use serde_json::json;

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::Reading;
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct List {
    command: Option<Command>,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let has_state = compiler.input("state_topic", "value_template", Reading::Todo)?;
    let command = compiler.command("command_topic", "command_template")?;
    compiler.finish(Domain::Todo, List { command }, has_state)
}

impl Writer for List {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let payload = match action {
            Action::AddItem(item) => json!({ "add": item }),
            Action::CompleteItem(item) => json!({ "complete": item }),
            Action::RemoveItem(item) => json!({ "remove": item }),
            _ => return Err(at.unsupported("it is a list")),
        };
        Ok(vec![at.need(self.command.as_ref(), "it can't be changed")?.send(payload, at)?])
    }
}
