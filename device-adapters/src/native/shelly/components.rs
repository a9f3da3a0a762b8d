//! The components of Shelly devices: what each reports and which calls it takes.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::native::spelling::{Options, Speller, label};

/// Where a component stands.
pub(super) struct Place<'a> {
    pub(super) prefix: &'a str,
    /// `switch:0`.
    pub(super) key: &'a str,
    pub(super) mac: &'a str,
    pub(super) id: &'a str,
    /// Whether people gave the device a name.
    pub(super) is_named: bool,
    /// The name that people gave the component.
    pub(super) name: Option<&'a str>,
    /// Whether the device has no other that can be told things.
    pub(super) is_only: bool,
}

/// The kind of a component; `None` if it is of no use to a house.
pub(super) fn kind(key: &str) -> Option<&'static str> {
    let (kind, number) = key.split_once(':')?;
    let is_number = !number.is_empty() && number.len() <= 4 && number.chars().all(|letter| letter.is_ascii_digit());
    KINDS.iter().find(|(known, _)| is_number && *known == kind).map(|(known, _)| *known)
}

/// Whether components of that kind can be told things.
pub(super) fn is_main(kind: &str) -> bool {
    matches!(kind, "switch" | "light" | "cct" | "rgb" | "rgbcct" | "rgbw" | "cover")
}

/// What a kind may report that matters; a dot leads into a map.
pub(super) fn fields(kind: &str) -> impl Iterator<Item = &'static str> {
    KINDS.iter().find(|(known, _)| *known == kind).into_iter().flat_map(|(_, fields)| fields.iter().copied())
}

/// Spells a component out, with sensors for what it measures.
pub(super) fn spell(speller: &mut Speller, place: &Place<'_>, fields: &BTreeSet<&'static str>) {
    let kind = kind(place.key).unwrap_or_default();
    match kind {
        "switch" => switch(speller, place),
        "light" | "cct" | "rgb" | "rgbcct" | "rgbw" => light(speller, place, kind, fields),
        "cover" => cover(speller, place, fields),
        _ => {}
    }
    for (field, class, unit) in MEASURED.iter().filter(|(field, ..)| fields.contains(field)) {
        let options = json!({
            "name": place.called(&label(class)),
            "state_topic": place.reports(field, ""),
            "device_class": (*class != "level").then_some(class),
            "unit_of_measurement": unit,
            "entity_category": matches!(*field, "temperature.tC" | "battery.percent").then_some("diagnostic"),
        });
        speller.add(
            "sensor",
            &format!("{}-{field}", place.key),
            &format!("{}-{}-{field}", place.mac, place.key),
            options,
        );
    }
    for (_, field, class) in OBSERVED.iter().filter(|(of, field, _)| *of == kind && fields.contains(field)) {
        let options = json!({
            "name": place.called(class.map(label).as_deref().unwrap_or_default()),
            "state_topic": place.reports(field, ""),
            "payload_on": "True",
            "payload_off": "False",
            "device_class": class,
        });
        speller.add("binary_sensor", place.key, &place.unique(), options);
    }
}

