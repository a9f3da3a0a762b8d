//! A turn as it ends, and how it ends when nothing is done.

use house::{Candidate, EntityId, House, Lang, Outcome, OutcomeKind, Step, Tier, TurnId, TurnOutcome, Undo, Utterance};
use mind::conversation::Open;
use mind::decide::ResolvedBy;
use mind::judge::usual_tier;
use mind::language;
use mind::reply::{self, StockReply};
use mind::resolve::Spoken;
use mind::understand::hub_turn::HubTurn;

/// A turn as it ended.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Its id, once it is written down.
    pub id: Option<TurnId>,
    /// What was said.
    pub utterance: Utterance,
    /// Whether it was heard too badly to do anything without asking.
    pub is_half_heard: bool,
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
    /// What answer is waited for, so that whoever hears it can be listened to again without a wake word.
    pub expects_answer: Option<ExpectedAnswer>,
    /// How it was understood.
    pub resolved_by: ResolvedBy,
    /// The codes that the model wrote, one for each part of the sentence.
    pub codes: Vec<String>,
    /// How sure the model was, 0–1.
    pub confidence: Option<f64>,
    /// Milliseconds altogether and in the model.
    pub ms: (f64, f64),
    /// Why all this, line by line.
    pub trace: Vec<String>,
}

/// A turn that ended, for those who watch.
#[derive(Clone, Debug)]
pub struct EndedTurn {
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

/// What answer a question waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedAnswer {
    /// A yes or a no.
    Confirm,
    /// The PIN.
    Pin,
    /// One of these.
    Which(Vec<Candidate>),
    /// A value.
    Value,
    /// A time.
    When,
    /// A yes, a no, later or never.
    Suggestion,
}

impl ExpectedAnswer {
    /// The word for it in interfaces.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Pin => "pin",
            Self::Which(_) => "which",
            Self::Value => "value",
            Self::When => "when",
            Self::Suggestion => "suggestion",
        }
    }

    /// What an open question waits for.
    pub(super) fn of(open: &Open) -> Self {
        match open {
            Open::Confirm(_) | Open::Forget(_) => Self::Confirm,
            Open::Pin(_) => Self::Pin,
            Open::Which { candidates, .. } => Self::Which(candidates.clone()),
            Open::Missing(_) => Self::Value,
            Open::When { .. } => Self::When,
            Open::Suggestion { .. } => Self::Suggestion,
        }
    }
}

impl Turn {
    /// Whether all that was asked was done where it was asked, nobody need be told what it was, and no answer is waited
    /// for: a short sound says as much as words.
    pub fn is_plain_success(&self, house: &House) -> bool {
        let is_here = |entity: &EntityId| {
            let entity = house.entities.get(entity);
            self.utterance.place.is_some() && entity.is_some_and(|entity| entity.area == self.utterance.place)
        };
        let is_free = |step: &Step| {
            let entity = house.entities.get(&step.entity);
            entity.is_some_and(|entity| usual_tier(entity, &step.action) == Tier::Free)
        };
        let went_well = |one: &Outcome| matches!(one.kind, OutcomeKind::Confirmed | OutcomeKind::Already);
        self.outcome == TurnOutcome::Act
            && self.expects_answer.is_none()
            && self.outcomes.iter().any(|one| one.kind == OutcomeKind::Confirmed)
            && self.outcomes.iter().all(|one| went_well(one) && is_here(&one.entity))
            && self.steps.iter().all(is_free)
    }

    /// Ends without a deed.
    pub fn nothing(&mut self, outcome: TurnOutcome, nothing: StockReply) {
        self.outcome = outcome;
        self.reply = reply::stock_reply(nothing, self.lang);
    }
}

/// A turn at its beginning.
pub fn begin(utterance: Utterance) -> Turn {
    let lang = utterance.lang.as_deref().map_or_else(|| language::guess(&utterance.text), Lang::parse);
    Turn {
        id: None,
        utterance,
        is_half_heard: false,
        lang,
        outcome: TurnOutcome::NotUnderstood,
        intents: Vec::new(),
        steps: Vec::new(),
        outcomes: Vec::new(),
        undo: Undo::default(),
        reply: String::new(),
        resolved_by: ResolvedBy::Reflex,
        expects_answer: None,
        codes: Vec::new(),
        confidence: None,
        ms: (0.0, 0.0),
        trace: Vec::new(),
    }
}

/// What a turn that ended so is to the next one.
pub(super) fn hub_turn(outcome: TurnOutcome) -> HubTurn {
    match outcome {
        TurnOutcome::Act => HubTurn::Done,
        TurnOutcome::Answer => HubTurn::Answer,
        TurnOutcome::NotUnderstood | TurnOutcome::NotForHouse => HubTurn::NotUnderstood,
        TurnOutcome::Ask | TurnOutcome::Refuse => HubTurn::Said,
    }
}

pub(super) fn outcome_of(nothing: StockReply) -> TurnOutcome {
    match nothing {
        StockReply::NotForHouse => TurnOutcome::NotForHouse,
        StockReply::NoModel | StockReply::ModelFailed | StockReply::TooLong | StockReply::NotUnderstood => {
            TurnOutcome::NotUnderstood
        }
        _ => TurnOutcome::Refuse,
    }
}

/// What is not there is asked back about: the person may have meant another; all else can't be helped.
pub(super) fn outcome_of_miss(miss: &house::Miss) -> TurnOutcome {
    match miss {
        house::Miss::NoSuchName(_)
        | house::Miss::NoSuchPlace(_)
        | house::Miss::NothingOfKind { .. }
        | house::Miss::NoSchedule
        | house::Miss::Time(_) => TurnOutcome::Ask,
        _ => TurnOutcome::Refuse,
    }
}
