//! Sends what was approved, and waits for the devices to say that it happened.
//!
//! Takes nothing but an [`Approved`]; knows adapters, the broker and time limits, and no intents, words or rules.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use house::{Action, Availability, Cause, Domain, Entity, Outcome, OutcomeKind, Quality, Reach, Step, reach};
use mind::judge::Approved;
use tracing::{debug, warn};

use crate::clock::Stopwatch;
use crate::hub::Handle;

/// How long devices are waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// A factor on every deadline; 1 with real devices.
    pub(crate) factor: f64,
}

/// Sends the steps and returns what became of each, in order.
pub(crate) async fn send(hub: &Handle, approved: &Approved, cause: Cause, patience: Patience) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(approved.steps().len());
    for wave in waves(approved.steps()) {
        let mut started = Vec::with_capacity(wave.len());
        for step in wave {
            started.push(begin(hub, step, cause).await);
        }
        outcomes.extend(join_all(started.into_iter().map(|started| finish(hub, started, cause, patience))).await);
    }
    outcomes
}

/// Steps that may run side by side: within a wave, no entity comes twice.
fn waves(steps: &[Step]) -> Vec<Vec<&Step>> {
    let mut waves: Vec<Vec<&Step>> = vec![Vec::new()];
    let mut seen = BTreeSet::new();
    for step in steps {
        if !seen.insert(&step.entity) {
            waves.push(Vec::new());
            seen = BTreeSet::from([&step.entity]);
        }
        if let Some(wave) = waves.last_mut() {
            wave.push(step);
        }
    }
    waves
}

struct Started<'a> {
    step: &'a Step,
    watch: Stopwatch,
    kind: Option<OutcomeKind>,
    /// The state before the command, to tell a device that says something else from one that says nothing.
    before: Option<(Option<String>, house::Attributes)>,
    /// What was published, for the trace.
    sent: Vec<String>,
}

/// Publishes one step, unless there is no need or no way.
async fn begin<'a>(hub: &Handle, step: &'a Step, cause: Cause) -> Started<'a> {
    let watch = Stopwatch::start();
    let before = state_of(hub, step);
    let mut sent = Vec::new();
    let kind = match publish(hub, step, cause, &mut sent).await {
        Published::Waiting => None,
        Published::Ended(kind) => Some(kind),
    };
    Started { step, watch, kind, before, sent }
}

enum Published {
    Waiting,
    Ended(OutcomeKind),
}

async fn publish(hub: &Handle, step: &Step, cause: Cause, sent: &mut Vec<String>) -> Published {
    let snapshot = hub.snapshot();
    let Some(link) = &snapshot.link else { return Published::Ended(OutcomeKind::Offline) };
    let Some(entity) = snapshot.house.entities.get(&step.entity) else { return Published::Ended(OutcomeKind::Refused) };
    if entity.availability == Availability::Offline {
        return Published::Ended(OutcomeKind::Offline);
    }
    let plays_else = plays_else(&step.action, entity);
    if entity.state.quality == Quality::Observed && reach(&step.action, entity) == Some(Reach::Yes) && !plays_else {
        return Published::Ended(OutcomeKind::Already);
    }
    let outgoing = match hub.outgoing(step.entity.clone(), step.action.clone(), cause).await {
        Ok(outgoing) => outgoing,
        Err(reason) => {
            warn!(entity = %step.entity, %reason, "A step could not be written for the device.");
            return Published::Ended(OutcomeKind::Refused);
        }
    };
    for message in &outgoing.messages {
        if let Err(error) = link.command(message) {
            warn!(%error, "A command could not be sent.");
            return Published::Ended(OutcomeKind::Offline);
        }
        sent.push(told(message, entity.domain));
    }
    let can_show = outgoing.reports && reach(&step.action, entity).is_some() && !plays_else;
    match can_show {
        true => Published::Waiting,
        false => Published::Ended(OutcomeKind::Sent),
    }
}

/// A message in the trace; what opens locks and alarms may carry their codes.
fn told(message: &device_adapters::Message, domain: Domain) -> String {
    let payload = match domain {
        Domain::Lock | Domain::AlarmControlPanel => "••••".into(),
        _ => String::from_utf8_lossy(&message.payload),
    };
    format!("{} {}", message.topic, payload.chars().take(LONGEST_TOLD).collect::<String>())
}

