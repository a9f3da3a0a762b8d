//! What is said of kitchen timers.

use house::{Lang, MovingTimer, TimerChange};

use crate::texts::{self, Message};
use crate::when::TimeContext;

use super::wording::times::clock;

/// The reply to a change of timers.
pub fn timer_changed(change: &TimerChange, lang: Lang) -> String {
    let text = texts::of(lang);
    match change {
        TimerChange::Cancel(ids) | TimerChange::Add(ids, _) | TimerChange::Pause(ids) | TimerChange::Resume(ids)
            if ids.is_empty() =>
        {
            text.text(Message::NoTimers)
        }
        TimerChange::Start(start) => {
            let length = text.wording().length(start.seconds);
            match start.name.as_deref() {
                Some(name) => text.say(Message::TimerStartedNamed, &[("name", name), ("length", &length)]),
                None => text.say(Message::TimerStarted, &[("length", &length)]),
            }
        }
        TimerChange::Cancel(ids) => match ids.len() {
            0 | 1 => text.text(Message::TimerCancelled),
            count => text.say(Message::TimersCancelled, &[("count", &count.to_string())]),
        },
        TimerChange::Add(_, seconds) => {
            let message = if 0 < *seconds { Message::TimerMore } else { Message::TimerLess };
            text.say(message, &[("length", &text.wording().length(seconds.unsigned_abs()))])
        }
        TimerChange::Pause(_) => text.text(Message::TimerPaused),
        TimerChange::Resume(_) => text.text(Message::TimerResumed),
        TimerChange::Tell(_) => String::new(),
    }
}

/// What a kitchen timer is called: its name, or how long it was set for.
pub(crate) fn timer_title(timer: &MovingTimer, lang: Lang) -> String {
    let text = texts::of(lang);
    let by_length = || text.say(Message::TimerTitle, &[("length", &text.wording().length(timer.length_s))]);
    timer.name.clone().unwrap_or_else(by_length)
}

/// What is left of a kitchen timer.
pub(crate) fn timer_left(timer: &MovingTimer, lang: Lang) -> String {
    let text = texts::of(lang);
    let length = text.wording().length(timer.left_s);
    match timer.name.as_deref() {
        Some(name) => text.say(Message::TimerLeftNamed, &[("length", &length), ("name", name)]),
        None => text.say(Message::TimerLeft, &[("length", &length)]),
    }
}

/// What is said when a kitchen timer rings.
pub fn timer_rings(timer: &MovingTimer, lang: Lang) -> String {
    let text = texts::of(lang);
    match timer.name.as_deref() {
        Some(name) => text.say(Message::TimerRingsNamed, &[("name", name)]),
        None => text.say(Message::TimerRings, &[("length", &text.wording().length(timer.length_s))]),
    }
}

/// What is said of a kitchen timer that ran out while the hub was down.
pub fn late_timer(timer: &MovingTimer, due_ms: i64, around: &TimeContext, lang: Lang) -> String {
    let text = texts::of(lang);
    let at = clock(due_ms, around, lang);
    match timer.name.as_deref() {
        Some(name) => text.say(Message::LateTimerNamed, &[("name", name), ("at", &at)]),
        None => text.say(Message::LateTimer, &[("at", &at)]),
    }
}
