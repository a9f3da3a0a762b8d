//! Something scheduled as an automation of Home Assistant: triggers, conditions, actions.
//!
//! Source: <https://www.home-assistant.io/docs/automation/yaml/>.

use device_adapters::value_to_json;
use house::{Condition, DayTime, Days, Errand, Schedule, Step, Sun, Timing, Trigger};
use serde_json::{Map, Value as Json, json};

/// The automation; nothing for what happens once, and for alarms and reminders.
pub fn automation(schedule: &Schedule, title: &str) -> Option<Json> {
    let Errand::Act { steps, .. } = &schedule.errand else { return None };
    let (trigger, own_conditions) = match &schedule.timing {
        Timing::Weekly(days, time) => (at(*time), days_only(*days)),
        Timing::Triggered(trigger, for_s) => (when(trigger, *for_s), None),
        Timing::At(_) | Timing::Wall(_) | Timing::Every(_) => return None,
    };
    let conditions: Vec<Json> = own_conditions.into_iter().chain(schedule.conditions.iter().map(condition)).collect();
    Some(json!({
        "alias": title,
        "triggers": [trigger],
        "conditions": conditions,
        "actions": steps.iter().map(action).collect::<Vec<_>>(),
        "mode": "single",
    }))
}

fn at(time: DayTime) -> Json {
    match time {
        DayTime::Clock { hour, minute } => json!({"trigger": "time", "at": format!("{hour:02}:{minute:02}:00")}),
        DayTime::Sun(sun, offset_min) => {
            let event = if matches!(sun, Sun::Dawn | Sun::Rise) { "sunrise" } else { "sunset" };
            let sign = if offset_min < 0 { "-" } else { "" };
            let (hours, minutes) = (offset_min.unsigned_abs() / 60, offset_min.unsigned_abs() % 60);
            json!({"trigger": "sun", "event": event, "offset": format!("{sign}{hours:02}:{minutes:02}:00")})
        }
    }
}

fn when(trigger: &Trigger, for_s: u64) -> Json {
    let mut json = match trigger {
        Trigger::State { entities, state, .. } => {
            let ids: Vec<&str> = entities.iter().map(house::EntityId::as_str).collect();
            json!({"trigger": "state", "entity_id": ids, "to": state})
        }
        Trigger::Above(id, bound) => json!({"trigger": "numeric_state", "entity_id": id.as_str(), "above": bound}),
        Trigger::Below(id, bound) => json!({"trigger": "numeric_state", "entity_id": id.as_str(), "below": bound}),
    };
    if let Some(fields) = json.as_object_mut().filter(|_| 0 < for_s) {
        fields.insert("for".to_owned(), json!({ "seconds": for_s }));
    }
    json
}

fn days_only(days: Days) -> Option<Json> {
    (days != Days::ALL).then(|| condition(&Condition::Days(days)))
}

/// A condition as Home Assistant has it.
pub fn condition(condition: &Condition) -> Json {
    match condition {
        Condition::Dark => json!({"condition": "sun", "after": "sunset"}),
        Condition::Light => json!({"condition": "sun", "after": "sunrise", "before": "sunset"}),
        Condition::Above(id, attribute, least) => numeric(id.as_str(), attribute, "above", *least),
        Condition::Below(id, attribute, most) => numeric(id.as_str(), attribute, "below", *most),
        Condition::State(id, state) => json!({"condition": "state", "entity_id": id.as_str(), "state": state}),
        Condition::Clock(from, to) => json!({"condition": "time", "after": clock(*from), "before": clock(*to)}),
        Condition::Days(chosen) => json!({"condition": "time", "weekday": weekdays(*chosen)}),
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

/// Days of the week as Home Assistant names them.
pub fn weekdays(days: Days) -> Vec<&'static str> {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    (1..=7).zip(names).filter(|(day, _)| days.has(*day)).map(|(_, name)| name).collect()
}

/// A minute of the day as Home Assistant writes it.
pub fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

fn action(step: &Step) -> Json {
    let data: Map<String, Json> =
        step.action.data().iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect();
    let service = step.action.service(step.entity.domain());
    json!({"action": service, "target": {"entity_id": step.entity.as_str()}, "data": data})
}

#[cfg(test)]
mod tests {
    use house::{Action, Consent, EntityId, Lang, Speaker, WayIn};

    use super::*;

    fn schedule(timing: Timing, conditions: Vec<Condition>) -> Schedule {
        let step =
            Step { intent: 0, entity: EntityId::new("light.hall"), action: Action::TurnOff, reason: String::new() };
        Schedule {
            id: "s1".to_owned(),
            errand: Errand::Act { steps: vec![step], back: None, agreed: Consent::None },
            name: None,
            area: None,
            asked_by: Speaker::Someone(WayIn::Voice),
            timing,
            conditions,
            due_ms: 0,
            rings_since_ms: None,
            is_paused: false,
            lang: Lang::En,
        }
    }

    #[test]
    fn a_routine_is_an_automation() {
        let weekly = Timing::Weekly(Days::WEEKEND, DayTime::Clock { hour: 7, minute: 5 });
        let cold = Condition::Below(EntityId::new("weather.home"), "temperature".to_owned(), 4.5);
        let made = automation(&schedule(weekly, vec![cold]), "warm").unwrap();
        assert_eq!(
            made,
            json!({
                "alias": "warm",
                "triggers": [{"trigger": "time", "at": "07:05:00"}],
                "conditions": [
                    {"condition": "time", "weekday": ["sat", "sun"]},
                    {
                        "condition": "numeric_state", "entity_id": "weather.home",
                        "attribute": "temperature", "below": 4.5,
                    },
                ],
                "actions": [{"action": "light.turn_off", "target": {"entity_id": "light.hall"}, "data": {}}],
                "mode": "single",
            })
        );
        let door =
            Trigger::State { entities: vec![EntityId::new("light.hall")], is_one_enough: true, state: "on".to_owned() };
        let made = automation(&schedule(Timing::Triggered(door, 600), vec![]), "").unwrap();
        let wanted = json!([{"trigger": "state", "entity_id": ["light.hall"], "to": "on", "for": {"seconds": 600}}]);
        assert_eq!(made["triggers"], wanted);
        let dusk = Timing::Weekly(Days::ALL, DayTime::Sun(Sun::Set, -75));
        let made = automation(&schedule(dusk, vec![]), "").unwrap();
        assert_eq!(made["triggers"], json!([{"trigger": "sun", "event": "sunset", "offset": "-01:15:00"}]));
        assert_eq!(automation(&schedule(Timing::At(5), vec![]), ""), None);
    }
}
