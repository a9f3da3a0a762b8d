//! One controllable or observable thing, with what is known of its state and how well.

use crate::{AreaId, Attributes, Domain, EntityId, Value};

/// One entity of the house.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// `domain.object_id`.
    pub id: EntityId,
    /// What people call it.
    pub name: String,
    /// Other names for it.
    pub aliases: Vec<String>,
    /// Its kind.
    pub domain: Domain,
    /// Home Assistant's device class (`curtain`, `garage`, `motion` …).
    pub device_class: Option<String>,
    /// Where it stands.
    pub area: Option<AreaId>,
    /// What is known of it.
    pub state: State,
    /// Whether it can be reached.
    pub availability: Availability,
}

impl Entity {
    /// An entity of that id and name of which nothing is known yet, reachable and in no area. Its domain is the part of
    /// the id before the dot; [`Domain::Other`] if Hearth does not know it.
    pub fn new(id: EntityId, name: &str) -> Self {
        let domain = id.domain();
        Self {
            id,
            name: name.to_owned(),
            aliases: Vec::new(),
            domain,
            device_class: None,
            area: None,
            state: State::default(),
            availability: Availability::Online,
        }
    }

    /// An attribute by name.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.state.attributes.get(name)
    }

    /// A numeric attribute by name.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.attribute(name).and_then(Value::as_number)
    }

    /// The name and every alias.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// What is known of an entity's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Home Assistant's state word (`on`, `open`, `locked`, `21.5` …); `None` before the first report.
    pub value: Option<String>,
    /// Attributes that go with it.
    pub attributes: Attributes,
    /// How it is known.
    pub quality: Quality,
    /// Why it last changed.
    pub cause: Cause,
    /// When it last changed, in milliseconds since 1970 UTC; 0 if never.
    pub changed_ms: i64,
}

/// How a state is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quality {
    /// Nothing has been reported.
    #[default]
    Unknown,
    /// The device reported it.
    Observed,
    /// The device reports nothing; this is what it was last told.
    Assumed,
    /// Reported before the connection or the device was lost.
    Stale,
}

/// Why a state changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// Someone spoke or typed a request.
    Voice,
    /// Someone used the page.
    Page,
    /// A program used the interface.
    Api,
    /// At the device itself, or by something outside Hearth.
    #[default]
    Device,
    /// A schedule fired.
    Schedule,
    /// A routine fired.
    Routine,
    /// A retained message seen again after a restart.
    Replay,
}

impl Cause {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Voice, Self::Page, Self::Api, Self::Device, Self::Schedule, Self::Routine, Self::Replay];

    /// The cause of a word; `None` if it is none.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.as_str() == word)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Page => "page",
            Self::Api => "api",
            Self::Device => "device",
            Self::Schedule => "schedule",
            Self::Routine => "routine",
            Self::Replay => "replay",
        }
    }
}

/// Whether an entity can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Availability {
    /// It says so, or says nothing about it.
    #[default]
    Online,
    /// It or its bridge said that it is gone.
    Offline,
}
