//! What a request comes to in this house: steps on entities, an answer, or a question.

use std::fmt;

use crate::{Action, AreaId, Degrees, EntityId, IntentKind, TimeDoubt};

/// One thing to do to one entity, and why it was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which request of the utterance it belongs to, counted from 0.
    pub intent: usize,
    /// Which entity.
    pub entity: EntityId,
    /// What to do.
    pub action: Action,
    /// Why this entity, for the trace.
    pub reason: String,
}

/// Everything an utterance comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Steps in spoken order.
    pub steps: Vec<Step>,
}

/// What one request comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved {
    /// Do these things.
    Act(Vec<Step>),
    /// Say this.
    Answer(Answer),
    /// Ask this first.
    Ask(Question),
    /// It can't be done here, and this is why.
    Miss(Miss),
    /// It was no request for the house.
    NotForHouse,
}

/// One of several things that could be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Which thing it is.
    pub what: CandidateId,
    /// Its name.
    pub name: String,
    /// Its area's name.
    pub area: Option<String>,
}

/// What a candidate is, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CandidateId {
    /// An entity.
    Entity(EntityId),
    /// Something that is scheduled.
    Schedule(String),
    /// A timer.
    Timer(String),
    /// An area.
    Area(AreaId),
}

impl fmt::Display for CandidateId {
    /// The id as interfaces show it: an entity's own, or one in the same form (`schedule.s3`, `area.kitchen`).
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entity(id) => write!(out, "{id}"),
            Self::Schedule(id) => write!(out, "schedule.{id}"),
            Self::Timer(id) => write!(out, "timer.{id}"),
            Self::Area(id) => write!(out, "area.{id}"),
        }
    }
}

/// A question that has to be answered before anything is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Several things fit; which?
    Which {
        /// What would be done.
        intent: IntentKind,
        /// What fits.
        candidates: Vec<Candidate>,
    },
    /// A value is missing.
    Value {
        /// For what.
        intent: IntentKind,
    },
    /// The time is missing, or what was said is no time to come.
    When {
        /// For what.
        intent: IntentKind,
        /// What was said.
        heard: String,
        /// What is wrong with it.
        doubt: TimeDoubt,
    },
    /// Nothing has that name, but something is close to it.
    DidYouMean {
        /// What was said.
        heard: String,
        /// What is close.
        candidates: Vec<Candidate>,
    },
    /// It touches something that wants a yes first.
    Confirm {
        /// The entities that want it.
        names: Vec<String>,
        /// What would be done.
        steps: Vec<Step>,
    },
    /// It touches something that wants the PIN first.
    Pin {
        /// The entities that want it.
        names: Vec<String>,
        /// What would be done.
        steps: Vec<Step>,
    },
}

/// Why a request can't be carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum Miss {
    /// Nothing here has that name.
    NoSuchName(String),
    /// No area or floor has that name.
    NoSuchPlace(String),
    /// There is nothing of that kind there.
    NothingOfKind {
        /// The kind.
        kind: String,
        /// The place, if one was meant.
        place: Option<String>,
    },
    /// The entity can't do that.
    Unable {
        /// Its name.
        name: String,
        /// What was asked.
        intent: IntentKind,
    },
    /// A value is outside what the device takes.
    OutOfRange {
        /// What was asked for.
        asked: f64,
        /// The least it takes.
        least: f64,
        /// The most it takes.
        most: f64,
    },
    /// The time depends on what the hub does not know.
    Time(TimeDoubt),
    /// Nothing that is scheduled fits.
    NoSchedule,
    /// Nothing rings that could be put off.
    NothingRings,
    /// The condition of a routine can't be watched for.
    NoCondition,
    /// There is no opposite that could end it.
    NoWayBack {
        /// The entity's name.
        name: String,
    },
    /// Hearth has no way to do this.
    NotSupported(IntentKind),
}

/// How a question about states is meant; its labels are those of [`Slot::Ask`](crate::Slot::Ask).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionForm {
    /// Whether the one thing is so.
    One,
    /// Whether any of them is so.
    Any,
    /// Whether all of them are so.
    All,
    /// Which of them are so.
    Which,
    /// How many of them are so.
    Count,
    /// How they are.
    Value,
    /// Since when they are as they are.
    Since,
}

impl QuestionForm {
    /// The form of that label.
    pub fn parse(label: &str) -> Option<Self> {
        Some(match label {
            "one" => Self::One,
            "any" => Self::Any,
            "all" => Self::All,
            "which" => Self::Which,
            "count" => Self::Count,
            "value" => Self::Value,
            "since" => Self::Since,
            _ => return None,
        })
    }
}

/// What is answered to a question about the house.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// States of entities.
    States {
        /// How the question was meant.
        ask: QuestionForm,
        /// The state asked about.
        state: Option<&'static str>,
        /// The entities it is about.
        entities: Vec<EntityId>,
        /// Those that are in the state asked about.
        matching: Vec<EntityId>,
        /// Those whose state is not known well enough to say.
        unknown: Vec<EntityId>,
    },
    /// What of these was asked, by the label of [`crate::Slot::Attribute`].
    Attribute {
        /// What of them.
        attribute: &'static str,
        /// The entities it is about.
        entities: Vec<EntityId>,
    },
    /// A temperature.
    Temperature {
        /// Who measured it.
        entity: EntityId,
        /// The value.
        value: f64,
        /// Its unit, if it is not the one that goes without saying.
        degrees: Option<Degrees>,
    },
    /// The weather.
    Weather(EntityId),
    /// The time of day.
    Time,
    /// The date.
    Date,
    /// What is on a list.
    List(EntityId),
    /// Timers that fit.
    Timers(Vec<String>),
    /// Why these are as they are.
    Causes(Vec<EntityId>),
    /// What is scheduled, of these.
    Schedules(Vec<String>),
    /// What the hub can do.
    Help,
    /// A friendly word.
    Greeting,
    /// Fine, nothing is done.
    Nevermind,
    /// It was said what not to do, and nothing is done.
    LeftAlone,
    /// It was to be done if something is so, and it is not; the words of that.
    Unmet(String),
}
