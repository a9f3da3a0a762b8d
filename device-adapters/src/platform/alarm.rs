//! Burglar alarms.
//!
//! Hearth asks for its own PIN before it disarms. A panel's own code is sent if the panel announces it;
//! a panel that wants one and keeps it to itself can't be told anything that takes it.

use house::{Action, ArmMode, Domain, Rejection};
use serde_json::Value as Json;

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::config::Config;
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
    code: Code,
}

/// The panel's own code.
#[derive(Debug)]
enum Code {
    /// It wants none.
    None,
    /// It announced it.
    Known(String),
    /// It knows and does not say it; whether it takes it to arm and to disarm.
    Secret { arm: bool, disarm: bool },
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
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
        code: Code::of(config),
    };
    compiler.finish(Domain::AlarmControlPanel, alarm, has_state)
}

impl Code {
    /// Without a template that mentions it, no code is ever sent, whatever else is announced.
    fn of(config: &Config) -> Self {
        let is_told = config.text("command_template").is_some_and(|template| template.contains("code"));
        let is_wanted = |key: &str| !config.has(key) || config.flag(key);
        match config.text("code").filter(|_| is_told).as_deref() {
            None => Self::None,
            Some("REMOTE_CODE" | "REMOTE_CODE_TEXT") => {
                Self::Secret { arm: is_wanted("code_arm_required"), disarm: is_wanted("code_disarm_required") }
            }
            Some(code) => Self::Known(code.to_owned()),
        }
    }
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
        let is_disarming = matches!(action, Action::Disarm | Action::TurnOff);
        let code = match &self.code {
            Code::Secret { disarm: true, .. } if is_disarming => return Err(at.unsupported(SECRET)),
            Code::Secret { arm: true, .. } if !is_disarming => return Err(at.unsupported(SECRET)),
            Code::None | Code::Secret { .. } => "",
            Code::Known(code) => code,
        };
        let values = [
            ("action", Json::from(payload.as_str())),
            ("value", Json::from(payload.as_str())),
            ("code", Json::from(code)),
        ];
        Ok(vec![self.command.send_all(&values, at)?])
    }
}

const SECRET: &str = "it wants a code of its own, which Hearth does not know";
const STATES: &[&str] = &[
    "disarmed",
    "armed_home",
    "armed_away",
    "armed_night",
    "armed_vacation",
    "armed_custom_bypass",
    "pending",
    "triggered",
    "arming",
    "disarming",
];
