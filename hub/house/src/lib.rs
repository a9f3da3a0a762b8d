//! The nouns of a home: floors, areas, entities, states, intents, actions, plans, turns.
//!
//! Never does any IO, knows nothing of JSON, MQTT, the model or the calendar.
//!
//! ```
//! use house::{Area, AreaId, Availability, Domain, Entity, EntityId, House, State};
//!
//! let den = AreaId::new("den");
//! let lamp = EntityId::new("light.lamp");
//! let mut house = House::default();
//! house.areas.insert(den.clone(), Area { id: den.clone(), name: "Den".to_owned(), aliases: vec![], floor: None });
//! house.entities.insert(
//!     lamp.clone(),
//!     Entity {
//!         id: lamp.clone(),
//!         name: "Lamp".to_owned(),
//!         aliases: vec!["reading light".to_owned()],
//!         domain: Domain::Light,
//!         device_class: None,
//!         area: Some(den.clone()),
//!         state: State { value: Some("off".to_owned()), ..State::default() },
//!         availability: Availability::Online,
//!     },
//! );
//!
//! let in_den: Vec<&str> = house.in_area(&den).map(|entity| entity.name.as_str()).collect();
//! assert_eq!(in_den, ["Lamp"]);
//! assert_eq!(house.of_domain(Domain::Lock).count(), 0);
//! ```

mod action;
mod action_plan;
mod condition;
mod degrees;
mod domain;
mod edit;
mod entities;
mod entity;
mod evidence;
mod habit;
mod hint;
mod home;
mod hub_entities;
mod id;
mod intent;
mod lang;
mod notice;
mod plan;
mod reach;
mod rejection;
mod rules;
mod schedule;
mod service;
mod state_change;
mod timer;
mod turn;
mod value;

pub use action::{Action, ArmMode, Color, HvacMode};
pub use action_plan::{ActionPlan, LastAction, Undo};
pub use condition::Condition;
pub use degrees::Degrees;
pub use domain::Domain;
pub use edit::{AreaEdit, Edit, Edits, EntityEdit};
pub use entities::Entities;
pub use entity::{Availability, Cause, Entity, Quality, State};
pub use evidence::Evidence;
pub use habit::{Habit, HabitKind, LearningRequest, Suggestion, SuggestionAnswer, When};
pub use hint::{Hint, HintReason};
pub use home::{Area, Floor, House, MovingTimer};
pub use hub_entities::{HouseMode, HubEntities, HubList, HubScene, NewHubEntity};
pub use id::{AreaId, EntityId, FloorId, PersonId, TurnId};
pub use intent::{Intent, IntentKind, Slot, SlotKind, SlotValue};
pub use lang::Lang;
pub use notice::{Notice, NoticeKind, Ring};
pub use plan::{Answer, Candidate, CandidateId, Miss, Plan, Question, QuestionForm, Resolved, Step};
pub use reach::{Reach, reach};
pub use rejection::{BadTemplate, Rejection, TemplatePart, Wanted};
pub use rules::{Consent, Effect, HouseRules, Limits, Role, Rules, Tier};
pub use schedule::{
    DayTime, Daylight, Days, Draft, Errand, Schedule, ScheduleChange, Sun, TimeDoubt, Timing, Trigger, Wall,
};
pub use service::ServiceError;
pub use state_change::{ChangeContext, StateChange};
pub use timer::{Timer, TimerChange, TimerDue, TimerStart};
pub use turn::{Hearing, Outcome, OutcomeKind, Speaker, TurnOutcome, Utterance, WayIn};
pub use value::{Attributes, Value};
