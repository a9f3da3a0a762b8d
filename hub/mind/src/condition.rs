//! Whether what else must be so for something to happen is so in a house at a moment.
//!
//! What is not known is neither so nor not so: whoever acts by it does nothing.

use house::{Condition, Daylight, Domain, Entity, EntityId, House, Quality};

use crate::names::states::is_in;
use crate::when::{TimeContext, civil, daylight};

/// Whether all of them are so; `None` while that is not known.
pub fn all_hold(conditions: &[Condition], house: &House, around: &TimeContext) -> Option<bool> {
    conditions.iter().try_fold(true, |so, one| Some(so && holds(one, house, around)?))
}

/// Whether a condition is so; `None` while that is not known.
pub fn holds(condition: &Condition, house: &House, around: &TimeContext) -> Option<bool> {
    match condition {
        Condition::Dark => Some(daylight(around)? == Daylight::Dark),
        Condition::Light => Some(daylight(around)? == Daylight::Day),
        Condition::Above(id, attribute, bound) => Some(*bound < number(known(id, house)?, attribute)?),
        Condition::Below(id, attribute, bound) => Some(number(known(id, house)?, attribute)? < *bound),
        Condition::State(id, state) => known(id, house).map(|entity| is_in(entity, state)),
        Condition::Clock(from, to) => {
            let now = civil(around.now_ms, around);
            let minute = u32::try_from(i32::from(now.hour) * 60 + i32::from(now.minute)).ok()?;
            Some(match from <= to {
                true => (*from..*to).contains(&minute),
                false => !(*to..*from).contains(&minute),
            })
        }
        Condition::Days(days) => Some(days.has(civil(around.now_ms, around).weekday)),
        Condition::Any(any) => {
            let so: Vec<Option<bool>> = any.iter().map(|one| holds(one, house, around)).collect();
            if so.contains(&Some(true)) { Some(true) } else { (!so.contains(&None)).then_some(false) }
        }
        Condition::Not(one) => holds(one, house, around).map(|so| !so),
    }
}

/// An entity whose state is known for sure enough to act by it.
pub(crate) fn known<'h>(id: &EntityId, house: &'h House) -> Option<&'h Entity> {
    house.entities.get(id).filter(|entity| is_known(entity))
}

/// Whether an entity's state is known for sure enough to act by it, and to tell it as so.
pub(crate) fn is_known(entity: &Entity) -> bool {
    !matches!(entity.state.quality, Quality::Unknown | Quality::Stale) && entity.state.value.is_some()
}

/// What is measured: an attribute, or the state itself; of a thermostat without one, how warm it is there.
pub(crate) fn number(entity: &Entity, attribute: &str) -> Option<f64> {
    let number = match (attribute, entity.domain) {
        ("", Domain::Sensor | Domain::Number) => entity.state.value.as_deref()?.parse().ok(),
        ("", _) => entity.number("current_temperature"),
        (attribute, _) => entity.number(attribute),
    };
    number.filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use house::{Availability, Days, State};

    use super::*;

    fn around(text: &str) -> TimeContext {
        let at: jiff::Timestamp = text.parse().unwrap();
        TimeContext { now_ms: at.as_millisecond(), zone: jiff::tz::TimeZone::UTC, location: None }
    }

    fn house(outdoor: &str, quality: Quality) -> House {
        let mut house = House::default();
        let id = EntityId::new("sensor.outdoor");
        let state = State { value: Some(outdoor.to_owned()), quality, ..State::default() };
        let entity = Entity {
            id: id.clone(),
            name: "Outdoor".to_owned(),
            aliases: vec![],
            domain: Domain::Sensor,
            device_class: None,
            area: None,
            state,
            availability: Availability::Online,
        };
        house.entities.insert(id, entity);
        house
    }

    #[test]
    fn hours_may_lie_after_midnight() {
        let night = Condition::Clock(22 * 60, 6 * 60);
        let at = |text| holds(&night, &House::default(), &around(text));
        assert_eq!(at("2026-01-05T23:10:00Z"), Some(true));
        assert_eq!(at("2026-01-05T05:59:00Z"), Some(true));
        assert_eq!(at("2026-01-05T06:00:00Z"), Some(false));
        let mondays = Condition::Days(Days::one(1));
        assert_eq!(holds(&mondays, &House::default(), &around("2026-01-05T12:00:00Z")), Some(true));
        assert_eq!(holds(&mondays, &House::default(), &around("2026-01-06T12:00:00Z")), Some(false));
    }

    #[test]
    fn what_is_not_known_is_neither() {
        let cold = Condition::Below(EntityId::new("sensor.outdoor"), String::new(), 10.0);
        let now = around("2026-01-05T12:00:00Z");
        assert_eq!(holds(&cold, &house("4.5", Quality::Observed), &now), Some(true));
        assert_eq!(holds(&cold, &house("14.5", Quality::Observed), &now), Some(false));
        assert_eq!(holds(&cold, &house("4.5", Quality::Stale), &now), None);
        assert_eq!(holds(&Condition::Not(Box::new(cold.clone())), &house("unknown", Quality::Unknown), &now), None);
        assert_eq!(holds(&Condition::Dark, &House::default(), &now), None, "nobody said where the house stands");
        let either = Condition::Any(vec![Condition::Dark, cold]);
        assert_eq!(holds(&either, &house("4.5", Quality::Observed), &now), Some(true));
        assert_eq!(holds(&either, &house("14.5", Quality::Observed), &now), None);
    }
}
