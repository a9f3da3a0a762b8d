//! What is to happen, now and later, and what takes it back. Nothing here is allowed yet: that is for the judge.

use crate::{Draft, Errand, House, Schedule, Step, TimerChange, TimerStart};

/// What is to happen: now, and later.
#[derive(Clone, Debug, Default)]
pub struct ActionPlan {
    /// Steps for now.
    pub steps: Vec<Step>,
    /// What is scheduled.
    pub later: Vec<Draft>,
    /// What is taken off the schedule, by id.
    pub cancel: Vec<String>,
    /// What changes about timers.
    pub timers: Vec<TimerChange>,
}

impl ActionPlan {
    /// Only these steps, now.
    pub fn now(steps: Vec<Step>) -> Self {
        Self { steps, ..Self::default() }
    }

    /// Whether it is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.later.is_empty() && self.cancel.is_empty() && self.timers.is_empty()
    }

    /// What was wrong is taken back, but for what the right steps set anyway.
    pub fn correct(&mut self, wrong: &mut Undo, right: &[Step]) {
        if wrong.is_redo {
            return;
        }
        let Undo { steps, schedules, .. } = std::mem::take(wrong);
        let (set_anyway, only_wrong): (Vec<Step>, Vec<Step>) =
            steps.into_iter().partition(|step| right.iter().any(|other| other.entity == step.entity));
        self.steps.extend(only_wrong);
        self.cancel.extend(schedules);
        // What is set anew can still be taken back to how it was at first.
        wrong.steps = set_anyway;
    }

    /// Every step it could ever take: what is done later is judged now too.
    pub fn all_steps(&self) -> Vec<Step> {
        let mut steps = self.steps.clone();
        for draft in &self.later {
            if let Errand::Act { steps: own, back, .. } = &draft.errand {
                steps.extend(own.iter().chain(back.iter().flat_map(|(_, back)| back)).cloned());
            }
        }
        steps
    }
}

/// What was done last, and on which words.
#[derive(Clone, Debug)]
pub struct LastAction {
    /// The words.
    pub words: String,
    /// What was done, and why with what.
    pub steps: Vec<Step>,
}

/// What takes an action back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undo {
    /// Steps to the states before.
    pub steps: Vec<Step>,
    /// What was scheduled, by id.
    pub schedules: Vec<String>,
    /// What was taken off the schedule.
    pub cancelled: Vec<Schedule>,
    /// Timers that were cancelled, with what was left of them.
    pub timers: Vec<TimerStart>,
    /// Timers that were started, by id.
    pub started: Vec<String>,
    /// Whether it would bring back what was taken back: no correction wants that.
    pub is_redo: bool,
}

impl Undo {
    /// Whether there is anything to take back.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
            && self.schedules.is_empty()
            && self.cancelled.is_empty()
            && self.timers.is_empty()
            && self.started.is_empty()
    }

    /// The plan that takes it back in this house; what was scheduled may have happened, or be cancelled already.
    pub fn into_plan(self, house: &House) -> ActionPlan {
        let Self { steps, schedules, cancelled, timers, started, is_redo: _ } = self;
        let cancel = schedules.into_iter().filter(|id| house.schedules.iter().any(|one| one.id == *id)).collect();
        let later = cancelled.into_iter().map(Draft::again).collect();
        let started: Vec<String> =
            started.into_iter().filter(|id| house.timers.iter().any(|timer| timer.id == *id)).collect();
        let stop = (!started.is_empty()).then_some(TimerChange::Cancel(started));
        let timers = timers.into_iter().map(TimerChange::Start).chain(stop).collect();
        ActionPlan { steps, later, cancel, timers }
    }
}
