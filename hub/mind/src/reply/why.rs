//! Why things are as they are: causes and reasons, told as they were observed and written down.

use house::{AreaId, Cause, Entity, House, Intent, IntentKind, Lang, Slot, Step};

use crate::condition::is_known;
use crate::texts::{self, Message};
use crate::when::TimeContext;

use super::wording::names::{name_of, placed};
use super::wording::times::moment;
use crate::texts::words::each;

/// Since when an entity is as it is.
pub(super) fn since(entity: &Entity, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let name = entity.name.as_str();
    let Some(state) = known(entity) else { return text.say(Message::SinceUnknown, &[("name", name)]) };
    let state = text.wording().state(state);
    let is_older = entity.state.cause == Cause::Replay || entity.state.changed_ms == 0;
    match is_older {
        true => text.say(Message::SinceBefore, &[("name", name), ("state", &state)]),
        false => {
            let at = moment(entity.state.changed_ms, around, lang);
            text.say(Message::SinceThen, &[("name", name), ("state", &state), ("at", &at)])
        }
    }
}

/// Who or what brought an entity into its state; `words` are those of the turn that did it.
pub fn cause(entity: &Entity, words: Option<&str>, house: &House, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let name = placed(entity, house, lang);
    let Some(state) = known(entity) else { return text.say(Message::CauseUnknown, &[("name", &name)]) };
    let state = text.wording().state(state);
    let at = moment(entity.state.changed_ms, around, lang);
    let cause = text.text(match entity.state.cause {
        Cause::Voice => Message::CauseVoice,
        Cause::Page => Message::CausePage,
        Cause::Api => Message::CauseApi,
        Cause::Device => Message::CauseDevice,
        Cause::Schedule => Message::CauseSchedule,
        Cause::Routine => Message::CauseRoutine,
        Cause::Replay => Message::CauseReplay,
    });
    let message = match (entity.state.cause == Cause::Replay, words) {
        (true, _) => Message::CauseBefore,
        (false, None) => Message::CauseTold,
        (false, Some(_)) => Message::CauseToldWords,
    };
    let words = words.unwrap_or_default();
    text.say(message, &[("name", &name), ("state", &state), ("cause", &cause), ("words", words), ("at", &at)])
}

/// Why something was done: the words, and why with these entities.
pub fn because(words: &str, steps: &[Step], house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let mut by_reason: Vec<(&str, Vec<String>)> = Vec::new();
    for step in steps {
        let name = name_of(house, &step.entity);
        match by_reason.iter_mut().find(|(reason, _)| *reason == step.reason) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => by_reason.push((&step.reason, vec![name])),
        }
    }
    let one = |(reason, names): &(&str, Vec<String>)| {
        let (names, reason) = (text.wording().and(names), text.wording().reason(reason));
        text.say(Message::BecauseOf, &[("names", &names), ("reason", &reason)])
    };
    let told: Vec<String> = by_reason.iter().take(MOST_REASONS).map(one).collect();
    text.say(Message::Because, &[("words", words), ("reasons", &text.wording().items(&told))])
}

/// What a scene was saved as.
pub fn scene_saved(name: &str, area: &AreaId, count: usize, house: &House, lang: Lang) -> String {
    let place = house.areas.get(area).map_or_else(|| area.to_string(), |area| area.name.clone());
    let message = if count == 1 { Message::SceneSavedOne } else { Message::SceneSaved };
    texts::of(lang).say(message, &[("place", &place), ("name", name), ("count", &count.to_string())])
}

/// What was learnt.
pub fn taught(phrase: &str, meaning: &str, lang: Lang) -> String {
    texts::of(lang).say(Message::Taught, &[("phrase", phrase), ("meaning", meaning)])
}

/// What a first list is called.
pub fn list_name(intent: &Intent, lang: Lang) -> String {
    let text = texts::of(lang);
    let said = intent
        .text(Slot::Name)
        .map(|name| each(|words| words.list_ends).fold(name, |name, end| name.trim_end_matches(*end)).trim());
    match (intent.kind, said) {
        (IntentKind::ShoppingListAddItem, _) => text.text(Message::ShoppingList),
        (_, Some(name)) if !name.is_empty() => {
            text.say(Message::ListNamed, &[("name", &text.wording().at_start(name))])
        }
        (_, _) => text.text(Message::TodoList),
    }
}

fn known(entity: &Entity) -> Option<&str> {
    entity.state.value.as_deref().filter(|_| is_known(entity))
}

/// More than these can't be listened to.
const MOST_REASONS: usize = 4;
