//! What the owner changed about names and places. Says what was changed; whoever applies it knows how.

use std::collections::{BTreeMap, BTreeSet};

use crate::{AreaId, EntityId, FloorId};

/// A change by the owner to what the devices say of themselves.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Another name.
    Name(EntityId, String),
    /// Other aliases.
    Aliases(EntityId, Vec<String>),
    /// Another area, by name; created if it is new. Empty: none.
    Place(EntityId, String),
    /// Another name, other aliases or another floor (by name) for an area.
    Area(AreaId, Option<String>, Option<Vec<String>>, Option<String>),
    /// No such area any more, whoever names it: what stands there stands nowhere, until the owner names it again.
    RemoveArea(AreaId),
    /// No such floor any more; its areas stay.
    RemoveFloor(FloorId),
}

/// All edits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// By entity.
    pub entities: BTreeMap<EntityId, EntityEdit>,
    /// By area.
    pub areas: BTreeMap<AreaId, AreaEdit>,
    /// Floors that are gone.
    pub gone_floors: BTreeSet<FloorId>,
}

impl Edits {
    /// Whether the owner took the area away.
    pub fn is_gone(&self, area: &AreaId) -> bool {
        self.areas.get(area).is_some_and(|edit| edit.is_gone)
    }
}

/// What was changed about an entity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntityEdit {
    /// Its name.
    pub name: Option<String>,
    /// Its aliases.
    pub aliases: Option<Vec<String>>,
    /// Its area's name; empty for none.
    pub area: Option<String>,
}

/// What was changed about an area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AreaEdit {
    /// Its name.
    pub name: Option<String>,
    /// Its aliases.
    pub aliases: Option<Vec<String>>,
    /// Its floor's name; empty for none.
    pub floor: Option<String>,
    /// Whether it was taken away.
    pub is_gone: bool,
}
