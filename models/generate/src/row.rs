//! A finished row: the model's input and the code it should write.

use mind::understand::before::Before;
use mind::understand::code::{self, CodeIntent};
use mind::understand::prompt::{Mark, Piece, pieces};
use mind::words::Word;
use serde::{Deserialize, Serialize};

/// One training example.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// `en` or `zh`.
    pub(crate) lang: String,
    /// The input's pieces without the leading and trailing specials.
    pub(crate) prompt: Vec<String>,
    /// Names of the special tokens that show what went before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<String>,
    /// The code's tokens without the end.
    pub(crate) code: Option<Vec<String>>,
    /// How much it counts.
    pub(crate) weight: f64,
    /// `gen` or `human`.
    pub(crate) source: String,
}

/// Puts a row together; `None` if the code is not well-formed.
pub(crate) fn row(
    lang: &str,
    words: &[Word],
    marks: &[Mark],
    intents: Option<&[CodeIntent]>,
    source: &str,
) -> Option<Row> {
    if words.is_empty() || mind::words::MAX_WORDS < words.len() {
        return None;
    }
    let code = match intents {
        None => None,
        Some(intents) => {
            let tokens = code::print(intents);
            code::parse(&tokens, words.len()).ok()?;
            Some(tokens.iter().map(|token| written(token)).collect())
        }
    };
    Some(Row {
        lang: lang.to_owned(),
        prompt: prompt(words, marks),
        before: Vec::new(),
        code,
        weight: 1.0,
        source: source.to_owned(),
    })
}

/// The input's pieces as text.
fn prompt(words: &[Word], marks: &[Mark]) -> Vec<String> {
    let all = pieces(words, marks, &Before::default());
    let inner = all.get(1..all.len().saturating_sub(1)).unwrap_or_default();
    inner
        .iter()
        .map(|piece| match piece {
            Piece::Special(name) => format!("<|{name}|>"),
            Piece::Text(text) => text.clone(),
        })
        .collect()
}

fn written(token: &str) -> String {
    match token.chars().all(|letter| letter.is_ascii_digit()) {
        true => format!("@{token}"),
        false => token.to_owned(),
    }
}

/// The first and the last word of a byte range; `None` if it has none or cuts one.
pub(crate) fn range(heard: &[Word], start: usize, end: usize) -> Option<(usize, usize)> {
    let inside = |word: &Word| start <= word.start && word.end <= end;
    if heard.iter().any(|word| !inside(word) && start < word.end && word.start < end) {
        return None;
    }
    let first = heard.iter().position(inside)?;
    let last = heard.iter().rposition(inside)?;
    Some((first, last))
}
