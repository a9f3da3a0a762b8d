//! What is understood without the model: yes, no, stop, a PIN, and the plainest commands.
//!
//! Works while the model is busy, missing or broken. Declines whatever is not beyond doubt.

use house::{Domain, House, Intent, IntentKind, Slot, SlotValue};

use crate::texts::words::{Words, each, has};
use crate::understand::code::{self, CodeIntent, CodeValue};
use crate::words::{Word, key, words};

/// A reflex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reflex {
    /// Agreement.
    Yes,
    /// Disagreement, or "never mind".
    No,
    /// Stop whatever is going on.
    Stop,
}

/// The reflex of an utterance, if it is nothing but that.
pub fn reflex(text: &str) -> Option<Reflex> {
    let said = key(text);
    let said = each(|words| words.polite_ends)
        .fold(said.as_str(), |said, word| said.strip_suffix(word).unwrap_or(said).trim());
    let is = |list: fn(&'static Words) -> &'static [&'static str]| has(list, said);
    match () {
        () if is(|words| words.yes) => Some(Reflex::Yes),
        () if is(|words| words.no) => Some(Reflex::No),
        () if is(|words| words.stop) => Some(Reflex::Stop),
        () => None,
    }
}

/// Whether the words want something that was begun cancelled, and not only a question dropped.
pub fn says_cancel(text: &str) -> bool {
    let said = key(text);
    each(|words| words.cancel).any(|word| said == *word || said.starts_with(&format!("{word} ")))
}

/// The digits of an utterance that is nothing but a PIN of 4 to 12 digits, spoken or typed.
pub fn pin(text: &str) -> Option<String> {
    let mut said = String::new();
    for word in words(text) {
        match digits(&word.text) {
            Some(digits) => said.push_str(&digits),
            None if has(|words| words.pin_words, &word.text) => {}
            None => return None,
        }
    }
    PIN_DIGITS.contains(&said.len()).then_some(said)
}

/// Digits in an utterance that may be a PIN, and the utterance without them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidPin {
    /// The digits.
    pub digits: String,
    /// As they were said or typed.
    pub said: String,
    /// What else was said.
    pub rest: String,
}

/// Every 4 to 12 digits in a row in an utterance, however they were said, that may be a PIN; alone or beside a request.
pub fn pins_in(text: &str) -> Vec<SaidPin> {
    let words = words(text);
    let mut found = Vec::new();
    let mut run = String::new();
    let mut from = 0;
    for (index, word) in words.iter().enumerate() {
        let Some(digits) = digits(&word.text) else { continue };
        if run.is_empty() {
            from = word.start;
        }
        run.push_str(&digits);
        let goes_on = words.get(index + 1).is_some_and(|next| self::digits(&next.text).is_some());
        if !goes_on {
            let digits = std::mem::take(&mut run);
            let parts = (text.get(..from), text.get(from..word.end), text.get(word.end..));
            if let (Some(before), Some(said), Some(after)) = parts
                && PIN_DIGITS.contains(&digits.len())
            {
                let rest = without_pin_words(&format!("{} {}", before.trim(), after.trim()));
                found.push(SaidPin { digits, said: said.to_owned(), rest });
            }
        }
    }
    found
}

/// The digits that a word is, spoken or typed.
fn digits(word: &str) -> Option<String> {
    match each(|words| words.digits).find(|(name, _)| *name == word) {
        Some((_, digit)) => Some(digit.to_string()),
        None => word.chars().all(|letter| letter.is_ascii_digit()).then(|| word.to_owned()),
    }
}

/// "…, the code is" at the end of what else was said belongs to the digits.
fn without_pin_words(text: &str) -> String {
    let mut text = text.trim();
    while let Some(last) = words(text).last().filter(|last| has(|words| words.pin_words, &last.text)) {
        text = text.get(..last.start).unwrap_or_default().trim_end();
    }
    text.to_owned()
}

/// "Turn on NAME" and its like, where NAME is exactly one entity's name. Declines everything else.
pub fn plain(text: &str, house: &House) -> Option<Vec<Intent>> {
    let (kind, name) = plain_parts(text)?;
    let mut matching = house.entities.values().filter(|entity| entity.names().any(|own| key(own) == name));
    let entity = matching.next().filter(|entity| PLAIN_DOMAINS.contains(&entity.domain))?;
    let is_only = matching.next().is_none() && house.areas.values().all(|area| key(&area.name) != name);
    is_only.then(|| vec![Intent::new(kind).with(Slot::Name, SlotValue::Text(entity.name.clone()))])
}

/// The code that a model would write for what [`plain`] reads.
pub fn code_of_plain(text: &str) -> Option<String> {
    let (kind, name) = plain_parts(text)?;
    let (said, name) = (words(text), words(&name));
    let is_name = |run: &[Word]| run.iter().zip(&name).all(|(one, other)| one.text == other.text);
    let first = said.windows(name.len()).rposition(is_name)?;
    let slots = vec![(Slot::Name, CodeValue::Span(first, first + name.len() - 1))];
    Some(code::print(&[CodeIntent { kind, slots }]).join(" "))
}

/// The intent of a plain command, and the key of what it names.
fn plain_parts(text: &str) -> Option<(IntentKind, String)> {
    let said = key(text);
    let (kind, name) = each(|words| words.plain_commands).find_map(|(before, after, kind)| {
        let name = said.strip_prefix(before)?.strip_suffix(after)?.trim();
        (!name.is_empty()).then_some((*kind, name))
    })?;
    let name = each(|words| words.the).fold(name, |name, the| name.trim_start_matches(the));
    (!name.is_empty()).then(|| (kind, name.to_owned()))
}

/// Domains whose on and off are harmless and mean what the words say.
const PLAIN_DOMAINS: &[Domain] = &[Domain::Light, Domain::Switch, Domain::Fan, Domain::InputBoolean];

/// How long a PIN may be.
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reflexes_are_whole_utterances() {
        assert_eq!(reflex("Yes, please"), Some(Reflex::Yes));
        assert_eq!(reflex("算了"), Some(Reflex::No));
        assert_eq!(reflex("停"), Some(Reflex::Stop));
        assert_eq!(reflex("stop the vacuum"), None);
        assert_eq!(reflex("no, the left one"), None);
    }

    #[test]
    fn plain_words_have_the_code_that_a_model_would_write() {
        for (text, code) in [
            ("Turn the desk lamp on", "HassTurnOn name 2 3"),
            ("switch off on air sign", "HassTurnOff name 2 4"),
            ("turn on", ""),
            ("关掉台灯", "HassTurnOff name 2 3"),
        ] {
            assert_eq!(code_of_plain(text).unwrap_or_default(), code, "{text}");
        }
    }

    #[test]
    fn a_pin_is_found_beside_a_request() {
        for (text, digits, rest) in [
            ("unlock the cellar lock 4711", "4711", "unlock the cellar lock"),
            ("unlock the cellar lock, the code is 4 7 1 1", "4711", "unlock the cellar lock,"),
            ("4711 unlock the cellar lock", "4711", "unlock the cellar lock"),
            ("it is four seven one one please", "4711", "it is please"),
            ("打开地下室的门锁，密码是四七一一", "4711", "打开地下室的门锁，"),
            ("yes, 4711", "4711", "yes,"),
        ] {
            let found = pins_in(text);
            let found: Vec<_> = found.iter().map(|pin| (pin.digits.as_str(), pin.rest.as_str())).collect();
            assert_eq!(found, [(digits, rest)], "{text}");
        }
        assert!(pins_in("set it to 215").is_empty() && pins_in("1234567890123").is_empty());
    }

    #[test]
    fn pins_are_digits_only() {
        assert_eq!(pin("2 4 6 8").as_deref(), Some("2468"));
        assert_eq!(pin("two four six eight").as_deref(), Some("2468"));
        assert_eq!(pin("密码是二四六八").as_deref(), Some("2468"));
        assert_eq!(pin("set 2468"), None);
        assert_eq!(pin("12"), None);
    }
}
