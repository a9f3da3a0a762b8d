//! A home before anyone lives in it: who is there, what there is, and what the weather and the sun do.
//!
//! Knows nothing of habits.

use house::{Area, AreaId, Entity, EntityId, House};

/// Who lives in a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HouseholdKind {
    /// One person who works outside.
    Single,
    /// Two people who work outside.
    Couple,
    /// Two parents and two children.
    Family,
    /// Two people who are at home most of the day.
    Retired,
}

impl HouseholdKind {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Single, Self::Couple, Self::Family, Self::Retired];

    /// Who lives there.
    pub(crate) fn people(self) -> &'static [&'static str] {
        match self {
            Self::Single => &["ann"],
            Self::Couple => &["ann", "ben"],
            Self::Family => &["ann", "ben", "cleo", "dan"],
            Self::Retired => &["ede", "fay"],
        }
    }

    /// Its rooms.
    pub(crate) fn rooms(self) -> &'static [&'static str] {
        match self {
            Self::Single => &["kitchen", "living_room", "bedroom", "bathroom", "hall"],
            Self::Couple => &["kitchen", "living_room", "bedroom", "bathroom", "hall", "study"],
            Self::Family => {
                &["kitchen", "living_room", "bedroom", "bathroom", "hall", "study", "nursery", "attic", "utility"]
            }
            Self::Retired => &["kitchen", "living_room", "bedroom", "bathroom", "hall", "garden_room"],
        }
    }
}

/// Every thing that people can use, by its room's things and those of the whole home.
pub(crate) fn things(kind: HouseholdKind) -> Vec<String> {
    let mut things: Vec<String> = Vec::new();
    for room in kind.rooms() {
        things.push(format!("light.{room}"));
        if !matches!(*room, "hall" | "bathroom" | "utility") {
            things.push(format!("light.{room}_lamp"));
            things.push(format!("cover.{room}_blind"));
        }
    }
    things.extend(
        [
            "switch.coffee_machine",
            "switch.kettle",
            "media_player.living_room_tv",
            "media_player.kitchen_radio",
            "fan.bathroom_fan",
            "climate.living_room",
            "climate.bedroom",
            "lock.front_door",
            "cover.garage_door",
            "alarm_control_panel.home",
            "switch.heated_blanket",
            "humidifier.bedroom",
        ]
        .map(str::to_owned),
    );
    things
}

/// The house file's content.
pub(crate) fn house(kind: HouseholdKind, has_people: bool) -> House {
    let mut house = House::default();
    for room in kind.rooms() {
        let id = AreaId::new(*room);
        house.areas.insert(id.clone(), Area { id, name: titled(room), aliases: Vec::new(), floor: None });
    }
    let mut ids = things(kind);
    ids.extend(kind.rooms().iter().map(|room| format!("binary_sensor.{room}_motion")));
    ids.extend(
        ["binary_sensor.front_door", "sensor.outdoor", "sensor.lux", "weather.home", "sun.sun"].map(str::to_owned),
    );
    if has_people {
        ids.extend(kind.people().iter().map(|person| format!("person.{person}")));
    }
    for id in ids {
        let object = id.split_once('.').map_or("", |(_, object)| object).to_owned();
        let mut entity = Entity::new(EntityId::new(id.as_str()), &titled(&object));
        entity.area = kind.rooms().iter().find(|room| object.starts_with(**room)).map(|room| AreaId::new(*room));
        entity.device_class = match object.as_str() {
            "garage_door" => Some("garage".to_owned()),
            object if object.ends_with("_blind") => Some("blind".to_owned()),
            object if object.ends_with("_motion") => Some("motion".to_owned()),
            _ => None,
        };
        house.entities.insert(entity.id.clone(), entity);
    }
    house
}

fn titled(object: &str) -> String {
    let words = object.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// At which minute by the clock the sun rises and sets on a day of the year.
pub(crate) fn sun(day_of_year: f64, is_summer_time: bool) -> (f64, f64) {
    let season = (std::f64::consts::TAU * (day_of_year - 80.0) / 365.0).sin();
    let shift = if is_summer_time { 60.0 } else { 0.0 };
    (375.0 - 115.0 * season + shift, 1095.0 + 125.0 * season + shift)
}
