//! What a reading of the model still lacks, where the words say it beyond doubt.

use house::{Intent, IntentKind, Slot, SlotValue};

use crate::numbers::Length;

use super::clauses::begins_with_verb;
use super::time_spans::switched;
use super::tokenized::{Tokenized, said};

/// Fills and mends what the words say beyond doubt.
pub(super) fn complete(mut intent: Intent, tokenized: &Tokenized) -> Intent {
    match intent.kind {
        IntentKind::StartTimer if !intent.has(Slot::Duration) => {
            if let [length] = tokenized.lengths.as_slice() {
                intent.slots.push((Slot::Duration, spoken_length(length)));
            }
        }
        IntentKind::ShoppingListAddItem | IntentKind::ListAddItem => {
            intent.slots.retain(|(slot, value)| *slot != Slot::Item || !is_nothing_yet(value))
        }
        IntentKind::SetAlarm | IntentKind::CancelAlarm | IntentKind::AlarmQuery => {
            without_kind(&mut intent, &[" alarm", "闹钟"])
        }
        // A timer has no switch; what is turned off is what was spoken of.
        IntentKind::CancelTimer if intent.label(Slot::Scope) == Some("it") && says_turn_off(tokenized) => {
            intent.kind = IntentKind::TurnOff
        }
        // What is told to the others is all that follows.
        IntentKind::Broadcast => to_the_end(&mut intent, tokenized),
        IntentKind::RoutineCreate => condition(&mut intent, tokenized),
        IntentKind::TeachPhrase => lesson(&mut intent, tokenized),
        IntentKind::IncreaseTimer | IntentKind::DecreaseTimer => timer_and_change(&mut intent, tokenized),
        IntentKind::TurnOn | IntentKind::TurnOff if intent.label(Slot::Domain) == Some("lock") => {
            intent.kind = lock_or_unlock(tokenized).unwrap_or(intent.kind);
        }
        IntentKind::TurnOn if says_off(tokenized) => intent.kind = IntentKind::TurnOff,
        // "Turn that on again" says what is to be done; it is no repetition of the last request.
        IntentKind::Again if intent.slots.is_empty() => {
            if let Some(kind) = switched(tokenized) {
                intent = Intent::new(kind).with(Slot::Scope, SlotValue::Label("it"));
            }
        }
        _ => {}
    }
    intent
}

/// "Add something": what it is is still to be said.
fn is_nothing_yet(value: &SlotValue) -> bool {
    matches!(value, SlotValue::Text(text) if NOTHING_YET.contains(&text.to_lowercase().as_str()))
}

/// "The work alarm" is called "work".
fn without_kind(intent: &mut Intent, kinds: &[&str]) {
    let Some(name) = intent.text(Slot::Name).map(str::to_owned) else { return };
    if let Some(bare) = kinds.iter().find_map(|kind| name.strip_suffix(kind)).filter(|bare| !bare.trim().is_empty()) {
        replace(intent, Slot::Name, bare.trim().to_owned());
    }
}

fn says_turn_off(tokenized: &Tokenized) -> bool {
    let has = |wanted: &str| tokenized.words.iter().any(|word| word.text == wanted);
    (has("turn") || has("switch")) && has("off")
}

/// The condition of a routine is all that stands between its first word and what shall be done, or after it.
fn condition(intent: &mut Intent, tokenized: &Tokenized) {
    let Some(message) = intent.text(Slot::Message).filter(|_| intent.has(Slot::Phrase)) else { return };
    let Some((before, after)) = tokenized.text.split_once(message) else { return };
    let lead = |text: &str| {
        let lower = text.trim_start().to_lowercase();
        let word = CONDITION_WORDS.iter().find(|word| lower.starts_with(**word))?;
        text.trim_start().get(word.len()..).map(|rest| rest.trim().to_owned())
    };
    // In Chinese the condition may begin without a word of its own.
    let is_bare = intent.text(Slot::Phrase).is_some_and(|phrase| before.starts_with(phrase)) && before.ends_with('就');
    let whole = lead(before).or_else(|| lead(after)).or_else(|| is_bare.then(|| before.to_owned()));
    let Some(mut phrase) = whole.filter(|phrase| !phrase.is_empty()) else { return };
    while let Some(rest) =
        CONDITION_ENDS.iter().find_map(|end| phrase.strip_suffix(end)).filter(|rest| !rest.trim().is_empty())
    {
        phrase = rest.trim().to_owned();
    }
    replace(intent, Slot::Phrase, phrase);
}

/// "When I say cosy I mean …": what follows is what it means, an order or a name.
fn lesson(intent: &mut Intent, tokenized: &Tokenized) {
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    if let Some(say) = words.iter().position(|word| *word == "说")
        && let Some(then) = words.iter().position(|word| *word == "就").filter(|then| say + 1 < *then)
    {
        let phrase = said(tokenized, say + 1, then - 1);
        let meaning = then + 1 + usize::from(words.get(then + 1) == Some(&"是"));
        if meaning < words.len() {
            replace(intent, Slot::Phrase, phrase.trim_end_matches("的时候").to_owned());
            replace(intent, Slot::Message, said(tokenized, meaning, words.len() - 1));
        }
        return;
    }
    let Some(say) = words.iter().position(|word| *word == "say") else { return };
    let Some(mean) = words
        .windows(2)
        .position(|pair| matches!(pair, ["i", "mean"] | ["it" | "that", "means"]))
        .filter(|mean| say + 1 < *mean)
    else {
        return;
    };
    let Some(rest) = tokenized.words.get(mean + 2..).filter(|rest| !rest.is_empty()) else { return };
    let meaning = said(tokenized, mean + 2, tokenized.words.len() - 1);
    replace(intent, Slot::Phrase, said(tokenized, say + 1, mean - 1));
    if begins_with_verb(rest) {
        intent.slots.retain(|(slot, _)| *slot != Slot::Name);
        replace(intent, Slot::Message, meaning);
    }
}

