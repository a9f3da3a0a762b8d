//! One line of a data set while it is converted.

use house::Slot;
use mind::understand::code::CodeValue;
use mind::understand::prompt::Mark;
use mind::words::Word;
use serde_json::Value;

use super::lexicon::{Lexicon, cut};
use crate::say::Lang;

/// The label, and the words that it is about.
pub(super) struct Line<'a> {
    pub(super) label: &'a Value,
    pub(super) heard: &'a [Word],
    pub(super) marks: &'a [Mark],
    pub(super) lexicon: &'a Lexicon,
    pub(super) lang: Lang,
}

/// Slots with what fills them.
pub(super) type Slots = Vec<(Slot, CodeValue)>;

impl Line<'_> {
    pub(super) fn word(&self, at: usize) -> &str {
        self.heard.get(at).map_or("", |word| word.text.as_str())
    }

    pub(super) fn has(&self, any: &[&str]) -> bool {
        self.heard.iter().any(|word| any.contains(&word.text.as_str()))
    }

    /// The place of a run of words.
    pub(super) fn find(&self, text: &str) -> Option<(usize, usize)> {
        self.find_words(&cut(text))
    }

    pub(super) fn find_words(&self, run: &[String]) -> Option<(usize, usize)> {
        if run.is_empty() || self.heard.len() < run.len() {
            return None;
        }
        let at = (0..=self.heard.len() - run.len())
            .find(|at| run.iter().enumerate().all(|(index, word)| self.word(at + index) == word))?;
        Some((at, at + run.len() - 1))
    }

    pub(super) fn marked(&self, kinds: &[&str]) -> Vec<(usize, usize)> {
        let fits = |mark: &&Mark| mark.kinds.iter().any(|kind| kinds.contains(kind));
        self.marks.iter().filter(fits).map(|mark| (mark.first, mark.last)).collect()
    }
}
