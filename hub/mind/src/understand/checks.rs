//! What the words say beyond doubt about how far an action may go, whatever a model read into them.
//!
//! A question never acts; an exception that was said is never lost; what is in no script we know is not guessed at.

use house::{Intent, IntentKind, Slot, SlotValue};

use super::tokenized::{Tokenized, said};
use crate::numbers::{Number, Unit};
use crate::words::{is_han, key};

use crate::lexicon::begins_with_verb;
use crate::texts::words::{each, has, stands_in};

/// Why a reading is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingError {
    /// The words are a question, and the reading would act.
    Question,
    /// An exception was said, and the reading has none.
    Exception,
    /// A value was said, and the reading sets another.
    Value,
    /// A time was said, and the reading has none: it would be done at once.
    Time,
    /// A room or floor was said, and the reading has none: it would be done elsewhere or everywhere.
    Place,
    /// A condition was said, and the reading has none: it would be done at once.
    Condition,
}

/// Whether the words are in a script that the model was taught, and stand in the order in which they are shown.
pub fn is_readable(tokenized: &Tokenized) -> bool {
    // What is shown backwards says something else to a person than to a model.
    let is_turned_around =
        tokenized.text.contains(|letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    if is_turned_around {
        return false;
    }
    let is_known =
        |letter: char| letter.is_ascii_alphanumeric() || is_han(letter) || ('\u{c0}'..='\u{24f}').contains(&letter);
    tokenized.words.iter().any(|word| word.text.chars().any(is_known)) || !tokenized.marks.is_empty()
}

/// The reading, made harmless where the words demand it.
///
/// # Errors
/// Why the reading is not to be followed: what was said and is in none of its slots.
pub fn check_reading(intents: Vec<Intent>, tokenized: &Tokenized) -> Result<Vec<Intent>, ReadingError> {
    let intents = match is_question(tokenized) {
        true => intents.into_iter().map(asked).collect::<Option<Vec<Intent>>>().ok_or(ReadingError::Question)?,
        false => intents,
    };
    let intents =
        intents.into_iter().map(|intent| excepted(intent, tokenized)).collect::<Result<Vec<Intent>, ReadingError>>()?;
    let intents = placed(intents, tokenized)?;
    if intents.iter().any(|intent| takes_exceptions(intent.kind)) && has_lost_qualifier(&intents, tokenized) {
        return Err(ReadingError::Place);
    }
    let has_exception = intents.iter().any(|intent| intent.has(Slot::Except));
    let acts_on_things = intents.iter().any(|intent| takes_exceptions(intent.kind));
    if acts_on_things && !has_exception && says_exception(tokenized) {
        return Err(ReadingError::Exception);
    }
    if acts_on_things && loses_condition(&intents, tokenized) {
        return Err(ReadingError::Condition);
    }
    let has_time = intents.iter().any(|intent| {
        [Slot::When, Slot::For, Slot::Until, Slot::Transition, Slot::Duration, Slot::StartDuration]
            .into_iter()
            .any(|slot| intent.has(slot))
    });
    let loses_time = !intents.is_empty()
        && intents.iter().all(|intent| takes_exceptions(intent.kind))
        && !has_time
        && says_time(tokenized);
    match (loses_time, loses_value(&intents, tokenized)) {
        (true, _) => Err(ReadingError::Time),
        (false, true) => Err(ReadingError::Value),
        (false, false) => Ok(intents),
    }
}

/// In English what is excepted is said after "but". A room before it that was read as the exception is where it
/// happens, and what follows is the exception; what can't be mended so is not followed.
fn excepted(mut intent: Intent, tokenized: &Tokenized) -> Result<Intent, ReadingError> {
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let Some(but) = words.iter().rposition(|word| has(|words| words.before_exceptions, word)) else {
        return Ok(intent);
    };
    let before = |text: &str| {
        let mark = tokenized.marks.iter().find(|mark| said(tokenized, mark.first, mark.last) == text)?;
        (mark.last < but).then_some(mark)
    };
    let read: Vec<String> = intent.texts(Slot::Except).map(str::to_owned).collect();
    let Some(place) = read.iter().find_map(|text| before(text)) else { return Ok(intent) };
    let slot = match place.kinds.as_slice() {
        ["area"] => Slot::Area,
        ["floor"] => Slot::Floor,
        _ => return Err(ReadingError::Exception),
    };
    let mut after = tokenized.marks.iter().filter(|mark| but < mark.first);
    let (Some(exception), None) = (after.next(), after.next()) else { return Err(ReadingError::Exception) };
    intent.slots.retain(|(own, _)| *own != Slot::Except);
    intent.slots.push((slot, SlotValue::Text(said(tokenized, place.first, place.last))));
    intent.slots.push((Slot::Except, SlotValue::Text(said(tokenized, exception.first, exception.last))));
    Ok(intent)
}

/// "The spare bathroom" read as "the bathroom", "Kyle's office" as "the office": which one was said, and it is none of
/// this house. Only a word that goes before any place, a verb or a kind of thing may stand there.
fn has_lost_qualifier(intents: &[Intent], tokenized: &Tokenized) -> bool {
    let texts = texts(intents);
    let is_used = |text: &str| texts.iter().any(|own| own == &text.to_lowercase());
    let is_marked = |at: usize| tokenized.marks.iter().any(|mark| mark.first <= at && at <= mark.last);
    // "At 11 pm downstairs": what another slot says is no part of the place's name.
    let is_of_another =
        |word: &str, place: &str| texts.iter().any(|own| own != place && key(own).split(' ').any(|own| own == word));
    let is_number = |at: usize| tokenized.numbers.iter().any(|number| number.first <= at && at <= number.last);
    tokenized.marks.iter().filter(|mark| matches!(mark.kinds.as_slice(), ["area"] | ["floor"])).any(|mark| {
        let Some(at) = mark.first.checked_sub(1) else { return false };
        let Some(word) = tokenized.words.get(at).map(|word| word.text.as_str()) else { return false };
        let is_plain = word.chars().any(is_han)
            || !word.chars().any(char::is_alphabetic)
            || has(|words| words.before_places, word)
            || begins_with_verb(tokenized.words.get(at..).unwrap_or_default())
            || crate::lexicon::kind_of(word).is_some();
        let place = said(tokenized, mark.first, mark.last).to_lowercase();
        let is_free = !is_marked(at) && !is_number(at) && !is_of_another(word, &place);
        is_used(&place) && !is_plain && is_free
    })
}

/// Puts a room or floor that was said and then lost back where it can only belong; several requests are not guessed at.
fn placed(mut intents: Vec<Intent>, tokenized: &Tokenized) -> Result<Vec<Intent>, ReadingError> {
    if has_lost_owner(&intents, tokenized) {
        return Err(ReadingError::Place);
    }
    let Some((slot, place)) = lost_place(&intents, tokenized) else { return Ok(intents) };
    match intents.as_mut_slice() {
        [one] if takes_exceptions(one.kind) => {
            one.slots.push((slot, SlotValue::Text(place)));
            Ok(intents)
        }
        several if several.iter().all(|intent| takes_exceptions(intent.kind)) => Err(ReadingError::Place),
        _ => Ok(intents),
    }
}

/// "天文台的灯" read as "the lights": whose they are was said, and is nothing of this house.
fn has_lost_owner(intents: &[Intent], tokenized: &Tokenized) -> bool {
    let [one] = intents else { return false };
    let has_target =
        [Slot::Name, Slot::Area, Slot::Floor, Slot::Scope, Slot::Except].into_iter().any(|slot| one.has(slot));
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let owns = |two: &[&str]| {
        let [of, next] = two else { return false };
        has(|words| words.owner_marks, of) && !has(|words| words.no_owner_marks, next)
    };
    let Some(of) = words.windows(2).position(owns).filter(|_| takes_exceptions(one.kind) && !has_target) else {
        return false;
    };
    let is_marked = |at: usize| tokenized.marks.iter().any(|mark| mark.first <= at && at <= mark.last);
    let start = (0..of)
        .rev()
        .take_while(|at| {
            !is_marked(*at)
                && words
                    .get(*at)
                    .is_some_and(|word| word.chars().all(is_han) && !has(|words| words.before_owners, word))
        })
        .last();
    let owner = start.map(|start| words.get(start..of).unwrap_or_default().concat()).unwrap_or_default();
    let is_used = one.slots.iter().any(|(_, value)| matches!(value, SlotValue::Text(text) if text.contains(&owner)));
    2 <= owner.chars().count() && !is_used && !stands_in(|words| words.no_owners, &owner)
}

/// The first room or floor among the words that is part of no slot and of no longer name.
fn lost_place(intents: &[Intent], tokenized: &Tokenized) -> Option<(Slot, String)> {
    // "The garage door" names a kind of thing, not the room it is in.
    if intents.iter().any(|intent| intent.label(Slot::DeviceClass) == Some("garage")) {
        return None;
    }
    let texts = texts(intents);
    tokenized.marks.iter().find_map(|mark| {
        let slot = match mark.kinds.as_slice() {
            ["area"] => Slot::Area,
            ["floor"] => Slot::Floor,
            _ => return None,
        };
        let is_inside =
            tokenized.marks.iter().any(|other| other != mark && other.first <= mark.last && mark.first <= other.last);
        let place = said(tokenized, mark.first, mark.last);
        let is_used = texts.iter().any(|text| text.contains(&place.to_lowercase()));
        (!is_inside && !is_used).then_some((slot, place))
    })
}

/// The words that the slots hold, in lower case.
fn texts(intents: &[Intent]) -> Vec<String> {
    let text = |value: &SlotValue| if let SlotValue::Text(text) = value { Some(text.to_lowercase()) } else { None };
    intents.iter().flat_map(|intent| &intent.slots).filter_map(|(_, value)| text(value)).collect()
}

/// Whether "to minus 40 degrees" was read as no more than "colder".
fn loses_value(intents: &[Intent], tokenized: &Tokenized) -> bool {
    let sets_values = |kind: IntentKind| {
        matches!(
            kind,
            IntentKind::LightSet
                | IntentKind::SetPosition
                | IntentKind::ClimateSetTemperature
                | IntentKind::ClimateSetMode
                | IntentKind::HumidifierSetpoint
                | IntentKind::FanSetSpeed
                | IntentKind::SetVolume
        )
    };
    let has_value = |intent: &Intent| {
        intent.slots.iter().any(|(slot, value)| {
            matches!(value, SlotValue::Number(_) | SlotValue::Length { .. })
                || matches!(slot, Slot::When | Slot::Factor)
        })
    };
    let is_heat = intents.iter().any(|intent| intent.kind == IntentKind::ClimateSetTemperature);
    let is_value = |number: &Number| number.unit != Unit::None || (is_heat && LEAST_BARE <= number.value.abs());
    let is_name =
        |number: &Number| tokenized.marks.iter().any(|mark| mark.first <= number.first && number.last <= mark.last);
    let is_in_words = |number: &Number| {
        let said = said(tokenized, number.first, number.last);
        intents
            .iter()
            .flat_map(|intent| &intent.slots)
            .any(|(_, value)| matches!(value, SlotValue::Text(text) if text.contains(&said)))
    };
    intents.iter().any(|intent| sets_values(intent.kind))
        && !intents.iter().any(has_value)
        && tokenized.numbers.iter().any(|number| is_value(number) && !is_name(number) && !is_in_words(number))
}

/// Whether "when the door opens" was said and is part of no slot.
fn loses_condition(intents: &[Intent], tokenized: &Tokenized) -> bool {
    if intents.iter().any(|intent| intent.has(Slot::If)) {
        return false;
    }
    let texts = texts(intents);
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let is_used = |word: &str| texts.iter().any(|text| text.contains(word));
    let is_polite = |at: usize| words.get(at + 1).is_none_or(|next| has(|words| words.polite_conditions, next));
    let english = words
        .iter()
        .enumerate()
        .any(|(at, word)| has(|words| words.conditions, word) && !is_polite(at) && !is_used(word));
    let text = words.concat();
    let chinese = each(|words| words.condition_runs).any(|word| text.contains(word) && !is_used(word))
        && !stands_in(|words| words.polite_condition_runs, &text);
    english || chinese
}

/// Whether the words name a time that is not part of a name: doing it at once would be wrong.
fn says_time(tokenized: &Tokenized) -> bool {
    let is_in_name = |at: usize| tokenized.marks.iter().any(|mark| mark.first <= at && at <= mark.last);
    let has_length = tokenized.lengths.iter().any(|length| !is_in_name(length.first));
    let words: Vec<&str> = tokenized
        .words
        .iter()
        .enumerate()
        .map(|(at, word)| if is_in_name(at) { "" } else { word.text.as_str() })
        .collect();
    let text = words.concat();
    // "Am" is a verb too; after a number it is a time.
    let is_half = |at: usize| {
        let word = tokenized.words.get(at).map_or("", |word| word.text.as_str());
        each(|words| words.when.halves).any(|(half, _)| *half == word)
    };
    let has_half = tokenized.numbers.iter().any(|number| !is_in_name(number.first) && is_half(number.last + 1));
    has_length
        || has_half
        || words.iter().any(|word| has(|words| words.times, word))
        || stands_in(|words| words.time_pairs, &text)
}

/// Switching that was read into a question becomes the question; other actions have none.
fn asked(intent: Intent) -> Option<Intent> {
    let state = match (intent.kind, intent.label(Slot::Domain)) {
        (IntentKind::TurnOn, Some("lock")) => "locked",
        (IntentKind::TurnOff, Some("lock")) => "unlocked",
        (IntentKind::TurnOn, Some("cover" | "valve")) => "open",
        (IntentKind::TurnOff, Some("cover" | "valve")) => "closed",
        (IntentKind::TurnOn, _) => "on",
        (IntentKind::TurnOff, _) => "off",
        (kind, _) => return (!moves(kind)).then_some(intent),
    };
    let mut slots = intent.slots;
    slots.retain(|(slot, _)| !matches!(slot, Slot::When | Slot::For | Slot::Until));
    slots.push((Slot::Ask, SlotValue::Label("one")));
    slots.push((Slot::State, SlotValue::Label(state)));
    Some(Intent { kind: IntentKind::GetState, slots })
}

fn is_question(tokenized: &Tokenized) -> bool {
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let first = words.iter().find(|word| !has(|words| words.address, word)).copied().unwrap_or_default();
    let asks_for_help = words.iter().any(|word| has(|words| words.help, word));
    if has(|words| words.question_verbs, first) && !asks_for_help {
        return true;
    }
    let text = words.concat();
    each(|words| words.question_ends).any(|tail| text.ends_with(tail)) && !stands_in(|words| words.help_runs, &text)
}

fn says_exception(tokenized: &Tokenized) -> bool {
    let words: Vec<&str> = tokenized.words.iter().map(|word| word.text.as_str()).collect();
    let text = words.concat();
    words.iter().any(|word| has(|words| words.exceptions, word))
        || each(|words| words.exception_pairs).any(|(one, other)| words.windows(2).any(|two| two == [*one, *other]))
        || stands_in(|words| words.exception_runs, &text)
}

fn takes_exceptions(kind: IntentKind) -> bool {
    matches!(
        kind,
        IntentKind::TurnOn
            | IntentKind::TurnOff
            | IntentKind::Toggle
            | IntentKind::LightSet
            | IntentKind::SetPosition
            | IntentKind::ClimateSetTemperature
            | IntentKind::ClimateSetMode
            | IntentKind::FanSetSpeed
    )
}

/// Whether an intent changes anything at all.
fn moves(kind: IntentKind) -> bool {
    !matches!(
        kind,
        IntentKind::GetState
            | IntentKind::ClimateGetTemperature
            | IntentKind::GetWeather
            | IntentKind::GetCurrentTime
            | IntentKind::GetCurrentDate
            | IntentKind::TimerStatus
            | IntentKind::ListQuery
            | IntentKind::AlarmQuery
            | IntentKind::ScheduleQuery
            | IntentKind::Explain
            | IntentKind::HabitQuery
            | IntentKind::SuggestionQuery
            | IntentKind::Help
            | IntentKind::Respond
            | IntentKind::Nevermind
            | IntentKind::Repeat
            | IntentKind::Dont
            | IntentKind::Answer
            | IntentKind::NotForHouse
            | IntentKind::Unclear
    )
}

/// A bare number below this may be "one notch".
const LEAST_BARE: f64 = 5.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::prompt::Names;
    use crate::understand::tokenized::tokenize;

    fn check(text: &str, kind: IntentKind, want: Result<IntentKind, ReadingError>) {
        let tokenized = tokenize(text, &Names::default()).unwrap();
        let got = check_reading(vec![Intent::new(kind)], &tokenized).map(|intents| intents[0].kind);
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn questions_never_act() {
        check("is the coffee machine in the kitchen on", IntentKind::TurnOn, Ok(IntentKind::GetState));
        check("厨房的咖啡机开着吗", IntentKind::TurnOn, Ok(IntentKind::GetState));
        check("are the blinds at half", IntentKind::SetPosition, Err(ReadingError::Question));
        check("is it possible to turn on the fan", IntentKind::TurnOn, Ok(IntentKind::TurnOn));
        check("能把灯打开了吗", IntentKind::TurnOn, Ok(IntentKind::TurnOn));
        check("turn on the fan", IntentKind::TurnOn, Ok(IntentKind::TurnOn));
    }

    #[test]
    fn what_is_in_no_known_script_or_order_is_not_read() {
        let is_read = |text: &str| is_readable(&tokenize(text, &Names::default()).unwrap());
        assert!(is_read("turn on the light") && is_read("开灯") && is_read("20 %"));
        assert!(!is_read("ﷺ") && !is_read("שלום") && !is_read("\u{202e}sthgil eht no nrut"));
    }

    #[test]
    fn values_are_never_lost() {
        check("set the spaceship to 22 degrees", IntentKind::ClimateSetTemperature, Err(ReadingError::Value));
        check("把飞船调到二十二度", IntentKind::ClimateSetTemperature, Err(ReadingError::Value));
        check("set the heating to minus 40", IntentKind::ClimateSetTemperature, Err(ReadingError::Value));
        check("dim the light to 20 percent", IntentKind::LightSet, Err(ReadingError::Value));
        check("空调制冷26度", IntentKind::ClimateSetMode, Err(ReadingError::Value));
        check("make it one notch warmer", IntentKind::ClimateSetTemperature, Ok(IntentKind::ClimateSetTemperature));
        check("把灯调亮一点", IntentKind::LightSet, Ok(IntentKind::LightSet));
    }

    #[test]
    fn a_time_that_was_said_is_never_lost() {
        check("turn on the fan for an hour", IntentKind::TurnOn, Err(ReadingError::Time));
        check("开风扇一个小时", IntentKind::TurnOn, Err(ReadingError::Time));
        check("turn on the fan tomorrow", IntentKind::TurnOn, Err(ReadingError::Time));
        check("turn on the fan at 7 pm", IntentKind::TurnOn, Err(ReadingError::Time));
        check("raise the light i am reading", IntentKind::LightSet, Ok(IntentKind::LightSet));
        check("turn on the fan", IntentKind::TurnOn, Ok(IntentKind::TurnOn));
        check("play tomorrow by annie", IntentKind::MediaSearchAndPlay, Ok(IntentKind::MediaSearchAndPlay));
    }

    #[test]
    fn a_room_or_floor_that_was_said_is_never_lost() {
        let names =
            Names::new([("Ground Floor", "floor"), ("Kitchen", "area"), ("Kitchen Lamp", "light"), ("Office", "area")]);
        let read = |text: &str, intents: Vec<Intent>| {
            check_reading(intents, &tokenize(text, &names).unwrap()).map(|intents| {
                intents
                    .iter()
                    .map(|intent| {
                        (intent.text(Slot::Floor).map(str::to_owned), intent.text(Slot::Area).map(str::to_owned))
                    })
                    .collect::<Vec<_>>()
            })
        };
        let off = Intent::new(IntentKind::TurnOff);
        let except = off.clone().with(Slot::Except, SlotValue::Text("kitchen".to_owned()));
        assert_eq!(
            read("turn off all lights on the ground floor except the kitchen", vec![except]),
            Ok(vec![(Some("ground floor".to_owned()), None)])
        );
        assert_eq!(
            read("turn off everything in the Office", vec![off.clone()]),
            Ok(vec![(None, Some("Office".to_owned()))])
        );
        let lamp = off.clone().with(Slot::Name, SlotValue::Text("kitchen lamp".to_owned()));
        assert_eq!(read("turn off the kitchen lamp", vec![lamp]), Ok(vec![(None, None)]));
        assert_eq!(
            read("turn off the tv and everything in the office", vec![off.clone(), off]),
            Err(ReadingError::Place)
        );
        let light = Intent::new(IntentKind::TurnOn).with(Slot::Domain, SlotValue::Label("light"));
        assert_eq!(read("打开天文台的灯", vec![light.clone()]), Err(ReadingError::Place));
        for text in ["打开所有的灯", "打开这里的灯", "把红色的灯打开", "打开我的灯", "给我更多的光", "换个不同的灯光"]
        {
            assert_eq!(read(text, vec![light.clone()]), Ok(vec![(None, None)]), "{text}");
        }
    }

    #[test]
    fn a_condition_that_was_said_is_never_lost() {
        check("turn on the fountain when the front door opens", IntentKind::TurnOn, Err(ReadingError::Condition));
        check("turn off the heater if the window is open", IntentKind::TurnOff, Err(ReadingError::Condition));
        check("如果下雨就关窗", IntentKind::TurnOff, Err(ReadingError::Condition));
        check("turn on the fan if you can", IntentKind::TurnOn, Ok(IntentKind::TurnOn));
        check("如果可以的话开一下灯", IntentKind::TurnOn, Ok(IntentKind::TurnOn));
        check("when the front door opens turn on the lamp", IntentKind::RoutineCreate, Ok(IntentKind::RoutineCreate));
    }

    #[test]
    fn exceptions_are_never_lost() {
        check("dim the lights except the counter lights", IntentKind::LightSet, Err(ReadingError::Exception));
        check("除了卧室把灯都关了", IntentKind::TurnOff, Err(ReadingError::Exception));
        check("add soap to everything but the list", IntentKind::ListAddItem, Ok(IntentKind::ListAddItem));
    }
}
