//! The hub as everyone else has it: looks at it, follows it, hands in events and asks for changes.
//!
//! Only [`crate::dispatch`] can ask how to send a step, and only with one that was approved.

use std::sync::Arc;

use house::{AreaId, Cause, Edit, EntityId, NewHubEntity, Notice, Ring, Schedule, Speaker, StateChange, TimerChange};
use mind::judge::ApprovedStep;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::event::{Event, Input};
use super::schedules;
use super::snapshot::Snapshot;
use super::transport::{Outgoing, Unsendable};

/// A handle to the hub. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(super) inputs: mpsc::Sender<Input>,
    /// What a person waits for: taken before the reports that are waiting.
    pub(super) asks: mpsc::Sender<Input>,
    pub(super) snapshot: watch::Receiver<Arc<Snapshot>>,
    pub(super) changes: broadcast::Sender<Arc<Vec<StateChange>>>,
    pub(super) rings: broadcast::Sender<Ring>,
}

impl Handle {
    /// The house as it is now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// Follows the house from now on.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.clone()
    }

    /// What changes, as it changes; a listener that falls behind is told how many batches it lost.
    pub fn changes(&self) -> broadcast::Receiver<Arc<Vec<StateChange>>> {
        self.changes.subscribe()
    }

    /// What rings, as it rings.
    pub fn rings(&self) -> broadcast::Receiver<Ring> {
        self.rings.subscribe()
    }

    /// The area of that name, in the house as it is now.
    pub fn area(&self, name: &str) -> Option<AreaId> {
        mind::names::areas::area_named(name, &self.snapshot().house).map(|area| area.id.clone())
    }

    /// Hands in what a carrier brings; waits while the hub has too much.
    ///
    /// # Errors
    /// If the hub has ended.
    pub async fn send(&self, event: Event) -> anyhow::Result<()> {
        self.input(Input::Event(event)).await
    }

    /// What to send for a step.
    pub(crate) async fn outgoing(
        &self,
        step: &ApprovedStep,
        cause: Cause,
        speaker: Option<&Speaker>,
    ) -> Result<Outgoing, Unsendable> {
        let (reply, answer) = oneshot::channel();
        let ask = Input::Send { step: step.clone(), cause, speaker: speaker.cloned(), reply };
        self.asks.send(ask).await.map_err(|error| Unsendable::Unable(error.to_string()))?;
        answer.await.map_err(|error| Unsendable::Unable(error.to_string()))?
    }

    /// Changes timers for good; a new one is of whoever asked.
    ///
    /// # Errors
    /// If there are too many, or the change can't be kept; then nothing has changed.
    pub async fn change_timers(&self, change: TimerChange, speaker: Option<&Speaker>) -> anyhow::Result<()> {
        self.ask(|reply| Input::Timer { change, speaker: speaker.cloned(), reply }).await
    }

    /// Changes what is scheduled for good; gives what is new.
    ///
    /// # Errors
    /// If a time never comes, there are too many, or the change can't be kept; then nothing has changed.
    pub async fn schedule(&self, change: schedules::Change) -> anyhow::Result<Vec<Schedule>> {
        self.ask(|reply| Input::Schedule { change, reply }).await
    }

    /// Makes a scene or a list of the hub's own; gives its id.
    ///
    /// # Errors
    /// If the name is taken, there are too many, or it can't be kept.
    pub async fn create(&self, new: NewHubEntity) -> anyhow::Result<EntityId> {
        self.ask(|reply| Input::Create { new, reply }).await
    }

    /// Changes names or places for good.
    ///
    /// # Errors
    /// If there is no such thing, the name is no name, or the change can't be kept.
    pub async fn edit(&self, edit: Edit) -> anyhow::Result<()> {
        self.ask(|reply| Input::Edit { edit, reply }).await
    }

    /// Tells everyone in the house.
    ///
    /// # Errors
    /// If the hub has ended.
    pub async fn notify(&self, notice: Notice) -> anyhow::Result<()> {
        self.input(Input::Notify(notice)).await
    }

    /// Waits until everything that was handed in before is in the snapshot.
    ///
    /// # Errors
    /// If the hub has ended.
    pub async fn flush(&self) -> anyhow::Result<()> {
        self.ask(Input::Flush).await
    }

    async fn ask<T>(&self, input: impl FnOnce(oneshot::Sender<anyhow::Result<T>>) -> Input) -> anyhow::Result<T> {
        let (reply, answer) = oneshot::channel();
        self.input(input(reply)).await?;
        answer.await?
    }

    async fn input(&self, input: Input) -> anyhow::Result<()> {
        self.inputs.send(input).await.map_err(|_| anyhow::anyhow!("the hub has ended"))
    }
}
