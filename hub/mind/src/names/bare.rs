//! A name without what people add to it or leave out.

use crate::texts::words::each;
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
        .map(|word| word.trim_end_matches("'s").trim_end_matches('\''))
        .map(|word| match 3 < word.len() && !word.ends_with("ss") {
            true => word.strip_suffix('s').unwrap_or(word),
            false => word,
        })
        .collect();
    let joined = words.concat();
    each(|words| words.place_ends)
        .fold(joined.as_str(), |name, tail| match name.strip_suffix(tail) {
            Some(rest) if !rest.is_empty() => rest,
            _ => name,
        })
        .to_owned()
}
