//! Which language a text is in.

use house::{House, Lang};

use crate::texts;

/// The language of a text by its script: the first with letters of its own that has one in it, else the first of all.
///
/// Languages that share a script are told apart only by who says which they speak.
///
/// ```
/// use house::Lang;
///
/// assert_eq!(mind::language::guess("turn on the lamp"), Lang::En);
/// assert_eq!(mind::language::guess("打开台灯"), Lang::Zh);
/// ```
pub fn guess(text: &str) -> Lang {
    let is_in = |lang: &&Lang| text.chars().any(texts::of(**lang).is_own_letter());
    Lang::ALL.iter().find(is_in).copied().unwrap_or_default()
}

/// The language of the rooms, for what nobody asked.
pub fn of_house(house: &House) -> Lang {
    let rooms: String = house.areas.values().map(|area| area.name.as_str()).collect();
    guess(&rooms)
}
