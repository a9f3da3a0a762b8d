//! Requests to the hub itself: take it back, say it again, tell everyone.

use std::collections::BTreeMap;

use house::{
    ActionPlan, Cause, Consent, Draft, Edit, Entity, EntityId, Errand, HubScene, IntentKind, NewHubEntity, Notice,
    NoticeKind, Quality, Question, Resolved, ScheduleChange, Slot, Timing, TurnOutcome, Undo, Utterance,
};
use mind::conversation::{Conversation, Open};
use mind::decide::Understood;
use mind::judge::Verdict;
use mind::reply::{self, StockReply};
use mind::resolve::{Later, Resolution, routine_occasion};
use mind::trigger::Occasion;
use mind::understand::before::Before;
use mind::understand::reflex;
use mind::undo::kept;
use mind::words::key;
use store::{TurnRecord, Unkept};
use tracing::warn;

use super::outcome::Turn;
use super::unkept::unkept;
use super::{Turns, resolve_all, understand};
use crate::hub::schedules::Change;

impl Turns {
    /// Answers a request to the hub itself; false if it is none.
    pub async fn handle_hub_intent(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        resolution: &Resolution,
    ) -> bool {
        match resolution.intent.kind {
            IntentKind::Undo => self.take_back(turn, conversation).await,
            // "Not that one" takes it back; which one was meant is said next.
            IntentKind::Correct if !conversation.undo.is_empty() && !conversation.undo.is_redo => {
                self.take_back(turn, conversation).await
            }
            IntentKind::Again | IntentKind::Correct => turn.nothing(TurnOutcome::Ask, StockReply::NothingBefore),
            IntentKind::Repeat => match conversation.said.is_empty() {
                true => turn.nothing(TurnOutcome::Answer, StockReply::NothingSaid),
                false => (turn.reply, turn.outcome) = (conversation.said.clone(), TurnOutcome::Answer),
            },
            IntentKind::Broadcast => self.broadcast(turn, resolution).await,
            IntentKind::SceneCreate | IntentKind::RoutineCreate | IntentKind::TeachPhrase if !self.may_edit(turn) => {
                turn.nothing(TurnOutcome::Refuse, StockReply::NotYours)
            }
            IntentKind::SceneCreate => self.save_scene(turn, conversation, resolution).await,
            IntentKind::RoutineCreate => self.make_routine(turn, conversation, resolution).await,
            IntentKind::TeachPhrase => self.teach(turn, conversation, resolution).await,
            _ => return false,
        }
        true
    }

    /// Why the last thing was done, from its words and the reasons for each entity.
    pub fn explained(&self, turn: &Turn, conversation: &Conversation) -> String {
        match &conversation.last_action {
            Some(deed) => reply::because(&deed.words, &deed.steps, &self.hub.snapshot().house, turn.lang),
            None => reply::stock_reply(StockReply::NothingDone, turn.lang),
        }
    }

    /// Who or what brought entities into the state they are in.
    pub fn causes(&self, turn: &Turn, entities: &[EntityId]) -> String {
        let snapshot = self.hub.snapshot();
        let around = self.clock.around(turn.utterance.at_ms);
        let one = |id: &EntityId| {
            let entity = snapshot.house.entities.get(id)?;
            Some(reply::cause(entity, self.words_behind(entity).as_deref(), &snapshot.house, &around, turn.lang))
        };
        let told: Vec<String> = entities.iter().take(MOST_TOLD).filter_map(one).collect();
        reply::joined(&told, turn.lang)
    }

    /// The words of the turn that changed an entity last.
    fn words_behind(&self, entity: &Entity) -> Option<String> {
        if entity.state.cause == Cause::Device || entity.state.cause == Cause::Replay {
            return None;
        }
        let turns = self.store.as_ref()?.turns(MOST_SEARCHED, None).ok()?;
        let changed = entity.state.changed_ms;
        let fits = |turn: &TurnRecord| {
            (changed - BEFORE_MS..=changed + AFTER_MS).contains(&turn.at_ms)
                && turn.outcomes.iter().any(|outcome| outcome.entity == entity.id.as_str())
        };
        turns.into_iter().map(|(_, turn)| turn).find(fits).map(|turn| turn.text)
    }

