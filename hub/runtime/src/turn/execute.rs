//! From a plan to its deed: judge all of it, put down what is for later, dispatch what is for now, say what came of it.
//!
//! Knows the gate; knows nothing of how the words were understood.

use std::collections::BTreeMap;

use house::{
    ActionPlan, Cause, Consent, Draft, EntityId, House, Lang, LastAction, MovingTimer, OutcomeKind, Plan, Question,
    Role, Rules, Schedule, ScheduleChange, Step, TimerChange, TimerStart, Timing, TurnOutcome, Undo, Utterance,
};
use mind::conversation::{Conversation, Open};
use mind::judge::{Approved, ApprovedStep, Verdict, judge};
use mind::reply::{self, StockReply};
use mind::undo::back;
use tracing::warn;

use super::Turns;
use super::outcome::Turn;
use super::unkept::unkept;
use crate::dispatch;
use crate::hub::schedules::{Change, agreed_to};

impl Turns {
    /// Judges a plan against the house as it is now, and does what is allowed. What is for later is judged with it.
    pub async fn execute(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        plan: ActionPlan,
        consent: Consent,
        before: &[String],
    ) {
        if self.is_not_theirs(turn, &plan) {
            return turn.nothing(TurnOutcome::Refuse, StockReply::NotYours);
        }
        let steps = plan.all_steps();
        turn.steps.clone_from(&plan.steps);
        if !steps.is_empty() {
            conversation.last = distinct(&steps);
        }
        let mut said: Vec<String> = before.to_vec();
        match self.judged(turn, steps, consent) {
            Verdict::Allow(_) => self.allowed(turn, conversation, plan, consent, &mut said).await,
            Verdict::Ask(question) => {
                said.push(reply::question(&question, turn.lang));
                turn.outcome = TurnOutcome::Ask;
                conversation.open = match question {
                    Question::Confirm { .. } => Some(Open::Confirm(plan)),
                    Question::Pin { .. } => Some(Open::Pin(plan)),
                    Question::Which { .. }
                    | Question::Value { .. }
                    | Question::When { .. }
                    | Question::DidYouMean { .. } => None,
                };
            }
            Verdict::Refuse(refusal) => {
                said.push(reply::refusal(&refusal, turn.lang));
                turn.outcome = TurnOutcome::Refuse;
            }
        }
        turn.reply = reply::joined(&said, turn.lang);
    }

    /// The verdict on steps as things stand, for who asked and where; the trace tells it.
    pub fn judged(&self, turn: &mut Turn, steps: Vec<Step>, consent: Consent) -> Verdict {
        let snapshot = self.hub.snapshot();
        let Utterance { speaker, place, .. } = &turn.utterance;
        let rules = Rules { recent: snapshot.recent.clone(), ..self.household.rules(speaker, place.as_ref()) };
        let verdict = judge(Plan { steps }, &snapshot.house, &rules, consent);
        let roles: Vec<&str> = self.household.roles(speaker, place.as_ref()).into_iter().map(Role::as_str).collect();
        let line = format!("the verdict for {}: {}", roles.join(" and "), told(&verdict));
        // What is for now is judged by itself once more; the trace says so only where it differs.
        if !turn.trace.contains(&line) {
            turn.trace.push(line);
        }
        verdict
    }

    /// Whether whoever asks may change names, taught words, routines and what others planned.
    pub fn may_edit(&self, turn: &Turn) -> bool {
        self.household.rules(&turn.utterance.speaker, turn.utterance.place.as_ref()).may_edit()
    }

    /// Whether it takes away what another one planned, or makes a rule, and whoever asks may do neither.
    fn is_not_theirs(&self, turn: &Turn, plan: &ActionPlan) -> bool {
        let makes_rule = plan.later.iter().any(|draft| matches!(draft.timing, Timing::Triggered(..)));
        let may_change = |change: &TimerChange| self.may_change_timers(turn, change);
        (makes_rule && !self.may_edit(turn))
            || !self.may_cancel(turn, &plan.cancel)
            || !plan.timers.iter().all(may_change)
    }

