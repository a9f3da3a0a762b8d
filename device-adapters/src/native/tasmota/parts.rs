//! Relays, shutters, fans and wall switches of Tasmota devices.

use serde_json::{Value as Json, json};

use super::{CMND, STAT, Spelt, TELE};

impl Spelt<'_> {
    /// Two relays in a row that are shutters are one.
    pub(super) fn relays(&mut self) {
        let config = self.config;
        let mut shutters = 0;
        let mut is_second_half = false;
        for (place, kind) in config.rl.iter().enumerate().take(MOST_RELAYS) {
            match kind {
                3 if is_second_half => is_second_half = false,
                3 => {
                    is_second_half = true;
                    shutters += 1;
                    self.shutter(shutters);
                }
                2 if config.r#if == 0 => self.light(place),
                1 | 2 if config.r#if != 0 && place != 0 => {}
                1 | 2 => self.relay(place),
                _ => {}
            }
        }
    }

    fn relay(&mut self, place: usize) {
        let config = self.config;
        let is_light = config.is_set("30") || config.r#if != 0;
        let template = self.power(place);
        let options = json!({
            "name": config.relay_name(place),
            "command_topic": config.topic(CMND, &format!("POWER{}", place + 1)),
            "payload_on": config.on(),
            "payload_off": config.off(),
            "state_topic": config.reports(&template),
        });
        let (platform, short) = if is_light { ("light", "LI") } else { ("switch", "RL") };
        let unique = format!("{}_{short}_{}", config.chip(), place + 1);
        self.speller.add(platform, &format!("{short}_{}", place + 1), &unique, options);
    }

    /// The template for a relay's power. A device with one relay calls it `POWER`, unless it was told to count.
    pub(super) fn power(&self, place: usize) -> String {
        match place {
            0 => "{{ value_json.POWER1 | default(value_json.POWER) }}".to_owned(),
            place => format!("{{{{ value_json['POWER{}'] }}}}", place + 1),
        }
    }

    fn shutter(&mut self, number: usize) {
        let config = self.config;
        let is_inverted = config.sho.get(number - 1).is_some_and(|options| options & 1 == 1);
        let (closed, open) = if is_inverted { (100, 0) } else { (0, 100) };
        let (up, down) = if is_inverted { (-1, 1) } else { (1, -1) };
        let places = |template: &dyn Fn(&str) -> String| -> Json {
            let plain = [config.topic(STAT, "RESULT"), config.topic(TELE, "STATE"), config.topic(TELE, "SENSOR")];
            let mut places: Vec<Json> =
                plain.iter().map(|topic| json!({ "topic": topic, "template": template("value_json") })).collect();
            places
                .push(json!({ "topic": config.topic(STAT, "STATUS10"), "template": template("value_json.StatusSNS") }));
            places.into()
        };
        let position = |root: &str| format!("{{{{ {root}.Shutter{number}.Position }}}}");
        let direction = |root: &str| {
            let at = format!("{root}.Shutter{number}.Direction");
            format!(
                "{{% if {at} is defined %}}{{{{ 'opening' if {at} == {up} else 'closing' if {at} == {down} else \
                 'stopped' }}}}{{% endif %}}"
            )
        };
        let name = match config.rl.iter().all(|kind| matches!(kind, 0 | 3))
            && config.rl.iter().filter(|kind| **kind == 3).count() == 2
        {
            true => Json::Null,
            false => json!(format!("Shutter {number}")),
        };
        let options = json!({
            "name": name,
            "command_topic": config.topic(CMND, "Backlog"),
            "payload_open": format!("ShutterOpen{number}"),
            "payload_close": format!("ShutterClose{number}"),
            "payload_stop": format!("ShutterStop{number}"),
            "position_topic": places(&position),
            "set_position_topic": config.topic(CMND, &format!("ShutterPosition{number}")),
            "position_open": open,
            "position_closed": closed,
            "state_topic": places(&direction),
        });
        let unique = format!("{}_SHT_{number}", config.chip());
        self.speller.add("cover", &format!("SHT_{number}"), &unique, options);
    }

    /// An iFan has three speeds.
    pub(super) fn fan(&mut self) {
        let config = self.config;
        if config.r#if == 0 {
            return;
        }
        let command = config.topic(CMND, "FanSpeed");
        let state =
            "{% if value_json.FanSpeed is defined %}{{ '2' if value_json.FanSpeed | int(0) > 0 else '0' }}{% endif %}";
        let options = json!({
            "name": Json::Null,
            "command_topic": command,
            "payload_on": "2",
            "payload_off": "0",
            "state_topic": config.reports(state),
            "percentage_command_topic": command,
            "percentage_state_topic": config.reports("{{ value_json.FanSpeed }}"),
            "speed_range_min": 1,
            "speed_range_max": 3,
        });
        let unique = format!("{}_FAN", config.chip());
        self.speller.add("fan", "FAN", &unique, options);
    }

    /// Wall switches that follow their position and are not tied to a relay (`SetOption114`).
    pub(super) fn switches(&mut self) {
        let config = self.config;
        let follows = |mode: &i32| matches!(mode, 1 | 2 | 13 | 14);
        let shown = if config.is_set("114") { MOST_RELAYS } else { 0 };
        for (place, _) in config.swc.iter().enumerate().take(shown).filter(|(_, mode)| follows(mode)) {
            let number = place + 1;
            let name = config.swn.get(place).cloned().flatten().unwrap_or_else(|| format!("Switch {number}"));
            let reported = |topic: String, template: String| json!({ "topic": topic, "template": template });
            let topics = [
                reported(config.topic(STAT, &format!("SWITCH{number}")), "{{ value_json.STATE }}".to_owned()),
                reported(config.topic(TELE, "SENSOR"), format!("{{{{ value_json.Switch{number} }}}}")),
                reported(config.topic(STAT, "STATUS10"), format!("{{{{ value_json.StatusSNS.Switch{number} }}}}")),
            ];
            let options =
                json!({ "name": name, "payload_on": config.on(), "payload_off": config.off(), "state_topic": topics });
            let unique = format!("{}_SW_{number}", config.chip());
            self.speller.add("binary_sensor", &format!("SW_{number}"), &unique, options);
        }
    }
}

/// Tasmota has 32 relays at most.
const MOST_RELAYS: usize = 32;
