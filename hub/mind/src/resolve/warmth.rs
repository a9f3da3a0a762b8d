//! How warm it is: what measures it where, and which place is the warmest.

use house::{Answer, Area, Degrees, Domain, Intent, IntentKind, Miss, Resolved, Slot, SlotValue};

use crate::degrees::{self, measured};
use crate::lexicon::kind_of;
use crate::words::key;

use super::context::Context;
use super::spoken::{self, Spoken};
use super::target::found::{Target, Wanted};
use super::target::{areas_of, select};

/// The sensor that is called the temperature of the room that was said: it is nearer to the truth than a radiator.
fn of_the_room<'a>(intent: &Intent, ctx: &Context<'a>) -> Option<Target<'a>> {
    let said = intent.text(Slot::Area).filter(|_| !intent.has(Slot::Name))?;
    let mut sensors = ctx.house.of_domain(Domain::Sensor).filter(|sensor| {
        let area = ctx.house.area_of(sensor).filter(|area| fits_area(said, area));
        let rest = |name: &str| area.and_then(|area| Some(key(name).strip_prefix(&key(&area.name))?.to_owned()));
        let is_warmth = |rest: String| kind_of(&rest).is_some_and(|(domain, _)| domain == Domain::Climate);
        measured(sensor, ctx.house).is_some() && sensor.names().filter_map(rest).any(is_warmth)
    });
    let only = sensors.next().filter(|_| sensors.next().is_none())?;
    Some(Target { entities: vec![only], areas: only.area.iter().cloned().collect(), ..Target::default() })
}

fn fits_area(said: &str, area: &Area) -> bool {
    std::iter::once(&area.name).chain(&area.aliases).any(|name| key(name) == key(said))
}

pub(super) fn temperature(intent: &Intent, ctx: &Context<'_>) -> (Resolved, Spoken) {
    if let Some(extreme) = intent.label(Slot::Extreme) {
        return utmost(intent, extreme, ctx);
    }
    match of_one(intent, ctx) {
        Some((answer, said)) => (Resolved::Answer(answer), said),
        None => nothing(intent, ctx),
    }
}

/// What is measured there.
fn of_one(intent: &Intent, ctx: &Context<'_>) -> Option<(Answer, Spoken)> {
    const MEASURES: &[Domain] = &[Domain::Climate, Domain::Sensor, Domain::WaterHeater];
    let wanted = Wanted { domains: MEASURES, default: Some(Domain::Climate) };
    let by_climate = select(intent, wanted, ctx)
        .ok()
        .filter(|target| target.entities.iter().any(|entity| measured(entity, ctx.house).is_some()));
    let by_sensor = || {
        let mut sensors = intent.clone();
        sensors.slots.push((Slot::Domain, house::SlotValue::Label("sensor")));
        sensors.slots.push((Slot::DeviceClass, house::SlotValue::Label("temperature")));
        select(&sensors, wanted, ctx).ok()
    };
    let target = of_the_room(intent, ctx).or(by_climate).or_else(by_sensor)?;
    let mut plain = target.clone();
    (plain.domain, plain.class) = (None, None);
    let said = spoken::of(intent, &plain, ctx);
    let found = target.entities.iter().find_map(|entity| Some((entity.id.clone(), measured(entity, ctx.house)?)));
    let (entity, (value, own)) = found?;
    let (value, degrees) = degrees::told(value, own, degrees::asked_for(ctx.said), ctx.house);
    Some((Answer::Temperature { entity, value, degrees }, said))
}

fn nothing(intent: &Intent, ctx: &Context<'_>) -> (Resolved, Spoken) {
    let miss = Miss::NothingOfKind { kind: "temperature".to_owned(), place: None };
    (Resolved::Miss(miss), spoken::unresolved(intent, ctx))
}

/// Of the places that were said, or of all on a floor or in the house, the one that is the warmest or the coldest.
fn utmost(intent: &Intent, extreme: &str, ctx: &Context<'_>) -> (Resolved, Spoken) {
    let areas = match areas_of(intent, ctx) {
        Ok(areas) if areas.is_empty() => ctx.house.areas.keys().cloned().collect(),
        Ok(areas) => areas,
        Err(stop) => return (stop.into(), spoken::unresolved(intent, ctx)),
    };
    let there = areas.iter().filter_map(|id| ctx.house.areas.get(id)).filter_map(|area| {
        let bare = Intent::new(intent.kind).with(Slot::Area, SlotValue::Text(area.name.clone()));
        match of_one(&bare, ctx)?.0 {
            Answer::Temperature { entity, value, degrees } => {
                let own = ctx.house.entities.get(&entity).and_then(|entity| measured(entity, ctx.house))?;
                let celsius = own.1.to(Degrees::Celsius, own.0);
                Some((celsius, Answer::Temperature { entity, value, degrees }))
            }
            _ => None,
        }
    });
    let best = match extreme {
        "max" => there.max_by(|(one, _), (other, _)| one.total_cmp(other)),
        _ => there.min_by(|(one, _), (other, _)| one.total_cmp(other)),
    };
    match best {
        Some((_, answer)) => (Resolved::Answer(answer), spoken::unresolved(intent, ctx)),
        None => nothing(intent, ctx),
    }
}

/// "How hot is it outside?" and "it's cold outside" are about the weather, unless something measures or heats there.
pub(super) fn of_the_weather(intent: Intent, ctx: &Context<'_>) -> Intent {
    let is_about_warmth = match intent.kind {
        IntentKind::ClimateGetTemperature => true,
        IntentKind::ClimateSetTemperature => !intent.has(Slot::Temperature) && !intent.has(Slot::Name),
        _ => false,
    };
    let is_outdoors = intent.text(Slot::Area).is_some_and(crate::lexicon::is_outdoors);
    if !is_about_warmth || !is_outdoors {
        return intent;
    }
    let is_measured = matches!(temperature(&intent, ctx).0, Resolved::Answer(_));
    let wanted = Wanted { domains: &[Domain::Climate], default: Some(Domain::Climate) };
    match is_measured || select(&intent, wanted, ctx).is_ok_and(|target| !target.entities.is_empty()) {
        true => intent,
        false => Intent::new(IntentKind::GetWeather),
    }
}
