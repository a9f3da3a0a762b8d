//! What a person asked for, before it is known which entities are meant.
//!
//! Names are Home Assistant's where it has them; Hearth's own begin with `Hearth`.

use crate::EntityId;

macro_rules! named {
    ($(#[$outer:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)? }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type {
            $($(#[$doc])* $name,)+
        }

        impl $type {
            /// Every variant, in the order of this file, which is the order of the code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name in the code and in every interface.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The variant of that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

named! {
    /// The kinds of request.
    IntentKind {
        /// Switch on, open, lock, run.
        TurnOn = "HassTurnOn",
        /// Switch off, close, unlock.
        TurnOff = "HassTurnOff",
        /// Switch to the other state.
        Toggle = "HassToggle",
        /// Ask for a state.
        GetState = "HassGetState",
        /// Brightness, colour or colour temperature.
        LightSet = "HassLightSet",
        /// Position of a cover or a valve.
        SetPosition = "HassSetPosition",
        /// Stop what moves.
        StopMoving = "HassStopMoving",
        /// Target temperature, absolute, relative, or by a complaint of heat or cold.
        ClimateSetTemperature = "HassClimateSetTemperature",
        /// Ask for the temperature.
        ClimateGetTemperature = "HassClimateGetTemperature",
        /// Heating, cooling, off.
        ClimateSetMode = "HearthClimateSetMode",
        /// A fan's speed.
        FanSetSpeed = "HassFanSetSpeed",
        /// Play something.
        MediaSearchAndPlay = "HassMediaSearchAndPlay",
        /// Pause or stop playing.
        MediaPause = "HassMediaPause",
        /// Go on playing.
        MediaUnpause = "HassMediaUnpause",
        /// Next track.
        MediaNext = "HassMediaNext",
        /// Previous track.
        MediaPrevious = "HassMediaPrevious",
        /// Mute.
        MediaPlayerMute = "HassMediaPlayerMute",
        /// Unmute.
        MediaPlayerUnmute = "HassMediaPlayerUnmute",
        /// Volume, absolute.
        SetVolume = "HassSetVolume",
        /// Volume, louder or quieter.
        SetVolumeRelative = "HassSetVolumeRelative",
        /// Clean.
        VacuumStart = "HassVacuumStart",
        /// Clean one room.
        VacuumCleanArea = "HassVacuumCleanArea",
        /// Vacuum home.
        VacuumReturnToBase = "HassVacuumReturnToBase",
        /// Vacuum pause.
        VacuumPause = "HearthVacuumPause",
        /// Vacuum, where are you.
        VacuumLocate = "HearthVacuumLocate",
        /// Mow.
        LawnMowerStartMowing = "HassLawnMowerStartMowing",
        /// Mower home.
        LawnMowerDock = "HassLawnMowerDock",
        /// Arm the alarm panel.
        AlarmArm = "HearthAlarmArm",
        /// Disarm the alarm panel.
        AlarmDisarm = "HearthAlarmDisarm",
        /// Add to the shopping list.
        ShoppingListAddItem = "HassShoppingListAddItem",
        /// Tick off the shopping list.
        ShoppingListCompleteItem = "HassShoppingListCompleteItem",
        /// Add to a list.
        ListAddItem = "HassListAddItem",
        /// Tick off a list.
        ListCompleteItem = "HassListCompleteItem",
        /// Take off a list.
        ListRemoveItem = "HassListRemoveItem",
        /// What is on a list.
        ListQuery = "HearthListQuery",
        /// Start a timer.
        StartTimer = "HassStartTimer",
        /// Cancel a timer.
        CancelTimer = "HassCancelTimer",
        /// Cancel them all.
        CancelAllTimers = "HassCancelAllTimers",
        /// Lengthen a timer.
        IncreaseTimer = "HassIncreaseTimer",
        /// Shorten a timer.
        DecreaseTimer = "HassDecreaseTimer",
        /// Pause a timer.
        PauseTimer = "HassPauseTimer",
        /// Go on with a timer.
        UnpauseTimer = "HassUnpauseTimer",
        /// How long is left.
        TimerStatus = "HassTimerStatus",
        /// An alarm at a clock time.
        SetAlarm = "HearthSetAlarm",
        /// Remove such an alarm.
        CancelAlarm = "HearthCancelAlarm",
        /// Which alarms are set.
        AlarmQuery = "HearthAlarmQuery",
        /// Snooze the ringing alarm.
        Snooze = "HearthSnooze",
        /// A reminder.
        SetReminder = "HearthSetReminder",
        /// What is scheduled.
        ScheduleQuery = "HearthScheduleQuery",
        /// Take a scheduled action back.
        CancelSchedule = "HearthCancelSchedule",
        /// The weather.
        GetWeather = "HassGetWeather",
        /// The time.
        GetCurrentTime = "HassGetCurrentTime",
        /// The date.
        GetCurrentDate = "HassGetCurrentDate",
        /// Say something in other rooms.
        Broadcast = "HassBroadcast",
        /// Never mind.
        Nevermind = "HassNevermind",
        /// A greeting or a question to the assistant itself.
        Respond = "HassRespond",
        /// Take the last thing back.
        Undo = "HearthUndo",
        /// The last request again, for another place or thing.
        Again = "HearthAgain",
        /// The last request was meant for something else.
        Correct = "HearthCorrect",
        /// Say the last reply again.
        Repeat = "HearthRepeat",
        /// Why something was done or is as it is.
        Explain = "HearthExplain",
        /// What the hub can do.
        Help = "HearthHelp",
        /// From now on these words mean that.
        TeachPhrase = "HearthTeachPhrase",
        /// A rule: when something happens, do something.
        RoutineCreate = "HearthRoutineCreate",
        /// Save the present state as a scene.
        SceneCreate = "HearthSceneCreate",
        /// Not a request for the house.
        NotForHouse = "HearthNotForHouse",
        /// A request for the house that can't be made out.
        Unclear = "HearthUnclear",
    }
}

named! {
    /// The slots of intents.
    Slot {
        /// Which entities, of all that fit: `all`, `here`, `it`, `other`, `both`.
        Scope = "scope",
        /// How a question is meant: `one`, `any`, `all`, `which`, `count`, `value`, `since`.
        Ask = "ask",
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
        /// For how long the action holds.
        For = "for",
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
            Self::Scope => SlotKind::Label(SCOPES),
            Self::Ask => SlotKind::Label(ASKS),
            Self::Domain => SlotKind::Label(DOMAINS),
            Self::DeviceClass => SlotKind::Label(DEVICE_CLASSES),
            Self::State => SlotKind::Label(STATES),
            Self::Direction => SlotKind::Label(&["up", "down"]),
            Self::Extreme => SlotKind::Label(&["max", "min"]),
            Self::Mode => SlotKind::Label(&["off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only"]),
            Self::Arm => SlotKind::Label(&["home", "away", "night", "vacation"]),
            Self::MediaClass => SlotKind::Label(MEDIA_CLASSES),
            Self::Step
            | Self::Brightness
            | Self::Temperature
            | Self::Position
            | Self::Percentage
            | Self::VolumeLevel => SlotKind::Number,
            Self::Duration | Self::StartDuration | Self::For => SlotKind::Duration,
            Self::Name
            | Self::Area
            | Self::Floor
            | Self::Except
            | Self::Color
            | Self::SearchQuery
            | Self::Item
            | Self::Message
            | Self::Phrase
            | Self::When => SlotKind::Words,
        }
    }
}

/// A slot's value.
#[derive(Clone, Debug, PartialEq)]
pub enum SlotValue {
    /// One of the slot's labels.
    Label(&'static str),
    /// Words of the utterance as they were said.
    Text(String),
    /// A number.
    Number(f64),
    /// A length of time, as it was said.
    Length {
        /// Hours.
        hours: u64,
        /// Minutes.
        minutes: u64,
        /// Seconds.
        seconds: u64,
    },
    /// Exactly this entity, whatever else has its name; as a [`Slot::Name`].
    Entity(EntityId),
    /// Exactly what is scheduled under this id; as a [`Slot::Name`].
    Schedule(String),
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// What is asked.
    pub kind: IntentKind,
    /// With what; a slot may stand several times ("the kitchen and the hall").
    pub slots: Vec<(Slot, SlotValue)>,
}

impl Intent {
    /// An intent without slots.
    pub fn new(kind: IntentKind) -> Self {
        Self { kind, slots: Vec::new() }
    }

    /// The same with one more slot.
    #[must_use]
    pub fn with(mut self, slot: Slot, value: SlotValue) -> Self {
        self.slots.push((slot, value));
        self
    }

    /// Every value of a slot, in spoken order.
    pub fn all(&self, slot: Slot) -> impl Iterator<Item = &SlotValue> {
        self.slots.iter().filter(move |(name, _)| *name == slot).map(|(_, value)| value)
    }

    /// The texts of a slot.
    pub fn texts(&self, slot: Slot) -> impl Iterator<Item = &str> {
        self.all(slot).filter_map(|value| match value {
            SlotValue::Text(text) => Some(text.as_str()),
            SlotValue::Label(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_) => None,
        })
    }

    /// The first text of a slot.
    pub fn text(&self, slot: Slot) -> Option<&str> {
        self.texts(slot).next()
    }

    /// The label of a slot.
    pub fn label(&self, slot: Slot) -> Option<&'static str> {
        self.all(slot).find_map(|value| match value {
            SlotValue::Label(label) => Some(*label),
            SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_) => None,
        })
    }

    /// The number of a slot.
    pub fn number(&self, slot: Slot) -> Option<f64> {
        self.all(slot).find_map(|value| match value {
            SlotValue::Number(number) => Some(*number),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_) => None,
        })
    }

    /// The seconds of a slot.
    pub fn seconds(&self, slot: Slot) -> Option<u64> {
        self.all(slot).find_map(|value| match value {
            SlotValue::Length { hours, minutes, seconds } => Some(hours * 3600 + minutes * 60 + seconds),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_) => None,
        })
    }

    /// The entities that are meant by their ids, in the order in which they were given.
    pub fn entities(&self) -> impl Iterator<Item = &EntityId> {
        self.all(Slot::Name).filter_map(|value| match value {
            SlotValue::Entity(id) => Some(id),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Schedule(_) => None,
        })
    }

    /// The ids of what is scheduled and meant by its id.
    pub fn schedules(&self) -> impl Iterator<Item = &str> {
        self.all(Slot::Name).filter_map(|value| match value {
            SlotValue::Schedule(id) => Some(id.as_str()),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_) => None,
        })
    }

    /// Whether a slot is there.
    pub fn has(&self, slot: Slot) -> bool {
        self.slots.iter().any(|(name, _)| *name == slot)
    }
}

const SCOPES: &[&str] = &["all", "here", "it", "other", "both"];
const ASKS: &[&str] = &["one", "any", "all", "which", "count", "value", "since"];
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
