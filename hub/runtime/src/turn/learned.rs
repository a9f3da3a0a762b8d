//! What was learned of the household, spoken of: told, explained, suggested, put off, refused, forgotten.

use house::{
    Consent, EntityId, Habit, House, Intent, IntentKind, Lang, LearningRequest, Slot, SlotValue, Speaker, Suggestion,
    SuggestionAnswer, TurnOutcome, Utterance,
};
use mind::conversation::{Conversation, Open};
use mind::reply::{self, StockReply};
use tracing::warn;

use super::Turns;
use super::outcome::{Turn, begin};
use super::unkept::unkept;
use crate::household::owner;
use crate::learning::{ForgetEvidence, Learning};

/// What is answered to a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SuggestionReply {
    /// It is done, now or from now on, as it was offered.
    Yes,
    /// Not for now.
    Later,
    /// Never again.
    Never,
}

impl Turns {
    /// Keeps a suggestion as a routine, or does it once, now; judged as if it had been asked for.
    pub async fn accept_suggestion(&self, utterance: Utterance, id: &str, is_for_now: bool) -> Turn {
        let offered = self.learning.as_ref().and_then(|learning| Some((learning, learning.plan(id, is_for_now)?)));
        let Some((learning, plan)) = offered else {
            let mut turn = begin(utterance);
            turn.nothing(TurnOutcome::Refuse, StockReply::NothingToSuggest);
            return turn;
        };
        let turn = self.act(utterance, plan).await;
        if !is_for_now {
            note_accepted(learning, id, &turn);
        }
        turn
    }

    /// Answers what is asked of what was learned.
    pub(super) async fn speak_of_learning(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        request: LearningRequest,
    ) {
        let Some(learning) = self.learning.as_ref().filter(|learning| learning.settings().is_on) else {
            return turn.nothing(TurnOutcome::Refuse, StockReply::NotLearning);
        };
        let is_change = matches!(request, LearningRequest::Forget(_) | LearningRequest::Ignore(_));
        if is_change && !self.is_owner(turn) {
            return turn.nothing(TurnOutcome::Refuse, StockReply::NotYours);
        }
        let house = &self.hub.snapshot().house;
        match request {
            LearningRequest::Tell(about) => self.tell_habits(turn, conversation, learning, about),
            LearningRequest::Suggest => suggest(turn, conversation, learning, house),
            LearningRequest::Why(about) => {
                turn.outcome = TurnOutcome::Answer;
                turn.reply = why(conversation, learning, &about, house, turn.lang)
                    .unwrap_or_else(|| reply::stock_reply(StockReply::NothingToSuggest, turn.lang));
            }
            LearningRequest::Forget(about) => {
                turn.outcome = TurnOutcome::Ask;
                turn.reply = reply::forget_question(&about, house, turn.lang);
                conversation.open = Some(Open::Forget(about));
            }
            LearningRequest::Ignore(about) => {
                let about = if about.is_empty() { conversation.last.clone() } else { about };
                self.ignore(turn, learning, about).await;
            }
        }
    }

    /// What is remembered is the owner's to erase and to stop, here as on the page; a voice alone is nobody's.
    fn is_owner(&self, turn: &Turn) -> bool {
        matches!(&turn.utterance.speaker, Speaker::Person(id) if *id == owner())
    }

    fn tell_habits(&self, turn: &mut Turn, conversation: &mut Conversation, learning: &Learning, about: Vec<EntityId>) {
        let learned = learning.learned().borrow().clone();
        let is_about = |habit: &&Habit| about.is_empty() || about.contains(&habit.entity);
        let habits: Vec<&Habit> = learned.habits.iter().filter(is_about).collect();
        turn.outcome = TurnOutcome::Answer;
        turn.reply = match habits.as_slice() {
            [] => reply::stock_reply(StockReply::LearnedNothing, turn.lang),
            habits => reply::habits(habits, &self.hub.snapshot().house, turn.lang),
        };
        conversation.last = about;
    }

    async fn ignore(&self, turn: &mut Turn, learning: &Learning, about: Vec<EntityId>) {
        if about.is_empty() {
            return turn.nothing(TurnOutcome::Refuse, StockReply::IgnoreWhat);
        }
        let (kept, ids) = (learning.clone(), about.clone());
        let kept = tokio::task::spawn_blocking(move || kept.ignore(&ids)).await;
        turn.outcome = TurnOutcome::Act;
        turn.reply = reply::ignored(&about, &self.hub.snapshot().house, turn.lang);
        failed(turn, kept);
    }

    /// Forgets what was learned of these; everything, if there are none.
    pub(super) async fn forget_learned(&self, turn: &mut Turn, about: Vec<EntityId>) {
        let Some(learning) = self.learning.clone() else { return };
        let what = if about.is_empty() { ForgetEvidence::All } else { ForgetEvidence::Entities(about) };
        let forgotten = tokio::task::spawn_blocking(move || learning.forget(&what).map(|_| ())).await;
        turn.nothing(TurnOutcome::Act, StockReply::Forgotten);
        failed(turn, forgotten);
    }

