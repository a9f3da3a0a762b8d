//! Lamps with a topic for each thing they can do.

use house::{Action, Color, Domain, Rejection};

use crate::change::{Message, WriteError};
use crate::color::{hs_to_rgb, hs_to_xy};
use crate::compile::{Compiled, Compiler};
use crate::json::{from_number, number_text};
use crate::platform::light_common::{Effects, Kelvin, Wish, facts, level};
use crate::reading::{Reading, Words};
use crate::writing::{Command, Writer, Writing};

#[derive(Debug)]
struct DefaultLight {
    command: Command,
    on: String,
    off: String,
    order: Order,
    brightness: Option<Command>,
    scale: f64,
    color_temp: Option<Command>,
    kelvin: Kelvin,
    hs: Option<Command>,
    rgb: Option<Command>,
    xy: Option<Command>,
    effect: Option<Command>,
    effects: Effects,
}

/// When `on` is sent: before what goes with it, after it, or not at all because a brightness says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    First,
    Last,
    Brightness,
}

pub(super) fn compile(mut compiler: Compiler<'_>) -> Result<Compiled, Rejection> {
    let config = compiler.config;
    let on = config.text_or("payload_on", "ON");
    let off = config.text_or("payload_off", "OFF");
    let kelvin = Kelvin::of(config);
    let scale = config.number("brightness_scale").filter(|scale| 1.0 <= *scale).unwrap_or(255.0);
    let has_state = inputs(&mut compiler, &on, &off, scale, kelvin)?;
    let light = DefaultLight {
        command: compiler.required("command_topic", "command_template")?,
        order: match config.text("on_command_type").as_deref() {
            Some("first") => Order::First,
            Some("brightness") => Order::Brightness,
            Some(_) | None => Order::Last,
        },
        brightness: compiler.command("brightness_command_topic", "brightness_command_template")?,
        color_temp: compiler.command("color_temp_command_topic", "color_temp_command_template")?,
        hs: compiler.command("hs_command_topic", "hs_command_template")?,
        rgb: compiler.command("rgb_command_topic", "rgb_command_template")?,
        xy: compiler.command("xy_command_topic", "xy_command_template")?,
        effect: compiler.command("effect_command_topic", "effect_command_template")?,
        effects: Effects::of(config),
        on,
        off,
        scale,
        kelvin,
    };
    facts(&mut compiler, &light.modes(), kelvin);
    compiler.finish(Domain::Light, light, has_state)
}

fn inputs(compiler: &mut Compiler<'_>, on: &str, off: &str, scale: f64, kelvin: Kelvin) -> Result<bool, Rejection> {
    let config = compiler.config;
    let words = Words::new([(on.to_owned(), "on"), (off.to_owned(), "off")]);
    let template = if config.has("state_value_template") { "state_value_template" } else { "value_template" };
    let has_state = compiler.input("state_topic", template, Reading::State(words))?;
    compiler.input("brightness_state_topic", "brightness_value_template", Reading::Brightness(scale))?;
    compiler.input("color_temp_state_topic", "color_temp_value_template", Reading::ColorTemp(kelvin.unit))?;
    compiler.input("hs_state_topic", "hs_value_template", Reading::Hs)?;
    compiler.input("rgb_state_topic", "rgb_value_template", Reading::Rgb)?;
    compiler.input("xy_state_topic", "xy_value_template", Reading::Xy)?;
    compiler.input("color_mode_state_topic", "color_mode_value_template", Reading::ColorMode)?;
    compiler.input("effect_state_topic", "effect_value_template", Reading::Text("effect"))?;
    Ok(has_state)
}

impl Writer for DefaultLight {
    fn write(&self, action: &Action, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let Some(wish) = Wish::of(action, at)? else {
            return Ok(vec![self.command.send(self.off.as_str(), at)?]);
        };
        let mut styles = Vec::new();
        if let Some(color) = wish.color {
            styles.push(self.color(color, at)?);
        }
        if let Some(kelvin) = wish.kelvin {
            let command = at.need(self.color_temp.as_ref(), "it has no colour temperature")?;
            styles.push(command.send(from_number(self.kelvin.told(kelvin)), at)?);
        }
        if let Some(effect) = &wish.effect {
            let command = at.need(self.effect.as_ref(), "it has no effects")?;
            styles.push(command.send(self.effects.known(effect, at)?, at)?);
        }
        if let Some(pct) = wish.brightness_pct {
            let command = at.need(self.brightness.as_ref(), "it can't be dimmed")?;
            styles.push(command.send(from_number(level(pct, self.scale)), at)?);
        }
        self.in_order(styles, wish.brightness_pct.is_some(), at)
    }
}

impl DefaultLight {
    fn in_order(&self, styles: Vec<Message>, is_dimmed: bool, at: &Writing<'_>) -> Result<Vec<Message>, WriteError> {
        let on = || self.command.send(self.on.as_str(), at);
        match (self.order, &self.brightness) {
            (Order::Brightness, Some(_)) if is_dimmed => Ok(styles),
            (Order::Brightness, Some(brightness)) => {
                let before = at.entity.number("brightness").filter(|level| 0.0 < *level).unwrap_or(255.0);
                let level = brightness.send(from_number((before / 255.0 * self.scale).round()), at)?;
                Ok(styles.into_iter().chain([level]).collect())
            }
            (Order::First, _) => Ok(std::iter::once(on()?).chain(styles).collect()),
            (Order::Last | Order::Brightness, _) => Ok(styles.into_iter().chain([on()?]).collect()),
        }
    }

    fn color(&self, Color { hue, saturation }: Color, at: &Writing<'_>) -> Result<Message, WriteError> {
        if let Some(hs) = &self.hs {
            let text = format!("{},{}", number_text(hue), number_text(saturation));
            return hs
                .send_all(&[("value", text.into()), ("hue", from_number(hue)), ("sat", from_number(saturation))], at);
        }
        if let Some(rgb) = &self.rgb {
            let (red, green, blue) = hs_to_rgb(hue, saturation);
            let text = [red, green, blue].map(number_text).join(",");
            let parts = [("red", red), ("green", green), ("blue", blue)].map(|(name, part)| (name, from_number(part)));
            return rgb.send_all(&[("value", text.into())].into_iter().chain(parts).collect::<Vec<_>>(), at);
        }
        let xy = at.need(self.xy.as_ref(), "it has no colours")?;
        let (x, y) = hs_to_xy(hue, saturation);
        xy.send_all(&[("value", format!("{x},{y}").into()), ("x", x.into()), ("y", y.into())], at)
    }

    fn modes(&self) -> Vec<String> {
        let colors = [("hs", &self.hs), ("rgb", &self.rgb), ("xy", &self.xy), ("color_temp", &self.color_temp)];
        let modes: Vec<String> =
            colors.iter().filter(|(_, command)| command.is_some()).map(|(mode, _)| (*mode).to_owned()).collect();
        match (modes.is_empty(), &self.brightness) {
            (false, _) => modes,
            (true, Some(_)) => vec!["brightness".to_owned()],
            (true, None) => vec!["onoff".to_owned()],
        }
    }
}
