//! Words that were heard and not typed: of several hearings, the one that makes sense in this house.
//!
//! What each would come to is found out without doing it; which is taken is decided in [`mind::hearing`].

use house::{IntentKind, Resolved, Utterance};
use mind::conversation::Conversation;
use mind::hearing::{Choice, Reading, Sense, choose};
use mind::resolve::Resolution;
use mind::understand::before::Before;
use mind::understand::reflex;

use super::Turns;
use super::outcome::Turn;
use super::proposal::resolve_all;
use super::understanding::understand;
use crate::hub::snapshot::Snapshot;

impl Turns {
    /// Puts the hearing that makes sense in the place of the utterance's words.
    pub(super) async fn choose_hearing(&self, turn: &mut Turn, conversation: &Conversation, before: &Before) {
        let Some(hearing) = turn.utterance.hearing.clone() else { return };
        let first = (turn.utterance.text.clone(), hearing.confidence);
        let others = hearing.alternatives.into_iter().filter(|(_, probability)| LEAST_PROBABILITY <= *probability);
        let hearings: Vec<(String, f64)> = std::iter::once(first).chain(others).take(MAX_HEARINGS).collect();
        let snapshot = self.hub.snapshot();
        let mut readings = Vec::new();
        for (text, probability) in &hearings {
            let utterance = Utterance { text: text.clone(), ..turn.utterance.clone() };
            readings.push(self.read_hearing(&utterance, *probability, conversation, before, &snapshot).await);
        }
        let Some(Choice { index, likely, is_unsure }) = choose(&readings) else { return };
        let (Some((text, _)), Some(reading)) = (hearings.get(index), readings.get(index)) else { return };
        turn.trace.push(format!("heard “{text}”, which is likely to {likely:.2} ({:?})", reading.sense));
        turn.is_half_heard = is_unsure;
        turn.utterance.text.clone_from(text);
    }

    async fn read_hearing(
        &self,
        utterance: &Utterance,
        probability: f64,
        conversation: &Conversation,
        before: &Before,
        snapshot: &Snapshot,
    ) -> Reading {
        let as_it_is = |sense, confidence| Reading { probability, sense, confidence, comes_to: utterance.text.clone() };
        let answers = reflex::reflex(&utterance.text).is_some() || reflex::pin(&utterance.text).is_some();
        if answers && conversation.open.is_some() {
            return as_it_is(Sense::Deed, 1.0);
        }
        let taught = self.household.taught(&utterance.text);
        let text = taught.as_deref().unwrap_or(&utterance.text);
        let thresholds = self.household.thresholds();
        let understood = understand(text, before.clone(), snapshot, &self.model, thresholds).await.understood;
        let confidence = understood.confidence.unwrap_or_default();
        let Ok(intents) = understood.intents else { return as_it_is(Sense::Nothing, confidence) };
        if mind::decide::is_not_for_house(&intents) {
            return as_it_is(Sense::NotForHouse, confidence);
        }
        if intents.iter().any(|intent| intent.kind == IntentKind::Answer) {
            let sense = if conversation.open.is_some() { Sense::Deed } else { Sense::Nothing };
            return as_it_is(sense, confidence);
        }
        let around = self.clock.around(utterance.at_ms);
        let lang = utterance.lang.as_deref().map_or(house::Lang::En, house::Lang::parse);
        let resolutions = resolve_all(utterance, &intents, conversation, &snapshot.house, &around, lang);
        let (sense, comes_to) = outcome(&resolutions);
        Reading { probability, sense, confidence, comes_to }
    }
}

/// What resolutions come to: the one that needs the person most, and all that would be done.
fn outcome(resolutions: &[Resolution]) -> (Sense, String) {
    let sense = |resolution: &Resolution| match &resolution.resolved {
        Resolved::Act(_) => Sense::Deed,
        Resolved::Answer(_) => Sense::Answer,
        Resolved::Ask(_) => Sense::Question,
        Resolved::Miss(_) => Sense::Miss,
        Resolved::NotForHouse => Sense::NotForHouse,
    };
    let senses: Vec<Sense> = resolutions.iter().map(sense).collect();
    let needs = [Sense::Miss, Sense::Question, Sense::NotForHouse, Sense::Deed, Sense::Answer];
    let worst = needs.into_iter().find(|sense| senses.contains(sense)).unwrap_or(Sense::Nothing);
    (worst, resolutions.iter().map(comes_to).collect::<Vec<_>>().join("; "))
}

fn comes_to(resolution: &Resolution) -> String {
    let Resolution { intent, resolved, timer, schedule, later, .. } = resolution;
    match resolved {
        Resolved::Act(steps) if timer.is_none() && schedule.is_none() => {
            let steps: Vec<String> = steps.iter().map(|step| format!("{} {:?}", step.entity, step.action)).collect();
            let when = later.as_ref().map(|later| format!(" {:?}", later.draft)).unwrap_or_default();
            format!("{:?} {}{when}", intent.kind, steps.join(", "))
        }
        _ => format!("{intent:?}"),
    }
}

/// Each costs a question to the model.
const MAX_HEARINGS: usize = 6;
/// What is less likely than this was not said.
const LEAST_PROBABILITY: f64 = 0.02;
