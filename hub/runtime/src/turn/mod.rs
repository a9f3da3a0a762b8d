//! One turn, from words to a reply: understand, resolve, judge, dispatch, reply, journal. Read it top to bottom.
//!
//! Knows the order of the steps; knows nothing of what any step does inside.

pub mod dry_run;
pub mod outcome;
pub mod wire;

mod execute;
mod general;
mod heard;
mod hub_intents;
mod journal;
mod learned;
mod parts;
mod preference;
mod proposal;
mod questions;
mod read_back;
mod record;
mod said_pin;
mod understanding;
mod unkept;

use house::{
    ActionPlan, Answer, Consent, Domain, House, Intent, IntentKind, MovingTimer, NewHubEntity, Resolved,
    ScheduleChange, TimerChange, TurnOutcome, Undo, Utterance,
};
use mind::conversation::{Conversation, Open};
use mind::decide::{acts, is_not_for_house};
use mind::reply::{self, StockReply};
use mind::resolve::Resolution;
use mind::understand::before::Before;
use mind::understand::reflex::{SaidPin, says_cancel};
use tracing::{info, warn};

pub use parts::Turns;
pub use proposal::resolve_all;
pub use understanding::understand;

use crate::clock::Stopwatch;
use crate::hub::schedules::Change;
use execute::cancelled_timers;
use learned::why_suggested;
use outcome::{ExpectedAnswer, Turn, begin, hub_turn, outcome_of, outcome_of_miss};
use questions::{ask, leave_open, limit_questions};
use unkept::unkept;

/// What stood before a turn.
struct Prior {
    /// What went before, as the model is shown it.
    before: Before,
    /// The question that was open.
    open: Option<Open>,
}

impl Turns {
    /// Takes one utterance all the way.
    pub async fn turn(&self, utterance: Utterance) -> Turn {
        let watch = Stopwatch::start();
        let now = utterance.at_ms;
        let mut conversation = self.recall(&utterance.conversation, now).for_speaker(&utterance.speaker);
        let prior = Prior { before: conversation.before(&self.hub.snapshot().house), open: conversation.open.clone() };
        let was_open = prior.open.clone();
        let mut turn = begin(utterance);
        self.choose_hearing(&mut turn, &conversation, &prior.before).await;
        let pins = self.pins_said(&turn.utterance.text);
        match self.answer_to_question(&mut turn, &mut conversation).await {
            true => {}
            false => self.request_or_pin(&mut turn, &mut conversation, prior, &pins).await,
        }
        leave_open(&mut turn, &mut conversation, was_open);
        self.suggest_beside(&mut turn, &mut conversation);
        said_pin::hide(&mut turn, &pins);
        limit_questions(&mut turn, &mut conversation);
        conversation.said.clone_from(&turn.reply);
        turn.ms.0 = watch.ms();
        self.end(&mut turn, conversation, now).await;
        info!(outcome = turn.outcome.as_str(), path = turn.resolved_by.as_str(), ms = turn.ms.0, "A turn ended.");
        turn
    }

    /// Takes a plan that needs no understanding through the same gate; a question stays open in their conversation.
    pub async fn act(&self, utterance: Utterance, plan: ActionPlan) -> Turn {
        let watch = Stopwatch::start();
        let now = utterance.at_ms;
        let mut conversation =
            Conversation { open: None, ..self.recall(&utterance.conversation, now).for_speaker(&utterance.speaker) };
        let mut turn = begin(utterance);
        self.execute(&mut turn, &mut conversation, plan, Consent::None, &[]).await;
        turn.ms.0 = watch.ms();
        self.end(&mut turn, conversation, now).await;
        turn
    }