fn replace(intent: &mut Intent, slot: Slot, text: String) {
    intent.slots.retain(|(own, _)| *own != slot);
    intent.slots.push((slot, SlotValue::Text(text)));
}

fn to_the_end(intent: &mut Intent, tokenized: &Tokenized) {
    let is_place_after = |start: usize| {
        intent
            .texts(Slot::Area)
            .chain(intent.texts(Slot::Floor))
            .any(|place| tokenized.text.rfind(place).is_some_and(|at| start < at))
    };
    let Some(message) = intent.text(Slot::Message) else { return };
    let Some(start) = tokenized.text.find(message).filter(|start| !is_place_after(*start)) else { return };
    let whole = tokenized
        .text
        .get(start..)
        .unwrap_or_default()
        .trim_end_matches(['.', '!', '?', '。', '！', '？', ' '])
        .to_owned();
    replace(intent, Slot::Message, whole);
}

/// Of two lengths in "add 30 seconds to the 5 minute timer", the one beside the word for timer is the timer's own.
fn timer_and_change(intent: &mut Intent, tokenized: &Tokenized) {
    let [left, right] = tokenized.lengths.as_slice() else { return };
    let own = match (is_timers_own(left, tokenized), is_timers_own(right, tokenized)) {
        (true, false) => left,
        (false, true) => right,
        _ => return,
    };
    let change = if own == left { right } else { left };
    intent.slots.retain(|(slot, _)| !matches!(slot, Slot::Duration | Slot::StartDuration));
    intent.slots.push((Slot::Duration, spoken_length(change)));
    intent.slots.push((Slot::StartDuration, spoken_length(own)));
}

fn is_timers_own(length: &Length, tokenized: &Tokenized) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| tokenized.words.get(at)).map_or("", |word| word.text.as_str());
    let next = length.last + 1;
    let after = next + usize::from(matches!(word(Some(next)), "的" | "嘅" | "long"));
    let is_timer_after = matches!(word(Some(after)), "timer" | "timers" | "countdown" | "计" | "定" | "倒" | "闹");
    let before = |steps: usize| word(length.first.checked_sub(steps));
    let is_timer_before = matches!(before(1), "for" | "of") && matches!(before(2), "timer" | "countdown");
    is_timer_after || is_timer_before
}

/// "Deactivate" is one letter group away from its opposite, and never means it.
fn says_off(tokenized: &Tokenized) -> bool {
    let has = |wanted: &[&str]| tokenized.words.iter().any(|word| wanted.contains(&word.text.as_str()));
    let text: String = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let is_on_han = ["启用", "打开", "开启"].iter().any(|word| text.contains(word));
    let is_off_han = ["停用", "禁用"].iter().any(|word| text.contains(word)) && !is_on_han;
    (has(&["deactivate", "deactivated", "disable"]) && !has(&["activate", "enable", "start"])) || is_off_han
}

/// Locking and unlocking are told apart by the verb that was said, not by a model.
fn lock_or_unlock(tokenized: &Tokenized) -> Option<IntentKind> {
    let has = |wanted: &[&str]| tokenized.words.iter().any(|word| wanted.contains(&word.text.as_str()));
    let text: String = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let opens_han =
        ["解锁", "开锁", "打开", "开启", "解开", "开门", "开返", "把锁开"].iter().any(|word| text.contains(word));
    let closes_han = ["锁上", "锁好", "上锁", "反锁", "锁住", "锁定", "关上", "关闭", "关好", "关埋", "闩"]
        .iter()
        .any(|word| text.contains(word));
    match (
        has(&["unlock", "unlocked", "unlocking"]) || opens_han,
        has(&["lock", "secure", "locked", "locking"]) && !has(&["open"]) || closes_han,
    ) {
        (true, false) => Some(IntentKind::TurnOff),
        (false, true) => Some(IntentKind::TurnOn),
        // A bolt that two words pull at is left as it was read; unlocking asks first in any case.
        _ => None,
    }
}

pub(super) fn spoken_length(length: &Length) -> SlotValue {
    SlotValue::Length { hours: length.hours, minutes: length.minutes, seconds: length.seconds }
}

/// Words for a thing that was not named.
const NOTHING_YET: &[&str] = &[
    "something",
    "some things",
    "a few things",
    "things",
    "stuff",
    "东西",
    "点东西",
    "些东西",
    "一些东西",
    "一点东西",
];

/// Words that begin a condition, the longer ones first.
const CONDITION_WORDS: &[&str] = &[
    "as soon as",
    "every time",
    "any time",
    "whenever",
    "when",
    "once",
    "if",
    "每当",
    "每次",
    "如果",
    "只要",
    "一旦",
    "要是",
    "当",
];

/// Words between a condition and what shall be done.
const CONDITION_ENDS: &[&str] = &[",", "，", " then", " please", "的时候", "的话", "就自动", "自动", "就", "时"];
