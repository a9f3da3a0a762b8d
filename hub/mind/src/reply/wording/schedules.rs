//! What is scheduled as it stands in a sentence: what happens, and when or on what condition.

use house::{Condition, Errand, House, Lang, Outcome, OutcomeKind, Schedule, Step, Timing, Trigger};

use crate::reply::wording::conditions::all_of;
use crate::reply::wording::names::{name_of, subject};
use crate::reply::wording::times::{clock, moment, weekly};
use crate::texts::{self, Message, number};
use crate::when::TimeContext;

/// What a schedule is, in a few words: what and when.
pub fn schedule_title(schedule: &Schedule, house: &House, around: &TimeContext, lang: Lang) -> String {
    let when = when((&schedule.timing, &schedule.conditions), schedule.due_ms, house, around, lang);
    let what = what(schedule, house, lang);
    let title = match &schedule.errand {
        Errand::Act { .. } => Message::TitleAction,
        Errand::Alarm | Errand::Remind(_) => Message::TitleOther,
    };
    texts::of(lang).say(title, &[("what", &what), ("when", &when)])
}

/// When something scheduled happens, as it stands in a sentence.
pub fn schedule_when(schedule: &Schedule, house: &House, around: &TimeContext, lang: Lang) -> String {
    when((&schedule.timing, &schedule.conditions), schedule.due_ms, house, around, lang).trim().to_owned()
}

/// The title where it is listed: whether it is paused, too.
pub(in crate::reply) fn schedule_listed(
    schedule: &Schedule,
    house: &House,
    around: &TimeContext,
    lang: Lang,
) -> String {
    let title = schedule_title(schedule, house, around, lang);
    match schedule.is_paused {
        false => title,
        true => texts::of(lang).say(Message::ListedPaused, &[("title", &title)]),
    }
}

/// What is done, in words that follow "I will".
pub fn described(steps: &[Step], house: &House, lang: Lang) -> String {
    let wording = texts::of(lang).wording();
    let outcomes = as_if_done(steps);
    let is_alike =
        |one: &Outcome, other: &Outcome| wording.imperative(&one.action) == wording.imperative(&other.action);
    let told: Vec<String> = grouped(&outcomes, is_alike)
        .iter()
        .filter_map(|group| {
            Some(wording.imperative(&group.first()?.action).replacen('_', &subject(group, house, lang), 1))
        })
        .collect();
    wording.and(&told)
}

/// Steps as outcomes, for words that do not say how they came out.
pub(in crate::reply) fn as_if_done(steps: &[Step]) -> Vec<Outcome> {
    let one = |step: &Step| Outcome {
        entity: step.entity.clone(),
        action: step.action.clone(),
        kind: OutcomeKind::Sent,
        is_underway: false,
        took_ms: 0,
        reason: None,
        sent: Vec::new(),
    };
    steps.iter().map(one).collect()
}

/// Outcomes that are told in one sentence, together, in the order of the first of each.
pub(in crate::reply) fn grouped(
    outcomes: &[Outcome],
    is_alike: impl Fn(&Outcome, &Outcome) -> bool,
) -> Vec<Vec<&Outcome>> {
    let mut groups: Vec<Vec<&Outcome>> = Vec::new();
    for outcome in outcomes {
        match groups.iter_mut().find(|group| group.first().is_some_and(|other| is_alike(other, outcome))) {
            Some(group) => group.push(outcome),
            None => groups.push(vec![outcome]),
        }
    }
    groups
}

/// What happens.
pub(in crate::reply) fn what(schedule: &Schedule, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    match (&schedule.errand, schedule.name.as_deref()) {
        (Errand::Act { steps, .. }, _) => described(steps, house, lang),
        (Errand::Alarm, Some(name)) => text.say(Message::AlarmNamed, &[("name", name)]),
        (Errand::Alarm, None) => text.text(Message::Alarm),
        (Errand::Remind(message), _) => text.say(Message::Reminder, &[("message", message)]),
    }
}

/// When something happens and what else must be so then, as it stands in a sentence.
pub(in crate::reply) fn when(
    (timing, conditions): (&Timing, &[Condition]),
    due_ms: i64,
    house: &House,
    around: &TimeContext,
    lang: Lang,
) -> String {
    let text = texts::of(lang);
    let (when, conditions) = match timing {
        Timing::At(_) => (moment(due_ms, around, lang), conditions),
        Timing::Wall(_) => (clock(due_ms, around, lang), conditions),
        Timing::Triggered(trigger, for_s) => triggered(trigger, *for_s, conditions, house, lang),
        Timing::Every(seconds) => {
            (text.say(Message::EveryLength, &[("length", &text.wording().length(*seconds))]), conditions)
        }
        Timing::Weekly(days, time) => (weekly(*days, *time, lang), conditions),
    };
    match conditions.is_empty() {
        true => when,
        false => text.say(Message::OnlyIf, &[("when", &when), ("so", &all_of(conditions, house, lang))]),
    }
}

/// What has to come to be so, as it stands in a sentence, with a first condition that is said in the same breath; and
/// the other conditions.
fn triggered<'c>(
    trigger: &Trigger,
    for_s: u64,
    conditions: &'c [Condition],
    house: &House,
    lang: Lang,
) -> (String, &'c [Condition]) {
    let text = texts::of(lang);
    let so = came_to_be(trigger, house, lang);
    if 0 < for_s {
        let length = text.wording().length(for_s);
        return (text.say(Message::WhenSoFor, &[("so", &so), ("length", &length)]), conditions);
    }
    let (message, others) = match conditions {
        [Condition::Dark, others @ ..] => (Message::WhenSoDark, others),
        [Condition::Light, others @ ..] => (Message::WhenSoDay, others),
        others => (Message::WhenSo, others),
    };
    (text.say(message, &[("so", &so)]), others)
}

fn came_to_be(trigger: &Trigger, house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let measured =
        |message, id, limit: f64| text.say(message, &[("name", &name_of(house, id)), ("limit", &number(limit))]);
    match trigger {
        Trigger::State { entities, is_one_enough, state } => {
            let names: Vec<String> = entities.iter().map(|id| name_of(house, id)).collect();
            let wording = text.wording();
            let names = if *is_one_enough { wording.either(&names) } else { wording.and(&names) };
            let be = wording.be(1 < entities.len() && !is_one_enough);
            text.say(Message::StateIs, &[("names", &names), ("be", be), ("state", &wording.state(state))])
        }
        Trigger::Above(id, limit) => measured(Message::IsAbove, id, *limit),
        Trigger::Below(id, limit) => measured(Message::IsBelow, id, *limit),
    }
}
