//! What went before in a conversation, as the model is shown it: the last request, what was spoken of, what the hub
//! did or asked.
//!
//! Nothing of it is words: the last request is its code without the places in the utterance, things are their kinds.

use house::{Intent, IntentKind, SlotKind, SlotValue};

use super::code::{self, CodeIntent, CodeValue};
use super::hub_turn::{BEFORE, HubTurn};

/// What went before; nothing at the beginning of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The last requests that were about the house, without their words.
    pub requests: Vec<String>,
    /// Marks of what was spoken of.
    pub kinds: Vec<&'static str>,
    /// What the hub did or asked.
    pub hub: Option<HubTurn>,
}

impl Before {
    /// The names of the special tokens that show it; none if there was nothing.
    pub fn tokens(&self) -> Vec<String> {
        let mut out: Vec<String> = self.requests.iter().take(MOST_TOKENS).cloned().collect();
        out.extend(self.kinds.iter().take(MOST_KINDS).map(|kind| format!("m:{kind}")));
        if let Some(hub) = self.hub {
            out.push(hub.token().to_owned());
            if let HubTurn::Value(Some(slot)) = hub
                && !matches!(slot.kind(), SlotKind::Label(_))
            {
                out.push(slot.as_str().to_owned());
            }
        }
        if !out.is_empty() {
            out.insert(0, BEFORE.to_owned());
        }
        out
    }
}

/// Requests as they are shown to the next turn: their codes without words and numbers.
pub fn skeleton(codes: &[CodeIntent]) -> Vec<String> {
    let is_index = |token: &String| token.bytes().all(|byte| byte.is_ascii_digit());
    code::print(codes).into_iter().filter(|token| !is_index(token)).collect()
}

/// The same for requests whose words have been read.
pub fn skeleton_of(intents: &[Intent]) -> Vec<String> {
    let code = |intent: &Intent| CodeIntent {
        kind: intent.kind,
        slots: intent
            .slots
            .iter()
            .map(|(slot, value)| match value {
                SlotValue::Label(label) => (*slot, CodeValue::Label(label)),
                SlotValue::Text(_)
                | SlotValue::Number(_)
                | SlotValue::Length { .. }
                | SlotValue::Entity(_)
                | SlotValue::Schedule(_)
                | SlotValue::Timer(_) => (*slot, CodeValue::At(0)),
            })
            .collect(),
    };
    skeleton(&intents.iter().map(code).collect::<Vec<_>>())
}

/// Whether a request is what a later turn may refer to, and not only about the conversation itself.
pub fn is_referred_to(kind: IntentKind) -> bool {
    !matches!(
        kind,
        IntentKind::Answer
            | IntentKind::Again
            | IntentKind::Correct
            | IntentKind::Undo
            | IntentKind::Repeat
            | IntentKind::Explain
            | IntentKind::Nevermind
            | IntentKind::Respond
            | IntentKind::SuggestionQuery
            | IntentKind::Help
            | IntentKind::NotForHouse
            | IntentKind::Unclear
    )
}

/// Tokens of the last requests that are shown.
const MOST_TOKENS: usize = 24;
/// Kinds that are shown.
pub(crate) const MOST_KINDS: usize = 4;
