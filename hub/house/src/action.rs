//! What can be done to one entity: a closed set, so that judging can answer every case.

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
    /// Set a humidifier's target humidity in per cent, 0–100.
    SetHumidity(u8),
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
