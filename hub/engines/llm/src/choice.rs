//! Chooses the next token among those that the automaton allows.

use crate::failure::Failure;
use engine_protocol::{Automaton, FailKind, State};
use llama_cpp_2::token::LlamaToken;
use std::collections::HashMap;

/// An automaton whose names have been looked up.
pub(crate) struct Allowed<'a> {
    states: &'a [State],
    sets: Vec<Vec<(&'a str, LlamaToken)>>,
    /// Whether the end can be reached from each state; the others are not entered.
    alive: Vec<bool>,
    end: LlamaToken,
}

/// What may follow: a name and its state, or the end.
#[derive(Clone, Copy)]
pub(crate) enum Next<'a> {
    Name { name: &'a str, state: u32 },
    End,
}

/// The likeliest of what may follow.
pub(crate) struct Choice<'a> {
    pub(crate) token: LlamaToken,
    pub(crate) next: Next<'a>,
    pub(crate) prob: f32,
    pub(crate) free_prob: f32,
}

impl<'a> Allowed<'a> {
    pub(crate) fn new(automaton: &'a Automaton, names: &HashMap<String, LlamaToken>) -> Result<Self, Failure> {
        automaton.check().map_err(|error| Failure::internal(error.to_string()))?;
        let sets = automaton.sets.iter();
        let sets = sets.map(|set| set.iter().map(|name| look_up(names, name)).collect());
        Ok(Self {
            states: &automaton.states,
            alive: alive(automaton),
            sets: sets.collect::<Result<_, _>>()?,
            end: look_up(names, "end")?.1,
        })
    }

    /// The likeliest token that may follow in `state`, given the logits of the whole vocabulary.
    pub(crate) fn choose(&self, state: u32, logits: &[f32]) -> Result<Choice<'a>, Failure> {
        let logit = |token: LlamaToken| {
            let index = usize::try_from(token.0).unwrap_or(usize::MAX);
            logits.get(index).copied().unwrap_or(f32::NEG_INFINITY)
        };
        let best = self.after(state).max_by(|(a, _), (b, _)| logit(*a).total_cmp(&logit(*b)));
        let Some((token, next)) = best else {
            let message = format!("nothing may follow in state `{state}`");
            return Err(Failure::new(FailKind::DeadEnd, message));
        };
        let chosen = logit(token);
        if !chosen.is_finite() {
            return Err(Failure::internal(format!("logit is `{chosen}`")));
        }
        Ok(Choice {
            token,
            next,
            prob: probability(chosen, self.after(state).map(|(token, _)| logit(token))),
            free_prob: probability(chosen, logits.iter().copied()),
        })
    }

    fn after(&self, state: u32) -> impl Iterator<Item = (LlamaToken, Next<'a>)> + '_ {
        let state = self.states.get(state as usize);
        let edges = state.map_or(&[][..], |state| &state.edges);
        let end = state.filter(|state| state.accept).map(|_| (self.end, Next::End));
        let open = edges.iter().filter(|edge| is_alive(&self.alive, edge.to));
        let named = open.flat_map(|edge| {
            let set = self.sets.get(edge.set as usize).map_or(&[][..], Vec::as_slice);
            let to = edge.to;
            set.iter().map(move |&(name, token)| (token, Next::Name { name, state: to }))
        });
        named.chain(end)
    }
}

/// Sets may be empty, such as that of the numbers where none was said, so a state may lead nowhere.
fn alive(automaton: &Automaton) -> Vec<bool> {
    let mut alive: Vec<bool> = automaton.states.iter().map(|state| state.accept).collect();
    let mut has_grown = true;
    while has_grown {
        has_grown = false;
        // Ways usually lead to later states, so most is known after one pass from the back.
        for (number, state) in automaton.states.iter().enumerate().rev() {
            let mut edges = state.edges.iter();
            let leads_on = edges.any(|edge| !automaton.names(edge.set).is_empty() && is_alive(&alive, edge.to));
            if let Some(known) = alive.get_mut(number).filter(|known| leads_on && !**known) {
                *known = true;
                has_grown = true;
            }
        }
    }
    alive
}

fn is_alive(alive: &[bool], state: u32) -> bool {
    alive.get(state as usize).copied().unwrap_or(false)
}

fn look_up<'a>(names: &HashMap<String, LlamaToken>, name: &'a str) -> Result<(&'a str, LlamaToken), Failure> {
    let token = names.get(name).copied();
    token.map(|token| (name, token)).ok_or_else(|| Failure::internal(format!("model has no token `<|{name}|>`")))
}

/// Softmax of `chosen` among `all`, which contains it.
fn probability(chosen: f32, all: impl Iterator<Item = f32>) -> f32 {
    let sum: f32 = all.map(|logit| (logit - chosen).exp()).sum();
    sum.recip()
}
