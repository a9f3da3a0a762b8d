//! What rings now: timers that have run out, and whatever else is to be told to everyone.

use house::{MovingTimer, Notice, NoticeKind, Ring};
use tracing::warn;

use super::Hub;

impl Hub {
    /// Timers that are due now, and what else is to be told.
    pub(super) fn ring(&mut self, now: i64) -> Vec<Ring> {
        let due = self.timers.take_due(now);
        if !due.is_empty() {
            if let Err(error) = self.keep_timers() {
                warn!(
                    error = format!("{error:#}"),
                    "A timer that rang could not be removed from the store; it may ring again after a restart."
                );
            }
            self.are_names_stale = true;
        }
        let late: Vec<Notice> =
            due.iter().filter(|(_, at)| LATE_MS < now - at).map(|(timer, at)| self.late(timer, *at, now)).collect();
        let notices = late.into_iter().chain(std::mem::take(&mut self.notices)).map(Ring::Notice);
        due.into_iter().map(|(timer, _)| Ring::Timer(timer)).chain(notices).collect()
    }

    /// The words for a timer that should have rung while the hub was down.
    fn late(&self, timer: &MovingTimer, at: i64, now: i64) -> Notice {
        let lang = self.lang();
        let said = mind::reply::late_timer(timer, at, &self.clock.around(now), lang);
        Notice {
            at_ms: now,
            kind: NoticeKind::Timer,
            schedule: None,
            said,
            lang,
            areas: timer.area.iter().cloned().collect(),
            late_s: u64::try_from((now - at) / 1000).unwrap_or(0),
        }
    }
}

/// A timer that rings this late is told to be late.
const LATE_MS: i64 = 60_000;
