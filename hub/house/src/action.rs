//! What can be done to one entity: a closed set, so that judging can answer every case.

use crate::{Attributes, Domain, Value};

/// A colour in hue and saturation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color {
    /// Hue in degrees, 0–360.
    pub hue: f64,
    /// Saturation in per cent, 0–100.
    pub saturation: f64,
}

/// A climate device's mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HvacMode {
    /// Off.
    Off,
    /// Heating.
    Heat,
    /// Cooling.
    Cool,
    /// Heating or cooling as needed.
    HeatCool,
    /// The device decides.
    Auto,
    /// Drying.
    Dry,
    /// Only the fan.
    FanOnly,
}

impl HvacMode {
    /// Home Assistant's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Heat => "heat",
            Self::Cool => "cool",
            Self::HeatCool => "heat_cool",
            Self::Auto => "auto",
            Self::Dry => "dry",
            Self::FanOnly => "fan_only",
        }
    }

    /// The mode of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Off, Self::Heat, Self::Cool, Self::HeatCool, Self::Auto, Self::Dry, Self::FanOnly]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// How an alarm panel is armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmMode {
    /// People are at home.
    Home,
    /// Nobody is at home.
    Away,
    /// People sleep.
    Night,
    /// Nobody is at home for long.
    Vacation,
}

impl ArmMode {
    /// Home Assistant's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Away => "away",
            Self::Night => "night",
            Self::Vacation => "vacation",
        }
    }

    /// The mode of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Home, Self::Away, Self::Night, Self::Vacation].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// One thing to do to one entity.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Switch on.
    TurnOn,
    /// Switch off.
    TurnOff,
    /// Change a lamp; at least one part is given. Also switches it on.
    SetLight {
        /// Brightness in per cent, 1–100.
        brightness_pct: Option<u8>,
        /// Colour.
        color: Option<Color>,
        /// Colour temperature in kelvin.
        color_temp_k: Option<u16>,
    },
    /// Open a cover.
    OpenCover,
    /// Close a cover.
    CloseCover,
    /// Stop a cover.
    StopCover,
    /// Move a cover to a position in per cent, 0 closed – 100 open.
    SetCoverPosition(u8),
    /// Tilt a cover's slats to a position in per cent, 0 closed – 100 open.
    SetTilt(u8),
    /// Let a lamp play one of its effects. Also switches it on.
    SetEffect(String),
    /// Lock a lock.
    Lock,
    /// Unlock a lock.
    Unlock,
    /// Set a target temperature in the device's own unit.
    SetTemperature(f64),
    /// Set a climate device's mode.
    SetHvacMode(HvacMode),
    /// Set a fan's speed in per cent, 1–100.
    SetPercentage(u8),
    /// Arm the alarm panel.
    Arm(ArmMode),
    /// Disarm the alarm panel.
    Disarm,
    /// Play or resume.
    MediaPlay,
    /// Pause.
    MediaPause,
    /// Stop playing.
    MediaStop,
    /// Next track.
    MediaNext,
    /// Previous track.
    MediaPrevious,
    /// Volume in per cent, 0–100.
    SetVolume(u8),
    /// Mute or unmute.
    Mute(bool),
    /// Search for something and play it.
    PlayMedia {
        /// The words of the request.
        query: String,
        /// Home Assistant's media class, if one was said.
        class: Option<String>,
    },
    /// Start cleaning.
    VacuumStart,
    /// Pause cleaning.
    VacuumPause,
    /// Send it home.
    VacuumReturn,
    /// Let it make itself heard.
    VacuumLocate,
    /// Clean the named areas.
    VacuumCleanArea(Vec<String>),
    /// Start mowing.
    MowerStart,
    /// Pause mowing.
    MowerPause,
    /// Send the mower home.
    MowerDock,
    /// Open a valve.
    OpenValve,
    /// Close a valve.
    CloseValve,
    /// Move a valve to a position in per cent.
    SetValvePosition(u8),
    /// Apply a scene, run a script, press a button.
    Activate,
    /// Add an item to a list.
    AddItem(String),
    /// Tick an item off a list.
    CompleteItem(String),
    /// Take an item off a list.
    RemoveItem(String),
    /// Set a number in the device's own unit.
    SetNumber(f64),
    /// Choose one of the options of a choice.
    SelectOption(String),
}

