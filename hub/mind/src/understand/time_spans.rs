//! The words of a time, whole: half a time that a model pointed at is widened to all that reads as one.
//!
//! What is read by rule needs no model: where a time begins and ends, and that "for an hour" is not "in an hour".

use house::{IntentKind, Slot, SlotKind};

use super::tokenized::Tokenized;
use crate::language::guess;
use crate::texts;
use crate::texts::words::{Words, has};
use crate::understand::code::{CodeIntent, CodeValue, slots_of};
use crate::when;

/// Makes the times of a code whole, and takes out the numbers that were only part of one.
pub(super) fn whole_times(code: &mut [CodeIntent], tokenized: &Tokenized) {
    for at in 0..code.len() {
        let Some((one, others)) = parted(code, at) else { continue };
        if slots_of(one.kind).contains(&Slot::When) {
            make_whole(one, &others, tokenized);
        }
    }
    if let [one] = code
        && one.kind == IntentKind::SetReminder
    {
        whole_message(one, tokenized);
    }
}

/// One request, and the words that the others claim.
fn parted(code: &mut [CodeIntent], at: usize) -> Option<(&mut CodeIntent, Vec<(usize, usize)>)> {
    let others = code
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .flat_map(|(_, intent)| &intent.slots)
        .filter_map(|(_, value)| span(*value))
        .collect();
    Some((code.get_mut(at)?, others))
}

fn make_whole(intent: &mut CodeIntent, others: &[(usize, usize)], tokenized: &Tokenized) {
    drop_parts_of_times(intent, tokenized);
    let mut taken = others.to_vec();
    let inside_when =
        |(from, to): &(usize, usize)| when_of(intent).is_some_and(|(first, last)| first <= *from && *to <= last);
    taken.extend(
        intent
            .slots
            .iter()
            .filter(|(slot, _)| *slot != Slot::When)
            .filter_map(|(slot, value)| claimed(*slot, *value, tokenized))
            .filter(|claimed| !inside_when(claimed)),
    );
    let is_free =
        |at: usize| at < tokenized.words.len() && !taken.iter().any(|(first, last)| *first <= at && at <= *last);
    if let Some((first, last)) = when_of(intent) {
        match widest(first, last, &is_free, tokenized) {
            Some((first, last)) => {
                // What is all part of the time is nothing else besides.
                intent.slots.retain(|(slot, value)| {
                    *slot == Slot::When || span(*value).is_none_or(|(from, to)| from < first || last < to)
                });
                set(intent, Slot::When, CodeValue::Span(first, last));
            }
            None => split(intent, first, last, tokenized),
        }
    }
    if when_of(intent).is_none()
        && others.is_empty()
        && let Some((first, last)) = unclaimed(&is_free, tokenized)
    {
        set(intent, Slot::When, CodeValue::Span(first, last));
    }
    if !slots_of(intent.kind).contains(&Slot::For) || intent.slots.iter().any(|(slot, _)| *slot == Slot::For) {
        return;
    }
    // "Make it ten minutes" is about the length that stood there before.
    if intent.kind == IntentKind::Correct {
        return;
    }
    let when = when_of(intent);
    let is_for = |first: usize, last: usize| is_for(first, last, tokenized);
    let lengths = tokenized.lengths.iter().filter(|length| is_for(length.first, length.last));
    for length in lengths {
        // "Ten minutes" alone is how long; only "in ten minutes" is when.
        if when == Some((length.first, length.last)) {
            intent.slots.retain(|(slot, _)| *slot != Slot::When);
            set(intent, Slot::For, CodeValue::At(length.first));
            return;
        }
        let is_outside = when.is_none_or(|(first, last)| length.last < first || last < length.first);
        if is_outside && (length.first..=length.last).all(is_free) {
            set(intent, Slot::For, CodeValue::At(length.first));
            return;
        }
    }
}

