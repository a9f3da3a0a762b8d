//! The language model of one house: how people speak to a house, with the names of this one, beside the model's own.
//!
//! Two models stand side by side, and the recogniser takes the path that costs least: the classes' with the house's
//! names, and the one that came with the recogniser, for all else.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::arpa::{Arpa, Gram};
use super::fst::{Arc, Fst, State};
use super::vocabulary::Vocabulary;

/// A name of the house that stands for its class.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    /// The numbers of its words.
    pub(crate) words: Vec<i32>,
    /// What is written for them, where that is something else than the words.
    pub(crate) written: Option<i32>,
}

/// The names of each class, such as `<light>`.
pub(crate) type Classes = BTreeMap<String, Vec<Name>>;

/// A recogniser's own language model, with what has to be known of it to add to it.
pub(crate) struct Base {
    fst: Fst,
    /// What is read for a word, by its number.
    inputs: HashMap<i32, i32>,
    /// What is read to fall back.
    silent: i32,
    /// The state of no history.
    unigram: u32,
}

impl Base {
    /// The own language model of a recogniser in a folder.
    ///
    /// # Errors
    /// If it can't be read, or is no n-gram model.
    pub(crate) fn read(model: &Path) -> anyhow::Result<Self> {
        let path = model.join(OWN);
        let bytes = fs::read(&path).with_context(|| format!("read `{}`", path.display()))?;
        let fst = Fst::read(&bytes).with_context(|| format!("read `{}`", path.display()))?;
        Self::of(fst).with_context(|| format!("`{}` is no n-gram model", path.display()))
    }

    /// What a recogniser's model is; none if it has no way to fall back, and so is no n-gram model.
    pub(crate) fn of(fst: Fst) -> Option<Self> {
        let arcs = || fst.states.iter().flat_map(|state| &state.arcs);
        let silent = arcs().find(|arc| arc.output == 0)?.input;
        let inputs = arcs().filter(|arc| arc.output != 0).map(|arc| (arc.output, arc.input)).collect();
        let unigram = shortest(&fst, silent)?;
        Some(Self { fst, inputs, silent, unigram })
    }

    /// The words by their numbers, the most frequent first.
    pub(crate) fn most_frequent(&self) -> Vec<i32> {
        let unigrams =
            self.fst.states.get(self.unigram as usize).map(|state| state.arcs.as_slice()).unwrap_or_default();
        let mut unigrams: Vec<&Arc> = unigrams.iter().filter(|arc| arc.output != 0).collect();
        unigrams.sort_by(|one, other| one.cost.total_cmp(&other.cost));
        unigrams.into_iter().map(|arc| arc.output).collect()
    }
}

/// The state without history: where falling back ends.
fn shortest(fst: &Fst, silent: i32) -> Option<u32> {
    let mut at = fst.start;
    for _ in 0..MAX_FALLS {
        let state = fst.states.get(at as usize)?;
        match state.arcs.iter().find(|arc| arc.input == silent && arc.output == 0) {
            Some(arc) => at = arc.to,
            None => return Some(at),
        }
    }
    None
}

/// Puts the classes' model with the names of a house beside a recogniser's own.
pub(crate) fn united(base: Base, arpa: &Arpa, vocabulary: &Vocabulary, classes: &Classes) -> Fst {
    let Base { fst, inputs, silent, unigram } = base;
    let mut graph = Graph { states: vec![State::default()], histories: HashMap::new(), inputs, silent };
    graph.add_histories(arpa);
    let entries = graph.add_classes(classes);
    graph.add_grams(arpa, vocabulary, &entries);
    let own_start = graph.state_after(&[BEGIN]);
    let own_unigram = graph.state_after::<&str>(&[]);
    let offset = graph.states.len() as u32;
    graph.fall(START, own_start, -(1.0 - OPEN_SHARE).ln());
    graph.fall(START, offset + fst.start, -OPEN_SHARE.ln());
    graph.fall(own_unigram, offset + unigram, -ESCAPE_SHARE.ln());
    let moved = |arc: Arc| Arc { to: arc.to + offset, ..arc };
    let base =
        fst.states.into_iter().map(|State { end, arcs }| State { end, arcs: arcs.into_iter().map(moved).collect() });
    graph.states.extend(base);
    Fst { start: START, states: graph.states }
}

/// A model in the making.
struct Graph<'a> {
    states: Vec<State>,
    histories: HashMap<&'a [String], u32>,
    inputs: HashMap<i32, i32>,
    silent: i32,
}

