//! Why something that a device or a bridge said was not taken, and what the owner can do about it.

use house::{BadTemplate, Lang, Rejection, TemplatePart, Wanted};

use crate::texts::{self, Message};

/// Why it was not taken, and what to do.
pub fn rejection(why: &Rejection, lang: Lang) -> String {
    let text = texts::of(lang);
    match why {
        Rejection::TooLarge { most, bytes } => {
            text.say(Message::RejectedTooLarge, &[("most", &most.to_string()), ("bytes", &bytes.to_string())])
        }
        Rejection::NotText => text.text(Message::RejectedNotText),
        Rejection::Unreadable(detail) => text.say(Message::RejectedUnreadable, &[("detail", detail)]),
        Rejection::NotMap => text.text(Message::RejectedNotMap),
        Rejection::TooDeep(most) => text.say(Message::RejectedTooDeep, &[("most", &most.to_string())]),
        Rejection::Unfit { wanted, said } => {
            text.say(Message::RejectedUnfit, &[("said", said), ("wanted", &text.text(wanted_word(*wanted)))])
        }
        Rejection::TooMany(most) => text.say(Message::RejectedTooMany, &[("most", &most.to_string())]),
        Rejection::LeftOut(count) => text.say(Message::RejectedLeftOut, &[("count", &count.to_string())]),
        Rejection::BadId => text.text(Message::RejectedBadId),
        Rejection::Lacks(option) => text.say(Message::RejectedLacks, &[("option", option)]),
        Rejection::NoSuchPlatform(name) => text.say(Message::RejectedPlatform, &[("name", name)]),
        Rejection::HubsTopic { option, topic } => {
            text.say(Message::RejectedHubsTopic, &[("option", option), ("topic", topic)])
        }
        Rejection::EmptyRange => text.text(Message::RejectedEmptyRange),
        Rejection::UniqueIdTaken { by, topic } => {
            text.say(Message::RejectedUniqueId, &[("id", by.as_str()), ("topic", topic)])
        }
        Rejection::Template(why) => template(why, lang),
        Rejection::Within { part, why } => {
            text.say(Message::RejectedWithin, &[("part", part), ("why", &rejection(why, lang))])
        }
        Rejection::ByDevice(said) => text.say(Message::RejectedByDevice, &[("said", said)]),
        Rejection::ForeignTopic { user, topic } => {
            text.say(Message::RejectedForeignTopic, &[("user", user), ("topic", topic)])
        }
        Rejection::OthersAnnouncement { user, other } => {
            text.say(Message::RejectedOthers, &[("user", user), ("other", other)])
        }
        Rejection::Denied => text.text(Message::RejectedDenied),
    }
}

fn template(why: &BadTemplate, lang: Lang) -> String {
    let text = texts::of(lang);
    match why {
        BadTemplate::Unknown { part, name } => {
            text.say(Message::TemplateUnknown, &[("part", &text.text(part_word(*part))), ("name", name)])
        }
        BadTemplate::Forbidden(what) => text.say(Message::TemplateForbidden, &[("what", what)]),
        BadTemplate::TooLarge => text.text(Message::TemplateTooLarge),
        BadTemplate::Broken(detail) => text.say(Message::TemplateBroken, &[("detail", detail)]),
        BadTemplate::Failed(detail) => text.say(Message::TemplateFailed, &[("detail", detail)]),
    }
}

fn part_word(part: TemplatePart) -> Message {
    match part {
        TemplatePart::Filter => Message::PartFilter,
        TemplatePart::Test => Message::PartTest,
        TemplatePart::Function => Message::PartFunction,
        TemplatePart::Method => Message::PartMethod,
    }
}

fn wanted_word(wanted: Wanted) -> Message {
    match wanted {
        Wanted::Number => Message::WantedNumber,
        Wanted::Color => Message::WantedColor,
        Wanted::Position => Message::WantedPosition,
        Wanted::Address => Message::WantedAddress,
        Wanted::Topic => Message::WantedTopic,
    }
}
