//! Entities by name: how well a name that was said fits a name that an entity has.

use house::{Entity, House};

use crate::lexicon;
use crate::names::fuzzy;
use crate::texts::words::each;
use crate::words::{is_han, key};

use super::bare::bare;

/// How well a name fits; greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// The entity's name stands inside what was said.
    Inside,
    /// Everything that was said is in the entity's name, its place or its kind.
    Part,
    /// The same sound.
    Sound,
    /// The same but for a noun of its kind.
    Kind,
    /// The same but for its area's name.
    Area,
    /// The same but for spaces, plurals and articles.
    Bare,
    /// The same.
    Exact,
}

/// How well `said` fits an entity, if at all.
pub(crate) fn fit(said: &str, entity: &Entity, house: &House) -> Option<Fit> {
    entity.names().filter(|name| !key(name).is_empty()).filter_map(|name| fit_one(said, name, entity, house)).max()
}

fn fit_one(said: &str, name: &str, entity: &Entity, house: &House) -> Option<Fit> {
    if key(said) == key(name) {
        return Some(Fit::Exact);
    }
    let (said_bare, name_bare) = (bare(said), bare(name));
    if said_bare.is_empty() || name_bare.is_empty() {
        return None;
    }
    if said_bare == name_bare {
        return Some(Fit::Bare);
    }
    let places = place_names(entity, house);
    if places.iter().any(|place| same_but_for(&said_bare, &name_bare, place)) {
        return Some(Fit::Area);
    }
    if same_but_for_kind(said, name, entity) {
        return Some(Fit::Kind);
    }
    if fuzzy::sounds_same(said, name) {
        return Some(Fit::Sound);
    }
    match is_part(said, name, entity, &places) {
        true => Some(Fit::Part),
        false => (is_inside(&said_bare, &name_bare, name) || stands_in(said, name)).then_some(Fit::Inside),
    }
}

fn place_names(entity: &Entity, house: &House) -> Vec<String> {
    let area = house.area_of(entity);
    let floor = house.floor_of(entity);
    let areas = area.into_iter().flat_map(|area| std::iter::once(&area.name).chain(&area.aliases));
    let floors = floor.into_iter().flat_map(|floor| std::iter::once(&floor.name).chain(&floor.aliases));
    areas.chain(floors).map(|name| bare(name)).filter(|name| !name.is_empty()).collect()
}

fn same_but_for(said: &str, name: &str, place: &str) -> bool {
    let bare = |text: String| {
        let inside = each(|words| words.name_joints)
            .fold(text.as_str(), |text, joint| text.trim_start_matches(joint).trim_end_matches(joint));
        inside.to_owned()
    };
    let without = |text: &str| bare(text.replacen(place, "", 1));
    let (said_rest, name_rest) = (without(said), without(name));
    !said_rest.is_empty() && said_rest == name_rest
}

fn same_but_for_kind(said: &str, name: &str, entity: &Entity) -> bool {
    let fits = |longer: &str, shorter: &str| {
        let rest = bare(longer).strip_prefix(&bare(shorter)).map(str::to_owned);
        rest.is_some_and(|noun| !noun.is_empty() && noun_is_of(&noun, entity))
    };
    fits(said, name) || fits(name, said)
}

fn noun_is_of(noun: &str, entity: &Entity) -> bool {
    lexicon::kind_of(noun).is_some_and(|(domain, _)| domain == entity.domain)
}

fn is_part(said: &str, name: &str, entity: &Entity, places: &[String]) -> bool {
    if said.chars().any(is_han) {
        let (said, name) = (bare(said), bare(name));
        let whole: Vec<String> = places.iter().map(|place| format!("{place}{name}")).chain([name.clone()]).collect();
        let joined = each(|words| words.name_joints).fold(said.clone(), |said, joint| said.replace(joint, ""));
        return 2 <= said.chars().count() && whole.iter().any(|whole| whole.contains(&said) || whole.contains(&joined));
    }
    let own: Vec<String> = key(name).split(' ').map(bare).collect();
    let mut hits_own = false;
    let all_known = key(said).split(' ').map(bare).filter(|word| !word.is_empty()).all(|word| {
        let is_own = own.contains(&word);
        hits_own |= is_own && !noun_is_of(&word, entity);
        is_own || places.iter().any(|place| place.contains(&word)) || noun_is_of(&word, entity)
    });
    all_known && (hits_own || own.len() == 1)
}

/// Whether a name of Latin letters stands in what was said as whole words, with little around it.
fn stands_in(said: &str, name: &str) -> bool {
    let (said, name) = (key(said), key(name));
    let (said, name): (Vec<&str>, Vec<&str>) = (said.split(' ').collect(), name.split(' ').collect());
    !name.iter().any(|word| word.chars().any(is_han))
        && said.len() <= name.len() + 3
        && said.windows(name.len()).any(|run| run == name)
}

fn is_inside(said: &str, name: &str, original: &str) -> bool {
    let long_enough = match original.chars().any(is_han) {
        true => 2 <= name.chars().count(),
        false => 4 <= name.len(),
    };
    long_enough && said.contains(name)
}
