//! Lamps that speak JSON, and which of the three schemas a lamp speaks.

use house::{Action, Color, Domain, Rejection};
use serde_json::{Map, Value as Json, json};

use crate::change::{Message, WriteError};
use crate::color::{hs_to_rgb, hs_to_xy};
use crate::compile::{Compiled, Compiler};
use crate::json::from_number;
use crate::platform::light_common::{Effects, Kelvin, Wish, facts, level, modes};
use crate::reading::Reading;
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct JsonLight {
    command: Command,
    modes: Vec<String>,
    scale: f64,
    kelvin: Kelvin,
    effects: Effects,
}

pub(super) fn compile(compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    match compiler.config.text("schema").as_deref() {
        Some("json") => json_schema(compiler),
        Some("template") => super::light_template::compile(compiler),
        Some(_) | None => super::light_default::compile(compiler),
    }
}

fn json_schema(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let kelvin = Kelvin::of(config);
    let scale = config.number("brightness_scale").filter(|scale| 1.0 <= *scale).unwrap_or(255.0);
    let has_state = compiler.input("state_topic", "value_template", Reading::LightJson { scale, unit: kelvin.unit })?;
    let command = compiler.required("command_topic", "command_template")?;
    let modes = modes(config);
    facts(&mut compiler, &modes, kelvin);
    compiler.finish(Domain::Light, JsonLight { command, modes, scale, kelvin, effects: Effects::of(config) }, has_state)
}

impl Writer for JsonLight {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let Some(wish) = Wish::of(action, at)? else {
            return Ok(vec![self.command.send(json!({ "state": "OFF" }), at)?]);
        };
        let mut payload = Map::from_iter([("state".to_owned(), Json::from("ON"))]);
        if let Some(pct) = wish.brightness_pct {
            match self.modes.iter().all(|mode| mode == "onoff") {
                true => return Err(at.unsupported("it can't be dimmed")),
                false => payload.insert("brightness".to_owned(), from_number(level(pct, self.scale))),
            };
        }
        if let Some(color) = wish.color {
            payload.insert("color".to_owned(), self.color(color, at)?);
        }
        if let Some(kelvin) = wish.kelvin {
            match self.has("color_temp") {
                true => payload.insert("color_temp".to_owned(), from_number(self.kelvin.told(kelvin))),
                false => return Err(at.unsupported("it has no colour temperature")),
            };
        }
        if let Some(effect) = &wish.effect {
            payload.insert("effect".to_owned(), self.effects.known(effect, at)?.into());
        }
        Ok(vec![self.command.send(Json::Object(payload), at)?])
    }
}

impl JsonLight {
    fn has(&self, mode: &str) -> bool {
        self.modes.iter().any(|known| known == mode)
    }

    fn color(&self, Color { hue, saturation }: Color, at: &Writing<'_>) -> Result<Json, WriteError> {
        let (red, green, blue) = hs_to_rgb(hue, saturation);
        let rgb = || json!({ "r": from_number(red), "g": from_number(green), "b": from_number(blue) });
        match () {
            () if self.has("hs") => Ok(json!({ "h": from_number(hue), "s": from_number(saturation) })),
            () if self.has("rgb") => Ok(rgb()),
            () if self.has("xy") => {
                let (x, y) = hs_to_xy(hue, saturation);
                Ok(json!({ "x": x, "y": y }))
            }
            () if self.has("rgbw") => Ok(with(rgb(), &["w"])),
            () if self.has("rgbww") => Ok(with(rgb(), &["c", "w"])),
            () => Err(at.unsupported("it has no colours")),
        }
    }
}

fn with(mut color: Json, whites: &[&str]) -> Json {
    if let Some(map) = color.as_object_mut() {
        map.extend(whites.iter().map(|white| ((*white).to_owned(), Json::from(0))));
    }
    color
}
