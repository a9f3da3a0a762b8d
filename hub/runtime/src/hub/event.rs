//! What comes to the hub from outside, and what is asked of it from inside. Nothing else changes the house.

use std::sync::Arc;

use house::{Cause, Edit, EntityId, NewHubEntity, Notice, Rejection, Schedule, Speaker, TimerChange};
use mind::judge::ApprovedStep;
use tokio::sync::oneshot;

use super::home_assistant::HomeAssistantEvent;
use super::schedules;
use super::transport::{Outgoing, Transport, Unsendable};

/// What a carrier hands in.
#[derive(Debug)]
pub enum Event {
    /// A message came in.
    Message {
        /// Its topic.
        topic: String,
        /// Its payload.
        payload: Vec<u8>,
        /// Whether the broker had kept it.
        retained: bool,
    },
    /// The broker refused an announcement.
    Refused {
        /// Its topic.
        topic: String,
        /// Why.
        reason: Rejection,
    },
    /// The broker denied a subscription to this.
    Denied(String),
    /// The hub's own broker had no place for a client.
    TurnedAway,
    /// The broker is there.
    Connected(Arc<dyn Transport>),
    /// The broker is gone.
    Disconnected(String),
    /// Home Assistant says something, or is gone.
    HomeAssistant(HomeAssistantEvent),
}

/// Everything that can happen to the house.
#[derive(Debug)]
pub(super) enum Input {
    /// From outside.
    Event(Event),
    /// An approved step is about to be sent: ask how, and note why the entity will change.
    Send {
        /// What shall be done.
        step: ApprovedStep,
        /// Why.
        cause: Cause,
        /// Who asked for it.
        speaker: Option<Speaker>,
        /// What to send where, or why there is nothing to send.
        reply: oneshot::Sender<Result<Outgoing, Unsendable>>,
    },
    /// Someone changes timers; answered once the change is kept for good.
    Timer {
        /// What changes.
        change: TimerChange,
        /// Who asked for it.
        speaker: Option<Speaker>,
        /// Whether it is kept.
        reply: oneshot::Sender<anyhow::Result<()>>,
    },
    /// Someone changes what is scheduled; answered with what is new, once the change is kept for good.
    Schedule {
        /// What changes.
        change: schedules::Change,
        /// What is new.
        reply: oneshot::Sender<anyhow::Result<Vec<Schedule>>>,
    },
    /// A scene or a list of the hub's own is made; answered with its id once it is kept for good.
    Create {
        /// What is new.
        new: NewHubEntity,
        /// Its id.
        reply: oneshot::Sender<anyhow::Result<EntityId>>,
    },
    /// Something is to be told to whoever listens.
    Notify(Notice),
    /// Someone names, aliases or places something; answered once it is kept for good.
    Edit {
        /// What changes.
        edit: Edit,
        /// Whether it is kept.
        reply: oneshot::Sender<anyhow::Result<()>>,
    },
    /// Answered once everything that was handed in before is in the snapshot.
    Flush(oneshot::Sender<anyhow::Result<()>>),
}
