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

/// How much of a name is in a text, 0–1: by the run of words that is closest to it in spelling or sound; with that run.
pub fn likeness(name: &str, text: &str) -> (f64, String) {
    let (name, text) = (key(name), key(text));
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let count = name.split(' ').count();
    let wanted = sound(&name);
    let lengths = count.saturating_sub(1).max(1)..=count + 1;
    let runs = lengths.flat_map(|length| words.windows(length)).map(spoken);
    let scored = runs.map(|run| (strsim::normalized_damerau_levenshtein(&sound(&run), &wanted), run));
    scored.max_by(|(one, _), (other, _)| one.total_cmp(other)).unwrap_or_default()
}

/// Words as they are written: Chinese without gaps.
fn spoken(words: &[&str]) -> String {
    let is_chinese = |word: &str| word.chars().any(is_han);
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        let has_gap = 0 < index && !is_chinese(word) && !words.get(index - 1).is_some_and(|before| is_chinese(before));
        out.push_str(if has_gap { " " } else { "" });
        out.push_str(word);
    }
    out
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

    #[test]
    fn a_name_is_found_among_words() {
        let (near, run) = likeness("Desk Lamp", "please turn the dess lamp on");
        assert!(0.8 < near && run == "dess lamp", "{near} {run}");
        let (near, run) = likeness("客厅灯", "打开客厅等吧");
        assert!(0.9 < near && run == "客厅等", "{near} {run}");
        assert!(likeness("Garage Door", "please turn the dess lamp on").0 < 0.5);
        assert_eq!(likeness("Lamp", "").0, 0.0);
    }
}
