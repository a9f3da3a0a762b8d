//! What waits for its time at the end of a dialogue.

use house::{Errand, House, Timing};
use mind::reply;
use mind::when::TimeContext;
use runtime::clock::Clock;
use runtime::hub::handle::Handle;

use super::dialogue::Pending;

/// What is still to come.
pub(super) fn pending(hub: &Handle, clock: &Clock) -> Vec<Pending> {
    let snapshot = hub.snapshot();
    let around = clock.around(clock.now_ms());
    let timers = snapshot.house.timers.iter().filter(|timer| !timer.rings()).map(|timer| pending_timer(timer, &around));
    let schedules = snapshot
        .house
        .schedules
        .iter()
        .filter(|one| one.rings_since_ms.is_none())
        .map(|schedule| pending_schedule(schedule, &snapshot.house, &around));
    timers.chain(schedules).collect()
}

/// A moment with its offset.
pub(super) fn shown(at_ms: i64, around: &TimeContext) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(around.zone.clone());
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn pending_timer(timer: &house::MovingTimer, around: &TimeContext) -> Pending {
    let due = around.now_ms + i64::try_from(timer.left_s).unwrap_or(0) * 1000;
    Pending {
        kind: "timer",
        name: timer.name.clone(),
        due: Some(shown(due, around)),
        seconds: timer.length_s,
        repeats: None,
        what: None,
    }
}

fn pending_schedule(schedule: &house::Schedule, house: &House, around: &TimeContext) -> Pending {
    let (kind, what) = match &schedule.errand {
        Errand::Act { steps, .. } => ("schedule", reply::described(steps, house, schedule.lang)),
        Errand::Alarm => ("alarm", String::new()),
        Errand::Remind(message) => ("reminder", message.clone()),
    };
    let repeats = match &schedule.timing {
        Timing::Weekly(days, _) => {
            Some((1..).zip(DAYS).filter(|(day, _)| days.has(*day)).map(|(_, name)| *name).collect::<Vec<_>>().join(","))
        }
        Timing::Every(seconds) => Some(format!("{seconds}s")),
        Timing::At(_) | Timing::Wall(_) | Timing::Triggered(..) => None,
    };
    let what = if matches!(schedule.timing, Timing::Triggered(..)) {
        reply::schedule_title(schedule, house, around, schedule.lang)
    } else {
        what
    };
    let due = (schedule.due_ms != i64::MAX).then(|| shown(schedule.due_ms, around));
    let seconds = u64::try_from(schedule.due_ms.saturating_sub(around.now_ms) / 1000).unwrap_or(0);
    Pending {
        kind,
        name: schedule.name.clone(),
        due,
        seconds,
        repeats,
        what: Some(what).filter(|what| !what.is_empty()),
    }
}

const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
