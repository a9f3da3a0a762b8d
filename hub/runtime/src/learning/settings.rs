//! What is learned at all: a switch for all of it, for each kind, each thing and each person.

use std::collections::BTreeSet;

use house::{EntityId, Evidence, Habit, Hint, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is learned at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LearningSettings {
    /// Whether anything is remembered and learned.
    pub is_on: bool,
    /// Kinds of habits that are not learned: `time`, `sequence`, `condition`, `preference`; `hint` if nobody
    /// wants to be told of what is otherwise than usual.
    pub without_kinds: BTreeSet<String>,
    /// Ids of entities of which nothing is remembered.
    pub without_entities: BTreeSet<String>,
    /// Ids of people of whom nothing is remembered.
    pub without_people: BTreeSet<String>,
}

impl Default for LearningSettings {
    fn default() -> Self {
        Self {
            is_on: true,
            without_kinds: BTreeSet::new(),
            without_entities: BTreeSet::new(),
            without_people: BTreeSet::new(),
        }
    }
}

impl LearningSettings {
    /// Whether a change is remembered, and learned from.
    pub fn takes(&self, evidence: &Evidence) -> bool {
        self.is_on
            && self.takes_entity(&evidence.entity)
            && evidence.person.as_ref().is_none_or(|person| self.takes_person(person))
    }

    /// Whether a habit of that kind and thing is learned.
    pub fn takes_habit(&self, habit: &Habit) -> bool {
        self.is_on && self.takes_entity(&habit.entity) && !self.without_kinds.contains(habit.kind.as_str())
    }

    /// Whether a hint is told.
    pub fn takes_hint(&self, hint: &Hint) -> bool {
        self.is_on && self.takes_entity(&hint.entity) && !self.without_kinds.contains("hint")
    }

    fn takes_entity(&self, id: &EntityId) -> bool {
        !self.without_entities.contains(id.as_str())
    }

    fn takes_person(&self, id: &PersonId) -> bool {
        !self.without_people.contains(id.as_str())
    }
}

/// Under which name the store keeps it.
pub(super) const KEY: &str = "learning";
