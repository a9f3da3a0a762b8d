//! Chinese, simplified.

mod numerals;
mod times;
mod wording;
mod words;

use super::Language;
use crate::words::is_han;

pub(super) static LANGUAGE: Language =
    Language::new("zh", include_str!("replies.ftl"), &wording::Chinese, &words::WORDS, is_han);
