//! The records of the store: what is written, and how it becomes what the hub works with.
//!
//! A record is one byte for its version and then JSON. Fields may be added with a default; a change
//! of meaning is a new format with a step in `migrations.rs`.

use std::collections::BTreeMap;

use anyhow::Context as _;
use house::{
    Area, AreaEdit, AreaId, Domain, Edits, Effect, Entity, EntityEdit, EntityId, Floor, FloorId, HouseMode, HouseRules,
    HubEntities, HubList, HubScene, Limits, Quality, Role, State, Tier, Timer, TimerDue, TimerStart, Undo, WayIn,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::steps::{ScheduleRecord, SpeakerRecord, StepRecord};

/// The bytes of a record.
pub(super) fn encode<T: Serialize + ?Sized>(record: &T) -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![VERSION];
    serde_json::to_writer(&mut bytes, record).context("write a record")?;
    Ok(bytes)
}

/// The record of some bytes.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> anyhow::Result<T> {
    match bytes.split_first() {
        Some((&VERSION, json)) => serde_json::from_slice(json).context("read a record"),
        Some((version, _)) => anyhow::bail!("a record has the unknown version {version}"),
        None => anyhow::bail!("a record is empty"),
    }
}

/// One turn as the journal keeps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TurnRecord {
    /// When it began, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Which conversation it belongs to.
    pub conversation: String,
    /// Where it was said.
    pub area: Option<String>,
    /// The id of who said it, if that is known.
    pub person: Option<String>,
    /// How it came in.
    pub cause: String,
    /// `en` or `zh`.
    pub lang: String,
    /// The words.
    pub text: String,
    /// What was understood.
    pub intents: serde_json::Value,
    /// What was decided.
    pub commands: serde_json::Value,
    /// How it ended.
    pub outcome: String,
    /// What was answered.
    pub reply: String,
    /// The codes that the model wrote, one for each part of the sentence.
    pub codes: Vec<String>,
    /// What understood it: reflex, model, general model.
    pub path: String,
    /// How sure the model was.
    pub confidence: Option<f64>,
    /// What came of each step.
    pub outcomes: Vec<OutcomeRecord>,
    /// How long it took.
    pub ms: MsRecord,
    /// The decisions on the way, in words.
    pub trace: Vec<String>,
    /// What takes it back.
    pub undo: UndoRecord,
}

/// How a turn that went wrong was meant, for later training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ExampleRecord {
    /// When the turn was, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The id of who said it, if that is known.
    pub person: Option<String>,
    /// `en` or `zh`.
    pub lang: String,
    /// The words.
    pub words: String,
    /// The codes that the model wrote for them, one for each part of the sentence.
    pub wrong_code: Vec<String>,
    /// The words that say what was meant; the same, if only a name was not known.
    pub meaning: String,
    /// The codes for these, one for each part; indices count the words of `meaning`.
    pub right_code: Vec<String>,
    /// The entity that got another name, and the name.
    pub named: Option<(String, String)>,
}

/// What a conversation remembers over a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationState {
    /// When it was last used, in milliseconds since 1970 UTC.
    pub used_ms: i64,
    /// Entities of the last turn.
    pub last: Vec<String>,
    /// What takes the last action back.
    pub undo: UndoRecord,
}

/// What takes an action back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UndoRecord {
    steps: Vec<StepRecord>,
    schedules: Vec<String>,
    cancelled: Vec<ScheduleRecord>,
    timers: Vec<StartRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    started: Vec<String>,
    is_redo: bool,
}

/// A timer to start again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct StartRecord {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    area: Option<String>,
    seconds: u64,
}

impl UndoRecord {
    /// The record of it.
    pub fn of(undo: &Undo) -> Self {
        let start = |start: &TimerStart| StartRecord {
            name: start.name.clone(),
            area: start.area.as_ref().map(ToString::to_string),
            seconds: start.seconds,
        };
        Self {
            steps: undo.steps.iter().map(StepRecord::of).collect(),
            schedules: undo.schedules.clone(),
            cancelled: undo.cancelled.iter().map(ScheduleRecord::of).collect(),
            timers: undo.timers.iter().map(start).collect(),
            started: undo.started.clone(),
            is_redo: undo.is_redo,
        }
    }

    /// Whether there is anything to take back.
    pub fn is_empty(&self) -> bool {
        *self == Self { is_redo: self.is_redo, ..Self::default() }
    }

    /// What takes the action back; an error if it can't be read.
    pub fn into_undo(self) -> anyhow::Result<Undo> {
        let steps =
            self.steps.into_iter().map(|step| step.into_step("it was so before")).collect::<anyhow::Result<_>>()?;
        let cancelled = self.cancelled.into_iter().map(ScheduleRecord::into_schedule).collect::<anyhow::Result<_>>()?;
        let timers = self
            .timers
            .into_iter()
            .map(|start| TimerStart {
                name: start.name,
                area: start.area.map(AreaId::new),
                seconds: start.seconds,
                asked_by: None,
            })
            .collect();
        Ok(Undo { steps, schedules: self.schedules, cancelled, timers, started: self.started, is_redo: self.is_redo })
    }
}

