//! The hub task: the only owner of the house. Everything that changes it comes as an input, one after the other.
//!
//! Knows the house, what happens to it and who watches; knows nothing of why anything is wanted.

pub mod event;
pub mod handle;
pub mod home_assistant;
pub mod hub_entities;
pub mod refusals;
pub mod schedules;
pub mod snapshot;
pub mod transport;

mod apply;
mod areas;
mod context;
mod foreign_areas;
mod keep;
mod openers;
mod outgoing;
mod overrides;
mod ringing;
mod timers;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use device_adapters::{Adapters, Change, Limits, Preference};
use house::{
    Action, Cause, ChangeContext, Edit, Edits, Entity, EntityId, House, HubEntities, NewHubEntity, Notice, Rejection,
    Ring, Speaker, StateChange,
};
use mind::understand::prompt::Names;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tracing::{info, warn};

use store::Store;

use crate::clock::{Clock, Jumps};
use event::{Event, Input};
use foreign_areas::ForeignAreas;
use handle::Handle;
use keep::{IDENTITIES, OPENERS, PLACES};
use openers::Openers;
use refusals::{Refusals, RefusedKind};
use schedules::Schedules;
use snapshot::Snapshot;
use timers::Timers;
use transport::Transport;

/// What the hub task starts from.
pub struct Start {
    /// Floors and areas that are known before any device speaks.
    pub house: House,
    /// Where edits and timers are kept; none for a simulation.
    pub store: Option<Store>,
    /// Whom to believe about a device that is announced in two ways.
    pub preference: Preference,
    /// The time.
    pub clock: Clock,
    /// Topics on which the hub itself is spoken to, and all below them: no device is commanded there.
    pub own_topics: Vec<String>,
    /// Called after each batch of events: the systemd watchdog.
    pub alive: Option<fn()>,
}

/// Starts the hub on a thread of its own: what it keeps has to be on the disk before anyone is told, and a slow disk
/// must not hold up those who serve the network.
///
/// # Errors
/// If what was kept can't be read, or the system gives no thread.
pub fn start(start: Start) -> anyhow::Result<Handle> {
    let (inputs, inbox) = mpsc::channel(MAX_INPUTS);
    let (asks, asked) = mpsc::channel(MAX_ASKS);
    let (publish, snapshot) = watch::channel(Arc::new(Snapshot::default()));
    let (changes, _) = broadcast::channel(MAX_CHANGES);
    let (rings, _) = broadcast::channel(MAX_RINGS);
    let handle = Handle { inputs, asks, snapshot, changes: changes.clone(), rings: rings.clone() };
    let alive = start.alive;
    let mut hub = Hub::of(start)?;
    let now = hub.clock.now_ms();
    overrides::apply_places(&hub.edits, &mut hub.snapshot.house);
    hub.show_own(None, now);
    hub.refresh(now);
    publish.send_replace(Arc::new(hub.snapshot.clone()));
    let listeners = Listeners { publish, changes, rings };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().context("start the hub")?;
    let run = move || runtime.block_on(run(hub, (inbox, asked), listeners, alive));
    std::thread::Builder::new().name("hub".to_owned()).spawn(run).context("start the hub's thread")?;
    Ok(handle)
}

/// Those who are told of what happened.
struct Listeners {
    publish: watch::Sender<Arc<Snapshot>>,
    changes: broadcast::Sender<Arc<Vec<StateChange>>>,
    rings: broadcast::Sender<Ring>,
}

async fn run(
    mut hub: Hub,
    (mut inbox, mut asks): (mpsc::Receiver<Input>, mpsc::Receiver<Input>),
    listeners: Listeners,
    alive: Option<fn()>,
) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let ended = tokio::select! {
            biased;
            Some(ask) = asks.recv() => {
                hub.take(ask, hub.clock.now_ms());
                false
            }
            count = inbox.recv_many(&mut batch, MAX_BATCH) => count == 0,
            _ = tick.tick() => false,
        };
        if ended {
            return;
        }
        let now = hub.clock.now_ms();
        hub.follow_clock(now);
        for change in hub.adapters.tell_time(now) {
            hub.change(change, now);
        }
        for (count, input) in batch.drain(..).enumerate() {
            // A storm of reports must not hold up a command.
            while count % MAX_BEFORE_ASKS == 0
                && let Ok(ask) = asks.try_recv()
            {
                hub.take(ask, now);
            }
            hub.take(input, now);
        }
        hub.publish(&listeners, now);
        alive.inspect(|alive| alive());
        // Under a storm of reports, a snapshot a frame is enough; a single report is shown at once.
        if STORM < inbox.len() {
            tokio::select! {
                () = tokio::time::sleep(SNAPSHOT_PAUSE) => {}
                Some(ask) = asks.recv() => hub.take(ask, now),
            }
        }
    }
}

