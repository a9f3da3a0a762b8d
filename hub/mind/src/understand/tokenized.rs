//! An utterance cut into words, with the names of this house, the numbers and the lengths of time among them.

use crate::numbers::{Length, Number, lengths, numbers};
use crate::understand::prompt::{Mark, Names};
use crate::words::{MAX_WORDS, Word, words};

/// An utterance made ready for the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokenized {
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

/// Cuts and marks an utterance. `None` if it has no words or more than the model can point at.
pub fn tokenize(text: &str, names: &Names) -> Option<Tokenized> {
    let words = words(text);
    if words.is_empty() || MAX_WORDS < words.len() {
        return None;
    }
    let (marks, numbers, lengths) = (names.find(&words), numbers(&words), lengths(&words));
    Some(Tokenized { text: text.to_owned(), words, marks, numbers, lengths })
}

/// The words of a span as they were said.
pub fn said(tokenized: &Tokenized, first: usize, last: usize) -> String {
    let start = tokenized.words.get(first).map_or(0, |word| word.start);
    let end = tokenized.words.get(last).map_or(start, |word| word.end);
    tokenized.text.get(start..end).unwrap_or_default().to_owned()
}
