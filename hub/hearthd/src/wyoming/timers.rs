//! What a satellite is told of the timers of its place, so that one with lights or a display can show them.

use std::collections::BTreeMap;

use house::MovingTimer;
use serde_json::{Value, json};

/// The timers that a satellite was told of.
#[derive(Default)]
pub(super) struct ShownTimers(BTreeMap<String, Shown>);

#[derive(Clone, Copy, PartialEq)]
struct Shown {
    /// When it runs out, or what is left of it while it is paused, in seconds.
    due_s: i64,
    is_active: bool,
    rings: bool,
}

impl ShownTimers {
    /// The events that a satellite lacks, now that these are its timers.
    pub(super) fn changes<'t>(
        &mut self,
        timers: impl IntoIterator<Item = &'t MovingTimer>,
        now_ms: i64,
    ) -> Vec<(&'static str, Value)> {
        let now: BTreeMap<&str, (&MovingTimer, Shown)> =
            timers.into_iter().map(|timer| (timer.id.as_str(), (timer, shown(timer, now_ms)))).collect();
        let mut out = Vec::new();
        self.0.retain(|id, was| {
            let is_here = now.contains_key(id.as_str());
            // One that has rung is finished and said to be so.
            if !is_here && !was.rings {
                out.push(("timer-cancelled", json!({ "id": id })));
            }
            is_here
        });
        for (id, (timer, is)) in now {
            let was = self.0.get(id).copied();
            if was.is_none() {
                out.push(("timer-started", started(timer)));
            }
            match was {
                Some(was) if was.rings || is.rings => {}
                Some(was) if was.is_active == is.is_active && (was.due_s - is.due_s).abs() <= SAME_S => continue,
                None if is.is_active => {}
                Some(_) | None => out.push(("timer-updated", updated(timer))),
            }
            if is.rings && !was.is_some_and(|was| was.rings) {
                out.push(("timer-finished", json!({ "id": id })));
            }
            self.0.insert(id.to_owned(), is);
        }
        out
    }
}

fn shown(timer: &MovingTimer, now_ms: i64) -> Shown {
    let left_s = i64::try_from(timer.left_s).unwrap_or(i64::MAX / 2);
    let due_s = if timer.is_active { now_ms / 1000 + left_s } else { left_s };
    Shown { due_s, is_active: timer.is_active, rings: timer.rings() }
}

fn started(timer: &MovingTimer) -> Value {
    let length_s = timer.length_s;
    let mut event = json!({
        "id": timer.id,
        "total_seconds": timer.left_s,
        "start_hours": length_s / 3600,
        "start_minutes": length_s / 60 % 60,
        "start_seconds": length_s % 60,
    });
    if let (Some(event), Some(name)) = (event.as_object_mut(), &timer.name) {
        event.insert("name".to_owned(), json!(name));
    }
    event
}

fn updated(timer: &MovingTimer) -> Value {
    json!({ "id": timer.id, "is_active": timer.is_active, "total_seconds": timer.left_s })
}

/// What is left is counted in whole seconds.
const SAME_S: i64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn timer(left_s: u64, is_active: bool) -> MovingTimer {
        MovingTimer {
            id: "t1".to_owned(),
            name: Some("eggs".to_owned()),
            area: None,
            length_s: 3_690,
            left_s,
            is_active,
            asked_by: None,
        }
    }

    fn kinds(shown: &mut ShownTimers, timer: Option<MovingTimer>, now_s: i64) -> Vec<&'static str> {
        shown.changes(timer.as_ref(), now_s * 1000).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn a_satellite_follows_a_timer_to_its_end() {
        let mut shown = ShownTimers::default();
        let begun = shown.changes([&timer(3_690, true)], 0);
        let event = json!({
            "id": "t1",
            "name": "eggs",
            "total_seconds": 3_690,
            "start_hours": 1,
            "start_minutes": 1,
            "start_seconds": 30,
        });
        assert_eq!(begun, [("timer-started", event)]);
        assert_eq!(kinds(&mut shown, Some(timer(3_600, true)), 90), [""; 0], "it only runs on");
        assert_eq!(kinds(&mut shown, Some(timer(3_600, false)), 91), ["timer-updated"], "it is paused");
        assert_eq!(kinds(&mut shown, Some(timer(3_600, false)), 500), [""; 0]);
        assert_eq!(kinds(&mut shown, Some(timer(3_600, true)), 500), ["timer-updated"], "it goes on");
        assert_eq!(kinds(&mut shown, Some(timer(3_900, true)), 501), ["timer-updated"], "five minutes more");
        assert_eq!(kinds(&mut shown, Some(timer(0, true)), 4_401), ["timer-finished"]);
        assert_eq!(kinds(&mut shown, Some(timer(0, true)), 4_410), [""; 0], "it rings on");
        assert_eq!(kinds(&mut shown, None, 4_420), [""; 0], "it was stopped, not cancelled");
    }

    #[test]
    fn one_that_is_cancelled_is_told_to_be_and_one_that_rings_already_is_told_whole() {
        let mut shown = ShownTimers::default();
        assert_eq!(kinds(&mut shown, Some(timer(60, false)), 0), ["timer-started", "timer-updated"]);
        assert_eq!(kinds(&mut shown, None, 1), ["timer-cancelled"]);
        assert_eq!(kinds(&mut shown, Some(timer(0, true)), 2), ["timer-started", "timer-finished"]);
    }
}