    /// Saves the present state of a room under a name.
    async fn save_scene(&self, turn: &mut Turn, conversation: &mut Conversation, resolution: &Resolution) {
        let Some(name) = resolution.intent.text(Slot::Name).map(str::to_owned) else {
            conversation.open = Some(Open::Missing(resolution.intent.clone()));
            turn.outcome = TurnOutcome::Ask;
            turn.reply = reply::question(&Question::Value { intent: IntentKind::SceneCreate }, turn.lang);
            return;
        };
        let area = resolution.areas.first().cloned().or(turn.utterance.place.clone());
        let Some(area) = area else {
            return turn.nothing(TurnOutcome::Ask, StockReply::WhichRoom);
        };
        let snapshot = self.hub.snapshot();
        let known = snapshot.house.in_area(&area).filter(|entity| entity.state.quality == Quality::Observed);
        let members: BTreeMap<String, _> =
            known.filter_map(|entity| Some((entity.id.to_string(), kept(entity)?))).collect();
        if members.is_empty() {
            return turn.nothing(TurnOutcome::Refuse, StockReply::NothingToSave);
        }
        let count = members.len();
        turn.outcome = TurnOutcome::Act;
        turn.reply = match self
            .hub
            .create(NewHubEntity::Scene(HubScene { name: name.clone(), area: Some(area.clone()), members }))
            .await
        {
            Ok(_) => reply::scene_saved(&name, &area, count, &snapshot.house, turn.lang),
            Err(error) => {
                warn!(error = format!("{error:#}"), "A scene could not be kept.");
                turn.outcome = TurnOutcome::Refuse;
                reply::stock_reply(StockReply::NameTaken, turn.lang)
            }
        };
    }

    /// A rule, read back before it is kept. What it does is judged now and again each time.
    async fn make_routine(&self, turn: &mut Turn, conversation: &mut Conversation, resolution: &Resolution) {
        let around = self.clock.around(turn.utterance.at_ms);
        let house = self.hub.snapshot().house.clone();
        let intent = &resolution.intent;
        let Some(occasion) = routine_occasion(intent, &house, &around) else {
            return turn.nothing(TurnOutcome::Refuse, StockReply::NoAction);
        };
        let Some(drafts) =
            self.drafts(turn, conversation, intent.text(Slot::Message).unwrap_or_default(), &occasion).await
        else {
            return turn.nothing(TurnOutcome::Refuse, StockReply::NoAction);
        };
        let plan = ActionPlan { later: drafts, ..ActionPlan::default() };
        let steps: Vec<_> = plan.all_steps();
        turn.outcome = TurnOutcome::Ask;
        (turn.reply, conversation.open) = match self.judged(turn, steps.clone(), Consent::None) {
            Verdict::Ask(question @ Question::Pin { .. }) => {
                (reply::question(&question, turn.lang), Some(Open::Pin(plan)))
            }
            Verdict::Refuse(refusal) => {
                turn.outcome = TurnOutcome::Refuse;
                (reply::refusal(&refusal, turn.lang), None)
            }
            Verdict::Allow(_) | Verdict::Ask(_) => {
                (reply::routine_question(&steps, &occasion, &house, &around, turn.lang), Some(Open::Confirm(plan)))
            }
        };
    }

    /// What a routine does, understood and resolved as any words are; `None` unless all of it is action.
    async fn drafts(
        &self,
        turn: &mut Turn,
        conversation: &Conversation,
        words: &str,
        (timing, conditions): &Occasion,
    ) -> Option<Vec<Draft>> {
        let understood =
            understand(words, Before::default(), &self.hub.snapshot(), &self.model, self.household.thresholds())
                .await
                .understood;
        turn.trace.extend(understood.trace);
        let intents = understood.intents.ok()?;
        let snapshot = self.hub.snapshot();
        let around = self.clock.around(turn.utterance.at_ms);
        let utterance = Utterance { text: words.to_owned(), ..turn.utterance.clone() };
        let resolutions = resolve_all(&utterance, &intents, conversation, &snapshot.house, &around, turn.lang);
        let draft = |resolution: Resolution| {
            let Resolved::Act(steps) = resolution.resolved else { return None };
            let back = match resolution.later {
                None => None,
                Some(Later {
                    is_now: true,
                    draft: Draft { errand: Errand::Act { steps, .. }, timing: Timing::At(at), .. },
                }) => Some((u64::try_from((at - around.now_ms) / 1000).ok()?, steps)),
                Some(_) => return None,
            };
            let errand = Errand::Act { steps, back, agreed: Consent::None };
            let is_action = matches!(&errand, Errand::Act { steps, .. } if !steps.is_empty());
            let (timing, conditions) = (timing.clone(), conditions.clone());
            is_action.then(|| Draft { errand, name: None, area: utterance.place.clone(), timing, conditions })
        };
        let drafts: Vec<Draft> = resolutions.into_iter().map(draft).collect::<Option<_>>()?;
        (!drafts.is_empty()).then_some(drafts)
    }

