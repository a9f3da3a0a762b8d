//! What a household has laid down about kinds of effects, about who asks, and about where.

use std::collections::BTreeMap;

use house::{AreaId, EntityId, WayIn};

use super::{Effect, Rules, Tier};

/// What someone is in this home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Lives here.
    Resident,
    /// Is here for a while.
    Guest,
    /// Lives here, and not everything is for them yet.
    Child,
}

impl Role {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Resident, Self::Guest, Self::Child];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Guest => "guest",
            Self::Child => "child",
        }
    }

    /// The role of a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text)
    }
}

/// What someone may do at most; what the household wants of everyone holds beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The least tier of kinds of effects.
    pub tiers: BTreeMap<Effect, Tier>,
    /// Between which degrees rooms may be set.
    pub heat: Option<(f64, f64)>,
    /// Whether they may change names, taught words, routines and what others planned.
    pub may_edit: bool,
}

/// What the household has laid down.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseRules {
    /// Tiers of kinds of effects that are not as usual.
    pub classes: BTreeMap<Effect, Tier>,
    /// Tiers of single entities.
    pub entities: BTreeMap<EntityId, Tier>,
    /// What guests may do at most.
    pub guest: Limits,
    /// What children may do at most.
    pub child: Limits,
    /// As what everyone counts who asks from there, if that is stricter.
    pub places: BTreeMap<AreaId, Role>,
    /// As what everyone counts who comes that way; as residents where nothing is said.
    pub ways: BTreeMap<WayIn, Role>,
}

impl Default for HouseRules {
    fn default() -> Self {
        let never = [Effect::Unlock, Effect::Disarm, Effect::Entry, Effect::Gas, Effect::Siren, Effect::HotWater]
            .map(|effect| (effect, Tier::Never));
        let limits = Limits { tiers: never.into(), heat: Some(USUAL_HEAT), may_edit: false };
        Self {
            classes: BTreeMap::new(),
            entities: BTreeMap::new(),
            guest: limits.clone(),
            child: limits,
            places: BTreeMap::new(),
            ways: BTreeMap::new(),
        }
    }
}

impl HouseRules {
    /// The rules for whoever has these roles, all of them at once.
    pub fn of(&self, roles: &[Role]) -> Rules {
        let limits = roles.iter().filter_map(|role| self.limits(*role)).cloned().collect();
        Rules { tiers: self.entities.clone(), classes: self.classes.clone(), limits, ..Rules::default() }
    }

    /// What a role may do at most; nothing is held back from residents.
    pub fn limits(&self, role: Role) -> Option<&Limits> {
        match role {
            Role::Resident => None,
            Role::Guest => Some(&self.guest),
            Role::Child => Some(&self.child),
        }
    }
}

impl Rules {
    /// Whether whoever asks may change names, taught words, routines and what others planned.
    pub fn may_edit(&self) -> bool {
        self.limits.iter().all(|limits| limits.may_edit)
    }
}

const USUAL_HEAT: (f64, f64) = (16.0, 24.0);
