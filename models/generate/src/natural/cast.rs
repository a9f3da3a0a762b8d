//! The house that a hand-written conversation is played in: its own names, or others of their kind.

use std::collections::{BTreeMap, BTreeSet};

use mind::understand::prompt::Names;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::line::{Part, Thing, Turn};
use crate::books::book;
use crate::random_house;
use crate::say::Lang;

/// Names by language and kind, from everything that was written.
#[derive(Default)]
pub(super) struct Pools {
    names: BTreeMap<(bool, String), Vec<String>>,
}

impl Pools {
    /// Gathers the names of all turns.
    pub(super) fn of<'a>(turns: impl Iterator<Item = (Lang, &'a Turn)>) -> Self {
        let mut sets: BTreeMap<(bool, String), BTreeSet<String>> = BTreeMap::new();
        for (lang, turn) in turns {
            for thing in turn.line.things().chain(&turn.candidates) {
                sets.entry((lang == Lang::En, thing.kind.clone())).or_default().insert(thing.name.clone());
            }
        }
        Self { names: sets.into_iter().map(|(kind, names)| (kind, names.into_iter().collect())).collect() }
    }
}

/// Who plays what: the names of the house, and the new name of each thing.
pub(super) struct Cast {
    /// What is marked.
    pub(super) names: Names,
    new: BTreeMap<Thing, String>,
}

impl Cast {
    /// Every name as it was written.
    pub(super) fn as_written(turns: &[Turn]) -> Self {
        let things = things(turns);
        let names = Names::new(things.iter().map(|thing| (thing.name.as_str(), thing.mark())));
        Self { names, new: BTreeMap::new() }
    }

    /// Every name as it was written, in the house that it was said in.
    pub(super) fn at_home(names: Names) -> Self {
        Self { names, new: BTreeMap::new() }
    }

    /// Most names exchanged for others of their kind, in a house with more names than these.
    pub(super) fn exchanged(turns: &[Turn], lang: Lang, pools: &Pools, rng: &mut StdRng) -> Self {
        let things = things(turns);
        let free: String = turns.iter().flat_map(|turn| &turn.line.parts).map(free_text).collect::<Vec<_>>().join(" ");
        let free = free.to_lowercase();
        let mut new = BTreeMap::new();
        for thing in &things {
            let is_told = mind::words::words(&thing.name).iter().any(|word| {
                let is_said = word.text.chars().count() > usize::from(lang == Lang::En) * 2;
                is_said && free.contains(&word.text)
            });
            if is_told || rng.random_bool(KEPT) {
                continue;
            }
            let pool = pools.names.get(&(lang == Lang::En, thing.kind.clone()));
            if let Some(name) = pool.and_then(|pool| pool.choose(rng))
                && !new.values().any(|taken| taken == name)
            {
                new.insert(thing.clone(), name.clone());
            }
        }
        let mut all: Vec<(String, &'static str)> = Vec::new();
        for thing in &things {
            // Now and then a name is not known to the house as it was said.
            if !rng.random_bool(UNKNOWN) {
                all.push((new.get(thing).unwrap_or(&thing.name).clone(), thing.mark()));
            }
        }
        if let Ok(book) = book(lang)
            && rng.random_bool(FURNISHED)
        {
            let house = random_house::random(book, rng);
            let own =
                house.by_mark.iter().flat_map(|(mark, names)| names.iter().map(|name| (name.text.clone(), *mark)));
            // A name of the random house must not hide one that the line speaks of, or mark a word of its plain text.
            // A place may be one: "open the garage" in a house with a garage.
            all.extend(own.filter(|(name, mark)| {
                let name = name.to_lowercase();
                let is_place = matches!(*mark, "area" | "floor");
                !things.iter().any(|thing| thing.name.to_lowercase().contains(&name))
                    && (is_place || !free.contains(&name))
            }));
        }
        // A garage is a door and a place.
        for word in PLACES_THAT_OPEN {
            if free.contains(word) && rng.random_bool(PLACE_TOO) {
                all.push(((*word).to_owned(), "area"));
            }
        }
        Self { names: Names::new(all.iter().map(|(name, mark)| (name.as_str(), *mark))), new }
    }

    /// What a thing is called here.
    pub(super) fn name_of<'a>(&'a self, thing: &'a Thing) -> &'a str {
        self.new.get(thing).unwrap_or(&thing.name)
    }
}

fn things(turns: &[Turn]) -> BTreeSet<Thing> {
    turns.iter().flat_map(|turn| turn.line.things().chain(&turn.candidates)).cloned().collect()
}

fn free_text(part: &Part) -> &str {
    match part {
        Part::Plain(text) | Part::Words(text) => text,
        Part::Thing(_) => "",
    }
}

/// How often a name stays as it was written.
const KEPT: f64 = 0.25;
/// How often a name is none of the house's.
const UNKNOWN: f64 = 0.07;
/// What is said of a place and of what opens it alike.
const PLACES_THAT_OPEN: &[&str] = &["garage", "车库"];
/// How often such a word is the name of a place of the house.
const PLACE_TOO: f64 = 0.5;
/// How often the house has more names than the line speaks of.
const FURNISHED: f64 = 0.5;
