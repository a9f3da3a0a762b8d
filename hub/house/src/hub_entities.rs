//! Things that are the hub's own and no device's (Home Assistant's helpers): the house's mode, scenes that people
//! saved, and lists.

use std::collections::BTreeMap;

use crate::{AreaId, Attributes, EntityId};

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HubEntities {
    /// Scenes by id.
    pub scenes: BTreeMap<EntityId, HubScene>,
    /// Lists by id.
    pub lists: BTreeMap<EntityId, HubList>,
    /// What the household is about.
    pub mode: HouseMode,
}

/// What the household is about, for conditions and for Home Assistant; nothing happens by it alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HouseMode {
    /// People are at home.
    #[default]
    Home,
    /// Nobody is at home.
    Away,
    /// People sleep.
    Night,
    /// There are guests.
    Guest,
}

impl HouseMode {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Home, Self::Away, Self::Night, Self::Guest];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Away => "away",
            Self::Night => "night",
            Self::Guest => "guest",
        }
    }

    /// The mode of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// A scene that was saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HubScene {
    /// Its name.
    pub name: String,
    /// The room it was saved in.
    pub area: Option<AreaId>,
    /// What each entity is to be, in Home Assistant's words.
    pub members: BTreeMap<String, Attributes>,
}

/// A list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HubList {
    /// Its name.
    pub name: String,
    /// What is on it.
    pub items: Vec<String>,
}

/// Something new of the hub's own.
#[derive(Clone, Debug)]
pub enum NewHubEntity {
    /// A scene; one of the same name is replaced.
    Scene(HubScene),
    /// A list of that name.
    List(String),
}
