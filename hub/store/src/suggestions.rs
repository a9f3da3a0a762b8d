//! Habits and what became of offering them, as they are kept.

use anyhow::Context as _;
use house::{Days, EntityId, Habit, HabitKind, Step, Suggestion, SuggestionAnswer, When};
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::conditions::ConditionRecord;
use crate::steps::StepRecord;
use crate::{HOUSE, Store};

impl Store {
    /// What was suggested, and what was answered. What can't be read is told of in the log and left out.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn suggestions(&self) -> anyhow::Result<Vec<Suggestion>> {
        let records = self.read::<Vec<SuggestionRecord>>(HOUSE, "suggestions")?.unwrap_or_default();
        let read = |record: SuggestionRecord| {
            record
                .into_suggestion()
                .inspect_err(|error| warn!(error = format!("{error:#}"), "A suggestion can't be read."))
                .ok()
        };
        Ok(records.into_iter().filter_map(read).collect())
    }

    /// Keeps what was suggested, all at once.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_suggestions(&self, suggestions: &[Suggestion]) -> anyhow::Result<()> {
        let records: Vec<_> = suggestions.iter().map(SuggestionRecord::of).collect();
        self.write(HOUSE, "suggestions", &records).context("keep suggestions")
    }
}

/// A habit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct HabitRecord {
    kind: String,
    deed: StepRecord,
    /// Bits, Monday the lowest.
    days: u8,
    at_min: Option<u32>,
    spread_min: Option<f64>,
    trigger: Option<(String, String)>,
    within_s: Option<i64>,
    conditions: Vec<ConditionRecord>,
    confidence: f64,
    support: usize,
    opportunities: usize,
    first_seen_ms: i64,
    last_seen_ms: i64,
}

/// A suggestion and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SuggestionRecord {
    id: String,
    habit: HabitRecord,
    answer: AnswerRecord,
    offered_ms: i64,
    schedule: Option<String>,
    fired: u32,
    undone: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnswerRecord {
    Open,
    Accepted,
    LaterThanMs(i64),
    Never,
}

impl HabitRecord {
    fn of(habit: &Habit) -> Self {
        let (entity, action) = (habit.entity.clone(), habit.action.clone());
        let When { days, at_min, spread_min, trigger, within_s, conditions } = &habit.when;
        Self {
            kind: habit.kind.as_str().to_owned(),
            deed: StepRecord::of(&Step { intent: 0, entity, action, reason: String::new() }),
            days: days.bits(),
            at_min: *at_min,
            spread_min: *spread_min,
            trigger: trigger.as_ref().map(|(id, state)| (id.to_string(), state.clone())),
            within_s: *within_s,
            conditions: conditions.iter().map(ConditionRecord::of).collect(),
            confidence: habit.confidence,
            support: habit.support,
            opportunities: habit.opportunities,
            first_seen_ms: habit.first_seen_ms,
            last_seen_ms: habit.last_seen_ms,
        }
    }

    fn into_habit(self) -> anyhow::Result<Habit> {
        let Step { entity, action, .. } = self.deed.into_step("")?;
        let kind = HabitKind::parse(&self.kind).with_context(|| format!("`{}` is no kind of habit", self.kind))?;
        Ok(Habit {
            kind,
            entity,
            action,
            when: When {
                days: Days::new(self.days),
                at_min: self.at_min,
                spread_min: self.spread_min,
                trigger: self.trigger.map(|(id, state)| (EntityId::new(id), state)),
                within_s: self.within_s,
                conditions: self.conditions.into_iter().map(ConditionRecord::into_condition).collect(),
            },
            confidence: self.confidence,
            support: self.support,
            opportunities: self.opportunities,
            first_seen_ms: self.first_seen_ms,
            last_seen_ms: self.last_seen_ms,
        })
    }
}

impl SuggestionRecord {
    fn of(suggestion: &Suggestion) -> Self {
        Self {
            id: suggestion.id.clone(),
            habit: HabitRecord::of(&suggestion.habit),
            answer: match suggestion.answer {
                SuggestionAnswer::Open => AnswerRecord::Open,
                SuggestionAnswer::Accepted => AnswerRecord::Accepted,
                SuggestionAnswer::Later(than_ms) => AnswerRecord::LaterThanMs(than_ms),
                SuggestionAnswer::Never => AnswerRecord::Never,
            },
            offered_ms: suggestion.offered_ms,
            schedule: suggestion.schedule.clone(),
            fired: suggestion.fired,
            undone: suggestion.undone,
        }
    }

    fn into_suggestion(self) -> anyhow::Result<Suggestion> {
        Ok(Suggestion {
            id: self.id,
            habit: self.habit.into_habit()?,
            answer: match self.answer {
                AnswerRecord::Open => SuggestionAnswer::Open,
                AnswerRecord::Accepted => SuggestionAnswer::Accepted,
                AnswerRecord::LaterThanMs(than_ms) => SuggestionAnswer::Later(than_ms),
                AnswerRecord::Never => SuggestionAnswer::Never,
            },
            offered_ms: self.offered_ms,
            schedule: self.schedule,
            fired: self.fired,
            undone: self.undone,
        })
    }
}

#[cfg(test)]
mod tests {
    use house::{Action, Condition};

    use super::*;

    #[test]
    fn a_suggestion_is_read_as_it_was_written() {
        let when = When {
            days: Days::WEEKDAYS,
            at_min: Some(425),
            spread_min: Some(6.5),
            trigger: Some((EntityId::new("sun.sun"), "below_horizon".to_owned())),
            within_s: Some(-600),
            conditions: vec![Condition::Dark],
        };
        let answers =
            [SuggestionAnswer::Open, SuggestionAnswer::Accepted, SuggestionAnswer::Later(77), SuggestionAnswer::Never];
        for (kind, answer) in HabitKind::ALL.iter().zip(answers) {
            let suggestion = Suggestion {
                id: "h1".to_owned(),
                habit: Habit {
                    kind: *kind,
                    entity: EntityId::new("light.a"),
                    action: Action::SetLight { brightness_pct: Some(30), color: None, color_temp_k: None },
                    when: when.clone(),
                    confidence: 0.875,
                    support: 41,
                    opportunities: 44,
                    first_seen_ms: 1,
                    last_seen_ms: 2,
                },
                answer,
                offered_ms: 3,
                schedule: Some("s4".to_owned()),
                fired: 5,
                undone: 1,
            };
            let bytes = serde_json::to_vec(&SuggestionRecord::of(&suggestion)).unwrap();
            let read: SuggestionRecord = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(read.into_suggestion().unwrap(), suggestion);
        }
    }
}