/// A number inside "at 8 pm" or "half an hour" is no brightness; without it, switching is switching.
fn drop_parts_of_times(intent: &mut CodeIntent, tokenized: &Tokenized) {
    let when = when_of(intent);
    let is_part = |slot: Slot, value: CodeValue| match (slot.kind(), value) {
        (SlotKind::Number, CodeValue::At(at)) => {
            let in_when = when.is_some_and(|(first, last)| first <= at && at <= last);
            in_when || tokenized.lengths.iter().any(|length| length.first <= at && at <= length.last)
        }
        _ => false,
    };
    let before = intent.slots.len();
    intent.slots.retain(|(slot, value)| !is_part(*slot, *value));
    let has_value = intent.slots.iter().any(|(slot, _)| {
        matches!(
            slot,
            Slot::Brightness
                | Slot::Color
                | Slot::Temperature
                | Slot::Direction
                | Slot::Extreme
                | Slot::Step
                | Slot::Position
        )
    });
    if intent.slots.len() < before
        && !has_value
        && matches!(intent.kind, IntentKind::LightSet | IntentKind::SetPosition)
    {
        intent.kind = switched(tokenized).unwrap_or(intent.kind);
    }
}

/// What "on" and "off" say, if only one of them is said.
pub(super) fn switched(tokenized: &Tokenized) -> Option<IntentKind> {
    let says = |wanted: fn(&'static Words) -> &'static [&'static str]| {
        tokenized.words.iter().any(|word| has(wanted, &word.text))
    };
    match (says(|words| words.switch_on), says(|words| words.switch_off)) {
        (true, false) => Some(IntentKind::TurnOn),
        (false, true) => Some(IntentKind::TurnOff),
        _ => None,
    }
}

/// The longest run of free words around these that reads as one time.
fn widest(
    first: usize,
    last: usize,
    is_free: &impl Fn(usize) -> bool,
    tokenized: &Tokenized,
) -> Option<(usize, usize)> {
    let from = (first.saturating_sub(MOST_WIDENED)..first).rev().take_while(|at| is_free(*at)).last().unwrap_or(first);
    let to = (last + 1..=last + MOST_WIDENED).take_while(|at| is_free(*at)).last().unwrap_or(last);
    let mut runs: Vec<(usize, usize)> =
        (from..=first).flat_map(|start| (last..=to).map(move |end| (start, end))).collect();
    runs.sort_by_key(|(start, end)| std::cmp::Reverse(end - start));
    runs.into_iter()
        .find(|(start, end)| (*end == last || !is_polite(*end, tokenized)) && is_time(*start, *end, tokenized))
}

/// A time beyond doubt that nothing claims, such as "tomorrow at nine".
fn unclaimed(is_free: &impl Fn(usize) -> bool, tokenized: &Tokenized) -> Option<(usize, usize)> {
    let at = (0..tokenized.words.len()).find(|at| is_free(*at) && says_day(*at, tokenized))?;
    widest(at, at, is_free, tokenized).or_else(|| widest(at, at + 1, is_free, tokenized))
}

/// Whether a day or the sun begins at this word.
fn says_day(at: usize, tokenized: &Tokenized) -> bool {
    let rest = tokenized.words.get(at..).unwrap_or_default();
    let text: String = rest.iter().take(2).map(|word| word.text.as_str()).collect();
    has(|words| words.times, rest.first().map_or("", |word| word.text.as_str())) || has(|words| words.time_pairs, &text)
}

/// "At 8 pm for 15 minutes": when, and for how long.
fn split(intent: &mut CodeIntent, first: usize, last: usize, tokenized: &Tokenized) {
    if !slots_of(intent.kind).contains(&Slot::For) {
        return;
    }
    for length in tokenized
        .lengths
        .iter()
        .filter(|length| first <= length.first && length.last <= last && is_for(length.first, length.last, tokenized))
    {
        let is_said = |at: usize| tokenized.words.get(at).is_some_and(|word| has(|words| words.for_before, &word.text));
        let cut = length.first.checked_sub(1).filter(|at| is_said(*at)).unwrap_or(length.first);
        let rest = [(first, cut.saturating_sub(1)), (length.last + 1, last)]
            .into_iter()
            .find(|(from, to)| from <= to && *to <= last && is_time(*from, *to, tokenized));
        if let Some((from, to)) = rest {
            set(intent, Slot::When, CodeValue::Span(from, to));
            set(intent, Slot::For, CodeValue::At(length.first));
            return;
        }
    }
}

/// Whether a length of time says how long, not when: "for" before it, or, in a language without such a word, nothing
/// that makes it a when.
fn is_for(first: usize, last: usize, tokenized: &Tokenized) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| tokenized.words.get(at)).map_or("", |word| word.text.as_str());
    let (before, unit, after) = (word(first.checked_sub(1)), word(Some(last)), word(Some(last + 1)));
    let own = texts::of(guess(unit)).words();
    match own.for_before {
        [] => !own.not_for_after.contains(&after) && !own.not_for_before.contains(&before),
        said => said.contains(&before),
    }
}

