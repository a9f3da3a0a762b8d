//! What a household has laid down: how freely which kinds of effect may happen, for whom and where.
//!
//! Only the nouns. What a plan does and whether it may happen is decided elsewhere.

use std::collections::BTreeMap;

use crate::{AreaId, EntityId, WayIn};

/// How freely an effect may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// At once.
    Free,
    /// At once, and it is said that it happens.
    Announced,
    /// After a yes.
    Confirmed,
    /// After the PIN.
    Pin,
    /// Not by a request at all.
    Never,
}

impl Tier {
    /// All of them, from the freest on.
    pub const ALL: &'static [Self] = &[Self::Free, Self::Announced, Self::Confirmed, Self::Pin, Self::Never];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Announced => "announced",
            Self::Confirmed => "confirmed",
            Self::Pin => "pin",
            Self::Never => "never",
        }
    }

    /// The tier of a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tier| tier.as_str() == text)
    }
}

/// A kind of effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A lock is opened.
    Unlock,
    /// An alarm is switched off.
    Disarm,
    /// A garage, a gate or a door is opened.
    Entry,
    /// Gas flows.
    Gas,
    /// A siren sounds.
    Siren,
    /// Very much in many rooms is switched on or opened at once.
    WholeHouse,
    /// A scene, a script or a button of another system: what it does is not known here.
    Foreign,
    /// Something is locked or armed.
    Secure,
    /// Hot water is made warmer or colder, or switched.
    HotWater,
    /// A room is heated or cooled.
    Heating,
    /// All else.
    Other,
}

impl Effect {
    /// All of them, the gravest first.
    pub const ALL: &'static [Self] = &[
        Self::Unlock,
        Self::Disarm,
        Self::Entry,
        Self::Gas,
        Self::Siren,
        Self::WholeHouse,
        Self::Foreign,
        Self::HotWater,
        Self::Heating,
        Self::Secure,
        Self::Other,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unlock => "unlock",
            Self::Disarm => "disarm",
            Self::Entry => "entry",
            Self::Gas => "gas",
            Self::Siren => "siren",
            Self::WholeHouse => "whole_house",
            Self::Foreign => "foreign",
            Self::Secure => "secure",
            Self::HotWater => "hot_water",
            Self::Heating => "heating",
            Self::Other => "other",
        }
    }

    /// The effect of a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|effect| effect.as_str() == text)
    }

    /// The tier it has in a household that chose nothing else.
    pub fn usual(self) -> Tier {
        match self {
            Self::Unlock | Self::Disarm | Self::Entry | Self::Gas => Tier::Pin,
            Self::Siren | Self::WholeHouse => Tier::Confirmed,
            Self::Foreign | Self::Secure => Tier::Announced,
            Self::HotWater | Self::Heating | Self::Other => Tier::Free,
        }
    }

    /// Whether it could do harm.
    pub fn is_guarded(self) -> bool {
        Tier::Confirmed <= self.usual()
    }
}

/// What the person has agreed to, for exactly this plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consent {
    /// Nothing, or nothing had to be asked.
    #[default]
    None,
    /// Said yes.
    Yes,
    /// Gave the PIN.
    Pin,
}

/// What holds for one request: what the household has laid down, for those who ask.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Whether a PIN is set; without one, what wants the PIN wants a yes.
    pub has_pin: bool,
    /// Whether confirmations are switched off, for comparisons with systems that have none.
    pub is_open: bool,
    /// Tiers of single entities that the owner chose.
    pub tiers: BTreeMap<EntityId, Tier>,
    /// Tiers of kinds of effects that the owner chose; the others are as usual.
    pub classes: BTreeMap<Effect, Tier>,
    /// What those who ask may do at most, by their role and by where they are.
    pub limits: Vec<Limits>,
    /// Commands sent to an entity in the last minute.
    pub recent: BTreeMap<EntityId, u32>,
}

impl Rules {
    /// Whether whoever asks may change names, taught words, routines and what others planned.
    pub fn may_edit(&self) -> bool {
        self.limits.iter().all(|limits| limits.may_edit)
    }
}

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

const USUAL_HEAT: (f64, f64) = (16.0, 24.0);
