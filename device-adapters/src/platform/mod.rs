//! One file per family of entities: what its announcement offers, how it is read and told.
//!
//! Besides Home Assistant's platforms there are Hearth's own, in the same shape of announcement:
//! `todo`, `weather`, `media_player`, `person` (see their files), and for virtual devices
//! `input_boolean` (as `switch`), `script` and `automation` (as `scene`), and `other` (as `sensor`).

mod alarm;
mod climate;
mod cover;
mod fan;
mod humidifier;
mod light;
mod light_common;
mod light_default;
mod light_template;
mod list;
mod lock;
mod media;
mod mower;
mod plain;
mod switch;
mod vacuum;

use house::Rejection;

use crate::compile::{Compiled, Compiler};
use crate::config::shown;

/// What the platform makes of the announcement; `None` for platforms that are of no use to a house.
pub(crate) fn compile(compiler: Compiler<'_>) -> Result<Option<Compiled>, Rejection> {
    let platform = compiler.config.platform.clone();
    let compiled = match platform.as_str() {
        "light" => light::compile(compiler),
        "switch" | "siren" | "input_boolean" => switch::compile(compiler),
        "climate" | "water_heater" => climate::compile(compiler),
        "cover" | "valve" => cover::compile(compiler),
        "lock" => lock::compile(compiler),
        "alarm_control_panel" => alarm::compile(compiler),
        "fan" => fan::compile(compiler),
        "humidifier" => humidifier::compile(compiler),
        "vacuum" => vacuum::compile(compiler),
        "lawn_mower" => mower::compile(compiler),
        "todo" => list::compile(compiler),
        "media_player" => media::compile(compiler),
        "scene" | "script" | "automation" | "button" => plain::press(compiler),
        "binary_sensor" => plain::binary_sensor(compiler),
        "sensor" | "other" => plain::sensor(compiler),
        "number" => plain::number(compiler),
        "select" => plain::select(compiler),
        "weather" => plain::weather(compiler),
        "person" => plain::person(compiler),
        platform if IGNORED.contains(&platform) => return Ok(None),
        platform => return Err(Rejection::NoSuchPlatform(shown(platform))),
    };
    compiled.map(Some)
}

/// Platforms of Home Assistant that say nothing a house needs to know.
const IGNORED: &[&str] = &[
    "camera",
    "device_automation",
    "device_tracker",
    "event",
    "image",
    "notify",
    "tag",
    "text",
    "update",
    "date",
    "time",
    "datetime",
];
