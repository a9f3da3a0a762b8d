//! The decisions: words to intents, intents to a plan, a plan to a verdict, outcomes to a reply.
//!
//! Pure functions. Never does any IO, never asks the time: `now` is an argument.
//!
//! One request on its way, without the model, which only requests need that are not as plain:
//!
//! ```
//! use house::{Action, Availability, Consent, Domain, Entity, EntityId, House, Lang, Plan, Resolved, Rules, State};
//! use mind::judge::{Verdict, judge};
//! use mind::resolve::{Context, resolve};
//! use mind::understand::reflex::plain;
//! use mind::when::TimeContext;
//!
//! let mut house = House::default();
//! let lamp = EntityId::new("light.lamp");
//! house.entities.insert(
//!     lamp.clone(),
//!     Entity {
//!         id: lamp,
//!         name: "Lamp".to_owned(),
//!         aliases: vec![],
//!         domain: Domain::Light,
//!         device_class: None,
//!         area: None,
//!         state: State::default(),
//!         availability: Availability::Online,
//!     },
//! );
//!
//! let said = "turn on the lamp";
//! let intents = plain(said, &house).ok_or("it is not that plain")?;
//! let around = TimeContext { now_ms: 1_772_431_200_000, zone: jiff::tz::TimeZone::UTC, location: None };
//! let context = Context {
//!     house: &house,
//!     place: None,
//!     last: &[],
//!     last_intents: &[],
//!     is_plural: false,
//!     said,
//!     around: &around,
//!     lang: Lang::En,
//! };
//! let resolution = resolve(&intents, &context).pop().ok_or("nothing was asked")?;
//! let Resolved::Act(steps) = resolution.resolved else { return Err("nothing is to be done".into()) };
//! assert_eq!(steps[0].action, Action::TurnOn);
//!
//! let verdict = judge(Plan { steps }, &house, &Rules::default(), Consent::None);
//! assert!(matches!(verdict, Verdict::Allow(_)), "a lamp asks nobody");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod attributes;
pub mod condition;
pub mod conversation;
pub mod decide;
mod degrees;
pub mod hearing;
pub mod judge;
pub mod language;
pub mod learn;
pub mod lexicon;
pub mod names;
pub mod numbers;
pub mod reply;
pub mod resolve;
mod texts;
pub mod trigger;
pub mod understand;
pub mod undo;
pub mod when;
pub mod words;
