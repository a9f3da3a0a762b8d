//! Words to intents: what the model is asked, and what its answer means.
//!
//! Knows the words in use in this house; knows nothing of live states or of how a model is run.

use house::{Intent, IntentKind, Slot, SlotKind, SlotValue};

use crate::code::{self, CodeError, CodeIntent, CodeValue};
use crate::numbers::{Length, Number, Unit, lengths, numbers};
use crate::prompt::{Mark, Names, Piece, pieces};
use crate::words::{MAX_WORDS, Word, words};

/// An utterance made ready for the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The utterance as it was said.
    pub text: String,
    /// Its words.
    pub words: Vec<Word>,
    /// Names of this house among them.
    pub marks: Vec<Mark>,
    /// Numbers among them.
    pub numbers: Vec<Number>,
    /// Lengths of time among them.
    pub lengths: Vec<Length>,
}

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

/// Cuts and marks an utterance. `None` if it has no words or more than the model can point at.
pub fn hear(text: &str, names: &Names) -> Option<Heard> {
    let words = words(text);
    if words.is_empty() || MAX_WORDS < words.len() {
        return None;
    }
    let (marks, numbers, lengths) = (names.find(&words), numbers(&words), lengths(&words));
    Some(Heard { text: text.to_owned(), words, marks, numbers, lengths })
}

/// The model's input for an utterance, and what it may point at.
pub fn ask(heard: &Heard) -> Ask {
    let index = |at: usize| at.to_string();
    Ask {
        pieces: pieces(&heard.words, &heard.marks),
        word_starts: (0..heard.words.len()).map(index).collect(),
        number_starts: heard.numbers.iter().map(|number| index(number.first)).collect(),
        length_starts: heard.lengths.iter().map(|length| index(length.first)).collect(),
    }
}

/// Reads the model's answer. Anything that is not a well-formed code for this utterance is an error.
pub fn read(tokens: &[String], heard: &Heard) -> Result<Vec<Intent>, CodeError> {
    let code = code::parse(tokens, heard.words.len())?;
    let mut intents: Vec<Intent> = Vec::new();
    for intent in code.iter().map(|intent| intent_of(intent, heard)) {
        // The same request twice in one breath is one request.
        if intents.last() != Some(&intent) {
            intents.push(intent);
        }
    }
    Ok(intents)
}

/// The words of a span as they were said.
pub fn said(heard: &Heard, first: usize, last: usize) -> String {
    let start = heard.words.get(first).map_or(0, |word| word.start);
    let end = heard.words.get(last).map_or(start, |word| word.end);
    heard.text.get(start..end).unwrap_or_default().to_owned()
}

fn intent_of(code: &CodeIntent, heard: &Heard) -> Intent {
    let mut intent = Intent::new(code.kind);
    for (slot, value) in &code.slots {
        if let Some(value) = value_of(*slot, *value, heard) {
            intent.slots.push((*slot, value));
        }
    }
    complete(intent, heard)
}

fn value_of(slot: Slot, value: CodeValue, heard: &Heard) -> Option<SlotValue> {
    match value {
        CodeValue::Label(label) => Some(SlotValue::Label(label)),
        CodeValue::Span(first, last) => Some(SlotValue::Text(said(heard, first, last))),
        CodeValue::At(at) => match slot.kind() {
            SlotKind::Duration => length_value(at, heard),
            SlotKind::Number | SlotKind::Words | SlotKind::Label(_) => number_value(slot, at, heard),
        },
    }
}

fn length_value(at: usize, heard: &Heard) -> Option<SlotValue> {
    let length = heard.lengths.iter().find(|length| length.first <= at && at <= length.last)?;
    Some(spoken_length(length))
}

fn number_value(slot: Slot, at: usize, heard: &Heard) -> Option<SlotValue> {
    let number = heard.numbers.iter().find(|number| number.first <= at && at <= number.last)?;
    let is_heat = slot == Slot::Temperature;
    Some(SlotValue::Number(match number.unit {
        Unit::Fahrenheit if is_heat => ((number.value - 32.0) / 1.8 * 2.0).round() / 2.0,
        Unit::None | Unit::Percent | Unit::Degree | Unit::Celsius | Unit::Fahrenheit | Unit::Kelvin => number.value,
    }))
}

/// Fills what the words say beyond doubt and the code left out.
fn complete(mut intent: Intent, heard: &Heard) -> Intent {
    let only_length = match heard.lengths.as_slice() {
        [length] => Some(spoken_length(length)),
        _ => None,
    };
    let wants_length = matches!(intent.kind, IntentKind::StartTimer) && !intent.has(Slot::Duration);
    if let (true, Some(length)) = (wants_length, only_length) {
        intent.slots.push((Slot::Duration, length));
    }
    intent
}

fn spoken_length(length: &Length) -> SlotValue {
    SlotValue::Length { hours: length.hours, minutes: length.minutes, seconds: length.seconds }
}
