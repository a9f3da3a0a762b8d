//! Which entities are meant. A word that does not resolve shrinks the target or asks; it never widens it.

mod by_kind;
mod by_name;
pub(super) mod found;
mod recent;
mod scope;

use house::{AreaId, Intent, Miss, Slot};

use crate::names::areas::{self, Place};

use super::context::{Context, Stop};
use by_kind::by_kind;
use by_name::{best_fits, by_names};
use found::{HERE, NAMED, Target, Wanted};
use recent::{other, recent};
use scope::scope;

/// The entities an intent means.
pub(super) fn select<'a>(intent: &Intent, wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    if intent.entities().next().is_some() {
        return by_id(intent, wanted, ctx);
    }
    let (scope, mut names) = scope(intent, ctx)?;
    names.extend(intent.texts(Slot::Name).map(str::to_owned));
    let mut target = match (names.is_empty(), intent.label(Slot::Scope)) {
        (false, _) => by_names(&names, intent, wanted, &scope, ctx)?,
        (true, Some("it")) => recent(1, wanted, ctx)?,
        (true, Some("both")) if scope.is_open() => recent(2, wanted, ctx)?,
        (true, Some("other")) => other(wanted, ctx)?,
        (true, _) => by_kind(intent, wanted, &scope, ctx)?,
    };
    without(&mut target, intent, ctx)?;
    target.areas = scope.areas_said.clone();
    target.floors = scope.floors.clone();
    if target.names.is_empty() && target.areas.is_empty() && scope.is_open() && target.reason == HERE {
        target.areas = ctx.place.cloned().into_iter().collect();
    }
    Ok(target)
}

/// The vacuum that is to clean somewhere: the place is what it cleans, not where it stands.
pub(super) fn select_cleaner<'a>(intent: &Intent, wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let (places, _) = scope(intent, ctx)?;
    let mut bare = intent.clone();
    bare.slots.retain(|(slot, _)| !matches!(slot, Slot::Area | Slot::Floor | Slot::Scope));
    let nowhere = Context { place: None, ..*ctx };
    let mut target = select(&bare, wanted, &nowhere)?;
    (target.areas, target.floors) = (places.areas_said, places.floors);
    Ok(target)
}

/// The areas an intent names; empty if it names none.
pub(super) fn areas_of(intent: &Intent, ctx: &Context<'_>) -> Result<Vec<AreaId>, Stop> {
    let (places, _) = scope(intent, ctx)?;
    let named = places.areas.filter(|_| !places.whole).unwrap_or_default();
    Ok(named.into_iter().collect())
}

/// Exactly the entities of these ids: no name, place or kind that was said takes one in or keeps one out.
fn by_id<'a>(intent: &Intent, wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let mut target = Target { reason: NAMED.to_owned(), ..Target::default() };
    for id in intent.entities() {
        let Some(entity) = ctx.house.entities.get(id) else {
            return Err(Stop::Miss(Miss::NoSuchName(id.to_string())));
        };
        if !wanted.domains.is_empty() && !wanted.domains.contains(&entity.domain) {
            return Err(Stop::Miss(Miss::Unable { name: entity.name.clone(), intent: intent.kind }));
        }
        if target.entities.iter().all(|own| own.id != entity.id) {
            target.names.push(entity.name.clone());
            target.entities.push(entity);
        }
    }
    Ok(target)
}

/// Takes exceptions out. An exception that can't be found stops everything: doing it anyway would be wider.
fn without(target: &mut Target<'_>, intent: &Intent, ctx: &Context<'_>) -> Result<(), Stop> {
    for said in intent.texts(Slot::Except) {
        let before = target.entities.len();
        match areas::place(said, ctx.house) {
            Some(Place::Areas(areas)) => {
                target.entities.retain(|entity| entity.area.as_ref().is_none_or(|area| !areas.contains(area)))
            }
            Some(Place::Floor(floor)) => {
                target.entities.retain(|entity| ctx.house.floor_of(entity).is_none_or(|own| own.id != floor))
            }
            None => {
                let excluded = best_fits(said, ctx, |entity| target.entities.iter().any(|own| own.id == entity.id));
                target.entities.retain(|entity| excluded.iter().all(|out| out.id != entity.id));
            }
        }
        if before == target.entities.len() {
            return Err(Stop::Miss(Miss::NoSuchName(said.to_owned())));
        }
    }
    Ok(())
}
