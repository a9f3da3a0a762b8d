//! A reading that is not sure enough to act on: it is read back, and only a yes does it.
//!
//! Asks about steps alone; what changes timers or happens later can't be held until the yes, so it counts as not
//! understood.

use house::{ActionPlan, Intent, TurnOutcome};
use mind::conversation::{Conversation, Open};
use mind::reply::{self, StockReply};

use super::Turns;
use super::outcome::Turn;
use super::proposal::{Proposal, propose};

impl Turns {
    /// Asks whether that was meant. A yes does exactly these steps, judged again when it comes.
    pub(super) fn read_back(&self, turn: &mut Turn, conversation: &mut Conversation, intents: &[Intent]) {
        let snapshot = self.hub.snapshot();
        let around = self.clock.around(turn.utterance.at_ms);
        match propose(&turn.utterance, intents, conversation, &snapshot.house, &around, turn.lang) {
            Proposal::ReadBack { spoken, steps } => {
                turn.intents = spoken;
                turn.reply = reply::did_you_mean(&steps, &snapshot.house, turn.lang);
                turn.outcome = TurnOutcome::Ask;
                turn.steps.clone_from(&steps);
                conversation.open = Some(Open::Confirm(ActionPlan::now(steps)));
            }
            Proposal::NotReadable => turn.nothing(TurnOutcome::NotUnderstood, StockReply::NotUnderstood),
        }
    }
}
