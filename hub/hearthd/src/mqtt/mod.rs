//! The hub at a broker: its connection, its own topics, and what is asked there.

pub(crate) mod client;
pub(crate) mod notices;
pub(crate) mod publisher;
pub(crate) mod requests;
pub(crate) mod settings;
mod subscriptions;
pub(crate) mod topics;