    /// A turn that ended is remembered and written down before anyone is told.
    async fn end(&self, turn: &mut Turn, conversation: Conversation, now: i64) {
        // Whoever speaks to somebody else is not listened to, though the question stays.
        let is_asked = turn.outcome != TurnOutcome::NotForHouse;
        turn.expects_answer = conversation.open.as_ref().filter(|_| is_asked).map(ExpectedAnswer::of);
        let conversation = Conversation { hub: Some(hub_turn(turn.outcome)), ..conversation };
        self.remember(&turn.utterance.conversation, conversation, now).await;
        self.journal(turn).await;
    }

    /// A request, perhaps with the PIN that it would be asked for. Digits alone answer nothing and go to no model.
    async fn request_or_pin(&self, turn: &mut Turn, conversation: &mut Conversation, prior: Prior, pins: &[SaidPin]) {
        match pins {
            [only] if only.rest.is_empty() => turn.nothing(TurnOutcome::NotUnderstood, StockReply::NoQuestion),
            [only] if self.request_with_pin(turn, conversation, only, prior.before.clone()).await => {}
            _ => self.request(turn, conversation, prior).await,
        }
    }

    /// A request: understand, then act on it.
    async fn request(&self, turn: &mut Turn, conversation: &mut Conversation, prior: Prior) {
        let snapshot = self.hub.snapshot();
        let taught = self.household.taught(&turn.utterance.text);
        turn.trace.extend(taught.iter().map(|words| format!("the household taught that this means “{words}”")));
        let text = taught.as_deref().unwrap_or(&turn.utterance.text);
        let timed = understand(text, prior.before, &snapshot, &self.model, self.household.thresholds()).await;
        let understood = timed.understood;
        turn.resolved_by = understood.resolved_by;
        turn.confidence = understood.confidence;
        turn.ms.1 = timed.model_ms;
        turn.trace.extend(understood.trace.iter().cloned());
        turn.codes.clone_from(&understood.codes);
        match understood.intents {
            Ok(intents) if understood.is_unsure || (turn.is_half_heard && acts(&intents)) => {
                self.read_back(turn, conversation, &intents);
            }
            Ok(intents) if intents.iter().any(|intent| intent.kind == IntentKind::Answer) => {
                self.answer_by_model(turn, conversation, prior.open, &intents).await;
            }
            Ok(intents)
                if is_not_for_house(&intents)
                    && self.has_general_answer(turn, conversation, StockReply::NotForHouse).await => {}
            Ok(intents) => {
                if let Some(words) = taught {
                    turn.utterance.text = words;
                }
                let intents = why_suggested(intents, prior.open, conversation);
                self.have_a_list(turn, &intents).await;
                // The house may have moved while the model thought.
                let snapshot = self.hub.snapshot();
                self.act_on(turn, conversation, &intents, &snapshot.house).await;
            }
            Err(nothing) if self.has_general_answer(turn, conversation, nothing).await => {}
            Err(nothing) => turn.nothing(outcome_of(nothing), nothing),
        }
    }

    /// Resolve, judge, dispatch, reply.
    async fn act_on(&self, turn: &mut Turn, conversation: &mut Conversation, intents: &[Intent], house: &House) {
        let around = self.clock.around(turn.utterance.at_ms);
        let resolutions = resolve_all(&turn.utterance, intents, conversation, house, &around, turn.lang);
        turn.intents = resolutions.iter().map(|resolution| resolution.spoken.clone()).collect();
        let mut said = Vec::new();
        let mut plan = ActionPlan::default();
        let mut asked = Vec::new();
        for resolution in resolutions {
            asked.push(resolution.intent.clone());
            let is_correction = intents.iter().any(|intent| intent.kind == IntentKind::Correct);
            if let Some(request) = resolution.learning {
                self.speak_of_learning(turn, conversation, request).await;
                said.push(std::mem::take(&mut turn.reply));
                continue;
            }
            self.one(turn, conversation, resolution, is_correction, &mut plan, &mut said).await;
        }
        // "And the bedroom" follows what was asked of the house, not "say that again".
        if asked.iter().any(|intent| !is_about_the_conversation(intent.kind)) {
            conversation.intents = asked;
        }
        match plan.is_empty() {
            true if turn.reply.is_empty() || !said.is_empty() => turn.reply = reply::joined(&said, turn.lang),
            true => {}
            false => self.execute(turn, conversation, plan, Consent::None, &said).await,
        }
    }

