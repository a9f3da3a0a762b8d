//! What is said of things to come, and what became of them.

use house::{AreaId, Errand, House, Lang, Schedule, ScheduleChange, Step};

use crate::texts::{self, Message};
use crate::trigger::Occasion;
use crate::when::{TimeContext, civil};

use super::wording::schedules::{described, schedule_listed, what, when};
use super::wording::times::{clock, time_of_day};

/// What was put down to happen later.
pub fn scheduled(schedule: &Schedule, house: &House, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let when = when((&schedule.timing, &schedule.conditions), schedule.due_ms, house, around, lang);
    let what = what(schedule, house, lang);
    match &schedule.errand {
        Errand::Act { back: Some((seconds, _)), .. } => text.say(
            Message::ScheduledActionFor,
            &[("what", &what), ("when", &when), ("length", &text.wording().length(*seconds))],
        ),
        Errand::Act { back: None, .. } => text.say(Message::ScheduledAction, &[("what", &what), ("when", &when)]),
        Errand::Alarm => {
            text.say(Message::ScheduledAlarm, &[("subject", &text.wording().at_start(&what)), ("when", &when)])
        }
        Errand::Remind(message) => text.say(Message::ScheduledReminder, &[("when", &when), ("message", message)]),
    }
}

/// The reply to a change of what is scheduled, other than an addition.
pub fn schedule_changed(change: &ScheduleChange, house: &House, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let titles = |ids: &[String]| -> Vec<String> {
        house
            .schedules
            .iter()
            .filter(|one| ids.contains(&one.id))
            .map(|one| schedule_listed(one, house, around, lang))
            .collect()
    };
    match change {
        ScheduleChange::Cancel(ids) => {
            text.say(Message::ScheduleCancelled, &[("titles", &text.wording().and(&titles(ids)))])
        }
        ScheduleChange::Snooze(_, seconds) => {
            text.say(Message::Snoozed, &[("length", &text.wording().length(*seconds))])
        }
        ScheduleChange::Tell(ids) => match titles(ids) {
            titles if titles.is_empty() => text.text(Message::NothingScheduled),
            titles => text.say(Message::ScheduleList, &[("titles", &text.wording().items(&titles))]),
        },
        ScheduleChange::Add(_) => String::new(),
    }
}

/// What is said when an alarm or a reminder is due; late if the hub was not there in time.
pub fn rings(schedule: &Schedule, due_ms: i64, is_late: bool, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let due = civil(due_ms, around);
    let time = time_of_day(due.hour, due.minute);
    let said = match (&schedule.errand, schedule.name.as_deref()) {
        (Errand::Remind(message), _) => text.say(Message::ReminderRings, &[("message", message)]),
        (_, Some(name)) => text.say(Message::AlarmRingsNamed, &[("time", &time), ("name", name)]),
        (_, None) => text.say(Message::AlarmRings, &[("time", &time)]),
    };
    match is_late {
        false => said,
        true => text.say(Message::RingsLate, &[("said", &said), ("time", &time)]),
    }
}

/// What is said when the time of something was missed.
pub fn missed(schedule: &Schedule, due_ms: i64, house: &House, around: &TimeContext, lang: Lang) -> String {
    let what = what(schedule, house, lang);
    let at = clock(due_ms, around, lang);
    let message = match &schedule.errand {
        Errand::Act { .. } => Message::MissedAction,
        Errand::Alarm | Errand::Remind(_) => Message::MissedOther,
    };
    texts::of(lang).say(message, &[("what", &what), ("at", &at)])
}

/// What is said when something that was scheduled may not happen as things stand.
pub fn withheld(schedule: &Schedule, why: &str, house: &House, lang: Lang) -> String {
    texts::of(lang).say(Message::Withheld, &[("what", &what(schedule, house, lang)), ("why", why)])
}

/// What is told when a routine that was learned is taken back too often.
pub fn routine_paused(schedule: &Schedule, undone: u32, house: &House, around: &TimeContext, lang: Lang) -> String {
    let title = super::schedule_title(schedule, house, around, lang);
    texts::of(lang).say(Message::RoutinePaused, &[("title", &title), ("count", &undone.to_string())])
}

/// What is told to the other rooms.
pub fn broadcast(message: &str, areas: &[AreaId], house: &House, lang: Lang) -> String {
    let text = texts::of(lang);
    let names: Vec<String> = areas.iter().filter_map(|id| house.areas.get(id)).map(|area| area.name.clone()).collect();
    match names.is_empty() {
        true => text.say(Message::BroadcastEveryone, &[("message", message)]),
        false => text.say(Message::Broadcast, &[("names", &text.wording().and(&names)), ("message", message)]),
    }
}

/// A routine as it is read back before it is kept.
pub fn routine_question(
    steps: &[Step],
    (timing, conditions): &Occasion,
    house: &House,
    around: &TimeContext,
    lang: Lang,
) -> String {
    let (what, when) = (described(steps, house, lang), when((timing, conditions), 0, house, around, lang));
    texts::of(lang).say(Message::RoutineQuestion, &[("what", &what), ("when", &when)])
}
