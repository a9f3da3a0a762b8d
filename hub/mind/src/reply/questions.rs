//! Questions to the person.

use house::{Action, Candidate, IntentKind, Lang, Question, Step, TimeDoubt};

use crate::texts::{self, Message};

/// A question to the person.
pub fn question(question: &Question, lang: Lang) -> String {
    let text = texts::of(lang);
    match question {
        Question::Which { candidates, .. } => which(candidates, lang),
        Question::Value { intent } => text.text(missing(*intent)),
        Question::When { heard, doubt, .. } => time_doubt(heard, *doubt, lang),
        Question::DidYouMean { heard, candidates } => {
            let names: Vec<String> = candidates.iter().map(|candidate| candidate.name.clone()).collect();
            text.say(Message::DidYouMeanName, &[("heard", heard), ("names", &text.wording().or(&names))])
        }
        Question::Confirm { names, .. } if names.is_empty() => text.text(Message::ConfirmMany),
        Question::Confirm { names, steps } => {
            text.say(Message::Confirm, &[("wish", &text.text(wish(steps))), ("names", &text.wording().and(names))])
        }
        Question::Pin { names, .. } if names.is_empty() => text.text(Message::PinMany),
        Question::Pin { names, steps } => {
            text.say(Message::Pin, &[("wish", &text.text(wish(steps))), ("names", &text.wording().and(names))])
        }
    }
}

/// Which of several things is meant.
fn which(candidates: &[Candidate], lang: Lang) -> String {
    let text = texts::of(lang);
    let names = candidates.iter().map(|candidate| match &candidate.area {
        Some(area) if !candidate.name.contains(area.as_str()) => {
            text.say(Message::ChoiceInArea, &[("name", &candidate.name), ("area", area)])
        }
        _ => candidate.name.clone(),
    });
    let mut names: Vec<String> = names.take(MOST_NAMES).collect();
    if names.len() < candidates.len() {
        names.push(text.text(Message::AnotherOne));
    }
    text.say(Message::Which, &[("names", &text.wording().or(&names))])
}

/// Why a time can't be used, as a question or a statement.
pub(super) fn time_doubt(heard: &str, doubt: TimeDoubt, lang: Lang) -> String {
    let message = match doubt {
        TimeDoubt::Unreadable if heard.is_empty() => Message::When,
        TimeDoubt::Unreadable => Message::WhenUnreadable,
        TimeDoubt::NoTimeOfDay => Message::WhenNoTimeOfDay,
        TimeDoubt::Past => Message::WhenPast,
        TimeDoubt::NoLocation => Message::WhenNoLocation,
        TimeDoubt::NoSuchSun => Message::WhenNoSuchSun,
        TimeDoubt::NoClock => Message::WhenNoClock,
    };
    texts::of(lang).say(message, &[("heard", heard)])
}

/// What would be done, by the step that needs asking most.
fn wish(steps: &[Step]) -> Message {
    let has = |wanted: fn(&Action) -> bool| steps.iter().any(|step| wanted(&step.action));
    if has(|action| matches!(action, Action::Unlock)) {
        return Message::WishUnlock;
    }
    if has(|action| matches!(action, Action::Disarm)) {
        return Message::WishDisarm;
    }
    if has(|action| {
        matches!(
            action,
            Action::OpenCover | Action::SetCoverPosition(_) | Action::OpenValve | Action::SetValvePosition(_)
        )
    }) {
        return Message::WishOpen;
    }
    Message::WishSwitch
}

/// The question for the value that a request lacks.
fn missing(intent: IntentKind) -> Message {
    match intent {
        IntentKind::LightSet => Message::ValueLight,
        IntentKind::ClimateSetTemperature => Message::ValueTemperature,
        IntentKind::SetPosition => Message::ValuePosition,
        IntentKind::ShoppingListAddItem | IntentKind::ListAddItem | IntentKind::ListRemoveItem => Message::ValueItem,
        IntentKind::SceneCreate => Message::ValueScene,
        IntentKind::FanSetSpeed => Message::ValueFan,
        IntentKind::SetVolume | IntentKind::SetVolumeRelative => Message::ValueVolume,
        IntentKind::IncreaseTimer | IntentKind::DecreaseTimer => Message::ValueTimerChange,
        IntentKind::SetReminder => Message::ValueReminder,
        IntentKind::StartTimer => Message::ValueTimer,
        _ => Message::ValueOther,
    }
}

/// More names than these can't be listened to.
const MOST_NAMES: usize = 5;
