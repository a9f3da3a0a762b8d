//! What the properties of a node are to a house: alone, or together as a lamp or a blind.

use serde_json::{Value as Json, json};

use super::{Dialect, Node, Property};
use crate::native::spelling::{Options, Speller, label};

/// A node while it is spelt out.
struct Spelt<'a> {
    speller: &'a mut Speller,
    dialect: &'a Dialect<'a>,
    id: &'a str,
    node: &'a Node,
    name: Option<&'a str>,
}

pub(super) fn spell(speller: &mut Speller, dialect: &Dialect<'_>, id: &str, node: &Node, name: Option<&str>) {
    let mut spelt = Spelt { speller, dialect, id, node, name };
    let together = spelt.light().or_else(|| spelt.cover()).unwrap_or_default();
    for (id, property) in &node.properties {
        if !together.contains(&id.as_str()) {
            spelt.alone(id, property);
        }
    }
}

impl<'a> Spelt<'a> {
    /// A lamp: something with colours, or a truth value with a brightness. Gives what it is made of.
    fn light(&mut self) -> Option<Vec<&'a str>> {
        let node = self.node;
        let color = node
            .properties
            .iter()
            .find(|(_, property)| property.settable && property.datatype == "color" && form(property).is_some());
        let power = node
            .properties
            .iter()
            .find(|(id, property)| property.settable && property.datatype == "boolean" && !property.is_lock(id));
        let level = node
            .properties
            .iter()
            .find(|(id, property)| property.settable && property.is_number() && property.is_called(id, LEVELS));
        let heat = node
            .properties
            .iter()
            .find(|(id, property)| property.settable && property.is_number() && property.is_called(id, HEATS));
        let (power, _) = power.filter(|_| color.is_some() || level.is_some())?;
        let mut parts = vec![power.as_str()];
        let mut options = Options::from(json!({
            "command_topic": self.set(power), "payload_on": "true", "payload_off": "false",
            "state_topic": self.topic(power),
        }));
        if let Some((id, property)) = level {
            parts.push(id);
            options.set("brightness_command_topic", json!(self.set(id)));
            options.set("brightness_state_topic", json!(self.topic(id)));
            let most = property.range().1.filter(|most| 0.0 < *most).unwrap_or(100.0);
            // Levels are told as whole numbers, so a scale of fractions is put on one of hundredths.
            if property.datatype == "float" {
                options.set("brightness_scale", json!(100));
                options
                    .set("brightness_command_template", json!(format!("{{{{ (value / 100 * {most}) | round(4) }}}}")));
                options.set("brightness_value_template", json!(format!("{{{{ (value | float(0)) / {most} * 100 }}}}")));
            } else {
                options.set("brightness_scale", json!(most));
            }
        }
        if let Some((id, property)) = heat {
            parts.push(id);
            let (least, most) = property.range();
            let is_kelvin = 1000.0 < most.unwrap_or(6500.0);
            options.set("color_temp_command_topic", json!(self.set(id)));
            options.set("color_temp_state_topic", json!(self.topic(id)));
            options.set("color_temp_kelvin", json!(is_kelvin));
            options.set(if is_kelvin { "min_kelvin" } else { "min_mireds" }, json!(least));
            options.set(if is_kelvin { "max_kelvin" } else { "max_mireds" }, json!(most));
        }
        if let Some((id, property)) = color {
            parts.push(id);
            self.color(&mut options, id, form(property)?);
        }
        options.set("name", self.called(None));
        self.add("light", power, options);
        Some(parts)
    }

    fn color(&self, options: &mut Options, id: &str, form: &str) {
        let (first, name) = if self.dialect.names_forms { (1, format!("{form},")) } else { (0, String::new()) };
        let parts = |count: usize| {
            (first..first + count)
                .map(|place| format!("{{{{ value.split(',')[{place}] }}}}"))
                .collect::<Vec<_>>()
                .join(",")
        };
        let guarded = |count: usize| format!("{{% if value.startswith('{name}') %}}{}{{% endif %}}", parts(count));
        match form {
            "rgb" => {
                options.set("rgb_command_topic", json!(self.set(id)));
                options
                    .set("rgb_command_template", json!(format!("{name}{{{{ red }}}},{{{{ green }}}},{{{{ blue }}}}")));
                options.set("rgb_state_topic", json!(self.topic(id)));
                options.set("rgb_value_template", json!(guarded(3)));
            }
            _ => {
                options.set("hs_command_topic", json!(self.set(id)));
                options.set("hs_command_template", json!(format!("{name}{{{{ hue }}}},{{{{ sat }}}},100")));
                options.set("hs_state_topic", json!(self.topic(id)));
                options.set("hs_value_template", json!(guarded(2)));
            }
        }
    }

    /// A blind: a choice of open and close, perhaps with a position. Gives what it is made of.
    fn cover(&mut self) -> Option<Vec<&'a str>> {
        let node = self.node;
        let (command, words) = node.properties.iter().find_map(|(id, property)| Some((id, property.movement()?)))?;
        let mut parts = vec![command.as_str()];
        let mut options = Options::from(json!({
            "name": self.called(None),
            "command_topic": self.set(command),
            "payload_open": words.0,
            "payload_close": words.1,
            "payload_stop": words.2,
        }));
        let is_position =
            |(id, property): &(&String, &Property)| property.is_number() && property.is_called(id, POSITIONS);
        match node.properties.iter().find(is_position) {
            Some((id, property)) => {
                parts.push(id);
                let (closed, open) = property.range();
                options.set("position_topic", json!(self.topic(id)));
                options.set("position_closed", json!(closed.unwrap_or(0.0)));
                options.set("position_open", json!(open.unwrap_or(100.0)));
                if property.settable {
                    options.set("set_position_topic", json!(self.set(id)));
                }
            }
            // The last command is all that is known of it.
            None => {
                options.set("state_topic", json!(self.topic(command)));
                options.set("state_open", json!(words.0));
                options.set("state_closed", json!(words.1));
                options.set("optimistic", json!(true));
            }
        }
        self.add("cover", command, options);
        Some(parts)
    }

    fn alone(&mut self, id: &str, property: &Property) {
        let topic = self.topic(id);
        let mut options =
            Options::from(json!({ "name": self.called(Some(&property.label(id))), "state_topic": topic }));
        let platform = match (property.datatype.as_str(), property.settable) {
            ("boolean", true) if property.is_lock(id) => {
                options.set_all(json!({
                    "command_topic": self.set(id), "payload_lock": "true",
                    "payload_unlock": "false", "state_locked": "true", "state_unlocked": "false",
                }));
                "lock"
            }
            ("enum", true) if property.has_words(&["lock", "unlock"]) => {
                options.set_all(json!({
                    "command_topic": self.set(id), "payload_lock": property.word("lock"),
                    "payload_unlock": property.word("unlock"),
                    "state_locked": property.word("locked").or_else(|| property.word("lock")),
                    "state_unlocked": property.word("unlocked").or_else(|| property.word("unlock")),
                }));
                "lock"
            }
            ("boolean", true) => {
                options.set_all(json!({
                    "command_topic": self.set(id), "payload_on": "true", "payload_off": "false",
                    "optimistic": !property.retained,
                }));
                "switch"
            }
            ("boolean", false) => {
                let class = CLASSES.iter().find(|(word, _)| property.is_called(id, &[word])).map(|(_, class)| *class);
                options.set_all(json!({ "payload_on": "true", "payload_off": "false", "device_class": class }));
                "binary_sensor"
            }
            ("integer" | "float", is_settable) => {
                let (least, most) = property.range();
                options.set_all(json!({
                    "unit_of_measurement": property.unit, "device_class": property.class(id),
                    "min": least, "max": most,
                }));
                if is_settable {
                    options.set_all(json!({ "command_topic": self.set(id), "optimistic": !property.retained }));
                }
                if is_settable { "number" } else { "sensor" }
            }
            ("enum", true) => {
                options.set_all(json!({
                    "options": property.words(), "command_topic": self.set(id),
                    "optimistic": !property.retained,
                }));
                "select"
            }
            ("enum" | "string" | "datetime" | "duration", _) => "sensor",
            // JSON and colours that can't be set are no state of a house.
            (_, _) => return,
        };
        self.add(platform, id, options);
    }

    fn add(&mut self, platform: &str, property: &str, options: impl Into<Options>) {
        let unique = format!("{} {}/{property}", self.dialect.topic, self.id);
        self.speller.add(platform, &format!("{}_{property}", self.id), &unique, options);
    }

    fn topic(&self, property: &str) -> String {
        format!("{}/{}/{property}", self.dialect.topic, self.id)
    }

    fn set(&self, property: &str) -> String {
        format!("{}/set", self.topic(property))
    }

    fn called(&self, what: Option<&str>) -> Json {
        let words: Vec<&str> = self.name.into_iter().chain(what).collect();
        if words.is_empty() { Json::Null } else { json!(words.join(" ")) }
    }
}

