//! Where what is meant may stand.

use std::collections::BTreeSet;

use house::{AreaId, Candidate, CandidateId, Domain, Entity, FloorId, Intent, Miss, Question, Slot};

use crate::lexicon;
use crate::names::areas::{self, Place};
use crate::names::things::{Fit, fit};
use crate::resolve::context::{Context, Stop};
use crate::words::key;

/// Where the entities may stand.
pub(super) struct Scope {
    /// Areas that may hold them; `None` means anywhere.
    pub(super) areas: Option<BTreeSet<AreaId>>,
    pub(super) areas_said: Vec<AreaId>,
    pub(super) floors: Vec<FloorId>,
    pub(super) whole: bool,
    /// One place was said, and several have that name.
    pub(super) is_ambiguous: bool,
}

impl Scope {
    pub(super) fn is_open(&self) -> bool {
        self.areas.is_none() && !self.whole
    }

    /// An entity that stands nowhere in particular is not kept out when its own name was said.
    pub(super) fn may_hold(&self, entity: &Entity) -> bool {
        entity.area.is_none() || self.holds(entity)
    }

    pub(super) fn holds(&self, entity: &Entity) -> bool {
        match (&self.areas, &entity.area) {
            (None, _) => true,
            (Some(areas), Some(area)) => areas.contains(area),
            (Some(_), None) => false,
        }
    }
}

/// The places that were said, and place words that turned out to be names.
pub(super) fn scope(intent: &Intent, ctx: &Context<'_>) -> Result<(Scope, Vec<String>), Stop> {
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
            None if is_called_for(said, intent, ctx) || is_part_of_a_name(said, intent, ctx) => {
                names.push(said.to_owned())
            }
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

/// "Light up the patio" where there is no patio, but "Patio Lights".
fn is_called_for(said: &str, intent: &Intent, ctx: &Context<'_>) -> bool {
    let Some(domain) = intent.label(Slot::Domain).and_then(Domain::parse) else { return false };
    ctx.house.of_domain(domain).any(|entity| Some(Fit::Kind) <= fit(said, entity, ctx.house))
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
