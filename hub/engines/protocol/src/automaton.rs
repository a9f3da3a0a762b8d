//! A deterministic automaton over names of special tokens.
//! Sets of names are listed once and referred to by number, so that long ones cost little on the wire.
//! Every index is checked before use; nothing here trusts the sender.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Walked from state 0. The engine writes only names that have an edge, and `end` only in an accepting state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automaton {
    /// Sets of names that edges refer to.
    pub sets: Vec<Vec<String>>,
    /// The states.
    pub states: Vec<State>,
}

/// One state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Where each set of names leads.
    pub edges: Vec<Edge>,
    /// Whether the code may end here.
    #[serde(default)]
    pub accept: bool,
}

/// A set of names and the state that follows any of them; two numbers on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct Edge {
    /// Number of the set.
    pub set: u32,
    /// Number of the state.
    pub to: u32,
}

/// What is wrong with an automaton.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AutomatonError {
    /// There is nowhere to begin.
    #[error("automaton has no states")]
    Empty,
    /// An edge names a set that is not there.
    #[error("edge of state `{state}` uses missing set: `{set}`")]
    NoSuchSet {
        /// The state.
        state: usize,
        /// The missing set.
        set: u32,
    },
    /// An edge leads to a state that is not there.
    #[error("edge of state `{state}` leads to missing state: `{to}`")]
    NoSuchState {
        /// The state.
        state: usize,
        /// The missing state.
        to: u32,
    },
    /// Two edges of one state carry the same name.
    #[error("state `{state}` has two edges for `{name}`")]
    TwoWays {
        /// The state.
        state: usize,
        /// The name.
        name: String,
    },
}

impl Automaton {
    /// Adds a set of names, or finds the equal one that is there, and gives its number.
    pub fn set<N: Into<String>>(&mut self, names: impl IntoIterator<Item = N>) -> u32 {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let found = self.sets.iter().position(|set| *set == names);
        let at = found.unwrap_or_else(|| {
            self.sets.push(names);
            self.sets.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// Adds a state without edges and gives its number.
    pub fn state(&mut self, accept: bool) -> u32 {
        let edges = Vec::new();
        self.states.push(State { edges, accept });
        u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds an edge; nothing happens if there is no state `from`.
    pub fn edge(&mut self, from: u32, set: u32, to: u32) {
        if let Some(state) = self.states.get_mut(from as usize) {
            state.edges.push(Edge { set, to });
        }
    }

    /// The names of a set; none if there is no such set.
    pub fn names(&self, set: u32) -> &[String] {
        self.sets.get(set as usize).map_or(&[], Vec::as_slice)
    }

    /// The state after `name`, if it is allowed in `state`.
    pub fn step(&self, state: u32, name: &str) -> Option<u32> {
        let edges = &self.states.get(state as usize)?.edges;
        let allows = |edge: &&Edge| self.names(edge.set).iter().any(|n| n == name);
        edges.iter().find(allows).map(|edge| edge.to)
    }

    /// Whether these names lead from the first state to an accepting one.
    pub fn accepts<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> bool {
        let last = names.into_iter().try_fold(0, |state, name| self.step(state, name));
        last.and_then(|state| self.states.get(state as usize)).is_some_and(|state| state.accept)
    }

    /// Whether every number is in range and no name leads two ways.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), AutomatonError> {
        if self.states.is_empty() {
            return Err(AutomatonError::Empty);
        }
        self.states.iter().enumerate().try_for_each(|(number, state)| self.check_state(number, state))
    }

    fn check_state(&self, number: usize, state: &State) -> Result<(), AutomatonError> {
        let mut seen = HashSet::new();
        for edge in &state.edges {
            let Edge { set, to } = *edge;
            if self.sets.len() <= set as usize {
                return Err(AutomatonError::NoSuchSet { state: number, set });
            }
            if self.states.len() <= to as usize {
                return Err(AutomatonError::NoSuchState { state: number, to });
            }
            for name in self.names(set) {
                if !seen.insert(name) {
                    let name = name.clone();
                    return Err(AutomatonError::TwoWays { state: number, name });
                }
            }
        }
        Ok(())
    }
}

impl From<(u32, u32)> for Edge {
    fn from((set, to): (u32, u32)) -> Self {
        Self { set, to }
    }
}

impl From<Edge> for (u32, u32) {
    fn from(Edge { set, to }: Edge) -> Self {
        (set, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn_on_in_a_span() -> Automaton {
        let mut automaton = Automaton::default();
        let states: Vec<u32> = (0..4).map(|n| automaton.state(n == 3)).collect();
        let intents = automaton.set(["HassTurnOn", "HassTurnOff"]);
        let index = automaton.set((0..64).map(|n| n.to_string()));
        automaton.edge(states[0], intents, states[1]);
        automaton.edge(states[1], index, states[2]);
        automaton.edge(states[2], index, states[3]);
        automaton
    }

    #[test]
    fn walks_only_along_its_edges() {
        let automaton = turn_on_in_a_span();
        assert_eq!(automaton.check(), Ok(()));
        assert!(automaton.accepts(["HassTurnOff", "3", "4"]));
        assert!(!automaton.accepts(["HassTurnOff", "3"]));
        assert!(!automaton.accepts(["HassTurnOff", "3", "64"]));
        assert!(!automaton.accepts(["HassTurnOff", "3", "4", "5"]));
    }

    #[test]
    fn equal_sets_are_written_once() {
        let mut automaton = turn_on_in_a_span();
        assert_eq!(automaton.set(["HassTurnOn", "HassTurnOff"]), 0);
        let json = serde_json::to_string(&automaton.states).unwrap();
        assert!(json.starts_with(r#"[{"edges":[[0,1]],"accept":false}"#));
    }

    #[test]
    fn numbers_out_of_range_and_forks_are_found() {
        assert_eq!(Automaton::default().check(), Err(AutomatonError::Empty));
        let mut automaton = turn_on_in_a_span();
        automaton.edge(0, 1, 9);
        let missing = AutomatonError::NoSuchState { state: 0, to: 9 };
        assert_eq!(automaton.check(), Err(missing));
        let mut automaton = turn_on_in_a_span();
        automaton.edge(0, 7, 1);
        let missing = AutomatonError::NoSuchSet { state: 0, set: 7 };
        assert_eq!(automaton.check(), Err(missing));
        let mut automaton = turn_on_in_a_span();
        automaton.edge(1, 1, 1);
        let name = "0".to_owned();
        let fork = AutomatonError::TwoWays { state: 1, name };
        assert_eq!(automaton.check(), Err(fork));
        assert_eq!(automaton.step(99, "0"), None);
    }
}
