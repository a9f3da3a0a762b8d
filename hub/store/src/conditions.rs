//! What else must be so for something scheduled or learned, as it is kept.

use house::{Condition, Days, EntityId};
use serde::{Deserialize, Serialize};

/// One condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConditionRecord {
    Dark,
    Light,
    /// Entity, attribute, bound.
    Above(String, String, f64),
    /// Entity, attribute, bound.
    Below(String, String, f64),
    /// Entity, state.
    State(String, String),
    /// From and to, in minutes of the day.
    Clock(u32, u32),
    /// Bits of the days, Monday the lowest.
    Days(u8),
    Any(Vec<Self>),
    Not(Box<Self>),
}

impl ConditionRecord {
    pub(crate) fn of(condition: &Condition) -> Self {
        match condition {
            Condition::Dark => Self::Dark,
            Condition::Light => Self::Light,
            Condition::Above(id, attribute, bound) => Self::Above(id.to_string(), attribute.clone(), *bound),
            Condition::Below(id, attribute, bound) => Self::Below(id.to_string(), attribute.clone(), *bound),
            Condition::State(id, state) => Self::State(id.to_string(), state.clone()),
            Condition::Clock(from, to) => Self::Clock(*from, *to),
            Condition::Days(days) => Self::Days(days.bits()),
            Condition::Any(any) => Self::Any(any.iter().map(Self::of).collect()),
            Condition::Not(one) => Self::Not(Box::new(Self::of(one))),
        }
    }

    pub(crate) fn into_condition(self) -> Condition {
        match self {
            Self::Dark => Condition::Dark,
            Self::Light => Condition::Light,
            Self::Above(id, attribute, bound) => Condition::Above(EntityId::new(id), attribute, bound),
            Self::Below(id, attribute, bound) => Condition::Below(EntityId::new(id), attribute, bound),
            Self::State(id, state) => Condition::State(EntityId::new(id), state),
            Self::Clock(from, to) => Condition::Clock(from, to),
            Self::Days(days) => Condition::Days(Days::new(days)),
            Self::Any(any) => Condition::Any(any.into_iter().map(Self::into_condition).collect()),
            Self::Not(one) => Condition::Not(Box::new(one.into_condition())),
        }
    }
}
