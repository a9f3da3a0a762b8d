//! The demonstration house that ships with Hearth, in English and in Chinese.

use house::House;

use crate::house_file::{FileError, house};

/// The house file in English.
pub const DEMO_EN: &str = include_str!("../../tests/houses/demo.en.json");
/// The house file in Chinese, with the same entity ids.
pub const DEMO_ZH: &str = include_str!("../../tests/houses/demo.zh.json");

/// The demonstration house; Chinese for languages that begin with `zh`, English for all others.
///
/// # Errors
/// Only if the house file in the program is damaged, which a test rules out.
pub fn demo_house(lang: &str) -> Result<House, FileError> {
    house(if lang.starts_with("zh") { DEMO_ZH } else { DEMO_EN })
}