    /// Another name for a thing, or words that mean others. What they mean is understood anew each time, and judged.
    async fn teach(&self, turn: &mut Turn, conversation: &Conversation, resolution: &Resolution) {
        let intent = &resolution.intent;
        let Some(phrase) = intent.text(Slot::Phrase).map(str::to_owned) else {
            return turn.nothing(TurnOutcome::NotUnderstood, StockReply::NotUnderstood);
        };
        let taught = match (intent.text(Slot::Message), intent.text(Slot::Name)) {
            (Some(meaning), _) => self.teach_words(turn, &phrase, meaning).await,
            (None, name) => self.teach_name(conversation, &phrase, name).await,
        };
        turn.reply = match taught {
            Ok(meaning) => {
                turn.outcome = TurnOutcome::Act;
                reply::taught(&phrase, &meaning, turn.lang)
            }
            Err(nothing) => {
                turn.outcome = TurnOutcome::Refuse;
                reply::stock_reply(nothing, turn.lang)
            }
        };
    }

    async fn teach_words(&self, turn: &mut Turn, phrase: &str, meaning: &str) -> Result<String, StockReply> {
        let understood = self.teachable(phrase, meaning).await?;
        turn.trace.extend(understood.trace);
        self.keep_phrase(phrase, meaning)?;
        Ok(meaning.to_owned())
    }

    /// What the meaning of a phrase is understood as, if the phrase may have one and the hub can do it.
    ///
    /// # Errors
    /// The reply that says why not.
    pub async fn teachable(&self, phrase: &str, meaning: &str) -> Result<Understood, StockReply> {
        // A yes that means something else would be a trap.
        if reflex::reflex(phrase).is_some()
            || reflex::pin(phrase).is_some()
            || key(phrase).is_empty()
            || LONGEST_PHRASE < phrase.chars().count()
        {
            return Err(StockReply::NotToBeTaught);
        }
        let understood =
            understand(meaning, Before::default(), &self.hub.snapshot(), &self.model, self.household.thresholds())
                .await
                .understood;
        let can_be_done = understood.intents.as_ref().is_ok_and(|intents| {
            intents.iter().all(|intent| {
                !matches!(intent.kind, IntentKind::TeachPhrase | IntentKind::NotForHouse | IntentKind::Unclear)
            })
        });
        if can_be_done { Ok(understood) } else { Err(StockReply::MeaningUnknown) }
    }

    /// From now on these words mean those.
    ///
    /// # Errors
    /// The reply that says that it could not be kept.
    pub fn keep_phrase(&self, phrase: &str, meaning: &str) -> Result<(), StockReply> {
        self.household.teach(phrase, meaning).map_err(|error| {
            warn!(error = format!("{error:#}"), "A phrase could not be kept.");
            StockReply::NotToBeTaught
        })
    }

    async fn teach_name(
        &self,
        conversation: &Conversation,
        alias: &str,
        name: Option<&str>,
    ) -> Result<String, StockReply> {
        let snapshot = self.hub.snapshot();
        let named: Vec<&Entity> = match name {
            Some(name) => snapshot
                .house
                .entities
                .values()
                .filter(|entity| entity.names().any(|own| key(own) == key(name)))
                .collect(),
            None => conversation.last.iter().filter_map(|id| snapshot.house.entities.get(id)).collect(),
        };
        let [entity] = named.as_slice() else { return Err(StockReply::WhichToName) };
        let mut aliases = entity.aliases.clone();
        aliases.push(alias.to_owned());
        match self.hub.edit(Edit::Aliases(entity.id.clone(), aliases)).await {
            Ok(()) => Ok(entity.name.clone()),
            Err(error) => {
                warn!(error = format!("{error:#}"), "A name could not be kept.");
                match error.downcast_ref() {
                    Some(Unkept::NoRoom) => Err(StockReply::NoRoom),
                    Some(Unkept::Failed) => Err(StockReply::NotKept),
                    None => Err(StockReply::NotToBeTaught),
                }
            }
        }
    }

