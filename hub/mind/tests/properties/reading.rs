//! Reading: codes, times and texts of any kind.

use std::collections::BTreeMap;

use house::{IntentKind, Slot, SlotKind};
use mind::understand::code::{CodeError, CodeIntent, CodeValue};
use mind::understand::prompt::{Names, pieces};
use mind::understand::{code, reflex};
use mind::when::{Location, ParsedTime, TimeContext};
use mind::words::{key, words};
use mind::{numbers, understand};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::houses::house;
use crate::requests::{around, resolved, steps, text, when};
use crate::{SOME, cases};

proptest! {
    #![proptest_config(cases(SOME))]

    #[test]
    fn a_code_is_read_as_it_was_written(mut intents in prop::collection::vec(code_intent(), 1..5)) {
        for intent in &mut intents {
            intent.slots.sort_by_key(|(slot, _)| *slot);
        }
        let printed = code::print(&intents);
        prop_assume!(printed.len() <= code::MAX_TOKENS);
        prop_assert_eq!(code::parse(&printed, WORDS), Ok(intents));
        prop_assert!(walk(&printed));
    }

    #[test]
    fn the_automaton_accepts_what_is_read(
        mut tokens in near_code(),
        changes in prop::collection::vec((any::<Index>(), 0..4_u8, token()), 0..4),
    ) {
        for (at, kind, token) in changes {
            let at = at.index(tokens.len().max(1)).min(tokens.len());
            match kind {
                0 => tokens.insert(at, token),
                1 if at < tokens.len() => drop(tokens.remove(at)),
                2 if at < tokens.len() => tokens[at] = token,
                _ => tokens.truncate(at),
            }
        }
        let accepted = walk(&tokens);
        match code::parse(&tokens, WORDS) {
            Ok(_) => prop_assert!(accepted, "read and not accepted: {tokens:?}"),
            // The automaton does not compare the ends of a span and does not count.
            Err(CodeError::TooLong) => {}
            Err(CodeError::Span { first, last, .. }) if last < first => {}
            Err(error) => prop_assert!(!accepted, "accepted, and {error}: {tokens:?}"),
        }
    }

    #[test]
    fn no_tokens_make_reading_fail_hard(
        tokens in prop::collection::vec(prop_oneof![token(), ".{0,12}"], 0..90),
        count in 0..70_usize,
    ) {
        let _ = code::parse(&tokens, count);
    }

    #[test]
    fn a_time_is_always_to_come(
        text in prop_oneof![
            text(),
            when(),
            prop::collection::vec(select(TIME_WORDS), 1..6).prop_map(|words| words.join(" ")),
        ],
        now in 1_700_000_000_000..2_000_000_000_000_i64,
        zone in select(vec!["Europe/Berlin", "Asia/Shanghai", "America/St_Johns", "Pacific/Apia", "Antarctica/Troll"]),
        north in -80.0..80.0_f64,
    ) {
        let around = TimeContext {
            now_ms: now,
            zone: jiff::tz::TimeZone::get(zone).unwrap(),
            location: Some(Location { latitude: north, longitude: 20.0 }),
        };
        if let Ok(ParsedTime::At(timing) | ParsedTime::Until(timing)) = mind::when::read(&text, &around) {
            let due = mind::when::next(&timing, now, &around).unwrap();
            prop_assert!(now < due, "{text}: {timing:?}");
            if let house::Timing::Weekly(days, _) = timing {
                let again = mind::when::next(&timing, due, &around);
                prop_assert!(
                    again.is_none_or(|again| due < again && again - due <= 200 * 86_400_000),
                    "{text}: {days:?}"
                );
            }
        }
        let _ = mind::when::speaks_of(&text, &house::Timing::At(now), now, &around);
    }

    #[test]
    fn any_text_is_cut_within_its_bounds(text in text(), house in house()) {
        let cut = words(&text);
        let mut last = 0;
        for word in &cut {
            prop_assert!(text.get(word.start..word.end).is_some() && last <= word.end && !word.text.is_empty());
            last = word.end;
        }
        for number in numbers::numbers(&cut) {
            prop_assert!(
                number.first <= number.last && number.last < cut.len() && number.value.is_finite(),
                "{number:?}"
            );
        }
        for length in numbers::lengths(&cut) {
            prop_assert!(length.first <= length.last && length.last < cut.len(), "{length:?}");
            let _ = length.total_s();
        }
        for at in 0..cut.len() + 2 {
            let _ = numbers::count_at(&cut, at);
        }
        let names = Names::of(&house);
        let marks = names.find(&cut);
        let mut next = 0;
        for mark in &marks {
            prop_assert!(
                next <= mark.first && mark.first <= mark.last && mark.last < cut.len() && !mark.kinds.is_empty()
            );
            next = mark.last + 1;
        }
        let _ = pieces(&cut, &marks);
        let _ = (
            key(&text),
            reflex::reflex(&text),
            reflex::pin(&text),
            reflex::plain(&text, &house),
            mind::resolve::is_plural(&text),
        );
        if let Some(heard) = understand::tokenized::tokenize(&text, &names) {
            let ask = understand::ask(&heard);
            let starts = ask.word_starts.iter().chain(&ask.number_starts).chain(&ask.length_starts);
            prop_assert!(starts.map(|start| start.parse::<usize>().unwrap()).all(|start| start < heard.words.len()));
            let _ = understand::tokenized::said(&heard, 0, heard.words.len() - 1);
        }
    }

    #[test]
    fn any_code_for_any_text_can_be_resolved(
        text in text(),
        code in prop::collection::vec(code_intent(), 1..4),
        house in house(),
        around in around(),
    ) {
        let names = Names::of(&house);
        let Some(heard) = understand::tokenized::tokenize(&text, &names) else { return Ok(()) };
        if let Ok(intents) = understand::read(&code::print(&code), &heard) {
            for resolution in resolved(&house, &intents, &around) {
                prop_assert!(steps(&resolution).iter().all(|step| house.entities.contains_key(&step.entity)));
            }
        }
    }
}

