//! Remembers what happens, looks at it every night, and offers at most one thing a day.

use std::time::Duration;

use house::{AreaId, EntityId, Lang, Notice, NoticeKind, StateChange, Suggestion, SuggestionAnswer};
use mind::learn::{LEAST_CONFIDENCE, confidence, rolled_up};
use mind::reply;
use mind::when::civil;
use tokio::sync::broadcast::error::RecvError;
use tracing::{info, warn};

use super::routines::{Routines, Said};
use super::{Known, Learning};
use crate::hub::schedules::Change;

/// Remembers and learns until the hub ends.
pub async fn keep(learning: Learning) {
    let mut changes = learning.0.hub.changes();
    let mut routines = Routines::default();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looked_day = None;
    loop {
        tokio::select! {
            batch = changes.recv() => match batch {
                Ok(batch) => {
                    learning.notice(&batch);
                    for change in batch.iter() {
                        learning.follow(&mut routines, change).await;
                    }
                }
                Err(RecvError::Lagged(count)) => warn!(count, "Changes were too many to be remembered."),
                Err(RecvError::Closed) => return,
            },
            _ = tick.tick() => {
                learning.tend().await;
                let night = learning.night();
                if night.is_some() && looked_day != night {
                    looked_day = night;
                    learning.learn_apart().await;
                }
                learning.offer().await;
                learning.tell_hints().await;
            }
        }
    }
}

impl Learning {
    /// Changes of one batch happened at one moment; under a storm of reports this is what each costs.
    fn notice(&self, changes: &[StateChange]) {
        let around = self.0.clock.around(changes.first().map_or(0, |change| change.at_ms));
        let mut known = self.known();
        let Known { recorder, settings, .. } = &mut *known;
        for change in changes {
            let is_echo = self.0.given.is_echo(&change.entity, change.at_ms);
            recorder.notice(change, is_echo, &around, settings);
        }
    }

    /// Counts what learned routines do, and pauses one that is taken back too often.
    pub(super) async fn follow(&self, routines: &mut Routines, change: &StateChange) {
        let said = routines.look(change, &self.known().suggestions);
        let Some(said) = said else { return };
        let (Said::Fired(id) | Said::Undone(id)) = &said;
        let counted = self.change(id, |one| match said {
            Said::Fired(_) => one.fired += 1,
            Said::Undone(_) => one.undone += 1,
        });
        if let Err(error) = counted {
            warn!(error = format!("{error:#}"), "What a learned routine did could not be counted.");
        }
        let Some(one) = self.one(id).filter(|_| matches!(said, Said::Undone(_))) else { return };
        let (hits, of) = one.record();
        if LEAST_UNDONE <= one.undone && confidence(hits, of) < LEAST_CONFIDENCE {
            self.pause(&one).await;
        }
    }

    async fn pause(&self, one: &Suggestion) {
        let Some(schedule) = one.schedule.clone() else { return };
        if let Err(error) = self.0.hub.schedule(Change::Pause(vec![schedule.clone()])).await {
            warn!(error = format!("{error:#}"), "A learned routine that is not wanted could not be paused.");
            return;
        }
        info!(%schedule, undone = one.undone, "A learned routine that is not wanted was paused.");
        let (house, lang) = (&self.0.hub.snapshot().house, self.lang());
        let around = self.0.clock.around(self.0.clock.now_ms());
        let Some(kept) = house.schedules.iter().find(|known| known.id == schedule) else { return };
        let said = reply::routine_paused(kept, one.undone, house, &around, lang);
        self.tell(NoticeKind::NotDone, said, Some(schedule)).await;
    }

    /// Writes down what was noticed, looks at the sun, and now and then rolls up what is old.
    async fn tend(&self) {
        let around = self.0.clock.around(self.0.clock.now_ms());
        {
            let mut known = self.known();
            let Known { recorder, settings, .. } = &mut *known;
            recorder.look_at_the_sun(&self.0.hub.snapshot().house, &around, settings);
            if !recorder.is_due(around.now_ms) {
                return;
            }
        }
        let learning = self.clone();
        let kept = tokio::task::spawn_blocking(move || learning.flush()).await;
        if let Ok(Err(error)) = kept {
            warn!(error = format!("{error:#}"), "What happened could not be remembered.");
        }
    }