    async fn one(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        resolution: Resolution,
        is_correction: bool,
        plan: &mut ActionPlan,
        said: &mut Vec<String>,
    ) {
        let lang = turn.lang;
        let change = (resolution.timer, resolution.schedule);
        if self.set(turn, conversation, change, is_correction, said).await {
            return;
        }
        let resolution = Resolution { timer: None, schedule: None, ..resolution };
        let is_plain = matches!(resolution.resolved, Resolved::Act(_));
        if is_plain && self.handle_hub_intent(turn, conversation, &resolution).await {
            said.push(std::mem::take(&mut turn.reply));
            return;
        }
        let Resolution { intent, resolved, later, .. } = resolution;
        match resolved {
            Resolved::Act(mut own) => {
                turn.trace.extend(own.iter().map(|step| format!("{}: {}", step.entity, step.reason)));
                if later.is_none() {
                    self.as_preferred(turn, &self.hub.snapshot().house, &mut own);
                }
                if is_correction {
                    plan.correct(&mut conversation.undo, &own);
                }
                match later {
                    Some(later) if later.is_now => {
                        plan.steps.append(&mut own);
                        plan.later.push(later.draft);
                    }
                    Some(later) => plan.later.push(later.draft),
                    None => plan.steps.append(&mut own),
                }
            }
            Resolved::Answer(Answer::Causes(entities)) if entities.is_empty() => {
                said.push(self.explained(turn, conversation));
                turn.outcome = TurnOutcome::Answer;
            }
            Resolved::Answer(Answer::Nevermind) if says_cancel(&turn.utterance.text) => {
                self.take_back(turn, conversation).await;
                said.push(std::mem::take(&mut turn.reply));
            }
            Resolved::Answer(answer) => {
                if let Answer::States { entities, .. } = &answer {
                    conversation.last.clone_from(entities);
                }
                said.push(self.answered(turn, &answer));
                turn.outcome = TurnOutcome::Answer;
            }
            Resolved::Ask(question) => {
                turn.outcome = TurnOutcome::Ask;
                ask(question, intent, &turn.utterance.text, conversation, lang, said);
            }
            Resolved::Miss(miss) => {
                said.push(reply::miss(&miss, lang));
                turn.outcome = outcome_of_miss(&miss);
            }
            Resolved::NotForHouse => {
                said.push(reply::stock_reply(StockReply::NotForHouse, lang));
                turn.outcome = TurnOutcome::NotForHouse;
            }
        }
    }

    fn answered(&self, turn: &Turn, answer: &Answer) -> String {
        let snapshot = self.hub.snapshot();
        match answer {
            Answer::Causes(entities) => self.causes(turn, entities),
            answer => reply::answer(answer, &snapshot.house, &self.clock.around(turn.utterance.at_ms), turn.lang),
        }
    }

    /// A house without any list gets one of the hub's own when something is to be put on it.
    async fn have_a_list(&self, turn: &mut Turn, intents: &[Intent]) {
        let adds = intents
            .iter()
            .find(|intent| matches!(intent.kind, IntentKind::ShoppingListAddItem | IntentKind::ListAddItem));
        let Some(adds) = adds.filter(|_| self.hub.snapshot().house.of_domain(Domain::Todo).next().is_none()) else {
            return;
        };
        let name = reply::list_name(adds, turn.lang);
        match self.hub.create(NewHubEntity::List(name)).await {
            Ok(id) => turn.trace.push(format!("there was no list, so `{id}` was made")),
            Err(error) => warn!(error = format!("{error:#}"), "A list could not be made."),
        }
    }