/// Walks the automaton; whether it accepts.
fn walk(tokens: &[String]) -> bool {
    let automaton = code::automaton();
    let sets: BTreeMap<&str, &Vec<String>> =
        automaton.sets.iter().map(|(name, labels)| (name.as_str(), labels)).collect();
    let indices: Vec<String> = (0..WORDS).map(|index| index.to_string()).collect();
    let mut at = 0;
    for token in tokens {
        let state = &automaton.states[at];
        let fits = |set: &str| match set {
            "words" | "numbers" | "durations" => indices.contains(token),
            set => sets[set].contains(token),
        };
        let ways: Vec<usize> = state.edges.iter().filter(|(set, _)| fits(set)).map(|(_, to)| *to).collect();
        assert!(ways.len() <= 1, "two ways from one state by `{token}`");
        match ways.first() {
            Some(next) => at = *next,
            None => return false,
        }
    }
    automaton.states[at].accept
}

fn code_intent() -> impl Strategy<Value = CodeIntent> {
    let value = |slot: Slot| match slot.kind() {
        SlotKind::Label(labels) => select(labels).prop_map(CodeValue::Label).boxed(),
        SlotKind::Words => {
            (0..WORDS, 0..WORDS).prop_map(|(one, other)| CodeValue::Span(one.min(other), one.max(other))).boxed()
        }
        SlotKind::Number | SlotKind::Duration => (0..WORDS).prop_map(CodeValue::At).boxed(),
    };
    select(IntentKind::ALL).prop_flat_map(move |kind| {
        let slots = code::slots_of(kind);
        let slots = match slots.is_empty() {
            true => Just(Vec::new()).boxed(),
            false => {
                prop::collection::vec(select(slots).prop_flat_map(move |slot| (Just(slot), value(slot))), 0..5).boxed()
            }
        };
        slots.prop_map(move |slots| CodeIntent { kind, slots })
    })
}

fn near_code() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(code_intent(), 1..4).prop_map(|intents| code::print(&intents))
}

fn token() -> impl Strategy<Value = String> {
    select(code::tokens())
}

const TIME_WORDS: &[&str] = &[
    "at", "in", "every", "on", "until", "half", "past", "quarter", "to", "7", "12", "25", "seven", "30", "am", "pm",
    "a", "m", "minutes", "an", "hour", "days", "weekday", "monday", "sunday", "next", "this", "tomorrow", "tonight",
    "morning", "night", "noon", "midnight", "sunset", "sunrise", "before", "after", "march", "31st", "february",
    "30th", "the", "of", "点", "半", "十", "七", "早上", "晚上", "每", "天", "周", "一", "三", "后", "前", "日落",
    "月", "号", "明天", "下", "刻", "分钟", "两", "小", "时", "直到", "到",
];

const WORDS: usize = 12;
