//! What was done, device by device, told truthfully and briefly.

use house::{Action, Domain, Entity, House, Lang, Outcome, OutcomeKind, Step, Value};

use crate::texts::{self, Message, number};

use super::wording::names::subject;
use super::wording::schedules::{as_if_done, grouped};

/// The reply to outcomes: what was confirmed first, then everything that was not.
pub fn done(outcomes: &[Outcome], house: &House, lang: Lang) -> String {
    let wording = texts::of(lang).wording();
    let is_alike = |one: &Outcome, other: &Outcome| {
        other.kind == one.kind
            && other.is_underway == one.is_underway
            && other.reason == one.reason
            && wording.phrase(&other.action) == wording.phrase(&one.action)
    };
    let mut groups = grouped(outcomes, is_alike);
    let is_confirmed = |action: &Action| {
        outcomes.iter().any(|other| {
            other.kind == OutcomeKind::Confirmed && wording.phrase(&other.action) == wording.phrase(action)
        })
    };
    // What was so already goes without saying beside what was done.
    groups.retain(|group| {
        group.first().is_some_and(|first| first.kind != OutcomeKind::Already || !is_confirmed(&first.action))
    });
    // Of a scene only what it changed is told.
    if MOST_SENTENCES < groups.len() && outcomes.iter().any(|outcome| outcome.kind == OutcomeKind::Confirmed) {
        groups.retain(|group| group.first().is_some_and(|first| first.kind != OutcomeKind::Already));
    }
    groups.sort_by_key(|group| {
        group
            .first()
            .map(|first| !matches!(first.kind, OutcomeKind::Confirmed | OutcomeKind::Already | OutcomeKind::Sent))
    });
    let sentences: Vec<String> = groups.iter().map(|group| sentence(group, house, lang)).collect();
    wording.sentences(&sentences)
}

/// Steps read back before they are done: "Did you mean: turn on Lamp?"
pub fn did_you_mean(steps: &[Step], house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let wished = as_if_done(steps);
    let groups = grouped(&wished, |one, other| one.action == other.action);
    let wishes: Vec<String> = groups.iter().map(|group| wish(group, house, lang)).collect();
    text.say(Message::DidYouMeanSteps, &[("wishes", &text.wording().wishes(&wishes))])
}

fn wish(alike: &[&Outcome], house: &House, lang: Lang) -> String {
    let Some(first) = alike.first() else { return String::new() };
    texts::of(lang).wording().imperative(&first.action).replace('_', &subject(alike, house, lang))
}

fn sentence(alike: &[&Outcome], house: &House, lang: Lang) -> String {
    let Some(first) = alike.first() else { return String::new() };
    let text = texts::of(lang);
    let wording = text.wording();
    let who = subject(alike, house, lang);
    let subject = wording.at_start(&who);
    let phrase = wording.phrase(&first.action);
    let state = phrase.state.as_str();
    let be = wording.be(alike.len() != 1 || wording.is_plural_name(&who));
    match (first.kind, &first.reason) {
        (OutcomeKind::Confirmed, _) if first.is_underway => {
            let doing = text.text(underway(&first.action));
            text.say(Message::Underway, &[("subject", &subject), ("be", be), ("doing", &doing)])
        }
        (OutcomeKind::Confirmed, _) => text.say(Message::Confirmed, &[("deed", &wording.deed(&phrase.done, &who))]),
        (OutcomeKind::Already, _) => text.say(Message::Already, &[("subject", &subject), ("be", be), ("state", state)]),
        (OutcomeKind::Sent, _) => text.say(Message::Sent, &[("who", &who)]),
        (OutcomeKind::TimedOut, _) => text.say(Message::TimedOut, &[("subject", &subject), ("state", state)]),
        (OutcomeKind::Offline, _) => text.say(Message::Offline, &[("subject", &subject)]),
        (OutcomeKind::Refused, Some(reason)) => {
            text.say(Message::Refused, &[("subject", &subject), ("reason", reason.trim_end_matches('.'))])
        }
        (OutcomeKind::Unable, _) => unable(alike, house, &subject, state, lang),
        (OutcomeKind::Refused, None) => text.say(Message::RefusedState, &[("subject", &subject), ("state", state)]),
    }
}

/// Why nothing was sent: what the devices lack, and what one alone takes instead.
fn unable(alike: &[&Outcome], house: &House, subject: &str, state: &str, lang: Lang) -> String {
    let text = texts::of(lang);
    let only = match alike {
        [only] => house.entities.get(&only.entity),
        _ => None,
    };
    match only.and_then(|entity| takes(entity, lang)) {
        Some(takes) => text.say(Message::UnableBut, &[("subject", subject), ("state", state), ("takes", &takes)]),
        None => text.say(Message::UnableSent, &[("subject", subject), ("state", state)]),
    }
}

/// What an entity takes, as far as it says so itself.
fn takes(entity: &Entity, lang: Lang) -> Option<String> {
    let text = texts::of(lang);
    let wording = text.wording();
    let words = |attribute: &str| -> Vec<String> {
        let words = entity.attribute(attribute).and_then(Value::as_list).unwrap_or_default();
        words.iter().filter_map(Value::as_text).take(MOST_WORDS).map(|word| wording.state(word)).collect()
    };
    let mut all = words(if entity.domain == Domain::Climate { "hvac_modes" } else { "options" });
    if let Some((least, most)) = entity.number("min_temp").zip(entity.number("max_temp")) {
        all.push(text.say(Message::TakesDegrees, &[("least", &number(least)), ("most", &number(most))]));
    }
    (!all.is_empty()).then(|| wording.or(&all))
}

/// What a device does that is confirmed and not at its end yet.
fn underway(action: &Action) -> Message {
    match action {
        Action::OpenCover | Action::OpenValve => Message::UnderwayOpening,
        Action::CloseCover | Action::CloseValve => Message::UnderwayClosing,
        Action::Arm(_) => Message::UnderwayArming,
        Action::VacuumReturn | Action::MowerDock => Message::UnderwayHome,
        _ => Message::UnderwayMoving,
    }
}

/// More choices than these can't be listened to.
const MOST_WORDS: usize = 6;
/// More than these are only told as far as they changed.
const MOST_SENTENCES: usize = 3;
