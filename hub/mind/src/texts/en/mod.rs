//! English.

mod numerals;
mod times;
mod wording;
mod words;

use super::Language;

pub(super) static LANGUAGE: Language =
    Language::new("en", include_str!("replies.ftl"), &wording::English, &words::WORDS, |_| false);
