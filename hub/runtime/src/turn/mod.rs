//! One turn, from words to a reply: understand, resolve, judge, dispatch, reply, journal. Read it top to bottom.
//!
//! Knows the order of the steps; knows nothing of what any step does inside.

mod general;
mod unsure;

use std::sync::{Arc, Mutex};

use house::{
    Answer, Consent, Domain, EntityId, House, Intent, IntentKind, Lang, Outcome, Question, Resolved, Slot, SlotValue,
    Speaker, Step, TimeDoubt, TimerChange, TurnId, TurnOutcome, Utterance,
};
use mind::caution::{cautious, is_readable};
use mind::clauses::clauses;
use mind::fill::filled;
use mind::reflex::{self, Reflex};
use mind::reply::{self, Nothing};
use mind::resolve::{Context, Resolution, Spoken, is_plural, resolve};
use mind::scope;
use mind::understand;
use mind::when::{self, Around};
use mind::words::guess_lang;
use tokio::sync::broadcast;
use tracing::{debug, info, warn};

use crate::clock::{Clock, Stopwatch};
use mind::conversation::{Conversation, Conversations, Open, Undo, Wish, chosen, narrowed};
use crate::dispatch::Patience;
use crate::model::general::General;
use crate::household::{Household, PinCheck};
use crate::hub::{Handle, Snapshot};
use crate::model::manifest::Thresholds;
use crate::model::engine::{Model, ModelError};
use crate::hub::hub_entities::New;
use crate::hub::schedules::Change;
use store::{ConversationState, Forget, Store, UndoRecord};
use crate::turn::execute::cancelled_timers;

pub use unsure::readable_steps;

/// Everything a turn needs.
#[derive(Clone)]
pub struct Turns {
    /// The hub.
    pub hub: Handle,
    /// The language model.
    pub model: Model,
    /// The general model beside it, if there is one.
    pub general: Option<General>,
    /// Where turns are written down; none for a simulation.
    pub store: Option<Store>,
    /// The household's rules.
    pub household: Household,
    /// How long devices are waited for.
    pub patience: Patience,
    /// The time.
    pub clock: Clock,
    /// Turns as they end.
    ended: broadcast::Sender<Arc<Ended>>,
    // A mutex, not a channel: it is held for a lookup in a small map and never across an await.
    conversations: Arc<Mutex<Conversations>>,
}

/// A turn that ended, for those who watch.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its id, if it was written down.
    pub id: Option<TurnId>,
    /// What was said.
    pub text: String,
    /// What is said back.
    pub reply: String,
    /// How it ended.
    pub outcome: TurnOutcome,
    /// What became of each step.
    pub outcomes: Vec<Outcome>,
    /// When it ended, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// How the words were understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Without a model.
    Reflex,
    /// By the intent model.
    Model,
    /// By the general model.
    General,
}

impl Path {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reflex => "reflex",
            Self::Model => "model",
            Self::General => "general",
        }
    }
}

/// Words understood, or the reason why not.
#[derive(Clone, Debug)]
pub struct Understood {
    /// What was asked, or what is said instead.
    pub intents: Result<Vec<Intent>, Nothing>,
    /// How.
    pub path: Path,
    /// Whether that is too little to act on, and enough to ask back.
    pub is_unsure: bool,
    /// How sure the model was, 0–1.
    pub confidence: Option<f64>,
    /// How long the model took, in milliseconds.
    pub model_ms: f64,
    /// How long the engine itself took, in milliseconds.
    pub engine_ms: Option<f64>,
    /// The codes that the model wrote, one for each part of the sentence.
    pub codes: Vec<String>,
    /// What happened on the way, for the trace.
    pub trace: Vec<String>,
}