    /// Whether whoever asks may change these timers: their own, what rings, and all of them whoever may edit.
    pub(super) fn may_change_timers(&self, turn: &Turn, change: &TimerChange) -> bool {
        let snapshot = self.hub.snapshot();
        let changed = snapshot.house.timers.iter().filter(|timer| change.ids().contains(&timer.id));
        let is_theirs = |timer: &MovingTimer| {
            timer.rings() || timer.asked_by.as_ref().is_none_or(|owner| *owner == turn.utterance.speaker)
        };
        self.may_edit(turn) || changed.into_iter().all(is_theirs)
    }

    /// Whether what is scheduled under these ids may be taken away by whoever asks.
    pub fn may_cancel(&self, turn: &Turn, ids: &[String]) -> bool {
        self.may_edit(turn) || self.scheduled(ids).iter().all(|one| one.asked_by == turn.utterance.speaker)
    }

    /// What is for later is kept first: an end that was promised must not be lost with the hub.
    async fn allowed(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        plan: ActionPlan,
        consent: Consent,
        said: &mut Vec<String>,
    ) {
        let ActionPlan { steps, later, cancel, timers } = plan;
        let mut undo = Undo::default();
        let kept = self.keep(turn, (later, cancel, timers), consent, &mut undo, said).await;
        let made = match kept {
            Ok(made) => made,
            Err(error) => {
                warn!(error = format!("{error:#}"), "What is scheduled could not be kept.");
                said.push(unkept(&error, turn.lang));
                turn.outcome = TurnOutcome::Refuse;
                return;
            }
        };
        if !steps.is_empty() {
            // Judged by itself, because only what is for now goes out.
            match self.judged(turn, steps, consent) {
                Verdict::Allow(approved) => {
                    let (done, backwards) = self.dispatched(turn, &approved).await;
                    said.push(done);
                    undo.steps = backwards;
                }
                Verdict::Ask(question) => said.push(reply::question(&question, turn.lang)),
                Verdict::Refuse(refusal) => said.push(reply::refusal(&refusal, turn.lang)),
            }
        }
        let snapshot = self.hub.snapshot();
        let around = self.clock.around(self.clock.now_ms());
        said.extend(made.iter().map(|one| reply::scheduled(one, &snapshot.house, &around, turn.lang)));
        if turn.outcome != TurnOutcome::Ask {
            turn.outcome = TurnOutcome::Act;
        }
        if !turn.steps.is_empty() {
            conversation.last_action =
                Some(LastAction { words: turn.utterance.text.clone(), steps: turn.steps.clone() });
        }
        if !undo.is_empty() {
            turn.undo.clone_from(&undo);
            conversation.undo = undo;
        }
    }

    /// Takes off the schedule what is cancelled, changes timers, and puts down what is for later; gives what is new.
    async fn keep(
        &self,
        turn: &Turn,
        (later, cancel, timers): (Vec<Draft>, Vec<String>, Vec<TimerChange>),
        consent: Consent,
        undo: &mut Undo,
        said: &mut Vec<String>,
    ) -> anyhow::Result<Vec<Schedule>> {
        let snapshot = self.hub.snapshot();
        let cancelled = self.scheduled(&cancel);
        if !cancelled.is_empty() {
            let ids: Vec<String> = cancelled.iter().map(|one| one.id.clone()).collect();
            let around = self.clock.around(self.clock.now_ms());
            let change = ScheduleChange::Cancel(ids.clone());
            let words = reply::schedule_changed(&change, &snapshot.house, &around, turn.lang);
            self.hub.schedule(Change::Cancel(ids)).await?;
            said.push(words);
            undo.cancelled = cancelled;
        }
        for change in timers {
            undo.timers.extend(cancelled_timers(&change, &snapshot.house));
            self.hub.change_timers(change.clone(), Some(&turn.utterance.speaker)).await?;
            said.push(reply::timer_changed(&change, turn.lang));
        }
        let drafts: Vec<_> = later.into_iter().map(|draft| agreed_to(draft, consent)).collect();
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let change = Change::Add(drafts, turn.lang, turn.utterance.speaker.clone());
        let made = self.hub.schedule(change).await?;
        undo.schedules.extend(made.iter().map(|one| one.id.clone()));
        Ok(made)
    }

