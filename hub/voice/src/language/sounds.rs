//! Words that sound like one the recogniser does not know, so that a name with it can be heard all the same.
//!
//! Sounds are phonemes as espeak-ng writes them. Knows no names and runs no program.

use std::collections::BTreeMap;

/// How the words that a recogniser knows sound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sounds {
    words: Vec<(String, Vec<String>)>,
}

/// The best so far up to some phoneme: what it cost, and the last word with where it begins.
#[derive(Clone, Copy)]
struct Best {
    cost: f32,
    last: Option<(usize, usize)>,
}

impl Sounds {
    /// Reads a model's `sounds.txt`: a word and its phonemes on each line. Lines of another form are passed over.
    pub(crate) fn read(text: &str) -> Self {
        let line = |line: &str| {
            let (word, sound) = line.trim().split_once(' ')?;
            let sound = phonemes(sound);
            (!sound.is_empty() && !is_letter(word)).then(|| (word.to_owned(), sound))
        };
        Self { words: text.lines().filter_map(line).collect() }
    }

    /// The known words that together sound most like these phonemes; none if nothing comes near.
    pub(crate) fn like(&self, sound: &[String]) -> Option<Vec<String>> {
        if sound.is_empty() || MAX_PHONEMES < sound.len() {
            return None;
        }
        let nothing = Best { cost: f32::INFINITY, last: None };
        let mut best = vec![nothing; sound.len() + 1];
        if let Some(first) = best.first_mut() {
            first.cost = 0.0;
        }
        for from in 0..sound.len() {
            let Some(before) = best.get(from).map(|best| best.cost).filter(|cost| cost.is_finite()) else { continue };
            let rest = sound.get(from..).unwrap_or_default();
            for (at, (_, word)) in self.words.iter().enumerate() {
                for (length, cost) in costs(word, rest).into_iter().enumerate().skip(1) {
                    let cost = before + cost + WORD_COST;
                    if let Some(to) = best.get_mut(from + length).filter(|to| cost < to.cost) {
                        *to = Best { cost, last: Some((at, from)) };
                    }
                }
            }
        }
        let whole = best.last()?.cost - WORD_COST;
        if MAX_COST * (sound.len() as f32) < whole {
            return None;
        }
        let mut words = Vec::new();
        let mut end = sound.len();
        while let Some((at, from)) = best.get(end).and_then(|best| best.last) {
            words.extend(self.words.get(at).map(|(word, _)| word.clone()));
            end = from;
        }
        words.reverse();
        Some(words)
    }
}

/// Phonemes as espeak-ng separates them, without stress and what else is not heard as another sound.
pub(crate) fn phonemes(said: &str) -> Vec<String> {
    let bare = |phoneme: &str| phoneme.replace(['\'', ',', '%', '=', '#', '-', ';', '|', '2', '!'], "");
    said.split(['_', ' ']).map(bare).filter(|phoneme| !phoneme.is_empty()).collect()
}

/// What it costs to hear a word where each beginning of `sound` was said, from none of it on.
fn costs(word: &[String], sound: &[String]) -> Vec<f32> {
    // More than half as long again is never the nearest.
    let width = sound.len().min(word.len() + word.len() / 2 + 1);
    let mut row: Vec<f32> = (0..=width).map(|at| at as f32).collect();
    for (count, own) in word.iter().enumerate() {
        let mut corner = count as f32;
        let mut left = corner + 1.0;
        for (at, above) in row.iter_mut().enumerate() {
            let cost = match at.checked_sub(1).and_then(|at| sound.get(at)) {
                None => left,
                Some(its) => (corner + unlike(own, its)).min(*above + 1.0).min(left + 1.0),
            };
            corner = *above;
            (*above, left) = (cost, cost);
        }
    }
    row
}

/// How different two phonemes are, 0–1.
fn unlike(own: &str, its: &str) -> f32 {
    let kin = |group: &&[&str]| group.contains(&own) && group.contains(&its);
    if own == its {
        0.0
    } else if NEAR.iter().any(kin) {
        NEAR_COST
    } else if is_vowel(own) && is_vowel(its) {
        VOWEL_COST
    } else {
        1.0
    }
}

fn is_vowel(phoneme: &str) -> bool {
    phoneme.starts_with(['a', 'A', 'e', 'E', 'i', 'I', 'o', 'O', 'u', 'U', 'V', '0', '3', '@'])
}

/// A letter that is no word: said by itself it is heard as its name.
fn is_letter(word: &str) -> bool {
    word.len() == 1 && !matches!(word, "a" | "i" | "o")
}

/// How each of some words sounds, from what a program said of them, one on each line.
pub(crate) fn of_words(words: &[String], said: &str) -> BTreeMap<String, Vec<String>> {
    let sounds: Vec<Vec<String>> = said.lines().filter(|line| !line.trim().is_empty()).map(phonemes).collect();
    match sounds.len() == words.len() {
        true => words.iter().cloned().zip(sounds).collect(),
        // It has its own mind about one of them; which, is not known.
        false => BTreeMap::new(),
    }
}

/// Sounds that one recogniser hears where another hears the other.
const NEAR: &[&[&str]] = &[
    &["i:", "i", "I"],
    &["u:", "U", "u"],
    &["@", "I", "V", "3", "a"],
    &["A:", "0", "O:", "aa", "O"],
    &["E", "eI", "e@", "a"],
    &["s", "z"],
    &["t", "d"],
    &["k", "g"],
    &["p", "b"],
    &["f", "v"],
    &["S", "tS", "Z", "dZ"],
    &["n", "N", "m"],
    &["@L", "l"],
    &["3:", "3", "@"],
    &["T", "f", "D"],
];
const NEAR_COST: f32 = 0.3;
const VOWEL_COST: f32 = 0.6;
/// Few words are better than many.
const WORD_COST: f32 = 0.35;
/// The most that a phoneme may cost on average.
const MAX_COST: f32 = 0.3;
/// A word with more is none that people say.
const MAX_PHONEMES: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn sounds() -> Sounds {
        let words = "me m_'i:\nco k_'oU\nrobe r_'oU_b\nkitchen k_'I_tS_@_n\nrow r_'oU\nboat b_'oU_t\nb b_'i:\n\
                     shove S_'V_v\non 0_n\n";
        Sounds::read(words)
    }

    fn like(said: &str) -> Option<String> {
        sounds().like(&phonemes(said)).map(|words| words.join(" "))
    }

    #[test]
    fn a_strange_word_is_what_known_words_sound_like() {
        assert_eq!(like("m_'i:_k_oU").as_deref(), Some("me co"));
        assert_eq!(like("k_'I_tS_I_n").as_deref(), Some("kitchen"));
        assert_eq!(like("r_'oU_b_'oU_t").as_deref(), Some("row boat"));
        assert_eq!(like("z_'u:_l_u:"), None, "nothing comes near");
        assert_eq!(like(""), None);
    }

    #[test]
    fn what_a_program_says_is_taken_if_it_said_each() {
        let words = ["meaco".to_owned(), "tv".to_owned()];
        let said = of_words(&words, "m_'i:_k_oU\n\nt_,i:_v_'i:\n");
        assert_eq!(said["tv"], ["t", "i:", "v", "i:"]);
        assert!(of_words(&words, "m_'i:\n").is_empty());
    }
}
