//! What measures a temperature, in which unit, and in which it is to be told. Words nothing.

use house::{Degrees, Domain, Entity, House, Value};

use crate::texts::words::stands_in;

/// The temperature that an entity measures, with its unit; one that does not name its unit has the house's. What is
/// called a temperature but is measured in something else is none.
pub(crate) fn measured(entity: &Entity, house: &House) -> Option<(f64, Degrees)> {
    let unit = |name: &str| entity.attribute(name).and_then(Value::as_text).filter(|unit| !unit.is_empty());
    let (value, unit) = match entity.domain {
        Domain::Sensor => (entity.state.value.as_deref()?.parse().ok()?, unit("unit_of_measurement")),
        Domain::Weather => (entity.number("temperature")?, unit("temperature_unit")),
        _ => (entity.number("current_temperature")?, unit("temperature_unit")),
    };
    let degrees = match unit {
        Some(unit) => Degrees::of_unit(unit)?,
        None => of_house(house),
    };
    Some((value, degrees)).filter(|(value, _): &(f64, _)| value.is_finite())
}

/// The unit in which the people of a house think.
fn of_house(house: &House) -> Degrees {
    house.degrees.unwrap_or(Degrees::Celsius)
}

/// A temperature as it is told: in the unit that is wanted, which is named where it does not go without saying.
pub(crate) fn told(value: f64, own: Degrees, asked: Option<Degrees>, house: &House) -> (f64, Option<Degrees>) {
    let wanted = asked.or(house.degrees).unwrap_or(own);
    (own.to(wanted, value), Some(wanted).filter(|wanted| asked.is_some() || *wanted != of_house(house)))
}

/// The unit that was asked for, in whatever language.
pub(crate) fn asked_for(said: &str) -> Option<Degrees> {
    let said = said.to_lowercase();
    match (stands_in(|words| words.celsius, &said), stands_in(|words| words.fahrenheit, &said)) {
        (true, false) => Some(Degrees::Celsius),
        (false, true) => Some(Degrees::Fahrenheit),
        (true, true) | (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use house::{EntityId, State};

    use super::*;

    fn sensor(value: &str, unit: Option<&str>) -> Entity {
        let attributes = unit.map(|unit| ("unit_of_measurement".to_owned(), unit.into())).into_iter().collect();
        let state = State { value: Some(value.to_owned()), attributes, ..State::default() };
        Entity { state, ..Entity::new(EntityId::new("sensor.attic"), "Attic") }
    }

    fn check(unit: Option<&str>, chosen: Option<Degrees>, said: &str, wanted: Option<(f64, Option<Degrees>)>) {
        let house = House { degrees: chosen, ..House::default() };
        let got = measured(&sensor("68", unit), &house)
            .map(|(value, own)| told(value, own, asked_for(said), &house))
            .map(|(value, unit)| (value.round(), unit));
        assert_eq!(got, wanted, "{unit:?} {chosen:?} {said}");
    }

    #[test]
    fn a_temperature_is_told_in_its_unit_in_the_chosen_or_in_the_one_asked_for() {
        use Degrees::{Celsius, Fahrenheit};
        check(Some("°C"), None, "how warm is it", Some((68.0, None)));
        check(Some("°F"), None, "how warm is it", Some((68.0, Some(Fahrenheit))));
        check(Some("°F"), None, "how warm is it in celsius", Some((20.0, Some(Celsius))));
        check(Some("°F"), Some(Celsius), "how warm is it", Some((20.0, None)));
        check(Some("°C"), Some(Fahrenheit), "阁楼多少度", Some((154.0, None)));
        check(Some("°C"), None, "阁楼多少华氏度", Some((154.0, Some(Fahrenheit))));
        check(None, None, "how warm is it", Some((68.0, None)));
        check(Some("mV"), None, "how warm is it", None);
    }
}
