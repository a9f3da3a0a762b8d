//! A name without what people add to it or leave out.

use crate::texts::words::{each, singular};
use crate::words::key;

/// A name without articles, plural and possessive endings and spaces.
pub(crate) fn bare(name: &str) -> String {
    let key = key(name);
    let mut rest = key.as_str();
    for article in each(|words| words.articles) {
        rest = rest.strip_prefix(article).unwrap_or(rest);
    }
    let words: Vec<&str> = rest
        .split(' ')
        .map(|word| each(|words| words.possessive_ends).fold(word, |word, end| word.trim_end_matches(end)))
        .map(|word| singular(word).filter(|_| 3 < word.len()).unwrap_or(word))
        .collect();
    let joined = words.concat();
    each(|words| words.place_ends)
        .fold(joined.as_str(), |name, tail| match name.strip_suffix(tail) {
            Some(rest) if !rest.is_empty() => rest,
            _ => name,
        })
        .to_owned()
}
