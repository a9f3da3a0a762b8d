//! An entity's state as Home Assistant reports it, and what changes from one report to the next. Knows no registries.

use house::{Attributes, Availability, Domain, Value};
use serde_json::{Map, Value as Json};

use crate::json;
use crate::limits::{JSON_DEPTH, STATE_CHARS};
use crate::naming::clean_name;

/// What Home Assistant said last of an entity, as far as it matters here.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    state: String,
    attributes: Map<String, Json>,
}

impl Report {
    /// A first report: `{"s": …, "a": {…}}`.
    pub(super) fn whole(json: &Json) -> Self {
        let mut report = Self::default();
        report.add(json);
        report
    }

    /// A change: `{"+": {"s": …, "a": {…}}, "-": {"a": […]}}`.
    pub(super) fn change(&mut self, json: &Json) {
        if let Some(more) = json.get("+") {
            self.add(more);
        }
        for name in json.pointer("/-/a").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            self.attributes.remove(name);
        }
    }

    fn add(&mut self, json: &Json) {
        if let Some(state) = json.get("s").and_then(Json::as_str) {
            self.state = state.chars().filter(|letter| !letter.is_control()).take(STATE_CHARS).collect();
        }
        let attributes = json.get("a").and_then(Json::as_object).into_iter().flatten();
        for (name, value) in
            attributes.filter(|(name, value)| is_kept(name) && !json::is_deeper_than(value, JSON_DEPTH))
        {
            self.attributes.insert(name.clone(), value.clone());
        }
    }

    /// It is no longer reported at all.
    pub(super) fn lose(&mut self) {
        self.state = UNAVAILABLE.to_owned();
    }

    /// What the entity is called.
    pub(super) fn name(&self) -> Option<String> {
        self.attributes.get("friendly_name").and_then(Json::as_str).map(clean_name).filter(|name| !name.is_empty())
    }

    /// What kind of device it is.
    pub(super) fn device_class(&self) -> Option<String> {
        self.attributes.get("device_class").and_then(Json::as_str).map(clean_name).filter(|class| !class.is_empty())
    }

    /// The entities that a scene or a group consists of, by their ids in Home Assistant.
    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        self.attributes.get("entity_id").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
    }

    /// Whether what it reports is only what it was told.
    pub(super) fn is_assumed(&self) -> bool {
        self.attributes.get("assumed_state").and_then(Json::as_bool) == Some(true)
    }

    /// Whether it can be reached.
    pub(super) fn availability(&self) -> Availability {
        if self.state == UNAVAILABLE { Availability::Offline } else { Availability::Online }
    }

    /// Its state, in Home Assistant's words, which are Hearth's.
    pub(super) fn value(&self) -> &str {
        &self.state
    }

    /// Its attributes, in Hearth's shape; `Null` where it says that it has none.
    pub(super) fn attributes(&self, domain: Domain) -> Attributes {
        let mut attributes = json::to_attributes(&self.attributes);
        attributes.retain(|name, _| !OWN.contains(&name.as_str()));
        // A lamp that shows a white has a colour that comes near to it; it was not asked for that.
        if domain == Domain::Light && attributes.get("color_mode").and_then(Value::as_text) == Some("color_temp") {
            attributes.insert("hs_color".to_owned(), Value::Null);
        }
        attributes
    }
}

/// What is new in `now`; what is no longer there is `Null`.
pub(super) fn difference(before: &Attributes, now: &Attributes) -> Attributes {
    let gone = before.keys().filter(|name| !now.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let new = now
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(*value))
        .map(|(name, value)| (name.clone(), value.clone()));
    gone.chain(new).collect()
}

/// The open items of a list, as `todo/item/subscribe` tells them.
pub(super) fn open_items(event: &Json) -> Option<Vec<Value>> {
    let items = event.get("items")?.as_array()?;
    let is_open = |item: &&Json| item.get("status").and_then(Json::as_str) != Some("completed");
    let name = |item: &Json| Some(json::to_value(&Json::from(item.get("summary")?.as_str()?)));
    Some(items.iter().filter(is_open).filter_map(name).take(ITEMS).collect())
}

fn is_kept(name: &str) -> bool {
    KEPT.contains(&name) || OWN.contains(&name)
}

/// Home Assistant's word for what can't be reached.
const UNAVAILABLE: &str = "unavailable";

/// Attributes that say what an entity is, and are kept elsewhere.
const OWN: &[&str] = &["friendly_name", "device_class", "assumed_state", "entity_id"];

/// Attributes that are taken over. No others are: some hold keys and addresses that open a camera or a player to
/// anyone.
const KEPT: &[&str] = &[
    "brightness",
    "color_mode",
    "color_temp_kelvin",
    "hs_color",
    "min_color_temp_kelvin",
    "max_color_temp_kelvin",
    "supported_color_modes",
    "effect",
    "effect_list",
    "current_position",
    "current_tilt_position",
    "temperature",
    "current_temperature",
    "target_temp_high",
    "target_temp_low",
    "target_temp_step",
    "min_temp",
    "max_temp",
    "temperature_unit",
    "humidity",
    "current_humidity",
    "min_humidity",
    "max_humidity",
    "target_humidity",
    "hvac_action",
    "hvac_modes",
    "fan_mode",
    "fan_modes",
    "preset_mode",
    "preset_modes",
    "swing_mode",
    "swing_modes",
    "operation_mode",
    "operation_list",
    "away_mode",
    "mode",
    "available_modes",
    "action",
    "percentage",
    "percentage_step",
    "oscillating",
    "direction",
    "volume_level",
    "is_volume_muted",
    "media_title",
    "media_artist",
    "media_album_name",
    "media_playlist",
    "media_content_type",
    "app_name",
    "source",
    "source_list",
    "sound_mode",
    "fan_speed",
    "fan_speed_list",
    "battery_level",
    "status",
    "error",
    "unit_of_measurement",
    "state_class",
    "min",
    "max",
    "step",
    "options",
    "wind_speed",
    "wind_speed_unit",
    "wind_bearing",
    "pressure",
    "pressure_unit",
    "visibility",
    "visibility_unit",
    "cloud_coverage",
    "uv_index",
    "precipitation_unit",
    "code_arm_required",
    "changed_by",
    "supported_features",
];
/// A list longer than this is no list a household reads out.
const ITEMS: usize = 250;
