//! Scenes, lists and the mode of the house, and timers: what belongs to the hub and to no device.

use std::collections::BTreeMap;

use house::{AreaId, EntityId, HouseMode, HubEntities, HubList, HubScene, Timer, TimerDue};
use serde::{Deserialize, Serialize};

use crate::steps::SpeakerRecord;

/// Scenes and lists of the hub's own.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OwnRecord {
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
    pub(crate) fn of(own: &HubEntities) -> Self {
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

    pub(crate) fn into_own(self) -> HubEntities {
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

/// A kitchen timer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TimerRecord {
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
    pub(crate) fn of(timer: &Timer) -> Self {
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

    pub(crate) fn into_timer(self) -> Timer {
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