/// Scenes and lists of the hub's own.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OwnRecord {
    scenes: BTreeMap<String, OwnSceneRecord>,
    lists: BTreeMap<String, OwnListRecord>,
    mode: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct OwnSceneRecord {
    name: String,
    #[serde(default)]
    area: Option<String>,
    members: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OwnListRecord {
    name: String,
    items: Vec<String>,
}

impl OwnRecord {
    pub(super) fn of(own: &HubEntities) -> Self {
        let wanted = |attributes: &house::Attributes| {
            attributes.iter().map(|(name, value)| (name.clone(), device_adapters::value_to_json(value))).collect()
        };
        let scene = |scene: &HubScene| OwnSceneRecord {
            name: scene.name.clone(),
            area: scene.area.as_ref().map(ToString::to_string),
            members: scene.members.iter().map(|(id, attributes)| (id.clone(), wanted(attributes))).collect(),
        };
        Self {
            scenes: own.scenes.iter().map(|(id, own)| (id.to_string(), scene(own))).collect(),
            lists: own
                .lists
                .iter()
                .map(|(id, list)| {
                    (id.to_string(), OwnListRecord { name: list.name.clone(), items: list.items.clone() })
                })
                .collect(),
            mode: own.mode.as_str().to_owned(),
        }
    }

    pub(super) fn into_own(self) -> HubEntities {
        let wanted = |attributes: BTreeMap<String, serde_json::Value>| {
            attributes.iter().map(|(name, value)| (name.clone(), device_adapters::value_from_json(value))).collect()
        };
        let scene = |record: OwnSceneRecord| HubScene {
            name: record.name,
            area: record.area.map(AreaId::new),
            members: record.members.into_iter().map(|(id, attributes)| (id, wanted(attributes))).collect(),
        };
        HubEntities {
            scenes: self.scenes.into_iter().map(|(id, record)| (EntityId::new(id), scene(record))).collect(),
            lists: self
                .lists
                .into_iter()
                .map(|(id, list)| (EntityId::new(id), HubList { name: list.name, items: list.items }))
                .collect(),
            mode: HouseMode::parse(&self.mode).unwrap_or_default(),
        }
    }
}

/// What came of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutcomeRecord {
    /// Which entity.
    pub entity: String,
    /// What was asked of it.
    pub action: String,
    /// How it answered.
    pub kind: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The messages that were sent for it.
    pub sent: Vec<String>,
    /// How long after the end of the turn it answered, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_ms: Option<u64>,
}

/// How long a turn took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MsRecord {
    /// All of it.
    pub total: f64,
    /// The model's part.
    pub model: f64,
}

/// A conversation's state.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConversationRecord<T> {
    pub(super) updated_ms: i64,
    pub(super) state: T,
}

/// When a conversation was last kept; reads any conversation without looking at its state.
#[derive(Debug, Deserialize)]
pub(super) struct ConversationAge {
    pub(super) updated_ms: i64,
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

/// Something that was told to everyone in the house and that nobody has dismissed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticeRecord {
    /// Its number; later ones are larger.
    pub id: u64,
    /// When it was told, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What it is.
    pub kind: String,
    /// The id of what was scheduled.
    pub schedule: Option<String>,
    /// The words.
    pub said: String,
    /// Their language.
    pub lang: String,
    /// Where it was said; everywhere if empty.
    pub areas: Vec<String>,
    /// By how many seconds it was late.
    pub late_s: u64,
}