/// The message of a reminder is all that stands between it and the time, or after the time.
fn whole_message(intent: &mut CodeIntent, tokenized: &Tokenized) {
    let message = intent.slots.iter().find(|(slot, _)| *slot == Slot::Message).and_then(|(_, value)| span(*value));
    let Some((first, last)) = message else { return };
    let end = match when_of(intent) {
        Some((when, _)) if last < when => when - 1,
        Some((_, when)) if first <= when => return,
        _ => tokenized.words.len().saturating_sub(1),
    };
    let end = (last..=end).rev().find(|at| *at == last || !is_polite(*at, tokenized)).unwrap_or(last);
    set(intent, Slot::Message, CodeValue::Span(first, end));
}

fn is_polite(at: usize, tokenized: &Tokenized) -> bool {
    tokenized.words.get(at).is_some_and(|word| has(|words| words.after_times, &word.text))
}

fn is_time(first: usize, last: usize, tokenized: &Tokenized) -> bool {
    tokenized.words.get(first..=last).is_some_and(when::reads)
}

fn when_of(intent: &CodeIntent) -> Option<(usize, usize)> {
    intent.slots.iter().find(|(slot, _)| *slot == Slot::When).and_then(|(_, value)| span(*value))
}

fn span(value: CodeValue) -> Option<(usize, usize)> {
    match value {
        CodeValue::Span(first, last) => Some((first, last)),
        CodeValue::Label(_) | CodeValue::At(_) => None,
    }
}

/// The words that a slot claims, with the whole of its number.
fn claimed(slot: Slot, value: CodeValue, tokenized: &Tokenized) -> Option<(usize, usize)> {
    let CodeValue::At(at) = value else { return span(value) };
    let length = tokenized
        .lengths
        .iter()
        .find(|length| slot.kind() == SlotKind::Duration && length.first <= at && at <= length.last)
        .map(|length| (length.first, length.last));
    let number = tokenized
        .numbers
        .iter()
        .find(|number| number.first <= at && at <= number.last)
        .map(|number| (number.first, number.last));
    length.or(number).or(Some((at, at)))
}

fn set(intent: &mut CodeIntent, slot: Slot, value: CodeValue) {
    intent.slots.retain(|(own, _)| *own != slot);
    intent.slots.push((slot, value));
}

/// No time has more words on either side of what was pointed at.
const MOST_WIDENED: usize = 8;

#[cfg(test)]
mod tests {
    use house::{Intent, SlotValue};

    use crate::understand::prompt::Names;
    use crate::understand::read;
    use crate::understand::tokenized::tokenize;

    fn check(text: &str, code: &str, want: &str) {
        let tokenized = tokenize(text, &Names::default()).unwrap();
        let tokens: Vec<String> = code.split_whitespace().map(str::to_owned).collect();
        let read: Vec<String> = read(&tokens, &tokenized).unwrap().iter().map(shown).collect();
        assert_eq!(read.join(", "), want, "{text}");
    }

    fn shown(intent: &Intent) -> String {
        let slots = intent.slots.iter().map(|(slot, value)| match value {
            SlotValue::Text(text) => format!(" {}={text}", slot.as_str()),
            SlotValue::Length { hours, minutes, seconds } => format!(" {}={hours}:{minutes}:{seconds}", slot.as_str()),
            SlotValue::Number(number) => format!(" {}={number}", slot.as_str()),
            SlotValue::Label(label) => format!(" {}={label}", slot.as_str()),
            SlotValue::Entity(_) | SlotValue::Schedule(_) | SlotValue::Timer(_) => String::new(),
        });
        format!("{}{}", intent.kind.as_str(), slots.collect::<String>())
    }

