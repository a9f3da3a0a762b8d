//! Lamps, sockets, blinds, locks, heating and fans as zigbee2mqtt exposes them. Commands are JSON for `<name>/set`.

use serde_json::{Map, Value as Json, json};

use super::Spelt;
use super::exposes::{Expose, FEATURES};
use crate::native::spelling::{Options, label, path};

impl Spelt<'_> {
    /// Notes that a property may be asked for.
    fn may_ask(&mut self, feature: &Expose) {
        if feature.is_gettable() && self.gettable.len() < MOST_ASKED {
            self.gettable.insert(feature.property.clone(), Json::from(""));
        }
    }

    pub(super) fn light(&mut self, expose: &Expose) {
        let Some(state) = expose.feature("state") else { return };
        let has = |name: &str| expose.feature(name).is_some();
        let place = |name: &str| expose.features.iter().position(|feature| feature.name == name);
        let prefers_hs =
            has("color_hs") && place("color_xy").is_none_or(|xy| place("color_hs").is_some_and(|hs| hs < xy));
        let modes = [("hs", prefers_hs), ("xy", has("color_xy") && !prefers_hs), ("color_temp", has("color_temp"))];
        let modes: Vec<&str> = modes.into_iter().filter_map(|(mode, is_there)| is_there.then_some(mode)).collect();
        let heat = expose.feature("color_temp");
        let command = match &expose.endpoint {
            Some(endpoint) => format!("{}/{endpoint}/set", self.topic),
            None => self.set.clone(),
        };
        let mut options = Options::from(json!({
            "name": expose.endpoint.as_deref().map(label),
            "schema": "json",
            "brightness": has("brightness"),
            "brightness_scale": 254,
            "command_topic": command,
            "state_topic": self.topic,
        }));
        let more = [
            ("supported_color_modes", (!modes.is_empty()).then(|| json!(modes))),
            ("min_mireds", heat.and_then(|heat| heat.value_min).map(Json::from)),
            ("max_mireds", heat.and_then(|heat| heat.value_max).map(Json::from)),
            ("effect", (!self.effects.is_empty()).then_some(Json::Bool(true))),
            ("effect_list", (!self.effects.is_empty()).then(|| Json::from(self.effects.clone()))),
            (
                "value_template",
                expose.endpoint.as_deref().map(|endpoint| Json::from(without_endpoint(expose, endpoint))),
            ),
        ];
        options.set_some(more);
        self.may_ask(state);
        for name in ["brightness", "color_temp"] {
            if let Some(feature) = expose.feature(name) {
                self.may_ask(feature);
            }
        }
        self.add("light", &object("light", expose), options);
    }

    pub(super) fn switch(&mut self, expose: &Expose) {
        let Some(state) = expose.features.iter().find(|feature| !feature.property.is_empty()) else { return };
        let (on, off) = on_and_off(state);
        let is_main = state.name == "state";
        let name = if is_main { expose.endpoint.as_deref().map(label) } else { Some(state.label()) };
        let Some(template) = path(&[&state.property]) else { return };
        let options = json!({
            "name": name,
            "command_topic": self.set,
            "payload_on": told(&state.property, &on),
            "payload_off": told(&state.property, &off),
            "state_topic": self.topic,
            "state_on": on,
            "state_off": off,
            "value_template": template,
        });
        self.may_ask(state);
        let object = if is_main { object("switch", expose) } else { state.property.clone() };
        self.add("switch", &object, options);
    }

    /// A blind's own `state` is what it was last told unless it has a position, so the position goes before it.
    pub(super) fn cover(&mut self, expose: &Expose, all: &[Expose]) {
        let Some(state) = expose.feature("state") else { return };
        let position = expose.feature("position");
        let tilt = expose.feature("tilt").and_then(|tilt| Some((tilt, path(&[&tilt.property])?)));
        let mut options = Options::from(json!({
            "name": expose.endpoint.as_deref().map(label),
            "command_topic": self.set,
            "payload_open": told(&state.property, &json!("OPEN")),
            "payload_close": told(&state.property, &json!("CLOSE")),
            "payload_stop": told(&state.property, &json!("STOP")),
        }));
        match position.and_then(|position| Some((&position.property, path(&[&position.property])?))) {
            Some((property, template)) => options.set_some([
                ("position_topic", Some(json!(self.topic))),
                ("position_template", Some(json!(template))),
                ("set_position_topic", Some(json!(self.set))),
                ("set_position_template", Some(json!(told_later(property, "position")))),
                ("state_topic", moving(all).map(|_| json!(self.topic))),
                ("value_template", moving(all).map(Json::from)),
            ]),
            None => options.set_some([
                ("state_topic", Some(json!(self.topic))),
                ("value_template", path(&[&state.property]).map(Json::from)),
                ("state_open", Some(json!("OPEN"))),
                ("state_closed", Some(json!("CLOSE"))),
                ("state_stopped", Some(json!("STOP"))),
                ("optimistic", Some(json!(true))),
            ]),
        }
        options.set_some([
            ("tilt_status_topic", tilt.as_ref().map(|_| json!(self.topic))),
            ("tilt_status_template", tilt.as_ref().map(|(_, template)| json!(template))),
        ]);
        if let Some((settable, _)) = tilt.filter(|(tilt, _)| tilt.is_settable()) {
            options.set("tilt_command_topic", json!(self.set));
            options.set("tilt_command_template", json!(told_later(&settable.property, "tilt_position")));
        }
        self.may_ask(position.unwrap_or(state));
        self.add("cover", &object("cover", expose), options);
    }

    /// `state` is what the lock was last told; `lock_state`, where there is one, is what its bolt reports.
    pub(super) fn lock(&mut self, expose: &Expose) {
        let Some(state) =
            expose.features.iter().find(|feature| feature.kind == "binary" && !feature.property.is_empty())
        else {
            return;
        };
        let (locked, unlocked) = on_and_off(state);
        if state.name != "state" {
            // A lock of the keys at the device, which bars no door.
            return self.binary(&Expose { label: Some(state.label()), ..state.clone() });
        }
        let bolt = expose.feature("lock_state");
        let words = match bolt {
            Some(_) => [json!("locked"), json!("unlocked"), json!("not_fully_locked")],
            None => [locked.clone(), unlocked.clone(), json!("not_fully_locked")],
        };
        let Some(template) = path(&[bolt.map_or(state.property.as_str(), |bolt| &bolt.property)]) else { return };
        let [is_locked, is_unlocked, is_jammed] = words;
        let options = json!({
            "name": Json::Null,
            "command_topic": self.set,
            "payload_lock": told(&state.property, &locked),
            "payload_unlock": told(&state.property, &unlocked),
            "state_topic": self.topic,
            "value_template": template,
            "state_locked": is_locked,
            "state_unlocked": is_unlocked,
            "state_jammed": is_jammed,
        });
        self.may_ask(state);
        self.add("lock", "lock", options);
    }

    pub(super) fn climate(&mut self, expose: &Expose) {
        let heating =
            ["occupied_heating_setpoint", "current_heating_setpoint"].into_iter().find_map(|name| expose.feature(name));
        let cooling = expose.feature("occupied_cooling_setpoint");
        let mode = expose.feature("system_mode");
        let Some(range) = heating.or(cooling) else { return };
        let mut options = Options::from(json!({
            "name": expose.endpoint.as_deref().map(label),
            "temperature_unit": "C",
            "temp_step": range.value_step,
            "min_temp": range.value_min,
            "max_temp": range.value_max,
            "modes": mode.map(Expose::words).unwrap_or_default(),
        }));
        let (low, high) = if cooling.is_some() && heating.is_some() {
            ("temperature_low", "temperature_high")
        } else {
            ("temperature", "temperature")
        };
        self.report_and_tell(&mut options, heating, low, false);
        self.report_and_tell(&mut options, cooling, high, false);
        self.report_and_tell(&mut options, mode, "mode", true);
        let reported = [
            ("current_temperature_topic", "current_temperature_template", expose.feature("local_temperature")),
            ("fan_mode_state_topic", "fan_mode_state_template", expose.feature("fan_mode")),
            ("swing_mode_state_topic", "swing_mode_state_template", expose.feature("swing_mode")),
            ("preset_mode_state_topic", "preset_mode_value_template", expose.feature("preset")),
        ];
        for (topic, template, feature) in reported {
            let read = feature.and_then(|feature| path(&[&feature.property]));
            options.set_some([(topic, read.as_ref().map(|_| json!(self.topic))), (template, read.map(Json::from))]);
        }
        for (key, name) in [("fan_modes", "fan_mode"), ("swing_modes", "swing_mode"), ("preset_modes", "preset")] {
            options.set_some([(key, expose.feature(name).map(|feature| json!(feature.words())))]);
        }
        let action = expose.feature("running_state").filter(|state| path(&[&state.property]).is_some()).map(|state| {
            format!(
                "{{% set words = {{'idle':'idle','heat':'heating','cool':'cooling','fan_only':'fan'}} %}}{{{{ \
             words[value_json['{}']] }}}}",
                state.property
            )
        });
        options.set_some([
            ("action_topic", action.as_ref().map(|_| json!(self.topic))),
            ("action_template", action.map(Json::from)),
        ]);
        self.may_ask(range);
        self.add("climate", &object("climate", expose), options);
    }

    fn report_and_tell(&mut self, options: &mut Options, feature: Option<&Expose>, option: &str, is_text: bool) {
        let Some((feature, read)) = feature.and_then(|feature| Some((feature, path(&[&feature.property])?))) else {
            return;
        };
        let value = if is_text { "value | tojson" } else { "value" };
        options.set_some([
            (format!("{option}_state_topic").as_str(), Some(json!(self.topic))),
            (format!("{option}_state_template").as_str(), Some(json!(read))),
            (format!("{option}_command_topic").as_str(), Some(json!(self.set))),
            (format!("{option}_command_template").as_str(), Some(json!(told_later(&feature.property, value)))),
        ]);
        self.may_ask(feature);
    }

    /// Speeds are a number, or words from slow to fast; words such as `auto` and `smart` are presets.
    pub(super) fn fan(&mut self, expose: &Expose) {
        let Some(state) = expose.feature("state") else { return };
        let (on, off) = on_and_off(state);
        let Some(template) = path(&[&state.property]) else { return };
        let mut options = Options::from(json!({
            "name": expose.endpoint.as_deref().map(label),
            "command_topic": self.set,
            "command_template": told_later(&state.property, "value | tojson"),
            "payload_on": on,
            "payload_off": off,
            "state_topic": self.topic,
            "state_value_template": template,
        }));
        if let Some((feature, speeds)) =
            expose.feature("speed").zip(expose.feature("speed").and_then(|speed| path(&[&speed.property])))
        {
            options.set_some([
                ("percentage_state_topic", Some(json!(self.topic))),
                ("percentage_value_template", Some(json!(speeds))),
                ("percentage_command_topic", Some(json!(self.set))),
                ("percentage_command_template", Some(json!(told_later(&feature.property, "value")))),
                ("speed_range_min", Some(json!(feature.value_min.unwrap_or(1.0).max(1.0)))),
                ("speed_range_max", Some(json!(feature.value_max.unwrap_or(100.0)))),
            ]);
        } else if let Some(mode) = expose.feature("mode").filter(|mode| path(&[&mode.property]).is_some()) {
            options.set_some(self.speeds(mode));
        }
        self.may_ask(state);
        self.add("fan", "fan", options);
    }

    fn speeds(&self, mode: &Expose) -> Vec<(&'static str, Option<Json>)> {
        let words = mode.words();
        let speeds: Vec<&str> = SPEEDS.iter().copied().filter(|speed| words.contains(speed)).collect();
        let presets: Vec<&str> = PRESETS.iter().copied().filter(|preset| words.contains(preset)).collect();
        let read: Vec<String> = std::iter::once(&"off")
            .chain(&speeds)
            .enumerate()
            .map(|(place, word)| format!("'{word}':{place}"))
            .collect();
        let tell: Vec<String> =
            speeds.iter().enumerate().map(|(place, word)| format!("{}:'{word}'", place + 1)).collect();
        let value = format!("{{{}}}[value] | tojson", tell.join(","));
        let known = presets.iter().map(|preset| format!("'{preset}':'{preset}'")).collect::<Vec<_>>().join(",");
        let mut options = vec![
            ("preset_mode_state_topic", Some(json!(self.topic))),
            (
                "preset_mode_value_template",
                Some(json!(format!("{{{{ {{{known}}}[value_json['{}']] | default('None') }}}}", mode.property))),
            ),
            ("preset_modes", Some(json!(presets))),
        ];
        if 1 < speeds.len() {
            options.extend([
                ("percentage_state_topic", Some(json!(self.topic))),
                (
                    "percentage_value_template",
                    Some(json!(format!(
                        "{{{{ {{{}}}[value_json['{}']] | default('None') }}}}",
                        read.join(","),
                        mode.property
                    ))),
                ),
                ("percentage_command_topic", Some(json!(self.set))),
                ("percentage_command_template", Some(json!(told_later(&mode.property, &value)))),
                ("speed_range_min", Some(json!(1))),
                ("speed_range_max", Some(json!(speeds.len()))),
            ]);
        }
        options
    }
}

