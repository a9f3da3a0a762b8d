//! What else must be so, as it stands in a sentence behind "if" or "when".

use house::{Condition, Days, EntityId, House, Lang};

use crate::reply::wording::names::name_of;
use crate::reply::wording::times::{days_of, time_of_day};
use crate::texts::{self, Message, number};

/// All of them.
pub(in crate::reply) fn all_of(conditions: &[Condition], house: &House, lang: Lang) -> String {
    let said: Vec<String> = conditions.iter().map(|one| said(one, house, lang)).collect();
    texts::of(lang).wording().and(&said)
}

fn said(condition: &Condition, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    match condition {
        Condition::Dark => text.text(Message::ItIsDark),
        Condition::Light => text.text(Message::ItIsLight),
        Condition::Above(id, attribute, bound) => measured(Message::IsAbove, (id, attribute), *bound, house, lang),
        Condition::Below(id, attribute, bound) => measured(Message::IsBelow, (id, attribute), *bound, house, lang),
        Condition::State(id, state) => {
            let (names, wording) = (name_of(house, id), text.wording());
            let be = wording.be(wording.is_plural_name(&names));
            text.say(Message::StateIs, &[("names", &names), ("be", be), ("state", &wording.state(state))])
        }
        Condition::Clock(from, to) => text.say(Message::ItIsBetween, &[("from", &clock(*from)), ("to", &clock(*to))]),
        Condition::Days(days) => text.say(Message::ItIsOneOf, &[("days", &days_of(*days, lang))]),
        Condition::Any(any) => text.wording().either(&any.iter().map(|one| said(one, house, lang)).collect::<Vec<_>>()),
        Condition::Not(one) => text.say(Message::ItIsNotSo, &[("so", &said(one, house, lang))]),
    }
}

fn measured(message: Message, (id, attribute): (&EntityId, &str), bound: f64, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let own = name_of(house, id);
    let name = match attribute {
        "" => own,
        attribute => text.say(Message::AttributeOf, &[("attribute", &text.wording().kind(attribute)), ("name", &own)]),
    };
    text.say(message, &[("name", &name), ("limit", &number(bound))])
}

/// A minute of the day by the clock.
pub(in crate::reply) fn clock(minute: u32) -> String {
    let (hour, minute) = (minute / 60 % 24, minute % 60);
    time_of_day(hour as i8, minute as i8)
}

/// Days of the week as they are counted ("44 weekdays").
pub(in crate::reply) fn counted_days(days: Days, lang: Lang) -> String {
    let text = texts::of(lang);
    match days {
        Days::ALL => text.text(Message::DaysCounted),
        Days::WEEKDAYS => text.text(Message::WorkdaysCounted),
        Days::WEEKEND => text.text(Message::WeekendDaysCounted),
        days => {
            let names: Vec<String> = (1..=7)
                .filter(|day| days.has(*day))
                .map(|day| text.say(Message::WeekdayCounted, &[("weekday", text.wording().weekday(day))]))
                .collect();
            text.wording().and(&names)
        }
    }
}
