//! Words to intents: what the model is asked, and what its answer means.
//!
//! Knows the words in use in this house; knows nothing of live states or of how a model is run.

use house::{Intent, IntentKind, Slot, SlotKind, SlotValue};

use crate::code::{self, CodeError, CodeIntent, CodeValue};
use crate::numbers::{Length, Number, Unit, lengths, numbers};
use crate::prompt::{Mark, Names, Piece, pieces};
use crate::times::whole_times;
use crate::words::{MAX_WORDS, Word, words};

/// An utterance made ready for the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The utterance as it was said.
    pub text: String,
    /// Its words.
    pub words: Vec<Word>,
    /// Names of this house among them.
    pub marks: Vec<Mark>,
    /// Numbers among them.
    pub numbers: Vec<Number>,
    /// Lengths of time among them.
    pub lengths: Vec<Length>,
}

/// What the model is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its input.
    pub pieces: Vec<Piece>,
    /// Index tokens that may stand in word slots.
    pub word_starts: Vec<String>,
    /// Index tokens that may stand in number slots.
    pub number_starts: Vec<String>,
    /// Index tokens that may stand in duration slots.
    pub length_starts: Vec<String>,
}

/// Cuts and marks an utterance. `None` if it has no words or more than the model can point at.
pub fn hear(text: &str, names: &Names) -> Option<Heard> {
    let words = words(text);
    if words.is_empty() || MAX_WORDS < words.len() {
        return None;
    }
    let (marks, numbers, lengths) = (names.find(&words), numbers(&words), lengths(&words));
    Some(Heard { text: text.to_owned(), words, marks, numbers, lengths })
}

/// The model's input for an utterance, and what it may point at.
pub fn ask(heard: &Heard) -> Ask {
    let index = |at: usize| at.to_string();
    Ask {
        pieces: pieces(&heard.words, &heard.marks),
        word_starts: (0..heard.words.len()).map(index).collect(),
        number_starts: heard.numbers.iter().map(|number| index(number.first)).collect(),
        length_starts: heard.lengths.iter().map(|length| index(length.first)).collect(),
    }
}

/// Reads the model's answer. Anything that is not a well-formed code for this utterance is an error.
pub fn read(tokens: &[String], heard: &Heard) -> Result<Vec<Intent>, CodeError> {
    let mut code = code::parse(tokens, heard.words.len())?;
    whole_times(&mut code, heard);
    Ok(joined(code.iter().map(|intent| intent_of(intent, heard))))
}

/// Requests of one sentence as they are meant: the same twice is once, and opening a player's app to play
/// something is playing it.
pub fn joined(intents: impl IntoIterator<Item = Intent>) -> Vec<Intent> {
    let mut out: Vec<Intent> = Vec::new();
    for intent in intents {
        let is_playing = |one: &Intent| one.kind == IntentKind::MediaSearchAndPlay;
        match out.last_mut() {
            Some(last) if *last == intent => {}
            Some(last) if is_playing(last) && is_playing(&intent) => {
                if intent.has(Slot::SearchQuery) {
                    *last = intent;
                }
            }
            Some(_) | None => out.push(intent),
        }
    }
    out
}

/// The words of a span as they were said.
pub fn said(heard: &Heard, first: usize, last: usize) -> String {
    let start = heard.words.get(first).map_or(0, |word| word.start);
    let end = heard.words.get(last).map_or(start, |word| word.end);
    heard.text.get(start..end).unwrap_or_default().to_owned()
}

fn intent_of(code: &CodeIntent, heard: &Heard) -> Intent {
    let mut intent = Intent::new(code.kind);
    for (slot, value) in &code.slots {
        if let Some(value) = value_of(*slot, *value, heard) {
            intent.slots.push((*slot, value));
        }
    }
    complete(intent, heard)
}

fn value_of(slot: Slot, value: CodeValue, heard: &Heard) -> Option<SlotValue> {
    match value {
        CodeValue::Label(label) => Some(SlotValue::Label(label)),
        CodeValue::Span(first, last) => Some(SlotValue::Text(said(heard, first, last))),
        CodeValue::At(at) => match slot.kind() {
            SlotKind::Duration => length_value(at, heard),
            SlotKind::Number | SlotKind::Words | SlotKind::Label(_) => number_value(slot, at, heard),
        },
    }
}

fn length_value(at: usize, heard: &Heard) -> Option<SlotValue> {
    let length = heard.lengths.iter().find(|length| length.first <= at && at <= length.last)?;
    Some(spoken_length(length))
}

fn number_value(slot: Slot, at: usize, heard: &Heard) -> Option<SlotValue> {
    let number = heard.numbers.iter().find(|number| number.first <= at && at <= number.last)?;
    let is_heat = slot == Slot::Temperature;
    Some(SlotValue::Number(match number.unit {
        Unit::Fahrenheit if is_heat => ((number.value - 32.0) / 1.8 * 2.0).round() / 2.0,
        Unit::None | Unit::Percent | Unit::Degree | Unit::Celsius | Unit::Fahrenheit | Unit::Kelvin => number.value,
    }))
}

