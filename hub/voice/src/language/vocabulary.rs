//! The words that a recogniser's model knows, as its `words.txt` lists them.

use std::collections::HashMap;

/// Words by their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    ids: HashMap<String, i32>,
}

impl Vocabulary {
    /// Reads `words.txt`: a word and its number on each line. Lines of another form are passed over.
    pub(crate) fn read(text: &str) -> Self {
        let line = |line: &str| {
            let (word, id) = line.trim().rsplit_once([' ', '\t'])?;
            Some((word.to_owned(), id.parse().ok()?))
        };
        Self { ids: text.lines().filter_map(line).collect() }
    }

    /// The number of a word that can be said; none of `<eps>`, `#0` and their like.
    pub(crate) fn id(&self, word: &str) -> Option<i32> {
        let is_word = word.starts_with(|letter: char| letter.is_alphanumeric());
        self.ids.get(word).copied().filter(|_| is_word)
    }

    /// Words that can be said, by their numbers.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&str, i32)> {
        let can_be_said = |(word, _): &(&String, &i32)| self.id(word).is_some();
        self.ids.iter().filter(can_be_said).map(|(word, id)| (word.as_str(), *id))
    }

    /// The first number that no word has.
    pub(crate) fn free(&self) -> i32 {
        self.ids.values().max().map_or(1, |last| last + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_can_be_said() {
        let vocabulary = Vocabulary::read("<eps> 0\nlamp 1\n#0 3\n[unk] 2\nrubbish\n");
        assert_eq!((vocabulary.id("lamp"), vocabulary.id("#0"), vocabulary.id("[unk]")), (Some(1), None, None));
        assert_eq!(vocabulary.free(), 4);
    }
}
