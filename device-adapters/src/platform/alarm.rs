//! Burglar alarms. Codes are not sent: Hearth asks for its own PIN before it disarms.

use house::{Action, ArmMode, Domain};
use serde_json::Value as Json;

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Alarm {
    command: Command,
    disarm: String,
    home: String,
    away: String,
    night: String,
    vacation: String,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, String> {
    let config = compiler.config;
    let has_state = compiler.input("state_topic", "value_template", Reading::State(Words::same(STATES)))?;
    let command = compiler.required("command_topic", "command_template")?;
    if config.has("supported_features") {
        compiler.fact_list("supported_features", &config.list("supported_features"));
    }
    let alarm = Alarm {
        command,
        disarm: config.text_or("payload_disarm", "DISARM"),
        home: config.text_or("payload_arm_home", "ARM_HOME"),
        away: config.text_or("payload_arm_away", "ARM_AWAY"),
        night: config.text_or("payload_arm_night", "ARM_NIGHT"),
        vacation: config.text_or("payload_arm_vacation", "ARM_VACATION"),
    };
    compiler.finish(Domain::AlarmControlPanel, alarm, has_state)
}

impl Writer for Alarm {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let payload = match action {
            Action::Disarm | Action::TurnOff => &self.disarm,
            Action::Arm(ArmMode::Home) => &self.home,
            Action::Arm(ArmMode::Away) => &self.away,
            Action::Arm(ArmMode::Night) => &self.night,
            Action::Arm(ArmMode::Vacation) => &self.vacation,
            _ => return Err(at.unsupported("it only arms and disarms")),
        };
        let values = [("action", Json::from(payload.as_str())), ("value", Json::from(payload.as_str())), ("code", Json::from(""))];
        Ok(vec![self.command.send_all(&values, at)?])
    }
}

const STATES: &[&str] = &[
    "disarmed", "armed_home", "armed_away", "armed_night", "armed_vacation", "armed_custom_bypass", "pending", "triggered",
    "arming", "disarming",
];