/// A turn as it ended.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Its id, once it is written down.
    pub id: Option<TurnId>,
    /// What was said.
    pub utterance: Utterance,
    /// The language of the reply.
    pub lang: Lang,
    /// How it ended.
    pub outcome: TurnOutcome,
    /// What was asked, as interfaces show it.
    pub intents: Vec<Spoken>,
    /// What was to be sent.
    pub steps: Vec<Step>,
    /// What became of it.
    pub outcomes: Vec<Outcome>,
    /// What would take it back.
    pub undo: Undo,
    /// What is said back.
    pub reply: String,
    /// How it was understood.
    pub path: Path,
    /// The codes that the model wrote, one for each part of the sentence.
    pub codes: Vec<String>,
    /// How sure the model was, 0–1.
    pub confidence: Option<f64>,
    /// Milliseconds altogether and in the model.
    pub ms: (f64, f64),
    /// Why all this, line by line.
    pub trace: Vec<String>,
}

impl Turns {
    /// Turns over these parts.
    pub fn new(
        hub: Handle,
        model: Model,
        store: Option<Store>,
        household: Household,
        patience: Patience,
        clock: Clock,
    ) -> Self {
        Self {
            hub,
            model,
            general: None,
            store,
            household,
            patience,
            clock,
            ended: broadcast::channel(MOST_ENDED).0,
            conversations: Arc::default(),
        }
    }

    /// Turns as they end, from now on.
    pub fn ended(&self) -> broadcast::Receiver<Arc<Ended>> {
        self.ended.subscribe()
    }

    /// Takes one utterance all the way.
    pub async fn turn(&self, utterance: Utterance) -> Turn {
        let watch = Stopwatch::start();
        let now = utterance.at_ms;
        let mut conversation = self.recall(&utterance.conversation, now).for_speaker(&utterance.speaker);
        let mut turn = begin(utterance);
        match self.answer_to_question(&mut turn, &mut conversation).await {
            true => {}
            false => self.request(&mut turn, &mut conversation).await,
        }
        mind_questions(&mut turn, &mut conversation);
        conversation.said.clone_from(&turn.reply);
        turn.ms.0 = watch.ms();
        self.remember(&turn.utterance.conversation, conversation, now);
        self.journal(&mut turn);
        info!(outcome = turn.outcome.as_str(), path = turn.path.as_str(), ms = turn.ms.0, "A turn ended.");
        turn
    }

    /// Takes a wish that needs no understanding through the same gate; a question stays open in their conversation.
    pub async fn act(&self, utterance: Utterance, wish: Wish) -> Turn {
        let watch = Stopwatch::start();
        let now = utterance.at_ms;
        let mut conversation =
            Conversation { open: None, ..self.recall(&utterance.conversation, now).for_speaker(&utterance.speaker) };
        let mut turn = begin(utterance);
        self.carry_out(&mut turn, &mut conversation, wish, Consent::None, &[]).await;
        turn.ms.0 = watch.ms();
        self.remember(&turn.utterance.conversation, conversation, now);
        self.journal(&mut turn);
        turn
    }

    /// What a conversation waits for.
    pub fn open_question(&self, conversation: &str, now: i64) -> Option<Open> {
        self.recall(conversation, now).open
    }

