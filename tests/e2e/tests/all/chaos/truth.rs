//! Whether a virtual device's report on the wire is what a command asked for. Knows the wire, nothing of the hub's own
//! reading of it.

use serde_json::Value;

/// Whether the report is so; none where no report could show it.
pub(super) fn is_reached(command: &Value, report: &str) -> Option<bool> {
    let (service, data) = (command["service"].as_str()?, &command["data"]);
    let report: Value = serde_json::from_str(report).unwrap_or_else(|_| Value::String(report.to_owned()));
    let state =
        report["state"].as_str().or(report["mode"].as_str()).or(report.as_str()).unwrap_or_default().to_lowercase();
    let near =
        |value: &Value, wanted: f64, within: f64| value.as_f64().is_some_and(|value| (value - wanted).abs() <= within);
    let is_one_of = |wanted: &[&str]| Some(wanted.contains(&state.as_str()));
    match service {
        "light.turn_on" => {
            let level = data["brightness_pct"].as_f64();
            Some(state == "on" && level.is_none_or(|level| near(&report["brightness"], level * 2.55, 4.0)))
        }
        "fan.set_percentage" => Some(state == "on" && near(&report["percentage"], data["percentage"].as_f64()?, 3.0)),
        "climate.set_temperature" => Some(near(&report["temperature"], data["temperature"].as_f64()?, 0.3)),
        "cover.open_cover" => is_one_of(&["open", "opening"]),
        "cover.close_cover" => is_one_of(&["closed", "closing"]),
        "lock.lock" => is_one_of(&["locked"]),
        "switch.turn_on" | "fan.turn_on" => is_one_of(&["on"]),
        "light.turn_off" | "switch.turn_off" | "fan.turn_off" => is_one_of(&["off"]),
        "media_player.turn_on" => Some(state != "off"),
        "media_player.turn_off" => is_one_of(&["off"]),
        _ => None,
    }
}
