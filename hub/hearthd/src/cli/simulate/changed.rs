//! What a dialogue changed, as Home Assistant would show it.

use std::collections::BTreeMap;

use house::{EntityId, State};
use runtime::wire;
use serde_json::{Map, Value, json};

use super::world::States;

/// Per entity, the state and the attributes that differ.
pub(super) fn changed(before: &States, after: &States) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    for (id, after) in after {
        let Some(before) = before.get(id) else { continue };
        let was = as_shown(id, before);
        let attributes: Map<String, Value> = as_shown(id, after)
            .into_iter()
            .filter(|(name, value)| was.get(name) != Some(value))
            .map(|(name, value)| (name, wire::plain(&value)))
            .collect();
        let mut change = Map::new();
        if before.value != after.value {
            change.insert("state".to_owned(), json!(after.value));
        }
        if !attributes.is_empty() {
            change.insert("attributes".to_owned(), Value::Object(attributes));
        }
        if !change.is_empty() {
            out.insert(id.to_string(), Value::Object(change));
        }
    }
    out
}

/// Attributes as Home Assistant shows them: a lamp or fan that is off has no brightness, colour or speed,
/// and a colour is shown in red, green and blue too.
fn as_shown(id: &EntityId, state: &State) -> house::Attributes {
    let mut attributes = state.attributes.clone();
    let domain = id.as_str().split('.').next().unwrap_or_default();
    if matches!(domain, "light" | "fan") && state.value.as_deref() == Some("off") {
        attributes.retain(|name, _| {
            !matches!(
                name.as_str(),
                "brightness" | "color_mode" | "hs_color" | "rgb_color" | "color_temp_kelvin" | "percentage"
            )
        });
    }
    if let Some([hue, saturation]) = attributes.get("hs_color").and_then(house::Value::as_list)
        && let (Some(hue), Some(saturation)) = (hue.as_number(), saturation.as_number())
    {
        let rgb = rgb(hue, saturation / 100.0).map(house::Value::Number);
        attributes.insert("rgb_color".to_owned(), house::Value::List(rgb.to_vec()));
    }
    attributes
}

/// Red, green and blue, 0–255, of a hue in degrees and a saturation of 0–1 at full brightness.
fn rgb(hue: f64, saturation: f64) -> [f64; 3] {
    [5.0, 3.0, 1.0].map(|offset| {
        let at = (offset + hue / 60.0) % 6.0;
        let part = at.min(4.0 - at).clamp(0.0, 1.0);
        ((1.0 - saturation * part) * 255.0).round()
    })
}