struct Hub {
    snapshot: Snapshot,
    adapters: Adapters,
    /// The connection to the broker, if there is one.
    broker: Option<Arc<dyn Transport>>,
    /// The connection to Home Assistant, if there is one.
    home_assistant: Option<Arc<dyn Transport>>,
    edits: Edits,
    own: HubEntities,
    places: ForeignAreas,
    timers: Timers,
    schedules: Schedules,
    jumps: Jumps,
    /// The minute in which times were last reckoned anew.
    minute: i64,
    store: Option<Store>,
    clock: Clock,
    topics: Vec<String>,
    refusals: Refusals,
    /// What opens the things that guard the home.
    openers: Openers,
    /// Where no device is commanded.
    own_topics: Vec<String>,
    /// What Hearth itself asked of entities lately, to tell its own changes from others'.
    expected: HashMap<EntityId, Expected>,
    sent: Vec<(EntityId, i64)>,
    changed: Vec<StateChange>,
    /// What is so in the house, for those who learn from changes.
    context: Arc<ChangeContext>,
    /// The minute in which that was last looked at.
    context_minute: i64,
    /// Answers that wait for the next snapshot.
    answers: Vec<Box<dyn FnOnce() + Send>>,
    /// What rings with this batch.
    notices: Vec<Notice>,
    are_names_stale: bool,
    /// How many devices' ids are in the store already.
    identities_kept: usize,
}

/// What an entity was asked to do, why and by whom, and until when a report is an answer to that.
struct Expected {
    action: Action,
    cause: Cause,
    speaker: Option<Speaker>,
    until_ms: i64,
}

impl Hub {
    fn of(start: Start) -> anyhow::Result<Self> {
        let Start { house, store, preference, clock, own_topics, alive: _ } = start;
        let kept = store.as_ref();
        let now = clock.now_ms();
        let identities: Vec<(String, String)> =
            kept.map(|store| store.setting(IDENTITIES)).transpose()?.flatten().unwrap_or_default();
        let places = kept.map(|store| store.setting(PLACES)).transpose()?.flatten();
        let openers = kept.map(|store| store.setting(OPENERS)).transpose()?.flatten();
        let schedules = kept.map(Store::schedules).transpose()?.unwrap_or_default();
        let identities_kept = identities.len();
        let ids = identities.into_iter().map(|(key, id)| (key, EntityId::new(id))).chain([own_identity()]);
        Ok(Self {
            snapshot: Snapshot { house, ..Snapshot::default() },
            adapters: Adapters::with_identities(Limits::default(), ids)
                .preferring(preference)
                .in_zone(clock.around(now).zone)
                .sparing(own_topics.clone()),
            broker: None,
            home_assistant: None,
            edits: kept.map(Store::edits).transpose()?.unwrap_or_default(),
            own: kept.map(Store::hub_entities).transpose()?.unwrap_or_default(),
            places: places.map(ForeignAreas::of_records).unwrap_or_default(),
            timers: Timers::new(kept.map(Store::timers).transpose()?.unwrap_or_default()),
            schedules: Schedules::new(schedules, &clock.around(now)),
            jumps: Jumps::of(&clock),
            minute: 0,
            store,
            clock,
            topics: Vec::new(),
            refusals: Refusals::default(),
            openers: openers.map(Openers::of_records).unwrap_or_default(),
            own_topics,
            expected: HashMap::new(),
            sent: Vec::new(),
            changed: Vec::new(),
            context: Arc::default(),
            context_minute: 0,
            answers: Vec::new(),
            notices: Vec::new(),
            are_names_stale: true,
            identities_kept,
        })
    }

    fn take(&mut self, input: Input, now: i64) {
        match input {
            Input::Event(event) => self.on_event(event, now),
            Input::Send { step, cause, speaker, reply } => {
                // The asker may have given up waiting.
                let _ = reply.send(self.outgoing(&step, cause, speaker, now));
            }
            Input::Timer { change, speaker, reply } => {
                let before = self.timers.clone();
                let kept = self.timers.change(change, speaker, now).and_then(|()| self.keep_timers());
                if kept.is_err() {
                    self.timers = before;
                }
                self.answer(reply, kept);
            }
            Input::Schedule { change, reply } => {
                let before = self.schedules.clone();
                let changed = self.schedules.change(change, &self.clock.around(now));
                let kept = changed.and_then(|new| self.keep_schedules().map(|()| new));
                if kept.is_err() {
                    self.schedules = before;
                }
                self.answer(reply, kept);
            }
            Input::Create { new, reply } => {
                let kept = self.create(new, now);
                self.answer(reply, kept);
            }
            Input::Notify(notice) => self.notices.push(notice),
            Input::Edit { edit, reply } => {
                let kept = self.edit(edit, now);
                self.answer(reply, kept);
            }
            Input::Flush(reply) => self.answer(reply, Ok(())),
        }
    }