/// All edits.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct EditsRecord {
    entities: BTreeMap<String, EntityEditRecord>,
    areas: BTreeMap<String, AreaEditRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone_floors: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct EntityEditRecord {
    name: Option<String>,
    aliases: Option<Vec<String>>,
    area: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct AreaEditRecord {
    name: Option<String>,
    aliases: Option<Vec<String>>,
    floor: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_gone: bool,
}

impl EditsRecord {
    pub(super) fn of(edits: &Edits) -> Self {
        let entity = |edit: &EntityEdit| EntityEditRecord {
            name: edit.name.clone(),
            aliases: edit.aliases.clone(),
            area: edit.area.clone(),
        };
        let area = |edit: &AreaEdit| AreaEditRecord {
            name: edit.name.clone(),
            aliases: edit.aliases.clone(),
            floor: edit.floor.clone(),
            is_gone: edit.is_gone,
        };
        Self {
            entities: edits.entities.iter().map(|(id, edit)| (id.to_string(), entity(edit))).collect(),
            areas: edits.areas.iter().map(|(id, edit)| (id.to_string(), area(edit))).collect(),
            gone_floors: edits.gone_floors.iter().map(ToString::to_string).collect(),
        }
    }

    pub(super) fn into_edits(self) -> Edits {
        let entity = |edit: EntityEditRecord| EntityEdit { name: edit.name, aliases: edit.aliases, area: edit.area };
        let area = |edit: AreaEditRecord| AreaEdit {
            name: edit.name,
            aliases: edit.aliases,
            floor: edit.floor,
            is_gone: edit.is_gone,
        };
        Edits {
            entities: self.entities.into_iter().map(|(id, edit)| (EntityId::new(id), entity(edit))).collect(),
            areas: self.areas.into_iter().map(|(id, edit)| (AreaId::new(id), area(edit))).collect(),
            gone_floors: self.gone_floors.into_iter().map(FloorId::new).collect(),
        }
    }
}

/// A kitchen timer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TimerRecord {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    area: Option<String>,
    length_s: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_by: Option<SpeakerRecord>,
    due: DueRecord,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DueRecord {
    AtMs(i64),
    PausedMs(i64),
}

impl TimerRecord {
    pub(super) fn of(timer: &Timer) -> Self {
        let due = match timer.due {
            TimerDue::At(at) => DueRecord::AtMs(at),
            TimerDue::Paused(left) => DueRecord::PausedMs(left),
        };
        Self {
            id: timer.id.clone(),
            name: timer.name.clone(),
            area: timer.area.as_ref().map(ToString::to_string),
            length_s: timer.length_s,
            asked_by: timer.asked_by.as_ref().map(SpeakerRecord::of),
            due,
        }
    }

    pub(super) fn into_timer(self) -> Timer {
        let due = match self.due {
            DueRecord::AtMs(at) => TimerDue::At(at),
            DueRecord::PausedMs(left) => TimerDue::Paused(left),
        };
        Timer {
            id: self.id,
            name: self.name,
            area: self.area.map(AreaId::new),
            length_s: self.length_s,
            asked_by: self.asked_by.and_then(|speaker| speaker.into_speaker().ok()),
            due,
        }
    }
}

/// An entity as it was last known, without its state.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EntityRecord {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    domain: String,
    #[serde(default)]
    device_class: Option<String>,
    #[serde(default)]
    area: Option<String>,
}

impl EntityRecord {
    pub(super) fn of(entity: &Entity) -> Self {
        Self {
            name: entity.name.clone(),
            aliases: entity.aliases.clone(),
            domain: entity.domain.as_str().to_owned(),
            device_class: entity.device_class.clone(),
            area: entity.area.as_ref().map(ToString::to_string),
        }
    }

    pub(super) fn into_entity(self, id: EntityId) -> Entity {
        Entity {
            id,
            name: self.name,
            aliases: self.aliases,
            domain: Domain::parse(&self.domain).unwrap_or(Domain::Other),
            device_class: self.device_class,
            area: self.area.map(AreaId::new),
            state: State { quality: Quality::Stale, ..State::default() },
            availability: house::Availability::default(),
        }
    }
}

/// An area or a floor as it was last known.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PlaceRecord {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    floor: Option<String>,
}

impl PlaceRecord {
    pub(super) fn of_area(area: &Area) -> Self {
        Self {
            name: area.name.clone(),
            aliases: area.aliases.clone(),
            floor: area.floor.as_ref().map(ToString::to_string),
        }
    }

    pub(super) fn of_floor(floor: &Floor) -> Self {
        Self { name: floor.name.clone(), aliases: floor.aliases.clone(), floor: None }
    }

    pub(super) fn into_area(self, id: AreaId) -> Area {
        Area { id, name: self.name, aliases: self.aliases, floor: self.floor.map(FloorId::new) }
    }

    pub(super) fn into_floor(self, id: FloorId) -> Floor {
        Floor { id, name: self.name, aliases: self.aliases }
    }
}

/// A message that the broker retains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Its payload, never empty.
    pub payload: Vec<u8>,
    /// All else.
    pub head: RetainedHead,
}

/// What is kept of a retained message beside its payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetainedHead {
    /// The quality of service it was published with: 0, 1 or 2.
    pub qos: u8,
    /// When it was published, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The user of the broker who published it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it ends, in milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// MQTT 5: what the payload is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// MQTT 5: where an answer goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_topic: Option<String>,
    /// MQTT 5: what an answer refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_data: Option<Vec<u8>>,
    /// MQTT 5: whether the payload is text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_utf8_payload: bool,
    /// MQTT 5: names and values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_properties: Vec<(String, String)>,
}

impl Retained {
    /// Version, length of the head, head, payload: payloads are bytes and would double in size as JSON.
    pub(super) fn encode(&self) -> anyhow::Result<Vec<u8>> {
        let head = encode(&self.head)?;
        let length = u32::try_from(head.len()).context("a retained message's head is too large")?;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&self.payload);
        Ok(bytes)
    }

    pub(super) fn decode(bytes: &[u8]) -> anyhow::Result<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>().context("a retained message is cut off")?;
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        let (head, payload) = rest.split_at_checked(length).context("a retained message is cut off")?;
        Ok(Self { payload: payload.to_vec(), head: decode(head)? })
    }
}

/// Degrees outside of which nobody sets a room.
const LEAST_HEAT: f64 = 5.0;
const MOST_HEAT: f64 = 35.0;
const MOST_RULES: usize = 1000;
/// The version of every record of this format.
const VERSION: u8 = 1;
