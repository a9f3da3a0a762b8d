//! Lamps whose commands are made by templates.
//!
//! Native dialects whose lamps take one message for everything are spelt out in this way too. Their states come from
//! topics of their own, as with lamps that have a topic for each thing, and their brightness may have a scale.

use house::{Action, Domain, Rejection};
use serde_json::Value as Json;

use crate::change::{Message, WriteError};
use crate::color::hs_to_rgb;
use crate::compile::{Compiled, Compiler};
use crate::json::from_number;
use crate::platform::light_common::{Effects, Kelvin, Wish, facts, level};
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct TemplateLight {
    on: Command,
    off: Command,
    kelvin: Kelvin,
    scale: f64,
    modes: Vec<String>,
    effects: Effects,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let kelvin = Kelvin::of(config);
    let scale = config.number("brightness_scale").filter(|scale| 1.0 <= *scale).unwrap_or(255.0);
    let has_state = compiler.input("state_topic", "state_template", Reading::State(Words::same(&["on", "off"])))?;
    let (level, heat) = (Reading::Brightness(scale), Reading::ColorTemp(kelvin.unit));
    compiler.input("brightness_state_topic", "brightness_value_template", level.clone())?;
    compiler.input("color_temp_state_topic", "color_temp_value_template", heat.clone())?;
    compiler.input("rgb_state_topic", "rgb_value_template", Reading::Rgb)?;
    let templates =
        [("brightness_template", level), ("color_temp_template", heat), ("effect_template", Reading::Text("effect"))];
    for (template, reading) in templates.into_iter().filter(|(template, _)| config.has(template)) {
        compiler.input("state_topic", template, reading)?;
    }
    compiler.input("color_mode_state_topic", "color_mode_value_template", Reading::ColorMode)?;
    let parts: Vec<String> =
        ["red_template", "green_template", "blue_template"].iter().filter_map(|key| config.text(key)).collect();
    if parts.len() == 3 {
        let together = compiler.source(&parts.join(","))?;
        compiler.input_with("state_topic", Some(together), Reading::Rgb)?;
    }
    let on = compiler.required("command_topic", "command_on_template")?;
    let off = compiler.required("command_topic", "command_off_template")?;
    if on.template.is_none() || off.template.is_none() {
        return Err(Rejection::Lacks("command_on_template` or `command_off_template".to_owned()));
    }
    let either = |template: &str, topic: &str| config.has(template) || config.has(topic);
    let has_color = parts.len() == 3 || config.has("rgb_state_topic");
    let modes = modes(
        has_color,
        either("color_temp_template", "color_temp_state_topic"),
        either("brightness_template", "brightness_state_topic"),
    );
    facts(&mut compiler, &modes, kelvin);
    compiler.finish(
        Domain::Light,
        TemplateLight { on, off, kelvin, scale, modes, effects: Effects::of(config) },
        has_state,
    )
}

fn modes(has_color: bool, has_heat: bool, has_level: bool) -> Vec<String> {
    let modes: Vec<&str> = [("rgb", has_color), ("color_temp", has_heat)]
        .into_iter()
        .filter_map(|(mode, is_there)| is_there.then_some(mode))
        .collect();
    match (modes.is_empty(), has_level) {
        (false, _) => modes.into_iter().map(str::to_owned).collect(),
        (true, true) => vec!["brightness".to_owned()],
        (true, false) => vec!["onoff".to_owned()],
    }
}

impl Writer for TemplateLight {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let Some(wish) = Wish::of(action, at)? else {
            return Ok(vec![self.off.send_all(&[("state", "off".into())], at)?]);
        };
        let can = |mode: &str| self.modes.iter().any(|known| known == mode);
        let mut values: Vec<(&str, Json)> = vec![("state", "on".into())];
        if let Some(pct) = wish.brightness_pct {
            match can("onoff") {
                true => return Err(at.unsupported("it can't be dimmed")),
                false => values.push(("brightness", from_number(level(pct, self.scale)))),
            }
        }
        match wish.kelvin {
            Some(_) if !can("color_temp") => return Err(at.unsupported("it has no colour temperature")),
            Some(kelvin) => values.push(("color_temp", from_number(self.kelvin.told(kelvin)))),
            None => {}
        }
        match wish.color {
            Some(_) if !can("rgb") => return Err(at.unsupported("it has no colours")),
            Some(color) => {
                let (red, green, blue) = hs_to_rgb(color.hue, color.saturation);
                let parts =
                    [("red", red), ("green", green), ("blue", blue), ("hue", color.hue), ("sat", color.saturation)];
                values.extend(parts.map(|(name, part)| (name, from_number(part))));
            }
            None => {}
        }
        if let Some(effect) = &wish.effect {
            values.push(("effect", self.effects.known(effect, at)?.into()));
        }
        Ok(vec![self.on.send_all(&values, at)?])
    }
}
