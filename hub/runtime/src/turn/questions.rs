//! The one question that is open: what answers it, and what is asked next.

use house::{
    Action, ActionPlan, Candidate, Consent, Intent, IntentKind, Lang, Question, Slot, SlotValue, Step, TimeDoubt,
    TimerChange, TurnOutcome,
};
use mind::conversation::{Conversation, Open, chosen, hour_said, narrowed};
use mind::decide::ResolvedBy;
use mind::lexicon;
use mind::reply::{self, StockReply};
use mind::resolve::{Spoken, completed};
use mind::understand::reflex::{self, Reflex};
use mind::understand::slot_filling::filled;
use mind::when;
use tracing::warn;

use super::Turns;
use super::learned::SuggestionReply;
use super::outcome::Turn;
use super::said_pin::HIDDEN;
use crate::household::PinCheck;
use crate::hub::schedules::Change;

impl Turns {
    /// Yes, no, a PIN or a choice, while a question is open. False if the words are something else.
    pub(super) async fn answer_to_question(&self, turn: &mut Turn, conversation: &mut Conversation) -> bool {
        let text = turn.utterance.text.clone();
        let said = reflex::reflex(&text);
        let Some(open) = conversation.open.take() else {
            return self.bare_reflex(turn, said).await;
        };
        turn.resolved_by = ResolvedBy::Reflex;
        // A yes that may have been anything answers nothing; a no does no harm.
        if turn.is_half_heard && !matches!(said, Some(Reflex::No | Reflex::Stop)) {
            turn.nothing(TurnOutcome::Ask, StockReply::NotUnderstood);
            conversation.open = Some(open);
            return true;
        }
        let answered = match (open, said) {
            (Open::Suggestion { id, is_for_now }, Some(said)) => {
                let said = if said == Reflex::Yes { SuggestionReply::Yes } else { SuggestionReply::Later };
                self.answer_suggestion(turn, conversation, (id, is_for_now), said).await;
                return true;
            }
            (_, Some(Reflex::No | Reflex::Stop)) => {
                turn.nothing(TurnOutcome::Refuse, StockReply::Dropped);
                return true;
            }
            (Open::Confirm(plan), Some(Reflex::Yes)) => {
                self.execute(turn, conversation, plan, Consent::Yes, &[]).await;
                return true;
            }
            (Open::Forget(about), Some(Reflex::Yes)) => {
                self.forget_learned(turn, about).await;
                return true;
            }
            (Open::Pin(plan), _) => {
                let Some(pin) = reflex::pin(&text) else { return false };
                self.try_pin(turn, conversation, plan, &pin).await;
                return true;
            }
            (Open::Which { intent, candidates }, said) => {
                let only = candidates.len() == 1 && said == Some(Reflex::Yes);
                let chosen = if only { candidates.iter().collect() } else { chosen(&text, &candidates) };
                (!chosen.is_empty()).then(|| narrowed(&intent, &chosen))
            }
            (Open::Missing(intent), _) => filled(&intent, &text),
            (Open::When { intent, heard }, _) => self.timed(&intent, &heard, &text, turn.utterance.at_ms),
            (Open::Confirm(_) | Open::Suggestion { .. } | Open::Forget(_), _) => None,
        };
        // Anything else is another request, and the question is dropped.
        let Some(intent) = answered else { return false };
        let snapshot = self.hub.snapshot();
        self.act_on(turn, conversation, &[intent], &snapshot.house).await;
        true
    }

    /// An answer in words that only the model reads: "go on then", "the tall one", "make it forty". Without a question
    /// it answers nothing.
    pub(super) async fn answer_by_model(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        open: Option<Open>,
        intents: &[Intent],
    ) {
        let (Some(open), [said]) = (open, intents) else {
            turn.nothing(TurnOutcome::NotUnderstood, StockReply::NoQuestion);
            return;
        };
        let is_certain = turn.confidence.is_some_and(|sure| CERTAIN <= sure);
        let answered = match (&open, said.label(Slot::Say)) {
            (Open::Suggestion { id, is_for_now }, Some(say)) if say != "yes" || is_certain => {
                let said = match say {
                    "yes" => SuggestionReply::Yes,
                    "never" => SuggestionReply::Never,
                    _ => SuggestionReply::Later,
                };
                return self.answer_suggestion(turn, conversation, (id.clone(), *is_for_now), said).await;
            }
            (Open::Forget(about), Some("yes")) if is_certain => {
                return self.forget_learned(turn, about.clone()).await;
            }
            (_, Some("no" | "later" | "never")) => {
                turn.nothing(TurnOutcome::Refuse, StockReply::Dropped);
                return;
            }
            (Open::Confirm(plan), Some("yes")) if is_certain => {
                self.execute(turn, conversation, plan.clone(), Consent::Yes, &[]).await;
                return;
            }
            (Open::Which { intent, candidates }, yes) => {
                let picked = picked(said, candidates, yes == Some("yes"));
                (!picked.is_empty()).then(|| completed(&narrowed(intent, &picked), &values_of(said)))
            }
            (Open::Missing(intent), _) => {
                let completed = completed(intent, said);
                (completed != *intent).then_some(completed)
            }
            (Open::When { intent, heard }, _) => {
                said.text(Slot::When).and_then(|words| self.timed(intent, heard, words, turn.utterance.at_ms))
            }
            (Open::Confirm(_) | Open::Pin(_) | Open::Suggestion { .. } | Open::Forget(_), _) => None,
        };
        match answered {
            Some(intent) => {
                let snapshot = self.hub.snapshot();
                self.act_on(turn, conversation, &[intent], &snapshot.house).await;
            }
            // It was meant as an answer, so the question stands.
            None => {
                turn.nothing(TurnOutcome::Ask, StockReply::NotUnderstood);
                conversation.open = Some(open);
            }
        }
    }

