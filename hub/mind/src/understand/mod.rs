//! Words to intents: what the model is asked, and what its answer means.
//!
//! Knows the words in use in this house; knows nothing of live states or of how a model is run.

pub mod before;
pub mod checks;
pub mod code;
mod complete;
pub mod examples;
pub mod hub_turn;
pub mod in_domain;
pub mod prompt;
pub mod reflex;
pub mod slot_filling;
mod time_spans;
pub mod tokenized;

use house::{Intent, IntentKind, Slot, SlotKind, SlotValue};

use crate::numbers::{Number, Unit};

use before::Before;
use code::{CodeError, CodeIntent, CodeValue};
use complete::{complete, spoken_length};
use prompt::{Piece, pieces};
use time_spans::whole_times;
use tokenized::{Tokenized, said};

/// What the model is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its input.
    pub pieces: Vec<Piece>,
    /// Index tokens that may stand in word slots.
    pub word_starts: Vec<String>,
    /// Index tokens that may stand in number slots.
    pub number_starts: Vec<String>,
    /// Index tokens that may stand in duration slots.
    pub length_starts: Vec<String>,
}

/// The model's input for an utterance after what went before, and what it may point at.
pub fn ask(tokenized: &Tokenized, before: &Before) -> Ask {
    let index = |at: usize| at.to_string();
    Ask {
        pieces: pieces(&tokenized.words, &tokenized.marks, before),
        word_starts: (0..tokenized.words.len()).map(index).collect(),
        number_starts: tokenized.numbers.iter().map(|number| index(number.first)).collect(),
        length_starts: tokenized
            .lengths
            .iter()
            .map(|length| length.first)
            .chain(bare_numbers(tokenized).map(|number| number.first))
            .map(index)
            .collect(),
    }
}

/// Reads the model's answer. Anything that is not a well-formed code for this utterance is an error.
pub fn read(tokens: &[String], tokenized: &Tokenized) -> Result<Vec<Intent>, CodeError> {
    let mut code = code::parse(tokens, tokenized.words.len())?;
    whole_times(&mut code, tokenized);
    Ok(joined(code.iter().map(|intent| intent_of(intent, tokenized))))
}

/// Requests of one sentence as they are meant: the same twice is once, and opening a player's app to play
/// something is playing it.
pub fn joined(intents: impl IntoIterator<Item = Intent>) -> Vec<Intent> {
    let mut out: Vec<Intent> = Vec::new();
    for intent in intents {
        let is_playing = |one: &Intent| one.kind == IntentKind::MediaSearchAndPlay;
        match out.last_mut() {
            Some(last) if *last == intent => {}
            Some(last) if is_playing(last) && is_playing(&intent) => {
                if intent.has(Slot::SearchQuery) {
                    *last = intent;
                }
            }
            Some(_) | None => out.push(intent),
        }
    }
    out
}

fn intent_of(code: &CodeIntent, tokenized: &Tokenized) -> Intent {
    let mut intent = Intent::new(code.kind);
    for (slot, value) in &code.slots {
        let slot = by_unit(code.kind, *slot, *value, tokenized);
        if let Some(value) = value_of(slot, *value, tokenized) {
            intent.slots.push((slot, value));
        }
    }
    complete(intent, tokenized)
}

fn value_of(slot: Slot, value: CodeValue, tokenized: &Tokenized) -> Option<SlotValue> {
    match value {
        CodeValue::Label(label) => Some(SlotValue::Label(label)),
        CodeValue::Span(first, last) => Some(SlotValue::Text(said(tokenized, first, last))),
        CodeValue::At(at) => match slot.kind() {
            SlotKind::Duration => length_value(at, tokenized),
            SlotKind::Number | SlotKind::Words | SlotKind::Label(_) => number_value(slot, at, tokenized),
        },
    }
}

/// A lamp's number of kelvin is how warm its white is, whatever slot it was put in: nothing is that bright.
fn by_unit(kind: IntentKind, slot: Slot, value: CodeValue, tokenized: &Tokenized) -> Slot {
    let is_kelvin =
        |number: &Number| number.unit == Unit::Kelvin || (number.unit == Unit::None && LEAST_KELVIN <= number.value);
    match (kind, slot, value) {
        (IntentKind::LightSet, Slot::Brightness, CodeValue::At(at))
            if number_at(at, tokenized).is_some_and(is_kelvin) =>
        {
            Slot::Temperature
        }
        _ => slot,
    }
}

fn number_at(at: usize, tokenized: &Tokenized) -> Option<&Number> {
    tokenized.numbers.iter().find(|number| number.first <= at && at <= number.last)
}

fn length_value(at: usize, tokenized: &Tokenized) -> Option<SlotValue> {
    let length = tokenized.lengths.iter().find(|length| length.first <= at && at <= length.last);
    length.map(spoken_length).or_else(|| {
        let number = bare_numbers(tokenized).find(|number| number.first <= at && at <= number.last)?;
        let seconds = (number.value * 60.0).round() as u64;
        Some(SlotValue::Length { hours: seconds / 3600, minutes: seconds / 60 % 60, seconds: seconds % 60 })
    })
}

/// Numbers that are minutes where a length of time is meant: "add five".
pub fn bare_numbers(tokenized: &Tokenized) -> impl Iterator<Item = &Number> {
    let is_in_length = |number: &Number| {
        tokenized.lengths.iter().any(|length| length.first <= number.last && number.first <= length.last)
    };
    tokenized.numbers.iter().filter(move |number| {
        number.unit == Unit::None && (0.0..=MOST_MINUTES).contains(&number.value) && !is_in_length(number)
    })
}

/// Lamps begin near here; no share of anything is as much.
const LEAST_KELVIN: f64 = 1000.0;
/// More minutes than a day has are said otherwise.
const MOST_MINUTES: f64 = 1440.0;

fn number_value(slot: Slot, at: usize, tokenized: &Tokenized) -> Option<SlotValue> {
    let number = number_at(at, tokenized)?;
    let is_heat = slot == Slot::Temperature;
    Some(SlotValue::Number(match number.unit {
        Unit::Fahrenheit if is_heat => ((number.value - 32.0) / 1.8 * 2.0).round() / 2.0,
        Unit::None | Unit::Percent | Unit::Degree | Unit::Celsius | Unit::Fahrenheit | Unit::Kelvin => number.value,
    }))
}
