//! What is told to everyone without being asked: an alarm that went off, smoke, gas, water.

use house::{Domain, Entity, House};

use house::Lang;

use super::in_area;

/// The words for what an entity reports, if everyone has to know of it at once.
pub fn danger(entity: &Entity, house: &House, lang: Lang) -> Option<String> {
    let name = entity.name.as_str();
    let said = match (entity.domain, entity.device_class.as_deref(), entity.state.value.as_deref()?) {
        (Domain::AlarmControlPanel, _, "triggered") => match lang {
            Lang::En => format!("{name} has gone off!"),
            Lang::Zh => format!("{name}响了！"),
        },
        (Domain::AlarmControlPanel, _, "pending") => match lang {
            Lang::En => format!("{name} goes off in a moment unless it is disarmed."),
            Lang::Zh => format!("{name}马上要响，请尽快撤防。"),
        },
        (Domain::BinarySensor, Some(class), "on") => {
            let what = DANGERS.iter().find(|(known, ..)| *known == class)?;
            let place = entity
                .area
                .as_ref()
                .and_then(|id| house.areas.get(id))
                .map(|area| in_area(&area.name, lang))
                .unwrap_or_default();
            match lang {
                Lang::En => format!("{name}{place} reports {}!", what.1),
                Lang::Zh if place.is_empty() => format!("{name}检测到{}！", what.2),
                Lang::Zh => format!("{place}的{name}检测到{}！", what.2),
            }
        }
        _ => return None,
    };
    Some(said)
}

/// Device classes of Home Assistant that mean danger, and what is said of them.
const DANGERS: &[(&str, &str, &str)] = &[
    ("smoke", "smoke", "烟雾"),
    ("gas", "gas", "燃气泄漏"),
    ("carbon_monoxide", "carbon monoxide", "一氧化碳"),
    ("moisture", "water", "漏水"),
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
