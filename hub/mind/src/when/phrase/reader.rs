//! Where the reading stands, and how it goes on by a phrase.

use house::Lang;

use crate::numbers::{Length, lengths};
use crate::texts;
use crate::texts::times::Times;
use crate::texts::words::each;
use crate::words::{Word, phrase_at};

use super::Phrase;

/// The words of a time, read from the left.
pub(super) struct Reader<'a> {
    pub(super) words: &'a [Word],
    pub(super) lengths: Vec<Length>,
    /// The word that is next.
    pub(super) at: usize,
    /// What was read.
    pub(super) said: Phrase,
    /// Minutes before (less than zero) or after what follows.
    pub(super) offset: Option<i32>,
    /// Whether two words contradict each other.
    pub(super) is_broken: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(words: &'a [Word]) -> Self {
        Self { lengths: lengths(words), words, at: 0, said: Phrase::default(), offset: None, is_broken: false }
    }

    /// What all of the words say, if that is a time.
    pub(super) fn ended(self) -> Option<Phrase> {
        let mut said = self.said;
        if let (Some((_, minutes)), Some(offset)) = (&mut said.sun, self.offset) {
            *minutes = offset;
            said.length_s = None;
        } else if self.offset.is_some_and(|offset| offset < 0) {
            // "Ten minutes before" what?
            return None;
        }
        let is_empty = said == Phrase { is_until: said.is_until, is_this: said.is_this, ..Phrase::default() };
        (!is_empty).then_some(said)
    }

    /// The text of a word; empty behind the last.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// Takes a phrase of a table, if one stands here.
    pub(super) fn any(&mut self, table: fn(&'static Times) -> &'static [&'static str]) -> bool {
        match each(|words| table(words.when)).find_map(|phrase| phrase_at(self.words, self.at, phrase)) {
            Some(next) => {
                self.at = next;
                true
            }
            None => false,
        }
    }

    /// The same, and what stands behind it in the table.
    pub(super) fn one<T: Copy>(&mut self, table: fn(&'static Times) -> &'static [(&'static str, T)]) -> Option<T> {
        let (next, value) = each(|words| table(words.when))
            .find_map(|(phrase, value)| Some((phrase_at(self.words, self.at, phrase)?, *value)))?;
        self.at = next;
        Some(value)
    }

    /// Whether a phrase of a table stands here.
    pub(super) fn stands<T>(&self, table: fn(&'static Times) -> &'static [(&'static str, T)]) -> bool {
        each(|words| table(words.when)).any(|(phrase, _)| phrase_at(self.words, self.at, phrase).is_some())
    }

    /// Whether a word is in a table.
    pub(super) fn is_one_of(&self, at: usize, table: fn(&'static Times) -> &'static [&'static str]) -> bool {
        each(|words| table(words.when)).any(|own| *own == self.word(at))
    }

    /// A count as the clock face has it.
    pub(super) fn clock_count(&self, at: usize) -> Option<(i32, usize)> {
        Lang::ALL.iter().find_map(|lang| (texts::of(*lang).words().numerals.clock_count)(self.words, at))
    }

    /// Goes back, because what began here is not what it seemed.
    pub(super) fn back_to(&mut self, at: usize) -> bool {
        self.at = at;
        false
    }
}
