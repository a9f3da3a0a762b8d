//! What zigbee2mqtt exposes without a kind: truth values, numbers, choices and text.

use serde_json::json;

use super::Spelt;
use super::exposes::Expose;
use super::specific::{told, told_later};
use crate::native::spelling::{Options, label, path};

impl Spelt<'_> {
    /// A setting becomes a switch, an observation a binary sensor.
    pub(super) fn binary(&mut self, expose: &Expose) {
        let Some(template) = path(&[&expose.property]) else { return };
        let (Some(on), Some(off)) = (&expose.value_on, &expose.value_off) else { return };
        let known = BINARY.iter().find(|(name, _)| *name == expose.name).map(|(_, class)| *class);
        let mut options = self.common(expose, &template, known);
        match expose.is_settable() {
            true => {
                options.set("command_topic", json!(self.set));
                options.set("payload_on", json!(told(&expose.property, on)));
                options.set("payload_off", json!(told(&expose.property, off)));
                options.set("state_on", on.clone());
                options.set("state_off", off.clone());
                options.set("optimistic", !expose.is_published());
                options.set("entity_category", json!(expose.category.as_deref().unwrap_or("config")));
                self.add("switch", &format!("switch_{}", object(expose)), options);
            }
            false => {
                options.set("payload_on", on.clone());
                options.set("payload_off", off.clone());
                self.add("binary_sensor", &object(expose), options);
            }
        }
    }

    pub(super) fn numeric(&mut self, expose: &Expose) {
        // The radio's own figure, which Home Assistant hides too.
        if expose.name == "linkquality" {
            return;
        }
        let Some(template) = path(&[&expose.property]) else { return };
        let known = NUMERIC.iter().find(|(name, _)| *name == expose.name).map(|(_, class)| *class);
        let mut options = self.common(expose, &template, known);
        if let Some(unit) = &expose.unit {
            options.set("unit_of_measurement", json!(unit));
        }
        if known == Some("battery") {
            options.set("entity_category", json!("diagnostic"));
        }
        match expose.is_settable() {
            true => {
                options.set("min", json!(expose.value_min));
                options.set("max", json!(expose.value_max));
                options.set("step", json!(expose.value_step));
                options.set("command_topic", json!(self.set));
                options.set("command_template", json!(told_later(&expose.property, "value")));
                options.set("optimistic", !expose.is_published());
                options.set("entity_category", json!(expose.category.as_deref().unwrap_or("config")));
                self.add("number", &object(expose), options);
            }
            false => self.add("sensor", &object(expose), options),
        }
    }

    /// A choice of one is a button; one that is only reported is a sensor, as the last press of a remote is.
    pub(super) fn choice(&mut self, expose: &Expose) {
        if expose.name == "effect" {
            return;
        }
        let Some(template) = path(&[&expose.property]) else { return };
        let mut options = self.common(expose, &template, None);
        match (expose.is_settable(), expose.is_published(), expose.values.as_slice()) {
            (true, false, [only]) => {
                let options = json!({
                    "name": name(expose),
                    "command_topic": self.set,
                    "payload_press": told(&expose.property, only),
                    "entity_category": expose.category.as_deref().unwrap_or("config"),
                });
                self.add("button", &object(expose), options);
            }
            (true, _, values) => {
                options.set("options", json!(values));
                options.set("command_topic", json!(self.set));
                options.set("command_template", json!(told_later(&expose.property, "value | tojson")));
                options.set("optimistic", !expose.is_published());
                options.set("entity_category", json!(expose.category.as_deref().unwrap_or("config")));
                self.add("select", &object(expose), options);
            }
            (false, _, _) => self.add("sensor", &object(expose), options),
        }
    }

    pub(super) fn words(&mut self, expose: &Expose) {
        if let Some(template) = path(&[&expose.property]).filter(|_| expose.is_published()) {
            let options = self.common(expose, &template, None);
            self.add("sensor", &object(expose), options);
        }
    }

    fn common(&self, expose: &Expose, template: &str, class: Option<&str>) -> Options {
        let category = expose.category.as_deref().filter(|category| matches!(*category, "config" | "diagnostic"));
        Options::from(json!({
            "name": name(expose),
            "state_topic": self.topic,
            "value_template": template,
            "device_class": class,
            "entity_category": category,
        }))
    }
}

fn name(expose: &Expose) -> String {
    let own = expose.label();
    match &expose.endpoint {
        Some(endpoint) if !own.to_lowercase().ends_with(&endpoint.to_lowercase()) => {
            format!("{own} {}", label(endpoint))
        }
        Some(_) | None => own,
    }
}

fn object(expose: &Expose) -> String {
    let name = if expose.name.is_empty() { &expose.property } else { &expose.name };
    expose.endpoint.as_ref().map_or_else(|| name.clone(), |endpoint| format!("{name}_{endpoint}"))
}

/// Home Assistant's classes for truth values; a contact reports that it is closed by `true`, and says so in its values.
const BINARY: &[(&str, &str)] = &[
    ("battery_low", "battery"),
    ("carbon_monoxide", "carbon_monoxide"),
    ("contact", "door"),
    ("gas", "gas"),
    ("moving", "moving"),
    ("noise_detected", "sound"),
    ("occupancy", "occupancy"),
    ("presence", "occupancy"),
    ("rain", "moisture"),
    ("smoke", "smoke"),
    ("tamper", "tamper"),
    ("vibration", "vibration"),
    ("water_leak", "moisture"),
];

/// And for numbers.
const NUMERIC: &[(&str, &str)] = &[
    ("aqi", "aqi"),
    ("battery", "battery"),
    ("co2", "carbon_dioxide"),
    ("current", "current"),
    ("device_temperature", "temperature"),
    ("energy", "energy"),
    ("external_temperature", "temperature"),
    ("humidity", "humidity"),
    ("illuminance", "illuminance"),
    ("illuminance_lux", "illuminance"),
    ("local_temperature", "temperature"),
    ("pm10", "pm10"),
    ("pm25", "pm25"),
    ("power", "power"),
    ("power_factor", "power_factor"),
    ("pressure", "pressure"),
    ("soil_moisture", "moisture"),
    ("temperature", "temperature"),
    ("voc", "volatile_organic_compounds"),
    ("voltage", "voltage"),
    ("water_consumed", "water"),
];
