//! Questions about the house. A question never acts.

use house::{Answer, Domain, Entity, EntityId, Intent, IntentKind, Miss, QuestionForm, Resolved, Slot, SlotValue};

use crate::attributes::{Reading, read};
use crate::condition::is_known;
use crate::degrees;
use crate::names::states::is_in;
use crate::names::things::fit;
use crate::texts::words::stands_in;

use super::context::{Context, Stop};
use super::spoken::{self, Spoken};
use super::target::found::{Target, Wanted};
use super::target::select;
use super::warmth;

/// What a question comes to; `None` if the intent is no question.
pub(super) fn answer(intent: &Intent, ctx: &Context<'_>) -> Option<(Resolved, Spoken)> {
    use IntentKind as I;
    let plain = |answer: Answer| Some((Resolved::Answer(answer), spoken::plain(intent)));
    match intent.kind {
        I::GetState if compares_warmth(intent) => Some(warmth::temperature(intent, ctx)),
        I::GetState => Some(state(intent, ctx)),
        I::ClimateGetTemperature => Some(climate(intent, ctx)),
        I::GetWeather => Some(weather(intent, ctx)),
        I::ListQuery => Some(list(intent, ctx)),
        I::Explain => Some(causes(intent, ctx)),
        I::GetCurrentTime => plain(Answer::Time),
        I::GetCurrentDate => plain(Answer::Date),
        I::Help => plain(Answer::Help),
        I::Respond => plain(Answer::Greeting),
        I::Nevermind => plain(Answer::Nevermind),
        I::Dont => plain(Answer::LeftAlone),
        I::NotForHouse => Some((Resolved::NotForHouse, spoken::plain(intent))),
        _ => None,
    }
}

/// "Which room is the warmest" is about rooms, whatever measures them.
fn compares_warmth(intent: &Intent) -> bool {
    intent.label(Slot::DeviceClass) == Some("temperature") && intent.has(Slot::Extreme) && !intent.has(Slot::Name)
}

/// How warm it is, or what that is set to: Home Assistant has one intent for both.
fn climate(intent: &Intent, ctx: &Context<'_>) -> (Resolved, Spoken) {
    let measured = warmth::temperature(intent, ctx);
    if intent.has(Slot::Extreme) || !stands_in(|words| words.set_points, &ctx.said.to_lowercase()) {
        return measured;
    }
    let mut asked = Intent { kind: IntentKind::GetState, ..intent.clone() };
    asked.slots.push((Slot::Attribute, SlotValue::Label("target_temperature")));
    let reports = |id: &EntityId| {
        ctx.house.entities.get(id).is_some_and(|entity| read(entity, "target_temperature", ctx.house).is_some())
    };
    match state(&asked, ctx).0 {
        Resolved::Answer(Answer::Attribute { attribute, entities }) if entities.iter().any(reports) => {
            (Resolved::Answer(Answer::Attribute { attribute, entities }), measured.1)
        }
        _ => measured,
    }
}

fn state(intent: &Intent, ctx: &Context<'_>) -> (Resolved, Spoken) {
    // "The attic sensor in Celsius" asks for a temperature.
    if intent.label(Slot::State).is_none() && degrees::asked_for(ctx.said).is_some() {
        let found = warmth::temperature(intent, ctx);
        if matches!(found.0, Resolved::Answer(_)) {
            return found;
        }
    }
    let attribute = intent.label(Slot::Attribute);
    let by_state = intent.label(Slot::State).and_then(domain_in);
    let default = attribute.map_or(by_state.or(intent.has(Slot::Area).then_some(Domain::Light)), domain_of);
    let wanted = Wanted { domains: &[], default };
    let target = match select_for_question(intent, wanted, ctx) {
        Ok(target) => target,
        Err(stop) => return (stop.into(), spoken::unresolved(intent, ctx)),
    };
    let said = spoken::of(intent, &target, ctx);
    let target = match intent.label(Slot::Extreme) {
        Some(extreme) => Target { entities: utmost(&target.entities, attribute, extreme, ctx), ..target },
        None => target,
    };
    if let Some(attribute) = attribute {
        let entities = target.entities.iter().map(|entity| entity.id.clone()).collect();
        return (Resolved::Answer(Answer::Attribute { attribute, entities }), said);
    }
    let wanted_state = intent.label(Slot::State);
    let ids = |keep: &dyn Fn(&Entity) -> bool| -> Vec<EntityId> {
        target.entities.iter().filter(|entity| keep(entity)).map(|entity| entity.id.clone()).collect()
    };
    let usual = if wanted_state.is_some() { QuestionForm::One } else { QuestionForm::Value };
    let answer = Answer::States {
        ask: intent.label(Slot::Ask).and_then(QuestionForm::parse).unwrap_or(usual),
        state: wanted_state,
        entities: ids(&|_| true),
        matching: ids(&|entity| is_known(entity) && wanted_state.is_none_or(|state| is_in(entity, state))),
        unknown: ids(&|entity| !is_known(entity)),
    };
    (Resolved::Answer(answer), said)
}

/// The kind of thing that is meant if only an attribute was said.
fn domain_of(attribute: &str) -> Option<Domain> {
    Some(match attribute {
        "brightness" | "color" => Domain::Light,
        "position" => Domain::Cover,
        "temperature" | "target_temperature" | "mode" => Domain::Climate,
        "target_humidity" => Domain::Humidifier,
        "speed" => Domain::Fan,
        "volume" | "title" => Domain::MediaPlayer,
        _ => return None,
    })
}