impl<'a> Graph<'a> {
    /// A state for no history and for each that something is known to follow. What goes before a name is forgotten
    /// behind it, so that a class is kept once and not at every place where it may stand.
    fn add_histories(&mut self, arpa: &'a Arpa) {
        self.histories.insert(&[], self.states.len() as u32);
        self.states.push(State::default());
        let keeps = |gram: &&Gram| {
            gram.back_off.is_some() && !(1 < gram.words.len() && gram.words.last().is_some_and(is_class))
        };
        for gram in arpa.orders.iter().flatten().filter(keeps) {
            let id = self.states.len() as u32;
            self.states.push(State::default());
            self.histories.insert(&gram.words, id);
        }
        for gram in arpa.orders.iter().flatten().filter(keeps) {
            let from = self.state_after(&gram.words);
            let to = self.state_after(gram.words.get(1..).unwrap_or_default());
            self.fall(from, to, gram.back_off.unwrap_or_default());
        }
    }

    /// The state behind words: that of the longest end of them that is a history.
    fn state_after<S: AsRef<str>>(&self, words: &[S]) -> u32 {
        let from = words.iter().rposition(|word| is_class(&word.as_ref())).unwrap_or(0);
        let words: Vec<String> =
            words.get(from..).unwrap_or_default().iter().map(|word| word.as_ref().to_owned()).collect();
        let ends = (0..=words.len()).filter_map(|at| words.get(at..));
        ends.filter_map(|end| self.histories.get(end)).next().copied().unwrap_or(START)
    }

    /// The names of each class, between the state where it begins and the state behind it.
    fn add_classes(&mut self, classes: &'a Classes) -> HashMap<&'a str, u32> {
        let mut entries = HashMap::new();
        for (class, names) in classes.iter().filter(|(_, names)| !names.is_empty()) {
            let entry = self.states.len() as u32;
            self.states.push(State::default());
            let behind = self.state_after(&[class]);
            for name in names {
                self.add_name(name, entry, behind, (names.len() as f32).ln());
            }
            entries.insert(class.as_str(), entry);
        }
        entries
    }

    fn add_name(&mut self, name: &Name, entry: u32, behind: u32, cost: f32) {
        let (mut from, last) = (entry, name.words.len().saturating_sub(1));
        for (at, word) in name.words.iter().enumerate() {
            let to = if at == last { behind } else { self.states.len() as u32 };
            if at != last {
                self.states.push(State::default());
            }
            let output = match name.written {
                Some(written) if at == 0 => written,
                Some(_) => 0,
                None => *word,
            };
            let cost = if at == 0 { cost } else { 0.0 };
            // A word that the recogniser's own model never reads can't be said.
            let Some(input) = self.inputs.get(word).copied() else { return };
            self.arc(from, Arc { input, output, cost, to });
            from = to;
        }
    }

    fn add_grams(&mut self, arpa: &Arpa, vocabulary: &Vocabulary, entries: &HashMap<&str, u32>) {
        for gram in arpa.orders.iter().flatten().filter(|gram| gram.cost.is_finite()) {
            let Some((word, history)) = gram.words.split_last() else { continue };
            let Some(from) = self.histories.get(history).copied() else { continue };
            if word == END {
                if let Some(state) = self.states.get_mut(from as usize) {
                    state.end = gram.cost;
                }
            } else if is_class(word) {
                if let Some(entry) = entries.get(word.as_str()) {
                    self.fall(from, *entry, gram.cost);
                }
            } else if let Some(id) = vocabulary.id(word)
                && let Some(input) = self.inputs.get(&id).copied()
            {
                let to = self.state_after(&gram.words);
                self.arc(from, Arc { input, output: id, cost: gram.cost, to });
            }
        }
    }

    fn fall(&mut self, from: u32, to: u32, cost: f32) {
        self.arc(from, Arc { input: self.silent, output: 0, cost, to });
    }

    fn arc(&mut self, from: u32, arc: Arc) {
        if let Some(state) = self.states.get_mut(from as usize) {
            state.arcs.push(arc);
        }
    }
}

fn is_class(word: &(impl AsRef<str> + ?Sized)) -> bool {
    let word = word.as_ref();
    word.starts_with('<') && word != BEGIN && word != END
}

/// Where a model has its own language model.
pub(crate) const OWN: &str = "graph/Gr.fst";
const START: u32 = 0;
const BEGIN: &str = "<s>";
const END: &str = "</s>";
/// How likely an utterance is taken to be none that people say to a house. Between 0.1 and 0.5 it made no difference to
/// the words that were heard (206 requests, four voices).
const OPEN_SHARE: f32 = 0.2;
/// How likely a word is none that was ever said to a house, where nothing is known of what may follow.
const ESCAPE_SHARE: f32 = 0.05;
/// More than any n-gram model falls back.
const MAX_FALLS: usize = 8;
