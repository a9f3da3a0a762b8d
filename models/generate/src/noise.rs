//! What microphones, keyboards and hurry do to words.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// A word as it may come out: mostly itself.
pub(crate) fn word(word: &str, rng: &mut StdRng) -> String {
    if let Some((_, others)) = ALIKE.iter().find(|(name, _)| *name == word) {
        return others.choose(rng).map_or_else(|| word.to_owned(), |other| (*other).to_owned());
    }
    let letters: Vec<char> = word.chars().collect();
    let is_plain = letters.iter().all(char::is_ascii_lowercase);
    if !is_plain || letters.len() < 4 || mind::numbers::count_at(&mind::words::words(word), 0).is_some() {
        return word.to_owned();
    }
    let at = rng.random_range(1..letters.len() - 1);
    let mut out = letters;
    match rng.random_range(0..3) {
        0 => out.swap(at, at + 1),
        1 => {
            out.remove(at);
        }
        _ => out.insert(at, out.get(at).copied().unwrap_or('e')),
    }
    out.into_iter().collect()
}

/// A Chinese text with a word misheard.
pub(crate) fn misheard(text: &str, rng: &mut StdRng) -> String {
    for (right, wrong) in MISHEARD {
        if text.contains(right) && rng.random_bool(0.5) {
            return text.replacen(right, wrong, 1);
        }
    }
    text.to_owned()
}

const ALIKE: &[(&str, &[&str])] = &[
    ("light", &["lite", "like", "lights"]),
    ("lights", &["lites", "likes", "light"]),
    ("to", &["too", "two", "do", "the"]),
    ("the", &["da", "de", "te"]),
    ("for", &["four", "fore"]),
    ("dim", &["deem", "din", "them"]),
    ("blinds", &["blind", "blines"]),
    ("color", &["colour", "colors"]),
    ("whether", &["weather"]),
    ("weather", &["whether"]),
    ("off", &["of", "of"]),
    ("tv", &["t v", "telly"]),
];
const MISHEARD: &[(&str, &str)] = &[
    ("灯", "等"), ("关", "官"), ("调", "条"), ("开", "凯"), ("窗帘", "窗连"), ("空调", "空条"), ("度", "肚"), ("把", "吧"), ("的", "得"),
];
