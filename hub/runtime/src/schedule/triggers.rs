//! Which routines start: those whose condition has just come to be so.

use std::collections::BTreeMap;

use house::{Cause, Entity, EntityId, House, Schedule, Timing, Trigger};
use mind::trigger::holds;
use mind::when::{TimeContext, daylight};

/// What routines wait for, and whether it was so when it was last looked at.
#[derive(Debug, Default)]
pub struct Triggers {
    held: BTreeMap<String, (Option<bool>, i64)>,
    /// The states of what they look at, as they were last looked at.
    seen: BTreeMap<EntityId, Option<String>>,
}

impl Triggers {
    /// Routines whose condition has just come to be so. What is so at the first look, or was not known before, starts
    /// nothing.
    pub fn due(&mut self, house: &House, around: &TimeContext) -> Vec<Schedule> {
        self.held.retain(|id, _| house.schedules.iter().any(|one| one.id == *id));
        let mut due = Vec::new();
        for schedule in &house.schedules {
            let Timing::Triggered(trigger, wanted) = &schedule.timing else { continue };
            let holds = holds(trigger, house);
            let (held, fired_ms) = self.held.get(&schedule.id).copied().unwrap_or((None, i64::MIN));
            let comes = held == Some(false) && holds == Some(true) && !self.is_repeated(trigger, house);
            let is_light_right = wanted.is_none_or(|wanted| daylight(around) == Some(wanted));
            let is_rested = fired_ms.saturating_add(REST_MS) <= around.now_ms;
            let fires = comes && is_light_right && is_rested && !schedule.is_paused;
            if fires {
                due.push(schedule.clone());
            }
            // While a state is not known, the last one that was counts.
            self.held.insert(schedule.id.clone(), (holds.or(held), if fires { around.now_ms } else { fired_ms }));
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
