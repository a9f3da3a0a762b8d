//! The house as it moves: server-sent events. A listener that falls behind gets the whole house afresh.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures::stream::{self, Stream};
use house::{Area, EntityId, Floor, MovingTimer, Schedule, StateChange};
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

use crate::auth::caller::Who;
use house::Ring;
use runtime::hub::snapshot::Snapshot;
use runtime::late_confirmations::Late;
use store::NoticeRecord;

use crate::context::Web;
use crate::error::Error;
use crate::error::ErrorWire;
use crate::house_wire::{self, EntityWire, StatusWire, TimerWire};
use crate::permits::Permit;
use crate::schedules;
use crate::{notices, turns};
use runtime::wire::NoticeWire;

/// The house as it moves: `house` first, then `entities`, `timers`, `timer`, `schedules`, `notice`, `notices`,
/// `status` and, when nothing moves, `beat`.
#[utoipa::path(
    get,
    path = "/events",
    tag = "house",
    security(("token" = []), ("session" = [])),
    responses(
        (
            status = 200,
            description = "Server-sent events: `house` (as GET house), `entities` ({entities, gone}), `timers` (all \
             of them), `timer` (one that rings), `schedules` (all of them), `notice` (an alarm, a reminder, something \
             scheduled or a broadcast, with its words), `notices` (all that nobody has dismissed), `late` \
             ({turn, entity_id, late_ms}: a device confirmed when its turn had ended), `status`, `beat`",
            content_type = "text/event-stream",
        ),
        (status = 401, body = ErrorWire),
        (status = 503, body = ErrorWire),
    ),
)]
pub(crate) async fn events(web: State<Web>, who: Extension<Who>) -> Result<impl IntoResponse, Error> {
    let person = web.access.person(&who.0).map(|id| id.to_string()).unwrap_or_default();
    let place = web.listeners.take(person).ok_or_else(|| {
        Error::new(StatusCode::SERVICE_UNAVAILABLE, "too many pages of yours listen to this hub")
            .hint("close some of them")
    })?;
    Ok(Sse::new(follow(Listener::new(web.0, who.0, place))))
}

fn follow(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    })
}

struct Listener {
    web: Web,
    who: Who,
    changes: broadcast::Receiver<Arc<Vec<StateChange>>>,
    rings: broadcast::Receiver<Ring>,
    late: broadcast::Receiver<Late>,
    notices: watch::Receiver<Arc<Vec<NoticeRecord>>>,
    tick: Interval,
    ticks_in_silence: u32,
    told: Option<Told>,
    _place: Permit<String>,
}

/// What the listener was told last, beside entities.
struct Told {
    places: (Vec<Floor>, Vec<Area>),
    timers: Vec<(String, bool, bool, u64)>,
    schedules: Vec<Schedule>,
    status: StatusWire,
}

/// Entities that moved.
#[derive(Serialize)]
struct Moved {
    entities: Vec<EntityWire>,
    gone: Vec<String>,
}

/// A device that did what a turn told it when the turn had ended.
#[derive(Serialize)]
struct LateWire {
    turn: String,
    entity_id: String,
    late_ms: u64,
}

enum Woken {
    Changes(Vec<EntityId>),
    Ring(Ring),
    Late(Late),
    Notices,
    Behind,
    Tick,
    Ended,
}

