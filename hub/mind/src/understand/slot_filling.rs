//! A missing value from the answer to a question, if the answer is nothing but that.

use house::{Intent, IntentKind, Slot, SlotValue};

use crate::lexicon;
use crate::lexicon::begins_with_verb;
use crate::numbers::{lengths, numbers};
use crate::texts::words::{each, has};
use crate::words::{Word, words};

/// The request with the value that the words give; `None` if they are something else.
pub fn filled(intent: &Intent, text: &str) -> Option<Intent> {
    let slot = missing_slot(intent.kind)?;
    let value = match slot {
        Slot::Duration => length(text)?,
        Slot::Item | Slot::Name | Slot::Message => SlotValue::Text(thing(text)?),
        Slot::Brightness => match number(text) {
            Some(percent) => SlotValue::Number(percent),
            None => {
                lexicon::color(bare(text))?;
                return Some(intent.clone().with(Slot::Color, SlotValue::Text(bare(text).to_owned())));
            }
        },
        _ => SlotValue::Number(number(text)?),
    };
    Some(intent.clone().with(slot, value))
}

/// The slot that a question for a value is about, in a request of this kind.
pub fn missing_slot(kind: IntentKind) -> Option<Slot> {
    use IntentKind as I;
    Some(match kind {
        I::LightSet => Slot::Brightness,
        I::ClimateSetTemperature => Slot::Temperature,
        I::SetPosition => Slot::Position,
        I::FanSetSpeed => Slot::Percentage,
        I::SetVolume => Slot::VolumeLevel,
        I::HumidifierSetpoint => Slot::Humidity,
        I::StartTimer | I::IncreaseTimer | I::DecreaseTimer => Slot::Duration,
        I::ShoppingListAddItem
        | I::ShoppingListCompleteItem
        | I::ListAddItem
        | I::ListCompleteItem
        | I::ListRemoveItem => Slot::Item,
        I::SceneCreate => Slot::Name,
        I::SetReminder | I::Broadcast => Slot::Message,
        _ => return None,
    })
}

/// A number that is all there is, but for words that go with it.
fn number(text: &str) -> Option<f64> {
    let words = words(text);
    let [only] = numbers(&words).try_into().ok()?;
    let only: crate::numbers::Number = only;
    is_all(&words, only.first, only.last).then_some(only.value)
}

fn length(text: &str) -> Option<SlotValue> {
    let words = words(text);
    let [only] = lengths(&words).try_into().ok()?;
    let only: crate::numbers::Length = only;
    is_all(&words, only.first, only.last).then_some(SlotValue::Length {
        hours: only.hours,
        minutes: only.minutes,
        seconds: only.seconds,
    })
}

fn is_all(words: &[Word], first: usize, last: usize) -> bool {
    words
        .iter()
        .enumerate()
        .all(|(at, word)| (first..=last).contains(&at) || has(|words| words.value_fillers, &word.text))
}

/// A thing is short, and no order.
fn thing(text: &str) -> Option<String> {
    let words = words(text);
    let most = if words.iter().any(Word::is_han) { MOST_HAN } else { MOST_WORDS };
    let is_thing = !words.is_empty() && words.len() <= most && !begins_with_verb(&words);
    is_thing.then(|| bare(text).to_owned())
}

fn bare(text: &str) -> &str {
    let mut rest = text.trim().trim_end_matches(SIGNS);
    while let Some(shorter) = each(|words| words.thing_ends).find_map(|end| rest.strip_suffix(end)) {
        rest = shorter.trim_end_matches(SIGNS);
    }
    rest
}

const SIGNS: [char; 6] = ['.', '!', '?', '。', '！', '？'];
const MOST_WORDS: usize = 6;
const MOST_HAN: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: IntentKind, text: &str, slot: Slot, want: Option<SlotValue>) {
        let got = filled(&Intent::new(kind), text).and_then(|intent| intent.all(slot).next().cloned());
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn an_answer_fills_what_was_missing() {
        check(IntentKind::ClimateSetTemperature, "21", Slot::Temperature, Some(SlotValue::Number(21.0)));
        check(
            IntentKind::ClimateSetTemperature,
            "to twenty one degrees please",
            Slot::Temperature,
            Some(SlotValue::Number(21.0)),
        );
        check(IntentKind::ClimateSetTemperature, "二十一度吧", Slot::Temperature, Some(SlotValue::Number(21.0)));
        check(IntentKind::ClimateSetTemperature, "turn on 2 lights", Slot::Temperature, None);
        check(IntentKind::LightSet, "red", Slot::Color, Some(SlotValue::Text("red".to_owned())));
        check(IntentKind::LightSet, "百分之四十", Slot::Brightness, Some(SlotValue::Number(40.0)));
        check(
            IntentKind::StartTimer,
            "ten minutes",
            Slot::Duration,
            Some(SlotValue::Length { hours: 0, minutes: 10, seconds: 0 }),
        );
        check(IntentKind::ListAddItem, "oat milk", Slot::Item, Some(SlotValue::Text("oat milk".to_owned())));
        check(IntentKind::ListAddItem, "turn off the light", Slot::Item, None);
        check(IntentKind::ListAddItem, "关灯", Slot::Item, None);
    }
}
