//! Words of a language that say places, colours and cities, from the templates.

use anyhow::Result;
use mind::words::words;

use crate::books::book;
use crate::say::Lang;
use crate::template::Node;

/// Words of a language that say places, colours and cities.
pub(super) struct Lexicon {
    pub(super) rooms: Vec<Vec<String>>,
    pub(super) colors: Vec<Vec<String>>,
    pub(super) cities: Vec<Vec<String>>,
}

impl Lexicon {
    pub(super) fn new(lang: Lang) -> Result<Self> {
        let book = book(lang)?;
        let list = |name: &str| -> Vec<Vec<String>> {
            let texts = book.macros.get(name).into_iter().flatten().filter_map(|nodes| match nodes.as_slice() {
                [Node::Text(text)] => Some(text.clone()),
                _ => None,
            });
            let mut out: Vec<Vec<String>> =
                texts.map(|text| cut(&text.replace('_', " "))).filter(|words| !words.is_empty()).collect();
            out.sort_by_key(|words| std::cmp::Reverse(words.len()));
            out
        };
        let mut colors = list("color");
        colors.extend(list("tint"));
        colors.sort_by_key(|words| std::cmp::Reverse(words.len()));
        Ok(Self { rooms: list("rooms"), colors, cities: list("city") })
    }
}

pub(super) fn cut(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.text).collect()
}
