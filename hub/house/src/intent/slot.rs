//! The slots of requests, and what may stand in each.

use super::named::named;

named! {
    /// The slots of intents.
    Slot {
        /// A yes or a no, in an answer.
        Say = "say",
        /// Which entities, of all that fit: `all`, `here`, `it`, `other`, `both`; in an answer also by place in line.
        Scope = "scope",
        /// How a question is meant: `one`, `any`, `all`, `which`, `count`, `value`, `since`, `done`.
        Ask = "ask",
        /// What of a thing is asked about.
        Attribute = "attribute",
        /// Home Assistant's domain.
        Domain = "domain",
        /// Home Assistant's device class.
        DeviceClass = "device_class",
        /// The state asked about.
        State = "state",
        /// A name: an entity's, a list's, a timer's.
        Name = "name",
        /// An area's name.
        Area = "area",
        /// A floor's name.
        Floor = "floor",
        /// What is left out.
        Except = "except",
        /// Up or down.
        Direction = "dir",
        /// The greatest or the least.
        Extreme = "extreme",
        /// Relative to what it is now: `half`, `double`.
        Factor = "factor",
        /// By how much.
        Step = "step",
        /// Brightness in per cent.
        Brightness = "brightness",
        /// A colour, or a tint of white, in words.
        Color = "color",
        /// Degrees, or kelvin for a lamp.
        Temperature = "temperature",
        /// Position in per cent.
        Position = "position",
        /// Fan speed in per cent.
        Percentage = "percentage",
        /// Volume in per cent.
        VolumeLevel = "volume_level",
        /// Humidity in per cent.
        Humidity = "humidity",
        /// A climate mode.
        Mode = "mode",
        /// How to arm.
        Arm = "arm",
        /// What kind of media.
        MediaClass = "media_class",
        /// What to look for.
        SearchQuery = "search_query",
        /// A list's item.
        Item = "item",
        /// What to say.
        Message = "message",
        /// A phrase that is being taught, or a condition in words.
        Phrase = "phrase",
        /// How long.
        Duration = "duration",
        /// The length a timer was started with.
        StartDuration = "start_duration",
        /// Over how long a value changes.
        Transition = "transition",
        /// For how long the action holds.
        For = "for",
        /// Until when the action holds, a moment in words.
        Until = "until",
        /// A condition for doing it now, once, in words.
        If = "if",
        /// The PIN, in an answer.
        Pin = "pin",
        /// When it shall happen.
        When = "when",
    }
}

/// What a slot's value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    /// One of a fixed set of labels.
    Label(&'static [&'static str]),
    /// Words of the utterance, from one to another.
    Words,
    /// A number found in the utterance.
    Number,
    /// A length of time found in the utterance.
    Duration,
}

impl Slot {
    /// What this slot's value is made of.
    pub fn kind(self) -> SlotKind {
        match self {
            Self::Say => SlotKind::Label(&["yes", "no", "later", "never"]),
            Self::Scope => SlotKind::Label(SCOPES),
            Self::Ask => SlotKind::Label(ASKS),
            Self::Attribute => SlotKind::Label(ATTRIBUTES),
            Self::Factor => SlotKind::Label(&["half", "third", "quarter", "double", "triple"]),
            Self::Domain => SlotKind::Label(DOMAINS),
            Self::DeviceClass => SlotKind::Label(DEVICE_CLASSES),
            Self::State => SlotKind::Label(STATES),
            Self::Direction => SlotKind::Label(&["up", "down"]),
            Self::Extreme => SlotKind::Label(&["max", "min"]),
            Self::Mode => SlotKind::Label(&["off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only", "eco"]),
            Self::Arm => SlotKind::Label(&["home", "away", "night", "vacation"]),
            Self::MediaClass => SlotKind::Label(MEDIA_CLASSES),
            Self::Step
            | Self::Brightness
            | Self::Temperature
            | Self::Position
            | Self::Percentage
            | Self::VolumeLevel
            | Self::Humidity => SlotKind::Number,
            Self::Duration | Self::StartDuration | Self::Transition | Self::For => SlotKind::Duration,
            Self::Name
            | Self::Area
            | Self::Floor
            | Self::Except
            | Self::Color
            | Self::SearchQuery
            | Self::Item
            | Self::Message
            | Self::Phrase
            | Self::Until
            | Self::If
            | Self::Pin
            | Self::When => SlotKind::Words,
        }
    }
}

const SCOPES: &[&str] = &["all", "here", "it", "other", "both", "first", "second", "third", "last", "left", "right"];
const ASKS: &[&str] = &["one", "any", "all", "which", "count", "value", "since", "done", "suggested"];
/// What of a thing can be asked about; Home Assistant's names of attributes where it has them.
const ATTRIBUTES: &[&str] = &[
    "brightness",
    "color",
    "position",
    "temperature",
    "target_temperature",
    "humidity",
    "target_humidity",
    "speed",
    "volume",
    "battery",
    "title",
    "mode",
    "power",
    "energy",
    "time_left",
    "last_changed",
];
const DOMAINS: &[&str] = &[
    "light",
    "switch",
    "climate",
    "cover",
    "lock",
    "alarm_control_panel",
    "fan",
    "media_player",
    "vacuum",
    "lawn_mower",
    "valve",
    "sensor",
    "binary_sensor",
    "scene",
    "script",
    "todo",
    "weather",
    "person",
    "button",
    "input_boolean",
    "humidifier",
    "water_heater",
    "siren",
];
const STATES: &[&str] = &[
    "on",
    "off",
    "open",
    "closed",
    "locked",
    "unlocked",
    "home",
    "not_home",
    "playing",
    "paused",
    "idle",
    "cleaning",
    "docked",
    "armed",
    "disarmed",
    "triggered",
    "heating",
    "cooling",
];
const MEDIA_CLASSES: &[&str] = &[
    "album", "artist", "channel", "episode", "genre", "movie", "music", "playlist", "podcast", "track", "tv_show",
    "video",
];
/// Home Assistant's device classes of covers, binary sensors, sensors, switches, media players and valves.
const DEVICE_CLASSES: &[&str] = &[
    "awning",
    "blind",
    "curtain",
    "damper",
    "door",
    "garage",
    "gate",
    "shade",
    "shutter",
    "window",
    "battery",
    "battery_charging",
    "carbon_monoxide",
    "carbon_dioxide",
    "cold",
    "connectivity",
    "gas",
    "heat",
    "light",
    "lock",
    "moisture",
    "motion",
    "moving",
    "occupancy",
    "opening",
    "plug",
    "power",
    "presence",
    "problem",
    "running",
    "safety",
    "smoke",
    "sound",
    "tamper",
    "update",
    "vibration",
    "temperature",
    "humidity",
    "illuminance",
    "pressure",
    "atmospheric_pressure",
    "energy",
    "voltage",
    "current",
    "power_factor",
    "pm1",
    "pm25",
    "pm10",
    "ozone",
    "nitrogen_monoxide",
    "nitrogen_dioxide",
    "nitrous_oxide",
    "sulphur_dioxide",
    "volatile_organic_compounds",
    "aqi",
    "data_rate",
    "data_size",
    "date",
    "timestamp",
    "distance",
    "speed",
    "wind_speed",
    "precipitation",
    "precipitation_intensity",
    "signal_strength",
    "sound_pressure",
    "volume",
    "water",
    "weight",
    "duration",
    "frequency",
    "irradiance",
    "apparent_power",
    "reactive_power",
    "monetary",
    "outlet",
    "tv",
    "speaker",
    "receiver",
];
