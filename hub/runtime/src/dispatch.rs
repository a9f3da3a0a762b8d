//! Sends what was approved, and waits for the devices to say that it happened.
//!
//! Takes nothing but an [`Approved`]; knows adapters, the broker and time limits, and no intents, words or rules.

use std::collections::BTreeSet;
use std::time::Duration;

use device_adapters::Failure;
use futures::future::join_all;
use house::{Action, Availability, Cause, Domain, Entity, Outcome, OutcomeKind, Quality, Reach, Speaker, Step, reach};
use mind::judge::{Approved, ApprovedStep};
use tracing::{debug, warn};

use crate::clock::Stopwatch;
use crate::hub::handle::Handle;
use crate::hub::transport::{Answered, Command, CommandBody, Receipt, Route, Unsendable};

/// How long devices are waited for, as a factor on every deadline.
#[derive(Clone, Copy, Debug)]
pub struct TimeoutScale(f64);

impl TimeoutScale {
    /// As real devices need it.
    pub const REAL: Self = Self(1.0);

    /// That many times as long; below 1 for devices that answer at once.
    pub fn of(factor: f64) -> Self {
        Self(factor)
    }

    fn scale(self, deadline: Duration) -> Duration {
        deadline.mul_f64(self.0)
    }
}

/// Why the steps are sent, for whom, and how long their devices are waited for.
#[derive(Clone, Copy)]
struct Doing<'a> {
    hub: &'a Handle,
    cause: Cause,
    speaker: Option<&'a Speaker>,
    timeout_scale: TimeoutScale,
}

/// Sends the steps and returns what became of each, in order.
pub async fn send(
    hub: &Handle,
    approved: &Approved,
    cause: Cause,
    speaker: Option<&Speaker>,
    timeout_scale: TimeoutScale,
) -> Vec<Outcome> {
    let doing = Doing { hub, cause, speaker, timeout_scale };
    let mut outcomes = Vec::with_capacity(approved.steps().len());
    for wave in waves(approved.steps()) {
        let mut started = Vec::with_capacity(wave.len());
        for step in wave {
            started.push(begin(doing, step).await);
        }
        outcomes.extend(join_all(started.into_iter().map(|started| finish(doing, started))).await);
    }
    outcomes
}

/// Steps that may run side by side: within a wave, no entity comes twice.
fn waves(steps: &[ApprovedStep]) -> Vec<Vec<&ApprovedStep>> {
    let mut waves: Vec<Vec<&ApprovedStep>> = vec![Vec::new()];
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
    step: &'a ApprovedStep,
    watch: Stopwatch,
    published: Published,
    /// The state before the command, to tell a device that says something else from one that says nothing.
    before: Option<(Option<String>, house::Attributes)>,
    /// What was published, for the trace.
    sent: Vec<String>,
}

/// Publishes one step, unless there is no need or no way.
async fn begin<'a>(doing: Doing<'_>, step: &'a ApprovedStep) -> Started<'a> {
    let watch = Stopwatch::start();
    let before = state_of(doing.hub, step);
    let mut sent = Vec::new();
    let published = publish(doing, step, &mut sent).await;
    Started { step, watch, published, before, sent }
}

enum Published {
    /// The device will report.
    Waiting,
    /// Home Assistant will answer; whether the device will report, too.
    Called {
        answered: Answered,
        can_show: bool,
    },
    Ended(OutcomeKind),
}

