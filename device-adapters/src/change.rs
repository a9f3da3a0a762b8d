//! What reading gives and what writing takes back: changes of the house, messages, refusals.

use house::{Attributes, Availability, Entity, EntityId, Rejection};

/// One thing that a message changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Subscribe to this topic.
    Subscribe(String),
    /// This topic is no longer of interest.
    Unsubscribe(String),
    /// An entity was announced, or was announced again with something changed about it.
    ///
    /// For an id that is known already, the name, kind and capabilities are to be taken over and the state kept.
    Appeared {
        /// The entity; its state has no value, its attributes say what it can do. Its area is empty.
        entity: Entity,
        /// Where it belongs.
        belongs: Belongs,
        /// Whether it reports nothing, so that what it was last told has to be taken for its state.
        optimistic: bool,
    },
    /// An entity was taken back.
    Gone(EntityId),
    /// An entity reported something.
    State {
        /// Which.
        entity: EntityId,
        /// Its state, if the message says it; `unknown` if the device says that it does not know.
        value: Option<String>,
        /// To be merged into its attributes; `Null` means that one is no longer known.
        attributes: Attributes,
        /// Whether the broker had kept the message from before.
        retained: bool,
    },
    /// An entity has not reported for longer than its state is good for; it is not to be believed until it reports
    /// again.
    Expired(EntityId),
    /// An entity can be reached, or no longer.
    Available {
        /// Which.
        entity: EntityId,
        /// How it stands.
        availability: Availability,
    },
    /// Ask the device how it stands: publish this once. It changes nothing about the device.
    Ask(Message),
    /// A message could not be used.
    Rejected {
        /// Where it came in.
        topic: String,
        /// Why.
        reason: Rejection,
    },
}

/// Where an entity belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// In the area of that name, unless it has a place already.
    Suggested(Option<String>),
    /// In the area with that id in Home Assistant, or in none.
    Placed(Option<String>),
}

/// A message to publish; never retained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// Quality of service, 0–2.
    pub qos: u8,
}

/// Whom to believe about a device that is announced natively and by Home Assistant's discovery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// Its own dialect.
    #[default]
    Native,
    /// Home Assistant's discovery.
    Discovery,
}

/// Why an action could not be turned into messages.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WriteError {
    /// Nothing with that id was announced.
    #[error("no device announced this entity: `{0}`")]
    UnknownEntity(EntityId),
    /// The entity can't do that.
    #[error("`{entity}` cannot do this: {what}")]
    Unsupported {
        /// Which entity.
        entity: EntityId,
        /// What it lacks.
        what: String,
    },
    /// The value is outside what the device takes.
    #[error("`{entity}` takes {least} to {most}: `{asked}`")]
    OutOfRange {
        /// Which entity.
        entity: EntityId,
        /// What was asked for.
        asked: f64,
        /// The least it takes.
        least: f64,
        /// The most it takes.
        most: f64,
    },
}
