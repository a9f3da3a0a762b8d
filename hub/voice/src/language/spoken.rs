//! Written names as they are said: without case and signs, numbers in words, letters one by one where a word is none.

use super::vocabulary::Vocabulary;

/// What a name is in words of the recogniser.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spoken {
    /// The words, in order.
    pub(crate) words: Vec<String>,
    /// Those of them that the recogniser does not know.
    pub(crate) unknown: Vec<String>,
}

/// Says a name.
pub(crate) fn spoken(name: &str, vocabulary: &Vocabulary) -> Spoken {
    let mut words = Vec::new();
    for piece in pieces(name) {
        match piece.parse::<u32>() {
            Ok(number) if !piece.starts_with('0') || piece == "0" => words.extend(number_words(number)),
            Ok(_) => words.extend(piece.chars().filter_map(digit_word)),
            Err(_) => words.extend(known(&piece, vocabulary)),
        }
    }
    let unknown = words.iter().filter(|word| vocabulary.id(word).is_none()).cloned().collect();
    Spoken { words, unknown }
}

/// Runs of letters and of digits; signs that are said become words, others fall away.
fn pieces(name: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut last = Kind::Gap;
    for letter in name.to_lowercase().chars() {
        let kind = Kind::of(letter);
        match kind {
            Kind::Gap => {}
            Kind::Sign(word) => pieces.push(word.to_owned()),
            Kind::Letter | Kind::Digit => {
                let goes_on = kind == last;
                let letter = if letter == '’' { '\'' } else { letter };
                match pieces.last_mut().filter(|_| goes_on) {
                    Some(piece) => piece.push(letter),
                    None => pieces.push(letter.to_string()),
                }
            }
        }
        last = kind;
    }
    pieces
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letter,
    Digit,
    Sign(&'static str),
    Gap,
}

impl Kind {
    fn of(letter: char) -> Self {
        match letter {
            '%' => Self::Sign("percent"),
            '°' => Self::Sign("degrees"),
            '&' | '+' => Self::Sign("and"),
            '\'' | '’' => Self::Letter,
            _ if letter.is_ascii_digit() => Self::Digit,
            _ if letter.is_alphabetic() => Self::Letter,
            _ => Self::Gap,
        }
    }
}

/// A word as the recogniser may know it: as it is, without its ending, or letter by letter.
fn known(piece: &str, vocabulary: &Vocabulary) -> Vec<String> {
    let bare = piece.trim_matches('\'');
    let owner = bare.strip_suffix("'s");
    let plain = bare.replace('\'', "");
    let found = [piece, bare, &plain].into_iter().chain(owner).find(|word| vocabulary.id(word).is_some());
    if let Some(word) = found {
        return vec![word.to_owned()];
    }
    let letters: Vec<String> = bare.chars().map(String::from).collect();
    let is_spelt = letters.len() <= MAX_SPELT && letters.iter().all(|letter| vocabulary.id(letter).is_some());
    let has_vowel = bare.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    match is_spelt && (!has_vowel || letters.len() <= 3) {
        true => letters,
        false => vec![bare.to_owned()],
    }
}

fn number_words(number: u32) -> Vec<String> {
    let word = |words: &[&str], at: u32| words.get(at as usize).map(|word| (*word).to_owned()).into_iter();
    let rest = |rest: u32| if rest == 0 { Vec::new() } else { number_words(rest) };
    match number {
        0..20 => word(ONES, number).collect(),
        20..100 => word(TENS, number / 10).chain(rest(number % 10)).collect(),
        100..1000 => word(ONES, number / 100).chain(["hundred".to_owned()]).chain(rest(number % 100)).collect(),
        1000..10_000 => {
            let thousands = word(ONES, number / 1000).chain(["thousand".to_owned()]);
            thousands.chain(rest(number % 1000)).collect()
        }
        _ => number.to_string().chars().filter_map(digit_word).collect(),
    }
}

fn digit_word(digit: char) -> Option<String> {
    ONES.get(digit.to_digit(10)? as usize).map(|word| (*word).to_owned())
}

/// Longer ones are words that the recogniser lacks, not letters.
const MAX_SPELT: usize = 4;
const ONES: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let words = "lamp bedroom two twenty five l e d strip banker banker's ann percent and hundred three zero";
        let lines: Vec<String> = (1..).zip(words.split(' ')).map(|(id, word)| format!("{word} {id}")).collect();
        Vocabulary::read(&lines.join("\n"))
    }

    fn check(name: &str, want: &str, unknown: &[&str]) {
        let got = spoken(name, &vocabulary());
        assert_eq!(
            (got.words.join(" ").as_str(), got.unknown),
            (want, unknown.iter().map(|w| (*w).to_owned()).collect())
        );
    }

    #[test]
    fn names_as_they_are_said() {
        check("Bedroom-Lamp 2", "bedroom lamp two", &[]);
        check("LED Strip", "l e d strip", &[]);
        check("Banker’s Lamp", "banker's lamp", &[]);
        check("Ann's lamp", "ann lamp", &[]);
        check("Lamp 225 & 05%", "lamp two hundred twenty five and zero five percent", &[]);
        check("Lamp2", "lamp two", &[]);
        check("Zyxx lamp", "zyxx lamp", &["zyxx"]);
        check("客厅灯", "客厅灯", &["客厅灯"]);
        check("", "", &[]);
    }
}
