//! What is understood without the model: yes, no, stop, a PIN, and the plainest commands.
//!
//! Works while the model is busy, missing or broken. Declines whatever is not beyond doubt.

use house::{Domain, House, Intent, Slot, SlotValue};

use crate::texts::words::{Words, each, has};
use crate::words::{key, words};

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
    let mut digits = String::new();
    for word in words(text) {
        match each(|words| words.digits).find(|(name, _)| *name == word.text) {
            Some((_, digit)) => digits.push(*digit),
            None if word.text.chars().all(|letter| letter.is_ascii_digit()) => digits.push_str(&word.text),
            None if has(|words| words.pin_words, &word.text) => {}
            None => return None,
        }
    }
    (4..=12).contains(&digits.len()).then_some(digits)
}

/// "Turn on NAME" and its like, where NAME is exactly one entity's name. Declines everything else.
pub fn plain(text: &str, house: &House) -> Option<Vec<Intent>> {
    let said = key(text);
    let (kind, name) = each(|words| words.plain_commands).find_map(|(before, after, kind)| {
        let name = said.strip_prefix(before)?.strip_suffix(after)?;
        (!name.trim().is_empty()).then(|| (*kind, name.trim().trim_start_matches("the ")))
    })?;
    let mut matching = house.entities.values().filter(|entity| entity.names().any(|own| key(own) == name));
    let entity = matching.next().filter(|entity| PLAIN_DOMAINS.contains(&entity.domain))?;
    let is_only = matching.next().is_none() && house.areas.values().all(|area| key(&area.name) != name);
    is_only.then(|| vec![Intent::new(kind).with(Slot::Name, SlotValue::Text(entity.name.clone()))])
}

/// Domains whose on and off are harmless and mean what the words say.
const PLAIN_DOMAINS: &[Domain] = &[Domain::Light, Domain::Switch, Domain::Fan, Domain::InputBoolean];

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
    fn pins_are_digits_only() {
        assert_eq!(pin("2 4 6 8").as_deref(), Some("2468"));
        assert_eq!(pin("two four six eight").as_deref(), Some("2468"));
        assert_eq!(pin("密码是二四六八").as_deref(), Some("2468"));
        assert_eq!(pin("set 2468"), None);
        assert_eq!(pin("12"), None);
    }
}
