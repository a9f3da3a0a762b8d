//! What a household does again and again, and what became of offering it as a routine.
//!
//! Only says what was learned; how it is learned, and what is done with it, is decided elsewhere.

use crate::{Action, Condition, Days, EntityId};

/// What kind of habit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HabitKind {
    /// At a time of day.
    Time,
    /// After something else.
    Sequence,
    /// At a time or after something, only where something is so.
    Condition,
    /// A value that is wanted.
    Preference,
}

impl HabitKind {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Time, Self::Sequence, Self::Condition, Self::Preference];

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Sequence => "sequence",
            Self::Condition => "condition",
            Self::Preference => "preference",
        }
    }
}

/// What a household does again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Habit {
    /// What kind it is.
    pub kind: HabitKind,
    /// What is moved.
    pub entity: EntityId,
    /// How.
    pub action: Action,
    /// When.
    pub when: When,
    /// How often it will happen at the least, as a share of its opportunities.
    pub confidence: f64,
    /// How often it happened.
    pub support: usize,
    /// How often it could have happened.
    pub opportunities: usize,
    /// When it happened first, in milliseconds since 1970 UTC.
    pub first_seen_ms: i64,
    /// When it happened last, in milliseconds since 1970 UTC.
    pub last_seen_ms: i64,
}

/// When a habit happens.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// On which days.
    pub days: Days,
    /// At which minute of the day by the clock.
    pub at_min: Option<u32>,
    /// How far the times lie apart, in minutes.
    pub spread_min: Option<f64>,
    /// What comes before it: an entity and the state it came to.
    pub trigger: Option<(EntityId, String)>,
    /// How long after that, in seconds; before it if negative.
    pub within_s: Option<i64>,
    /// What else must be so.
    pub conditions: Vec<Condition>,
}

impl When {
    /// Whether it is only at some hours, on some days, or where something else is so.
    pub fn has_conditions(&self) -> bool {
        !self.conditions.is_empty() || self.days != Days::ALL
    }
}

impl Habit {
    /// Whether both are the same habit, as it was learned at two times: the same deed at about the same time or after
    /// the same thing, on some of the same days.
    pub fn is_same(&self, other: &Self) -> bool {
        let is_deed = self.entity == other.entity && self.action == other.action;
        let is_kind = (self.kind == HabitKind::Preference) == (other.kind == HabitKind::Preference);
        let is_near = match (self.when.at_min, other.when.at_min) {
            (Some(one), Some(two)) => one.abs_diff(two).min(DAY_MIN - one.abs_diff(two) % DAY_MIN) <= NEAR_MIN,
            (one, two) => one == two,
        };
        let has_day = self.when.days.bits() & other.when.days.bits() != 0;
        is_deed && is_kind && is_near && has_day && self.when.trigger == other.when.trigger
    }
}

/// A habit that was offered as a routine, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// Its id, unique among suggestions.
    pub id: String,
    /// The habit.
    pub habit: Habit,
    /// What was answered.
    pub answer: SuggestionAnswer,
    /// When it was offered first, in milliseconds since 1970 UTC.
    pub offered_ms: i64,
    /// The id of the schedule that it became.
    pub schedule: Option<String>,
    /// How often that was done.
    pub fired: u32,
    /// How often it was taken back within minutes.
    pub undone: u32,
}

impl Suggestion {
    /// Whether someone who looks is shown it: it waits for an answer, or is a routine.
    pub fn is_shown(&self) -> bool {
        matches!(self.answer, SuggestionAnswer::Open | SuggestionAnswer::Accepted)
    }

    /// What was seen with what came of it: how often it was right, and of how many times. What is taken back weighs
    /// more than what is borne.
    pub fn record(&self) -> (usize, usize) {
        let (fired, undone) = (self.fired as usize, self.undone as usize);
        let opportunities = self.habit.opportunities.max(1);
        let prior = opportunities.min(MOST_PRIOR);
        let hits = prior * self.habit.support.min(opportunities) / opportunities;
        (hits + fired.saturating_sub(undone), prior + fired + UNDONE_WEIGHS * undone)
    }
}

/// What was answered to a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionAnswer {
    /// Nothing yet.
    Open,
    /// It became a routine.
    Accepted,
    /// It may be offered again after that moment, in milliseconds since 1970 UTC.
    Later(i64),
    /// It is not to be offered again.
    Never,
}

impl SuggestionAnswer {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Later(_) => "later",
            Self::Never => "never",
        }
    }
}

const DAY_MIN: u32 = 1440;
/// Times nearer than this are the same habit, learned again.
const NEAR_MIN: u32 = 60;
/// A person who takes something back says more than one who lets it be.
const UNDONE_WEIGHS: usize = 4;
/// What was seen before it was a routine counts as at most so many times: it is judged by what it does.
const MOST_PRIOR: usize = 10;

/// What is asked of what was learned. No entities are everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LearningRequest {
    /// What was learned of these.
    Tell(Vec<EntityId>),
    /// Forget what was learned of these.
    Forget(Vec<EntityId>),
    /// Learn nothing more of these.
    Ignore(Vec<EntityId>),
    /// What would be suggested.
    Suggest,
    /// Why something about these is suggested.
    Why(Vec<EntityId>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn habit(at_min: u32, days: Days) -> Habit {
        let when =
            When { days, at_min: Some(at_min), spread_min: None, trigger: None, within_s: None, conditions: vec![] };
        Habit {
            kind: HabitKind::Time,
            entity: EntityId::new("light.kitchen"),
            action: Action::TurnOn,
            when,
            confidence: 0.9,
            support: 20,
            opportunities: 22,
            first_seen_ms: 0,
            last_seen_ms: 0,
        }
    }

    #[test]
    fn a_habit_learned_again_is_the_same() {
        assert!(habit(425, Days::WEEKDAYS).is_same(&habit(440, Days::ALL)));
        assert!(habit(5, Days::ALL).is_same(&habit(1435, Days::ALL)), "it goes over midnight");
        assert!(!habit(425, Days::WEEKDAYS).is_same(&habit(425, Days::WEEKEND)));
        assert!(!habit(425, Days::ALL).is_same(&habit(700, Days::ALL)));
        assert!(!habit(425, Days::ALL).is_same(&Habit { action: Action::TurnOff, ..habit(425, Days::ALL) }));
    }

    #[test]
    fn what_is_taken_back_weighs_more_than_what_is_borne() {
        let suggestion = Suggestion {
            id: "1".to_owned(),
            habit: habit(425, Days::ALL),
            answer: SuggestionAnswer::Accepted,
            offered_ms: 0,
            schedule: None,
            fired: 2,
            undone: 2,
        };
        assert_eq!(suggestion.record(), (9, 20));
    }
}
