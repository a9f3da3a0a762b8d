//! What a reading of the model still lacks, where the words say it beyond doubt.

use std::cmp::Reverse;

use house::{Intent, IntentKind, Slot, SlotValue};

use crate::numbers::Length;

use super::time_spans::switched;
use super::tokenized::{Tokenized, said};
use crate::lexicon::begins_with_verb;
use crate::texts::words::{Lesson, Words, each, has, stands_in};
use crate::words::phrase_at;

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
        IntentKind::SetAlarm | IntentKind::CancelAlarm | IntentKind::AlarmQuery => without_kind(&mut intent),
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
    matches!(value, SlotValue::Text(text) if has(|words| words.nothing_yet, &text.to_lowercase()))
}

/// "The work alarm" is called "work".
fn without_kind(intent: &mut Intent) {
    let Some(name) = intent.text(Slot::Name).map(str::to_owned) else { return };
    if let Some(bare) =
        each(|words| words.alarm_nouns).find_map(|kind| name.strip_suffix(kind)).filter(|bare| !bare.trim().is_empty())
    {
        replace(intent, Slot::Name, bare.trim().to_owned());
    }
}

fn says_turn_off(tokenized: &Tokenized) -> bool {
    let says = |wanted: &str| tokenized.words.iter().any(|word| word.text == wanted);
    each(|words| words.turn_off).any(|(verb, off)| says(verb) && says(off))
}

/// The condition of a routine is all that stands between its first word and what shall be done, or after it.
fn condition(intent: &mut Intent, tokenized: &Tokenized) {
    let Some(message) = intent.text(Slot::Message).filter(|_| intent.has(Slot::Phrase)) else { return };
    let Some((before, after)) = tokenized.text.split_once(message) else { return };
    let lead = |text: &str| {
        let lower = text.trim_start().to_lowercase();
        let word = each(|words| words.condition_words).find(|word| lower.starts_with(**word))?;
        text.trim_start().get(word.len()..).map(|rest| rest.trim().to_owned())
    };
    // The condition may begin without a word of its own where one ends it.
    let is_bare = intent.text(Slot::Phrase).is_some_and(|phrase| before.starts_with(phrase))
        && each(|words| words.then).any(|then| before.ends_with(then));
    let whole = lead(before).or_else(|| lead(after)).or_else(|| is_bare.then(|| before.to_owned()));
    let Some(mut phrase) = whole.filter(|phrase| !phrase.is_empty()) else { return };
    while let Some(rest) = each(|words| words.condition_ends)
        .find_map(|end| phrase.strip_suffix(end))
        .filter(|rest| !rest.trim().is_empty())
    {
        phrase = rest.trim().to_owned();
    }
    replace(intent, Slot::Phrase, phrase);
}

/// "When I say cosy I mean …": what follows is what it means, an order or a name.
fn lesson(intent: &mut Intent, tokenized: &Tokenized) {
    let words = &tokenized.words;
    let first = |phrase: &str| (0..words.len()).find_map(|at| Some((at, phrase_at(words, at, phrase)?)));
    let taught = |lesson: &'static Lesson| {
        let (_, start) = first(lesson.say)?;
        let (end, meaning) = first(lesson.mean)?;
        Some((start, end, meaning, lesson))
    };
    // The first word for "mean" counts, the longest of those that begin there.
    let earliest =
        each(|words| words.lessons).filter_map(taught).min_by_key(|(_, end, mean, _)| (*end, Reverse(*mean)));
    let Some((start, end, meaning, lesson)) = earliest else { return };
    if end <= start || words.len() <= meaning {
        return;
    }
    let phrase = said(tokenized, start, end - 1);
    let phrase = lesson.phrase_ends.iter().fold(phrase.as_str(), |phrase, end| phrase.trim_end_matches(end));
    replace(intent, Slot::Phrase, phrase.to_owned());
    if lesson.is_always_an_order {
        replace(intent, Slot::Message, said(tokenized, meaning, words.len() - 1));
    } else if words.get(meaning..).is_some_and(begins_with_verb) {
        intent.slots.retain(|(slot, _)| *slot != Slot::Name);
        replace(intent, Slot::Message, said(tokenized, meaning, words.len() - 1));
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
    let after = next + usize::from(has(|words| words.of_timers, word(Some(next))));
    let is_timer_after = has(|words| words.timer_nouns, word(Some(after)));
    let before = |steps: usize| word(length.first.checked_sub(steps));
    let is_timer_before =
        has(|words| words.before_timer_lengths, before(1)) && has(|words| words.timer_nouns_before, before(2));
    is_timer_after || is_timer_before
}

/// "Deactivate" is one letter group away from its opposite, and never means it.
fn says_off(tokenized: &Tokenized) -> bool {
    let says = |wanted: fn(&'static Words) -> &'static [&'static str]| {
        tokenized.words.iter().any(|word| has(wanted, &word.text))
    };
    let text: String = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    (says(|words| words.disable) && !says(|words| words.enable))
        || (stands_in(|words| words.disable_runs, &text) && !stands_in(|words| words.enable_runs, &text))
}

/// Locking and unlocking are told apart by the verb that was said, not by a model.
fn lock_or_unlock(tokenized: &Tokenized) -> Option<IntentKind> {
    let says = |wanted: fn(&'static Words) -> &'static [&'static str]| {
        tokenized.words.iter().any(|word| has(wanted, &word.text))
    };
    let text: String = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let says_open = says(|words| words.open);
    match (
        says(|words| words.unlock) || stands_in(|words| words.unlock_runs, &text),
        says(|words| words.lock) && !says_open || stands_in(|words| words.lock_runs, &text),
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
