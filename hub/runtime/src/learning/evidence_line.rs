//! Evidence from files: a line of JSON as Hearth writes it, or a row of `time, entity, state` as others do.
//!
//! A line that can't be read is an error for whoever reads the file; nothing is guessed.

use std::collections::BTreeMap;

use device_adapters::{value_from_json, value_to_json};
use house::{Cause, EntityId, Evidence, PersonId};
use jiff::Timestamp;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// Why a line is no evidence.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It is not the JSON that is expected.
    #[error("not an event: {0}")]
    NotJson(#[from] serde_json::Error),
    /// It has fewer than three columns.
    #[error("not a row of time, entity and state")]
    NotARow,
    /// Its time can't be read.
    #[error("not a time: `{0}`")]
    NotATime(String),
}

#[derive(Deserialize)]
struct Line<'l> {
    ts: &'l str,
    entity_id: String,
    state: Option<Json>,
    attributes: Option<BTreeMap<String, Json>>,
    cause: Option<&'l str>,
    person: Option<String>,
}

/// A change as a line of JSON, without the end of the line.
pub fn to_json(one: &Evidence) -> String {
    let offset = Offset::from_seconds(one.offset_s).unwrap_or(Offset::UTC);
    let at = Timestamp::from_millisecond(one.at_ms).unwrap_or_default().display_with_offset(offset).to_string();
    let attributes: Map<String, Json> =
        one.attributes.iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect();
    json!({
        "ts": at,
        "entity_id": one.entity.as_str(),
        "state": one.state,
        "attributes": attributes,
        "cause": one.cause.as_str(),
        "person": one.person.as_ref().map(house::PersonId::as_str),
    })
    .to_string()
}

/// Reads a line of JSON. Without a cause it happened at the device; a time without an offset is the clock's.
///
/// # Errors
/// If it is not such a line.
pub fn from_json(line: &str) -> Result<Evidence, LineError> {
    let line: Line<'_> = serde_json::from_str(line)?;
    let (at_ms, offset_s) = moment(line.ts)?;
    let state = line.state.and_then(|state| match state {
        Json::String(word) => Some(word),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(is_on) => Some(if is_on { "on" } else { "off" }.to_owned()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    });
    let attributes = line.attributes.unwrap_or_default();
    Ok(Evidence {
        at_ms,
        offset_s,
        entity: EntityId::new(line.entity_id),
        state,
        attributes: attributes.iter().map(|(name, value)| (name.clone(), value_from_json(value))).collect(),
        cause: line.cause.and_then(Cause::parse).unwrap_or_default(),
        person: line.person.map(PersonId::new),
    })
}

/// Reads a row of `time, entity, state`, separated by commas or tabs, such as those of CASAS: what has no domain is a
/// sensor, by its state.
///
/// # Errors
/// If it is not such a row.
pub fn from_row(row: &str) -> Result<Evidence, LineError> {
    let separator = if row.contains('\t') { '\t' } else { ',' };
    let mut columns = row.split(separator).map(str::trim);
    let (Some(time), Some(entity), Some(state)) = (columns.next(), columns.next(), columns.next()) else {
        return Err(LineError::NotARow);
    };
    if entity.is_empty() || state.is_empty() {
        return Err(LineError::NotARow);
    }
    let (at_ms, offset_s) = moment(time)?;
    let (entity, state) = named(entity, state);
    let entity = EntityId::new(entity);
    let (cause, person) = (Cause::Device, None);
    Ok(Evidence { at_ms, offset_s, entity, state: Some(state), attributes: house::Attributes::new(), cause, person })
}

fn named(entity: &str, state: &str) -> (String, String) {
    let (entity, state) = (entity.to_lowercase(), state.to_lowercase());
    if entity.contains('.') {
        return (entity, state);
    }
    match state.parse::<f64>() {
        Ok(_) => (format!("sensor.{entity}"), state),
        Err(_) => {
            let is_on = matches!(state.as_str(), "on" | "open" | "present" | "true");
            (format!("binary_sensor.{entity}"), if is_on { "on" } else { "off" }.to_owned())
        }
    }
}

/// A time with its offset, in milliseconds since 1970 UTC and seconds ahead of it.
///
/// # Errors
/// If it is no time.
pub fn moment(text: &str) -> Result<(i64, i32), LineError> {
    let wrong = || LineError::NotATime(text.chars().take(40).collect());
    let pieces = Pieces::parse(text).map_err(|_| wrong())?;
    let time = pieces.time().ok_or_else(wrong)?;
    let offset = match pieces.offset() {
        Some(PiecesOffset::Numeric(offset)) => offset.offset(),
        Some(_) | None => Offset::UTC,
    };
    let at = offset.to_timestamp(pieces.date().to_datetime(time)).map_err(|_| wrong())?;
    Ok((at.as_millisecond(), offset.seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_json_keeps_its_offset() {
        let line = r#"{"ts":"2026-01-05T07:03:11+01:00","entity_id":"light.kitchen","state":"on","attributes":{"brightness":128},"cause":"voice","person":"ann","more":1}"#;
        let read = from_json(line).unwrap();
        assert_eq!((read.offset_s, read.cause), (3600, Cause::Voice));
        assert_eq!(read.at_ms, 1_767_592_991_000);
        assert!(from_json(r#"{"ts":"never","entity_id":"light.kitchen"}"#).is_err());
        assert!(from_json("{").is_err());
    }

    #[test]
    fn a_row_of_casas_is_a_sensor() {
        let read = from_row("2010-11-04 00:03:50.209589, M003, ON").unwrap();
        assert_eq!(read.entity.as_str(), "binary_sensor.m003");
        assert_eq!(read.state.as_deref(), Some("on"));
        assert_eq!(from_row("2010-11-04 00:03:50\tT002\t21.5").unwrap().entity.as_str(), "sensor.t002");
        assert!(from_row("2010-11-04 00:03:50, M003").is_err());
    }
}