impl Listener {
    fn new(web: Web, who: Who, place: Permit<String>) -> Self {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            changes: web.hub.changes(),
            rings: web.hub.rings(),
            late: web.late.subscribe(),
            notices: web.notices.watch(),
            web,
            who,
            tick,
            ticks_in_silence: 0,
            told: None,
            _place: place,
        }
    }

    /// The next event; none once the listener may not listen any more, or the hub ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.told.is_none() {
                return Some(self.all());
            }
            let heard = self.woken().await;
            if !self.web.access.is_still_in(&self.who) {
                return None;
            }
            let event = match heard {
                Woken::Changes(ids) => Some(self.moved(&ids)),
                Woken::Ring(Ring::Timer(timer)) => Some(event("timer", &house_wire::timer(&timer))),
                Woken::Ring(Ring::Notice(notice)) => Some(event("notice", &NoticeWire::of(&notice))),
                Woken::Late(late) => self.may_see(&late).then(|| {
                    event(
                        "late",
                        &LateWire {
                            turn: late.turn.to_string(),
                            entity_id: late.entity.to_string(),
                            late_ms: late.late_ms,
                        },
                    )
                }),
                Woken::Notices => Some(event("notices", &notices::all(&self.web))),
                Woken::Behind => Some(self.all()),
                Woken::Tick => self.quiet(),
                Woken::Ended => return None,
            };
            if let Some(event) = event {
                self.ticks_in_silence = 0;
                return Some(event);
            }
        }
    }

    async fn woken(&mut self) -> Woken {
        tokio::select! {
            changes = self.changes.recv() => match changes {
                Ok(changes) => self.more(ids(&changes).collect()).await,
                Err(RecvError::Lagged(_)) => Woken::Behind,
                Err(RecvError::Closed) => Woken::Ended,
            },
            ring = self.rings.recv() => match ring {
                Ok(ring) => Woken::Ring(ring),
                Err(RecvError::Lagged(_)) => Woken::Behind,
                Err(RecvError::Closed) => Woken::Ended,
            },
            late = self.late.recv() => match late {
                Ok(late) => Woken::Late(late),
                Err(RecvError::Lagged(_)) => Woken::Behind,
                Err(RecvError::Closed) => Woken::Ended,
            },
            changed = self.notices.changed() => if changed.is_ok() { Woken::Notices } else { Woken::Ended },
            _ = self.tick.tick() => Woken::Tick,
        }
    }

    /// Changes come in bursts; one event carries them all.
    async fn more(&mut self, mut all: Vec<EntityId>) -> Woken {
        tokio::time::sleep(BATCH).await;
        loop {
            match self.changes.try_recv() {
                Ok(more) => all.extend(ids(&more)),
                Err(broadcast::error::TryRecvError::Lagged(_)) => return Woken::Behind,
                Err(_) => break,
            }
        }
        all.sort();
        all.dedup();
        Woken::Changes(all)
    }

    /// Whether the turn is one that the listener may read.
    fn may_see(&self, late: &Late) -> bool {
        turns::one(&self.web, &self.who, late.turn.to_string()).is_ok()
    }

    fn all(&mut self) -> Event {
        // What is still in the queue is in this snapshot already.
        self.changes = self.web.hub.changes();
        let snapshot = self.web.hub.snapshot();
        let whole = house_wire::whole(&self.web, &snapshot);
        self.told = Some(Told {
            places: places(&snapshot),
            timers: timers(&snapshot),
            schedules: snapshot.house.schedules.clone(),
            status: whole.status.clone(),
        });
        event("house", &whole)
    }

    fn moved(&mut self, ids: &[EntityId]) -> Event {
        let snapshot = self.web.hub.snapshot();
        if self.told.as_ref().is_none_or(|told| told.places != places(&snapshot)) {
            return self.all();
        }
        let gone = ids.iter().filter(|id| !snapshot.house.entities.contains_key(id)).map(ToString::to_string).collect();
        event("entities", &Moved { entities: house_wire::some(&snapshot, ids), gone })
    }

    /// What may have changed without an entity's doing; a beat now and then, so that a dead connection is noticed.
    fn quiet(&mut self) -> Option<Event> {
        let snapshot = self.web.hub.snapshot();
        let told = self.told.as_mut()?;
        let status = house_wire::status(&self.web, &snapshot);
        if told.status != status {
            told.status = status.clone();
            return Some(event("status", &status));
        }
        if told.timers != timers(&snapshot) {
            told.timers = timers(&snapshot);
            let timers: Vec<TimerWire> = house_wire::timers(&snapshot);
            return Some(event("timers", &timers));
        }
        if told.schedules != snapshot.house.schedules {
            told.schedules.clone_from(&snapshot.house.schedules);
            return Some(event("schedules", &schedules::all(&self.web, &snapshot, None)));
        }
        self.ticks_in_silence += 1;
        (TICKS_TO_BEAT <= self.ticks_in_silence).then(|| event("beat", &()))
    }
}

fn ids(changes: &[StateChange]) -> impl Iterator<Item = EntityId> {
    changes.iter().map(|change| change.entity.clone())
}

fn places(snapshot: &Snapshot) -> (Vec<Floor>, Vec<Area>) {
    (snapshot.house.floors.values().cloned().collect(), snapshot.house.areas.values().cloned().collect())
}

/// What of the timers does not change by itself. A running timer's end is rounded, because the time left is.
fn timers(snapshot: &Snapshot) -> Vec<(String, bool, bool, u64)> {
    let kept = |timer: &MovingTimer| (timer.id.clone(), timer.is_active, timer.rings(), timer.length_s);
    snapshot.house.timers.iter().map(kept).collect()
}

fn event(name: &str, data: &impl Serialize) -> Event {
    // Wire types are maps of plain values, which always become JSON.
    Event::default().event(name).json_data(data).unwrap_or_default()
}

/// Pages and programs that may listen at once.
pub(crate) const MOST_LISTENERS: usize = 64;
/// Of one person, so that nobody takes the places of others.
pub(crate) const MOST_OF_PERSON: usize = 16;
/// Changes within this time go out together; below what a person notices.
const BATCH: Duration = Duration::from_millis(40);
const TICK: Duration = Duration::from_millis(500);
/// A beat every 10 seconds of silence.
const TICKS_TO_BEAT: u32 = 20;
