//! House files: a whole house in one JSON text, as tests, simulations and imports use it.
//!
//! Lenient about how states and attributes are written (other programs export enumerations, `native_value`,
//! translated states), strict about what an entity is: every entity has an id and a name.
//! Reads no files itself. The list `media` of such a file names titles, which no house owns; it is not kept.

mod normal;

use std::collections::BTreeMap;

use house::{
    Area, AreaId, Attributes, Availability, Domain, Entity, EntityId, Floor, FloorId, House, MovingTimer, Quality,
    State, Value,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::json;
use crate::naming::slug;

/// Why a house file can't be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not JSON at all.
    #[error("house file is not JSON: {0}")]
    NotJson(String),
    /// It is JSON of another shape.
    #[error("house file is no house and no map of houses")]
    NotAHouse,
    /// It holds several houses where one was wanted.
    #[error("house file holds several houses, name one of them: {0}")]
    Several(String),
    /// One of its parts is wrong.
    #[error("house file, {at}: {problem}")]
    Part {
        /// Which part (`entities[3]`).
        at: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// A floor or an area as the file has it.
#[derive(Debug, Deserialize, Serialize)]
struct PlaceRecord {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<String>,
}

/// An entity as the file has it.
#[derive(Debug, Deserialize, Serialize)]
struct EntityRecord {
    id: String,
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default)]
    domain: Option<String>,
    #[serde(default)]
    area: Option<String>,
    #[serde(default)]
    state: Json,
    #[serde(default, deserialize_with = "or_default")]
    attributes: Map<String, Json>,
}

/// A timer as the file has it.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct TimerRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: Option<String>,
    area: Option<String>,
    start_hours: Option<u64>,
    start_minutes: Option<u64>,
    start_seconds: Option<u64>,
    rounded_hours_left: Option<u64>,
    rounded_minutes_left: Option<u64>,
    rounded_seconds_left: Option<u64>,
    is_active: Option<bool>,
    total_seconds_left: Option<u64>,
}

/// Every house of a file, by name; a file that is one house gives it the empty name.
///
/// # Errors
/// If the file is not what a house file is, with the place in it.
pub fn maps(text: &str) -> Result<BTreeMap<String, House>, FileError> {
    let json: Json = serde_json::from_str(text).map_err(|error| FileError::NotJson(error.to_string()))?;
    let Json::Object(map) = json else { return Err(FileError::NotAHouse) };
    if is_house(&map) {
        return Ok(BTreeMap::from([(String::new(), read(&map)?)]));
    }
    let one = |(name, house): (&String, &Json)| {
        let house = house.as_object().ok_or(FileError::NotAHouse)?;
        let read = read(house).map_err(|error| within(name, error))?;
        Ok((name.clone(), read))
    };
    map.iter().map(one).collect()
}

/// The only house of a file.
///
/// # Errors
/// As [`maps`], and if there are several.
pub fn house(text: &str) -> Result<House, FileError> {
    let mut houses = maps(text)?;
    match houses.len() {
        1 => houses.pop_first().map(|(_, house)| house).ok_or(FileError::NotAHouse),
        _ => Err(FileError::Several(houses.into_keys().take(8).collect::<Vec<_>>().join(", "))),
    }
}

/// A house as a house file. What is read back is the same house, but for why and when states last changed.
pub fn export(house: &House) -> String {
    let area_name = |id: &AreaId| house.areas.get(id).map(|area| area.name.clone());
    let floor_name = |id: &FloorId| house.floors.get(id).map(|floor| floor.name.clone());
    let floors = house.floors.values().map(|floor| PlaceRecord {
        name: floor.name.clone(),
        aliases: floor.aliases.clone(),
        floor: None,
    });
    let areas = house.areas.values().map(|area| PlaceRecord {
        name: area.name.clone(),
        aliases: area.aliases.clone(),
        floor: area.floor.as_ref().and_then(floor_name),
    });
    let entities = house.entities.values().map(|entity| record_of(entity, entity.area.as_ref().and_then(area_name)));
    let timers = house.timers.iter().map(|timer| timer_of(timer, timer.area.as_ref().and_then(area_name)));
    let file = serde_json::json!({
        "floors": floors.collect::<Vec<_>>(),
        "areas": areas.collect::<Vec<_>>(),
        "entities": entities.collect::<Vec<_>>(),
        "timers": timers.collect::<Vec<_>>(),
        "media": [],
    });
    format!("{file:#}\n")
}

