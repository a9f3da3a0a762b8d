//! What a request would come to in this house: shared by those who then do it and those who only tell.

use house::{House, Intent, Lang, Resolved, Step, Utterance};
use mind::conversation::Conversation;
use mind::resolve::{Context, Resolution, Spoken, is_plural, resolve};
use mind::when::TimeContext;

/// Intents to steps, answers and questions, in the light of the conversation.
pub fn resolve_all(
    utterance: &Utterance,
    intents: &[Intent],
    conversation: &Conversation,
    house: &House,
    around: &TimeContext,
    lang: Lang,
) -> Vec<Resolution> {
    let ctx = Context {
        house,
        place: utterance.place.as_ref(),
        last: &conversation.last,
        last_intents: &conversation.intents,
        is_plural: is_plural(&utterance.text),
        said: &utterance.text,
        around,
        lang,
    };
    resolve(intents, &ctx)
}

/// What an unsure reading comes to.
pub(super) enum Proposal {
    /// These steps, which can be read back and held until a yes.
    ReadBack {
        /// What was asked, as interfaces show it.
        spoken: Vec<Spoken>,
        /// What a yes would do.
        steps: Vec<Step>,
    },
    /// Something that can't be held until a yes: it counts as not understood.
    NotReadable,
}

/// Resolves a reading that is not sure enough to act on.
pub(super) fn propose(
    utterance: &Utterance,
    intents: &[Intent],
    conversation: &Conversation,
    house: &House,
    around: &TimeContext,
    lang: Lang,
) -> Proposal {
    let resolutions = resolve_all(utterance, intents, conversation, house, around, lang);
    let spoken = resolutions.iter().map(|resolution| resolution.spoken.clone()).collect();
    match readable_steps(resolutions, intents) {
        Some(steps) => Proposal::ReadBack { spoken, steps },
        None => Proposal::NotReadable,
    }
}

/// The steps of a reading, if it is steps and nothing else.
fn readable_steps(resolutions: Vec<Resolution>, intents: &[Intent]) -> Option<Vec<Step>> {
    if intents.iter().any(Intent::is_timed) {
        return None;
    }
    let mut out = Vec::new();
    for resolution in resolutions {
        match (resolution.timer, resolution.schedule, resolution.later, resolution.resolved) {
            (None, None, None, Resolved::Act(steps)) => out.extend(steps),
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}
