//! How close two names are, by spelling and by sound.

use pinyin::ToPinyin;

use crate::words::{is_han, key};

/// Whether two names sound the same in Mandarin, tones aside. Only for names with Chinese characters.
pub fn sounds_same(left: &str, right: &str) -> bool {
    let has_han = |text: &str| text.chars().any(is_han);
    has_han(left) && has_han(right) && sound(left) == sound(right)
}

/// Whether two names are so close that one may be a slip of the other.
pub fn is_near(left: &str, right: &str) -> bool {
    let (left, right) = (key(left), key(right));
    let is_chinese = left.chars().any(is_han);
    let (left, right) = match is_chinese {
        true => (sound(&left), sound(&right)),
        false => (left.replace(' ', ""), right.replace(' ', "")),
    };
    let shorter = left.chars().count().min(right.chars().count());
    let allowed = match shorter {
        0..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    strsim::damerau_levenshtein(&left, &right) <= allowed
}

fn sound(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        match letter.to_pinyin() {
            Some(pinyin) => out.push_str(pinyin.plain()),
            None => out.extend(letter.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names() {
        assert!(sounds_same("客厅等", "客厅灯"));
        assert!(!sounds_same("kitchen", "kitchen"));
        assert!(is_near("kithcen", "kitchen"));
        assert!(is_near("livingroom", "living room"));
        assert!(!is_near("attic", "kitchen"));
        assert!(!is_near("tv", "tb"));
    }
}
