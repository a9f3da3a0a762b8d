//! Shelly devices of the first generation: plain topics below `shellies/<id>/`.
//!
//! An announcement says who a device is and not what it has, so a component becomes known when it reports.
//! Lamps become known by the JSON of their status, which says what they can do.
//! A device that was not known is asked for an update of everything it has.

use std::collections::{BTreeMap, BTreeSet};

use house::Rejection;
use serde_json::{Map, Value as Json, json};

use crate::limits::{ID_CHARS, Limits, NATIVE_DEVICES};
use crate::native::news::{Device, News};
use crate::native::spelling::{Options, Speller, ask, availability, label, object, spoken, text};

/// Every device that was heard of, by its id.
#[derive(Debug, Default)]
pub(super) struct ShellyGen1 {
    devices: BTreeMap<String, Known>,
}

#[derive(Debug, Default)]
struct Known {
    mac: Option<String>,
    model: Option<String>,
    /// Relays, rollers, inputs and sensors by what they are called: `relay/0`.
    parts: BTreeSet<String>,
    /// Lamps, with what their status says.
    lamps: BTreeMap<String, BTreeSet<&'static str>>,
    /// Rollers that know where they are.
    placed: BTreeSet<String>,
}

impl ShellyGen1 {
    /// Takes a message below `shellies/`.
    pub(super) fn handle(
        &mut self,
        levels: &[&str],
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        match levels {
            ["announce"] | [_, "announce"] => self.announced(payload, limits),
            [id, kind, number] if is_part(kind, number) => {
                self.reported(id, limits, |known| known.parts.insert(format!("{kind}/{number}")))
            }
            [id, "relay", number, "power"] if is_number(number) => {
                self.reported(id, limits, |known| known.parts.insert(format!("relay/{number}/power")))
            }
            [id, kind @ ("light" | "color" | "white"), number, "status"] if is_number(number) => {
                let Some(status) = object(payload, limits.payload_bytes)? else { return Ok(None) };
                self.reported(id, limits, |known| known.take_lamp(&format!("{kind}/{number}"), &status))
            }
            [id, "roller", number, "pos"]
                if is_number(number)
                    && text(payload, SHORT)?.trim().parse().is_ok_and(|place: i32| (0..=100).contains(&place)) =>
            {
                self.reported(id, limits, |known| known.placed.insert(format!("roller/{number}")))
            }
            _ => Ok(None),
        }
    }

    fn announced(&mut self, payload: &[u8], limits: &Limits) -> Result<Option<News>, Rejection> {
        let Some(map) = object(payload, limits.payload_bytes)? else { return Ok(None) };
        let field =
            |name: &str| map.get(name).and_then(Json::as_str).filter(|text| text.len() <= ID_CHARS).map(str::to_owned);
        let id = field("id").ok_or_else(|| Rejection::Lacks("id".to_owned()))?;
        let (mac, model) = (field("mac"), field("model"));
        // Devices of later generations may imitate this announcement; they have their own dialect.
        let is_first = map.get("gen").is_none();
        match is_first {
            true => self.reported(&id, limits, |known| {
                let is_new = known.mac != mac || known.model != model;
                known.mac.clone_from(&mac);
                known.model.clone_from(&model);
                is_new
            }),
            false => Ok(None),
        }
    }

    fn reported(
        &mut self,
        id: &str,
        limits: &Limits,
        take: impl FnOnce(&mut Known) -> bool,
    ) -> Result<Option<News>, Rejection> {
        if ID_CHARS < id.len() || id.is_empty() {
            return Err(Rejection::BadId);
        }
        if NATIVE_DEVICES <= self.devices.len() && !self.devices.contains_key(id) {
            return Err(Rejection::TooMany(NATIVE_DEVICES));
        }
        let is_new = !self.devices.contains_key(id);
        let known = self.devices.entry(id.to_owned()).or_default();
        if !take(known) {
            return Ok(None);
        }
        let update = is_new.then(|| ask(format!("shellies/{id}/command"), "update")).flatten();
        let device = Device { source: format!("shellies {id}"), entities: known.spell(id, limits), asks: Vec::new() };
        Ok(Some(News { unknown: update.into_iter().collect(), ..News::of(device) }))
    }
}

impl Known {
    /// Whether the status says something that it did not say before.
    fn take_lamp(&mut self, part: &str, status: &Map<String, Json>) -> bool {
        let is_new = !self.lamps.contains_key(part) && self.lamps.len() < MOST_LAMPS;
        if !is_new && !self.lamps.contains_key(part) {
            return false;
        }
        let fields = self.lamps.entry(part.to_owned()).or_default();
        let said = ["brightness", "gain", "temp", "red"]
            .into_iter()
            .filter(|field| status.get(*field).is_some_and(Json::is_number));
        let before = fields.len();
        fields.extend(said);
        is_new || before < fields.len()
    }

