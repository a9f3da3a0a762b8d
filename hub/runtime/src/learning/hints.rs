//! What is otherwise than usual and is told: now on the page, once in a while as a notice; and what nobody wants to be
//! told again.

use std::collections::{BTreeMap, BTreeSet};

use house::{ActionPlan, Hint, HintReason, NoticeKind, Step};
use mind::learn::hints;
use mind::reply;
use mind::when::civil;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{Known, Learning};

/// What was answered to hints and when they were told, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct HintAnswers {
    /// Those of which nobody wants to be told.
    never: BTreeSet<String>,
    /// Those that are not shown before a moment, in milliseconds since 1970 UTC.
    later: BTreeMap<String, i64>,
    /// When each was told last, in milliseconds since 1970 UTC.
    told: BTreeMap<String, i64>,
}

impl HintAnswers {
    fn wants(&self, id: &str, now: i64) -> bool {
        !self.never.contains(id) && self.later.get(id).is_none_or(|until| *until <= now)
    }

    /// Whether this one may be told now: not again within a day, and not many a day.
    fn may_tell(&self, id: &str, now: i64) -> bool {
        let is_of_today = |told: &&i64| now - **told < TOLD_EVERY_MS;
        self.told.get(id).filter(is_of_today).is_none() && self.told.values().filter(is_of_today).count() < MOST_TOLD
    }
}

impl Learning {
    /// What is otherwise than usual now, as far as anyone wants to know.
    pub fn hints(&self) -> Vec<Hint> {
        let (settings, norms) = (self.settings(), self.0.learned.borrow().norms.clone());
        let (now, answers) = (self.0.clock.now_ms(), self.known().hints.clone());
        let mut found = hints(&norms, &self.0.hub.snapshot().house, &self.0.clock.around(now));
        found.retain(|hint| settings.takes_hint(hint) && answers.wants(&hint.id(), now));
        found
    }

    /// The hint of this id, while it is so.
    pub fn hint(&self, id: &str) -> Option<Hint> {
        self.hints().into_iter().find(|hint| hint.id() == id)
    }

    /// What ends what a hint tells of.
    pub(super) fn plan_of_hint(&self, id: &str) -> Option<ActionPlan> {
        let hint = self.hint(id)?;
        let reason = "it is otherwise than usual".to_owned();
        Some(ActionPlan::now(vec![Step { intent: 0, entity: hint.entity, action: hint.action?, reason }]))
    }

    /// A hint is not told again today, or never.
    ///
    /// # Errors
    /// If that can't be kept; nothing was changed then.
    pub(super) fn decline_hint(&self, id: &str, is_for_good: bool) -> anyhow::Result<()> {
        let until = self.0.clock.now_ms() + PUT_OFF_MS;
        self.change_hints(|answers| {
            if is_for_good {
                answers.never.insert(id.to_owned());
            } else {
                answers.later.insert(id.to_owned(), until);
            }
        })
    }

    /// By day, tells of what is otherwise than usual, each once a day at most.
    pub(super) async fn tell_hints(&self) {
        let now = self.0.clock.now_ms();
        let around = self.0.clock.around(now);
        if !TELLING_HOURS.contains(&civil(now, &around).hour) {
            return;
        }
        let untold = |hint: &Hint| self.known().hints.may_tell(&hint.id(), now);
        let Some(hint) = self.hints().into_iter().find(untold) else { return };
        let kept = self.change_hints(|answers| {
            answers.told.retain(|_, told| now - *told < TOLD_EVERY_MS);
            answers.later.retain(|_, until| now < *until);
            answers.told.insert(hint.id(), now);
        });
        if let Err(error) = kept {
            return warn!(error = format!("{error:#}"), "That a hint is told could not be kept.");
        }
        let said = reply::hint(&hint, &self.0.hub.snapshot().house, self.lang());
        self.tell(NoticeKind::Hint, said, None).await;
    }

    fn change_hints(&self, change: impl FnOnce(&mut HintAnswers)) -> anyhow::Result<()> {
        let mut known = self.known();
        let Known { hints, .. } = &mut *known;
        let mut changed = hints.clone();
        change(&mut changed);
        self.0.store.put_setting(KEY, &changed)?;
        *hints = changed;
        Ok(())
    }
}

/// Whether an id is a hint's, whether it is so now or not.
pub(super) fn is_hint(id: &str) -> bool {
    id.split_once(':').is_some_and(|(kind, _)| HintReason::KINDS.contains(&kind))
}

/// Under which name the store keeps it.
pub(super) const KEY: &str = "hints";
const PUT_OFF_MS: i64 = 20 * 3_600_000;
const TOLD_EVERY_MS: i64 = 20 * 3_600_000;
/// Who is told of more listens to none.
const MOST_TOLD: usize = 3;
/// Nobody is told earlier or later.
const TELLING_HOURS: std::ops::Range<i8> = 7..22;
