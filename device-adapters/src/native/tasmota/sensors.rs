//! Sensors of Tasmota devices: every number in the report that the device announced.

use serde_json::{Map, Value as Json, json};

use super::{STAT, Spelt, TELE};
use crate::native::spelling::path;

impl Spelt<'_> {
    pub(super) fn sensors(&mut self, report: &Map<String, Json>) {
        let heat = report.get("TempUnit").and_then(Json::as_str).unwrap_or("C").to_owned();
        for (group, value) in report.iter().take(MOST_GROUPS) {
            // Shutters and switches are entities of their own.
            let is_told_elsewhere = ["Shutter", "Switch"].iter().any(|word| group.starts_with(word));
            if !is_told_elsewhere {
                self.within(&[group], value, &heat);
            }
        }
    }

    fn within(&mut self, steps: &[&str], value: &Json, heat: &str) {
        match value {
            Json::Number(_) | Json::Null => self.sensor(steps, None, heat),
            Json::Array(items) => {
                (0..items.len().min(MOST_PHASES)).for_each(|place| self.sensor(steps, Some(place), heat))
            }
            Json::Object(map) if steps.len() < MOST_STEPS => {
                for (name, value) in map.iter().take(MOST_GROUPS) {
                    let mut deeper = steps.to_vec();
                    deeper.push(name);
                    self.within(&deeper, value, heat);
                }
            }
            Json::Object(_) | Json::Bool(_) | Json::String(_) => {}
        }
    }

    fn sensor(&mut self, steps: &[&str], place: Option<usize>, heat: &str) {
        let (Some(plain), Some(name)) = (path(steps), steps.last()) else { return };
        let root = "value_json['StatusSNS']";
        let index = place.map(|place| format!("[{place}]")).unwrap_or_default();
        let plain = plain.replace(" }}", &format!("{index} }}}}"));
        let asked = plain.replacen("value_json", root, 1);
        let kind = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let (class, unit, cumulates) = KINDS
            .iter()
            .find(|(word, ..)| *word == *name || *word == kind)
            .map_or((None, None, false), |(_, class, unit, cumulates)| (Some(*class), Some(*unit), *cumulates));
        let unit = if unit == Some("°") {
            Some(format!("°{}", if heat == "F" { "F" } else { "C" }))
        } else {
            unit.filter(|unit| !unit.is_empty()).map(str::to_owned)
        };
        let number = place.map(|place| (place + 1).to_string());
        let words: Vec<&str> = steps.iter().copied().chain(number.as_deref()).collect();
        let key = words.join("_");
        let options = json!({
            "name": called(&words),
            "device_class": class,
            "unit_of_measurement": unit,
            "state_class": if cumulates { "total_increasing" } else { "measurement" },
            "state_topic": [
                { "topic": self.config.topic(TELE, "SENSOR"), "template": plain },
                { "topic": self.config.topic(STAT, "STATUS10"), "template": asked },
            ],
        });
        let unique = format!("{}_{key}", self.config.chip());
        self.speller.add("sensor", &key, &unique, options);
    }
}

/// `ENERGY Today` → `Energy Today`, `ENERGY ApparentPower` → `Apparent Power`, `AM2301 DewPoint` → `AM2301 Dew Point`.
fn called(words: &[&str]) -> String {
    let split = |word: &&str| {
        let is_name = word.chars().all(|letter| letter.is_ascii_alphabetic())
            && word.chars().any(|letter| letter.is_ascii_lowercase());
        let spaced = word.chars().enumerate().flat_map(|(place, letter)| {
            (is_name && 0 < place && letter.is_ascii_uppercase()).then_some(' ').into_iter().chain([letter])
        });
        spaced.collect::<String>()
    };
    let words = match words {
        ["ENERGY", rest @ ..] if matches!(rest.first(), Some(&("Total" | "Today" | "Yesterday"))) => {
            std::iter::once("Energy".to_owned()).chain(rest.iter().map(split)).collect()
        }
        ["ENERGY", rest @ ..] => rest.iter().map(split).collect::<Vec<_>>(),
        words => words.iter().map(split).collect(),
    };
    words.join(" ")
}

/// The words of Tasmota's reports: Home Assistant's class, the unit, and whether it only grows.
const KINDS: &[(&str, &str, &str, bool)] = &[
    ("ApparentPower", "apparent_power", "VA", false),
    ("CarbonDioxide", "carbon_dioxide", "ppm", false),
    ("Current", "current", "A", false),
    ("DewPoint", "temperature", "°", false),
    ("Distance", "distance", "cm", false),
    ("Factor", "power_factor", "", false),
    ("Frequency", "frequency", "Hz", false),
    ("Humidity", "humidity", "%", false),
    ("Illuminance", "illuminance", "lx", false),
    ("PM10", "pm10", "µg/m³", false),
    ("PM2.5", "pm25", "µg/m³", false),
    ("Power", "power", "W", false),
    ("Pressure", "pressure", "hPa", false),
    ("ReactivePower", "reactive_power", "var", false),
    ("Temperature", "temperature", "°", false),
    ("Today", "energy", "kWh", true),
    ("Total", "energy", "kWh", true),
    ("Voltage", "voltage", "V", false),
    ("Yesterday", "energy", "kWh", false),
    ("eCO", "carbon_dioxide", "ppm", false),
];
/// Sensors on one device, and names within one.
const MOST_GROUPS: usize = 64;
/// Names one within another.
const MOST_STEPS: usize = 3;
/// A meter has three phases.
const MOST_PHASES: usize = 3;
