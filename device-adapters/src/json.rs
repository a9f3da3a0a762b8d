//! JSON from outside, bounded, and its conversion to and from the house's values.

use house::{Attributes, Rejection, Value};
use serde_json::{Map, Value as Json};

use crate::limits::{JSON_DEPTH, MEMBERS, TEXT_CHARS};

/// Parses JSON that is no deeper than [`JSON_DEPTH`]. Numbers that are not finite do not parse.
pub(crate) fn parse(text: &str) -> Result<Json, Rejection> {
    let json: Json = serde_json::from_str(text).map_err(|error| Rejection::Unreadable(error.to_string()))?;
    match is_deeper_than(&json, JSON_DEPTH) {
        true => Err(Rejection::TooDeep(JSON_DEPTH)),
        false => Ok(json),
    }
}

/// Whether lists and maps stand within each other more often than that.
pub(crate) fn is_deeper_than(json: &Json, left: usize) -> bool {
    match json {
        Json::Array(items) => left == 0 || items.iter().any(|item| is_deeper_than(item, left - 1)),
        Json::Object(map) => left == 0 || map.values().any(|item| is_deeper_than(item, left - 1)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// The house's value for a JSON value; long text is cut, long lists are shortened.
pub(crate) fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => number.as_f64().filter(|number| number.is_finite()).map_or(Value::Null, Value::Number),
        Json::String(text) => Value::Text(text.chars().take(TEXT_CHARS).collect()),
        Json::Array(items) => Value::List(items.iter().take(MEMBERS).map(to_value).collect()),
        Json::Object(map) => Value::Map(to_attributes(map)),
    }
}

/// The same for a whole map.
pub(crate) fn to_attributes(map: &Map<String, Json>) -> Attributes {
    let bounded = map.iter().filter(|(name, _)| name.len() <= TEXT_CHARS).take(MEMBERS);
    bounded.map(|(name, value)| (name.clone(), to_value(value))).collect()
}

/// The JSON value for a house's value. Whole numbers are written without a fraction.
pub(crate) fn from_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => from_number(*number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(from_value).collect()),
        Value::Map(map) => Json::Object(from_attributes(map)),
    }
}

/// The same for a whole map.
pub(crate) fn from_attributes(attributes: &Attributes) -> Map<String, Json> {
    attributes.iter().map(|(name, value)| (name.clone(), from_value(value))).collect()
}

/// A number, whole if it is whole.
pub(crate) fn from_number(number: f64) -> Json {
    let is_whole = number.fract() == 0.0 && number.abs() < 9e15;
    match is_whole {
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and below 2^53")]
        true => Json::from(number as i64),
        false => serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number),
    }
}

/// A number as text, without a needless fraction.
pub(crate) fn number_text(number: f64) -> String {
    from_number(number).to_string()
}
