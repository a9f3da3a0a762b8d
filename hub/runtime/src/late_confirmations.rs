//! Devices that do what they were told after all, when their turn has ended without them: the turn and the page are
//! told.
//!
//! Only a report of the state that was asked for counts; nothing is ever taken for done.

use house::{Action, EntityId, House, OutcomeKind, Quality, Reach, TurnId, reach};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tracing::{info, warn};

use crate::turn::Turns;
use crate::turn::outcome::EndedTurn;

/// A device that answered late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The turn.
    pub turn: TurnId,
    /// Which entity.
    pub entity: EntityId,
    /// How long after the end of the turn, in milliseconds.
    pub late_ms: u64,
}

/// A step that a device has not answered.
#[derive(Clone, Debug)]
struct Waiting {
    turn: TurnId,
    entity: EntityId,
    action: Action,
    since_ms: i64,
}

/// Waits for what has not been answered, until the hub ends; tells those who listen.
pub async fn keep(turns: Turns, told: broadcast::Sender<Late>) {
    let mut ended = turns.ended();
    let mut house = turns.hub.watch();
    let mut waiting: Vec<Waiting> = Vec::new();
    loop {
        tokio::select! {
            turn = ended.recv() => match turn {
                Ok(turn) => begin(&mut waiting, &turn),
                Err(RecvError::Lagged(count)) => warn!(count, "Turns were too many to wait for all their devices."),
                Err(RecvError::Closed) => return,
            },
            changed = house.changed() => if changed.is_err() {
                return;
            },
        }
        let now = turns.clock.now_ms();
        waiting.retain(|one| now - one.since_ms < LONGEST_MS);
        if waiting.is_empty() {
            continue;
        }
        let snapshot = house.borrow_and_update().clone();
        let (done, rest): (Vec<Waiting>, Vec<Waiting>) =
            waiting.into_iter().partition(|one| has_answered(one, &snapshot.house));
        waiting = rest;
        for one in done {
            let late =
                Late { late_ms: u64::try_from(now - one.since_ms).unwrap_or(0), turn: one.turn, entity: one.entity };
            if turns.note_late(&late) {
                // Nobody may be listening.
                let _ = told.send(late);
            }
        }
    }
}

/// A newer command to a device is another matter: what it reports from then on is an answer to that.
fn begin(waiting: &mut Vec<Waiting>, turn: &EndedTurn) {
    waiting.retain(|one| turn.outcomes.iter().all(|outcome| outcome.entity != one.entity));
    let Some(id) = &turn.id else { return };
    let unanswered = turn.outcomes.iter().filter(|outcome| outcome.kind == OutcomeKind::TimedOut);
    waiting.extend(unanswered.map(|outcome| Waiting {
        turn: id.clone(),
        entity: outcome.entity.clone(),
        action: outcome.action.clone(),
        since_ms: turn.at_ms,
    }));
    let surplus = waiting.len().saturating_sub(MOST);
    waiting.drain(..surplus);
}

fn has_answered(one: &Waiting, house: &House) -> bool {
    let entity = house.entities.get(&one.entity).filter(|entity| entity.state.quality == Quality::Observed);
    entity.and_then(|entity| reach(&one.action, entity)).is_some_and(|reach| reach != Reach::No)
}

impl Turns {
    /// Writes down that a device answered late; false if the turn is forgotten.
    fn note_late(&self, late: &Late) -> bool {
        let Some(store) = &self.store else { return false };
        let amended = store.amend_turn(&late.turn, |turn| {
            for outcome in turn.outcomes.iter_mut().filter(|outcome| {
                outcome.entity == late.entity.as_str() && outcome.kind == OutcomeKind::TimedOut.as_str()
            }) {
                outcome.kind = LATE.to_owned();
                outcome.late_ms = Some(late.late_ms);
            }
        });
        match amended {
            Ok(is_there) => {
                info!(entity = %late.entity, late_ms = late.late_ms, "A device answered late.");
                is_there
            }
            Err(error) => {
                warn!(error = format!("{error:#}"), "A late answer could not be written down.");
                true
            }
        }
    }
}

/// How a step that was answered late ended.
const LATE: &str = "late";
/// After ten minutes a state has other reasons.
const LONGEST_MS: i64 = 10 * 60_000;
const MOST: usize = 500;
