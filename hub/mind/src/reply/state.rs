//! Answers to questions about the house, from what was observed.

use house::{Answer, Degrees, Domain, Entity, EntityId, House, Lang, QuestionForm, Value};

use crate::attributes::{Reading, read};
use crate::degrees::{self, measured};
use crate::lexicon::color_name;
use crate::texts::{self, Message, number};
use crate::when::{Civil, TimeContext, civil};

use super::timers::timer_left;
use super::why;
use super::wording::names::name_of;

/// The words of an answer.
pub fn answer(answer: &Answer, house: &House, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    match answer {
        Answer::States { ask: QuestionForm::Since, entities, .. } => since(entities, house, around, lang),
        Answer::States { state: None, entities, .. } => values(entities, house, lang),
        Answer::States { ask, state: Some(state), entities, matching, unknown } => {
            about_state(*ask, state, &Sorted { entities, matching, unknown }, house, lang)
        }
        Answer::Attribute { attribute: "last_changed", entities } => since(entities, house, around, lang),
        Answer::Attribute { attribute, entities } => attributes(attribute, entities, house, lang),
        Answer::Temperature { entity, value, degrees } => {
            let value = text.wording().degrees(*value, *degrees);
            match area_of(house, entity) {
                Some(area) => {
                    text.say(Message::TemperatureThere, &[("value", &value), ("there", &text.wording().in_area(area))])
                }
                None => text.say(Message::TemperatureShown, &[("name", &name_of(house, entity)), ("value", &value)]),
            }
        }
        Answer::Weather(entity) => weather(entity, house, lang),
        Answer::Time => {
            let now = civil(around.now_ms, around);
            text.say(Message::TimeNow, &[("hour", &now.hour.to_string()), ("minute", &format!("{:02}", now.minute))])
        }
        Answer::Date => date(civil(around.now_ms, around), lang),
        Answer::List(entity) => list(entity, house, lang),
        Answer::Timers(ids) => timers(ids, house, lang),
        // Told by `schedule_changed` and `cause`, which know more.
        Answer::Schedules(_) | Answer::Causes(_) => String::new(),
        Answer::Help => text.text(Message::Help),
        Answer::Greeting => text.text(Message::Greeting),
        Answer::Nevermind => text.text(Message::Nevermind),
        Answer::LeftAlone => text.text(Message::Dropped),
        Answer::Unmet(condition) => text.say(Message::Unmet, &[("condition", condition)]),
    }
}

fn area_of<'a>(house: &'a House, id: &EntityId) -> Option<&'a str> {
    house.entities.get(id).and_then(|entity| house.area_of(entity)).map(|area| area.name.as_str())
}

/// The entities that were asked about, and which of them are how.
struct Sorted<'a> {
    entities: &'a [EntityId],
    matching: &'a [EntityId],
    unknown: &'a [EntityId],
}

fn about_state(ask: QuestionForm, state: &str, sorted: &Sorted<'_>, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let Sorted { entities, matching, unknown } = *sorted;
    let names = |ids: &[EntityId]| {
        text.wording().and(&ids.iter().take(MOST_NAMES).map(|id| name_of(house, id)).collect::<Vec<_>>())
    };
    let known = entities.len() - unknown.len();
    if known == 0 {
        return text.say(Message::NoneReported, &[("names", &names(unknown))]);
    }
    let is_all = matching.len() == known;
    let (message, named) = match (ask, matching.len()) {
        (QuestionForm::Count, _) => (Message::HowMany, matching),
        (_, 0) if known == 1 => (Message::NotThatOne, entities),
        (_, 0) => (Message::NoneOfThem, matching),
        (QuestionForm::All, _) if is_all => (Message::AllOfThem, matching),
        (QuestionForm::All, _) => (Message::NotAllOfThem, matching),
        (QuestionForm::Which, 1) => (Message::TheOne, matching),
        (QuestionForm::Which, _) => (Message::TheOnes, matching),
        (QuestionForm::One, 1) => (Message::YesThatOne, matching),
        (_, 1) => (Message::YesOne, matching),
        (_, _) => (Message::YesSome, matching),
    };
    let (matching, known) = (matching.len().to_string(), known.to_string());
    let said = text.say(
        message,
        &[
            ("matching", &matching),
            ("known", &known),
            ("names", &names(named)),
            ("state", &text.wording().state(state)),
        ],
    );
    match unknown.is_empty() {
        true => said,
        false => text.say(Message::ButUnknown, &[("said", &said), ("names", &names(unknown))]),
    }
}

/// Since when things are as they are.
fn since(entities: &[EntityId], house: &House, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let told: Vec<String> = entities
        .iter()
        .take(MOST_NAMES)
        .filter_map(|id| house.entities.get(id))
        .map(|entity| why::since(entity, around, lang))
        .collect();
    match told.is_empty() {
        true => text.text(Message::DontKnow),
        false => text.wording().sentences(&told),
    }
}

