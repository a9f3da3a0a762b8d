//! What a message's text says about an entity. Knows neither topics nor announcements.

mod standing;

use house::{Attributes, Rejection, Value, Wanted};
use serde_json::Value as Json;

use crate::color::{mireds, rgb_to_hs, xy_to_hs};
use crate::json;
use crate::limits::STATE_CHARS;
use crate::template::Template;
use standing::Standing;

/// One topic that an entity listens to.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// The topic.
    pub(crate) topic: String,
    /// What to make of its payload first.
    pub(crate) template: Option<Template>,
    /// What the text then means.
    pub(crate) reading: Reading,
}

/// What a text means.
#[derive(Clone, Debug)]
pub(crate) enum Reading {
    /// The state, in the device's words.
    State(Words),
    /// The state as it is.
    Measured,
    /// A number that is an attribute.
    Number(&'static str),
    /// A text that is an attribute.
    Text(&'static str),
    /// A truth value that is an attribute, with the word for true.
    Truth(&'static str, String),
    /// A number between these that is an attribute in per cent.
    Share(&'static str, f64, f64),
    /// Brightness on a scale of its own.
    Brightness(f64),
    /// Colour temperature, in kelvin or in mireds.
    ColorTemp(Unit),
    /// What a lamp shows: a colour or a white. The other is then no longer known, whatever was reported of it.
    ColorMode,
    /// A colour as `r,g,b`.
    Rgb,
    /// A colour as `h,s`.
    Hs,
    /// A colour as `x,y`.
    Xy,
    /// Everything about a light.
    LightJson {
        /// What full brightness is.
        scale: f64,
        /// What colour temperature is given in.
        unit: Unit,
    },
    /// A cover's or valve's position, and whether the state follows from it.
    Position {
        /// What closed is.
        closed: f64,
        /// What open is.
        open: f64,
        /// Whether the state follows from it.
        gives_state: bool,
    },
    /// A valve that says its position, or its state and position as JSON.
    ValvePosition(Words),
    /// A fan's speed within its range.
    Percentage {
        /// The slowest.
        min: f64,
        /// The fastest.
        max: f64,
    },
    /// A vacuum's JSON.
    Vacuum,
    /// A list's JSON.
    Todo,
    /// A JSON map whose member of that name is the state and whose other members are attributes.
    Report(&'static str),
    /// A JSON map of attributes.
    Attributes,
}

/// A unit of colour temperature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Kelvin,
    Mireds,
}

/// A device's words for Home Assistant's states.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    words: Vec<(String, &'static str)>,
}

/// What the next message has to be read with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    standing: Standing,
}

/// What a text said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Update {
    /// The state.
    pub(crate) value: Option<String>,
    /// Attributes to merge.
    pub(crate) attributes: Attributes,
}

impl Words {
    /// Pairs of the device's word and Home Assistant's.
    pub(crate) fn new(words: impl IntoIterator<Item = (String, &'static str)>) -> Self {
        Self { words: words.into_iter().collect() }
    }

    /// Words that are Home Assistant's already.
    pub(crate) fn same(words: &[&'static str]) -> Self {
        Self::new(words.iter().map(|word| ((*word).to_owned(), *word)))
    }

    /// Exactly, or but for its case: devices and templates disagree on `true` and `True`.
    fn find(&self, text: &str) -> Option<&'static str> {
        let exact = self.words.iter().find(|(word, _)| word == text);
        let loose = || self.words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        exact.or_else(loose).map(|(_, state)| *state)
    }
}

impl Update {
    fn state(value: impl Into<String>) -> Self {
        Self { value: Some(value.into()), attributes: Attributes::new() }
    }

    fn attribute(name: &str, value: impl Into<Value>) -> Self {
        Self { value: None, attributes: Attributes::from([(name.to_owned(), value.into())]) }
    }