    /// The night whose day has begun: after it, what happened is looked at once. None while the clock is not set.
    fn night(&self) -> Option<(i16, i8, i8)> {
        let now = self.0.clock.now_ms();
        let around = self.0.clock.around(now);
        let at = civil(now - NIGHT_ENDS_MS, &around);
        around.is_clock_set().then_some((at.year, at.month, at.day))
    }

    /// Off the threads that serve the network.
    async fn learn_apart(&self) {
        let learning = self.clone();
        let now = self.0.clock.now_ms();
        let learned = tokio::task::spawn_blocking(move || {
            let (store, detail_ms) = (&learning.0.store, now - DETAIL_MS);
            store.roll_up_evidence(now - OFTEN_MS..now - DAY_MS, |days| days)?;
            store.roll_up_evidence(detail_ms - OFTEN_MS..detail_ms, |old| rolled_up(old, detail_ms))?;
            learning.learn_now()
        });
        if let Ok(Err(error)) = learned.await {
            warn!(error = format!("{error:#}"), "What happened could not be learned from.");
        }
    }

    /// By day, and once a day at most, the surest habit of which nobody was told yet is told of.
    async fn offer(&self) {
        let now = self.0.clock.now_ms();
        let Some(one) = self.untold().next().filter(|_| self.may_offer(now)) else { return };
        if !self.offered(&one.id, now) {
            return;
        }
        let (house, lang) = (&self.0.hub.snapshot().house, self.lang());
        self.tell(NoticeKind::Suggestion, reply::suggestion(&one.habit, house, lang), None).await;
    }

    /// What is offered and nobody was told of yet.
    fn untold(&self) -> impl Iterator<Item = Suggestion> {
        let all = self.suggestions().into_iter();
        all.filter(|one| one.answer == SuggestionAnswer::Open && one.offered_ms == 0)
    }

    /// Whether something may be offered unasked: by day, and once a day at most.
    fn may_offer(&self, now: i64) -> bool {
        let hour = civil(now, &self.0.clock.around(now)).hour;
        let last = self.suggestions().iter().map(|one| one.offered_ms).max().unwrap_or(0);
        OFFERING_HOURS.contains(&hour) && OFFERED_EVERY_MS <= now - last
    }

    /// Writes down that it was told; says whether that is kept.
    fn offered(&self, id: &str, now: i64) -> bool {
        let kept = self.change(id, |one| one.offered_ms = now);
        if let Err(error) = &kept {
            warn!(error = format!("{error:#}"), "A suggestion could not be kept.");
        }
        kept.unwrap_or(false)
    }

    /// What fits to be offered to someone who has just spoken there: of that room, or of what was moved.
    pub fn offer_beside(&self, place: Option<&AreaId>, moved: &[EntityId], now: i64) -> Option<Suggestion> {
        if !self.may_offer(now) {
            return None;
        }
        let house = &self.0.hub.snapshot().house;
        let is_near = |one: &Suggestion| {
            let area = house.entities.get(&one.habit.entity).and_then(|entity| entity.area.as_ref());
            moved.contains(&one.habit.entity) || (area.is_some() && area == place)
        };
        let one = self.untold().find(is_near)?;
        self.offered(&one.id, now).then_some(one)
    }

    pub(super) async fn tell(&self, kind: NoticeKind, said: String, schedule: Option<String>) {
        let (at_ms, areas) = (self.0.clock.now_ms(), Vec::new());
        let notice = Notice { at_ms, kind, schedule, said, lang: self.lang(), areas, late_s: 0 };
        if let Err(error) = self.0.hub.notify(notice).await {
            warn!(%error, "What was learned could not be told.");
        }
    }

    /// The language of the rooms, for what nobody asked.
    pub(super) fn lang(&self) -> Lang {
        mind::language::of_house(&self.0.hub.snapshot().house)
    }
}

/// Once is no rule.
const LEAST_UNDONE: u32 = 2;
const TICK: Duration = Duration::from_secs(5);
/// At this hour most are asleep, and what happens after midnight still belongs to the day before.
const NIGHT_ENDS_MS: i64 = 4 * 3_600_000;
/// For so long, everything that was measured is kept.
const DETAIL_MS: i64 = 100 * DAY_MS;
const DAY_MS: i64 = 86_400_000;
/// A hub that was off for a few nights catches up.
const OFTEN_MS: i64 = 8 * DAY_MS;
/// Nobody is asked earlier or later.
const OFFERING_HOURS: std::ops::Range<i8> = 9..21;
const OFFERED_EVERY_MS: i64 = 20 * 3_600_000;