/// The house's value for a JSON value.
pub fn value_from_json(json: &Json) -> Value {
    json::to_value(json)
}

/// The JSON value for a house's value.
pub fn value_to_json(value: &Value) -> Json {
    json::from_value(value)
}

/// The state and attributes of an entity as a house file would write them, normalised as those are.
pub fn attributes_from_json(
    domain: Domain,
    state: &Json,
    attributes: &Map<String, Json>,
) -> (Option<String>, Attributes) {
    normal::state(domain, state, attributes)
}

fn is_house(map: &Map<String, Json>) -> bool {
    ["entities", "areas", "floors"].iter().any(|key| map.get(*key).is_some_and(Json::is_array))
}

fn within(name: &str, error: FileError) -> FileError {
    match error {
        FileError::Part { at, problem } => FileError::Part { at: format!("`{name}`, {at}"), problem },
        FileError::NotJson(_) | FileError::NotAHouse | FileError::Several(_) => error,
    }
}

fn read(map: &Map<String, Json>) -> Result<House, FileError> {
    let mut house = House::default();
    for floor in records::<PlaceRecord>(map, "floors")? {
        let id = floor_id(&mut house, &floor.name);
        set_aliases(house.floors.get_mut(&id).map(|floor| &mut floor.aliases), floor.aliases);
    }
    for area in records::<PlaceRecord>(map, "areas")? {
        let floor = area.floor.as_deref().filter(|name| !name.is_empty()).map(|name| floor_id(&mut house, name));
        let id = area_id(&mut house, &area.name);
        if let Some(known) = house.areas.get_mut(&id) {
            known.floor = floor.or(known.floor.take());
        }
        set_aliases(house.areas.get_mut(&id).map(|area| &mut area.aliases), area.aliases);
    }
    for record in records::<EntityRecord>(map, "entities")? {
        let area = record.area.as_deref().filter(|name| !name.is_empty()).map(|name| area_id(&mut house, name));
        let entity = entity(record, area, &house);
        house.entities.insert(entity.id.clone(), entity);
    }
    for (place, record) in records::<TimerRecord>(map, "timers")?.into_iter().enumerate() {
        let area = record.area.as_deref().filter(|name| !name.is_empty()).map(|name| area_id(&mut house, name));
        house.timers.push(timer(record, place, area));
    }
    Ok(house)
}

fn records<T: for<'de> Deserialize<'de>>(map: &Map<String, Json>, key: &str) -> Result<Vec<T>, FileError> {
    let part = |at: String, problem: String| FileError::Part { at, problem };
    let items = match map.get(key) {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(Json::Array(items)) => items,
        Some(Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_)) => {
            return Err(part(key.to_owned(), "is not a list".to_owned()));
        }
    };
    let one = |(place, item): (usize, &Json)| {
        T::deserialize(item).map_err(|error| part(format!("{key}[{place}]"), error.to_string()))
    };
    items.iter().enumerate().map(one).collect()
}

/// The floor of that name, made if it is new.
fn floor_id(house: &mut House, name: &str) -> FloorId {
    let id = FloorId::new(slug_or_name(name));
    let new = || Floor { id: id.clone(), name: name.to_owned(), aliases: Vec::new() };
    house.floors.entry(id.clone()).or_insert_with(new);
    id
}