    /// A suggestion is answered.
    pub(super) async fn answer_suggestion(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        (id, is_for_now): (String, bool),
        said: SuggestionReply,
    ) {
        let Some(learning) = self.learning.clone() else { return };
        let plan = learning.plan(&id, is_for_now);
        match (said, plan) {
            (SuggestionReply::Yes, Some(plan)) => {
                self.execute(turn, conversation, plan, Consent::Yes, &[]).await;
                if !is_for_now {
                    note_accepted(&learning, &id, turn);
                }
            }
            (SuggestionReply::Yes, None) => turn.nothing(TurnOutcome::Refuse, StockReply::NothingToSuggest),
            // Not doing it once says nothing of the routine.
            (SuggestionReply::Later, _) if is_for_now && learning.one(&id).is_some() => {
                turn.nothing(TurnOutcome::Refuse, StockReply::NotNow)
            }
            (SuggestionReply::Later | SuggestionReply::Never, _) if !self.may_edit(turn) => {
                turn.nothing(TurnOutcome::Refuse, StockReply::NotYours);
            }
            (SuggestionReply::Later | SuggestionReply::Never, _) => {
                let is_for_good = said == SuggestionReply::Never;
                let word = if is_for_good { StockReply::NeverAgain } else { StockReply::NotNow };
                turn.nothing(TurnOutcome::Refuse, word);
                let kept = tokio::task::spawn_blocking(move || learning.decline(&id, is_for_good)).await;
                failed(turn, kept);
            }
        }
    }

    /// A suggestion that fits what was just done by voice, said after it: by day, once a day at most.
    pub(super) fn suggest_beside(&self, turn: &mut Turn, conversation: &mut Conversation) {
        let is_heard = turn.utterance.hearing.is_some();
        let is_moment = turn.outcome == TurnOutcome::Act && conversation.open.is_none();
        let Some(learning) = self.learning.as_ref().filter(|_| is_heard && is_moment && self.may_edit(turn)) else {
            return;
        };
        let moved: Vec<EntityId> = turn.steps.iter().map(|step| step.entity.clone()).collect();
        let place = turn.utterance.place.as_ref();
        let Some(one) = learning.offer_beside(place, &moved, turn.utterance.at_ms) else { return };
        let said = reply::suggestion(&one.habit, &self.hub.snapshot().house, turn.lang);
        turn.reply = reply::joined(&[std::mem::take(&mut turn.reply), said], turn.lang);
        conversation.open = Some(Open::Suggestion { id: one.id, is_for_now: false });
    }
}

/// "Why?" after a suggestion asks about it, and leaves it open.
pub(super) fn why_suggested(intents: Vec<Intent>, open: Option<Open>, conversation: &mut Conversation) -> Vec<Intent> {
    match (open, intents.as_slice()) {
        (Some(open @ Open::Suggestion { .. }), [why]) if why.kind == IntentKind::Explain => {
            conversation.open = Some(open);
            vec![Intent::new(IntentKind::Explain).with(Slot::Ask, SlotValue::Label("suggested"))]
        }
        _ => intents,
    }
}

/// What is usual about now, or else what is otherwise than usual, or else what could become a routine.
fn suggest(turn: &mut Turn, conversation: &mut Conversation, learning: &Learning, house: &House) {
    // Whoever asks wants to hear of what was put off, too.
    let now = learning.usual_now(|answer| matches!(answer, SuggestionAnswer::Open | SuggestionAnswer::Later(_)));
    let is_for_now = now.is_some();
    if let Some(hint) = learning.hints().into_iter().next().filter(|_| !is_for_now) {
        turn.outcome = if hint.action.is_some() { TurnOutcome::Ask } else { TurnOutcome::Answer };
        turn.reply = reply::hint_question(&hint, house, turn.lang);
        conversation.open = Some(Open::Suggestion { id: hint.id(), is_for_now: true });
        return;
    }
    let one = now.or_else(|| learning.suggestions().into_iter().find(|one| one.answer == SuggestionAnswer::Open));
    let Some(one) = one else { return turn.nothing(TurnOutcome::Answer, StockReply::NothingToSuggest) };
    turn.outcome = TurnOutcome::Ask;
    turn.reply = match is_for_now {
        true => reply::recommendation(&one.habit, house, turn.lang),
        false => reply::suggestion(&one.habit, house, turn.lang),
    };
    conversation.open = Some(Open::Suggestion { id: one.id, is_for_now });
}

/// The evidence of the suggestion or the hint that is asked about.
fn why(
    conversation: &Conversation,
    learning: &Learning,
    about: &[EntityId],
    house: &House,
    lang: Lang,
) -> Option<String> {
    if let (Some(Open::Suggestion { id, .. }), []) = (&conversation.open, about)
        && let Some(hint) = learning.hint(id)
    {
        return Some(reply::hint(&hint, house, lang));
    }
    meant(conversation, learning, about).map(|one| reply::habit(&one.habit, house, lang))
}

/// The suggestion that is asked about: the open one, the surest about what was named, or the surest of all.
fn meant(conversation: &Conversation, learning: &Learning, about: &[EntityId]) -> Option<Suggestion> {
    if let (Some(Open::Suggestion { id, .. }), []) = (&conversation.open, about) {
        return learning.one(id);
    }
    let fits = |one: &Suggestion| about.is_empty() || about.contains(&one.habit.entity);
    learning.suggestions().into_iter().find(|one| one.is_shown() && fits(one))
}

fn note_accepted(learning: &Learning, id: &str, turn: &Turn) {
    let Some(schedule) = turn.undo.schedules.first() else { return };
    if let Err(error) = learning.accepted(id, schedule) {
        warn!(error = format!("{error:#}"), "That a suggestion was accepted could not be kept.");
    }
}

/// What could not be kept is not claimed.
fn failed(turn: &mut Turn, kept: Result<anyhow::Result<()>, tokio::task::JoinError>) {
    let Some(error) = kept.map_or_else(|error| Some(error.into()), Result::err) else { return };
    warn!(error = format!("{error:#}"), "What was said of what is learned could not be kept.");
    turn.reply = unkept(&error, turn.lang);
    turn.outcome = TurnOutcome::Refuse;
}
