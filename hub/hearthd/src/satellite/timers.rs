//! What a satellite is told of the timers of its place, so that one with lights or a display can show them.

use std::collections::BTreeMap;

use house::MovingTimer;

/// The timers that a satellite was told of.
#[derive(Default)]
pub(super) struct ShownTimers(BTreeMap<String, Shown>);

/// Something that a satellite is to be told of a timer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TimerChange {
    /// What happened to it.
    pub(crate) kind: TimerChangeKind,
    /// The timer as it is, or as it was told of last where it is no more.
    pub(crate) timer: MovingTimer,
}

/// What happened to a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimerChangeKind {
    /// It was set.
    Started,
    /// It was paused, goes on, or lasts another time.
    Updated,
    /// It is no more.
    Cancelled,
    /// It has run out.
    Finished,
}

#[derive(Clone, PartialEq)]
struct Shown {
    timer: MovingTimer,
    /// When it runs out, or what is left of it while it is paused, in seconds.
    due_s: i64,
}

impl TimerChange {
    /// The same where nothing may sound: what runs out is no more.
    pub(super) fn unheard(self) -> Self {
        let kind = match self.kind {
            TimerChangeKind::Finished => TimerChangeKind::Cancelled,
            kind => kind,
        };
        Self { kind, ..self }
    }
}

impl ShownTimers {
    /// What a satellite is to be told, now that these are its timers.
    pub(super) fn changes<'t>(
        &mut self,
        timers: impl IntoIterator<Item = &'t MovingTimer>,
        now_ms: i64,
    ) -> Vec<TimerChange> {
        let now: BTreeMap<&str, Shown> =
            timers.into_iter().map(|timer| (timer.id.as_str(), shown(timer, now_ms))).collect();
        let mut out = Vec::new();
        let mut tell = |kind, timer: &MovingTimer| out.push(TimerChange { kind, timer: timer.clone() });
        self.0.retain(|id, was| {
            let is_here = now.contains_key(id.as_str());
            // One that has rung is finished and said to be so.
            if !is_here && !was.timer.rings() {
                tell(TimerChangeKind::Cancelled, &was.timer);
            }
            is_here
        });
        for (id, is) in now {
            let was = self.0.get(id);
            if was.is_none() {
                tell(TimerChangeKind::Started, &is.timer);
            }
            match was {
                Some(was) if was.timer.rings() || is.timer.rings() => {}
                Some(was) if was.runs_on_as(&is) => continue,
                None if is.timer.is_active => {}
                Some(_) | None => tell(TimerChangeKind::Updated, &is.timer),
            }
            if is.timer.rings() && !was.is_some_and(|was| was.timer.rings()) {
                tell(TimerChangeKind::Finished, &is.timer);
            }
            self.0.insert(id.to_owned(), is);
        }
        out
    }
}

impl Shown {
    fn runs_on_as(&self, is: &Self) -> bool {
        self.timer.is_active == is.timer.is_active && (self.due_s - is.due_s).abs() <= SAME_S
    }
}

fn shown(timer: &MovingTimer, now_ms: i64) -> Shown {
    let left_s = i64::try_from(timer.left_s).unwrap_or(i64::MAX / 2);
    let due_s = if timer.is_active { now_ms / 1000 + left_s } else { left_s };
    Shown { timer: timer.clone(), due_s }
}

/// What is left is counted in whole seconds.
const SAME_S: i64 = 2;

#[cfg(test)]
mod tests {
    use super::TimerChangeKind::{Cancelled, Finished, Started, Updated};
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

    fn kinds(shown: &mut ShownTimers, timer: Option<MovingTimer>, now_s: i64) -> Vec<TimerChangeKind> {
        shown.changes(timer.as_ref(), now_s * 1000).into_iter().map(|change| change.kind).collect()
    }

    #[test]
    fn a_satellite_follows_a_timer_to_its_end() {
        let mut shown = ShownTimers::default();
        let begun = shown.changes([&timer(3_690, true)], 0);
        assert_eq!(begun, [TimerChange { kind: Started, timer: timer(3_690, true) }]);
        assert_eq!(kinds(&mut shown, Some(timer(3_600, true)), 90), [], "it only runs on");
        assert_eq!(kinds(&mut shown, Some(timer(3_600, false)), 91), [Updated], "it is paused");
        assert_eq!(kinds(&mut shown, Some(timer(3_600, false)), 500), []);
        assert_eq!(kinds(&mut shown, Some(timer(3_600, true)), 500), [Updated], "it goes on");
        assert_eq!(kinds(&mut shown, Some(timer(3_900, true)), 501), [Updated], "five minutes more");
        assert_eq!(kinds(&mut shown, Some(timer(0, true)), 4_401), [Finished]);
        assert_eq!(kinds(&mut shown, Some(timer(0, true)), 4_410), [], "it rings on");
        assert_eq!(kinds(&mut shown, None, 4_420), [], "it was stopped, not cancelled");
    }

    #[test]
    fn one_that_is_cancelled_is_told_to_be_and_one_that_rings_already_is_told_whole() {
        let mut shown = ShownTimers::default();
        assert_eq!(kinds(&mut shown, Some(timer(60, false)), 0), [Started, Updated]);
        assert_eq!(kinds(&mut shown, None, 1), [Cancelled]);
        assert_eq!(kinds(&mut shown, Some(timer(0, true)), 2), [Started, Finished]);
    }
}