/// Fills and mends what the words say beyond doubt.
fn complete(mut intent: Intent, heard: &Heard) -> Intent {
    match intent.kind {
        IntentKind::StartTimer if !intent.has(Slot::Duration) => {
            if let [length] = heard.lengths.as_slice() {
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
        IntentKind::CancelTimer if intent.label(Slot::Scope) == Some("it") && says_turn_off(heard) => {
            intent.kind = IntentKind::TurnOff
        }
        // What is told to the others is all that follows.
        IntentKind::Broadcast => to_the_end(&mut intent, heard),
        IntentKind::RoutineCreate => condition(&mut intent, heard),
        IntentKind::TeachPhrase => lesson(&mut intent, heard),
        IntentKind::IncreaseTimer | IntentKind::DecreaseTimer => timer_and_change(&mut intent, heard),
        IntentKind::TurnOn | IntentKind::TurnOff if intent.label(Slot::Domain) == Some("lock") => {
            intent.kind = lock_or_unlock(heard).unwrap_or(intent.kind);
        }
        IntentKind::TurnOn if says_off(heard) => intent.kind = IntentKind::TurnOff,
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

fn says_turn_off(heard: &Heard) -> bool {
    let has = |wanted: &str| heard.words.iter().any(|word| word.text == wanted);
    (has("turn") || has("switch")) && has("off")
}

/// The condition of a routine is all that stands between its first word and what shall be done, or after it.
fn condition(intent: &mut Intent, heard: &Heard) {
    let Some(message) = intent.text(Slot::Message).filter(|_| intent.has(Slot::Phrase)) else { return };
    let Some((before, after)) = heard.text.split_once(message) else { return };
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
fn lesson(intent: &mut Intent, heard: &Heard) {
    let words: Vec<&str> = heard.words.iter().map(|word| word.text.as_str()).collect();
    if let Some(say) = words.iter().position(|word| *word == "说")
        && let Some(then) = words.iter().position(|word| *word == "就").filter(|then| say + 1 < *then)
    {
        let phrase = said(heard, say + 1, then - 1);
        let meaning = then + 1 + usize::from(words.get(then + 1) == Some(&"是"));
        if meaning < words.len() {
            replace(intent, Slot::Phrase, phrase.trim_end_matches("的时候").to_owned());
            replace(intent, Slot::Message, said(heard, meaning, words.len() - 1));
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
    let Some(rest) = heard.words.get(mean + 2..).filter(|rest| !rest.is_empty()) else { return };
    let meaning = said(heard, mean + 2, heard.words.len() - 1);
    replace(intent, Slot::Phrase, said(heard, say + 1, mean - 1));
    if crate::clauses::begins_with_verb(rest) {
        intent.slots.retain(|(slot, _)| *slot != Slot::Name);
        replace(intent, Slot::Message, meaning);
    }
}

fn replace(intent: &mut Intent, slot: Slot, text: String) {
    intent.slots.retain(|(own, _)| *own != slot);
    intent.slots.push((slot, SlotValue::Text(text)));
}

fn to_the_end(intent: &mut Intent, heard: &Heard) {
    let is_place_after = |start: usize| {
        intent
            .texts(Slot::Area)
            .chain(intent.texts(Slot::Floor))
            .any(|place| heard.text.rfind(place).is_some_and(|at| start < at))
    };
    let Some(message) = intent.text(Slot::Message) else { return };
    let Some(start) = heard.text.find(message).filter(|start| !is_place_after(*start)) else { return };
    let whole =
        heard.text.get(start..).unwrap_or_default().trim_end_matches(['.', '!', '?', '。', '！', '？', ' ']).to_owned();
    replace(intent, Slot::Message, whole);
}

/// Of two lengths in "add 30 seconds to the 5 minute timer", the one beside the word for timer is the timer's own.
fn timer_and_change(intent: &mut Intent, heard: &Heard) {
    let [left, right] = heard.lengths.as_slice() else { return };
    let own = match (is_timers_own(left, heard), is_timers_own(right, heard)) {
        (true, false) => left,
        (false, true) => right,
        _ => return,
    };
    let change = if own == left { right } else { left };
    intent.slots.retain(|(slot, _)| !matches!(slot, Slot::Duration | Slot::StartDuration));
    intent.slots.push((Slot::Duration, spoken_length(change)));
    intent.slots.push((Slot::StartDuration, spoken_length(own)));
}

fn is_timers_own(length: &Length, heard: &Heard) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| heard.words.get(at)).map_or("", |word| word.text.as_str());
    let next = length.last + 1;
    let after = next + usize::from(matches!(word(Some(next)), "的" | "嘅" | "long"));
    let is_timer_after = matches!(word(Some(after)), "timer" | "timers" | "countdown" | "计" | "定" | "倒" | "闹");
    let before = |steps: usize| word(length.first.checked_sub(steps));
    let is_timer_before = matches!(before(1), "for" | "of") && matches!(before(2), "timer" | "countdown");
    is_timer_after || is_timer_before
}

/// "Deactivate" is one letter group away from its opposite, and never means it.
fn says_off(heard: &Heard) -> bool {
    let has = |wanted: &[&str]| heard.words.iter().any(|word| wanted.contains(&word.text.as_str()));
    let text: String = heard.words.iter().map(|word| word.text.as_str()).collect();
    let is_on_han = ["启用", "打开", "开启"].iter().any(|word| text.contains(word));
    let is_off_han = ["停用", "禁用"].iter().any(|word| text.contains(word)) && !is_on_han;
    (has(&["deactivate", "deactivated", "disable"]) && !has(&["activate", "enable", "start"])) || is_off_han
}

/// Locking and unlocking are told apart by the verb that was said, not by a model.
fn lock_or_unlock(heard: &Heard) -> Option<IntentKind> {
    let has = |wanted: &[&str]| heard.words.iter().any(|word| wanted.contains(&word.text.as_str()));
    let text: String = heard.words.iter().map(|word| word.text.as_str()).collect();
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

fn spoken_length(length: &Length) -> SlotValue {
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
