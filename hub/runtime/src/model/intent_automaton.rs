//! The automaton of the intent code for one utterance: what the model may write, and where it may point.

use std::collections::HashMap;

use engine_protocol::{Automaton, Piece};
use mind::understand::Ask;

/// The automaton of the intent code, with the parts that depend on an utterance left open.
pub(super) struct AutomatonParts {
    fixed: mind::understand::code::Automaton,
}

impl AutomatonParts {
    pub(super) fn new() -> Self {
        Self { fixed: mind::understand::code::automaton() }
    }

    pub(super) fn for_ask(&self, ask: &Ask) -> Automaton {
        let mut out = Automaton::default();
        let open = |name: &str| match name {
            "words" => Some(&ask.word_starts),
            "numbers" => Some(&ask.number_starts),
            "durations" => Some(&ask.length_starts),
            _ => None,
        };
        let mut numbers = HashMap::new();
        for (name, labels) in self.fixed.sets.iter() {
            numbers.insert(name.as_str(), out.sets.len());
            out.sets.push(labels.clone());
        }
        for name in ["words", "numbers", "durations"] {
            numbers.insert(name, out.sets.len());
            out.sets.push(open(name).cloned().unwrap_or_default());
        }
        let is_dead = |name: &str| {
            (name.ends_with(":numbers") && ask.number_starts.is_empty())
                || (name.ends_with(":durations") && ask.length_starts.is_empty())
        };
        for state in &self.fixed.states {
            let number = out.state(state.accept);
            for (set, to) in state.edges.iter().filter(|(set, _)| !is_dead(set)) {
                if let (Some(set), Ok(to)) =
                    (numbers.get(set.as_str()).and_then(|set| u32::try_from(*set).ok()), u32::try_from(*to))
                {
                    out.edge(number, set, to);
                }
            }
        }
        out
    }
}

pub(super) fn piece(piece: &mind::understand::prompt::Piece) -> Piece {
    match piece {
        mind::understand::prompt::Piece::Special(name) => Piece::Special(name.clone()),
        mind::understand::prompt::Piece::Text(text) => Piece::Text(text.clone()),
    }
}