    fn spell(&self, id: &str, limits: &Limits) -> Vec<(String, crate::config::Config)> {
        let mac = self.mac.clone().map(|mac| mac.to_lowercase());
        let chip = id.rsplit('-').next().unwrap_or(id);
        let device = json!({
            "identifiers": [mac.as_deref().unwrap_or(chip), chip],
            "manufacturer": "Shelly",
            "model": self.model,
            "name": spoken(id),
        });
        // What runs on a battery tells its charge, and has no connection most of the time.
        let sleeps = self.parts.contains("sensor/battery");
        let shared = if sleeps {
            json!({})
        } else {
            json!({ "availability": [availability(&format!("shellies/{id}/online"), None, "true", "false")] })
        };
        let mut spelt = Spelt {
            root: format!("shellies/{id}"),
            id,
            speller: Speller::new(id, device, shared, limits),
            is_only: self.mains() == 1,
        };
        for part in &self.parts {
            match part.split_once('/') {
                Some(("relay", number)) if number.ends_with("/power") => spelt.power(part),
                Some(("relay", _)) => spelt.relay(part),
                Some(("roller", _)) => spelt.roller(part, self.placed.contains(part)),
                Some(("input", number)) => spelt.observed(part, &format!("Input {number}"), None, "1", "0"),
                Some(("sensor", what)) => spelt.sensor(part, what),
                Some(_) | None => {}
            }
        }
        for (part, fields) in &self.lamps {
            spelt.lamp(part, fields);
        }
        spelt.speller.finish()
    }

    fn mains(&self) -> usize {
        self.lamps.len()
            + self
                .parts
                .iter()
                .filter(|part| matches!(part.split_once('/'), Some(("relay" | "roller", number)) if is_number(number)))
                .count()
    }
}

/// A device while it is spelt out.
struct Spelt<'a> {
    root: String,
    id: &'a str,
    speller: Speller,
    is_only: bool,
}

