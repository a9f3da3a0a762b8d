//! What the intent model is shown: the words, marks before names of this house, and what went before.

use std::collections::{BTreeSet, HashMap};

use house::House;

use super::before::Before;
use crate::names::short::short_names;
use crate::texts::words::each;
use crate::words::{Word, key, words};

/// A piece of the model's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A special token by name.
    Special(String),
    /// Text for the tokeniser.
    Text(String),
}

/// The names in use in a house, for marking. Made once for a house, not for every request.
#[derive(Clone, Debug, Default)]
pub struct Names {
    marks: HashMap<String, Vec<&'static str>>,
    longest: usize,
}

/// A run of words that is a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// First word.
    pub first: usize,
    /// Last word.
    pub last: usize,
    /// What it may be the name of.
    pub kinds: Vec<&'static str>,
}

impl Names {
    /// Gathers names with the mark of each.
    pub fn new<'a>(names: impl IntoIterator<Item = (&'a str, &'static str)>) -> Self {
        let mut out = Self::default();
        for (name, mark) in names {
            let key = key(name);
            let length = words(name).len();
            if key.is_empty() || MAX_NAME_WORDS < length {
                continue;
            }
            out.longest = out.longest.max(length);
            // Whoever types in a hurry, and a recogniser, leave the apostrophe out.
            let plain = key.replace('\'', "");
            for key in BTreeSet::from([key, plain]) {
                let marks = out.marks.entry(key).or_default();
                if !marks.contains(&mark) {
                    marks.push(mark);
                }
            }
        }
        out
    }

    /// The names of a house: areas, floors, entities and named timers, with their aliases, and what else things are
    /// called for short.
    pub fn of(house: &House) -> Self {
        let areas = house.areas.values().flat_map(|area| with_aliases(&area.name, &area.aliases, "area"));
        let floors = house.floors.values().flat_map(|floor| with_aliases(&floor.name, &floor.aliases, "floor"));
        let entities = house
            .entities
            .values()
            .flat_map(|entity| with_aliases(&entity.name, &entity.aliases, entity.domain.as_str()));
        let timers = house.timers.iter().filter_map(|timer| Some((timer.name.as_deref()?, "timer")));
        let mut names = Self::new(areas.chain(floors).chain(entities).chain(timers));
        let short = short_names(house);
        let free = short.iter().filter(|(name, _)| !names.marks.contains_key(name));
        let short = Self::new(free.map(|(name, entity)| (name.as_str(), entity.domain.as_str())));
        names.longest = names.longest.max(short.longest);
        names.marks.extend(short.marks);
        names
    }

    /// The names in an utterance: longest first match from the left, none overlapping.
    pub fn find(&self, words: &[Word]) -> Vec<Mark> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.longest_at(words, at) {
                Some(mark) => {
                    at = mark.last + 1;
                    out.push(mark);
                }
                None => at += 1,
            }
        }
        out
    }

    fn longest_at(&self, words: &[Word], at: usize) -> Option<Mark> {
        let most = self.longest.min(words.len() - at);
        (1..=most).rev().find_map(|length| {
            let run = words.get(at..at + length)?;
            let key = run.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            let singular = || each(|words| words.plural_ends).find_map(|end| self.marks.get(key.strip_suffix(end)?));
            let kinds = self.marks.get(&key).or_else(singular)?;
            Some(Mark { first: at, last: at + length - 1, kinds: kinds.iter().copied().take(MAX_KINDS).collect() })
        })
    }
}

/// The model's input for an utterance: words with marks before names, then what went before, between `begin` and
/// `code`. The words are counted by the engine; the code points to them by their numbers.
pub fn pieces(words: &[Word], marks: &[Mark], before: &Before) -> Vec<Piece> {
    let mut out = Vec::with_capacity(words.len() * 2 + 2);
    out.push(Piece::Special("begin".into()));
    for (index, word) in words.iter().enumerate() {
        let here = marks.iter().filter(|mark| mark.first == index);
        out.extend(here.flat_map(|mark| &mark.kinds).map(|kind| Piece::Special(format!("m:{kind}"))));
        out.push(Piece::Text(word.piece()));
    }
    out.extend(before.tokens().into_iter().map(Piece::Special));
    out.push(Piece::Special("code".into()));
    out
}

fn with_aliases<'a>(
    name: &'a str,
    aliases: &'a [String],
    mark: &'static str,
) -> impl Iterator<Item = (&'a str, &'static str)> {
    std::iter::once(name).chain(aliases.iter().map(String::as_str)).map(move |name| (name, mark))
}

/// Longer names are never said in full.
const MAX_NAME_WORDS: usize = 12;
/// A name that is many things is as good as unmarked after the first few.
const MAX_KINDS: usize = 3;
