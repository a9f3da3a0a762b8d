//! Reads announcements: whose they are and what they say, before any platform looks at them.

use house::Rejection;
use serde_json::{Map, Value as Json};

use crate::abbreviations::{expand_device, expand_entity};
use crate::config::{Config, within};
use crate::json;
use crate::limits::{ID_CHARS, Limits};

/// Where an announcement came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// The component, or `device`.
    pub(crate) component: &'a str,
    /// The node and object id, joined.
    pub(crate) object: String,
}

/// What an announcement says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Announcement {
    /// It takes everything back that it announced.
    Removed,
    /// It hands its entity over to another announcement.
    Migrated,
    /// These entities, by key; `None` for those taken back.
    Entities(Vec<(String, Option<Config>)>),
}

/// The place of an announcement's topic; `None` if the topic is no announcement's.
pub(crate) fn place(topic: &str) -> Option<Place<'_>> {
    let inner = topic.strip_prefix("homeassistant/")?.strip_suffix("/config")?;
    let parts: Vec<&str> = inner.split('/').collect();
    match parts.as_slice() {
        [component, object] => Some(Place { component, object: (*object).to_owned() }),
        [component, node, object] => Some(Place { component, object: format!("{node}_{object}") }),
        _ => None,
    }
}

/// What the payload says, bounded and spelt out.
pub(crate) fn parse(place: &Place<'_>, payload: &[u8], limits: &Limits) -> Result<Announcement, Rejection> {
    let is_device = place.component == "device";
    let most = if is_device { limits.device_payload_bytes } else { limits.payload_bytes };
    if ID_CHARS < place.object.len() {
        return Err(Rejection::BadId);
    }
    if most < payload.len() {
        return Err(Rejection::TooLarge { most, bytes: payload.len() });
    }
    let text = std::str::from_utf8(payload).map_err(|_| Rejection::NotText)?;
    if text.trim().is_empty() {
        return Ok(Announcement::Removed);
    }
    let Json::Object(map) = json::parse(text)? else { return Err(Rejection::NotMap) };
    if map.get("migrate_discovery") == Some(&Json::Bool(true)) {
        return Ok(Announcement::Migrated);
    }
    let mut options = expand_entity(map);
    let device = taken_map(&mut options, "device").map(expand_device).unwrap_or_default();
    match is_device {
        true => device_based(place, options, device, limits).map(Announcement::Entities),
        false => {
            let config = Config { platform: place.component.to_owned(), object: place.object.clone(), options, device };
            Ok(Announcement::Entities(vec![(String::new(), Some(config))]))
        }
    }
}

fn device_based(
    place: &Place<'_>,
    mut options: Map<String, Json>,
    device: Map<String, Json>,
    limits: &Limits,
) -> Result<Vec<(String, Option<Config>)>, Rejection> {
    let components = taken_map(&mut options, "components").ok_or_else(|| Rejection::Lacks("components".to_owned()))?;
    if limits.components_per_device < components.len() {
        return Err(Rejection::TooMany(limits.components_per_device));
    }
    let shared: Map<String, Json> = options.into_iter().filter(|(key, _)| SHARED.contains(&key.as_str())).collect();
    let one = |(key, component): (String, Json)| -> Result<(String, Option<Config>), Rejection> {
        let Json::Object(component) = component else { return Err(within(&key, Rejection::NotMap)) };
        let mut own = expand_entity(component);
        let platform = match own.remove("platform") {
            Some(Json::String(platform)) => platform,
            Some(_) | None => return Err(within(&key, Rejection::Lacks("platform".to_owned()))),
        };
        if own.is_empty() {
            return Ok((key, None));
        }
        let object = format!("{}_{key}", place.object);
        let mut merged = shared.clone();
        merged.extend(own);
        Ok((key, Some(Config { platform, object, options: merged, device: device.clone() })))
    };
    components.into_iter().map(one).collect()
}

fn taken_map(options: &mut Map<String, Json>, key: &str) -> Option<Map<String, Json>> {
    match options.remove(key) {
        Some(Json::Object(map)) => Some(map),
        Some(_) | None => None,
    }
}

/// Options that a device may give for all of its components.
const SHARED: &[&str] = &[
    "~",
    "availability",
    "availability_mode",
    "availability_template",
    "availability_topic",
    "payload_available",
    "payload_not_available",
    "command_topic",
    "state_topic",
    "qos",
    "encoding",
];