    /// The request with the time that the words give, alone or with what was said before; `None` if they are none.
    fn timed(&self, intent: &Intent, heard: &str, text: &str, now: i64) -> Option<Intent> {
        let around = self.clock.around(now);
        let joined = [heard, text].join(" ");
        let words =
            [joined.trim(), text].into_iter().find(|words| when::read(words, &around) != Err(TimeDoubt::Unreadable))?;
        let mut intent = intent.clone();
        intent.slots.retain(|(slot, _)| *slot != Slot::When);
        Some(intent.with(Slot::When, SlotValue::Text(words.to_owned())))
    }

    /// Stop and never mind work without a question too.
    async fn bare_reflex(&self, turn: &mut Turn, said: Option<Reflex>) -> bool {
        match said {
            Some(Reflex::Stop) => {
                let snapshot = self.hub.snapshot();
                let moving = snapshot
                    .house
                    .entities
                    .values()
                    .filter(|entity| matches!(entity.state.value.as_deref(), Some("opening" | "closing")));
                let steps: Vec<Step> = moving
                    .map(|entity| Step {
                        intent: 0,
                        entity: entity.id.clone(),
                        action: Action::StopCover,
                        reason: "it was moving".to_owned(),
                    })
                    .collect();
                let ringing: Vec<String> = snapshot
                    .house
                    .schedules
                    .iter()
                    .filter(|one| one.rings_since_ms.is_some())
                    .map(|one| one.id.clone())
                    .collect();
                let timers: Vec<String> =
                    snapshot.house.timers.iter().filter(|one| one.rings()).map(|one| one.id.clone()).collect();
                turn.resolved_by = ResolvedBy::Reflex;
                turn.nothing(TurnOutcome::Act, StockReply::Stopped);
                if !timers.is_empty()
                    && let Err(error) =
                        self.hub.change_timers(TimerChange::Cancel(timers), Some(&turn.utterance.speaker)).await
                {
                    warn!(error = format!("{error:#}"), "A timer could not be silenced.");
                }
                if !ringing.is_empty()
                    && let Err(error) = self.hub.schedule(Change::Silence(ringing)).await
                {
                    warn!(error = format!("{error:#}"), "An alarm could not be silenced.");
                }
                if !steps.is_empty() {
                    let mut conversation = Conversation::default();
                    self.execute(turn, &mut conversation, ActionPlan::now(steps), Consent::None, &[]).await;
                }
                true
            }
            Some(Reflex::No) => {
                turn.resolved_by = ResolvedBy::Reflex;
                turn.nothing(TurnOutcome::Answer, StockReply::Dropped);
                turn.intents =
                    vec![Spoken { intent: IntentKind::Nevermind.as_str().to_owned(), slots: Vec::new(), when: None }];
                true
            }
            Some(Reflex::Yes) => {
                turn.resolved_by = ResolvedBy::Reflex;
                turn.nothing(TurnOutcome::NotUnderstood, StockReply::NoQuestion);
                true
            }
            None => false,
        }
    }

    pub(super) async fn try_pin(&self, turn: &mut Turn, conversation: &mut Conversation, plan: ActionPlan, pin: &str) {
        // What was said is the PIN; it is kept nowhere.
        turn.utterance.text = HIDDEN.to_owned();
        match self.household.check_pin(pin, &turn.utterance.speaker, self.clock.now_ms()).await {
            PinCheck::Right => self.execute(turn, conversation, plan, Consent::Pin, &[]).await,
            PinCheck::Wrong => {
                turn.nothing(TurnOutcome::Ask, StockReply::WrongPin);
                conversation.open = Some(Open::Pin(plan));
            }
            PinCheck::Locked => turn.nothing(TurnOutcome::Refuse, StockReply::PinLocked),
        }
    }
}

