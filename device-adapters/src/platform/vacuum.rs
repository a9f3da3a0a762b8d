//! Robot vacuums. Cleaning by area goes out on `send_command_topic` as `{"command":"clean_area","areas":[…]}`.

use house::{Action, Domain, Rejection};
use serde_json::json;

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::Reading;
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Vacuum {
    command: Option<Command>,
    send: Option<Command>,
    start: String,
    pause: String,
    home: String,
    locate: String,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let has_state = compiler.input("state_topic", "value_template", Reading::Vacuum)?;
    let vacuum = Vacuum {
        command: compiler.command("command_topic", "command_template")?,
        send: compiler.command("send_command_topic", "send_command_template")?,
        start: config.text_or("payload_start", "start"),
        pause: config.text_or("payload_pause", "pause"),
        home: config.text_or("payload_return_to_base", "return_to_base"),
        locate: config.text_or("payload_locate", "locate"),
    };
    if config.has("fan_speed_list") {
        compiler.fact_list("fan_speed_list", &config.list("fan_speed_list"));
    }
    compiler.fact("supports_clean_area", vacuum.send.is_some());
    compiler.finish(Domain::Vacuum, vacuum, has_state)
}

impl Writer for Vacuum {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let payload = match action {
            Action::VacuumStart | Action::TurnOn => &self.start,
            Action::VacuumPause => &self.pause,
            Action::VacuumReturn | Action::TurnOff => &self.home,
            Action::VacuumLocate => &self.locate,
            Action::VacuumCleanArea(areas) => {
                let send = at.need(self.send.as_ref(), "it can't be sent to an area")?;
                return Ok(vec![send.send(json!({ "command": "clean_area", "areas": areas }), at)?]);
            }
            _ => return Err(at.unsupported("it only cleans")),
        };
        Ok(vec![at.need(self.command.as_ref(), "it takes no commands")?.send(payload.as_str(), at)?])
    }
}