/// The area of that name, made if it is new.
fn area_id(house: &mut House, name: &str) -> AreaId {
    let id = AreaId::new(slug_or_name(name));
    let new = || Area { id: id.clone(), name: name.to_owned(), aliases: Vec::new(), floor: None };
    house.areas.entry(id.clone()).or_insert_with(new);
    id
}

fn slug_or_name(name: &str) -> String {
    Some(slug(name)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| name.to_owned())
}

fn set_aliases(known: Option<&mut Vec<String>>, aliases: Vec<String>) {
    if let Some(known) = known {
        known.extend(aliases);
    }
}

fn entity(record: EntityRecord, area: Option<AreaId>, house: &House) -> Entity {
    let prefix = record.id.split_once('.').map(|(domain, _)| domain.to_owned());
    let word = record.domain.clone().or(prefix.clone()).unwrap_or_default();
    let domain = Domain::parse(&word).unwrap_or(Domain::Other);
    let id = if prefix.is_some() { record.id } else { format!("{}.{}", domain.as_str(), record.id) };
    let (value, mut attributes) = normal::state(domain, &record.state, &record.attributes);
    let device_class = match attributes.remove("device_class") {
        Some(Value::Text(class)) if !class.is_empty() => Some(class),
        Some(_) | None => None,
    };
    let is_lost = record.state.as_str() == Some("unavailable");
    let quality = if value.is_some() { Quality::Observed } else { Quality::Unknown };
    Entity {
        id: unused(&id, house),
        name: record.name,
        aliases: record.aliases,
        domain,
        device_class,
        area,
        state: State { value, attributes, quality, ..State::default() },
        availability: if is_lost { Availability::Offline } else { Availability::Online },
    }
}

/// Some collections use an id twice; the second is numbered, so that neither is lost.
fn unused(id: &str, house: &House) -> EntityId {
    let numbered = (2_u32..).map(|number| EntityId::new(format!("{id}_{number}")));
    let mut ids = std::iter::once(EntityId::new(id)).chain(numbered);
    ids.find(|id| !house.entities.contains_key(id)).unwrap_or_else(|| EntityId::new(id))
}

fn timer(record: TimerRecord, place: usize, area: Option<AreaId>) -> MovingTimer {
    let seconds = |hours: Option<u64>, minutes: Option<u64>, seconds: Option<u64>| {
        let hours = hours.unwrap_or(0).saturating_mul(3600);
        hours.saturating_add(minutes.unwrap_or(0).saturating_mul(60)).saturating_add(seconds.unwrap_or(0))
    };
    let length_s = seconds(record.start_hours, record.start_minutes, record.start_seconds);
    let rounded = seconds(record.rounded_hours_left, record.rounded_minutes_left, record.rounded_seconds_left);
    let is_rounded = [record.rounded_hours_left, record.rounded_minutes_left, record.rounded_seconds_left]
        .iter()
        .any(Option::is_some);
    let left_s = record.total_seconds_left.unwrap_or(if is_rounded { rounded } else { length_s });
    MovingTimer {
        id: record.id.unwrap_or_else(|| format!("timer-{}", place + 1)),
        name: record.name.filter(|name| !name.is_empty()),
        area,
        length_s: length_s.max(left_s),
        left_s,
        is_active: record.is_active.unwrap_or(true),
        asked_by: None,
    }
}

fn record_of(entity: &Entity, area: Option<String>) -> EntityRecord {
    let mut attributes = json::from_attributes(&entity.state.attributes);
    if let Some(class) = &entity.device_class {
        attributes.insert("device_class".to_owned(), class.as_str().into());
    }
    let is_lost = entity.availability == Availability::Offline;
    let state = entity.state.value.as_deref().map(Json::from).unwrap_or_default();
    EntityRecord {
        id: entity.id.to_string(),
        name: entity.name.clone(),
        aliases: entity.aliases.clone(),
        domain: Some(entity.domain.as_str().to_owned()),
        area,
        state: if is_lost { "unavailable".into() } else { state },
        attributes,
    }
}