    /// Changes timers or what is scheduled; false if it is about neither.
    async fn set(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        change: (Option<TimerChange>, Option<ScheduleChange>),
        is_correction: bool,
        said: &mut Vec<String>,
    ) -> bool {
        let is_new = matches!(change, (Some(TimerChange::Start(_)), _) | (_, Some(ScheduleChange::Add(_))));
        let wrong = (is_correction && is_new && !conversation.undo.is_redo).then(|| conversation.undo.clone());
        match change {
            (Some(change), _) => self.change_timers(turn, conversation, change, said).await,
            (None, Some(change)) => self.change_schedules(turn, conversation, change, said).await,
            (None, None) => return false,
        }
        self.take_away(turn, wrong).await;
        true
    }

    /// Takes away what was started or scheduled wrongly, once what is right in its place stands.
    async fn take_away(&self, turn: &mut Turn, wrong: Option<Undo>) {
        let Some(Undo { started, schedules, .. }) = wrong.filter(|_| turn.outcome == TurnOutcome::Act) else { return };
        let house = &self.hub.snapshot().house;
        let timers: Vec<String> =
            started.into_iter().filter(|id| house.timers.iter().any(|timer| timer.id == *id)).collect();
        let schedules: Vec<String> =
            schedules.into_iter().filter(|id| house.schedules.iter().any(|one| one.id == *id)).collect();
        let mut failed = None;
        if !timers.is_empty() {
            failed = self.hub.change_timers(TimerChange::Cancel(timers), Some(&turn.utterance.speaker)).await.err();
        }
        if !schedules.is_empty() {
            failed = self.hub.schedule(Change::Cancel(schedules)).await.err().or(failed);
        }
        if let Some(error) = failed {
            warn!(error = format!("{error:#}"), "What was wrong could not be taken away.");
            turn.reply = unkept(&error, turn.lang);
            turn.outcome = TurnOutcome::Refuse;
        }
    }

    async fn change_timers(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        change: TimerChange,
        said: &mut Vec<String>,
    ) {
        if let TimerChange::Tell(ids) = &change {
            said.push(self.answered(turn, &Answer::Timers(ids.clone())));
            turn.outcome = TurnOutcome::Answer;
            return;
        }
        let before = self.hub.snapshot();
        if !self.may_change_timers(turn, &change) {
            said.push(reply::stock_reply(StockReply::NotYours, turn.lang));
            turn.outcome = TurnOutcome::Refuse;
            return;
        }
        let timers = cancelled_timers(&change, &before.house);
        match self.hub.change_timers(change.clone(), Some(&turn.utterance.speaker)).await {
            Ok(()) => {
                let is_new = |timer: &&MovingTimer| before.house.timers.iter().all(|known| known.id != timer.id);
                let after = self.hub.snapshot();
                let started = after.house.timers.iter().filter(is_new).map(|timer| timer.id.clone()).collect();
                let undo = Undo { timers, started, ..Undo::default() };
                if !undo.is_empty() {
                    turn.undo.clone_from(&undo);
                    conversation.undo = undo;
                }
                said.push(reply::timer_changed(&change, turn.lang));
                turn.outcome = TurnOutcome::Act;
            }
            Err(error) => {
                warn!(error = format!("{error:#}"), "A timer could not be kept.");
                said.push(unkept(&error, turn.lang));
                turn.outcome = TurnOutcome::Refuse;
            }
        }
    }
}

fn is_about_the_conversation(kind: IntentKind) -> bool {
    matches!(
        kind,
        IntentKind::Undo
            | IntentKind::Repeat
            | IntentKind::Explain
            | IntentKind::Broadcast
            | IntentKind::Again
            | IntentKind::Correct
            | IntentKind::Nevermind
            | IntentKind::Respond
            | IntentKind::SuggestionQuery
            | IntentKind::Help
            | IntentKind::Answer
            | IntentKind::NotForHouse
    )
}
