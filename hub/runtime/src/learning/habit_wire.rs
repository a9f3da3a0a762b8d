//! A habit as JSON: the action, when, how sure, and why, with Home Assistant's conditions.
//!
//! Only shapes; what is learned comes from `mind::learn`.

use device_adapters::value_to_json;
use house::{Days, Domain, House};
use jiff::Timestamp;
use jiff::tz::Offset;
use mind::learn::{Condition, Habit, When, why};
use serde_json::{Map, Value as Json, json};

/// A habit as a line of `hearthd learn` has it; times are told with that offset.
pub fn habit(habit: &Habit, house: &House, offset_s: i32) -> Json {
    let domain = habit.entity.as_str().split('.').next().and_then(Domain::parse).unwrap_or(Domain::Other);
    let data: Map<String, Json> =
        habit.action.data().iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect();
    json!({
        "kind": habit.kind.as_str(),
        "action": {"entity_id": habit.entity.as_str(), "service": habit.action.service(domain), "data": data},
        "when": when(&habit.when),
        "confidence": (habit.confidence * 1000.0).round() / 1000.0,
        "support": habit.support,
        "opportunities": habit.opportunities,
        "first_seen": time(habit.first_seen_ms, offset_s),
        "last_seen": time(habit.last_seen_ms, offset_s),
        "why": why(habit, house),
    })
}

fn when(when: &When) -> Json {
    json!({
        "days": days(when.days),
        "at": when.at_min.map(clock),
        "spread_min": when.spread_min.map(|spread| (spread * 10.0).round() / 10.0),
        "trigger": when.trigger.as_ref().map(|(id, state)| json!({"entity_id": id.as_str(), "state": state})),
        "within_s": when.within_s,
        "conditions": when.conditions.iter().map(condition).collect::<Vec<_>>(),
    })
}

fn condition(condition: &Condition) -> Json {
    match condition {
        Condition::Dark => json!({"condition": "sun", "after": "sunset"}),
        Condition::Light => json!({"condition": "sun", "after": "sunrise", "before": "sunset"}),
        Condition::Above(id, attribute, least) => numeric(id.as_str(), attribute, "above", *least),
        Condition::Below(id, attribute, most) => numeric(id.as_str(), attribute, "below", *most),
        Condition::State(id, state) => json!({"condition": "state", "entity_id": id.as_str(), "state": state}),
        Condition::Clock(from, to) => json!({"condition": "time", "after": clock(*from), "before": clock(*to)}),
        Condition::Days(chosen) => json!({"condition": "time", "weekday": days(*chosen)}),
        Condition::Any(any) => {
            json!({"condition": "or", "conditions": any.iter().map(self::condition).collect::<Vec<_>>()})
        }
        Condition::Not(one) => json!({"condition": "not", "conditions": [self::condition(one)]}),
    }
}

fn numeric(id: &str, attribute: &str, side: &str, bound: f64) -> Json {
    let mut condition = json!({"condition": "numeric_state", "entity_id": id});
    if let Some(fields) = condition.as_object_mut() {
        if !attribute.is_empty() {
            fields.insert("attribute".to_owned(), attribute.into());
        }
        fields.insert(side.to_owned(), bound.into());
    }
    condition
}

fn days(days: Days) -> Vec<&'static str> {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    (1..=7).zip(names).filter(|(day, _)| days.has(*day)).map(|(_, name)| name).collect()
}

fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

fn time(at_ms: i64, offset_s: i32) -> String {
    let offset = Offset::from_seconds(offset_s).unwrap_or(Offset::UTC);
    Timestamp::from_millisecond(at_ms).unwrap_or_default().display_with_offset(offset).to_string()
}
