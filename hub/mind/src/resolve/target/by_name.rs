//! What is meant by a name.

use std::collections::BTreeSet;

use house::{Domain, Entity, Intent, Miss, Question, Slot};

use crate::lexicon;
use crate::names::areas::{self, Place};
use crate::names::fuzzy;
use crate::names::things::{Fit, fit};
use crate::resolve::candidates::candidates;
use crate::resolve::context::{Context, Stop};
use crate::texts::words::{each, singular};
use crate::words::key;

use super::by_kind::kind;
use super::found::{NAMED, Target, Wanted, has_class, is_about_kind_of_question};
use super::scope::Scope;

/// All that these names mean, in the order in which they were said.
pub(super) fn by_names<'a>(
    names: &[String],
    intent: &Intent,
    wanted: Wanted,
    scope: &Scope,
    ctx: &Context<'a>,
) -> Result<Target<'a>, Stop> {
    let mut target = Target { reason: NAMED.to_owned(), ..Target::default() };
    for name in names {
        // "The left one" is the left of what is there.
        let name = each(|words| words.name_ends).find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let found = by_name(name, intent, wanted, scope, ctx)?;
        target.names.extend(found.names);
        target.domain = target.domain.or(found.domain);
        target.class = target.class.or(found.class);
        target.entities.extend(
            found
                .entities
                .into_iter()
                .filter(|entity| !target.entities.iter().any(|own| own.id == entity.id))
                .collect::<Vec<_>>(),
        );
    }
    Ok(target)
}

/// The entities that a name fits best, of those that are admitted.
pub(super) fn best_fits<'a>(name: &str, ctx: &Context<'a>, admits: impl Fn(&Entity) -> bool) -> Vec<&'a Entity> {
    let exact = key(name);
    let admitted = || ctx.house.entities.values().filter(|entity| admits(entity));
    let same: Vec<&Entity> = admitted().filter(|entity| entity.names().any(|own| key(own) == exact)).collect();
    if !same.is_empty() {
        return same;
    }
    let fits: Vec<(Fit, &Entity)> =
        admitted().filter_map(|entity| Some((fit(name, entity, ctx.house)?, entity))).collect();
    let best = fits.iter().map(|(fit, _)| *fit).max();
    fits.into_iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, entity)| entity).collect()
}

fn by_name<'a>(
    name: &str,
    intent: &Intent,
    wanted: Wanted,
    scope: &Scope,
    ctx: &Context<'a>,
) -> Result<Target<'a>, Stop> {
    let label = intent.label(Slot::Domain).and_then(Domain::parse);
    let can = |entity: &Entity| wanted.domains.is_empty() || wanted.domains.contains(&entity.domain);
    let fitting = best_fits(name, ctx, |entity| {
        scope.may_hold(entity) && can(entity) && label.is_none_or(|domain| domain == entity.domain)
    });
    let fitting = match fitting.is_empty() && label.is_some() {
        true => best_fits(name, ctx, |entity| scope.may_hold(entity) && can(entity) && !is_gated_kind(entity)),
        false => fitting,
    };
    if !fitting.is_empty() {
        return choose(name, fitting, intent, ctx);
    }
    if let Some((domain, class)) =
        lexicon::kind_of(name).filter(|(domain, _)| wanted.domains.is_empty() || wanted.domains.contains(domain))
    {
        return kind(domain, class, intent, scope, ctx);
    }
    if let (Some(Place::Areas(areas)), Some(domain), true) =
        (areas::place(name, ctx.house), label.or(wanted.default), scope.is_open())
    {
        let scope = Scope {
            areas: Some(areas.iter().cloned().collect()),
            is_ambiguous: 1 < areas.len(),
            areas_said: areas,
            floors: vec![],
            whole: false,
        };
        return kind(domain, None, intent, &scope, ctx);
    }
    Err(no_such_name(name, wanted, ctx))
}