impl Property {
    fn is_number(&self) -> bool {
        matches!(self.datatype.as_str(), "integer" | "float")
    }

    fn label(&self, id: &str) -> String {
        self.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| label(&id.replace('-', "_")))
    }

    /// Whether its id or name has one of these words in it.
    fn is_called(&self, id: &str, words: &[&str]) -> bool {
        let (id, name) = (id.to_lowercase(), self.name.as_deref().unwrap_or_default().to_lowercase());
        words.iter().any(|word| id.contains(word) || name.contains(word))
    }

    fn words(&self) -> Vec<&str> {
        self.format.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).collect()
    }

    /// Its word that is this one but for case.
    fn word(&self, wanted: &str) -> Option<&str> {
        self.words().into_iter().find(|word| word.eq_ignore_ascii_case(wanted))
    }

    fn has_words(&self, wanted: &[&str]) -> bool {
        wanted.iter().all(|word| self.word(word).is_some())
    }

    /// Whether it is a lock by a whole word of its id or name.
    fn is_lock(&self, id: &str) -> bool {
        let named = format!("{id} {}", self.name.as_deref().unwrap_or_default()).to_lowercase();
        named.split(|letter: char| !letter.is_alphanumeric()).any(|word| LOCKS.contains(&word))
    }

    /// Its words for open, close and stop.
    fn movement(&self) -> Option<(&str, &str, Option<&str>)> {
        let is_choice = self.settable && self.datatype == "enum";
        let pair = [("open", "close"), ("open", "closed"), ("up", "down")]
            .into_iter()
            .find(|(open, close)| is_choice && self.has_words(&[open, close]))?;
        Some((self.word(pair.0)?, self.word(pair.1)?, self.word("stop")))
    }

    /// `min:max:step`, of which any may be missing.
    fn range(&self) -> (Option<f64>, Option<f64>) {
        let mut parts = self
            .format
            .as_deref()
            .unwrap_or_default()
            .split(':')
            .map(|part| part.trim().parse().ok().filter(|number: &f64| number.is_finite()));
        (parts.next().flatten(), parts.next().flatten())
    }

    fn class(&self, id: &str) -> Option<&'static str> {
        let by_name = || ["humidity", "battery", "moisture"].into_iter().find(|word| self.is_called(id, &[word]));
        match self.unit.as_deref() {
            Some("°C" | "°F" | "K") => Some("temperature"),
            Some("W" | "kW") => Some("power"),
            Some("kWh" | "Wh") => Some("energy"),
            Some("V") => Some("voltage"),
            Some("A") => Some("current"),
            Some("lx") => Some("illuminance"),
            Some("Pa" | "hPa" | "kPa" | "psi") => Some("pressure"),
            Some("%") => by_name(),
            Some(_) | None => None,
        }
    }
}

/// The form a colour is told in.
fn form(property: &Property) -> Option<&str> {
    let forms = property.words();
    ["rgb", "hsv"].into_iter().find(|form| forms.contains(form))
}

const LEVELS: &[&str] = &["brightness", "dimmer", "dim", "level", "intensity"];
const HEATS: &[&str] = &["color-temp", "colour-temp", "color_temp", "colortemp", "color temp", "ct", "kelvin"];
const LOCKS: &[&str] = &["lock", "locked", "latch", "bolt", "门锁", "锁"];
const POSITIONS: &[&str] = &["position", "level", "openness"];
/// Home Assistant's classes for truth values, by words in their names.
const CLASSES: &[(&str, &str)] = &[
    ("motion", "motion"),
    ("occupancy", "occupancy"),
    ("presence", "presence"),
    ("contact", "door"),
    ("door", "door"),
    ("window", "window"),
    ("smoke", "smoke"),
    ("leak", "moisture"),
    ("water", "moisture"),
    ("gas", "gas"),
    ("tamper", "tamper"),
    ("vibration", "vibration"),
];
