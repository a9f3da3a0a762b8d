//! Lamps of Tasmota devices: dimmers, white, colour, and both in one or apart.

use serde_json::json;

use super::{CMND, Spelt};
use crate::native::spelling::Options;

/// What a lamp can do, and what it is called in commands.
struct Lamp {
    /// The command and the report for its brightness.
    dimmer: String,
    has_color: bool,
    has_heat: bool,
    /// Whether white and colour take turns.
    has_both: bool,
    /// What goes after a colour: `=` leaves the white channels alone.
    suffix: &'static str,
}

impl Spelt<'_> {
    pub(super) fn light(&mut self, place: usize) {
        let config = self.config;
        let lamp = self.lamp(place);
        let mut options = Options::from(json!({
            "name": config.relay_name(place),
            "command_topic": config.topic(CMND, &format!("POWER{}", place + 1)),
            "payload_on": config.on(),
            "payload_off": config.off(),
            "state_topic": config.reports(&self.power(place)),
        }));
        let report = |key: &str| config.reports(&format!("{{{{ value_json.{key} }}}}"));
        if config.lt_st != 0 || config.is_set("68") {
            options.set("brightness_scale", json!(100));
            options.set("brightness_command_topic", json!(config.topic(CMND, &lamp.dimmer)));
            options.set("brightness_state_topic", report(&lamp.dimmer));
        }
        if lamp.has_color {
            options.set("rgb_command_topic", json!(config.topic(CMND, "Color2")));
            options.set(
                "rgb_command_template",
                json!(format!("{{{{ red }}}},{{{{ green }}}},{{{{ blue }}}}{}", lamp.suffix)),
            );
            options.set(
                "hs_state_topic",
                config.reports(
                    "{% if value_json.HSBColor is defined %}{{ \
             value_json.HSBColor.split(',')[0] }},{{ value_json.HSBColor.split(',')[1] }}{% endif %}",
                ),
            );
        }
        if lamp.has_heat {
            let (least, most) = if config.is_set("82") { (200, 380) } else { (153, 500) };
            options.set("min_mireds", json!(least));
            options.set("max_mireds", json!(most));
            options.set("color_temp_command_topic", json!(config.topic(CMND, "CT")));
            options.set("color_temp_state_topic", report("CT"));
        }
        if lamp.has_both {
            let white = if lamp.has_heat { "color_temp" } else { "white" };
            options.set(
                "color_mode_state_topic",
                config.reports(&format!(
                    "{{% if value_json.White is defined %}}{{{{ \
             '{white}' if value_json.White | int(0) > 0 else 'rgb' }}}}{{% endif %}}"
                )),
            );
        }
        self.add_light(place, options);
    }

    fn add_light(&mut self, place: usize, options: Options) {
        let unique = format!("{}_LI_{}", self.config.chip(), place + 1);
        self.speller.add("light", &format!("LI_{}", place + 1), &unique, options);
    }

    fn lamp(&self, place: usize) -> Lamp {
        let config = self.config;
        let first = config.rl.iter().position(|kind| *kind == 2).unwrap_or(0);
        let plain = |dimmer: String| Lamp { dimmer, has_color: false, has_heat: false, has_both: false, suffix: "" };
        let is_split = config.lk == 0 && 4 <= config.lt_st;
        match (config.is_set("68"), is_split, place - first) {
            (true, _, _) => plain(format!("Channel{}", place + 1)),
            (false, true, 0) => Lamp { has_color: true, suffix: "=", ..plain("Dimmer1".to_owned()) },
            (false, true, _) => Lamp { has_heat: config.lt_st == 5, ..plain("Dimmer2".to_owned()) },
            (false, false, _) => Lamp {
                has_color: 3 <= config.lt_st,
                has_heat: matches!(config.lt_st, 2 | 5),
                has_both: 4 <= config.lt_st,
                ..plain("Dimmer".to_owned())
            },
        }
    }
}
