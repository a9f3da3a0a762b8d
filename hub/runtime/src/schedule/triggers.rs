//! Which routines start: those whose condition has just come to be so.

use std::collections::BTreeMap;

use house::{Cause, Entity, EntityId, House, Schedule, Timing, Trigger};
use mind::condition::all_hold;
use mind::trigger::holds;
use mind::when::TimeContext;

/// What routines wait for, and whether it was so when it was last looked at.
#[derive(Debug, Default)]
pub struct Triggers {
    held: BTreeMap<String, Held>,
    /// The states of what they look at, as they were last looked at.
    seen: BTreeMap<EntityId, Option<String>>,
}

/// How it stands with what one routine waits for.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Whether it was so; while that is not known, the last that was counts.
    so: Option<bool>,
    /// Since when it is so and has to stay so, if it came to be so and nothing came of it yet.
    since_ms: Option<i64>,
    fired_ms: i64,
}

impl Triggers {
    /// Routines whose condition has just come to be so, or has been so for as long as they want. What is so at the
    /// first look, or was not known before, starts nothing.
    pub fn due(&mut self, house: &House, around: &TimeContext) -> Vec<Schedule> {
        self.held.retain(|id, _| house.schedules.iter().any(|one| one.id == *id));
        let mut due = Vec::new();
        for schedule in &house.schedules {
            let Timing::Triggered(trigger, for_s) = &schedule.timing else { continue };
            let so = holds(trigger, house);
            let new = Held { so: None, since_ms: None, fired_ms: i64::MIN };
            let mut held = self.held.get(&schedule.id).copied().unwrap_or(new);
            let comes = held.so == Some(false) && so == Some(true) && !self.is_repeated(trigger, house);
            let since_ms = if comes { Some(around.now_ms) } else { held.since_ms.filter(|_| so == Some(true)) };
            let for_ms = i64::try_from(*for_s).unwrap_or(i64::MAX).saturating_mul(1000);
            let is_over = since_ms.is_some_and(|since| since.saturating_add(for_ms) <= around.now_ms);
            let is_rested = held.fired_ms.saturating_add(REST_MS) <= around.now_ms;
            // What is not so at that moment is not made up for when it comes to be so.
            held.since_ms = since_ms.filter(|_| !is_over);
            held.so = so.or(held.so);
            if is_over
                && is_rested
                && !schedule.is_paused
                && all_hold(&schedule.conditions, house, around) == Some(true)
            {
                held.fired_ms = around.now_ms;
                due.push(schedule.clone());
            }
            self.held.insert(schedule.id.clone(), held);
        }
        let watched = house
            .schedules
            .iter()
            .filter_map(|schedule| {
                if let Timing::Triggered(trigger, _) = &schedule.timing { Some(trigger.entities()) } else { None }
            })
            .flatten();
        self.seen = watched.filter_map(|id| Some((id.clone(), house.entities.get(id)?.state.value.clone()))).collect();
        due
    }

    /// Whether what moved did so only in messages that repeat what was so before.
    fn is_repeated(&self, trigger: &Trigger, house: &House) -> bool {
        let moved = |entity: &&Entity| self.seen.get(&entity.id) != Some(&entity.state.value);
        let mut moved = trigger.entities().iter().filter_map(|id| house.entities.get(id)).filter(moved).peekable();
        moved.peek().is_some() && moved.all(|entity| entity.state.cause == Cause::Replay)
    }
}

/// Two routines that start each other must not run away.
const REST_MS: i64 = 5_000;