/// Whether a player plays already, and not what is asked: that it plays then says nothing of what.
fn plays_else(action: &Action, entity: &Entity) -> bool {
    let Action::PlayMedia { query, .. } = action else { return false };
    let wanted = query.to_lowercase();
    let is_it = TITLES.iter().filter_map(|name| entity.attribute(name)?.as_text()).any(|title| title.to_lowercase().contains(&wanted));
    entity.state.value.as_deref() == Some("playing") && !is_it
}

/// Waits for the device, and tries once more where that does no harm.
async fn finish(hub: &Handle, mut started: Started<'_>, cause: Cause, patience: Patience) -> Outcome {
    let step = started.step;
    let (kind, is_underway) = match started.kind {
        Some(kind) => (kind, false),
        None => wait(hub, step, cause, patience, started.before.take(), &mut started.sent).await,
    };
    let took_ms = u64::try_from(started.watch.elapsed().as_millis()).unwrap_or(u64::MAX);
    debug!(entity = %step.entity, kind = kind.as_str(), took_ms, "A step ended.");
    Outcome { entity: step.entity.clone(), action: step.action.clone(), kind, is_underway, took_ms, sent: started.sent }
}

async fn wait(hub: &Handle, step: &Step, cause: Cause, patience: Patience, before: Option<(Option<String>, house::Attributes)>, sent: &mut Vec<String>) -> (OutcomeKind, bool) {
    let domain = hub.snapshot().house.entities.get(&step.entity).map(|entity| entity.domain);
    let limit = domain.map_or(USUAL, deadline).mul_f64(patience.factor);
    let again = domain.is_some_and(is_harmless_twice);
    let first = if again { limit.mul_f64(0.6) } else { limit };
    if let Some(reached) = reached_within(hub, step, first).await {
        return (OutcomeKind::Confirmed, reached == Reach::Underway);
    }
    if again {
        if let Published::Ended(kind @ (OutcomeKind::Offline | OutcomeKind::Already)) = publish(hub, step, cause, sent).await {
            let kind = if kind == OutcomeKind::Already { OutcomeKind::Confirmed } else { kind };
            return (kind, false);
        }
        if let Some(reached) = reached_within(hub, step, limit.mul_f64(0.4)).await {
            return (OutcomeKind::Confirmed, reached == Reach::Underway);
        }
    }
    let snapshot = hub.snapshot();
    let is_gone = snapshot.link.is_none()
        || snapshot.house.entities.get(&step.entity).is_none_or(|entity| entity.availability == Availability::Offline);
    match is_gone {
        true => (OutcomeKind::TimedOut, false),
        false if before != state_of(hub, step) => (OutcomeKind::Refused, false),
        false => (OutcomeKind::TimedOut, false),
    }
}

async fn reached_within(hub: &Handle, step: &Step, limit: Duration) -> Option<Reach> {
    let mut watch = hub.watch();
    let mut reached = None;
    let arrives = watch.wait_for(|snapshot| {
        let entity = snapshot.house.entities.get(&step.entity).filter(|entity| entity.state.quality == Quality::Observed);
        reached = entity.and_then(|entity| reach(&step.action, entity)).filter(|reach| *reach != Reach::No);
        reached.is_some()
    });
    match tokio::time::timeout(limit, arrives).await {
        Ok(Ok(_)) => reached,
        Ok(Err(_)) | Err(_) => None,
    }
}

fn state_of(hub: &Handle, step: &Step) -> Option<(Option<String>, house::Attributes)> {
    let snapshot = hub.snapshot();
    let entity = snapshot.house.entities.get(&step.entity)?;
    Some((entity.state.value.clone(), entity.state.attributes.clone()))
}

/// How long a device of a domain gets to report: what bolts, motors and sleepy radios need.
fn deadline(domain: Domain) -> Duration {
    match domain {
        Domain::Light | Domain::Switch | Domain::InputBoolean | Domain::Fan | Domain::Siren => Duration::from_secs(3),
        Domain::Lock | Domain::AlarmControlPanel | Domain::Valve => Duration::from_secs(10),
        _ => USUAL,
    }
}

/// Whether the same absolute command twice is the same as once.
fn is_harmless_twice(domain: Domain) -> bool {
    matches!(domain, Domain::Light | Domain::Switch | Domain::Fan)
}

/// Where a player says what it plays.
const TITLES: &[&str] = &["media_title", "media_artist", "media_album_name", "media_playlist", "media_content_id"];
/// More of a message is not read.
const LONGEST_TOLD: usize = 300;
const USUAL: Duration = Duration::from_secs(6);
