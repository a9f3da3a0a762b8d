//! What a conversation remembers over a restart, and what takes its last action back.

use house::{AreaId, TimerStart, Undo};
use serde::{Deserialize, Serialize};

use crate::steps::{ScheduleRecord, StepRecord};

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

/// A conversation's state.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ConversationRecord<T> {
    pub(crate) updated_ms: i64,
    pub(crate) state: T,
}

/// When a conversation was last kept; reads any conversation without looking at its state.
#[derive(Debug, Deserialize)]
pub(crate) struct ConversationAge {
    pub(crate) updated_ms: i64,
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
