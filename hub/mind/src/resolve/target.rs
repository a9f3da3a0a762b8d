//! Which entities are meant. A word that does not resolve shrinks the target or asks; it never widens it.

use std::collections::BTreeSet;

use house::{AreaId, Candidate, CandidateId, Domain, Entity, FloorId, Intent, IntentKind, Miss, Question, Slot};

use crate::lexicon;
use crate::names::fuzzy;
use crate::words::key;

use super::candidates::candidates;
use super::context::{Context, Stop};
use crate::names::areas::{self, Place};
use crate::names::things::{Fit, fit};
use crate::texts::words::{Words, stands_in};

/// What kinds of entity an intent can be about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Domains it can act on or ask about; empty means any.
    pub(super) domains: &'static [Domain],
    /// The domain that is meant if none is said.
    pub(super) default: Option<Domain>,
}

/// The entities that are meant, and how they were named.
#[derive(Clone, Debug, Default)]
pub(super) struct Target<'a> {
    /// The entities, in the house's order.
    pub(super) entities: Vec<&'a Entity>,
    /// Names as the house spells them, if they were named one by one.
    pub(super) names: Vec<String>,
    /// Areas that were named or stand for "here".
    pub(super) areas: Vec<AreaId>,
    /// Floors that were named.
    pub(super) floors: Vec<FloorId>,
    /// The kind that was named.
    pub(super) domain: Option<Domain>,
    /// The class that was named.
    pub(super) class: Option<&'static str>,
    /// Why these.
    pub(super) reason: String,
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

/// Where the entities may stand.
struct Scope {
    /// Areas that may hold them; `None` means anywhere.
    areas: Option<BTreeSet<AreaId>>,
    areas_said: Vec<AreaId>,
    floors: Vec<FloorId>,
    whole: bool,
    /// One place was said, and several have that name.
    is_ambiguous: bool,
}

impl Scope {
    fn is_open(&self) -> bool {
        self.areas.is_none() && !self.whole
    }

    /// An entity that stands nowhere in particular is not kept out when its own name was said.
    fn may_hold(&self, entity: &Entity) -> bool {
        entity.area.is_none() || self.holds(entity)
    }

    fn holds(&self, entity: &Entity) -> bool {
        match (&self.areas, &entity.area) {
            (None, _) => true,
            (Some(areas), Some(area)) => areas.contains(area),
            (Some(_), None) => false,
        }
    }
}

/// The places that were said, and place words that turned out to be names.
fn scope(intent: &Intent, ctx: &Context<'_>) -> Result<(Scope, Vec<String>), Stop> {
    let mut scope = Scope {
        areas: None,
        areas_said: vec![],
        floors: vec![],
        whole: intent.label(Slot::Scope) == Some("all"),
        is_ambiguous: false,
    };
    let mut areas = BTreeSet::new();
    let mut names = Vec::new();
    let is_here = intent.label(Slot::Scope) == Some("here");
    if is_here {
        areas.extend(ctx.place.cloned());
        scope.areas_said.extend(ctx.place.cloned());
    }
    let mut floor_areas = None::<BTreeSet<AreaId>>;
    for said in intent.texts(Slot::Area).chain(intent.texts(Slot::Floor)) {
        // "The garage" of "the garage door" says which door, not where it stands.
        let is_the_door = intent.label(Slot::DeviceClass) == Some("garage")
            && lexicon::kind_of(said).is_some_and(|(_, class)| class == Some("garage"));
        if is_the_door {
            continue;
        }
        if lexicon::is_whole_house(said) {
            scope.whole = true;
            continue;
        }
        match areas::place(said, ctx.house) {
            Some(Place::Areas(found)) => {
                scope.is_ambiguous |= 1 < found.len();
                scope.areas_said.extend(found.iter().filter(|area| !areas.contains(*area)).cloned());
                areas.extend(found);
            }
            Some(Place::Floor(floor)) => {
                let on_floor = ctx.house.on_floor(&floor).map(|area| area.id.clone());
                floor_areas.get_or_insert_default().extend(on_floor);
                scope.floors.push(floor);
            }
            None if lexicon::is_here(said) => {
                areas.extend(ctx.place.cloned());
                scope.areas_said.extend(ctx.place.cloned());
            }
            None if ctx.house.entities.values().any(|entity| Some(Fit::Area) <= fit(said, entity, ctx.house)) => {
                names.push(said.to_owned())
            }
            None if is_part_of_a_name(said, intent, ctx) => names.push(said.to_owned()),
            None => return Err(no_such_place(said, ctx)),
        }
    }
    scope.areas = match (areas.is_empty(), floor_areas) {
        (true, None) => None,
        (true, Some(floor)) => Some(floor),
        (false, None) => Some(areas),
        (false, Some(floor)) => Some(areas.intersection(&floor).cloned().collect()),
    };
    Ok((scope, names))
}

/// "The loft shutter" where there is no loft: the word and the one after it are the name of exactly one such thing.
fn is_part_of_a_name(said: &str, intent: &Intent, ctx: &Context<'_>) -> bool {
    let Some(domain) = intent.label(Slot::Domain).and_then(Domain::parse) else { return false };
    let joined = |entity: &Entity| {
        let all = key(ctx.said);
        let rest = all.split_once(&key(said)).map(|(_, rest)| rest.trim_start()).unwrap_or_default();
        let whole = format!("{} {}", key(said), rest.split(' ').next().unwrap_or_default());
        whole.contains(' ') && !rest.is_empty() && entity.names().any(|name| key(name).contains(&whole))
    };
    ctx.house.of_domain(domain).filter(|entity| joined(entity)).count() == 1
}

