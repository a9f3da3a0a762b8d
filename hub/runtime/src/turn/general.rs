//! What the intent model leaves open goes to the general model, if there is one.
//!
//! Nothing that it reads is done at once: it has no measured certainty, so its readings are read back.

use house::{Intent, TurnOutcome};
use mind::decide::{ResolvedBy, acts};
use mind::reply::{self, StockReply};
use mind::understand;
use mind::understand::checks::{check_reading, is_readable};
use tracing::info;

use crate::clock::Stopwatch;
use crate::model::general::Said;
use mind::conversation::Conversation;

use super::Turns;
use super::outcome::Turn;

impl Turns {
    /// Lets the general model answer, where the intent model would have said `nothing`. False if that is said all the
    /// same.
    pub(super) async fn has_general_answer(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        nothing: StockReply,
    ) -> bool {
        let is_left_open = matches!(nothing, StockReply::NotUnderstood | StockReply::NotForHouse);
        let Some(general) = self.general.as_ref().filter(|_| is_left_open) else { return false };
        let snapshot = self.hub.snapshot();
        let text = turn.utterance.text.clone();
        let Some(heard) = understand::tokenized::tokenize(&text, &snapshot.names).filter(is_readable) else {
            return false;
        };
        let watch = Stopwatch::start();
        let said = general.ask(&text, turn.lang, &snapshot).await;
        info!(ms = watch.ms(), is_answered = said.is_ok(), "The general model was asked.");
        turn.trace.push(format!("the general model was asked ({:.0} ms)", watch.ms()));
        match said {
            Ok(Said::Intents(intents)) => match check_reading(intents, &heard) {
                Ok(intents) => self.follow(turn, conversation, &intents).await,
                Err(doubt) => {
                    turn.trace.push(format!("its reading does not go with the words: {doubt:?}"));
                    return false;
                }
            },
            // About things that have names here it could claim what is not so.
            Ok(Said::Answer(_)) if !heard.marks.is_empty() => {
                turn.trace.push("its answer is about this house, and it can't know".to_owned());
                return false;
            }
            Ok(Said::Answer(answer)) => {
                turn.reply = reply::general(&answer, turn.lang);
                turn.outcome = TurnOutcome::NotForHouse;
            }
            Ok(Said::Nothing) => return false,
            Err(reason) => {
                turn.trace.push(format!("the general model: {reason}"));
                return false;
            }
        }
        turn.resolved_by = ResolvedBy::General;
        turn.confidence = None;
        true
    }

    async fn follow(&self, turn: &mut Turn, conversation: &mut Conversation, intents: &[Intent]) {
        match acts(intents) {
            true => self.read_back(turn, conversation, intents),
            false => {
                let snapshot = self.hub.snapshot();
                self.act_on(turn, conversation, intents, &snapshot.house).await;
            }
        }
    }
}