impl Spelt<'_> {
    fn relay(&mut self, part: &str) {
        let options = json!({
            "name": self.name(part),
            "command_topic": format!("{}/{part}/command", self.root),
            "payload_on": "on",
            "payload_off": "off",
            "state_topic": format!("{}/{part}", self.root),
        });
        self.add("switch", part, options);
    }

    /// What a relay's meter says; most relays have none.
    fn power(&mut self, part: &str) {
        let relay = part.trim_end_matches("/power");
        let name = self.name(relay).map_or_else(|| "Power".to_owned(), |name| format!("{name} Power"));
        let options = json!({
            "name": name, "state_topic": format!("{}/{part}", self.root), "device_class": "power",
            "unit_of_measurement": "W",
        });
        self.add("sensor", part, options);
    }

    /// A roller says `open` and `close` while it moves. One that knows its position says it too, or -1 or 101 while it
    /// does not; of one that never says it, the last direction is all that is known.
    fn roller(&mut self, part: &str, is_placed: bool) {
        let topic = format!("{}/{part}", self.root);
        let mut options = Options::from(json!({
            "name": self.name(part),
            "command_topic": format!("{topic}/command"),
            "payload_open": "open",
            "payload_close": "close",
            "payload_stop": "stop",
            "state_topic": topic,
            "state_stopped": "stop",
        }));
        match is_placed {
            true => options.set_all(json!({
                "state_opening": "open",
                "state_closing": "close",
                "state_open": "opened",
                "position_topic": format!("{topic}/pos"),
                "position_template": "{{ value if 0 <= value | int(-1) and value | int(-1) <= 100 else none }}",
                "set_position_topic": format!("{topic}/command/pos"),
            })),
            false => options.set_all(json!({ "state_open": "open", "state_closed": "close", "optimistic": true })),
        }
        self.add("cover", part, options);
    }

    fn lamp(&mut self, part: &str, fields: &BTreeSet<&'static str>) {
        let topic = format!("{}/{part}", self.root);
        let status = format!("{topic}/status");
        // A lamp in colour has a gain, one in white a brightness.
        let level = if fields.contains("gain") && part.starts_with("color/") { "gain" } else { "brightness" };
        let wishes = format!(
            "{{\"turn\":\"on\"{{% if brightness is defined %}},\"{level}\":{{{{ brightness }}}}{{% endif %}}\
             {{% if color_temp is defined %}},\"mode\":\"white\",\"temp\":{{{{ color_temp }}}}{{% endif %}}\
             {{% if red is defined %}},\"mode\":\"color\",\"red\":{{{{ red }}}},\"green\":{{{{ green \
              }}}},\"blue\":{{{{ blue }}}}{{% endif %}} }}"
        );
        let mut options = Options::from(json!({
            "name": self.name(part),
            "schema": "template",
            "command_topic": format!("{topic}/set"),
            "command_on_template": wishes,
            "command_off_template": "{\"turn\":\"off\"}",
            "state_topic": [
                { "topic": topic, "template": "{{ value }}" },
                { "topic": status, "template": "{% if value_json.ison is defined %}{{ 'on' if value_json.ison else \
                 'off' }}{% endif %}" },
            ],
            "state_template": "{{ value }}",
            "brightness_scale": 100,
        }));
        if fields.contains(level) {
            options.set(
                "brightness_state_topic",
                json!([{ "topic": status, "template": format!("{{{{ value_json['{level}'] }}}}") }]),
            );
        }
        if fields.contains("temp") {
            options.set("color_temp_kelvin", json!(true));
            options.set("min_kelvin", json!(if part.starts_with("color/") { 3000 } else { 2700 }));
            options.set("max_kelvin", json!(6500));
            options.set("color_temp_state_topic", json!([{ "topic": status, "template": "{{ value_json.temp }}" }]));
        }
        if fields.contains("red") {
            let rgb = "{% if value_json.red is defined %}{{ value_json.red }},{{ value_json.green }},{{ \
             value_json.blue }}{% endif %}";
            options.set("rgb_state_topic", json!([{ "topic": status, "template": rgb }]));
        }
        if fields.contains("red") && fields.contains("temp") {
            let mode = "{{ {'white':'color_temp','color':'rgb'}[value_json.mode] }}";
            options.set("color_mode_state_topic", json!([{ "topic": status, "template": mode }]));
        }
        self.add("light", part, options);
    }

    fn observed(&mut self, part: &str, name: &str, class: Option<&str>, on: &str, off: &str) {
        let options = json!({
            "name": name, "device_class": class, "payload_on": on, "payload_off": off,
            "state_topic": format!("{}/{part}", self.root),
        });
        self.add("binary_sensor", part, options);
    }

    fn sensor(&mut self, part: &str, what: &str) {
        if let Some((_, class, on, off)) = OBSERVED.iter().find(|(known, ..)| *known == what) {
            return self.observed(part, &label(class), Some(class), on, off);
        }
        let Some((_, class, unit)) = MEASURED.iter().find(|(known, ..)| *known == what) else { return };
        let options = json!({
            "name": label(class),
            "device_class": class,
            "unit_of_measurement": unit,
            "entity_category": (*class == "battery").then_some("diagnostic"),
            "state_topic": format!("{}/{part}", self.root),
        });
        self.add("sensor", part, options);
    }

    fn add(&mut self, platform: &str, part: &str, options: impl Into<Options>) {
        let key = part.replace('/', "-");
        let unique = format!("{}-{key}", self.id);
        self.speller.add(platform, &key, &unique, options);
    }

    /// The only one of a device has the device's name; others their kind and number.
    fn name(&self, part: &str) -> Option<String> {
        let (kind, number) = part.split_once('/')?;
        (!self.is_only).then(|| format!("{} {number}", label(kind)))
    }
}

fn is_part(kind: &str, number: &str) -> bool {
    match kind {
        "relay" | "roller" | "input" => is_number(number),
        "sensor" => {
            OBSERVED.iter().any(|(known, ..)| *known == number) || MEASURED.iter().any(|(known, ..)| *known == number)
        }
        _ => false,
    }
}

/// No device has more than ten of anything.
fn is_number(text: &str) -> bool {
    text.len() == 1 && text.chars().all(|letter| letter.is_ascii_digit())
}

/// Sensors that say either one or the other: Home Assistant's class and the words.
const OBSERVED: &[(&str, &str, &str, &str)] = &[
    ("flood", "moisture", "true", "false"),
    ("smoke", "smoke", "true", "false"),
    ("state", "opening", "open", "close"),
    ("vibration", "vibration", "1", "0"),
];
/// Sensors that say a number.
const MEASURED: &[(&str, &str, &str)] = &[
    ("battery", "battery", "%"),
    ("humidity", "humidity", "%"),
    ("lux", "illuminance", "lx"),
    ("temperature", "temperature", "°C"),
];
/// Of one device.
const MOST_LAMPS: usize = 16;
/// Of a position.
const SHORT: usize = 64;
