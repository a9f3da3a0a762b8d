//! What is understood without the model: yes, no, stop, a PIN, and the plainest commands.
//!
//! Works while the model is busy, missing or broken. Declines whatever is not beyond doubt.

use house::{Domain, House, Intent, IntentKind, Slot, SlotValue};

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
    let said = POLITE.iter().fold(said.as_str(), |said, word| said.strip_suffix(word).unwrap_or(said).trim());
    let is = |list: &[&str]| list.contains(&said);
    match () {
        () if is(YES) => Some(Reflex::Yes),
        () if is(NO) => Some(Reflex::No),
        () if is(STOP) => Some(Reflex::Stop),
        () => None,
    }
}

/// Whether the words want something that was begun cancelled, and not only a question dropped.
pub fn says_cancel(text: &str) -> bool {
    let said = key(text);
    CANCEL.iter().any(|word| said == *word || said.starts_with(&format!("{word} ")))
}

/// The digits of an utterance that is nothing but a PIN of 4 to 12 digits, spoken or typed.
pub fn pin(text: &str) -> Option<String> {
    let mut digits = String::new();
    for word in words(text) {
        match DIGITS.iter().find(|(name, _)| *name == word.text) {
            Some((_, digit)) => digits.push(*digit),
            None if word.text.chars().all(|letter| letter.is_ascii_digit()) => digits.push_str(&word.text),
            None if PIN_WORDS.contains(&word.text.as_str()) => {}
            None => return None,
        }
    }
    (4..=12).contains(&digits.len()).then_some(digits)
}

/// "Turn on NAME" and its like, where NAME is exactly one entity's name. Declines everything else.
pub fn plain(text: &str, house: &House) -> Option<Vec<Intent>> {
    let said = key(text);
    let (kind, name) = PLAIN.iter().find_map(|(before, after, kind)| {
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
const PLAIN: &[(&str, &str, IntentKind)] = &[
    ("turn on ", "", IntentKind::TurnOn),
    ("switch on ", "", IntentKind::TurnOn),
    ("turn off ", "", IntentKind::TurnOff),
    ("switch off ", "", IntentKind::TurnOff),
    ("turn ", " on", IntentKind::TurnOn),
    ("turn ", " off", IntentKind::TurnOff),
    ("打 开 ", "", IntentKind::TurnOn),
    ("开 启 ", "", IntentKind::TurnOn),
    ("关 闭 ", "", IntentKind::TurnOff),
    ("关 掉 ", "", IntentKind::TurnOff),
];
const CANCEL: &[&str] = &["cancel", "cancel it", "取 消"];
const POLITE: &[&str] = &[" please", " thanks", " thank you", " 吧", " 谢 谢"];
const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "ok",
    "okay",
    "do it",
    "go ahead",
    "confirm",
    "confirmed",
    "correct",
    "right",
    "yes do it",
    "of course",
    "please do",
    "是",
    "是 的",
    "对",
    "对 的",
    "好",
    "好 的",
    "可 以",
    "行",
    "确 认",
    "确 定",
    "没 错",
    "嗯",
    "嗯 嗯",
];
const NO: &[&str] = &[
    "no",
    "nope",
    "nah",
    "no thanks",
    "cancel",
    "never mind",
    "nevermind",
    "don't",
    "forget it",
    "leave it",
    "不",
    "不 要",
    "不 用",
    "不 用 了",
    "不 是",
    "取 消",
    "算 了",
    "没 事",
    "别",
];
const STOP: &[&str] = &["stop", "stop it", "stop that", "halt", "停", "停 止", "停 下", "停 一 下", "别 动"];
const PIN_WORDS: &[&str] = &["pin", "code", "my", "the", "is", "it's", "密", "码", "是"];
const DIGITS: &[(&str, char)] = &[
    ("zero", '0'),
    ("oh", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("零", '0'),
    ("一", '1'),
    ("幺", '1'),
    ("二", '2'),
    ("两", '2'),
    ("三", '3'),
    ("四", '4'),
    ("五", '5'),
    ("六", '6'),
    ("七", '7'),
    ("八", '8'),
    ("九", '9'),
];

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
