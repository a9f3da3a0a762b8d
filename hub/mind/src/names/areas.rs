//! Places by name: areas and floors, as a program names them and as people say them.

use std::collections::BTreeSet;

use house::{Area, AreaId, FloorId, House};

use crate::names::fuzzy;
use crate::words::key;

use super::bare::bare;
use crate::texts::words::{Level, each};

/// What a place's words mean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    /// These areas (several if they share the name).
    Areas(Vec<AreaId>),
    /// This floor.
    Floor(FloorId),
}

/// The area of exactly that name or alias, but for case, width, punctuation and spaces; the first by id if several
/// have it, `None` if none has. For names that a program or a setting gives; what a person said is read by the more
/// forgiving rules of resolving.
pub fn area_named<'a>(name: &str, house: &'a House) -> Option<&'a Area> {
    let wanted = key(name);
    house.areas.values().find(|area| names(&area.name, &area.aliases).any(|own| key(own) == wanted))
}

/// The place of that name, if there is one.
pub(crate) fn place(said: &str, house: &House) -> Option<Place> {
    areas_named(said, house).map(Place::Areas).or_else(|| floor_named(said, house).map(Place::Floor))
}

/// The areas of that name: by spelling first, then by sound.
pub(crate) fn areas_named(said: &str, house: &House) -> Option<Vec<AreaId>> {
    let hits = |fits: &dyn Fn(&str) -> bool| -> Option<Vec<AreaId>> {
        let found: Vec<AreaId> = house
            .areas
            .values()
            .filter(|area| names(&area.name, &area.aliases).any(fits))
            .map(|area| area.id.clone())
            .collect();
        (!found.is_empty()).then_some(found)
    };
    let wanted = bare(said);
    hits(&|name| key(name) == key(said))
        .or_else(|| hits(&|name| bare(name) == wanted))
        .or_else(|| hits(&|name| fuzzy::sounds_same(name, said)))
        .or_else(|| hits(&|name| is_numbered(&bare(name), &wanted)))
}

/// "Bedroom" may be any of "Bedroom 1" and "Bedroom 2".
fn is_numbered(name: &str, wanted: &str) -> bool {
    let number = name.strip_prefix(wanted).filter(|_| !wanted.is_empty());
    number.is_some_and(|number| !number.is_empty() && number.chars().all(|letter| letter.is_ascii_digit()))
}

/// The floor of that name. "First floor" and 一楼 are what the house calls so; "upstairs" is the floor above the
/// lowest.
pub(crate) fn floor_named(said: &str, house: &House) -> Option<FloorId> {
    let wanted = bare_floor(said);
    let by_name = house
        .floors
        .values()
        .find(|floor| names(&floor.name, &floor.aliases).any(|name| bare_floor(name) == wanted))
        .map(|floor| floor.id.clone());
    by_name.or_else(|| match level_of(&wanted) {
        Some(level) => house
            .floors
            .values()
            .find(|floor| names(&floor.name, &floor.aliases).any(|name| is_called(level, &bare_floor(name))))
            .map(|floor| floor.id.clone()),
        None => None,
    })
}

/// Areas whose names are close to what was said.
pub(crate) fn near_areas(said: &str, house: &House) -> BTreeSet<AreaId> {
    house
        .areas
        .values()
        .filter(|area| names(&area.name, &area.aliases).any(|name| fuzzy::is_near(name, said)))
        .map(|area| area.id.clone())
        .collect()
}

fn bare_floor(name: &str) -> String {
    let bare = bare(name);
    let name = each(|words| words.floor_nouns)
        .find_map(|noun| bare.strip_suffix(noun).filter(|rest| !rest.is_empty() || noun.is_ascii()))
        .unwrap_or(&bare);
    match each(|words| words.floor_numbers).find(|(word, _)| *word == name) {
        Some((_, number)) => number.to_string(),
        None => name.to_owned(),
    }
}

/// Whether a floor that lies there may be called so.
fn is_called(level: Level, bare: &str) -> bool {
    each(|words| words.levels).any(|(own, words)| *own == level && words.iter().any(|word| bare_floor(word) == bare))
}

/// Where a floor lies by its words, as [`bare_floor`] leaves them.
fn level_of(bare: &str) -> Option<Level> {
    each(|words| words.levels)
        .find(|(_, words)| words.iter().any(|word| bare_floor(word) == bare))
        .map(|(level, _)| *level)
}

fn names<'a>(name: &'a str, aliases: &'a [String]) -> impl Iterator<Item = &'a str> {
    std::iter::once(name).chain(aliases.iter().map(String::as_str))
}
