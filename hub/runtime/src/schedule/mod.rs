//! What is due: alarms and reminders ring, scheduled actions go through the gate, and what was missed is told of.

pub mod triggers;

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use house::{Cause, Errand, Notice, NoticeKind, OutcomeKind, Schedule, TurnOutcome, Utterance};
use mind::{condition, reply};
use tracing::{info, warn};

use crate::hub::schedules::Change;
use crate::turn::Turns;
use crate::turn::outcome::{Turn, begin};
use triggers::Triggers;

/// Does what is due, as it falls due, until the task is dropped.
pub async fn keep(turns: Turns) {
    let mut running = FuturesUnordered::new();
    let mut started = BTreeSet::new();
    let mut triggers = Triggers::default();
    let mut house = turns.hub.watch();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            changed = house.changed() => {
                if changed.is_err() {
                    return;
                }
                let snapshot = house.borrow_and_update().clone();
                for schedule in triggers.due(&snapshot.house, &turns.clock.around(turns.clock.now_ms())) {
                    if started.insert(schedule.id.clone()) {
                        running.push(turns.fall_due(schedule));
                    }
                }
            }
            Some(ended) = running.next() => {
                let FallenDue { schedule, is_kept, .. }: FallenDue = ended;
                // What could not be written down would be due again at once, and again: it waits for the next start.
                if is_kept {
                    started.remove(&schedule);
                }
            }
            _ = tick.tick() => {
                turns.end_ringing().await;
                let snapshot = turns.hub.snapshot();
                let held = triggers.due(&snapshot.house, &turns.clock.around(turns.clock.now_ms()));
                for schedule in turns.due().into_iter().chain(held) {
                    if started.insert(schedule.id.clone()) {
                        running.push(turns.fall_due(schedule));
                    }
                }
            }
        }
    }
}

/// What came of something that was due.
#[derive(Debug)]
pub struct FallenDue {
    /// The turn it made.
    pub turn: Turn,
    schedule: String,
    /// Whether the store knows that it is over.
    is_kept: bool,
}

impl Turns {
    /// What is due now, earliest first.
    pub fn due(&self) -> Vec<Schedule> {
        let now = self.clock.now_ms();
        let snapshot = self.hub.snapshot();
        let mut due: Vec<Schedule> = snapshot
            .house
            .schedules
            .iter()
            .filter(|one| one.rings_since_ms.is_none() && one.due_ms <= now && !one.is_paused)
            .cloned()
            .collect();
        due.sort_by_key(|one| one.due_ms);
        due
    }

    /// Does one thing that is due, or tells that it was missed. It stays due until that is written down.
    pub async fn fall_due(&self, schedule: Schedule) -> FallenDue {
        let now = self.clock.now_ms();
        let around = self.clock.around(now);
        let lang = schedule.lang;
        let title = reply::schedule_title(&schedule, &self.hub.snapshot().house, &around, lang);
        let mut turn = begin(Utterance {
            text: title,
            lang: Some(lang.as_str().to_owned()),
            place: schedule.area.clone(),
            conversation: format!("{CONVERSATION}{}", schedule.id),
            speaker: schedule.asked_by.clone(),
            cause: Cause::Schedule,
            at_ms: now,
            hearing: None,
        });
        let late_ms = (now - schedule.due_ms).max(0);
        let is_late = LATE_MS < late_ms;
        if condition::all_hold(&schedule.conditions, &self.hub.snapshot().house, &around) != Some(true) {
            let change = Change::Settle { id: schedule.id.clone(), is_done: false };
            let kept = self.hub.schedule(change).await;
            return FallenDue { turn, schedule: schedule.id, is_kept: kept.is_ok() };
        }
        let change = match &schedule.errand {
            Errand::Act { steps, agreed, .. } if !is_late => {
                let is_done = self.execute_scheduled(&mut turn, &schedule, steps, *agreed).await;
                Change::Settle { id: schedule.id.clone(), is_done }
            }
            Errand::Alarm if late_ms <= STALE_ALARM_MS => self.rings(&mut turn, &schedule, is_late),
            Errand::Remind(_) => self.rings(&mut turn, &schedule, is_late),
            Errand::Act { .. } | Errand::Alarm => {
                turn.reply = reply::missed(&schedule, schedule.due_ms, &self.hub.snapshot().house, &around, lang);
                turn.outcome = TurnOutcome::Refuse;
                Change::Settle { id: schedule.id.clone(), is_done: false }
            }
        };
        let kept = self.hub.schedule(change).await;
        if let Err(error) = &kept {
            warn!(
                error = format!("{error:#}"),
                "What was due could not be taken off the schedule; it may come again after a restart."
            );
        }
        self.journal(&mut turn).await;
        info!(schedule = %schedule.id, outcome = turn.outcome.as_str(), late_ms, "Something scheduled was due.");
        self.notify_of(&turn, &schedule, late_ms).await;
        FallenDue { turn, schedule: schedule.id, is_kept: kept.is_ok() }
    }

    fn rings(&self, turn: &mut Turn, schedule: &Schedule, is_late: bool) -> Change {
        turn.reply =
            reply::rings(schedule, schedule.due_ms, is_late, &self.clock.around(self.clock.now_ms()), turn.lang);
        turn.outcome = TurnOutcome::Act;
        Change::Ring(schedule.id.clone())
    }

    async fn notify_of(&self, turn: &Turn, schedule: &Schedule, late_ms: i64) {
        let kind = match schedule.errand {
            Errand::Act { .. } if was_done(turn) => NoticeKind::Schedule,
            Errand::Act { .. } => NoticeKind::NotDone,
            Errand::Alarm => NoticeKind::Alarm,
            Errand::Remind(_) => NoticeKind::Reminder,
        };
        let notice = Notice {
            at_ms: self.clock.now_ms(),
            kind,
            schedule: Some(schedule.id.clone()),
            said: turn.reply.clone(),
            lang: turn.lang,
            areas: schedule.area.clone().into_iter().collect(),
            late_s: u64::try_from(late_ms / 1000).unwrap_or(0),
        };
        if let Err(error) = self.hub.notify(notice).await {
            warn!(%error, "Something that was due could not be told.");
        }
    }

    /// What rang long enough is silent.
    pub async fn end_ringing(&self) {
        let now = self.clock.now_ms();
        let snapshot = self.hub.snapshot();
        let over: Vec<String> = snapshot
            .house
            .schedules
            .iter()
            .filter(|one| one.rings_since_ms.is_some_and(|since| since + MAX_RING_MS < now))
            .map(|one| one.id.clone())
            .collect();
        if !over.is_empty()
            && let Err(error) = self.hub.schedule(Change::Silence(over)).await
        {
            warn!(error = format!("{error:#}"), "An alarm that rang could not be silenced.");
        }
    }
}

fn was_done(turn: &Turn) -> bool {
    turn.outcome == TurnOutcome::Act
        && turn
            .outcomes
            .iter()
            .all(|one| matches!(one.kind, OutcomeKind::Confirmed | OutcomeKind::Already | OutcomeKind::Sent))
}

/// What goes before a schedule's id in the name of its conversation.
const CONVERSATION: &str = "schedule ";
const TICK: Duration = Duration::from_millis(250);
/// An action is not done later than this; things have changed by then.
const LATE_MS: i64 = 2 * 60_000;
/// An alarm that is later than this wakes nobody any more.
const STALE_ALARM_MS: i64 = 60 * 60_000;
const MAX_RING_MS: i64 = 10 * 60_000;

#[cfg(test)]
mod tests;