fn timer_of(timer: &MovingTimer, area: Option<String>) -> TimerRecord {
    let split = |seconds: u64| (Some(seconds / 3600), Some(seconds / 60 % 60), Some(seconds % 60));
    let (start_hours, start_minutes, start_seconds) = split(timer.length_s);
    let (rounded_hours_left, rounded_minutes_left, rounded_seconds_left) = split(timer.left_s);
    TimerRecord {
        id: Some(timer.id.clone()),
        name: timer.name.clone(),
        area,
        start_hours,
        start_minutes,
        start_seconds,
        rounded_hours_left,
        rounded_minutes_left,
        rounded_seconds_left,
        is_active: Some(timer.is_active),
        total_seconds_left: Some(timer.left_s),
    }
}

/// Absent and `null` are the same.
fn or_default<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{export, house, maps};
    use house::{Domain, Value};

    #[test]
    fn odd_spellings_become_home_assistants() {
        let house = house(
            r#"{"areas":null,"entities":[
            {"id":"climate.t","name":"T","domain":"climate","area":"Hall","state":null,
             "attributes":{"hvac_mode":"off","target_temperature":22,"current_temperature":21}},
            {"id":"switch.c","name":"C","domain":"switch","state":true,"attributes":{"device_class":"switch.SwitchDeviceClass.OUTLET"}},
            {"id":"sensor.s","name":"S","domain":"sensor","state":null,"attributes":{"native_value":22,"native_unit_of_measurement":"°C"}},
            {"id":"lock.l","name":"L","domain":"lock","state":"verrouillé"},
            {"id":"cover.v","name":"V","state":{"in":"開啟","out":"open"},"attributes":{"position":"40"}},
            {"id":"calendar.x","name":"X","domain":"calendar","aliases":null},
            {"id":"light.a","name":"A","domain":"light","state":"unavailable"},
            {"id":"light.a","name":"A again","domain":"light","state":"encendida"}],
            "timers":[{"name":"pizza","area":"Kitchen","start_minutes":15,"rounded_minutes_left":10,"is_active":true}]}"#,
        )
        .unwrap();
        let state = |id: &str| house.entities[&house::EntityId::new(id)].state.value.as_deref();
        assert_eq!(state("climate.t"), Some("off"));
        assert_eq!(house.entities[&house::EntityId::new("climate.t")].number("temperature"), Some(22.0));
        assert_eq!(state("switch.c"), Some("on"));
        assert_eq!(house.entities[&house::EntityId::new("switch.c")].device_class.as_deref(), Some("outlet"));
        assert_eq!(state("sensor.s"), Some("22"));
        assert_eq!(state("lock.l"), Some("locked"));
        assert_eq!(state("cover.v"), Some("open"));
        assert_eq!(
            house.entities[&house::EntityId::new("cover.v")].attribute("current_position"),
            Some(&Value::Number(40.0))
        );
        assert_eq!(house.entities[&house::EntityId::new("calendar.x")].domain, Domain::Other);
        assert_eq!(state("light.a"), None);
        assert_eq!(state("light.a_2"), Some("on"));
        assert_eq!(house.areas.len(), 2);
        assert_eq!((house.timers[0].length_s, house.timers[0].left_s), (900, 600));
        assert_eq!(super::house(&export(&house)).unwrap(), house);
    }

    #[test]
    fn complaints_say_where() {
        let error = |text: &str| maps(text).unwrap_err().to_string();
        assert_eq!(error("[]"), "house file is no house and no map of houses");
        assert_eq!(error(r#"{"entities":[{"id":"light.x"}]}"#), "house file, entities[0]: missing field `name`");
        assert_eq!(
            error(r#"{"a":{"areas":[{"name":1}]}}"#),
            "house file, `a`, areas[0]: invalid type: integer `1`, expected a string"
        );
        assert!(error("{").starts_with("house file is not JSON"));
        assert!(house(r#"{"a":{},"b":{}}"#).unwrap_err().to_string().ends_with("a, b"));
    }
}