fn values(entities: &[EntityId], house: &House, lang: Lang) -> String {
    let told: Vec<String> = entities
        .iter()
        .take(MOST_NAMES)
        .filter_map(|id| house.entities.get(id))
        .map(|entity| value(entity, house, lang))
        .collect();
    match told.is_empty() {
        true => texts::of(lang).text(Message::DontKnow),
        false => told.join(" "),
    }
}

/// What was asked of each thing, as it reports it.
fn attributes(attribute: &str, entities: &[EntityId], house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let told: Vec<String> = entities
        .iter()
        .take(MOST_NAMES)
        .filter_map(|id| house.entities.get(id))
        .map(|entity| match read(entity, attribute, house) {
            Some(reading) => {
                let value = text.wording().attribute(attribute, &shown(&reading, lang));
                text.say(Message::ValueIs, &[("name", &entity.name), ("value", &value)])
            }
            None => text.say(Message::NotReported, &[("name", &entity.name)]),
        })
        .collect();
    match told.is_empty() {
        true => text.text(Message::DontKnow),
        false => text.wording().sentences(&told),
    }
}

fn shown(reading: &Reading, lang: Lang) -> String {
    match reading {
        Reading::Number(value, unit) => format!("{} {unit}", number(*value)).trim_end().to_owned(),
        Reading::Text(text) => text.clone(),
        Reading::Color(hue, saturation) => color_name(*hue, *saturation, lang).unwrap_or_default().to_owned(),
    }
}

fn value(entity: &Entity, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let Some(state) = entity.state.value.as_deref() else {
        return text.say(Message::NotReported, &[("name", &entity.name)]);
    };
    let unit = entity.attribute("unit_of_measurement").and_then(Value::as_text).unwrap_or_default();
    let said = match entity.domain {
        Domain::Sensor => converted(entity, house, lang).unwrap_or_else(|| format!("{state} {unit}").trim().to_owned()),
        _ => text.wording().state(state),
    };
    text.say(Message::ValueIs, &[("name", &entity.name), ("value", &said)])
}

/// A temperature in the unit that the owner chose, if it is measured in another one.
fn converted(entity: &Entity, house: &House, lang: Lang) -> Option<String> {
    let own = entity.attribute("unit_of_measurement").and_then(Value::as_text).and_then(Degrees::of_unit)?;
    let wanted = house.degrees.filter(|wanted| *wanted != own)?;
    let (value, _) = measured(entity, house)?;
    Some(texts::of(lang).wording().degrees(own.to(wanted, value), Some(wanted)))
}

fn weather(entity: &EntityId, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let Some(entity) = house.entities.get(entity) else { return text.text(Message::DontKnow) };
    let Some(condition) = entity.state.value.as_deref() else { return text.text(Message::NoWeather) };
    let condition = text.wording().weather(condition);
    let told = |(value, own)| degrees::told(value, own, None, house);
    match measured(entity, house).map(told).map(|(value, unit)| text.wording().degrees(value, unit)) {
        Some(degrees) => text.say(Message::WeatherWarm, &[("condition", &condition), ("degrees", &degrees)]),
        None => text.say(Message::Weather, &[("condition", &condition)]),
    }
}

fn date(now: Civil, lang: Lang) -> String {
    let text = texts::of(lang);
    let (day, month, year) = (now.day.to_string(), text.wording().month(now.month), now.year.to_string());
    let weekday = text.wording().weekday(now.weekday);
    text.say(Message::DateToday, &[("weekday", weekday), ("day", &day), ("month", &month), ("year", &year)])
}

fn list(entity: &EntityId, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let items = house
        .entities
        .get(entity)
        .and_then(|entity| entity.attribute("items"))
        .and_then(Value::as_list)
        .unwrap_or_default();
    let items: Vec<String> = items.iter().filter_map(Value::as_text).take(MOST_ITEMS).map(str::to_owned).collect();
    let name = name_of(house, entity);
    match items.is_empty() {
        true => text.say(Message::ListEmpty, &[("name", &name)]),
        false => text.say(Message::ListItems, &[("name", &name), ("items", &text.wording().and(&items))]),
    }
}

fn timers(ids: &[String], house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let told: Vec<String> =
        house.timers.iter().filter(|timer| ids.contains(&timer.id)).map(|timer| timer_left(timer, lang)).collect();
    match told.is_empty() {
        true => text.text(Message::NoTimers),
        false => text.say(Message::TimersLeft, &[("timers", &text.wording().and(&told))]),
    }
}

/// More names than these can't be listened to.
const MOST_NAMES: usize = 6;
const MOST_ITEMS: usize = 20;
