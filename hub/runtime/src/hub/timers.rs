//! Kitchen timers: what runs, what is paused, what is due. Kept in the store before anyone is told.

use house::{MovingTimer, Speaker, Timer, TimerChange, TimerDue, TimerStart};
use mind::when::CLOCK_IS_SET_MS;

/// All timers.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    timers: Vec<Timer>,
    /// Those that have run out and ring until someone stops them.
    ringing: Vec<Timer>,
    next: u64,
}

impl Timers {
    /// Timers as they were kept.
    pub(super) fn new(timers: Vec<Timer>) -> Self {
        let next =
            timers.iter().filter_map(|timer| timer.id.strip_prefix('t')?.parse::<u64>().ok()).max().unwrap_or(0) + 1;
        Self { timers, ringing: Vec::new(), next }
    }

    /// The timers to keep.
    pub(super) fn records(&self) -> &[Timer] {
        &self.timers
    }

    /// Makes a change that someone asked for.
    pub(super) fn change(&mut self, change: TimerChange, speaker: Option<Speaker>, now: i64) -> anyhow::Result<()> {
        match change {
            TimerChange::Start(start) => {
                anyhow::ensure!(
                    self.timers.len() < MOST_TIMERS,
                    "there are {MOST_TIMERS} timers already; cancel one first"
                );
                let id = format!("t{}", self.next);
                self.next += 1;
                let due = TimerDue::At(now.saturating_add(ms(start.seconds)));
                let TimerStart { name, area, seconds: length_s, asked_by } = start;
                self.timers.push(Timer { id, name, area, length_s, asked_by: asked_by.or(speaker), due });
            }
            TimerChange::Cancel(ids) => {
                self.timers.retain(|timer| !ids.contains(&timer.id));
                self.ringing.retain(|timer| !ids.contains(&timer.id));
            }
            TimerChange::Add(ids, seconds) => {
                self.run_on(&ids, now);
                self.each(&ids, |timer| {
                    let more = seconds.saturating_mul(1000);
                    timer.due = match timer.due {
                        TimerDue::At(at) => TimerDue::At(at.saturating_add(more)),
                        TimerDue::Paused(left) => TimerDue::Paused(left.saturating_add(more).max(0)),
                    };
                });
            }
            TimerChange::Pause(ids) => self.each(&ids, |timer| {
                if let TimerDue::At(at) = timer.due {
                    timer.due = TimerDue::Paused((at - now).max(0));
                }
            }),
            TimerChange::Resume(ids) => self.each(&ids, |timer| {
                if let TimerDue::Paused(left) = timer.due {
                    timer.due = TimerDue::At(now.saturating_add(left));
                }
            }),
            TimerChange::Tell(_) => {}
        }
        Ok(())
    }

    /// The timers that have just run out, with the moment of each in milliseconds since 1970 UTC. From then on they
    /// ring, until someone stops them or nobody does for long enough.
    pub(super) fn take_due(&mut self, now: i64) -> Vec<(MovingTimer, i64)> {
        let due = |timer: &Timer| match timer.due {
            TimerDue::At(at) if at <= now => Some(at),
            TimerDue::At(_) | TimerDue::Paused(_) => None,
        };
        let taken: Vec<(MovingTimer, i64)> =
            self.timers.iter().filter_map(|timer| Some((moving(timer, now), due(timer)?))).collect();
        let (ended, running) = std::mem::take(&mut self.timers).into_iter().partition(|timer| due(timer).is_some());
        self.timers = running;
        self.ringing.extend::<Vec<Timer>>(ended);
        self.ringing.retain(|timer| due(timer).is_some_and(|at| now - at < MAX_RING_MS));
        taken
    }

    /// The timers as the house shows them.
    pub(super) fn moving(&self, now: i64) -> Vec<MovingTimer> {
        self.ringing.iter().chain(&self.timers).map(|timer| moving(timer, now)).collect()
    }

