//! Turns written down, told to those who watch, and forgotten; conversations kept and recalled.

use std::sync::Arc;

use house::{EntityId, Speaker, TurnOutcome};
use mind::conversation::Conversation;
use store::{ConversationState, Forget, UndoRecord};
use tracing::warn;

use super::Turns;
use super::outcome::{EndedTurn, Turn};
use super::record::record;

impl Turns {
    /// Writes a turn down, and tells those who watch.
    pub async fn journal(&self, turn: &mut Turn) {
        self.write_down(turn).await;
        let ended = EndedTurn {
            id: turn.id.clone(),
            text: turn.utterance.text.clone(),
            reply: turn.reply.clone(),
            outcome: turn.outcome,
            outcomes: turn.outcomes.clone(),
            at_ms: self.clock.now_ms(),
        };
        // Nobody may be watching.
        let _ = self.ended.send(Arc::new(ended));
    }

    async fn write_down(&self, turn: &mut Turn) {
        metrics::counter!("hearth_turns_total", "outcome" => turn.outcome.as_str(), "path" => turn.resolved_by.as_str())
            .increment(1);
        metrics::histogram!("hearth_turn_seconds").record(turn.ms.0 / 1000.0);
        let Some(store) = self.store.clone().filter(|_| self.household.keep_days() != 0) else { return };
        let record = record(turn);
        // The disk must not hold up those who serve the network.
        let kept = tokio::task::spawn_blocking(move || store.journal(&record)).await;
        match kept.unwrap_or_else(|error| Err(error.into())) {
            Ok(id) => turn.id = Some(id),
            Err(error) => {
                warn!(error = format!("{error:#}"), "A turn could not be written down.");
                turn.trace.push(format!("this turn could not be written down: {error:#}"));
            }
        }
    }

    /// Forgets what was said, wherever it is remembered; says how many turns there were.
    ///
    /// # Errors
    /// If the disk is in the way; some of it may be left then, and forgetting again is safe.
    pub fn forget(&self, what: &Forget) -> anyhow::Result<usize> {
        let Some(store) = &self.store else { return Ok(0) };
        let of_turn = match what {
            Forget::Turn(id) => store.turn(id)?.map(|turn| turn.conversation),
            Forget::Person(_) | Forget::Before(_) | Forget::All => None,
        };
        let count = store.forget(what)?;
        self.model.forget(what);
        if let Ok(mut all) = self.conversations.lock() {
            all.forget(|id, conversation| match what {
                Forget::Turn(_) => of_turn.as_deref() == Some(id),
                Forget::Person(person) => {
                    matches!(&conversation.speaker, Some(Speaker::Person(own)) if own.as_str() == person)
                }
                Forget::Before(moment) => conversation.used_ms < *moment,
                Forget::All => true,
            });
        }
        let is_by_clock = matches!(what, Forget::Before(_));
        if !is_by_clock || store.turns(1, None)?.is_empty() {
            // Whoever shows the last turn shows it no longer.
            let _ = self.ended.send(Arc::new(EndedTurn {
                id: None,
                text: String::new(),
                reply: String::new(),
                outcome: TurnOutcome::Answer,
                outcomes: Vec::new(),
                at_ms: self.clock.now_ms(),
            }));
        }
        Ok(count)
    }

    /// A conversation as it stands, after a restart too.
    pub(super) fn recall(&self, id: &str, now: i64) -> Conversation {
        let Ok(mut all) = self.conversations.lock() else { return Conversation::default() };
        if let (false, Some(store)) = (all.knows(id), &self.store)
            && let Ok(Some(state)) = store.conversation::<ConversationState>(id)
        {
            let last = state.last.into_iter().map(EntityId::new).collect();
            let undo = state.undo.into_undo().unwrap_or_default();
            all.remember(id, Conversation { last, undo, ..Conversation::default() }, state.used_ms);
        }
        all.recall(id, now)
    }

    pub(super) async fn remember(&self, id: &str, conversation: Conversation, now: i64) {
        if let (true, Some(store)) = (
            self.household.keep_days() != 0 && !(conversation.last.is_empty() && conversation.undo.is_empty()),
            &self.store,
        ) {
            let last = conversation.last.iter().map(|id| id.as_str().to_owned()).collect();
            let state = ConversationState { used_ms: now, last, undo: UndoRecord::of(&conversation.undo) };
            let (store, id) = (store.clone(), id.to_owned());
            let kept = tokio::task::spawn_blocking(move || store.keep_conversation(&id, now, &state)).await;
            if let Err(error) = kept.unwrap_or_else(|error| Err(error.into())) {
                warn!(error = format!("{error:#}"), "A conversation could not be kept.");
            }
        }
        if let Ok(mut all) = self.conversations.lock() {
            all.remember(id, conversation, now);
        }
    }
}
