//! Chinese, simplified.

mod wording;

use super::Language;

pub(super) static LANGUAGE: Language = Language::new("zh", include_str!("replies.ftl"), &wording::Chinese);
