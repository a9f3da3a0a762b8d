//! Conditions of routines: from words to what has to come to be so, and whether it is so.
//!
//! A condition that can't be read to its end, or fits nothing or several things, is no condition.

use house::{Condition, DayTime, Daylight, Days, Domain, Entity, EntityId, House, TimeDoubt, Timing, Trigger};

use crate::condition::{self, known, number};
use crate::names::areas::areas_named;
use crate::names::best_named;
use crate::names::states::is_in;
use crate::numbers::numbers;
use crate::texts::words::{each, has, stands_in};
use crate::when::{self, ParsedTime, TimeContext};
use crate::words::{key, words};

/// Whether a trigger holds; `None` while that is not known.
pub fn holds(trigger: &Trigger, house: &House) -> Option<bool> {
    match trigger {
        Trigger::State { entities, is_one_enough, state } => {
            let so: Option<Vec<bool>> =
                entities.iter().map(|id| known(id, house).map(|entity| is_in(entity, state))).collect();
            let so = so.filter(|so| !so.is_empty())?;
            Some(if *is_one_enough { so.contains(&true) } else { !so.contains(&false) })
        }
        Trigger::Above(id, limit) => Some(*limit < number(known(id, house)?, "")?),
        Trigger::Below(id, limit) => Some(number(known(id, house)?, "")? < *limit),
    }
}

/// When something happens, and what else must be so then.
pub type Occasion = (Timing, Vec<Condition>);

/// When a routine is to act, by the words of its condition; `None` if they can't be read or fit nothing.
pub fn read(phrase: &str, house: &House) -> Option<Occasion> {
    let said = key(phrase);
    let (said, light) = guarded(&said);
    if let Some((_, sun)) = each(|words| words.suns).find(|(words, _)| *words == said) {
        return Some((Timing::Weekly(Days::ALL, DayTime::Sun(*sun, 0)), light.into_iter().collect()));
    }
    let trigger = measuring(said, house)
        .or_else(|| motion(said, house))
        .or_else(|| person(said, house))
        .or_else(|| state(said, house))?;
    Some((Timing::Triggered(trigger, 0), light.into_iter().collect()))
}

/// When something is to happen, in words that stand alone: a time, or where `may_wait` a condition ("when the door
/// opens").
///
/// # Errors
/// Why no time can be told from the words; the doubt is told to the person who spoke.
pub fn read_whole(words: &str, may_wait: bool, house: &House, around: &TimeContext) -> Result<Occasion, TimeDoubt> {
    let doubt = match when::read(words, around) {
        Ok(ParsedTime::At(timing)) => return Ok((timing, Vec::new())),
        Ok(ParsedTime::Until(_)) => TimeDoubt::Unreadable,
        Err(doubt) => doubt,
    };
    read(&bare(words), house).filter(|_| may_wait).ok_or(doubt)
}

/// The words of a condition without "when" or "if".
fn bare(words: &str) -> String {
    let said = key(words);
    let rest =
        each(|words| words.trigger_starts).fold(said.as_str(), |said, word| said.strip_prefix(word).unwrap_or(said));
    each(|words| words.trigger_ends).fold(rest, |said, word| said.strip_suffix(word).unwrap_or(said)).to_owned()
}

/// Whether what the words say is so now; `None` if they can't be read, or it is not known.
pub(crate) fn is_so(words: &str, house: &House, around: &TimeContext) -> Option<bool> {
    let (Timing::Triggered(trigger, _), conditions) = read(&bare(words), house)? else { return None };
    let so = holds(&trigger, house)?;
    Some(so && condition::all_hold(&conditions, house, around)?)
}

/// The condition without "after sunset" and its like.
fn guarded(said: &str) -> (&str, Option<Condition>) {
    for (words, light) in each(|words| words.daylights) {
        let rest = said.strip_suffix(words).or_else(|| said.strip_prefix(words)).map(str::trim);
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            let light = match light {
                Daylight::Day => Condition::Light,
                Daylight::Dark => Condition::Dark,
            };
            return (rest, Some(light));
        }
    }
    (said, None)
}