/// The object id that zigbee2mqtt's own announcements give to it.
fn object(kind: &str, expose: &Expose) -> String {
    expose.endpoint.as_ref().map_or_else(|| kind.to_owned(), |endpoint| format!("{kind}_{endpoint}"))
}

fn on_and_off(state: &Expose) -> (Json, Json) {
    let word = |value: &Option<Json>, default: &str| {
        value.clone().filter(|value| value.is_string() || value.is_boolean()).unwrap_or_else(|| json!(default))
    };
    (word(&state.value_on, "ON"), word(&state.value_off, "OFF"))
}

/// The payload that sets a property.
pub(super) fn told(property: &str, value: &Json) -> String {
    Json::Object(Map::from_iter([(property.to_owned(), value.clone())])).to_string()
}

/// A template of the payload that sets a property to an expression. The property was found fit for a template before.
pub(super) fn told_later(property: &str, value: &str) -> String {
    format!("{{\"{property}\": {{{{ {value} }}}} }}")
}

/// The properties of one endpoint as if it were the only one.
fn without_endpoint(expose: &Expose, endpoint: &str) -> String {
    let suffix = format!("_{endpoint}");
    let mut members: Vec<(&str, &str)> = Vec::new();
    for feature in expose.features.iter().take(FEATURES) {
        let plain = feature.property.strip_suffix(suffix.as_str()).unwrap_or(&feature.property);
        if path(&[&feature.property]).is_some() && !members.iter().any(|(known, _)| *known == plain) {
            members.push((plain, &feature.property));
        }
    }
    let mode = format!("color_mode{suffix}");
    if members.iter().any(|(plain, _)| *plain == "color_temp") && path(&[&mode]).is_some() {
        members.push(("color_mode", &mode));
    }
    let members: Vec<String> =
        members.iter().map(|(plain, property)| format!("'{plain}': value_json['{property}']")).collect();
    format!("{{{{ {{{}}} | tojson }}}}", members.join(", "))
}

/// The template for the direction a blind moves in, where the device says it in words that are known.
fn moving(all: &[Expose]) -> Option<String> {
    let motor =
        all.iter().find(|expose| matches!(expose.name.as_str(), "motor_state" | "moving") && expose.kind == "enum")?;
    path(&[&motor.property])?;
    let word = |known: &[&str]| {
        motor.words().into_iter().find(|word| known.contains(&word.to_lowercase().as_str()) && path(&[word]).is_some())
    };
    let (opening, closing) = (
        word(&["opening", "open", "forward", "up", "rising"])?,
        word(&["closing", "close", "backward", "back", "reverse", "down", "declining"])?,
    );
    Some(format!(
        "{{{{ {{'{opening}':'opening','{closing}':'closing'}}[value_json['{}']] | default('stopped') }}}}",
        motor.property
    ))
}

/// Properties asked for in one message.
const MOST_ASKED: usize = 8;
const SPEEDS: &[&str] = &["low", "medium", "high", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const PRESETS: &[&str] = &["on", "auto", "smart"];
