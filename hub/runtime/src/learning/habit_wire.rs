//! A habit as JSON: the action, when, how sure, and why, with Home Assistant's conditions.
//!
//! Only shapes; what is learned comes from `mind::learn`.

use device_adapters::value_to_json;
use house::{Habit, House, Lang, When};
use jiff::Timestamp;
use jiff::tz::Offset;
use mind::reply;
use serde_json::{Map, Value as Json, json};

use crate::automation::{clock, condition, weekdays};

/// A habit as a line of `hearthd learn` has it; times are told with that offset.
pub fn habit(habit: &Habit, house: &House, offset_s: i32) -> Json {
    let data: Map<String, Json> =
        habit.action.data().iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect();
    let service = habit.action.service(habit.entity.domain());
    json!({
        "kind": habit.kind.as_str(),
        "action": {"entity_id": habit.entity.as_str(), "service": service, "data": data},
        "when": when(&habit.when),
        "confidence": (habit.confidence * 1000.0).round() / 1000.0,
        "support": habit.support,
        "opportunities": habit.opportunities,
        "first_seen": time(habit.first_seen_ms, offset_s),
        "last_seen": time(habit.last_seen_ms, offset_s),
        "why": reply::habit(habit, house, Lang::En),
    })
}

fn when(when: &When) -> Json {
    json!({
        "days": weekdays(when.days),
        "at": when.at_min.map(clock),
        "spread_min": when.spread_min.map(|spread| (spread * 10.0).round() / 10.0),
        "trigger": when.trigger.as_ref().map(|(id, state)| json!({"entity_id": id.as_str(), "state": state})),
        "within_s": when.within_s,
        "conditions": when.conditions.iter().map(condition).collect::<Vec<_>>(),
    })
}

fn time(at_ms: i64, offset_s: i32) -> String {
    let offset = Offset::from_seconds(offset_s).unwrap_or(Offset::UTC);
    Timestamp::from_millisecond(at_ms).unwrap_or_default().display_with_offset(offset).to_string()
}