    /// What is scheduled under these ids.
    pub fn scheduled(&self, ids: &[String]) -> Vec<Schedule> {
        self.hub.snapshot().house.schedules.iter().filter(|one| ids.contains(&one.id)).cloned().collect()
    }

    /// Sends steps that were allowed; says what became of them, and what would take them back.
    async fn dispatched(&self, turn: &mut Turn, approved: &Approved) -> (String, Vec<Step>) {
        let before = self.hub.snapshot();
        turn.outcomes = {
            let Utterance { cause, speaker, .. } = &turn.utterance;
            dispatch::send(&self.hub, approved, *cause, Some(speaker), self.timeout_scale).await
        };
        let moved: BTreeMap<&EntityId, bool> = turn
            .outcomes
            .iter()
            .map(|outcome| {
                (
                    &outcome.entity,
                    matches!(outcome.kind, OutcomeKind::Confirmed | OutcomeKind::Sent | OutcomeKind::TimedOut),
                )
            })
            .collect();
        let backwards = backwards(approved.steps(), &before.house)
            .into_iter()
            .filter(|step| moved.get(&step.entity).copied().unwrap_or(false))
            .collect();
        (reply::done(&turn.outcomes, &self.hub.snapshot().house, turn.lang), backwards)
    }

    /// Does what was scheduled, if it may still happen; gives the words about it and whether it was done.
    pub async fn execute_scheduled(
        &self,
        turn: &mut Turn,
        schedule: &Schedule,
        steps: &[Step],
        consent: Consent,
    ) -> bool {
        turn.utterance.cause =
            if matches!(schedule.timing, Timing::Triggered(..)) { Cause::Routine } else { Cause::Schedule };
        turn.steps = steps.to_vec();
        let why = match self.judged(turn, steps.to_vec(), consent) {
            Verdict::Allow(approved) => {
                let (said, backwards) = self.dispatched(turn, &approved).await;
                turn.undo.steps = backwards;
                (turn.reply, turn.outcome) = (said, TurnOutcome::Act);
                return true;
            }
            Verdict::Ask(question) => reply::question(&question, turn.lang),
            Verdict::Refuse(refusal) => reply::refusal(&refusal, turn.lang),
        };
        turn.reply = reply::withheld(schedule, &why, &self.hub.snapshot().house, turn.lang);
        turn.outcome = TurnOutcome::Refuse;
        false
    }
}

/// What starts timers again that a change takes away.
pub(super) fn cancelled_timers(change: &TimerChange, house: &House) -> Vec<TimerStart> {
    let TimerChange::Cancel(ids) = change else { return Vec::new() };
    let gone = house.timers.iter().filter(|timer| ids.contains(&timer.id));
    let again = |timer: &MovingTimer| TimerStart {
        name: timer.name.clone(),
        area: timer.area.clone(),
        seconds: timer.left_s.max(1),
        asked_by: timer.asked_by.clone(),
    };
    gone.map(again).collect()
}

/// What takes steps back to the states in this house, last first.
fn backwards(steps: &[ApprovedStep], before: &House) -> Vec<Step> {
    let one = |step: &ApprovedStep| {
        let actions =
            before.entities.get(&step.entity).and_then(|entity| back(&step.action, entity)).unwrap_or_default();
        let step = Step::clone(step);
        actions.into_iter().map(move |action| Step { action, reason: "it was so before".to_owned(), ..step.clone() })
    };
    steps.iter().rev().flat_map(one).collect()
}

/// A verdict in the words of the trace.
fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allow(_) => "it may happen".to_owned(),
        Verdict::Ask(Question::Pin { names, .. }) => format!("it wants the PIN for {}", names.join(", ")),
        Verdict::Ask(Question::Confirm { names, .. }) => format!("it wants a yes for {}", names.join(", ")),
        Verdict::Ask(_) => "it wants an answer first".to_owned(),
        Verdict::Refuse(refusal) => format!("it does not happen: {}", reply::refusal(refusal, Lang::En)),
    }
}

pub(super) fn distinct(steps: &[Step]) -> Vec<EntityId> {
    let mut out: Vec<EntityId> = Vec::new();
    for step in steps {
        if !out.contains(&step.entity) {
            out.push(step.entity.clone());
        }
    }
    out
}
