//! What a person asked for, before it is known which entities are meant.

mod kind;
mod named;
mod slot;

use crate::EntityId;

pub use kind::IntentKind;
pub use slot::{Slot, SlotKind};

/// A slot's value.
#[derive(Clone, Debug, PartialEq)]
pub enum SlotValue {
    /// One of the slot's labels.
    Label(&'static str),
    /// Words of the utterance as they were said.
    Text(String),
    /// A number.
    Number(f64),
    /// A length of time, as it was said.
    Length {
        /// Hours.
        hours: u64,
        /// Minutes.
        minutes: u64,
        /// Seconds.
        seconds: u64,
    },
    /// Exactly this entity, whatever else has its name; as a [`Slot::Name`].
    Entity(EntityId),
    /// Exactly what is scheduled under this id; as a [`Slot::Name`].
    Schedule(String),
    /// Exactly the timer of this id; as a [`Slot::Name`].
    Timer(String),
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// What is asked.
    pub kind: IntentKind,
    /// With what; a slot may stand several times ("the kitchen and the hall").
    pub slots: Vec<(Slot, SlotValue)>,
}

impl Intent {
    /// An intent without slots.
    pub fn new(kind: IntentKind) -> Self {
        Self { kind, slots: Vec::new() }
    }

    /// The same with one more slot.
    #[must_use]
    pub fn with(mut self, slot: Slot, value: SlotValue) -> Self {
        self.slots.push((slot, value));
        self
    }

    /// Every value of a slot, in spoken order.
    pub fn all(&self, slot: Slot) -> impl Iterator<Item = &SlotValue> {
        self.slots.iter().filter(move |(name, _)| *name == slot).map(|(_, value)| value)
    }

    /// The texts of a slot.
    pub fn texts(&self, slot: Slot) -> impl Iterator<Item = &str> {
        self.all(slot).filter_map(|value| match value {
            SlotValue::Text(text) => Some(text.as_str()),
            SlotValue::Label(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_)
            | SlotValue::Timer(_) => None,
        })
    }

    /// The first text of a slot.
    pub fn text(&self, slot: Slot) -> Option<&str> {
        self.texts(slot).next()
    }

    /// The label of a slot.
    pub fn label(&self, slot: Slot) -> Option<&'static str> {
        self.all(slot).find_map(|value| match value {
            SlotValue::Label(label) => Some(*label),
            SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_)
            | SlotValue::Timer(_) => None,
        })
    }

    /// The number of a slot.
    pub fn number(&self, slot: Slot) -> Option<f64> {
        self.all(slot).find_map(|value| match value {
            SlotValue::Number(number) => Some(*number),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_)
            | SlotValue::Timer(_) => None,
        })
    }

    /// The seconds of a slot.
    pub fn seconds(&self, slot: Slot) -> Option<u64> {
        self.all(slot).find_map(|value| match value {
            SlotValue::Length { hours, minutes, seconds } => Some(hours * 3600 + minutes * 60 + seconds),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_)
            | SlotValue::Timer(_) => None,
        })
    }

    /// The entities that are meant by their ids, in the order in which they were given.
    pub fn entities(&self) -> impl Iterator<Item = &EntityId> {
        self.all(Slot::Name).filter_map(|value| match value {
            SlotValue::Entity(id) => Some(id),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Schedule(_)
            | SlotValue::Timer(_) => None,
        })
    }

    /// The ids of what is scheduled and meant by its id.
    pub fn schedules(&self) -> impl Iterator<Item = &str> {
        self.all(Slot::Name).filter_map(|value| match value {
            SlotValue::Schedule(id) => Some(id.as_str()),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Timer(_) => None,
        })
    }

    /// The ids of timers that are meant by their ids.
    pub fn timers(&self) -> impl Iterator<Item = &str> {
        self.all(Slot::Name).filter_map(|value| match value {
            SlotValue::Timer(id) => Some(id.as_str()),
            SlotValue::Label(_)
            | SlotValue::Text(_)
            | SlotValue::Number(_)
            | SlotValue::Length { .. }
            | SlotValue::Entity(_)
            | SlotValue::Schedule(_) => None,
        })
    }

    /// Whether it is asked for at another time than now, or for a while only.
    pub fn is_timed(&self) -> bool {
        [Slot::When, Slot::For, Slot::Until].into_iter().any(|slot| self.has(slot))
    }

    /// Whether a slot is there.
    pub fn has(&self, slot: Slot) -> bool {
        self.slots.iter().any(|(name, _)| *name == slot)
    }
}