    #[test]
    fn half_a_time_is_widened_to_the_whole() {
        check(
            "every weekday at 7 turn on the lamp",
            "HassTurnOn name 7 7 when 0 1",
            "HassTurnOn name=lamp when=every weekday at 7",
        );
        check(
            "remind me every evening at 8 to feed the cat",
            "HearthSetReminder message 7 9 when 2 3",
            "HearthSetReminder when=every evening at 8 message=feed the cat",
        );
        check("日落后半小时打开门廊灯", "HassTurnOn name 8 10 when 0 3", "HassTurnOn name=门廊灯 when=日落后半小时");
        check("打开遮阳棚直到日落", "HassTurnOn name 2 4 when 6 7", "HassTurnOn name=遮阳棚 when=直到日落");
        check("明天关灯", "HassTurnOff domain=light", "HassTurnOff domain=light when=明天");
    }

    #[test]
    fn what_another_slot_says_is_no_time() {
        check(
            "set the heating to 8 tomorrow",
            "HassClimateSetTemperature domain=climate temperature 4 when 5 5",
            "HassClimateSetTemperature domain=climate temperature=8 when=tomorrow",
        );
        check("turn on lamp 8 tomorrow", "HassTurnOn name 2 3 when 4 4", "HassTurnOn name=lamp 8 when=tomorrow");
        check(
            "turn on the fan and turn it off at 9",
            "HassTurnOn name 3 3 and HassTurnOff scope=it when 9 9",
            "HassTurnOn name=fan, HassTurnOff scope=it when=at 9",
        );
    }

    #[test]
    fn a_number_of_a_time_is_no_value() {
        check(
            "turn on the lamp at 8 pm",
            "HassLightSet name 3 3 brightness 5 when 4 6",
            "HassTurnOn name=lamp when=at 8 pm",
        );
        check(
            "close the blind half an hour after sunset",
            "HassSetPosition name 2 2 position 3 when 6 7",
            "HassTurnOff name=blind when=half an hour after sunset",
        );
        check(
            "dim the lamp to 30 percent at 8 pm",
            "HassLightSet name 2 2 brightness 4 when 6 8",
            "HassLightSet name=lamp brightness=30 when=at 8 pm",
        );
    }

    #[test]
    fn how_long_is_not_when() {
        check(
            "turn on the tap at 8 pm for 15 minutes",
            "HassTurnOn name 3 3 when 4 9",
            "HassTurnOn name=tap when=at 8 pm for=0:15:0",
        );
        check("开灯半小时", "HassTurnOn domain=light when 2 4", "HassTurnOn domain=light for=0:30:0");
        check("打开风扇20分钟", "HassTurnOn name 2 3 when 4 6", "HassTurnOn name=风扇 for=0:20:0");
        check("倒數5分鐘關燈", "HassTurnOff domain=light when 2 4", "HassTurnOff domain=light when=5分鐘");
        check("20分钟后打开风扇", "HassTurnOn name 6 7 when 0 3", "HassTurnOn name=风扇 when=20分钟后");
        check("半小时后开灯", "HassTurnOn domain=light when 0 3", "HassTurnOn domain=light when=半小时后");
        check(
            "晚上八点打开洒水器十分钟",
            "HassTurnOn name 6 8 when 0 3",
            "HassTurnOn name=洒水器 when=晚上八点 for=0:10:0",
        );
        check("set a reminder at 9 pm", "HearthSetReminder message 4 5 when 3 5", "HearthSetReminder when=at 9 pm");
        check(
            "turn on the tap in 10 minutes",
            "HassTurnOn name 3 3 when 4 6",
            "HassTurnOn name=tap when=in 10 minutes",
        );
    }

    #[test]
    fn a_reminder_keeps_its_last_word() {
        check(
            "remind me to take the bread out in 15 minutes please",
            "HearthSetReminder message 3 5 when 7 9",
            "HearthSetReminder when=in 15 minutes message=take the bread out",
        );
        check(
            "remind me tomorrow to call her back please",
            "HearthSetReminder message 4 5 when 2 2",
            "HearthSetReminder when=tomorrow message=call her back",
        );
    }
}