/// The kind of thing that is meant if only a state was said that no other kind has.
fn domain_in(state: &str) -> Option<Domain> {
    Some(match state {
        "armed" | "disarmed" => Domain::AlarmControlPanel,
        "locked" | "unlocked" => Domain::Lock,
        "home" | "not_home" => Domain::Person,
        "heating" | "cooling" => Domain::Climate,
        _ => return None,
    })
}

/// Of several things the one that reports the most or the least.
fn utmost<'a>(entities: &[&'a Entity], attribute: Option<&str>, extreme: &str, ctx: &Context<'_>) -> Vec<&'a Entity> {
    let value = |entity: &Entity| {
        let attribute = attribute.unwrap_or(match entity.domain {
            Domain::Light => "brightness",
            Domain::Sensor => "value",
            _ => "temperature",
        });
        match read(entity, attribute, ctx.house) {
            Some(Reading::Number(value, _)) => Some(value),
            Some(Reading::Text(_) | Reading::Color(..)) | None => None,
        }
    };
    let known = entities.iter().copied().filter_map(|entity| Some((value(entity)?, entity)));
    let utmost = match extreme {
        "max" => known.max_by(|(one, _), (other, _)| one.total_cmp(other)),
        _ => known.min_by(|(one, _), (other, _)| one.total_cmp(other)),
    };
    utmost.map_or_else(|| entities.to_vec(), |(_, entity)| vec![entity])
}

/// Why something is as it is.
fn causes(intent: &Intent, ctx: &Context<'_>) -> (Resolved, Spoken) {
    let wanted = Wanted { domains: &[], default: intent.has(Slot::Area).then_some(Domain::Light) };
    match select_for_question(intent, wanted, ctx) {
        Ok(target) => {
            let is_so = |entity: &&Entity| intent.label(Slot::State).is_none_or(|state| is_in(entity, state));
            let so: Vec<EntityId> =
                target.entities.iter().copied().filter(is_so).map(|entity| entity.id.clone()).collect();
            let all = target.entities.iter().map(|entity| entity.id.clone()).collect();
            (Resolved::Answer(Answer::Causes(if so.is_empty() { all } else { so })), spoken::of(intent, &target, ctx))
        }
        Err(stop) => (stop.into(), spoken::unresolved(intent, ctx)),
    }
}

/// What opens answers with what has a motor and with what only reports, whichever was said.
fn select_for_question<'a>(intent: &Intent, wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let class = intent.label(Slot::DeviceClass).filter(|class| OPENINGS.contains(class));
    let said = intent.label(Slot::Domain).unwrap_or("cover");
    let (Some(class), "cover" | "binary_sensor") = (class, said) else { return select(intent, wanted, ctx) };
    let of = |domain: &'static str| {
        let mut of = intent.clone();
        of.slots.retain(|(slot, _)| *slot != Slot::Domain);
        select(&of.with(Slot::Domain, SlotValue::Label(domain)), wanted, ctx).ok()
    };
    let found: Vec<Target<'_>> = ["cover", "binary_sensor"].into_iter().filter_map(of).collect();
    let Some(one) = found.first().cloned() else { return select(intent, wanted, ctx) };
    let mut entities: Vec<&Entity> = Vec::new();
    for entity in found.into_iter().flat_map(|target| target.entities) {
        if !entities.iter().any(|own| own.id == entity.id) {
            entities.push(entity);
        }
    }
    Ok(Target { entities, domain: Domain::parse(said), class: Some(class), ..one })
}

/// Classes of what opens, as covers and as sensors have them.
const OPENINGS: &[&str] = &["window", "door", "garage", "garage_door", "gate", "opening"];

fn weather(intent: &Intent, ctx: &Context<'_>) -> (Resolved, Spoken) {
    let named = intent
        .text(Slot::Name)
        .and_then(|name| ctx.house.of_domain(Domain::Weather).find(|entity| fit(name, entity, ctx.house).is_some()));
    let said = match (named, intent.text(Slot::Name)) {
        (Some(entity), _) => spoken::named(intent, &entity.name),
        (None, _) => spoken::plain(intent),
    };
    match named.or_else(|| ctx.house.of_domain(Domain::Weather).next()) {
        Some(entity) => (Resolved::Answer(Answer::Weather(entity.id.clone())), said),
        None => (Resolved::Miss(Miss::NothingOfKind { kind: "weather".to_owned(), place: None }), said),
    }
}

fn list(intent: &Intent, ctx: &Context<'_>) -> (Resolved, Spoken) {
    let wanted = Wanted { domains: &[Domain::Todo], default: Some(Domain::Todo) };
    match select(intent, wanted, ctx) {
        Ok(target) => {
            let said = spoken::of(intent, &target, ctx);
            match target.entities.first() {
                Some(entity) => (Resolved::Answer(Answer::List(entity.id.clone())), said),
                None => (Resolved::Miss(Miss::NothingOfKind { kind: "list".to_owned(), place: None }), said),
            }
        }
        Err(stop) => (stop.into(), spoken::unresolved(intent, ctx)),
    }
}
