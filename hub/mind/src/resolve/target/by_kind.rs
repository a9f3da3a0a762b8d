//! What is meant where a kind of thing was said, or none.

use house::{Domain, Entity, House, Intent, IntentKind, Miss, Slot};

use crate::resolve::context::{Context, Stop};
use crate::texts::words::{Words, stands_in};

use super::found::{HERE, Target, Wanted, has_class, is_about_kind_of_question, which};
use super::recent::recent;
use super::scope::Scope;

/// All of the kind that was said, there; whatever can be switched, if none was.
pub(super) fn by_kind<'a>(
    intent: &Intent,
    wanted: Wanted,
    scope: &Scope,
    ctx: &Context<'a>,
) -> Result<Target<'a>, Stop> {
    let class = intent.label(Slot::DeviceClass);
    let said = intent.label(Slot::Domain).and_then(Domain::parse);
    let domain = said.or_else(|| class.and_then(|class| domain_of_class(class, ctx.house))).or(wanted.default);
    match domain {
        Some(domain) => kind(domain, class, intent, scope, ctx).map(|target| Target {
            domain: said.or(target.domain),
            class,
            ..target
        }),
        None => everything(intent, wanted, scope, ctx),
    }
}

/// All of a kind, there.
pub(super) fn kind<'a>(
    domain: Domain,
    class: Option<&'static str>,
    intent: &Intent,
    scope: &Scope,
    ctx: &Context<'a>,
) -> Result<Target<'a>, Stop> {
    let of_kind: Vec<&Entity> =
        ctx.house.of_domain(domain).filter(|entity| class.is_none_or(|class| has_class(entity, class))).collect();
    let of_kind = match of_kind.is_empty() && domain == Domain::Light {
        true => ctx
            .house
            .of_domain(Domain::Switch)
            .filter(|entity| entity.names().any(|name| stands_in(|words| words.lights, &name.to_lowercase())))
            .collect(),
        false => of_kind,
    };
    let there: Vec<&Entity> = of_kind.iter().copied().filter(|entity| scope.holds(entity)).collect();
    let target = |entities: Vec<&'a Entity>, reason: &str| Target {
        entities,
        reason: reason.to_owned(),
        domain: Some(domain),
        class,
        ..Target::default()
    };
    if there.is_empty() {
        let place = scope.areas_said.first().and_then(|id| ctx.house.areas.get(id)).map(|area| area.name.clone());
        return Err(Stop::Miss(Miss::NothingOfKind { kind: class.unwrap_or(domain.as_str()).to_owned(), place }));
    }
    let there = match intent.kind {
        IntentKind::ShoppingListAddItem | IntentKind::ShoppingListCompleteItem => shopping_lists(there),
        IntentKind::MediaUnpause => those_that(there, "paused"),
        _ if domain == Domain::MediaPlayer && intent.kind != IntentKind::TurnOn && !scope.whole => {
            just_spoken_of(those_that(there, "playing"), ctx)
        }
        _ => there,
    };
    if scope.whole || there.len() == 1 || is_about_kind_of_question(intent) {
        return Ok(target(there, "its kind was said"));
    }
    if scope.is_ambiguous {
        return Err(which(intent, &there, ctx));
    }
    if !scope.is_open() {
        return match acts_on_many(domain, class) || ctx.is_plural {
            true => Ok(target(there, "its kind and place were said")),
            false => Err(which(intent, &there, ctx)),
        };
    }
    let here: Vec<&Entity> =
        there.iter().copied().filter(|entity| ctx.place.is_some() && entity.area.as_ref() == ctx.place).collect();
    match here.len() {
        0 if ctx.is_plural && ctx.place.is_none() && class.is_some() => {
            Ok(target(there, "its kind was said, and no place"))
        }
        0 => Err(which(intent, &there, ctx)),
        1 => Ok(target(here, HERE)),
        _ if acts_on_many(domain, class) || ctx.is_plural => Ok(target(here, HERE)),
        _ => Err(which(intent, &here, ctx)),
    }
}

/// The kind of thing that has a class: what moves, or else what measures it in this house.
fn domain_of_class(class: &str, house: &House) -> Option<Domain> {
    match class {
        "curtain" | "blind" | "shade" | "shutter" | "awning" | "garage" | "gate" | "window" | "door" => {
            Some(Domain::Cover)
        }
        _ => [Domain::Sensor, Domain::BinarySensor]
            .into_iter()
            .find(|domain| house.of_domain(*domain).any(|entity| entity.device_class.as_deref() == Some(class))),
    }
}

