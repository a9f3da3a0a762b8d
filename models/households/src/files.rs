//! Writes a home as files, in the shapes that `hearthd learn` reads.
//!
//! The truth beside them is for people; no program reads it.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use house::Evidence;
use serde_json::{Map, Value as Json, json};

use crate::home::HouseholdKind;
use crate::living::{Lived, live};
use crate::settings::Settings;

/// Writes a family's home.
pub(crate) fn write(seed: u64, days: i64, output: &Path) -> anyhow::Result<()> {
    let lived = live(HouseholdKind::Family, &Settings::known(), seed, days, true)?;
    std::fs::create_dir_all(output).with_context(|| format!("make the folder `{}`", output.display()))?;
    let put = |name: &str, text: String| {
        std::fs::write(output.join(name), text).with_context(|| format!("write `{}`", output.join(name).display()))
    };
    put("home.json", home(&lived))?;
    let mut lines = String::new();
    for event in &lived.events {
        lines.push_str(&line(event)?);
        lines.push('\n');
    }
    put("events.jsonl", lines)?;
    let mut truth = String::new();
    for (routine, kept) in lived.truth.routines.iter().zip(&lived.kept) {
        let _ = writeln!(truth, "{routine:?} kept {}", kept.len());
    }
    put("truth.txt", truth)
}

fn home(lived: &Lived) -> String {
    let areas: Vec<Json> = lived.house.areas.values().map(|area| json!({"name": area.name})).collect();
    let entities: Vec<Json> = lived
        .house
        .entities
        .values()
        .map(|entity| {
            let area = entity.area.as_ref().and_then(|id| lived.house.areas.get(id)).map(|area| area.name.clone());
            let domain = entity.id.as_str().split('.').next().unwrap_or_default();
            json!({"id": entity.id.as_str(), "name": entity.name, "domain": domain, "area": area,
                   "attributes": {"device_class": entity.device_class}})
        })
        .collect();
    json!({"floors": [], "areas": areas, "entities": entities}).to_string()
}

fn line(event: &Evidence) -> anyhow::Result<String> {
    let offset = jiff::tz::Offset::from_seconds(event.offset_s)?;
    let zoned = jiff::Timestamp::from_millisecond(event.at_ms)?.display_with_offset(offset);
    let numbers = event.attributes.iter().filter_map(|(name, value)| Some((name.clone(), value.as_number()?)));
    let attributes: Map<String, Json> = numbers.map(|(name, value)| (name, Json::from(value))).collect();
    let person = event.person.as_ref().map(|person| person.as_str().to_owned());
    Ok(json!({"ts": zoned.to_string(), "entity_id": event.entity.as_str(), "state": event.state,
              "attributes": attributes, "cause": event.cause.as_str(), "person": person})
    .to_string())
}