/// The candidates that an answer picks: all, by their place in line, or by name and room.
fn picked<'a>(said: &Intent, candidates: &'a [Candidate], is_yes: bool) -> Vec<&'a Candidate> {
    let at = |index: usize| candidates.get(index).into_iter().collect();
    match said.label(Slot::Scope) {
        Some("all" | "both") => return candidates.iter().collect(),
        Some("first") => return at(0),
        Some("second") => return at(1),
        Some("third") => return at(2),
        Some("last") => return candidates.last().into_iter().collect(),
        Some(side @ ("left" | "right")) => {
            return candidates.iter().filter(|candidate| lexicon::is_on_side(&candidate.name, side)).collect();
        }
        _ => {}
    }
    let words: Vec<&str> = [Slot::Name, Slot::Area, Slot::Floor].iter().flat_map(|slot| said.texts(*slot)).collect();
    match words.as_slice() {
        [] if is_yes && candidates.len() == 1 => candidates.iter().collect(),
        [] => Vec::new(),
        words => chosen(&words.join(" "), candidates),
    }
}

/// What an answer says besides which one is meant.
fn values_of(said: &Intent) -> Intent {
    const WHICH: &[Slot] = &[Slot::Name, Slot::Area, Slot::Floor, Slot::Scope, Slot::Domain, Slot::DeviceClass];
    let mut values = said.clone();
    values.slots.retain(|(slot, _)| !WHICH.contains(slot));
    values
}

/// One question at a time: the first is answered first.
pub(super) fn ask(
    question: Question,
    intent: Intent,
    text: &str,
    conversation: &mut Conversation,
    lang: Lang,
    said: &mut Vec<String>,
) {
    match conversation.open {
        None => {
            said.push(reply::question(&question, lang));
            conversation.open = opened(question, intent, text);
        }
        Some(_) => said.insert(0, reply::stock_reply(StockReply::OneAtATime, lang)),
    }
}

/// What waits for an answer after a question.
fn opened(question: Question, intent: Intent, text: &str) -> Option<Open> {
    match question {
        Question::Which { candidates, .. } | Question::DidYouMean { candidates, .. } => {
            Some(Open::Which { intent, candidates })
        }
        Question::Value { .. } => Some(Open::Missing(intent)),
        Question::When { heard, doubt, .. } => {
            let heard = match doubt {
                TimeDoubt::NoTimeOfDay => heard,
                // "An alarm for seven": the answer says which seven.
                _ if intent.kind == IntentKind::SetAlarm => hour_said(text).unwrap_or_default(),
                _ => String::new(),
            };
            Some(Open::When { intent, heard })
        }
        Question::Confirm { .. } | Question::Pin { .. } => None,
    }
}

/// Who asks to hear the question again is asked it again; and talk to somebody else leaves a question open, unless a
/// bare yes would answer it, which may be meant for them.
pub(super) fn leave_open(turn: &mut Turn, conversation: &mut Conversation, was_open: Option<Open>) {
    let is_repeated = matches!(turn.intents.as_slice(), [only] if only.intent == IntentKind::Repeat.as_str());
    let wants_words = matches!(was_open, Some(Open::Which { .. } | Open::Missing(_) | Open::When { .. }));
    if conversation.open.is_some() || was_open.is_none() {
        return;
    }
    if is_repeated {
        turn.outcome = TurnOutcome::Ask;
    }
    if is_repeated || wants_words && turn.outcome == TurnOutcome::NotForHouse {
        conversation.open = was_open;
    }
}

/// At most two questions in a row; a third would only annoy.
pub(super) fn limit_questions(turn: &mut Turn, conversation: &mut Conversation) {
    let is_gate = matches!(conversation.open, Some(Open::Confirm(_) | Open::Pin(_)));
    conversation.asked = match turn.outcome {
        TurnOutcome::Ask if is_gate => conversation.asked,
        TurnOutcome::Ask => conversation.asked + 1,
        _ => 0,
    };
    if MAX_QUESTIONS < conversation.asked && turn.outcomes.is_empty() {
        turn.nothing(TurnOutcome::Refuse, StockReply::GivenUp);
        conversation.open = None;
        conversation.asked = 0;
    }
}

/// A yes in other words than yes counts only when the model is so sure of it.
const CERTAIN: f64 = 0.95;
/// Questions of understanding that may follow each other.
const MAX_QUESTIONS: u32 = 2;
