//! What is otherwise than usual, in a sentence with what shows it, and the question whether to end it.

use house::{Action, Degrees, Domain, Entity, Hint, HintReason, House, Lang, Value};

use crate::reply::wording::names::name_of;
use crate::texts::{self, Message, number};

/// What a hint tells: "Nobody is at home and Desk Lamp is on; 39 of 40 times that nobody was there it was not."
pub fn hint(hint: &Hint, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let wording = text.wording();
    let name = name_of(house, &hint.entity);
    let entity = house.entities.get(&hint.entity);
    let state = wording.state(entity.map(state_of).unwrap_or_default());
    let length = |seconds: u64| wording.length(rounded(seconds));
    match &hint.reason {
        HintReason::LeftOn { off, of } => {
            let (off, of) = (off.to_string(), of.to_string());
            text.say(Message::HintLeftOn, &[("name", &name), ("state", &state), ("off", &off), ("of", &of)])
        }
        HintReason::WindowOpen { window } => {
            let window = name_of(house, window);
            text.say(Message::HintWindowOpen, &[("name", &name), ("state", &state), ("window", &window)])
        }
        HintReason::Long { for_s, mostly_s, of } => {
            let (length, mostly, of) = (length(*for_s), length(*mostly_s), of.to_string());
            let told = [("name", name.as_str()), ("state", &state), ("length", &length)];
            text.say(Message::HintLong, &[told.as_slice(), &[("mostly", &mostly), ("of", &of)]].concat())
        }
        HintReason::Unusual { value, from, to, days } => {
            let [value, from, to] = [value, from, to].map(|value| measured(*value, entity, house, lang));
            let told = [("name", name.as_str()), ("value", &value), ("from", &from), ("to", &to)];
            text.say(Message::HintUnusual, &[told.as_slice(), &[("days", &days.to_string())]].concat())
        }
    }
}

/// A hint with the question whether to end it, where the hub can.
pub fn hint_question(hint: &Hint, house: &House, lang: Lang) -> String {
    let told = self::hint(hint, house, lang);
    let asked = match hint.action {
        Some(Action::TurnOff) => Message::HintTurnOff,
        Some(Action::Lock) => Message::HintLock,
        Some(_) => Message::HintClose,
        None => return told,
    };
    texts::of(lang).say(asked, &[("hint", &told)])
}

/// The word for what it does: what a thermostat does now, a door that tells `on` is open.
fn state_of(entity: &Entity) -> &str {
    let state = entity.state.value.as_deref().unwrap_or_default();
    match entity.domain {
        Domain::Climate => entity.attribute("hvac_action").and_then(Value::as_text).unwrap_or(match state {
            "heat" => "heating",
            "cool" => "cooling",
            other => other,
        }),
        Domain::BinarySensor => "open",
        _ => state,
    }
}

/// What a sensor measures, in its unit or in that which the owner chose.
fn measured(value: f64, entity: Option<&Entity>, house: &House, lang: Lang) -> String {
    let unit = entity.and_then(|it| it.attribute("unit_of_measurement")).and_then(Value::as_text).unwrap_or_default();
    match Degrees::of_unit(unit) {
        Some(own) => {
            let wanted = house.degrees.unwrap_or(own);
            texts::of(lang).wording().degrees(own.to(wanted, value), Some(wanted))
        }
        None => format!("{} {unit}", number(value)).trim_end().to_owned(),
    }
}

/// Nobody counts the minutes of hours.
fn rounded(seconds: u64) -> u64 {
    let step = if seconds < 2 * 3600 { 60 } else { 15 * 60 };
    (seconds + step / 2) / step * step
}

#[cfg(test)]
mod tests {
    use house::{Attributes, EntityId, State};

    use super::*;

    fn house() -> House {
        let state = |value: &str| State { value: Some(value.to_owned()), ..State::default() };
        let lamp = Entity { state: state("on"), ..Entity::new(EntityId::new("light.desk"), "Desk Lamp") };
        let unit = Attributes::from([("unit_of_measurement".to_owned(), Value::Text("°C".to_owned()))]);
        let den = State { attributes: unit, ..state("15.5") };
        let den = Entity { state: den, ..Entity::new(EntityId::new("sensor.den"), "Den") };
        let fridge = Entity { state: state("on"), ..Entity::new(EntityId::new("binary_sensor.fridge"), "Fridge") };
        let all = [lamp, den, fridge].into_iter().map(|one| (one.id.clone(), one));
        House { entities: all.collect(), ..House::default() }
    }

    #[test]
    fn a_hint_is_told_with_what_shows_it_and_asks_only_what_the_hub_can_do() {
        let told = |id: &str, reason, action, lang| {
            hint_question(&Hint { entity: EntityId::new(id), reason, action }, &house(), lang)
        };
        let left = || HintReason::LeftOn { off: 39, of: 40 };
        assert_eq!(
            told("light.desk", left(), Some(Action::TurnOff), Lang::En),
            "Nobody is at home and Desk Lamp is on; 39 of 40 times that nobody was there it was not. \
             Shall I turn it off?"
        );
        assert_eq!(
            told("light.desk", left(), Some(Action::TurnOff), Lang::Zh),
            "家里没人，Desk Lamp却开着；没人在家的40次里有39次不是这样。要我关掉吗？"
        );
        let long = HintReason::Long { for_s: 725, mostly_s: 48, of: 210 };
        assert_eq!(
            told("binary_sensor.fridge", long, None, Lang::En),
            "Fridge has been open for 12 minutes; of 210 times it was hardly ever longer than 1 minute."
        );
        let cold = HintReason::Unusual { value: 15.5, from: 18.0, to: 20.0, days: 28 };
        assert_eq!(
            told("sensor.den", cold, None, Lang::En),
            "Den says 15.5 °C; at about this hour of the last 28 days it was between 18 °C and 20 °C."
        );
    }
}
