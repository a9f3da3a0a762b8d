//! Heating, cooling and hot water.

use house::{Action, Domain, HvacMode, Rejection};

use crate::change::{Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::config::Config;
use crate::json::from_number;
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct Climate {
    mode: Option<Command>,
    temperature: Option<Command>,
    high: Option<Command>,
    low: Option<Command>,
    power: Option<Command>,
    on: String,
    off: String,
    modes: Vec<String>,
    min: f64,
    max: f64,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let domain = Domain::parse(&config.platform).unwrap_or(Domain::Climate);
    let modes = modes(config, domain);
    let (min, max) = range(config, domain);
    let words = Words::new(modes.iter().filter_map(|mode| Some((mode.clone(), state(mode)?))));
    let has_mode = compiler.input("mode_state_topic", "mode_state_template", Reading::State(words))?;
    let has_target =
        compiler.input("temperature_state_topic", "temperature_state_template", Reading::Number("temperature"))?;
    inputs(&mut compiler)?;
    let climate = Climate {
        mode: compiler.command("mode_command_topic", "mode_command_template")?,
        temperature: compiler.command("temperature_command_topic", "temperature_command_template")?,
        high: compiler.command("temperature_high_command_topic", "temperature_high_command_template")?,
        low: compiler.command("temperature_low_command_topic", "temperature_low_command_template")?,
        power: compiler.command("power_command_topic", "power_command_template")?,
        on: config.text_or("payload_on", "ON"),
        off: config.text_or("payload_off", "OFF"),
        modes: modes.clone(),
        min,
        max,
    };
    facts(&mut compiler, domain, &modes, min, max);
    compiler.finish(domain, climate, has_mode || has_target)
}

fn inputs(compiler: &mut Compiler<'_>) -> Result<(), Rejection> {
    let numbers = [
        ("temperature_high_state", "target_temp_high"),
        ("temperature_low_state", "target_temp_low"),
        ("current_temperature", "current_temperature"),
        ("current_humidity", "current_humidity"),
        ("target_humidity_state", "humidity"),
    ];
    for (option, attribute) in numbers {
        compiler.input(&format!("{option}_topic"), &format!("{option}_template"), Reading::Number(attribute))?;
    }
    compiler.input("action_topic", "action_template", Reading::Text("hvac_action"))?;
    compiler.input("fan_mode_state_topic", "fan_mode_state_template", Reading::Text("fan_mode"))?;
    compiler.input("preset_mode_state_topic", "preset_mode_value_template", Reading::Text("preset_mode"))?;
    compiler.input("swing_mode_state_topic", "swing_mode_state_template", Reading::Text("swing_mode"))?;
    Ok(())
}

fn facts(compiler: &mut Compiler<'_>, domain: Domain, modes: &[String], min: f64, max: f64) {
    let config = compiler.config;
    compiler.fact_list(if domain == Domain::Climate { "hvac_modes" } else { "operation_list" }, modes);
    compiler.fact("min_temp", min);
    compiler.fact("max_temp", max);
    if let Some(step) = config.number("temp_step") {
        compiler.fact("target_temp_step", step);
    }
    if let Some(unit) = config.text("temperature_unit").filter(|unit| unit.len() <= 2) {
        compiler.fact("temperature_unit", format!("°{unit}"));
    }
    for key in ["fan_modes", "preset_modes", "swing_modes"] {
        if config.has(key) {
            compiler.fact_list(key, &config.list(key));
        }
    }
}

fn modes(config: &Config, domain: Domain) -> Vec<String> {
    let defaults: &[&str] = match domain {
        Domain::WaterHeater => &["off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance"],
        _ => &["auto", "off", "cool", "heat", "dry", "fan_only"],
    };
    match config.has("modes") {
        true => config.list("modes"),
        false => defaults.iter().map(|mode| (*mode).to_owned()).collect(),
    }
}

/// Home Assistant's word for a mode, as a state.
fn state(mode: &str) -> Option<&'static str> {
    const WATER: &[&str] = &["eco", "electric", "gas", "heat_pump", "high_demand", "performance"];
    HvacMode::parse(mode).map(HvacMode::as_str).or_else(|| WATER.iter().find(|word| **word == mode).copied())
}

/// Home Assistant's defaults: 7–35 °C for climate, 43.3–60 °C for hot water.
fn range(config: &Config, domain: Domain) -> (f64, f64) {
    let is_fahrenheit = config.text("temperature_unit").is_some_and(|unit| unit.starts_with(['F', 'f']));
    let (min, max) = match (domain, is_fahrenheit) {
        (Domain::WaterHeater, false) => (43.3, 60.0),
        (Domain::WaterHeater, true) => (110.0, 140.0),
        (_, false) => (7.0, 35.0),
        (_, true) => (45.0, 95.0),
    };
    (config.number("min_temp").unwrap_or(min), config.number("max_temp").unwrap_or(max))
}

impl Writer for Climate {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        match action {
            Action::SetTemperature(asked) => self.set(*asked, at),
            Action::SetHvacMode(mode) => self.switch(mode.as_str(), at),
            Action::TurnOff => match &self.power {
                Some(power) => Ok(vec![power.send(self.off.as_str(), at)?]),
                None => self.switch("off", at),
            },
            Action::TurnOn => match &self.power {
                Some(power) => Ok(vec![power.send(self.on.as_str(), at)?]),
                None => self.switch(self.usual().ok_or_else(|| at.unsupported("it has no mode but off"))?, at),
            },
            _ => Err(at.unsupported("it only takes a temperature and a mode")),
        }
    }
}

impl Climate {
    fn set(&self, asked: f64, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let target = at.within(asked, self.min, self.max)?;
        let bound = if at.is("cool") { &self.high } else { &self.low };
        let command = self.temperature.as_ref().or(bound.as_ref());
        Ok(vec![at.need(command, "it takes no temperature")?.send(from_number(target), at)?])
    }

    fn switch(&self, mode: &str, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        match self.modes.iter().any(|known| known == mode) {
            true => Ok(vec![at.need(self.mode.as_ref(), "its mode can't be set")?.send(mode, at)?]),
            false => Err(at.unsupported(&format!("it has no mode `{mode}`"))),
        }
    }

    /// The mode for "on": Home Assistant tries these in this order.
    fn usual(&self) -> Option<&str> {
        let known = |mode: &&str| self.modes.iter().any(|known| known == mode);
        let preferred = ["heat_cool", "heat", "cool", "auto"].into_iter().find(known);
        preferred.or_else(|| self.modes.iter().map(String::as_str).find(|mode| *mode != "off"))
    }
}
