//! How commands leave the hub: the port that the broker, Home Assistant's websocket and the simulation fill.
//!
//! A [`Command`] is made in this folder alone, and only of a step that was approved; a carrier can read it and send it
//! on, and no one else has one to send.

use std::fmt::Debug;
use std::sync::Arc;

use device_adapters::{Call, Failure, Message};
use mind::judge::ApprovedStep;
use tokio::sync::oneshot;

/// A live connection to whatever carries commands to devices.
pub trait Transport: Debug + Send + Sync {
    /// Sends a command once, or fails. Never waits; what is not sent now is never sent.
    ///
    /// # Errors
    /// If the connection is gone or full, or does not carry commands of this kind.
    fn send(&self, command: &Command) -> Result<Receipt, SendError>;

    /// Asks for what is published on these topics. Never waits.
    fn subscribe(&self, topics: Vec<String>);

    /// No longer asks for what is published on this topic. Never waits.
    fn unsubscribe(&self, topic: String);

    /// Asks a device how it stands. It changes nothing about the device, and no harm is done if it is lost.
    fn inquire(&self, inquiry: &Inquiry);
}

/// One approved step in the words of its device.
#[derive(Debug)]
pub struct Command {
    body: CommandBody,
}

/// What a command consists of.
#[derive(Debug)]
pub enum CommandBody {
    /// Messages to the broker, in order; never retained.
    Messages(Vec<Message>),
    /// A service call to Home Assistant.
    Call(Call),
}

impl Command {
    /// The command for a step that was approved.
    pub(super) fn of(_: &ApprovedStep, body: CommandBody) -> Self {
        Self { body }
    }

    /// What is to be sent.
    pub fn body(&self) -> &CommandBody {
        &self.body
    }
}

/// A question to a device how it stands.
#[derive(Debug)]
pub struct Inquiry {
    message: Message,
}

impl Inquiry {
    pub(super) fn of(message: Message) -> Self {
        Self { message }
    }

    /// The message that asks.
    pub fn message(&self) -> &Message {
        &self.message
    }
}

/// What a carrier says of a command that it took.
#[derive(Debug)]
pub enum Receipt {
    /// It is on its way; the device's report is the answer.
    Gone,
    /// Whoever it went to answers by itself; the channel closes if the connection ends before.
    Answered(Answered),
}

/// What becomes of a service call.
pub type Answered = oneshot::Receiver<Result<serde_json::Value, Failure>>;

/// Why a carrier did not take a command.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The connection is gone, or too much waits for it.
    #[error("{0}")]
    NotSent(String),
    /// It is a carrier of another kind of command.
    #[error("this connection does not carry such a command")]
    Unfit,
}

/// What has to be sent for a step.
#[derive(Debug)]
pub struct Outgoing {
    /// Where it goes; nowhere if the hub has done it.
    pub(crate) route: Route,
    /// Whether the entity reports its state.
    pub(crate) reports: bool,
}

/// Where a step goes.
#[derive(Debug)]
pub(crate) enum Route {
    /// Nowhere: the hub has done it.
    Done,
    /// By this carrier.
    By(Arc<dyn Transport>, Command),
}

/// Why there is nothing to send for a step.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsendable {
    /// The connection that it would go by is gone.
    #[error("there is no connection to it")]
    Offline,
    /// It can't be asked for that.
    #[error("{0}")]
    Unable(String),
}
