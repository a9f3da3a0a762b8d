//! Routines that were suggestions: how often each acted, and how often it was taken back within minutes.

use std::collections::HashMap;

use house::{Cause, EntityId, Reach, StateChange, Suggestion, SuggestionAnswer, reach};

/// What learned routines did of late, until it is clear that it was wanted.
#[derive(Debug, Default)]
pub(super) struct Routines {
    lately: HashMap<EntityId, Fired>,
}

/// A routine that acted.
#[derive(Clone, Debug)]
struct Fired {
    suggestion: String,
    before: Option<String>,
    at_ms: i64,
}

/// What a change says of a learned routine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It acted.
    Fired(String),
    /// It was taken back by hand.
    Undone(String),
}

impl Routines {
    /// What a change says, if it says anything of a routine that was a suggestion.
    pub(super) fn look(&mut self, change: &StateChange, suggestions: &[Suggestion]) -> Option<Said> {
        if !change.is_of_value() {
            return None;
        }
        let value = |entity: &Option<std::sync::Arc<house::Entity>>| entity.as_ref()?.state.value.clone();
        let after = change.after.as_deref()?;
        match change.cause {
            Cause::Schedule | Cause::Routine => {
                let is_it = |one: &&Suggestion| {
                    one.answer == SuggestionAnswer::Accepted
                        && one.habit.entity == change.entity
                        && reach(&one.habit.action, after).is_some_and(|reach| reach != Reach::No)
                };
                let one = suggestions.iter().find(is_it)?;
                let fired = Fired { suggestion: one.id.clone(), before: value(&change.before), at_ms: change.at_ms };
                self.lately.insert(change.entity.clone(), fired);
                Some(Said::Fired(one.id.clone()))
            }
            Cause::Voice | Cause::Page | Cause::Api | Cause::Device => {
                let fired = self.lately.remove(&change.entity)?;
                let is_soon = (0..=TAKEN_BACK_WITHIN_MS).contains(&(change.at_ms - fired.at_ms));
                (is_soon && value(&change.after) == fired.before).then_some(Said::Undone(fired.suggestion))
            }
            Cause::Replay => None,
        }
    }
}

const TAKEN_BACK_WITHIN_MS: i64 = 10 * 60_000;