    fn on_event(&mut self, event: Event, now: i64) {
        match event {
            Event::Message { topic, payload, retained } => {
                self.snapshot.messages += 1;
                let changes = self.adapters.read(&topic, &payload, retained);
                if !changes.iter().any(|change| matches!(change, Change::Rejected { .. })) {
                    self.refusals.mend(&topic);
                }
                self.change_all(changes, now);
            }
            Event::Refused { topic, reason } => self.change(Change::Rejected { topic, reason }, now),
            Event::TurnedAway => self.snapshot.turned_away_ms = Some(now),
            Event::Denied(topic) => self.refuse(RefusedKind::Subscription, topic, Rejection::Denied, now),
            Event::Connected(transport) => {
                let discovery = device_adapters::DISCOVERY_TOPICS.iter().map(|topic| (*topic).to_owned());
                transport.subscribe(discovery.chain(self.topics.iter().cloned()).collect());
                self.broker = Some(transport);
                self.refusals.reconnect();
                self.snapshot.is_connected = true;
            }
            Event::Disconnected(reason) => {
                warn!(%reason, "The connection to the broker is lost.");
                self.broker = None;
                self.snapshot.is_connected = false;
                self.stale(|adapters, id| !adapters.is_home_assistants(id), now);
            }
            Event::HomeAssistant(event) => self.on_home_assistant(event, now),
        }
    }

    /// Tells those who follow the house what this batch came to.
    fn publish(&mut self, listeners: &Listeners, now: i64) {
        for ring in self.ring(now) {
            // Nobody may be listening; the page shows it when it comes back.
            let _ = listeners.rings.send(ring);
        }
        self.refresh(now);
        listeners.publish.send_replace(Arc::new(self.snapshot.clone()));
        if !self.changed.is_empty() {
            let _ = listeners.changes.send(Arc::new(std::mem::take(&mut self.changed)));
        }
        // Whoever changed something finds it changed: answers go out last.
        for answer in self.answers.drain(..) {
            answer();
        }
    }

    /// Notes that an entity changed, from what it was before.
    fn mark(&mut self, id: EntityId, before: Option<Arc<Entity>>, speaker: Option<Speaker>, now: i64) {
        let after = self.snapshot.house.entities.shared(&id);
        let cause = after.as_ref().or(before.as_ref()).map(|entity| entity.state.cause).unwrap_or_default();
        let context = self.context.clone();
        self.changed.push(StateChange { entity: id, before, after, cause, speaker, at_ms: now, context });
    }

    /// Changes names or places for good.
    fn edit(&mut self, edit: Edit, now: i64) -> anyhow::Result<()> {
        let mut edits = self.edits.clone();
        overrides::add(&mut edits, edit, &self.snapshot.house)?;
        if let Some(store) = &self.store {
            store.keep_edits(&edits)?;
        }
        self.edits = edits;
        overrides::apply_places(&self.edits, &mut self.snapshot.house);
        let ids: Vec<EntityId> = self.snapshot.house.entities.keys().cloned().collect();
        for id in ids {
            if let Some(before) = self.snapshot.house.entities.shared(&id) {
                let mut entity = (*before).clone();
                overrides::apply(&self.edits, &mut entity, &mut self.snapshot.house);
                if entity != *before {
                    self.snapshot.house.entities.insert(id.clone(), entity);
                    self.mark(id, Some(before), None, now);
                }
            }
        }
        self.are_names_stale = true;
        Ok(())
    }

    /// Makes a scene or a list of the hub's own.
    fn create(&mut self, new: NewHubEntity, now: i64) -> anyhow::Result<EntityId> {
        let mut own = self.own.clone();
        let id = hub_entities::add(&mut own, new, &self.snapshot.house)?;
        self.keep_own(own)?;
        self.show_own(None, now);
        Ok(id)
    }

