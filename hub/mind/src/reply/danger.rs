//! What is told to everyone without being asked: an alarm that went off, smoke, gas, water.

use house::{Domain, Entity, House, Lang};

use crate::texts::{self, Message};

use super::wording::names::placed;

/// The words for what an entity reports, if everyone has to know of it at once.
pub fn danger(entity: &Entity, house: &House, lang: Lang) -> Option<String> {
    let text = texts::of(lang);
    let state = entity.state.value.as_deref()?;
    match (entity.domain, entity.device_class.as_deref(), state) {
        (Domain::AlarmControlPanel, _, "triggered") => {
            Some(text.say(Message::AlarmTriggered, &[("name", &entity.name)]))
        }
        (Domain::AlarmControlPanel, _, "pending") => Some(text.say(Message::AlarmPending, &[("name", &entity.name)])),
        (Domain::BinarySensor, Some(class), "on") => {
            let (_, danger) = DANGERS.iter().find(|(known, _)| *known == class)?;
            let (name, danger) = (placed(entity, house, lang), text.text(*danger));
            Some(text.say(Message::Danger, &[("name", &name), ("danger", &danger)]))
        }
        _ => None,
    }
}

/// Device classes of Home Assistant that mean danger, and what is said of them.
const DANGERS: &[(&str, Message)] = &[
    ("smoke", Message::DangerSmoke),
    ("gas", Message::DangerGas),
    ("carbon_monoxide", Message::DangerCarbonMonoxide),
    ("moisture", Message::DangerWater),
];

#[cfg(test)]
mod tests {
    use house::{Availability, EntityId, State};

    use super::*;

    fn said(domain: Domain, class: Option<&str>, value: &str, lang: Lang) -> Option<String> {
        let state = State { value: Some(value.to_owned()), ..State::default() };
        let entity = Entity {
            id: EntityId::new("x.y"),
            name: "Detector".to_owned(),
            aliases: Vec::new(),
            domain,
            device_class: class.map(str::to_owned),
            area: None,
            state,
            availability: Availability::Online,
        };
        danger(&entity, &House::default(), lang)
    }

    #[test]
    fn only_danger_is_told_unasked() {
        assert_eq!(
            said(Domain::AlarmControlPanel, None, "triggered", Lang::En).as_deref(),
            Some("Detector has gone off!")
        );
        assert_eq!(said(Domain::BinarySensor, Some("smoke"), "on", Lang::Zh).as_deref(), Some("Detector检测到烟雾！"));
        for (domain, class, value) in [
            (Domain::AlarmControlPanel, None, "armed_away"),
            (Domain::BinarySensor, Some("motion"), "on"),
            (Domain::BinarySensor, Some("smoke"), "off"),
            (Domain::Light, None, "on"),
        ] {
            assert_eq!(said(domain, class, value, Lang::En), None, "{domain:?} {value}");
        }
    }
}
