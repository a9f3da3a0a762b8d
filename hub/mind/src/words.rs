//! Cutting an utterance into words, the same way for people's words, for names and for training.
//!
//! A word is a run of letters, a number, one Chinese character, or one sign. Case, width, script
//! variant (traditional or simplified) and punctuation are folded away; the original text stays
//! reachable by byte range.

use unicode_normalization::UnicodeNormalization;

/// The most words an utterance may have; there are as many index tokens.
pub const MAX_WORDS: usize = 64;

/// One word of an utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The folded text.
    pub text: String,
    /// Where it begins in the original, in bytes.
    pub start: usize,
    /// Where it ends in the original, in bytes.
    pub end: usize,
}

impl Word {
    /// Whether it is one Chinese character.
    pub fn is_han(&self) -> bool {
        self.text.chars().next().is_some_and(is_han)
    }

    /// The word as the model's tokeniser takes it: Chinese characters bare, all else with a space before.
    pub fn piece(&self) -> String {
        match self.is_han() {
            true => self.text.clone(),
            false => format!(" {}", self.text),
        }
    }
}

/// Cuts a text into words. Never fails; an empty text has none.
pub fn words(text: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut last = Class::Space;
    let folded = fold(text);
    for (index, &(letter, start, end)) in folded.iter().enumerate() {
        let next = folded.get(index + 1).map(|&(next, _, _)| next);
        let class = classify(letter, last, next);
        let joins = class == last && matches!(class, Class::Letter | Class::Digit);
        match out.last_mut() {
            Some(word) if joins => {
                word.text.push(letter);
                word.end = end;
            }
            _ if matches!(class, Class::Space | Class::Punctuation) => {}
            _ => out.push(Word { text: letter.to_string(), start, end }),
        }
        last = class;
    }
    out
}

/// The words of a name joined by single spaces: two names with the same key are the same name.
pub fn key(name: &str) -> String {
    words(name).iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The text of a word; none behind the last.
pub(crate) fn text(words: &[Word], at: usize) -> Option<&str> {
    words.get(at).map(|word| word.text.as_str())
}

/// The place behind a phrase, if it stands here. Its words are parted by blanks, Chinese characters by nothing.
pub(crate) fn phrase_at(words: &[Word], at: usize, phrase: &str) -> Option<usize> {
    let (mut at, mut rest) = (at, phrase);
    while !rest.is_empty() {
        let word = words.get(at)?;
        let after = rest.strip_prefix(word.text.as_str())?;
        if !after.is_empty() && !after.starts_with(' ') && !word.is_han() {
            return None;
        }
        (at, rest) = (at + 1, after.trim_start());
    }
    Some(at)
}

/// Whether a character is a Chinese one.
pub fn is_han(letter: char) -> bool {
    matches!(
        letter,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}'
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Punctuation,
    Letter,
    Digit,
    Han,
    Sign,
}

/// Folded characters with the byte range each came from.
fn fold(text: &str) -> Vec<(char, usize, usize)> {
    let mut out = Vec::with_capacity(text.len());
    for (start, letter) in text.char_indices() {
        let end = start + letter.len_utf8();
        let simple = match is_han(letter) {
            true => fast2s::convert(&letter.to_string()),
            false => letter.to_string(),
        };
        for part in simple.nfkc().flat_map(char::to_lowercase) {
            let part = if matches!(part, '\u{2019}' | '\u{2018}' | '\u{2bc}' | '`') { '\'' } else { part };
            out.push((part, start, end));
        }
    }
    out
}

fn classify(letter: char, last: Class, next: Option<char>) -> Class {
    let next_is_digit = next.is_some_and(|next| next.is_ascii_digit());
    let next_is_letter = next.is_some_and(|next| next.is_alphabetic() && !is_han(next));
    match letter {
        _ if is_han(letter) => Class::Han,
        _ if letter.is_whitespace() || letter.is_control() => Class::Space,
        _ if letter.is_ascii_digit() => Class::Digit,
        '.' | ':' if last == Class::Digit && next_is_digit => Class::Digit,
        '\'' if last == Class::Letter && next_is_letter => Class::Letter,
        _ if letter.is_alphabetic() || is_mark(letter) => Class::Letter,
        '%' | '°' | '&' | '+' | '#' | '/' | '@' | '$' | '€' | '£' => Class::Sign,
        '-' | '−' if next_is_digit && last == Class::Space => Class::Sign,
        _ => Class::Punctuation,
    }
}

/// Combining marks belong to the letter before them.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        assert_eq!(key(text), want);
    }

    #[test]
    fn cuts_both_languages() {
        check("Turn ON the Kitchen lights, please!", "turn on the kitchen lights please");
        check("把客廳的燈調到50%", "把 客 厅 的 灯 调 到 50 %");
        check("set it to 20.5° at 7:30pm", "set it to 20.5 ° at 7:30 pm");
        check("Josh’s office -20", "josh's office - 20");
        check("ＰＭ２．５", "pm 2.5");
        check("co2 tv4", "co 2 tv 4");
        check("", "");
    }

    #[test]
    fn ranges_point_into_the_original() {
        let text = "開 the Lámp";
        let cut: Vec<&str> = words(text).iter().map(|word| &text[word.start..word.end]).collect();
        assert_eq!(cut, ["開", "the", "Lámp"]);
    }
}
