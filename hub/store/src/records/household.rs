//! Who belongs to the home, and what the household has laid down.

use std::collections::BTreeMap;

use anyhow::Context as _;
use house::{AreaId, Effect, EntityId, HouseRules, Limits, Role, Tier, WayIn};
use serde::{Deserialize, Serialize};

/// Someone who belongs to the home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRecord {
    /// Their id.
    pub id: String,
    /// What they are called, and log in with.
    pub name: String,
    /// What they are here: `resident`, `guest` or `child`.
    pub role: String,
}

/// What the household has laid down. What the interface sends is what is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RulesRecord {
    /// Tiers (`free`, `announced`, `confirmed`, `pin`, `never`) of kinds of effects that are not as usual.
    pub classes: BTreeMap<String, String>,
    /// Tiers of single entities.
    pub entities: BTreeMap<String, String>,
    /// What guests may do at most.
    pub guest: LimitsRecord,
    /// What children may do at most.
    pub child: LimitsRecord,
    /// Roles (`resident`, `guest`, `child`) by the id of an area: as what everyone counts who asks there, if that is
    /// stricter.
    pub places: BTreeMap<String, String>,
    /// Roles by the way in (`voice`, `home_assistant`, `mqtt`) for those who have no name.
    pub ways: BTreeMap<String, String>,
}

/// What someone may do at most.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsRecord {
    /// The least tier of kinds of effects.
    pub tiers: BTreeMap<String, String>,
    /// Between which degrees rooms may be set.
    #[schema(value_type = Option<Vec<f64>>)]
    pub heat: Option<(f64, f64)>,
    /// Whether they may change names, taught words, routines and what others planned.
    pub may_edit: bool,
}

impl RulesRecord {
    /// The record of rules.
    pub fn of(rules: &HouseRules) -> Self {
        let role = |role: &Role| role.as_str().to_owned();
        Self {
            classes: rules
                .classes
                .iter()
                .map(|(effect, tier)| (effect.as_str().to_owned(), tier.as_str().to_owned()))
                .collect(),
            entities: rules.entities.iter().map(|(id, tier)| (id.to_string(), tier.as_str().to_owned())).collect(),
            guest: LimitsRecord::of(&rules.guest),
            child: LimitsRecord::of(&rules.child),
            places: rules.places.iter().map(|(id, own)| (id.to_string(), role(own))).collect(),
            ways: rules.ways.iter().map(|(way, own)| (way.as_str().to_owned(), role(own))).collect(),
        }
    }

    /// The rules of a record; an error that a person understands if it has a word that is none.
    pub fn into_rules(self) -> anyhow::Result<HouseRules> {
        anyhow::ensure!(
            self.places.len() + self.entities.len() <= MOST_RULES,
            "at most {MOST_RULES} rules for places and things"
        );
        Ok(HouseRules {
            classes: self
                .classes
                .iter()
                .map(|(effect, tier)| Ok((effect_of(effect)?, tier_of(tier)?)))
                .collect::<anyhow::Result<_>>()?,
            entities: self
                .entities
                .iter()
                .map(|(id, tier)| Ok((EntityId::new(id), tier_of(tier)?)))
                .collect::<anyhow::Result<_>>()?,
            guest: self.guest.into_limits()?,
            child: self.child.into_limits()?,
            places: self
                .places
                .iter()
                .map(|(id, role)| Ok((AreaId::new(id), role_of(role)?)))
                .collect::<anyhow::Result<_>>()?,
            ways: self
                .ways
                .iter()
                .map(|(way, role)| {
                    Ok((WayIn::parse(way).with_context(|| format!("`{way}` is no way in"))?, role_of(role)?))
                })
                .collect::<anyhow::Result<_>>()?,
        })
    }
}

impl LimitsRecord {
    fn of(limits: &Limits) -> Self {
        Self {
            tiers: limits
                .tiers
                .iter()
                .map(|(effect, tier)| (effect.as_str().to_owned(), tier.as_str().to_owned()))
                .collect(),
            heat: limits.heat,
            may_edit: limits.may_edit,
        }
    }

    fn into_limits(self) -> anyhow::Result<Limits> {
        if let Some((least, most)) = self.heat {
            anyhow::ensure!(
                LEAST_HEAT <= least && least <= most && most <= MOST_HEAT,
                "rooms are set between {LEAST_HEAT} and {MOST_HEAT} degrees, the lower bound first"
            );
        }
        Ok(Limits {
            tiers: self
                .tiers
                .iter()
                .map(|(effect, tier)| Ok((effect_of(effect)?, tier_of(tier)?)))
                .collect::<anyhow::Result<_>>()?,
            heat: self.heat,
            may_edit: self.may_edit,
        })
    }
}

/// The role of a word; an error if it is none.
pub fn role_of(word: &str) -> anyhow::Result<Role> {
    Role::parse(word).with_context(|| format!("`{word}` is no role: resident, guest or child"))
}

fn effect_of(word: &str) -> anyhow::Result<Effect> {
    Effect::parse(word).with_context(|| format!("`{word}` is no kind of effect"))
}

fn tier_of(word: &str) -> anyhow::Result<Tier> {
    Tier::parse(word).with_context(|| format!("`{word}` is no tier: free, announced, confirmed, pin or never"))
}

/// Degrees outside of which nobody sets a room.
const LEAST_HEAT: f64 = 5.0;
const MOST_HEAT: f64 = 35.0;
const MOST_RULES: usize = 1000;
