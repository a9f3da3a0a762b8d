//! English.

mod wording;

use super::Language;

pub(super) static LANGUAGE: Language = Language::new("en", include_str!("replies.ftl"), &wording::English);
