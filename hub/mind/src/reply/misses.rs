//! Why a request can't be carried out, and why a plan was not allowed.

use house::{Lang, Miss};

use crate::judge::Refusal;
use crate::texts::{self, Message, number};

use super::questions::time_doubt;

/// Why a request can't be carried out.
pub fn miss(miss: &Miss, lang: Lang) -> String {
    let text = texts::of(lang);
    match miss {
        Miss::NoSuchName(name) => text.say(Message::NoSuchName, &[("name", name)]),
        Miss::NoSuchPlace(place) => text.say(Message::NoSuchPlace, &[("place", place)]),
        Miss::NothingOfKind { kind, place: Some(place) } => {
            text.say(Message::NothingOfKindThere, &[("kind", &text.wording().kind(kind)), ("place", place)])
        }
        Miss::NothingOfKind { kind, place: None } => {
            text.say(Message::NothingOfKind, &[("kind", &text.wording().kind(kind))])
        }
        Miss::Unable { name, .. } => text.say(Message::Unable, &[("name", name)]),
        Miss::OutOfRange { asked, least, most } => text.say(
            Message::OutOfRange,
            &[("asked", &number(*asked)), ("least", &number(*least)), ("most", &number(*most))],
        ),
        Miss::Time(doubt) => time_doubt("", *doubt, lang),
        Miss::NoSchedule => text.text(Message::NoSchedule),
        Miss::NothingRings => text.text(Message::NothingRings),
        Miss::NoCondition => text.text(Message::NoCondition),
        Miss::NoWayBack { name } => text.say(Message::NoWayBack, &[("name", name)]),
        Miss::NotSupported(_) => text.text(Message::NotSupported),
    }
}

/// Why a plan was not allowed.
pub fn refusal(refusal: &Refusal, lang: Lang) -> String {
    let text = texts::of(lang);
    match refusal {
        Refusal::Never(names) if names.is_empty() => text.text(Message::NeverMany),
        Refusal::Never(names) => text.say(Message::Never, &[("names", &text.wording().and(names))]),
        Refusal::TooOften(name) => text.say(Message::TooOften, &[("name", name)]),
        Refusal::Gone(name) => text.say(Message::Gone, &[("name", name)]),
        Refusal::BeyondLimits { name, least, most } => {
            text.say(Message::BeyondLimits, &[("name", name), ("least", &number(*least)), ("most", &number(*most))])
        }
        Refusal::OutOfBounds { name, asked } => {
            text.say(Message::OutOfBounds, &[("name", name), ("asked", &number(*asked))])
        }
    }
}
