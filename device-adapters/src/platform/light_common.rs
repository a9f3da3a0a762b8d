//! What all lamps have in common, whichever schema they speak: modes, brightness, colour temperature, effects.

use house::{Action, Color};

use crate::change::WriteError;
use crate::color::mireds;
use crate::compile::Compiler;
use crate::config::Config;
use crate::reading::Unit;
use crate::writing::Writing;

/// The effects a lamp can play.
#[derive(Debug)]
pub(super) struct Effects(Vec<String>);

impl Effects {
    /// Those of its announcement.
    pub(super) fn of(config: &Config) -> Self {
        Self(config.list("effect_list"))
    }

    /// The effect, if the lamp has it.
    pub(super) fn known<'e>(&self, effect: &'e str, at: &Writing<'_>) -> Result<&'e str, WriteError> {
        match self.0.iter().any(|known| known == effect) {
            true => Ok(effect),
            false => Err(at.unsupported("it has no such effect")),
        }
    }
}

/// What is asked of a lamp.
pub(super) struct Wish {
    pub(super) brightness_pct: Option<u8>,
    pub(super) color: Option<Color>,
    pub(super) kelvin: Option<u16>,
    pub(super) effect: Option<String>,
}

/// The colour temperatures a lamp takes, and how it takes them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kelvin {
    pub(super) unit: Unit,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// The modes said, or those that the older flags mean.
pub(super) fn modes(config: &Config) -> Vec<String> {
    let said = config.list("supported_color_modes");
    if !said.is_empty() {
        return said;
    }
    let flagged = ["hs", "rgb", "xy", "color_temp"].into_iter().filter(|flag| config.flag(flag));
    let modes: Vec<String> = flagged.map(str::to_owned).collect();
    match (modes.is_empty(), config.flag("brightness")) {
        (false, _) => modes,
        (true, true) => vec!["brightness".to_owned()],
        (true, false) => vec!["onoff".to_owned()],
    }
}

/// Notes what a lamp can do.
pub(super) fn facts(compiler: &mut Compiler<'_>, modes: &[String], kelvin: Kelvin) {
    compiler.fact_list("supported_color_modes", modes);
    if modes.iter().any(|mode| mode == "color_temp") {
        compiler.fact("min_color_temp_kelvin", kelvin.min);
        compiler.fact("max_color_temp_kelvin", kelvin.max);
    }
    if compiler.config.has("effect_list") {
        compiler.fact_list("effect_list", &compiler.config.list("effect_list"));
    }
}

impl Kelvin {
    /// Home Assistant's defaults are 2000–6535 K, which is 500–153 mireds.
    pub(super) fn of(config: &Config) -> Self {
        let unit = if config.flag("color_temp_kelvin") { Unit::Kelvin } else { Unit::Mireds };
        let from_mireds = |key: &str| config.number(key).map(mireds);
        let min = config.number("min_kelvin").or_else(|| from_mireds("max_mireds")).unwrap_or(2000.0);
        let max = config.number("max_kelvin").or_else(|| from_mireds("min_mireds")).unwrap_or(6535.0);
        Self { unit, min: min.min(max), max: max.max(min) }
    }

    /// What the lamp is told for a colour temperature; the nearest it can do, as the eye forgives that.
    pub(super) fn told(self, kelvin: u16) -> f64 {
        let kelvin = f64::from(kelvin).clamp(self.min, self.max);
        match self.unit {
            Unit::Kelvin => kelvin,
            Unit::Mireds => mireds(kelvin),
        }
    }
}

impl Wish {
    /// What an action asks of a lamp; `None` for off.
    pub(super) fn of(action: &Action, at: &Writing<'_>) -> Result<Option<Self>, WriteError> {
        match action {
            Action::TurnOff | Action::SetLight { brightness_pct: Some(0), .. } => Ok(None),
            Action::TurnOn => Ok(Some(Self { brightness_pct: None, color: None, kelvin: None, effect: None })),
            Action::SetEffect(effect) => {
                Ok(Some(Self { brightness_pct: None, color: None, kelvin: None, effect: Some(effect.clone()) }))
            }
            Action::SetLight { brightness_pct, color, color_temp_k } => {
                if let Some(pct) = brightness_pct {
                    at.within(f64::from(*pct), 1.0, 100.0)?;
                }
                if let Some(color) = color {
                    at.within(color.hue, 0.0, 360.0)?;
                    at.within(color.saturation, 0.0, 100.0)?;
                }
                Ok(Some(Self { brightness_pct: *brightness_pct, color: *color, kelvin: *color_temp_k, effect: None }))
            }
            _ => Err(at.unsupported("it is a light")),
        }
    }
}

/// A brightness on the lamp's scale; the least request is still on.
pub(super) fn level(pct: u8, scale: f64) -> f64 {
    (f64::from(pct) / 100.0 * scale).round().max(1.0)
}