async fn publish(doing: Doing<'_>, step: &ApprovedStep, sent: &mut Vec<String>) -> Published {
    let snapshot = doing.hub.snapshot();
    let Some(entity) = snapshot.house.entities.get(&step.entity) else { return Published::Ended(OutcomeKind::Offline) };
    if entity.availability == Availability::Offline {
        return Published::Ended(OutcomeKind::Offline);
    }
    let plays_else = plays_else(&step.action, entity);
    if entity.state.quality == Quality::Observed && reach(&step.action, entity) == Some(Reach::Yes) && !plays_else {
        return Published::Ended(OutcomeKind::Already);
    }
    let outgoing = match doing.hub.outgoing(step, doing.cause, doing.speaker).await {
        Ok(outgoing) => outgoing,
        Err(Unsendable::Offline) => return Published::Ended(OutcomeKind::Offline),
        Err(reason @ Unsendable::Unable(_)) => {
            warn!(entity = %step.entity, %reason, "A step could not be written for the device.");
            return Published::Ended(OutcomeKind::Unable);
        }
    };
    let can_show = outgoing.reports && reach(&step.action, entity).is_some() && !plays_else;
    let gone = match outgoing.route {
        Route::Done => Ok(Receipt::Gone),
        Route::By(carrier, command) => carrier.send(&command).inspect(|_| sent.extend(told(&command, entity.domain))),
    };
    match gone {
        Ok(Receipt::Answered(answered)) => Published::Called { answered, can_show },
        Ok(Receipt::Gone) if can_show => Published::Waiting,
        Ok(Receipt::Gone) => Published::Ended(OutcomeKind::Sent),
        Err(error) => {
            warn!(%error, "A command could not be sent.");
            Published::Ended(OutcomeKind::Offline)
        }
    }
}

/// A command in the trace; what opens locks and alarms may carry their codes.
fn told(command: &Command, domain: Domain) -> Vec<String> {
    let message = |message: &device_adapters::Message| {
        let payload = match domain {
            Domain::Lock | Domain::AlarmControlPanel => "••••".into(),
            _ => String::from_utf8_lossy(&message.payload),
        };
        format!("{} {}", message.topic, payload.chars().take(MAX_TOLD).collect::<String>())
    };
    match command.body() {
        CommandBody::Messages(messages) => messages.iter().map(message).collect(),
        CommandBody::Call(call) => vec![format!("{} for {} of Home Assistant", call.service, call.entity)],
    }
}

/// Whether a player plays already, and not what is asked: that it plays then says nothing of what.
fn plays_else(action: &Action, entity: &Entity) -> bool {
    let Action::PlayMedia { query, .. } = action else { return false };
    let wanted = query.to_lowercase();
    let is_it = TITLES
        .iter()
        .filter_map(|name| entity.attribute(name)?.as_text())
        .any(|title| title.to_lowercase().contains(&wanted));
    entity.state.value.as_deref() == Some("playing") && !is_it
}

/// Waits for the device, and tries once more where that does no harm.
async fn finish(doing: Doing<'_>, mut started: Started<'_>) -> Outcome {
    let step = started.step;
    let mut reason = None;
    let (kind, is_underway) = match started.published {
        Published::Ended(kind) => (kind, false),
        Published::Waiting => wait(doing, step, started.before.take(), &mut started.sent).await,
        Published::Called { answered, can_show } => {
            match wait_for_call(doing, step, answered, can_show, started.before).await {
                Ok(reached) => reached,
                Err(failure) => {
                    warn!(entity = %step.entity, reason = %failure, "Home Assistant did not do a step.");
                    reason = Some(failure.message).filter(|message| !message.is_empty());
                    (OutcomeKind::Refused, false)
                }
            }
        }
    };
    let took_ms = u64::try_from(started.watch.elapsed().as_millis()).unwrap_or(u64::MAX);
    debug!(entity = %step.entity, kind = kind.as_str(), took_ms, "A step ended.");
    Outcome {
        entity: step.entity.clone(),
        action: step.action.clone(),
        kind,
        is_underway,
        took_ms,
        reason,
        sent: started.sent,
    }
}

