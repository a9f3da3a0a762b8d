//! The running house: the hub task that owns it, turns from words to deeds, what falls due, and the models.
//!
//! Knows no broker, no web page and no command line: they come in through [`hub::transport::Transport`], hand in
//! [`hub::event::Event`]s and utterances, and read snapshots.
//!
//! Nothing reaches a device but by [`dispatch::send`], which takes what [`mind::judge`] alone makes:
//!
//! ```compile_fail,E0308
//! use house::{Action, Cause, EntityId, Plan, Step};
//! use runtime::dispatch::{self, TimeoutScale};
//! use runtime::hub::handle::Handle;
//!
//! async fn unlock(hub: &Handle) {
//!     let entity = EntityId::new("lock.front_door");
//!     let plan = Plan { steps: vec![Step { intent: 0, entity, action: Action::Unlock, reason: String::new() }] };
//!     dispatch::send(hub, &plan, Cause::Api, None, TimeoutScale::REAL).await;
//! }
//! ```
//!
//! Whoever holds a carrier has nothing to give it, because a command is made by the hub alone:
//!
//! ```compile_fail,E0451
//! use runtime::hub::transport::{Command, CommandBody, Transport};
//!
//! fn unlock(carrier: &dyn Transport) {
//!     let command = Command { body: CommandBody::Messages(Vec::new()) };
//!     let _ = carrier.send(&command);
//! }
//! ```
//!
//! The same with a verdict compiles:
//!
//! ```
//! use house::{Cause, Consent, Plan, Rules};
//! use mind::judge::{Verdict, judge};
//! use runtime::dispatch::{self, TimeoutScale};
//! use runtime::hub::handle::Handle;
//!
//! async fn act(hub: &Handle, plan: Plan) {
//!     if let Verdict::Allow(approved) = judge(plan, &hub.snapshot().house, &Rules::default(), Consent::None) {
//!         dispatch::send(hub, &approved, Cause::Api, None, TimeoutScale::REAL).await;
//!     }
//! }
//! ```

pub mod automation;
pub mod backoff;
pub mod clock;
pub mod dispatch;
pub mod engine;
pub mod faults;
pub mod forget;
pub mod household;
pub mod hub;
pub mod late_confirmations;
pub mod learning;
pub mod model;
pub mod notices;
pub mod schedule;
pub mod simulation;
pub mod turn;
pub mod wire;
