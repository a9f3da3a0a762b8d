//! Chinese, simplified.

mod numerals;
mod times;
mod wording;
mod words;

use super::Language;

pub(super) static LANGUAGE: Language =
    Language::new("zh", include_str!("replies.ftl"), &wording::Chinese, &words::WORDS);