/// "The temperature in the office is above 23".
fn measuring(said: &str, house: &House) -> Option<Trigger> {
    let cut = words(said);
    let [number] = numbers(&cut).try_into().ok()?;
    let number: crate::numbers::Number = number;
    let is_above = stands_in(|words| words.above, said);
    let is_below = stands_in(|words| words.below, said);
    let class = each(|words| words.measures).find(|(word, _)| said.contains(word)).map(|(_, class)| *class)?;
    if is_above == is_below || number.last + 1 != cut.len() {
        return None;
    }
    let fits = |entity: &&Entity| entity.domain == Domain::Sensor && entity.device_class.as_deref() == Some(class);
    let all: Vec<&Entity> = house.entities.values().filter(fits).collect();
    let there: Vec<&Entity> = all
        .iter()
        .copied()
        .filter(|entity| house.area_of(entity).is_some_and(|area| said.contains(&key(&area.name))))
        .collect();
    let [sensor] = if there.is_empty() { all } else { there }.try_into().ok()?;
    let sensor: &Entity = sensor;
    Some(if is_above {
        Trigger::Above(sensor.id.clone(), number.value)
    } else {
        Trigger::Below(sensor.id.clone(), number.value)
    })
}

/// "Motion is detected in the hall".
fn motion(said: &str, house: &House) -> Option<Trigger> {
    let (rest, state) = each(|words| words.motions)
        .find_map(|(before, after, state)| Some((said.strip_prefix(before)?.strip_suffix(after)?, *state)))?;
    let areas = areas_named(rest.trim(), house)?;
    let sees = |entity: &&Entity| {
        entity.domain == Domain::BinarySensor
            && matches!(entity.device_class.as_deref(), Some("motion" | "occupancy" | "presence"))
            && entity.area.as_ref().is_some_and(|area| areas.contains(area))
    };
    let entities: Vec<EntityId> = house.entities.values().filter(sees).map(|entity| entity.id.clone()).collect();
    (!entities.is_empty()).then(|| Trigger::State { entities, is_one_enough: state == "on", state: state.to_owned() })
}

/// "Anna comes home", "everyone leaves".
fn person(said: &str, house: &House) -> Option<Trigger> {
    let (who, state) =
        each(|words| words.people).find_map(|(tail, state)| Some((said.strip_suffix(tail)?.trim(), *state)))?;
    let all: Vec<&Entity> = house.of_domain(Domain::Person).collect();
    let is_anyone = has(|words| words.anyone, who);
    let entities: Vec<EntityId> = match is_anyone || has(|words| words.everyone, who) {
        true => all.iter().map(|person| person.id.clone()).collect(),
        false => all
            .iter()
            .filter(|person| person.names().any(|name| key(name) == who))
            .map(|person| person.id.clone())
            .collect(),
    };
    let is_one_enough = is_anyone || entities.len() == 1;
    (!entities.is_empty()).then(|| Trigger::State { entities, is_one_enough, state: state.to_owned() })
}

/// "The front door opens".
fn state(said: &str, house: &House) -> Option<Trigger> {
    each(|words| words.states).filter_map(|(tail, state)| Some((said.strip_suffix(tail)?.trim(), *state))).find_map(
        |(who, state)| {
            let who = each(|words| words.before_who).fold(who, |who, word| who.strip_prefix(word).unwrap_or(who));
            let entity = best_named(who, house, |entity| can_be(entity, state))?;
            Some(Trigger::State { entities: vec![entity.id.clone()], is_one_enough: true, state: state.to_owned() })
        },
    )
}

/// Whether a thing of this kind can be in a state at all.
fn can_be(entity: &Entity, state: &str) -> bool {
    let class = entity.device_class.as_deref();
    match state {
        "open" | "closed" => {
            matches!(entity.domain, Domain::Cover | Domain::Valve)
                || (entity.domain == Domain::BinarySensor
                    && matches!(class, Some("door" | "window" | "opening" | "garage_door")))
        }
        "locked" | "unlocked" => entity.domain == Domain::Lock,
        "triggered" => matches!(entity.domain, Domain::AlarmControlPanel | Domain::BinarySensor),
        _ => entity.domain.is_controllable() || entity.domain == Domain::BinarySensor,
    }
}

#[cfg(test)]
mod tests {
    use house::{Area, AreaId, Availability, Quality, State};

    use super::*;