    fn and(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    fn in_color_mode(self, mode: &str) -> Self {
        let update = self.and("color_mode", mode.chars().take(STATE_CHARS).collect::<String>());
        match mode {
            "color_temp" => update.and("hs_color", Value::Null),
            "hs" | "xy" | "rgb" | "rgbw" | "rgbww" => update.and("color_temp_kelvin", Value::Null),
            _ => update,
        }
    }

    fn is_empty(&self) -> bool {
        self.value.is_none() && self.attributes.is_empty()
    }
}

impl Reading {
    /// What the text says; `None` if it says nothing that matters.
    pub(crate) fn read(&self, text: &str, memory: &mut Memory) -> Result<Option<Update>, Rejection> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let update = match self {
            Self::State(words) => read_state(words, text, memory),
            Self::Measured => Some(Update::state(measured(text))),
            Self::Text(name) if text == "None" => Some(Update::attribute(name, Value::Null)),
            Self::Text(name) => Some(Update::attribute(name, text.chars().take(STATE_CHARS).collect::<String>())),
            Self::Truth(name, word) => Some(Update::attribute(name, text.eq_ignore_ascii_case(word))),
            Self::Number(name) if says_nothing(text) => Some(Update::attribute(name, Value::Null)),
            Self::ColorTemp(_) if text == "None" => Some(Update::attribute("color_temp_kelvin", Value::Null)),
            Self::Rgb | Self::Hs | Self::Xy if text == "None" => Some(Update::attribute("hs_color", Value::Null)),
            Self::Share(..) | Self::Brightness(_) | Self::Percentage { .. } if text == "None" => None,
            Self::Number(name) => Some(Update::attribute(name, number(text)?)),
            Self::Share(name, least, most) => Some(Update::attribute(name, share(number(text)?, *least, *most))),
            Self::Brightness(scale) => Some(Update::attribute("brightness", brightness(number(text)?, *scale))),
            Self::ColorTemp(unit) => Some(Update::attribute("color_temp_kelvin", kelvin(number(text)?, *unit))),
            Self::ColorMode if says_nothing(text) => None,
            Self::ColorMode => Some(Update::default().in_color_mode(text)),
            Self::Rgb => Some(hs(rgb(text)?)),
            Self::Hs => Some(hs(pair(text)?)),
            Self::Xy => pair(text).map(|(x, y)| Some(hs(xy_to_hs(x, y))))?,
            Self::LightJson { scale, unit } => Some(light(&object(text)?, *scale, *unit)),
            Self::Position { closed, open, gives_state } => {
                Some(memory.standing.position(text, *closed, *open, *gives_state)?)
            }
            Self::ValvePosition(words) => memory.standing.valve(text, words)?,
            Self::Percentage { min, max } => {
                Some(Update::attribute("percentage", percentage(number(text)?, *min, *max)))
            }
            Self::Vacuum => Some(vacuum(text)?),
            Self::Todo => Some(todo(&object(text)?)),
            Self::Report(state) => Some(report(&object(text)?, state)),
            Self::Attributes => Some(Update { value: None, attributes: json::to_attributes(&object(text)?) }),
        };
        Ok(update.filter(|update| !update.is_empty()))
    }
}

fn read_state(words: &Words, text: &str, memory: &mut Memory) -> Option<Update> {
    // Sirens and fans may answer with `{"state": …}` where plain text was announced.
    let inner = || json::parse(text).ok()?.get("state")?.as_str().and_then(|text| words.find(text));
    let said = words.find(text).or_else(inner)?;
    memory.standing.say(said).map(Update::state)
}

/// A sensor's text; what a device that does not know writes becomes Home Assistant's word.
fn measured(text: &str) -> String {
    match says_nothing(text) {
        true => "unknown".to_owned(),
        false => text.chars().filter(|letter| !letter.is_control()).take(STATE_CHARS).collect(),
    }
}

fn says_nothing(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "none" | "nan" | "inf" | "-inf" | "null" | "unknown" | "unavailable")
}

fn number(text: &str) -> Result<f64, Rejection> {
    text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| unfit(Wanted::Number, text))
}

fn unfit(wanted: Wanted, said: &str) -> Rejection {
    Rejection::Unfit { wanted, said: said.chars().take(SHOWN_CHARS).collect() }
}

fn object(text: &str) -> Result<serde_json::Map<String, Json>, Rejection> {
    match json::parse(text)? {
        Json::Object(map) => Ok(map),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Err(Rejection::NotMap),
    }
}

fn brightness(number: f64, scale: f64) -> f64 {
    (number / scale.max(1.0) * 255.0).round().clamp(0.0, 255.0)
}

fn kelvin(number: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Kelvin => number.round(),
        Unit::Mireds => mireds(number),
    }
}

/// `1,2,3`, or the same as a JSON list.
fn parts(text: &str) -> Result<Vec<f64>, Rejection> {
    text.trim_matches(['[', ']']).split(',').take(4).map(|part| number(part.trim())).collect()
}