impl Action {
    /// Home Assistant's service for this action on an entity of that domain (`light.turn_on`).
    pub fn service(&self, domain: Domain) -> String {
        let verb = match self {
            Self::TurnOn | Self::SetLight { .. } | Self::SetEffect(_) | Self::Activate => match domain {
                Domain::Button => "press",
                _ => "turn_on",
            },
            Self::TurnOff => "turn_off",
            Self::OpenCover => "open_cover",
            Self::CloseCover => "close_cover",
            Self::StopCover => "stop_cover",
            Self::SetCoverPosition(_) => "set_cover_position",
            Self::SetTilt(_) => "set_cover_tilt_position",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::SetTemperature(_) => "set_temperature",
            Self::SetHvacMode(_) => "set_hvac_mode",
            Self::SetPercentage(_) => "set_percentage",
            Self::Arm(ArmMode::Home) => "alarm_arm_home",
            Self::Arm(ArmMode::Away) => "alarm_arm_away",
            Self::Arm(ArmMode::Night) => "alarm_arm_night",
            Self::Arm(ArmMode::Vacation) => "alarm_arm_vacation",
            Self::Disarm => "alarm_disarm",
            Self::MediaPlay => "media_play",
            Self::MediaPause => "media_pause",
            Self::MediaStop => "media_stop",
            Self::MediaNext => "media_next_track",
            Self::MediaPrevious => "media_previous_track",
            Self::SetVolume(_) => "volume_set",
            Self::Mute(_) => "volume_mute",
            Self::PlayMedia { .. } => "play_media",
            Self::VacuumStart => "start",
            Self::VacuumPause | Self::MowerPause => "pause",
            Self::VacuumReturn => "return_to_base",
            Self::VacuumLocate => "locate",
            Self::VacuumCleanArea(_) => "clean_area",
            Self::MowerStart => "start_mowing",
            Self::MowerDock => "dock",
            Self::OpenValve => "open_valve",
            Self::CloseValve => "close_valve",
            Self::SetValvePosition(_) => "set_valve_position",
            Self::AddItem(_) => "add_item",
            Self::CompleteItem(_) => "update_item",
            Self::RemoveItem(_) => "remove_item",
            Self::SetNumber(_) => "set_value",
            Self::SelectOption(_) => "select_option",
        };
        format!("{}.{verb}", domain.as_str())
    }

    /// Home Assistant's service data for this action.
    pub fn data(&self) -> Attributes {
        let one = |name: &str, value: Value| Attributes::from([(name.to_owned(), value)]);
        let pct = |name: &str, value: u8| one(name, Value::Number(f64::from(value)));
        match self {
            Self::SetLight { brightness_pct, color, color_temp_k } => {
                light_data(*brightness_pct, *color, *color_temp_k)
            }
            Self::SetCoverPosition(position) | Self::SetValvePosition(position) => pct("position", *position),
            Self::SetTilt(position) => pct("tilt_position", *position),
            Self::SetEffect(effect) => one("effect", effect.as_str().into()),
            Self::SetNumber(number) => one("value", Value::Number(*number)),
            Self::SelectOption(option) => one("option", option.as_str().into()),
            Self::SetTemperature(temperature) => one("temperature", Value::Number(*temperature)),
            Self::SetHvacMode(mode) => one("hvac_mode", mode.as_str().into()),
            Self::SetPercentage(percentage) => pct("percentage", *percentage),
            Self::SetVolume(volume) => one("volume_level", Value::Number(f64::from(*volume) / 100.0)),
            Self::Mute(is_muted) => one("is_volume_muted", (*is_muted).into()),
            Self::PlayMedia { query, class } => {
                let mut data = one("media_content_id", query.as_str().into());
                data.insert("media_content_type".into(), class.as_deref().unwrap_or("music").into());
                data
            }
            Self::VacuumCleanArea(areas) => {
                one("areas", Value::List(areas.iter().map(|area| area.as_str().into()).collect()))
            }
            Self::AddItem(item) | Self::RemoveItem(item) => one("item", item.as_str().into()),
            Self::CompleteItem(item) => {
                let mut data = one("item", item.as_str().into());
                data.insert("status".into(), "completed".into());
                data
            }
            Self::TurnOn
            | Self::TurnOff
            | Self::OpenCover
            | Self::CloseCover
            | Self::StopCover
            | Self::Lock
            | Self::Unlock
            | Self::Arm(_)
            | Self::Disarm
            | Self::MediaPlay
            | Self::MediaPause
            | Self::MediaStop
            | Self::MediaNext
            | Self::MediaPrevious
            | Self::VacuumStart
            | Self::VacuumPause
            | Self::VacuumReturn
            | Self::VacuumLocate
            | Self::MowerStart
            | Self::MowerPause
            | Self::MowerDock
            | Self::OpenValve
            | Self::CloseValve
            | Self::Activate => Attributes::new(),
        }
    }
}

fn light_data(brightness_pct: Option<u8>, color: Option<Color>, color_temp_k: Option<u16>) -> Attributes {
    let mut data = Attributes::new();
    if let Some(brightness) = brightness_pct {
        data.insert("brightness_pct".into(), Value::Number(f64::from(brightness)));
    }
    if let Some(color) = color {
        data.insert("hs_color".into(), Value::List(vec![color.hue.into(), color.saturation.into()]));
    }
    if let Some(kelvin) = color_temp_k {
        data.insert("color_temp_kelvin".into(), Value::Number(f64::from(kelvin)));
    }
    data
}
