//! A PIN that was said where none was asked for: it counts with the request that it came with, and is kept nowhere.

use house::{ActionPlan, Consent, House, Intent, Question, Resolved};
use mind::conversation::{Conversation, Open};
use mind::judge::Verdict;
use mind::resolve::{Spoken, SpokenValue};
use mind::understand::before::Before;
use mind::understand::reflex::{SaidPin, pins_in};

use super::outcome::Turn;
use super::{Turns, resolve_all, understand};

impl Turns {
    /// The digits of an utterance that may be the PIN; none where there is no PIN.
    pub(super) fn pins_said(&self, text: &str) -> Vec<SaidPin> {
        if self.household.has_pin() { pins_in(text) } else { Vec::new() }
    }

    /// "Unlock the cellar door, 4711": if the rest alone would be asked for the PIN, the digits are the answer. False
    /// if they are something else.
    pub(super) async fn request_with_pin(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        said: &SaidPin,
        before: Before,
    ) -> bool {
        let snapshot = self.hub.snapshot();
        let thresholds = self.household.thresholds();
        let understood = understand(&said.rest, before, &snapshot, &self.model, thresholds).await.understood;
        let Ok(intents) = understood.intents else { return false };
        if understood.is_unsure || !self.wants_pin(turn, conversation, &intents, &snapshot.house) {
            return false;
        }
        turn.resolved_by = understood.resolved_by;
        turn.confidence = understood.confidence;
        turn.codes = understood.codes;
        turn.utterance.text.clone_from(&said.rest);
        self.act_on(turn, conversation, &intents, &self.hub.snapshot().house).await;
        match conversation.open.take() {
            Some(Open::Pin(plan)) => self.answer_with_pin(turn, conversation, plan, said).await,
            other => conversation.open = other,
        }
        true
    }

    async fn answer_with_pin(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        plan: ActionPlan,
        said: &SaidPin,
    ) {
        self.try_pin(turn, conversation, plan, &said.digits).await;
        turn.utterance.text = format!("{} {HIDDEN}", said.rest);
    }

    fn wants_pin(&self, turn: &Turn, conversation: &Conversation, intents: &[Intent], house: &House) -> bool {
        let around = self.clock.around(turn.utterance.at_ms);
        let resolutions = resolve_all(&turn.utterance, intents, conversation, house, &around, turn.lang);
        let steps = resolutions.into_iter().flat_map(|resolution| match resolution.resolved {
            Resolved::Act(steps) => steps,
            _ => Vec::new(),
        });
        let verdict = self.judged(&mut turn.clone(), steps.collect(), Consent::Yes);
        matches!(verdict, Verdict::Ask(Question::Pin { .. }))
    }
}

/// Takes digits that may be the PIN out of everything that is kept or told of a turn, unless they were understood as a
/// number or a time.
pub(super) fn hide(turn: &mut Turn, said: &[SaidPin]) {
    for pin in said {
        if turn.intents.iter().any(|intent| means(intent, pin)) {
            continue;
        }
        let hidden = |text: &mut String| *text = text.replace(&pin.said, HIDDEN).replace(&pin.digits, HIDDEN);
        hidden(&mut turn.utterance.text);
        hidden(&mut turn.reply);
        turn.trace.iter_mut().chain(&mut turn.codes).for_each(hidden);
        for (_, value) in turn.intents.iter_mut().flat_map(|intent| &mut intent.slots) {
            match value {
                SpokenValue::Text(text) => hidden(text),
                SpokenValue::List(texts) => texts.iter_mut().for_each(hidden),
                SpokenValue::Number(_) => {}
            }
        }
    }
}

/// Whether an intent takes the digits for its number or its time.
fn means(intent: &Spoken, pin: &SaidPin) -> bool {
    let number: Option<f64> = pin.digits.parse().ok();
    let is_number = |value: &SpokenValue| matches!(value, SpokenValue::Number(own) if Some(*own) == number);
    intent.slots.iter().any(|(_, value)| is_number(value))
        || intent.when.as_ref().is_some_and(|when| when.contains(&pin.said))
}

/// Stands where a PIN was said.
pub(super) const HIDDEN: &str = "••••";