fn no_such_place(said: &str, ctx: &Context<'_>) -> Stop {
    let near = areas::near_areas(said, ctx.house);
    match near.is_empty() {
        true => Stop::Miss(Miss::NoSuchPlace(said.to_owned())),
        false => Stop::Ask(Question::DidYouMean {
            heard: said.to_owned(),
            candidates: near
                .iter()
                .filter_map(|id| ctx.house.areas.get(id))
                .map(|area| Candidate { what: CandidateId::Area(area.id.clone()), name: area.name.clone(), area: None })
                .collect(),
        }),
    }
}

fn by_names<'a>(
    names: &[String],
    intent: &Intent,
    wanted: Wanted,
    scope: &Scope,
    ctx: &Context<'a>,
) -> Result<Target<'a>, Stop> {
    let mut target = Target { reason: NAMED.to_owned(), ..Target::default() };
    for name in names {
        // "The left one" is the left of what is there.
        let name = name.strip_suffix(" one").unwrap_or(name);
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

fn best_fits<'a>(name: &str, ctx: &Context<'a>, admits: impl Fn(&Entity) -> bool) -> Vec<&'a Entity> {
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

/// "Which kitchen lights are on" may name several things at once; a question harms nobody.
fn is_about_kind_of_question(intent: &Intent) -> bool {
    matches!(intent.label(Slot::Ask), Some("any" | "all" | "which" | "count"))
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

fn by_kind<'a>(intent: &Intent, wanted: Wanted, scope: &Scope, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let class = intent.label(Slot::DeviceClass);
    let said = intent.label(Slot::Domain).and_then(Domain::parse);
    let domain = said.or_else(|| class.and_then(domain_of_class)).or(wanted.default);
    match domain {
        Some(domain) => kind(domain, class, intent, scope, ctx).map(|target| Target {
            domain: said.or(target.domain),
            class,
            ..target
        }),
        None => everything(wanted, scope, ctx),
    }
}

fn domain_of_class(class: &str) -> Option<Domain> {
    matches!(class, "curtain" | "blind" | "shade" | "shutter" | "awning" | "garage" | "gate" | "window" | "door")
        .then_some(Domain::Cover)
}

/// "Everything in the kitchen": whatever can be switched and holds no risk.
fn everything<'a>(wanted: Wanted, scope: &Scope, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    if scope.is_open() {
        return recent(1, wanted, ctx);
    }
    let switchable =
        [Domain::Light, Domain::Switch, Domain::Fan, Domain::MediaPlayer, Domain::InputBoolean, Domain::Humidifier];
    let entities: Vec<&Entity> = ctx
        .house
        .entities
        .values()
        .filter(|entity| {
            scope.holds(entity)
                && switchable.contains(&entity.domain)
                && (wanted.domains.is_empty() || wanted.domains.contains(&entity.domain))
        })
        .collect();
    match entities.is_empty() {
        true => Err(Stop::Miss(Miss::NothingOfKind { kind: "device".to_owned(), place: None })),
        false => Ok(Target { entities, reason: "everything there was meant".to_owned(), ..Target::default() }),
    }
}

fn kind<'a>(
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

/// Whether an entity is of a device class, by its attribute or, if it has none, by a noun in its name.
pub(super) fn has_class(entity: &Entity, class: &str) -> bool {
    match entity.device_class.as_deref() {
        Some(own) => {
            own == class
                || (class == "door" && own == "garage")
                || (class == "garage" && own == "garage_door")
                || (class == "window" && own == "opening")
        }
        None => entity
            .names()
            .any(|name| lexicon::nouns_of(entity.domain, class).any(|noun| key(name).contains(&key(noun)))),
    }
}

fn which(intent: &Intent, entities: &[&Entity], ctx: &Context<'_>) -> Stop {
    Stop::Ask(Question::Which { intent: intent.kind, candidates: candidates(entities, ctx.house) })
}

fn recent<'a>(most: usize, wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let entities: Vec<&Entity> = ctx
        .last
        .iter()
        .filter_map(|id| ctx.house.entities.get(id))
        .filter(|entity| wanted.domains.is_empty() || wanted.domains.contains(&entity.domain))
        .collect();
    let enough = most <= entities.len().max(1);
    match entities.is_empty() || !enough {
        true => Err(Stop::Ask(Question::Value { intent: IntentKind::Unclear })),
        false => Ok(Target {
            names: entities.iter().map(|entity| entity.name.clone()).collect(),
            entities,
            reason: "it was spoken of just before".to_owned(),
            ..Target::default()
        }),
    }
}

fn other<'a>(wanted: Wanted, ctx: &Context<'a>) -> Result<Target<'a>, Stop> {
    let last: Vec<&Entity> = ctx.last.iter().filter_map(|id| ctx.house.entities.get(id)).collect();
    let Some(one) = last.first() else { return recent(1, wanted, ctx) };
    let others: Vec<&Entity> = ctx
        .house
        .of_domain(one.domain)
        .filter(|entity| entity.area == one.area && !ctx.last.contains(&entity.id))
        .collect();
    match others.len() {
        0 => Err(Stop::Miss(Miss::NothingOfKind { kind: one.domain.as_str().to_owned(), place: None })),
        1 => Ok(Target {
            names: others.iter().map(|entity| entity.name.clone()).collect(),
            entities: others,
            reason: "it is the other one there".to_owned(),
            ..Target::default()
        }),
        _ => {
            Err(Stop::Ask(Question::Which { intent: IntentKind::Unclear, candidates: candidates(&others, ctx.house) }))
        }
    }
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

const NAMED: &str = "its name was said";
const HERE: &str = "it is where the person spoke";
/// Names that are close to what was said; more would be no help.
const MOST_CANDIDATES: usize = 6;
