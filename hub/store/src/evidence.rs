//! What is remembered of the house for learning: appended as it happens, rolled up when it is old, forgotten for good.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use house::Evidence;
use tracing::warn;

use crate::records::evidence::{packed, unpacked};
use crate::{Store, held};

impl Store {
    /// Keeps changes, in order of time. The disk has them within a second.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_evidence(&self, evidence: &[Evidence]) -> anyhow::Result<()> {
        let Some(first) = evidence.first() else { return Ok(()) };
        let _held = held(&self.0.evidence);
        let change = (key(first.at_ms), Some(packed(evidence)?));
        self.0.database.change_soon(EVIDENCE, vec![change]).context("keep evidence")
    }

    /// All that is remembered, about in order of time. What can't be read is told of in the log and left out.
    ///
    /// # Errors
    /// If the disk is in the way.
    pub fn evidence(&self) -> anyhow::Result<Vec<Evidence>> {
        let mut all = Vec::new();
        self.0.database.each(EVIDENCE, |_, bytes| {
            match unpacked(bytes) {
                Ok(some) => all.extend(some),
                Err(error) => warn!(error = format!("{error:#}"), "Some evidence can't be read."),
            }
            Ok(true)
        })?;
        Ok(all)
    }

    /// How many bytes the evidence takes.
    ///
    /// # Errors
    /// If the disk is in the way.
    pub fn evidence_bytes(&self) -> anyhow::Result<u64> {
        let mut sum = 0;
        self.0.database.each(EVIDENCE, |key, bytes| {
            sum += (key.len() + bytes.len()) as u64;
            Ok(true)
        })?;
        Ok(sum)
    }

    /// Puts what was remembered in a stretch of time into one record for each day, as `roll_up` leaves it.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn roll_up_evidence(
        &self,
        span_ms: Range<i64>,
        roll_up: impl FnOnce(Vec<Evidence>) -> Vec<Evidence>,
    ) -> anyhow::Result<()> {
        self.rewrite_evidence(span_ms, roll_up).map(|_| ())
    }

    /// Forgets what is meant, and the snapshots that hold it; says how many changes it was.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then, or only the snapshots are left, and forgetting again is
    /// safe.
    pub fn forget_evidence(&self, is_meant: impl Fn(&Evidence) -> bool) -> anyhow::Result<usize> {
        let gone = self.rewrite_evidence(0..i64::MAX, |all| all.into_iter().filter(|one| !is_meant(one)).collect())?;
        if 0 < gone {
            self.snapshot_keeping(1)?;
        }
        Ok(gone)
    }

    /// Writes what lies in a stretch of time anew; says how many changes are gone.
    fn rewrite_evidence(
        &self,
        span_ms: Range<i64>,
        rewrite: impl FnOnce(Vec<Evidence>) -> Vec<Evidence>,
    ) -> anyhow::Result<usize> {
        let _held = held(&self.0.evidence);
        let (mut old, mut changes) = (Vec::new(), Vec::new());
        self.0.database.each(EVIDENCE, |key, bytes| {
            if span_ms.contains(&time(key)) {
                match unpacked(bytes) {
                    Ok(some) => old.extend(some),
                    Err(error) => warn!(error = format!("{error:#}"), "Evidence that can't be read is left out."),
                }
                changes.push((key.to_vec(), None));
            }
            Ok(true)
        })?;
        let count = old.len();
        old.sort_by_key(|one| one.at_ms);
        let left = rewrite(old);
        for day in left.chunk_by(|one, other| one.at_ms.div_euclid(DAY_MS) == other.at_ms.div_euclid(DAY_MS)) {
            for part in day.chunks(MOST_IN_RECORD) {
                changes.push((key(part.first().map_or(0, |first| first.at_ms)), Some(packed(part)?)));
            }
        }
        self.0.database.change(EVIDENCE, changes).context("write evidence anew")?;
        Ok(count - left.len())
    }
}

/// The time in a key.
fn time(key: &[u8]) -> i64 {
    let first = key.first_chunk().copied().unwrap_or_default();
    i64::try_from(u64::from_be_bytes(first)).unwrap_or(i64::MAX)
}

/// A key that sorts by time and was never there.
fn key(at_ms: i64) -> Vec<u8> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let run = std::process::id();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let time = u64::try_from(at_ms).unwrap_or(0).to_be_bytes();
    [time.as_slice(), &run.to_be_bytes(), &count.to_be_bytes()].concat()
}

const EVIDENCE: &str = "evidence";
const DAY_MS: i64 = 86_400_000;
const MOST_IN_RECORD: usize = 20_000;

#[cfg(test)]
mod tests {
    use house::{Attributes, Cause, EntityId, PersonId};

    use super::*;

    fn at(at_ms: i64, entity: &str, person: Option<&str>) -> Evidence {
        Evidence {
            at_ms,
            offset_s: 3600,
            entity: EntityId::new(entity),
            state: Some("on".to_owned()),
            attributes: Attributes::from([("brightness".to_owned(), 51.5.into())]),
            cause: Cause::Voice,
            person: person.map(PersonId::new),
        }
    }

    #[test]
    fn evidence_comes_back_as_it_was_kept_and_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        let first = [at(5, "light.a", Some("ann")), at(9, "light.b", None)];
        store.keep_evidence(&first).unwrap();
        store.keep_evidence(&[at(5, "light.c", None)]).unwrap();
        drop(store);
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        let all = store.evidence().unwrap();
        assert_eq!(all, [first[0].clone(), first[1].clone(), at(5, "light.c", None)]);
        assert!(0 < store.evidence_bytes().unwrap());
    }

    #[test]
    fn what_is_forgotten_is_nowhere_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        store.keep_evidence(&[at(5, "light.secret", Some("ann")), at(9, "light.b", Some("ben"))]).unwrap();
        store.snapshot().unwrap();
        let is_anns = |one: &Evidence| one.person.as_ref().is_some_and(|person| person.as_str() == "ann");
        assert_eq!(store.forget_evidence(is_anns).unwrap(), 1);
        assert_eq!(store.evidence().unwrap(), [at(9, "light.b", Some("ben"))]);
        assert_eq!(store.forget_evidence(|_| true).unwrap(), 1);
        assert_eq!(store.evidence().unwrap(), []);
        assert_eq!(store.forget_evidence(|_| true).unwrap(), 0);
    }

    #[test]
    fn what_is_old_is_one_record_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        for minute in 0..4000 {
            store.keep_evidence(&[at(minute * 60_000, "light.a", None)]).unwrap();
        }
        let before = store.evidence_bytes().unwrap();
        store.roll_up_evidence(0..2 * DAY_MS, |old| old.into_iter().step_by(2).collect()).unwrap();
        let after = store.evidence().unwrap();
        assert_eq!(after.len(), 1440 + 4000 - 2880);
        assert!(after.is_sorted_by_key(|one| one.at_ms));
        assert!(store.evidence_bytes().unwrap() * 2 < before);
    }
}
