//! What shall happen later: kept in the store before anyone is told, and due again and again.
//!
//! Knows when something is due; knows nothing of what it does.

use house::{Consent, Draft, Errand, Lang, Schedule, Speaker, Timing};
use mind::when::{CLOCK_IS_SET_MS, TimeContext, next};

/// A change to what is scheduled.
#[derive(Clone, Debug)]
pub enum Change {
    /// These more, told of in a language, and who asks for them.
    Add(Vec<Draft>, Lang, Speaker),
    /// Away with these; what rings again and again is only silenced.
    Silence(Vec<String>),
    /// Away with these for good.
    Cancel(Vec<String>),
    /// Nothing comes of these until they go on; what rings is silent.
    Pause(Vec<String>),
    /// These go on, from their next time.
    Resume(Vec<String>),
    /// These ring again after so many seconds.
    Snooze(Vec<String>, u64),
    /// This one is due and rings.
    Ring(String),
    /// This one was due and is done, or was missed.
    Settle {
        /// Which.
        id: String,
        /// Whether it was done, so that what ends it has to come.
        is_done: bool,
    },
}

/// Everything that is scheduled.
#[derive(Clone, Debug, Default)]
pub struct Schedules {
    all: Vec<Schedule>,
    next: u64,
}

impl Schedules {
    /// What was kept. A time that was missed stays, so that it is told of.
    pub fn new(all: Vec<Schedule>, around: &TimeContext) -> Self {
        let next = all.iter().filter_map(|one| one.id.strip_prefix('s')?.parse::<u64>().ok()).max().unwrap_or(0) + 1;
        let mut schedules = Self { all, next };
        schedules.recompute(around);
        schedules
    }

    /// All of it.
    pub fn all(&self) -> &[Schedule] {
        &self.all
    }

    /// Makes a change; gives what is new.
    ///
    /// # Errors
    /// If there are too many already, or a time can't be reckoned any more. What came before in the same change holds.
    pub fn change(&mut self, change: Change, around: &TimeContext) -> anyhow::Result<Vec<Schedule>> {
        match change {
            Change::Add(drafts, lang, asked_by) => {
                return drafts.into_iter().map(|draft| self.add(draft, lang, asked_by.clone(), around)).collect();
            }
            Change::Cancel(ids) => self.all.retain(|one| !ids.contains(&one.id)),
            Change::Silence(ids) => self.silence(&ids),
            Change::Pause(ids) => self.each(&ids, |one| (one.is_paused, one.rings_since_ms) = (true, None)),
            Change::Resume(ids) => self.resume(&ids, around)?,
            Change::Snooze(ids, seconds) => self.snooze(&ids, seconds, around)?,
            Change::Ring(id) => self.ring(&id, around),
            Change::Settle { id, is_done } => self.settle(&id, is_done, around),
        }
        Ok(Vec::new())
    }

    /// Times by clock, calendar and sun, reckoned anew: the zone may have changed. What is due stays due.
    pub fn recompute(&mut self, around: &TimeContext) {
        if !around.is_clock_set() {
            return;
        }
        for one in self.all.iter_mut().filter(|one| around.now_ms < one.due_ms) {
            if matches!(one.timing, Timing::Wall(_) | Timing::Weekly(..))
                && let Some(due) = next(&one.timing, around.now_ms, around)
            {
                one.due_ms = due;
            }
        }
    }

    /// Keeps what is left when the clock is set. What was kept before the clock was known is right already.
    pub fn shift(&mut self, jump_ms: i64, was_unset: bool) {
        for one in &mut self.all {
            if let Some(since) = &mut one.rings_since_ms {
                *since = since.saturating_add(jump_ms);
            }
            let is_right = was_unset && CLOCK_IS_SET_MS <= one.due_ms;
            match &mut one.timing {
                Timing::At(at) if !is_right => {
                    *at = at.saturating_add(jump_ms);
                    one.due_ms = *at;
                }
                Timing::Every(_) if !is_right => one.due_ms = one.due_ms.saturating_add(jump_ms),
                Timing::At(_) | Timing::Every(_) | Timing::Wall(_) | Timing::Weekly(..) | Timing::Triggered(..) => {}
            }
        }
    }