async fn wait(
    doing: Doing<'_>,
    step: &ApprovedStep,
    before: Option<(Option<String>, house::Attributes)>,
    sent: &mut Vec<String>,
) -> (OutcomeKind, bool) {
    let hub = doing.hub;
    let domain = hub.snapshot().house.entities.get(&step.entity).map(|entity| entity.domain);
    let limit = doing.timeout_scale.scale(domain.map_or(DEFAULT_DEADLINE, deadline));
    let again = domain.is_some_and(is_harmless_twice);
    let first = if again { limit.mul_f64(0.6) } else { limit };
    if let Some(reached) = reached_within(hub, step, first).await {
        return (OutcomeKind::Confirmed, reached == Reach::Underway);
    }
    if again {
        if let Published::Ended(kind @ (OutcomeKind::Offline | OutcomeKind::Already)) = publish(doing, step, sent).await
        {
            let kind = if kind == OutcomeKind::Already { OutcomeKind::Confirmed } else { kind };
            return (kind, false);
        }
        if let Some(reached) = reached_within(hub, step, limit.mul_f64(0.4)).await {
            return (OutcomeKind::Confirmed, reached == Reach::Underway);
        }
    }
    (unreached(hub, step, before), false)
}

/// What it means that a device did not report what was asked for.
fn unreached(hub: &Handle, step: &Step, before: Option<(Option<String>, house::Attributes)>) -> OutcomeKind {
    let is_lost =
        |entity: &Entity| entity.availability == Availability::Offline || entity.state.quality == Quality::Stale;
    let is_gone = hub.snapshot().house.entities.get(&step.entity).is_none_or(is_lost);
    match is_gone {
        true => OutcomeKind::TimedOut,
        false if before != state_of(hub, step) => OutcomeKind::Refused,
        false => OutcomeKind::TimedOut,
    }
}

/// Waits for a device of Home Assistant, which may say itself that it can't be done. A call is made once.
async fn wait_for_call(
    doing: Doing<'_>,
    step: &Step,
    answered: Answered,
    can_show: bool,
    before: Option<(Option<String>, house::Attributes)>,
) -> Result<(OutcomeKind, bool), Failure> {
    let hub = doing.hub;
    let domain = hub.snapshot().house.entities.get(&step.entity).map(|entity| entity.domain);
    let limit = doing.timeout_scale.scale(domain.map_or(DEFAULT_DEADLINE, deadline));
    let reached = async {
        match can_show {
            true => reached_within(hub, step, limit).await,
            false => std::future::pending().await,
        }
    };
    // An answer in the affirmative only says that the service ran; the device's report says more.
    let told = async {
        match tokio::time::timeout(limit, answered).await {
            Ok(Ok(Err(failure))) => Err(failure),
            Ok(Ok(Ok(_))) if can_show => std::future::pending().await,
            // No state shows a scene, but Home Assistant answers once all of it was done.
            Ok(Ok(Ok(_))) if step.action == Action::Activate => Ok(OutcomeKind::Confirmed),
            Ok(Ok(Ok(_))) => Ok(OutcomeKind::Sent),
            Ok(Err(_)) | Err(_) if can_show => std::future::pending().await,
            Ok(Err(_)) | Err(_) => Ok(OutcomeKind::TimedOut),
        }
    };
    tokio::select! {
        reached = reached => match reached {
            Some(reached) => Ok((OutcomeKind::Confirmed, reached == Reach::Underway)),
            None => Ok((unreached(hub, step, before), false)),
        },
        told = told => told.map(|kind| (kind, false)),
    }
}

async fn reached_within(hub: &Handle, step: &Step, limit: Duration) -> Option<Reach> {
    let mut watch = hub.watch();
    let mut reached = None;
    let arrives = watch.wait_for(|snapshot| {
        let entity =
            snapshot.house.entities.get(&step.entity).filter(|entity| entity.state.quality == Quality::Observed);
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
        _ => DEFAULT_DEADLINE,
    }
}

/// Whether the same absolute command twice is the same as once.
fn is_harmless_twice(domain: Domain) -> bool {
    matches!(domain, Domain::Light | Domain::Switch | Domain::Fan)
}

/// Where a player says what it plays.
const TITLES: &[&str] = &["media_title", "media_artist", "media_album_name", "media_playlist", "media_content_id"];
/// More of a message is not read.
const MAX_TOLD: usize = 300;
const DEFAULT_DEADLINE: Duration = Duration::from_secs(6);
