//! The carrier of a simulation: straight to virtual devices in this process.

use device_adapters::Message;
use tokio::sync::mpsc;

use crate::hub::transport::{Command, CommandBody, Inquiry, Receipt, SendError, Transport};

/// A connection to virtual devices in this process.
#[derive(Clone, Debug)]
pub struct InProcess(mpsc::Sender<Message>);

impl InProcess {
    /// A connection to whoever takes the messages out of this channel.
    pub fn to(devices: mpsc::Sender<Message>) -> Self {
        Self(devices)
    }
}

impl Transport for InProcess {
    fn send(&self, command: &Command) -> Result<Receipt, SendError> {
        let CommandBody::Messages(messages) = command.body() else { return Err(SendError::Unfit) };
        for message in messages {
            let sent = self.0.try_send(message.clone());
            sent.map_err(|error| SendError::NotSent(format!("hand a command to the virtual devices: {error}")))?;
        }
        Ok(Receipt::Gone)
    }

    // A virtual device tells everything by itself.
    fn subscribe(&self, _: Vec<String>) {}

    fn unsubscribe(&self, _: String) {}

    fn inquire(&self, _: &Inquiry) {}
}
