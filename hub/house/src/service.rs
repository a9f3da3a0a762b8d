//! Home Assistant's services: what an action is called there, and which action a service call is.
//!
//! Bounds every value a call may carry; knows nothing of what one device can do or of who may ask for it.

use crate::{Action, ArmMode, Attributes, Color, Domain, HvacMode, Value};

/// Why a service call is no action.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ServiceError {
    /// There is no such service for entities of that domain.
    #[error("this kind of entity has no such service")]
    Unknown,
    /// It carries something that the service does not take; a long name is cut.
    #[error("this service takes no `{0}`")]
    Unexpected(String),
    /// A number is missing or out of bounds.
    #[error("`{name}` is a number from {least} to {most}")]
    Number {
        /// What it is called.
        name: &'static str,
        /// The least it may be.
        least: f64,
        /// The most it may be.
        most: f64,
    },
    /// A truth value is missing.
    #[error("`{0}` is true or false")]
    Truth(&'static str),
    /// A text is missing, empty or too long.
    #[error("`{0}` is a text of 1 to {LONGEST_TEXT} characters")]
    Text(&'static str),
    /// A word of a closed set is missing or unknown.
    #[error("`{0}` is not a word that Hearth knows")]
    Word(&'static str),
    /// A colour is missing or out of bounds.
    #[error("`{0}` is a list of a hue from 0 to 360 and a saturation from 0 to 100")]
    Color(&'static str),
    /// A lamp was given two colours.
    #[error("a lamp has a colour or a colour temperature, not both")]
    TwoColors,
    /// An item of a list was given a status that it can't have.
    #[error("an item can only be set to `completed`")]
    Status,
}

impl ServiceError {
    /// Advice, where there is any.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unknown => Some("use Home Assistant's services of its domain, such as `light.turn_on`"),
            Self::Status => Some("send `\"status\": \"completed\"`"),
            Self::Unexpected(_)
            | Self::Number { .. }
            | Self::Truth(_)
            | Self::Text(_)
            | Self::Word(_)
            | Self::Color(_)
            | Self::TwoColors => None,
        }
    }
}

impl Action {
    /// The action that a service call (`light.turn_on`) with that data is on an entity of a domain: the inverse of
    /// [`Action::service`] and [`Action::data`].
    ///
    /// Percentages are 0–100 (1–100 where 0 would be off), temperatures -50–120 in the device's own unit, colour
    /// temperatures 1,000–12,000 K, texts 1–200 characters.
    ///
    /// # Errors
    /// What is wrong with the call, in words for whoever made it; data that the service does not take is an error too.
    ///
    /// ```
    /// use house::{Action, Attributes, Domain};
    ///
    /// let half = Action::SetCoverPosition(50);
    /// let again = Action::from_service(Domain::Cover, &half.service(Domain::Cover), &half.data());
    /// assert_eq!(again, Ok(half));
    /// assert!(Action::from_service(Domain::Light, "lock.unlock", &Attributes::new()).is_err());
    /// ```
    pub fn from_service(domain: Domain, service: &str, data: &Attributes) -> Result<Self, ServiceError> {
        let (own, verb) = service.split_once('.').ok_or(ServiceError::Unknown)?;
        if own != domain.as_str() {
            return Err(ServiceError::Unknown);
        }
        let (action, names) = call(domain, verb, &Data(data))?;
        Data(data).only(names).map(|()| action)
    }

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
            Self::SetHumidity(_) => "set_humidity",
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
            Self::SetHumidity(humidity) => pct("humidity", *humidity),
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

/// An action, and the names of the data it takes.
type Call = Result<(Action, &'static [&'static str]), ServiceError>;

fn call(domain: Domain, verb: &str, data: &Data<'_>) -> Call {
    let unknown = || ServiceError::Unknown;
    let (action, names): (Action, &[&str]) = match (domain, verb) {
        (Domain::Light, "turn_on") if data.has("effect") => (Action::SetEffect(data.text("effect")?), &["effect"]),
        (Domain::Light, "turn_on") => (light(data)?, &["brightness_pct", "hs_color", "color_temp_kelvin"]),
        (Domain::Fan, "turn_on") if data.has("percentage") => {
            (Action::SetPercentage(data.percent("percentage", 1)?), &["percentage"])
        }
        (_, "turn_on") if is_switched(domain) => (Action::TurnOn, &[]),
        (_, "turn_off") if is_switched(domain) => (Action::TurnOff, &[]),
        (Domain::Fan, "set_percentage") => (Action::SetPercentage(data.percent("percentage", 1)?), &["percentage"]),
        (Domain::Scene | Domain::Script, "turn_on") | (Domain::Button, "press") => (Action::Activate, &[]),
        (Domain::Climate | Domain::WaterHeater, "set_temperature") => {
            (Action::SetTemperature(data.number("temperature", -50.0, 120.0)?), &["temperature"])
        }
        (Domain::Humidifier, "set_humidity") => (Action::SetHumidity(data.percent("humidity", 0)?), &["humidity"]),
        (Domain::Climate, "set_hvac_mode") => {
            (Action::SetHvacMode(data.word("hvac_mode", HvacMode::parse)?), &["hvac_mode"])
        }
        (Domain::Cover | Domain::Lock | Domain::Valve, _) => opening(verb, data).ok_or_else(unknown)??,
        (Domain::AlarmControlPanel, "alarm_disarm") => (Action::Disarm, &[]),
        (Domain::AlarmControlPanel, _) => {
            (Action::Arm(verb.strip_prefix("alarm_arm_").and_then(ArmMode::parse).ok_or_else(unknown)?), &[])
        }
        (Domain::MediaPlayer, _) => media(verb, data).ok_or_else(unknown)??,
        (Domain::Vacuum, "clean_area") => (Action::VacuumCleanArea(data.texts("areas")?), &["areas"]),
        (Domain::Vacuum | Domain::LawnMower, _) => (robot(domain, verb).ok_or_else(unknown)?, &[]),
        (Domain::Number, "set_value") => (Action::SetNumber(data.number("value", -1e12, 1e12)?), &["value"]),
        (Domain::Select, "select_option") => (Action::SelectOption(data.text("option")?), &["option"]),
        (Domain::Todo, _) => list(verb, data).ok_or_else(unknown)??,
        _ => return Err(unknown()),
    };
    Ok((action, names))
}

fn is_switched(domain: Domain) -> bool {
    use Domain::{Automation, Climate, Fan, Humidifier, InputBoolean, Light, MediaPlayer, Siren, Switch, WaterHeater};
    matches!(
        domain,
        Light | Switch | InputBoolean | Fan | Climate | MediaPlayer | Humidifier | WaterHeater | Siren | Automation
    )
}

fn light(data: &Data<'_>) -> Result<Action, ServiceError> {
    let brightness_pct = data.has("brightness_pct").then(|| data.percent("brightness_pct", 1)).transpose()?;
    let color_temp_k = data
        .has("color_temp_kelvin")
        .then(|| data.number("color_temp_kelvin", 1000.0, 12_000.0))
        .transpose()?
        .map(|kelvin| kelvin.round() as u16);
    let color = data.has("hs_color").then(|| data.color("hs_color")).transpose()?;
    if color.is_some() && color_temp_k.is_some() {
        return Err(ServiceError::TwoColors);
    }
    Ok(match brightness_pct.is_some() || color_temp_k.is_some() || color.is_some() {
        true => Action::SetLight { brightness_pct, color, color_temp_k },
        false => Action::TurnOn,
    })
}

fn opening(verb: &str, data: &Data<'_>) -> Option<Call> {
    let plain = |action| Some(Ok((action, &[][..])));
    match verb {
        "open_cover" => plain(Action::OpenCover),
        "close_cover" => plain(Action::CloseCover),
        "stop_cover" => plain(Action::StopCover),
        "set_cover_position" => {
            Some(data.percent("position", 0).map(|position| (Action::SetCoverPosition(position), &["position"][..])))
        }
        "set_cover_tilt_position" => {
            Some(data.percent("tilt_position", 0).map(|position| (Action::SetTilt(position), &["tilt_position"][..])))
        }
        "lock" => plain(Action::Lock),
        "unlock" => plain(Action::Unlock),
        "open_valve" => plain(Action::OpenValve),
        "close_valve" => plain(Action::CloseValve),
        "set_valve_position" => {
            Some(data.percent("position", 0).map(|position| (Action::SetValvePosition(position), &["position"][..])))
        }
        _ => None,
    }
}

fn media(verb: &str, data: &Data<'_>) -> Option<Call> {
    let plain = |action| Some(Ok((action, &[][..])));
    match verb {
        "media_play" => plain(Action::MediaPlay),
        "media_pause" => plain(Action::MediaPause),
        "media_stop" => plain(Action::MediaStop),
        "media_next_track" => plain(Action::MediaNext),
        "media_previous_track" => plain(Action::MediaPrevious),
        "volume_set" => Some(
            data.number("volume_level", 0.0, 1.0)
                .map(|level| (Action::SetVolume((level * 100.0).round() as u8), &["volume_level"][..])),
        ),
        "volume_mute" => {
            Some(data.truth("is_volume_muted").map(|is_muted| (Action::Mute(is_muted), &["is_volume_muted"][..])))
        }
        "play_media" => Some(data.text("media_content_id").map(|query| {
            let class = data.text("media_content_type").ok();
            (Action::PlayMedia { query, class }, &["media_content_id", "media_content_type"][..])
        })),
        _ => None,
    }
}

fn robot(domain: Domain, verb: &str) -> Option<Action> {
    Some(match (domain, verb) {
        (Domain::Vacuum, "start") => Action::VacuumStart,
        (Domain::Vacuum, "pause") => Action::VacuumPause,
        (Domain::Vacuum, "return_to_base") => Action::VacuumReturn,
        (Domain::Vacuum, "locate") => Action::VacuumLocate,
        (Domain::LawnMower, "start_mowing") => Action::MowerStart,
        (Domain::LawnMower, "pause") => Action::MowerPause,
        (Domain::LawnMower, "dock") => Action::MowerDock,
        _ => return None,
    })
}

fn list(verb: &str, data: &Data<'_>) -> Option<Call> {
    let item = |make: fn(String) -> Action| Some(data.text("item").map(|item| (make(item), &["item", "status"][..])));
    match verb {
        "add_item" => item(Action::AddItem),
        "remove_item" => item(Action::RemoveItem),
        "update_item" => match data.text("status").as_deref() {
            Ok("completed") => item(Action::CompleteItem),
            _ => Some(Err(ServiceError::Status)),
        },
        _ => None,
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

/// The data of a service call, read strictly.
struct Data<'a>(&'a Attributes);

impl Data<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn only(&self, names: &[&str]) -> Result<(), ServiceError> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => Err(ServiceError::Unexpected(name.chars().take(LONGEST_NAME).collect())),
            None => Ok(()),
        }
    }

    fn number(&self, name: &'static str, least: f64, most: f64) -> Result<f64, ServiceError> {
        match self.0.get(name) {
            Some(Value::Number(number)) if (least..=most).contains(number) => Ok(*number),
            _ => Err(ServiceError::Number { name, least, most }),
        }
    }

    fn percent(&self, name: &'static str, least: u8) -> Result<u8, ServiceError> {
        // In range, so the cast only drops the fraction.
        self.number(name, f64::from(least), 100.0).map(|number| number.round() as u8)
    }

    fn truth(&self, name: &'static str) -> Result<bool, ServiceError> {
        self.0.get(name).and_then(Value::as_bool).ok_or(ServiceError::Truth(name))
    }

    fn text(&self, name: &'static str) -> Result<String, ServiceError> {
        self.0.get(name).and_then(plain).ok_or(ServiceError::Text(name))
    }

    /// One text or several.
    fn texts(&self, name: &'static str) -> Result<Vec<String>, ServiceError> {
        let texts = self.0.get(name).and_then(Value::as_list).unwrap_or_default();
        let texts: Option<Vec<String>> = texts.iter().take(MOST_TEXTS).map(plain).collect();
        texts.filter(|texts| !texts.is_empty()).ok_or(ServiceError::Text(name))
    }

    fn word<T>(&self, name: &'static str, parse: fn(&str) -> Option<T>) -> Result<T, ServiceError> {
        self.0.get(name).and_then(Value::as_text).and_then(parse).ok_or(ServiceError::Word(name))
    }

    fn color(&self, name: &'static str) -> Result<Color, ServiceError> {
        let color = match self.0.get(name).and_then(Value::as_list) {
            Some([Value::Number(hue), Value::Number(saturation)]) => Some(Color { hue: *hue, saturation: *saturation }),
            _ => None,
        };
        color
            .filter(|color| (0.0..=360.0).contains(&color.hue) && (0.0..=100.0).contains(&color.saturation))
            .ok_or(ServiceError::Color(name))
    }
}

/// A text that can be shown and said.
fn plain(value: &Value) -> Option<String> {
    let text = value.as_text()?.trim();
    let is_plain = !text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    is_plain.then(|| text.to_owned())
}

const LONGEST_TEXT: usize = 200;
const LONGEST_NAME: usize = 40;
/// More areas than a house has are a mistake.
const MOST_TEXTS: usize = 100;
