//! The nouns of a home: floors, areas, entities, states, intents, actions, plans, turns.
//!
//! Never does any IO, knows nothing of JSON, MQTT, the model or the calendar.
#![warn(clippy::wildcard_enum_match_arm)]

mod action;
mod domain;
mod entity;
mod home;
mod id;
mod intent;
mod lang;
mod plan;
mod reach;
mod rules;
mod schedule;
mod timer;
mod turn;
mod value;

pub use action::{Action, ArmMode, Color, HvacMode};
pub use domain::Domain;
pub use entity::{Availability, Cause, Entity, Quality, State};
pub use home::{Area, Floor, House, MovingTimer};
pub use id::{AreaId, EntityId, FloorId, PersonId, TurnId};
pub use intent::{Intent, IntentKind, Slot, SlotKind, SlotValue};
pub use lang::Lang;
pub use plan::{Answer, Candidate, Miss, Plan, Question, Resolved, Step};
pub use reach::{Reach, reach};
pub use rules::{Consent, Effect, HouseRules, Limits, Role, Rules, Tier};
pub use schedule::{
    DayTime, Days, Draft, Errand, Light, Schedule, ScheduleChange, Sun, TimeDoubt, Timing, Trigger, Wall,
};
pub use timer::{TimerChange, TimerStart};
pub use turn::{Outcome, OutcomeKind, Speaker, TurnOutcome, Utterance, WayIn};
pub use value::{Attributes, Value};
