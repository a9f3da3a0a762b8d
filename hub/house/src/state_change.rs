//! A change of one entity as it happened: what was before, what came, why, by whom and amid what.

use std::sync::Arc;

use crate::{Cause, Daylight, Entity, EntityId, HouseMode, Speaker};

/// A change of one entity. Entities that come or go have no state before or after.
#[derive(Clone, Debug, PartialEq)]
pub struct StateChange {
    /// Which entity.
    pub entity: EntityId,
    /// The entity before; none if it is new.
    pub before: Option<Arc<Entity>>,
    /// The entity after; none if it is gone.
    pub after: Option<Arc<Entity>>,
    /// Why it changed.
    pub cause: Cause,
    /// Who asked for it, if someone did.
    pub speaker: Option<Speaker>,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What else was so in the house then.
    pub context: Arc<ChangeContext>,
}

/// What was so in the house when something changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeContext {
    /// Day or dark; none where the place of the house or the time is not known.
    pub daylight: Option<Daylight>,
    /// What the household was about.
    pub mode: HouseMode,
    /// The weather's word, as Home Assistant spells it.
    pub weather: Option<String>,
    /// The temperature outside in the unit of the weather entity.
    pub outdoor_temperature: Option<f64>,
    /// How many of the known people were at home; none if no entity tells.
    pub people_home: Option<usize>,
}

impl StateChange {
    /// Whether the state's value is another one than before.
    pub fn is_of_value(&self) -> bool {
        let value = |entity: &Option<Arc<Entity>>| entity.as_ref().and_then(|entity| entity.state.value.clone());
        value(&self.before) != value(&self.after)
    }
}