fn switch(speller: &mut Speller, place: &Place<'_>) {
    let options = json!({
        "name": place.called(""),
        "command_topic": place.rpc(),
        "payload_on": place.call("Switch.Set", r#","on":true"#),
        "payload_off": place.call("Switch.Set", r#","on":false"#),
        "state_topic": place.reports("output", ""),
        "state_on": "True",
        "state_off": "False",
    });
    speller.add("switch", place.key, &place.unique(), options);
}

fn light(speller: &mut Speller, place: &Place<'_>, kind: &str, fields: &BTreeSet<&'static str>) {
    let method = match kind {
        "light" => "Light.Set",
        "cct" => "CCT.Set",
        "rgb" => "RGB.Set",
        "rgbcct" => "RGBCCT.Set",
        _ => "RGBW.Set",
    };
    // A lamp that has both takes the one it is to show as its mode.
    let (white, color) = if kind == "rgbcct" { (r#","mode":"cct""#, r#","mode":"rgb""#) } else { ("", "") };
    let wishes = [
        r#","on":true{% if brightness is defined %},"brightness":{{ brightness }}{% endif %}"#,
        r#"{% if color_temp is defined %}"#,
        white,
        r#","ct":{{ color_temp }}{% endif %}{% if red is defined %}"#,
        color,
        r#","rgb":[{{ red }},{{ green }},{{ blue }}]{% endif %}"#,
    ]
    .concat();
    let mut options = Options::from(json!({
        "name": place.called(""),
        "schema": "template",
        "command_topic": place.rpc(),
        "command_on_template": place.call(method, &wishes),
        "command_off_template": place.call(method, r#","on":false"#),
        "state_topic": place.reports("output", " | lower | replace('true','on') | replace('false','off')"),
        "brightness_scale": 100,
    }));
    if fields.contains("brightness") {
        options.set("brightness_state_topic", place.reports("brightness", ""));
    }
    if fields.contains("ct") {
        options.set("color_temp_kelvin", json!(true));
        options.set("min_kelvin", json!(2700));
        options.set("max_kelvin", json!(6500));
        options.set("color_temp_state_topic", place.reports("ct", ""));
    }
    if fields.contains("rgb") {
        options.set("rgb_state_topic", place.reports("rgb", ""));
    }
    if fields.contains("mode") {
        options.set("color_mode_state_topic", place.reports("mode", " | replace('cct','color_temp')"));
    }
    speller.add("light", place.key, &place.unique(), options);
}

/// A cover has positions once it is calibrated, and reports one from then on.
fn cover(speller: &mut Speller, place: &Place<'_>, fields: &BTreeSet<&'static str>) {
    let mut options = Options::from(json!({
        "name": place.called(""),
        "command_topic": place.rpc(),
        "payload_open": place.call("Cover.Open", ""),
        "payload_close": place.call("Cover.Close", ""),
        "payload_stop": place.call("Cover.Stop", ""),
        "state_topic": place.reports("state", ""),
    }));
    if fields.contains("current_pos") {
        options.set("position_topic", place.reports("current_pos", ""));
        options.set("set_position_topic", json!(place.rpc()));
        options.set("set_position_template", json!(place.call("Cover.GoToPosition", r#","pos":{{ position }}"#)));
    }
    speller.add("cover", place.key, &place.unique(), options);
}

impl Place<'_> {
    fn rpc(&self) -> String {
        format!("{}/rpc", self.prefix)
    }

    fn number(&self) -> &str {
        self.key.split_once(':').map(|(_, number)| number).unwrap_or_default()
    }

    /// A call as JSON, or as a template for it; its parameters after the component's number are given as they stand.
    fn call(&self, method: &str, parameters: &str) -> String {
        let src = Json::from(format!("{}/hearth", self.prefix));
        let number: u32 = self.number().parse().unwrap_or(0);
        format!(r#"{{"id":{COMMAND},"src":{src},"method":"{method}","params":{{"id":{number}{parameters} }} }}"#)
    }

    /// The three places a field is reported in: changes, whole components, and the answer to what was asked.
    fn reports(&self, field: &str, filters: &str) -> Json {
        let steps: String = field.split('.').map(|step| format!("['{step}']")).collect();
        let template = |root: &str| match filters {
            "" => format!("{{{{ value_json{root}{steps} }}}}"),
            filters => format!(
                "{{% if value_json{root}{steps} is defined %}}{{{{ value_json{root}{steps}{filters} }}}}{{% endif %}}"
            ),
        };
        let key = self.key;
        json!([
            { "topic": format!("{}/events/rpc", self.prefix), "template": template(&format!("['params']['{key}']")) },
            { "topic": format!("{}/status/{key}", self.prefix), "template": template("") },
            { "topic": format!("{}/hearth/rpc", self.prefix), "template": template(&format!("['result']['{key}']")) },
        ])
    }

    fn unique(&self) -> String {
        format!("{}-{}", self.mac, self.key)
    }

    /// What an entity of this component is called besides its device: as people named the component, or by its kind and
    /// number where there are several, and what of it this is. Where nobody named anything, the device's id leads.
    fn called(&self, what: &str) -> Json {
        let kind = kind(self.key).unwrap_or_default();
        let is_counted = match kind {
            "input" | "em1" | "pm1" => true,
            "temperature" | "humidity" | "voltmeter" => self.number() != "0",
            kind => is_main(kind) && !self.is_only,
        };
        let kind_name = if matches!(kind, "cct" | "em1" | "pm1" | "rgb" | "rgbcct" | "rgbw") {
            kind.to_uppercase()
        } else {
            label(kind)
        };
        let counted = is_counted.then(|| format!("{kind_name} {}", self.number()));
        let own = self.name.map(str::to_owned).or(counted);
        let id = (!self.is_named && self.name.is_none()).then_some(self.id);
        let what = if kind_name == what && own.is_some() { "" } else { what };
        let words: Vec<&str> =
            [id, own.as_deref(), Some(what)].into_iter().flatten().filter(|word| !word.is_empty()).collect();
        if words.is_empty() { Json::Null } else { json!(words.join(" ")) }
    }
}

/// The id of a command; those of questions are other.
const COMMAND: u32 = 10;
/// Kinds of components and what they report.
const KINDS: &[(&str, &[&str])] = &[
    ("cct", &["output", "brightness", "ct", "apower", "temperature.tC"]),
    ("cover", &["state", "current_pos", "apower", "temperature.tC"]),
    ("devicepower", &["battery.percent"]),
    ("em", &["total_act_power", "total_current"]),
    ("em1", &["act_power", "voltage", "current"]),
    ("flood", &["alarm"]),
    ("humidity", &["rh"]),
    ("illuminance", &["lux"]),
    ("input", &["state", "percent"]),
    ("light", &["output", "brightness", "apower", "temperature.tC"]),
    ("pm1", &["apower", "voltage", "current", "aenergy.total"]),
    ("rgb", &["output", "brightness", "rgb", "apower", "temperature.tC"]),
    ("rgbcct", &["output", "mode", "brightness", "rgb", "ct", "apower", "temperature.tC"]),
    ("rgbw", &["output", "brightness", "rgb", "apower", "temperature.tC"]),
    ("smoke", &["alarm"]),
    ("switch", &["output", "apower", "voltage", "current", "aenergy.total", "temperature.tC"]),
    ("temperature", &["tC"]),
    ("voltmeter", &["voltage"]),
];
/// Home Assistant's class and unit for what is measured.
const MEASURED: &[(&str, &str, &str)] = &[
    ("act_power", "power", "W"),
    ("aenergy.total", "energy", "Wh"),
    ("apower", "power", "W"),
    ("battery.percent", "battery", "%"),
    ("current", "current", "A"),
    ("lux", "illuminance", "lx"),
    ("percent", "level", "%"),
    ("rh", "humidity", "%"),
    ("tC", "temperature", "°C"),
    ("temperature.tC", "temperature", "°C"),
    ("total_act_power", "power", "W"),
    ("total_current", "current", "A"),
    ("voltage", "voltage", "V"),
];
/// And for what is either so or not.
const OBSERVED: &[(&str, &str, Option<&str>)] =
    &[("flood", "alarm", Some("moisture")), ("input", "state", None), ("smoke", "alarm", Some("smoke"))];