fn rgb(text: &str) -> Result<(f64, f64), Rejection> {
    match parts(text)?.as_slice() {
        [red, green, blue] => Ok(rgb_to_hs(*red, *green, *blue)),
        _ => Err(unfit(Wanted::Color, text)),
    }
}

fn pair(text: &str) -> Result<(f64, f64), Rejection> {
    match parts(text)?.as_slice() {
        [first, second] => Ok((*first, *second)),
        _ => Err(unfit(Wanted::Color, text)),
    }
}

fn hs((hue, saturation): (f64, f64)) -> Update {
    Update::attribute("hs_color", Value::List(vec![hue.into(), saturation.into()]))
}

fn light(map: &serde_json::Map<String, Json>, scale: f64, unit: Unit) -> Update {
    let text = |key: &str| map.get(key).and_then(Json::as_str);
    let number = |key: &str| map.get(key).and_then(Json::as_f64);
    let mode = text("color_mode");
    let mut update = Update { value: text("state").and_then(on_or_off), attributes: Attributes::new() };
    if let Some(level) = number("brightness") {
        update = update.and("brightness", brightness(level, scale));
    }
    if let Some(temperature) = number("color_temp").filter(|_| mode.is_none_or(|mode| mode == "color_temp")) {
        update = update.and("color_temp_kelvin", kelvin(temperature, unit));
    }
    if let Some(color) = map.get("color").filter(|_| mode != Some("color_temp")).and_then(light_color) {
        update = update.and("hs_color", Value::List(vec![color.0.into(), color.1.into()]));
    }
    if let Some(effect) = text("effect") {
        update = update.and("effect", effect.chars().take(STATE_CHARS).collect::<String>());
    }
    match mode {
        Some(mode) => update.in_color_mode(mode),
        None => update,
    }
}

fn on_or_off(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        word @ ("on" | "off") => Some(word.to_owned()),
        _ => None,
    }
}

fn light_color(color: &Json) -> Option<(f64, f64)> {
    let number = |key: &str| color.get(key).and_then(Json::as_f64);
    let either = |short: &str, long: &str| number(short).or_else(|| number(long));
    let hs = either("h", "hue").zip(either("s", "saturation"));
    let xy = || number("x").zip(number("y")).map(|(x, y)| xy_to_hs(x, y));
    let rgb = || Some(rgb_to_hs(number("r")?, number("g")?, number("b")?));
    hs.or_else(xy).or_else(rgb)
}

fn share(number: f64, least: f64, most: f64) -> f64 {
    let span = if (most - least).abs() < 1e-9 { 100.0 } else { most - least };
    ((number - least) / span * 100.0).round().clamp(0.0, 100.0)
}

fn percentage(number: f64, min: f64, max: f64) -> f64 {
    let steps = (max - min + 1.0).max(1.0);
    ((number - (min - 1.0)) * 100.0 / steps).floor().clamp(0.0, 100.0)
}

fn vacuum(text: &str) -> Result<Update, Rejection> {
    const STATES: &[&str] = &["cleaning", "docked", "idle", "paused", "returning", "error"];
    if let Some(state) = STATES.iter().find(|state| **state == text) {
        return Ok(Update::state(*state));
    }
    let update = report(&object(text)?, "state");
    let value = update.value.filter(|state| STATES.contains(&state.as_str()));
    Ok(Update { value, ..update })
}

/// Open items; the state is how many there are.
fn todo(map: &serde_json::Map<String, Json>) -> Update {
    let is_open = |item: &&Json| item.get("status").and_then(Json::as_str) != Some("completed");
    let text = |item: &Json| {
        item.as_str().or_else(|| item.get("summary")?.as_str()).map(|text| json::to_value(&Json::from(text)))
    };
    let items = map.get("items").and_then(Json::as_array);
    let items: Option<Vec<Value>> =
        items.map(|items| items.iter().filter(is_open).filter_map(text).take(TODO_ITEMS).collect());
    items.map_or_else(Update::default, |items| Update::state(items.len().to_string()).and("items", Value::List(items)))
}

fn report(map: &serde_json::Map<String, Json>, state: &str) -> Update {
    let value = map.get(state).and_then(Json::as_str).map(measured);
    let mut attributes = json::to_attributes(map);
    attributes.remove(state);
    Update { value, attributes }
}

/// Of what was said instead of what was wanted.
const SHOWN_CHARS: usize = 40;
/// A list longer than this is no list a household reads out.
const TODO_ITEMS: usize = 250;