    /// Puts what is its own among the entities; what was just done to one of them is that doer's.
    fn show_own(&mut self, done: Option<(&EntityId, Cause, Option<Speaker>)>, now: i64) {
        let entities = hub_entities::entities(&self.own);
        self.adapters.reserve(entities.iter().map(|entity| entity.id.clone()));
        for mut entity in entities {
            let id = entity.id.clone();
            let known = self.snapshot.house.entities.get(&id);
            if let Some(known) = known.filter(|known| known.state.value == entity.state.value) {
                (entity.state.cause, entity.state.changed_ms) = (known.state.cause, known.state.changed_ms);
            }
            let doer = done.as_ref().filter(|(own, ..)| **own == id);
            if let Some((_, cause, _)) = doer {
                (entity.state.cause, entity.state.changed_ms) = (*cause, now);
            }
            let speaker = doer.and_then(|(_, _, speaker)| speaker.clone());
            overrides::apply(&self.edits, &mut entity, &mut self.snapshot.house);
            if self.snapshot.house.entities.get(&id) != Some(&entity) {
                let before = self.snapshot.house.entities.insert(id.clone(), entity);
                self.mark(id, before, speaker, now);
            }
        }
        self.are_names_stale = true;
    }

    fn answer<T: Send + 'static>(&mut self, reply: oneshot::Sender<anyhow::Result<T>>, kept: anyhow::Result<T>) {
        self.answers.push(Box::new(move || {
            // The asker may have given up waiting.
            let _ = reply.send(kept);
        }));
    }

    /// When the clock is set, what runs keeps its length; now and then times are reckoned anew.
    fn follow_clock(&mut self, now: i64) {
        let jump = self.jumps.look(&self.clock);
        if jump != 0 {
            info!(seconds = jump / 1000, "The clock was set.");
            let was_unset = now - jump < mind::when::CLOCK_IS_SET_MS;
            self.timers.shift(jump, was_unset);
            self.schedules.shift(jump, was_unset);
            if let Err(error) = self.keep_timers().and_then(|()| self.keep_schedules()) {
                warn!(error = format!("{error:#}"), "Timers could not be kept after the clock was set.");
            }
        }
        if self.minute != now / MINUTE_MS {
            self.minute = now / MINUTE_MS;
            self.schedules.recompute(&self.clock.around(now));
        }
    }

    /// Derived parts of the snapshot.
    fn refresh(&mut self, now: i64) {
        let timers = self.timers.moving(now);
        self.are_names_stale |= timers.len() != self.snapshot.house.timers.len();
        self.snapshot.house.timers = timers;
        if self.snapshot.house.schedules != self.schedules.all() {
            self.snapshot.house.schedules = self.schedules.all().to_vec();
        }
        if let Some(refused) = self.refusals.changed() {
            self.snapshot.refused = refused;
        }
        self.refresh_context(now);
        if std::mem::take(&mut self.are_names_stale) {
            let entities = &self.snapshot.house.entities;
            let shared = self.adapters.shared_commands(|id| entities.get(id).is_some_and(mind::judge::is_guard));
            self.snapshot.house.shared_commands = Arc::new(shared);
            self.snapshot.names = Arc::new(Names::of(&self.snapshot.house));
            self.keep_identities();
        }
        if !self.sent.is_empty() || !self.snapshot.recent.is_empty() {
            self.sent.retain(|(_, at)| now - at < MINUTE_MS);
            self.snapshot.recent.clear();
            for (id, _) in &self.sent {
                *self.snapshot.recent.entry(id.clone()).or_default() += 1;
            }
        }
    }
}

/// The hub's own mode is told apart like a device, so that none gets its id.
fn own_identity() -> (String, EntityId) {
    ("the hub's own mode".to_owned(), EntityId::new(hub_entities::MODE))
}

/// Events that may wait; with full queues the network is read more slowly, and nothing is lost.
const MAX_INPUTS: usize = 4096;
/// Commands that may wait.
const MAX_ASKS: usize = 256;
/// Reports taken before commands are looked at again.
const MAX_BEFORE_ASKS: usize = 64;
/// Events taken between two snapshots.
const MAX_BATCH: usize = 1024;
/// Waiting events that make a storm.
const STORM: usize = 64;
/// The pause between snapshots in a storm; well below what a person notices.
const SNAPSHOT_PAUSE: Duration = Duration::from_millis(5);
/// Batches of changes a slow listener may be behind before it starts afresh.
const MAX_CHANGES: usize = 256;
const MAX_RINGS: usize = 16;
/// Timers are looked at this often, and the watchdog is fed.
const TICK: Duration = Duration::from_millis(250);
const MINUTE_MS: i64 = 60_000;

#[cfg(test)]
mod tests;