    /// Yes, no, a PIN or a choice, while a question is open. False if the words are something else.
    async fn answer_to_question(&self, turn: &mut Turn, conversation: &mut Conversation) -> bool {
        let text = turn.utterance.text.clone();
        let said = reflex::reflex(&text);
        let Some(open) = conversation.open.take() else {
            return self.bare_reflex(turn, said).await;
        };
        turn.path = Path::Reflex;
        let answered = match (open, said) {
            (_, Some(Reflex::No | Reflex::Stop)) => {
                turn.nothing(TurnOutcome::Refuse, Nothing::Dropped);
                return true;
            }
            (Open::Confirm(wish), Some(Reflex::Yes)) => {
                self.carry_out(turn, conversation, wish, Consent::Yes, &[]).await;
                return true;
            }
            (Open::Pin(wish), _) => {
                let Some(pin) = reflex::pin(&text) else { return false };
                self.try_pin(turn, conversation, wish, &pin).await;
                return true;
            }
            (Open::Which { intent, candidates }, said) => {
                let only = candidates.len() == 1 && said == Some(Reflex::Yes);
                let chosen = if only { candidates.iter().collect() } else { chosen(&text, &candidates) };
                (!chosen.is_empty()).then(|| narrowed(&intent, &chosen, &self.hub.snapshot().house))
            }
            (Open::Missing(intent), _) => {
                filled(&intent, &text).map(|intent| (intent, self.hub.snapshot().house.clone()))
            }
            (Open::When { intent, heard }, _) => self
                .timed(&intent, &heard, &text, turn.utterance.at_ms)
                .map(|intent| (intent, self.hub.snapshot().house.clone())),
            (Open::Confirm(_), _) => None,
        };
        // Anything else is another request, and the question is dropped.
        let Some((intent, house)) = answered else { return false };
        self.act_on(turn, conversation, &[intent], &house).await;
        true
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
                        action: house::Action::StopCover,
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
                turn.path = Path::Reflex;
                turn.nothing(TurnOutcome::Act, Nothing::Stopped);
                if !ringing.is_empty()
                    && let Err(error) = self.hub.schedule(Change::Silence(ringing)).await
                {
                    warn!(error = format!("{error:#}"), "An alarm could not be silenced.");
                }
                if !steps.is_empty() {
                    let mut conversation = Conversation::default();
                    self.carry_out(turn, &mut conversation, Wish::now(steps), Consent::None, &[]).await;
                }
                true
            }
            Some(Reflex::No) => {
                turn.path = Path::Reflex;
                turn.nothing(TurnOutcome::Answer, Nothing::Dropped);
                turn.intents =
                    vec![Spoken { intent: IntentKind::Nevermind.as_str().to_owned(), slots: Vec::new(), when: None }];
                true
            }
            Some(Reflex::Yes) => {
                turn.path = Path::Reflex;
                turn.nothing(TurnOutcome::NotUnderstood, Nothing::NoQuestion);
                true
            }
            None => false,
        }
    }

    async fn try_pin(&self, turn: &mut Turn, conversation: &mut Conversation, wish: Wish, pin: &str) {
        // What was said is the PIN; it is kept nowhere.
        turn.utterance.text = "••••".to_owned();
        match self.household.check_pin(pin, self.clock.now_ms()).await {
            PinCheck::Right => self.carry_out(turn, conversation, wish, Consent::Pin, &[]).await,
            PinCheck::Wrong => {
                turn.nothing(TurnOutcome::Ask, Nothing::WrongPin);
                conversation.open = Some(Open::Pin(wish));
            }
            PinCheck::Locked => turn.nothing(TurnOutcome::Refuse, Nothing::PinLocked),
        }
    }

    /// A request: understand, then act on it.
    async fn request(&self, turn: &mut Turn, conversation: &mut Conversation) {
        let snapshot = self.hub.snapshot();
        let taught = self.household.taught(&turn.utterance.text);
        turn.trace.extend(taught.iter().map(|words| format!("the household taught that this means “{words}”")));
        let text = taught.as_deref().unwrap_or(&turn.utterance.text);
        let understood = understand(text, &snapshot, &self.model, self.household.thresholds()).await;
        turn.path = understood.path;
        turn.confidence = understood.confidence;
        turn.ms.1 = understood.model_ms;
        turn.trace.extend(understood.trace);
        turn.codes = understood.codes;
        match understood.intents {
            Ok(intents) if understood.is_unsure => self.read_back(turn, conversation, &intents),
            Ok(intents)
                if is_not_for_house(&intents)
                    && self.has_general_answer(turn, conversation, Nothing::NotForHouse).await => {}
            Ok(intents) => {
                if let Some(words) = taught {
                    turn.utterance.text = words;
                }
                self.have_a_list(turn, &intents).await;
                // The house may have moved while the model thought.
                let snapshot = self.hub.snapshot();
                self.act_on(turn, conversation, &intents, &snapshot.house).await;
            }
            Err(nothing) if self.has_general_answer(turn, conversation, nothing).await => {}
            Err(nothing) => turn.nothing(outcome_of(nothing), nothing),
        }
    }

    /// Resolve, judge, dispatch, reply.
    async fn act_on(&self, turn: &mut Turn, conversation: &mut Conversation, intents: &[Intent], house: &House) {
        let around = self.clock.around(turn.utterance.at_ms);
        let resolutions = resolve_all(&turn.utterance, intents, conversation, house, &around, turn.lang);
        turn.intents = resolutions.iter().map(|resolution| resolution.spoken.clone()).collect();
        let mut said = Vec::new();
        let mut wish = Wish::default();
        let mut asked = Vec::new();
        for resolution in resolutions {
            asked.push(resolution.intent.clone());
            let is_correction = intents.iter().any(|intent| intent.kind == IntentKind::Correct);
            self.one(turn, conversation, resolution, is_correction, &mut wish, &mut said).await;
        }
        // "And the bedroom" follows what was asked of the house, not "say that again".
        if asked.iter().any(|intent| !is_about_the_conversation(intent.kind)) {
            conversation.intents = asked;
        }
        match wish.is_empty() {
            true if turn.reply.is_empty() || !said.is_empty() => turn.reply = reply::joined(&said, turn.lang),
            true => {}
            false => self.carry_out(turn, conversation, wish, Consent::None, &said).await,
        }
    }

    async fn one(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        resolution: Resolution,
        is_correction: bool,
        wish: &mut Wish,
        said: &mut Vec<String>,
    ) {
        let lang = turn.lang;
        if let Some(change) = resolution.timer {
            self.change_timers(turn, conversation, change, said).await;
            return;
        }
        if let Some(change) = resolution.schedule {
            self.change_schedules(turn, conversation, change, said).await;
            return;
        }
        let is_plain = matches!(resolution.resolved, Resolved::Act(_));
        if is_plain && self.to_the_hub(turn, conversation, &resolution).await {
            said.push(std::mem::take(&mut turn.reply));
            return;
        }
        let Resolution { intent, resolved, later, .. } = resolution;
        match resolved {
            Resolved::Act(mut own) => {
                turn.trace.extend(own.iter().map(|step| format!("{}: {}", step.entity, step.reason)));
                if is_correction {
                    wish.correct(&mut conversation.undo, &own);
                }
                match later {
                    Some(later) if later.is_now => {
                        wish.steps.append(&mut own);
                        wish.later.push(later.draft);
                    }
                    Some(later) => wish.later.push(later.draft),
                    None => wish.steps.append(&mut own),
                }
            }
            Resolved::Answer(Answer::Causes(entities)) if entities.is_empty() => {
                said.push(self.explained(turn, conversation));
                turn.outcome = TurnOutcome::Answer;
            }
            Resolved::Answer(answer) => {
                if let Answer::States { entities, .. } = &answer {
                    conversation.last.clone_from(entities);
                }
                said.push(self.answered(turn, &answer));
                turn.outcome = TurnOutcome::Answer;
            }
            Resolved::Ask(question) => {
                turn.outcome = TurnOutcome::Ask;
                ask(question, intent, conversation, lang, said);
            }
            Resolved::Miss(miss) => {
                said.push(reply::miss(&miss, lang));
                turn.outcome = outcome_of_miss(&miss);
            }
            Resolved::NotForHouse => {
                said.push(reply::nothing(Nothing::NotForHouse, lang));
                turn.outcome = TurnOutcome::NotForHouse;
            }
        }
    }

    fn answered(&self, turn: &Turn, answer: &Answer) -> String {
        let snapshot = self.hub.snapshot();
        match answer {
            Answer::Causes(entities) => self.causes(turn, entities),
            answer => reply::answer(answer, &snapshot.house, &self.clock.around(turn.utterance.at_ms), turn.lang),
        }
    }

    /// A house without any list gets one of the hub's own when something is to be put on it.
    async fn have_a_list(&self, turn: &mut Turn, intents: &[Intent]) {
        let adds = intents
            .iter()
            .find(|intent| matches!(intent.kind, IntentKind::ShoppingListAddItem | IntentKind::ListAddItem));
        let Some(adds) = adds.filter(|_| self.hub.snapshot().house.of_domain(Domain::Todo).next().is_none()) else {
            return;
        };
        let name = reply::list_name(adds, turn.lang);
        match self.hub.make(New::List(name)).await {
            Ok(id) => turn.trace.push(format!("there was no list, so `{id}` was made")),
            Err(error) => warn!(error = format!("{error:#}"), "A list could not be made."),
        }
    }

    async fn change_timers(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        change: TimerChange,
        said: &mut Vec<String>,
    ) {
        if let TimerChange::Tell(ids) = &change {
            said.push(self.answered(turn, &Answer::Timers(ids.clone())));
            turn.outcome = TurnOutcome::Answer;
            return;
        }
        let timers = cancelled_timers(&change, &self.hub.snapshot().house);
        match self.hub.change_timers(change.clone()).await {
            Ok(()) => {
                if !timers.is_empty() {
                    turn.undo = Undo { timers, ..Undo::default() };
                    conversation.undo.clone_from(&turn.undo);
                }
                said.push(reply::timer_changed(&change, turn.lang));
                turn.outcome = TurnOutcome::Act;
            }
            Err(error) => {
                warn!(error = format!("{error:#}"), "A timer could not be kept.");
                said.push(format!("{error:#}"));
                turn.outcome = TurnOutcome::Refuse;
            }
        }
    }

    /// Writes a turn down, and tells those who watch.
    pub fn journal(&self, turn: &mut Turn) {
        self.write_down(turn);
        let ended = Ended {
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

    fn write_down(&self, turn: &mut Turn) {
        metrics::counter!("hearth_turns_total", "outcome" => turn.outcome.as_str(), "path" => turn.path.as_str())
            .increment(1);
        metrics::histogram!("hearth_turn_seconds").record(turn.ms.0 / 1000.0);
        let Some(store) = self.store.as_ref().filter(|_| self.household.keep_days() != 0) else { return };
        match store.journal(&crate::wire::record(turn)) {
            Ok(id) => turn.id = Some(id),
            Err(error) => {
                warn!(error = format!("{error:#}"), "A turn could not be written down.");
                turn.trace.push(format!("this turn could not be written down: {error:#}"));
            }
        }
    }

    /// Forgets what was said, wherever it is remembered; says how many turns there were.
    pub fn forget(&self, what: &Forget) -> anyhow::Result<usize> {
        let Some(store) = &self.store else { return Ok(0) };
        let of_turn = match what {
            Forget::Turn(id) => store.turn(id)?.map(|turn| turn.conversation),
            Forget::Person(_) | Forget::Before(_) | Forget::All => None,
        };
        let count = store.forget(what)?;
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
            let _ = self.ended.send(Arc::new(Ended {
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
    fn recall(&self, id: &str, now: i64) -> Conversation {
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

    fn remember(&self, id: &str, conversation: Conversation, now: i64) {
        if let (true, Some(store)) = (
            self.household.keep_days() != 0 && !(conversation.last.is_empty() && conversation.undo.is_empty()),
            &self.store,
        ) {
            let last = conversation.last.iter().map(|id| id.as_str().to_owned()).collect();
            let state = ConversationState { used_ms: now, last, undo: UndoRecord::of(&conversation.undo) };
            if let Err(error) = store.keep_conversation(id, now, &state) {
                warn!(error = format!("{error:#}"), "A conversation could not be kept.");
            }
        }
        if let Ok(mut all) = self.conversations.lock() {
            all.remember(id, conversation, now);
        }
    }
}

impl Turn {
    /// Ends without a deed.
    pub fn nothing(&mut self, outcome: TurnOutcome, nothing: Nothing) {
        self.outcome = outcome;
        self.reply = reply::nothing(nothing, self.lang);
    }
}

/// Words to intents: the plainest without the model, all else by the model.
pub async fn understand(text: &str, snapshot: &Snapshot, model: &Model, thresholds: Thresholds) -> Understood {
    let mut out = Understood {
        intents: Err(Nothing::NotUnderstood),
        path: Path::Reflex,
        is_unsure: false,
        confidence: None,
        model_ms: 0.0,
        engine_ms: None,
        codes: Vec::new(),
        trace: Vec::new(),
    };
    if let Some(intents) = reflex::plain(text, &snapshot.house) {
        out.trace.push("plain words and an exact name: no model was needed".to_owned());
        out.intents = Ok(intents);
        out.confidence = Some(1.0);
        return out;
    }
    out.path = Path::Model;
    let Some(heard) = understand::hear(text, &snapshot.names) else {
        out.intents = Err(if text.trim().is_empty() { Nothing::NotUnderstood } else { Nothing::TooLong });
        return out;
    };
    out.trace.extend(heard.marks.iter().map(|mark| {
        format!("“{}” is a name here: {}", understand::said(&heard, mark.first, mark.last), mark.kinds.join(", "))
    }));
    if !is_readable(&heard) {
        return out;
    }
    let parts = clauses(&heard);
    if 1 < parts.len() {
        let joined = each_clause(&parts, snapshot, model, thresholds, &out).await;
        if joined.intents.is_ok() {
            return joined;
        }
        out.model_ms = joined.model_ms;
    }
    ask_model(&heard, model, thresholds, &mut out).await;
    out
}

/// A sentence of several requests, one by one; an error if any of them is not understood by itself.
async fn each_clause(
    parts: &[String],
    snapshot: &Snapshot,
    model: &Model,
    thresholds: Thresholds,
    whole: &Understood,
) -> Understood {
    let mut out = Understood { intents: Ok(Vec::new()), confidence: Some(1.0), engine_ms: Some(0.0), ..whole.clone() };
    for part in parts {
        let Some(heard) = understand::hear(part, &snapshot.names) else { continue };
        let mut one = Understood {
            intents: Err(Nothing::NotUnderstood),
            is_unsure: false,
            confidence: None,
            model_ms: 0.0,
            engine_ms: None,
            codes: Vec::new(),
            trace: Vec::new(),
            path: Path::Model,
        };
        ask_model(&heard, model, thresholds, &mut one).await;
        out.model_ms += one.model_ms;
        out.is_unsure |= one.is_unsure;
        out.engine_ms = out.engine_ms.zip(one.engine_ms).map(|(sum, own)| sum + own);
        out.trace.extend(one.trace);
        out.codes.extend(one.codes);
        out.confidence = out.confidence.zip(one.confidence).map(|(least, own)| least.min(own));
        let is_for_house = |intents: &[Intent]| {
            intents.iter().all(|intent| !matches!(intent.kind, IntentKind::NotForHouse | IntentKind::Unclear))
        };
        match (&mut out.intents, one.intents) {
            (Ok(all), Ok(own)) if is_for_house(&own) => all.extend(own),
            (Ok(_), Ok(_)) => out.intents = Err(Nothing::NotUnderstood),
            (Ok(_), Err(nothing)) => out.intents = Err(nothing),
            (Err(_), _) => {}
        }
    }
    out.intents = out.intents.map(understand::joined);
    out
}

/// One request to the model, and what its answer means.
async fn ask_model(heard: &understand::Heard, model: &Model, thresholds: Thresholds, out: &mut Understood) {
    let watch = Stopwatch::start();
    let answer = model.ask(understand::ask(heard)).await;
    out.model_ms += watch.ms();
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            out.intents = Err(if error == ModelError::Absent { Nothing::NoModel } else { Nothing::ModelFailed });
            return;
        }
    };
    let confidence = confidence(&answer);
    out.confidence = Some(confidence);
    out.engine_ms = Some(answer.prompt_ms + answer.decode_ms);
    out.codes.push(answer.tokens.join(" "));
    out.trace.push(format!("code: {} ({confidence:.2})", answer.tokens.join(" ")));
    let for_house = scope::for_house(heard);
    out.trace.push(format!("a second opinion that this is for the house: {for_house:.2}"));
    // A model that is nearly certain needs less agreement.
    let needed = if confidence < NEARLY_CERTAIN { thresholds.house } else { thresholds.house.min(LEAST_AGREEMENT) };
    match understand::read(&answer.tokens, heard) {
        Ok(intents) if intents.iter().any(|intent| intent.kind == IntentKind::Unclear) => {}
        Ok(intents) if for_house < needed && acts(&intents) => {
            out.trace.push(format!("it does not sound like a request to a house: at least {needed:.2} is needed"));
        }
        Ok(intents) if confidence < thresholds.ask * asked_first(&intents) && acts(&intents) => {
            out.trace
                .push(format!("not sure enough: at least {:.2} is needed", thresholds.ask * asked_first(&intents)));
        }
        Ok(intents) => match cautious(intents, heard) {
            Ok(intents) => {
                out.is_unsure = confidence < thresholds.act * asked_first(&intents) && acts(&intents);
                out.intents = Ok(intents);
            }
            Err(doubt) => out.trace.push(format!("the reading does not go with the words: {doubt:?}")),
        },
        Err(error) => {
            debug!(%error, "The model's code could not be read.");
            out.trace.push(format!("the code could not be read: {error}"));
        }
    }
}

/// How sure the model was of what is asked: the probabilities of its intents and labels. Which word a name begins
/// with is left out, because a wrong span does not resolve, and a right one among long titles is rarely certain.
fn confidence(answer: &engine_protocol::Answer) -> f64 {
    let is_index = |token: &String| token.bytes().all(|byte| byte.is_ascii_digit());
    answer
        .tokens
        .iter()
        .zip(&answer.free_probs)
        .filter(|(token, _)| !is_index(token))
        .map(|(_, prob)| f64::from(*prob))
        .product()
}

fn acts(intents: &[Intent]) -> bool {
    let is_harmless = |kind: IntentKind| {
        matches!(
            kind,
            IntentKind::GetState
                | IntentKind::NotForHouse
                | IntentKind::GetWeather
                | IntentKind::GetCurrentTime
                | IntentKind::GetCurrentDate
                | IntentKind::Respond
                | IntentKind::Help
                | IntentKind::Nevermind
        )
    };
    intents.iter().any(|intent| !is_harmless(intent.kind))
}

/// What is always read back before it is kept needs half the confidence.
fn asked_first(intents: &[Intent]) -> f64 {
    match intents.iter().all(|intent| intent.kind == IntentKind::RoutineCreate) {
        true => 0.5,
        false => 1.0,
    }
}

fn is_not_for_house(intents: &[Intent]) -> bool {
    !intents.is_empty() && intents.iter().all(|intent| intent.kind == IntentKind::NotForHouse)
}

/// Intents to steps, answers and questions, in the light of the conversation.
pub fn resolve_all(
    utterance: &Utterance,
    intents: &[Intent],
    conversation: &Conversation,
    house: &House,
    around: &Around,
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

/// One question at a time: the first is answered first.
fn ask(question: Question, intent: Intent, conversation: &mut Conversation, lang: Lang, said: &mut Vec<String>) {
    match conversation.open {
        None => {
            said.push(reply::question(&question, lang));
            conversation.open = opened(question, intent);
        }
        Some(_) => said.insert(0, reply::nothing(Nothing::OneAtATime, lang)),
    }
}

/// What waits for an answer after a question.
fn opened(question: Question, intent: Intent) -> Option<Open> {
    match question {
        Question::Which { candidates, .. } | Question::DidYouMean { candidates, .. } => {
            Some(Open::Which { intent, candidates })
        }
        Question::Value { .. } => Some(Open::Missing(intent)),
        Question::When { heard, doubt, .. } => {
            Some(Open::When { intent, heard: if doubt == TimeDoubt::NoTimeOfDay { heard } else { String::new() } })
        }
        Question::Confirm { .. } | Question::Pin { .. } => None,
    }
}

/// At most two questions in a row; a third would only annoy.
fn mind_questions(turn: &mut Turn, conversation: &mut Conversation) {
    let is_gate = matches!(conversation.open, Some(Open::Confirm(_) | Open::Pin(_)));
    conversation.asked = match turn.outcome {
        TurnOutcome::Ask if is_gate => conversation.asked,
        TurnOutcome::Ask => conversation.asked + 1,
        _ => 0,
    };
    if MOST_QUESTIONS < conversation.asked && turn.outcomes.is_empty() {
        turn.nothing(TurnOutcome::Refuse, Nothing::GivenUp);
        conversation.open = None;
        conversation.asked = 0;
    }
}

fn is_about_the_conversation(kind: IntentKind) -> bool {
    matches!(
        kind,
        IntentKind::Undo
            | IntentKind::Repeat
            | IntentKind::Explain
            | IntentKind::Broadcast
            | IntentKind::Again
            | IntentKind::Correct
            | IntentKind::Nevermind
            | IntentKind::Respond
            | IntentKind::Help
            | IntentKind::NotForHouse
    )
}

/// A turn at its beginning.
pub fn begin(utterance: Utterance) -> Turn {
    let lang = Lang::parse(utterance.lang.as_deref().unwrap_or_else(|| guess_lang(&utterance.text)));
    Turn {
        id: None,
        utterance,
        lang,
        outcome: TurnOutcome::NotUnderstood,
        intents: Vec::new(),
        steps: Vec::new(),
        outcomes: Vec::new(),
        undo: Undo::default(),
        reply: String::new(),
        path: Path::Reflex,
        codes: Vec::new(),
        confidence: None,
        ms: (0.0, 0.0),
        trace: Vec::new(),
    }
}

fn outcome_of(nothing: Nothing) -> TurnOutcome {
    match nothing {
        Nothing::NotForHouse => TurnOutcome::NotForHouse,
        Nothing::NoModel | Nothing::ModelFailed | Nothing::TooLong | Nothing::NotUnderstood => {
            TurnOutcome::NotUnderstood
        }
        _ => TurnOutcome::Refuse,
    }
}

/// What is not there is asked back about: the person may have meant another; all else can't be helped.
pub fn outcome_of_miss(miss: &house::Miss) -> TurnOutcome {
    match miss {
        house::Miss::NoSuchName(_)
        | house::Miss::NoSuchPlace(_)
        | house::Miss::NothingOfKind { .. }
        | house::Miss::NoTimer
        | house::Miss::NoSchedule
        | house::Miss::Time(_) => TurnOutcome::Ask,
        _ => TurnOutcome::Refuse,
    }
}

/// From this confidence on, the second opinion need not be sure (chosen as the thresholds in the manifest are).
const NEARLY_CERTAIN: f64 = 0.95;
/// What the second opinion must say all the same.
const LEAST_AGREEMENT: f64 = 0.2;
/// Questions of understanding that may follow each other.
const MOST_QUESTIONS: u32 = 2;
/// Turns that a watcher may fall behind.
const MOST_ENDED: usize = 64;