/// "Everything in the kitchen": whatever can be switched and holds no risk. An air conditioner that cools goes off with
/// the rest; heating stays, which nobody means at bedtime.
fn everything<'a>(intent: &Intent, wanted: Wanted, scope: &Scope, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    if scope.is_open() {
        return recent(1, wanted, ctx);
    }
    let switchable =
        [Domain::Light, Domain::Switch, Domain::Fan, Domain::MediaPlayer, Domain::InputBoolean, Domain::Humidifier];
    let is_off = intent.kind == IntentKind::TurnOff;
    let entities: Vec<&Entity> = ctx
        .house
        .entities
        .values()
        .filter(|entity| {
            scope.holds(entity)
                && (switchable.contains(&entity.domain) || is_off && is_cooling(entity))
                && (wanted.domains.is_empty() || wanted.domains.contains(&entity.domain))
        })
        .collect();
    match entities.is_empty() {
        true => Err(Stop::Miss(Miss::NothingOfKind { kind: "device".to_owned(), place: None })),
        false => Ok(Target { entities, reason: "everything there was meant".to_owned(), ..Target::default() }),
    }
}

fn is_cooling(entity: &Entity) -> bool {
    let mode = entity.state.value.as_deref();
    entity.domain == Domain::Climate && matches!(mode, Some("cool" | "dry" | "fan_only"))
}

/// Of several players, those in a state, if there are any.
fn those_that<'a>(players: Vec<&'a Entity>, state: &str) -> Vec<&'a Entity> {
    let those: Vec<&Entity> =
        players.iter().copied().filter(|player| player.state.value.as_deref() == Some(state)).collect();
    if those.is_empty() { players } else { those }
}

/// Of several things, those of the last turn, if there are any.
fn just_spoken_of<'a>(entities: Vec<&'a Entity>, ctx: &Context<'_>) -> Vec<&'a Entity> {
    let those: Vec<&Entity> = entities.iter().copied().filter(|entity| ctx.last.contains(&entity.id)).collect();
    if those.is_empty() { entities } else { those }
}

/// The lists for shopping: by name, or else those that are not for chores.
fn shopping_lists(lists: Vec<&Entity>) -> Vec<&Entity> {
    let has = |entity: &Entity, table: fn(&'static Words) -> &'static [&'static str]| {
        entity.names().any(|name| stands_in(table, &name.to_lowercase()))
    };
    let for_shopping: Vec<&Entity> =
        lists.iter().copied().filter(|list| has(list, |words| words.shopping_lists)).collect();
    if !for_shopping.is_empty() {
        return for_shopping;
    }
    let rest: Vec<&Entity> = lists.iter().copied().filter(|list| !has(list, |words| words.chore_lists)).collect();
    if rest.is_empty() { lists } else { rest }
}

/// Lamps and curtains of a room are one thing to people; locks, players and doors are not.
fn acts_on_many(domain: Domain, class: Option<&str>) -> bool {
    match domain {
        Domain::Light | Domain::Fan | Domain::Switch | Domain::Climate | Domain::Sensor | Domain::BinarySensor => true,
        Domain::Cover => !matches!(class, Some("garage" | "gate" | "door")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use house::{EntityId, SlotValue, State};

    use super::*;
    use crate::resolve::{Resolved, resolve};
    use crate::when::TimeContext;

    #[test]
    fn everything_off_is_what_cools_and_not_what_heats() {
        let mut house = House::default();
        for (id, name, state) in [
            ("climate.heater", "Heater", "heat"),
            ("climate.cooler", "Cooler", "cool"),
            ("light.lamp", "Lamp", "on"),
            ("lock.door", "Door", "unlocked"),
        ] {
            let id = EntityId::new(id);
            let mut entity = Entity::new(id.clone(), name);
            entity.state = State { value: Some(state.to_owned()), ..State::default() };
            house.entities.insert(id, entity);
        }
        let around = TimeContext { now_ms: 0, zone: jiff::tz::TimeZone::UTC, location: None };
        let ctx = Context::bare(&house, &around);
        let moved = |kind| {
            let all = Intent::new(kind).with(Slot::Scope, SlotValue::Label("all"));
            match resolve(&[all], &ctx).pop().map(|one| one.resolved) {
                Some(Resolved::Act(steps)) => steps.iter().map(|step| step.entity.as_str().to_owned()).collect(),
                _ => Vec::new(),
            }
        };
        assert_eq!(moved(IntentKind::TurnOff), ["climate.cooler", "light.lamp"]);
        assert_eq!(moved(IntentKind::TurnOn), ["light.lamp"]);
    }
}
