//! Every file of `tests/fixtures/<dialect>/` is one device as its makers document it: its messages in order, and what
//! is asked of it.
//! Next to it stands what becomes of that. `UPDATE_EXPECT=1` rewrites the expectations; the difference is to be read.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use device_adapters::Preference;
use expect_test::expect_file;
use house::{Action, ArmMode, Color, HvacMode};
use serde_json::Value as Json;

use crate::support::World;

#[test]
fn home_assistant() {
    check("home-assistant");
}

#[test]
fn zigbee2mqtt() {
    check("zigbee2mqtt");
}

#[test]
fn tasmota() {
    check("tasmota");
}

#[test]
fn shelly() {
    check("shelly");
}

#[test]
fn shelly_gen1() {
    check("shelly-gen1");
}

#[test]
fn esphome() {
    check("esphome");
}

#[test]
fn homie() {
    check("homie");
}

#[test]
fn enough_payloads_are_checked() {
    let counts = DIALECTS
        .map(|dialect| (dialect, devices(dialect).iter().map(|path| messages(&read(path)).len()).sum::<usize>()));
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    println!("{counts:?}: {total} payloads");
    assert!(counts.iter().all(|(_, count)| 0 < *count), "{counts:?}");
    assert!(150 <= total, "{counts:?}");
}

pub(crate) const DIALECTS: [&str; 7] =
    ["home-assistant", "zigbee2mqtt", "tasmota", "shelly", "shelly-gen1", "esphome", "homie"];

/// Plays each device of a dialect and compares.
fn check(dialect: &str) {
    for path in devices(dialect) {
        let device = read(&path);
        assert!(
            device["source"].as_str().is_some_and(|source| !source.is_empty()),
            "{} names no source",
            path.display()
        );
        let preference = if device["prefer"] == "discovery" { Preference::Discovery } else { Preference::Native };
        let mut world = World::preferring(preference);
        for (topic, payload) in messages(&device) {
            world.publish(&topic, payload);
        }
        expect_file![path.with_extension("expected")].assert_eq(&outcome(&world, &device));
    }
}

/// The devices of a dialect.
pub(crate) fn devices(dialect: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(dialect);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(!paths.is_empty(), "{dialect} has no fixtures");
    paths
}

/// One device's file.
pub(crate) fn read(path: &Path) -> Json {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Its messages: a payload that is text is sent as it stands, any other as JSON.
pub(crate) fn messages(device: &Json) -> Vec<(String, String)> {
    let message = |(topic, payload): (&str, &Json)| {
        (topic.to_owned(), payload.as_str().map_or_else(|| payload.to_string(), str::to_owned))
    };
    device["messages"].as_array().unwrap().iter().map(|pair| message((pair[0].as_str().unwrap(), &pair[1]))).collect()
}

fn outcome(world: &World, device: &Json) -> String {
    let mut text = world.describe();
    for asked in &world.asked {
        writeln!(text, "asks {asked}").unwrap();
    }
    for reason in &world.rejected {
        writeln!(text, "refuses {reason}").unwrap();
    }
    for command in device["commands"].as_array().into_iter().flatten() {
        let command = command.as_str().unwrap();
        let (id, words) = command.split_once(' ').unwrap();
        writeln!(text, "> {command}\n{}", world.write(id, &action(words))).unwrap();
    }
    text
}

/// `brightness 40`, `color 120 100`, `position 25`, `lock` …
fn action(words: &str) -> Action {
    let parts: Vec<&str> = words.split(' ').collect();
    let number = |place: usize| parts[place].parse::<f64>().unwrap();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "written so in the fixtures")]
    let pct = |place: usize| number(place) as u8;
    let light = |brightness_pct, color, color_temp_k| Action::SetLight { brightness_pct, color, color_temp_k };
    match parts[0] {
        "on" => Action::TurnOn,
        "off" => Action::TurnOff,
        "brightness" => light(Some(pct(1)), None, None),
        "color" => light(None, Some(Color { hue: number(1), saturation: number(2) }), None),
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "written so in the fixtures")]
        "kelvin" => light(None, None, Some(number(1) as u16)),
        "open" => Action::OpenCover,
        "close" => Action::CloseCover,
        "stop" => Action::StopCover,
        "position" => Action::SetCoverPosition(pct(1)),
        "tilt" => Action::SetTilt(pct(1)),
        "effect" => Action::SetEffect(parts[1..].join(" ")),
        "number" => Action::SetNumber(number(1)),
        "select" => Action::SelectOption(parts[1..].join(" ")),
        "open_valve" => Action::OpenValve,
        "close_valve" => Action::CloseValve,
        "valve" => Action::SetValvePosition(pct(1)),
        "lock" => Action::Lock,
        "unlock" => Action::Unlock,
        "temperature" => Action::SetTemperature(number(1)),
        "mode" => Action::SetHvacMode(HvacMode::parse(parts[1]).unwrap()),
        "speed" => Action::SetPercentage(pct(1)),
        "humidity" => Action::SetHumidity(pct(1)),
        "arm" => Action::Arm(ArmMode::parse(parts[1]).unwrap()),
        "disarm" => Action::Disarm,
        "activate" => Action::Activate,
        "start" => Action::VacuumStart,
        "return" => Action::VacuumReturn,
        "clean" => Action::VacuumCleanArea(vec![parts[1..].join(" ")]),
        "mow" => Action::MowerStart,
        "dock" => Action::MowerDock,
        "pause_mower" => Action::MowerPause,
        "volume" => Action::SetVolume(pct(1)),
        "mute" => Action::Mute(true),
        "play" => Action::PlayMedia { query: parts[1..].join(" "), class: Some("artist".into()) },
        "add" => Action::AddItem(parts[1..].join(" ")),
        "complete" => Action::CompleteItem(parts[1..].join(" ")),
        other => panic!("no such action: {other}"),
    }
}