    fn house() -> House {
        let mut house = House::default();
        let area = AreaId::new("hall");
        house.areas.insert(
            area.clone(),
            Area { id: area.clone(), name: "Hall".to_owned(), aliases: vec!["走廊".to_owned()], floor: None },
        );
        let mut add = |id: &str, name: &str, class: Option<&str>, value: &str| {
            let id = EntityId::new(id);
            let domain = Domain::parse(id.as_str().split('.').next().unwrap()).unwrap();
            let state = State { value: Some(value.to_owned()), quality: Quality::Observed, ..State::default() };
            house.entities.insert(
                id.clone(),
                Entity {
                    id,
                    name: name.to_owned(),
                    aliases: vec![],
                    domain,
                    device_class: class.map(str::to_owned),
                    area: Some(area.clone()),
                    state,
                    availability: Availability::Online,
                },
            );
        };
        add("lock.front", "Front Door", None, "locked");
        add("binary_sensor.front", "Front Door Contact", Some("door"), "off");
        add("binary_sensor.motion", "Motion", Some("motion"), "off");
        add("sensor.heat", "Warmth", Some("temperature"), "21.5");
        add("light.lamp", "台灯", None, "on");
        add("person.anna", "Anna", None, "home");
        add("person.ben", "Ben", None, "not_home");
        house
    }

    fn check(phrase: &str, want: &str) {
        let house = house();
        let shown = match read(phrase, &house) {
            Some((Timing::Triggered(trigger, _), light)) => {
                let what = match &trigger {
                    Trigger::State { entities, is_one_enough, state } => format!(
                        "{} {} {state}",
                        if *is_one_enough { "one" } else { "all" },
                        entities.iter().map(EntityId::as_str).collect::<Vec<_>>().join(" ")
                    ),
                    Trigger::Above(id, limit) => format!("{id} > {limit}"),
                    Trigger::Below(id, limit) => format!("{id} < {limit}"),
                };
                format!("{what} {light:?} {:?}", holds(&trigger, &house))
            }
            Some(other) => format!("{other:?}"),
            None => "none".to_owned(),
        };
        assert_eq!(shown, want, "{phrase}");
    }

    #[test]
    fn conditions_of_both_languages() {
        check("the front door opens", "one binary_sensor.front open [] Some(false)");
        check("the front door opens after sunset", "one binary_sensor.front open [Dark] Some(false)");
        check("the front door is locked", "one lock.front locked [] Some(true)");
        check("motion is detected in the hall", "one binary_sensor.motion on [] Some(false)");
        check("走廊检测到有人", "one binary_sensor.motion on [] Some(false)");
        check("someone comes home", "one person.anna person.ben home [] Some(true)");
        check("everyone leaves", "all person.anna person.ben not_home [] Some(false)");
        check("Ben comes home", "one person.ben home [] Some(false)");
        check("the temperature is above 23", "sensor.heat > 23 [] Some(false)");
        check("温度低于22度", "sensor.heat < 22 [] Some(true)");
        check("台灯关闭", "one light.lamp off [] Some(false)");
        check("the purple door opens", "none");
        check("it rains", "none");
    }

    #[test]
    fn what_is_typed_is_a_time_or_a_condition() {
        let around = TimeContext { now_ms: 1_772_434_800_000, zone: jiff::tz::TimeZone::UTC, location: None };
        let check = |words: &str, may_wait: bool, want: &str| {
            assert_eq!(format!("{:?}", read_whole(words, may_wait, &house(), &around)), want, "{words}")
        };
        check("every weekday at 7", true, "Ok((Weekly(Days(31), Clock { hour: 7, minute: 0 }), []))");
        check("每天晚上十点", true, "Ok((Weekly(Days(127), Clock { hour: 22, minute: 0 }), []))");
        let door = "Ok((Triggered(State \
         { entities: [EntityId(\"binary_sensor.front\")], is_one_enough: true, state: \"open\" }, 0), [Dark]))";
        check("when the front door opens after sunset", true, door);
        check("when the front door opens after sunset", false, "Err(Unreadable)");
        let lamp = "Ok((Triggered(State \
         { entities: [EntityId(\"light.lamp\")], is_one_enough: true, state: \"off\" }, 0), []))";
        check("当台灯关闭时", true, lamp);
        check("when pigs fly", true, "Err(Unreadable)");
        check("today at 5 am", true, "Err(Past)");
    }
}