    /// Keeps what is left when the clock is set. What was kept before the clock was known is right already.
    pub(super) fn shift(&mut self, jump_ms: i64, was_unset: bool) {
        for timer in &mut self.timers {
            if let TimerDue::At(at) = &mut timer.due
                && !(was_unset && CLOCK_IS_SET_MS <= *at)
            {
                *at = at.saturating_add(jump_ms);
            }
        }
    }

    /// What rings goes on from now.
    fn run_on(&mut self, ids: &[String], now: i64) {
        let (on, ringing) = std::mem::take(&mut self.ringing).into_iter().partition(|timer| ids.contains(&timer.id));
        self.ringing = ringing;
        self.timers.extend::<Vec<Timer>>(on);
        self.each(ids, |timer| {
            if let TimerDue::At(at) = &mut timer.due {
                *at = (*at).max(now);
            }
        });
    }

    fn each(&mut self, ids: &[String], change: impl Fn(&mut Timer)) {
        self.timers.iter_mut().filter(|timer| ids.contains(&timer.id)).for_each(change);
    }
}

fn moving(timer: &Timer, now: i64) -> MovingTimer {
    let (left_ms, is_active) = match timer.due {
        TimerDue::At(at) => ((at - now).max(0), true),
        TimerDue::Paused(left) => (left, false),
    };
    MovingTimer {
        id: timer.id.clone(),
        name: timer.name.clone(),
        area: timer.area.clone(),
        length_s: timer.length_s,
        left_s: u64::try_from((left_ms + 999) / 1000).unwrap_or(0),
        is_active,
        asked_by: timer.asked_by.clone(),
    }
}

fn ms(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX / 2000).saturating_mul(1000)
}

/// Nobody is there who hears it.
const MAX_RING_MS: i64 = 10 * 60_000;
/// More timers than these are a mistake or an attack.
const MOST_TIMERS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paused_timer_keeps_what_is_left() {
        let mut timers = Timers::default();
        timers
            .change(TimerChange::Start(TimerStart { name: None, area: None, seconds: 60, asked_by: None }), None, 0)
            .unwrap();
        let id = timers.records()[0].id.clone();
        timers.change(TimerChange::Pause(vec![id.clone()]), None, 20_000).unwrap();
        assert_eq!(timers.take_due(1_000_000), vec![]);
        timers.change(TimerChange::Resume(vec![id.clone()]), None, 1_000_000).unwrap();
        timers.change(TimerChange::Add(vec![id], -10), None, 1_000_000).unwrap();
        assert_eq!(timers.take_due(1_029_000), vec![]);
        assert_eq!(timers.take_due(1_030_000).len(), 1);
        assert_eq!(timers.records().len(), 0);
    }

    #[test]
    fn what_has_run_out_rings_until_it_is_stopped() {
        let mut timers = Timers::default();
        let start = || TimerChange::Start(TimerStart { name: None, area: None, seconds: 60, asked_by: None });
        timers.change(start(), None, 0).unwrap();
        timers.change(start(), None, 0).unwrap();
        assert_eq!(timers.take_due(60_000).len(), 2);
        assert_eq!(timers.take_due(61_000).len(), 0, "each runs out once");
        let shown = timers.moving(61_000);
        assert!(shown.len() == 2 && shown.iter().all(MovingTimer::rings), "{shown:?}");
        assert_eq!(timers.records().len(), 0, "after a restart it has rung");
        timers.change(TimerChange::Cancel(vec![shown[0].id.clone()]), None, 62_000).unwrap();
        // Five minutes more for the other.
        timers.change(TimerChange::Add(vec![shown[1].id.clone()], 300), None, 70_000).unwrap();
        let shown = timers.moving(70_000);
        assert!(matches!(shown.as_slice(), [one] if one.left_s == 300 && !one.rings()), "{shown:?}");
        assert_eq!(timers.take_due(370_000).len(), 1);
        assert_eq!(timers.take_due(370_000 + MAX_RING_MS).len(), 0);
        assert_eq!(timers.moving(370_000 + MAX_RING_MS).len(), 0, "it does not ring for ever");
    }
}