    /// Takes the last action of the conversation back, through the same gate.
    pub(super) async fn take_back(&self, turn: &mut Turn, conversation: &mut Conversation) {
        let plan = std::mem::take(&mut conversation.undo).into_plan(&self.hub.snapshot().house);
        if plan.is_empty() {
            return turn.nothing(TurnOutcome::Answer, StockReply::NothingToUndo);
        }
        self.execute(turn, conversation, plan, Consent::None, &[]).await;
        conversation.undo.is_redo = true;
    }

    async fn broadcast(&self, turn: &mut Turn, resolution: &Resolution) {
        let Some(message) = resolution.intent.text(Slot::Message) else {
            return turn.nothing(TurnOutcome::Ask, StockReply::NotUnderstood);
        };
        let notice = Notice {
            at_ms: self.clock.now_ms(),
            kind: NoticeKind::Broadcast,
            schedule: None,
            said: message.to_owned(),
            lang: turn.lang,
            areas: resolution.areas.clone(),
            late_s: 0,
        };
        turn.reply = match self.hub.notify(notice).await {
            Ok(()) => {
                turn.outcome = TurnOutcome::Act;
                reply::broadcast(message, &resolution.areas, &self.hub.snapshot().house, turn.lang)
            }
            Err(error) => {
                turn.outcome = TurnOutcome::Refuse;
                unkept(&error, turn.lang)
            }
        };
    }

    /// Alarms, reminders and what else is scheduled.
    pub async fn change_schedules(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        change: ScheduleChange,
        said: &mut Vec<String>,
    ) {
        let around = self.clock.around(turn.utterance.at_ms);
        // Told before it changes, because what is cancelled has no name afterwards.
        let words = reply::schedule_changed(&change, &self.hub.snapshot().house, &around, turn.lang);
        turn.outcome = TurnOutcome::Act;
        let mut undo = Undo::default();
        let change = match change {
            ScheduleChange::Tell(_) => {
                turn.outcome = TurnOutcome::Answer;
                said.push(words);
                return;
            }
            ScheduleChange::Add(draft) => Change::Add(vec![draft], turn.lang, turn.utterance.speaker.clone()),
            ScheduleChange::Cancel(ids) => {
                let ringing = |id: &String| {
                    self.hub.snapshot().house.schedules.iter().any(|one| one.id == *id && one.rings_since_ms.is_some())
                };
                match ids.iter().all(ringing) {
                    true => Change::Silence(ids),
                    false if !self.may_cancel(turn, &ids) => {
                        said.push(reply::stock_reply(StockReply::NotYours, turn.lang));
                        turn.outcome = TurnOutcome::Refuse;
                        return;
                    }
                    false => {
                        undo.cancelled = self.scheduled(&ids);
                        Change::Cancel(ids)
                    }
                }
            }
            ScheduleChange::Snooze(ids, seconds) => Change::Snooze(ids, seconds),
        };
        match self.hub.schedule(change).await {
            Ok(made) => {
                let snapshot = self.hub.snapshot();
                said.push(words);
                said.extend(made.iter().map(|one| reply::scheduled(one, &snapshot.house, &around, turn.lang)));
                said.retain(|words| !words.is_empty());
                undo.schedules = made.into_iter().map(|one| one.id).collect();
                if !undo.is_empty() {
                    turn.undo.clone_from(&undo);
                    conversation.undo = undo;
                }
            }
            Err(error) => {
                warn!(error = format!("{error:#}"), "What is scheduled could not be kept.");
                said.push(unkept(&error, turn.lang));
                turn.outcome = TurnOutcome::Refuse;
            }
        }
    }
}

/// More causes than these can't be listened to.
const MOST_TOLD: usize = 3;
/// Turns that are looked through for the words behind a change.
const MOST_SEARCHED: usize = 100;
/// A change comes this long after its words at most, and hardly before them.
const BEFORE_MS: i64 = 60_000;
const AFTER_MS: i64 = 2_000;
const LONGEST_PHRASE: usize = 60;