    fn add(&mut self, draft: Draft, lang: Lang, asked_by: Speaker, around: &TimeContext) -> anyhow::Result<Schedule> {
        anyhow::ensure!(self.all.len() < MOST, "there are {MOST} things scheduled already; cancel one first");
        let due_ms = next(&draft.timing, around.now_ms, around).filter(|due| around.now_ms <= *due);
        let due_ms = due_ms.ok_or_else(|| anyhow::anyhow!("that time never comes"))?;
        let id = format!("s{}", self.next);
        self.next += 1;
        let schedule = Schedule {
            id,
            errand: draft.errand,
            name: draft.name,
            area: draft.area,
            asked_by,
            timing: draft.timing,
            conditions: draft.conditions,
            due_ms,
            rings_since_ms: None,
            is_paused: false,
            lang,
        };
        self.all.push(schedule.clone());
        Ok(schedule)
    }

    fn silence(&mut self, ids: &[String]) {
        self.all.retain(|one| !ids.contains(&one.id) || is_repeated(&one.timing));
        self.each(ids, |one| one.rings_since_ms = None);
    }

    fn resume(&mut self, ids: &[String], around: &TimeContext) -> anyhow::Result<()> {
        for one in self.all.iter_mut().filter(|one| ids.contains(&one.id) && one.is_paused) {
            if one.due_ms < around.now_ms {
                let due_ms = next(&one.timing, around.now_ms, around).filter(|due| around.now_ms <= *due);
                one.due_ms = due_ms.ok_or_else(|| anyhow::anyhow!("its time went by while it was paused"))?;
            }
            one.is_paused = false;
        }
        Ok(())
    }

    fn snooze(&mut self, ids: &[String], seconds: u64, around: &TimeContext) -> anyhow::Result<()> {
        let at = around.now_ms.saturating_add(i64::try_from(seconds).unwrap_or(0).saturating_mul(1000));
        let again: Vec<Schedule> =
            self.all.iter().filter(|one| ids.contains(&one.id) && is_repeated(&one.timing)).cloned().collect();
        self.each(ids, |one| {
            one.rings_since_ms = None;
            if !is_repeated(&one.timing) {
                (one.timing, one.due_ms) = (Timing::At(at), at);
            }
        });
        again.into_iter().try_for_each(|one| {
            let (lang, asked_by) = (one.lang, one.asked_by.clone());
            let draft = Draft { timing: Timing::At(at), ..Draft::again(one) };
            self.add(draft, lang, asked_by, around).map(|_| ())
        })
    }

    fn ring(&mut self, id: &str, around: &TimeContext) {
        self.each(&[id.to_owned()], |one| {
            one.rings_since_ms = Some(around.now_ms);
            if let (true, Some(due)) = (is_repeated(&one.timing), next(&one.timing, around.now_ms, around)) {
                one.due_ms = due;
            }
        });
    }

    fn settle(&mut self, id: &str, is_done: bool, around: &TimeContext) {
        let Some(index) = self.all.iter().position(|one| one.id == id) else { return };
        let one = self.all.remove(index);
        if let (true, Errand::Act { back: Some((seconds, steps)), agreed, .. }) = (is_done, &one.errand) {
            let at = around.now_ms.saturating_add(i64::try_from(*seconds).unwrap_or(0).saturating_mul(1000));
            let errand = Errand::Act { steps: steps.clone(), back: None, agreed: *agreed };
            let id = format!("s{}", self.next);
            self.next += 1;
            self.all.push(Schedule {
                id,
                errand,
                timing: Timing::At(at),
                conditions: Vec::new(),
                due_ms: at,
                rings_since_ms: None,
                is_paused: false,
                ..one.clone()
            });
        }
        if let (true, Some(due_ms)) = (is_repeated(&one.timing), next(&one.timing, around.now_ms, around)) {
            self.all.insert(index, Schedule { due_ms, ..one });
        }
    }

    fn each(&mut self, ids: &[String], change: impl Fn(&mut Schedule)) {
        self.all.iter_mut().filter(|one| ids.contains(&one.id)).for_each(change);
    }
}

/// Whether it comes again.
pub fn is_repeated(timing: &Timing) -> bool {
    matches!(timing, Timing::Weekly(..) | Timing::Every(_) | Timing::Triggered(..))
}

/// A draft of an action with what was agreed to.
pub fn agreed_to(mut draft: Draft, consent: Consent) -> Draft {
    if let Errand::Act { agreed, .. } = &mut draft.errand {
        *agreed = consent;
    }
    draft
}

/// More than these are a mistake or an attack.
const MOST: usize = 200;