/// Locks and alarm panels are never reached by a looser reading of what was said.
fn is_gated_kind(entity: &Entity) -> bool {
    matches!(entity.domain, Domain::Lock | Domain::AlarmControlPanel)
}

fn choose<'a>(said: &str, fitting: Vec<&'a Entity>, intent: &Intent, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let named = |entities: Vec<&'a Entity>| Target {
        names: entities.iter().map(|entity| entity.name.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        reason: format!("`{said}` is its name"),
        entities,
        ..Target::default()
    };
    let class = intent.label(Slot::DeviceClass);
    let of_class: Vec<&Entity> =
        fitting.iter().copied().filter(|entity| class.is_some_and(|class| has_class(entity, class))).collect();
    let fitting = if of_class.is_empty() { fitting } else { of_class };
    if fitting.len() == 1 || intent.label(Slot::Scope) == Some("all") || is_about_kind_of_question(intent) {
        return Ok(named(fitting));
    }
    if are_together(said, &fitting) {
        return Ok(named(fitting));
    }
    let controllable: Vec<&Entity> = fitting.iter().copied().filter(|entity| entity.domain.is_controllable()).collect();
    let fitting = if controllable.is_empty() { fitting } else { controllable };
    let here: Vec<&Entity> =
        fitting.iter().copied().filter(|entity| ctx.place.is_some() && entity.area.as_ref() == ctx.place).collect();
    if let Some(one) = told_apart(&fitting, ctx) {
        return Ok(named(vec![one]));
    }
    match (here.len(), fitting.len()) {
        (1, _) => Ok(named(here)),
        (_, 1) => Ok(named(fitting)),
        _ => Err(Stop::Ask(Question::Which { intent: intent.kind, candidates: candidates(&fitting, ctx.house) })),
    }
}

/// Whether several were named ("bedside lamps") and all of them stand in one room.
fn are_together(said: &str, fitting: &[&Entity]) -> bool {
    let area = fitting.first().and_then(|entity| entity.area.as_ref());
    let is_plural = key(said).split(' ').next_back().is_some_and(|noun| singular(noun).is_some());
    let is_gated = fitting.iter().any(|entity| is_gated_kind(entity));
    is_plural && !is_gated && area.is_some() && fitting.iter().all(|entity| entity.area.as_ref() == area)
}

/// The one of them that has a word of its own among what was said, such as "hc1"; a bare number may be a value.
fn told_apart<'a>(fitting: &[&'a Entity], ctx: &Context<'_>) -> Option<&'a Entity> {
    let said = key(ctx.said);
    let said: Vec<&str> = said.split(' ').filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit())).collect();
    let words = |entity: &Entity| -> BTreeSet<String> {
        entity.names().flat_map(|name| key(name).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    let all: Vec<BTreeSet<String>> = fitting.iter().map(|entity| words(entity)).collect();
    let is_own =
        |at: usize, word: &str| all.iter().enumerate().all(|(other, words)| (other == at) == words.contains(word));
    let mut told = (0..fitting.len()).filter(|at| said.iter().any(|word| is_own(*at, word)));
    let only = told.next().filter(|_| told.next().is_none())?;
    fitting.get(only).copied()
}

fn no_such_name(name: &str, wanted: Wanted, ctx: &Context<'_>) -> Stop {
    let can = |entity: &&Entity| wanted.domains.is_empty() || wanted.domains.contains(&entity.domain);
    let near: Vec<&Entity> = ctx
        .house
        .entities
        .values()
        .filter(can)
        .filter(|entity| entity.names().any(|own| fuzzy::is_near(own, name)))
        .take(MOST_CANDIDATES)
        .collect();
    match near.is_empty() {
        true => Stop::Miss(Miss::NoSuchName(name.to_owned())),
        false => Stop::Ask(Question::DidYouMean { heard: name.to_owned(), candidates: candidates(&near, ctx.house) }),
    }
}

/// Names that are close to what was said; more would be no help.
const MOST_CANDIDATES: usize = 6;
