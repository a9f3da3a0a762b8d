//! The hub task: the only owner of the house. Everything that changes it comes as an [`Event`].
//!
//! Knows the house, its events and who watches; knows nothing of why anything is wanted.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use device_adapters::{Adapters, Belongs, Call, Change, Limits, Message, Preference, Registry, WriteError};
use house::{
    Action, Area, AreaId, Availability, Cause, Entity, EntityId, House, Lang, MovingTimer, Quality, Schedule,
    TimerChange, Value,
};
use mind::prompt::Names;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tracing::{info, warn};

use crate::clock::{Clock, Jumps};
use crate::hub::overrides::Edits;
use hearthd::home_assistant::websocket::{self, News, Standing};
use crate::hub::foreign_areas::Places;
use hearthd::mqtt::client::Link;
use crate::hub::hub_entities::{self, Own};
use crate::hub::schedules::{self, Schedules};
use store::Store;
use crate::hub::timers::Timers;

/// Everything that can happen to the house.
#[derive(Debug)]
pub enum Event {
    /// A message came in.
    Message {
        /// Its topic.
        topic: String,
        /// Its payload.
        payload: Vec<u8>,
        /// Whether the broker had kept it.
        retained: bool,
    },
    /// The broker is there.
    Connected(Link),
    /// The broker is gone.
    Disconnected(String),
    /// Home Assistant says something, or is gone.
    HomeAssistant(News),
    /// A step is about to be sent: ask how, and note why the entity will change.
    Send {
        /// Which entity.
        entity: EntityId,
        /// What shall be done.
        action: Action,
        /// Why.
        cause: Cause,
        /// What to send where, or why there is nothing to send.
        reply: oneshot::Sender<Result<Outgoing, Unsent>>,
    },
    /// Someone changes timers; answered once the change is kept for good.
    Timer {
        /// What changes.
        change: TimerChange,
        /// Whether it is kept.
        reply: oneshot::Sender<anyhow::Result<()>>,
    },
    /// Someone changes what is scheduled; answered with what is new, once the change is kept for good.
    Schedule {
        /// What changes.
        change: schedules::Change,
        /// What is new.
        reply: oneshot::Sender<anyhow::Result<Vec<Schedule>>>,
    },
    /// A scene or a list of the hub's own is made; answered with its id once it is kept for good.
    Own {
        /// What is new.
        new: own::New,
        /// Its id.
        reply: oneshot::Sender<anyhow::Result<EntityId>>,
    },
    /// Something is to be told to whoever listens.
    Tell(Notice),
    /// Someone names, aliases or places something; answered once it is kept for good.
    Edit {
        /// What changes.
        edit: Edit,
        /// Whether it is kept.
        reply: oneshot::Sender<anyhow::Result<()>>,
    },
}

/// What rings or is told to everyone in the house.
#[derive(Clone, Debug)]
pub enum Ring {
    /// A kitchen timer.
    Timer(MovingTimer),
    /// Anything else.
    Notice(Notice),
}

/// Something that is told to everyone in the house.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// `alarm`, `reminder`, `schedule`, `not_done` for what was scheduled and did not happen, `broadcast`, `danger`,
    /// or `timer` for one that is late.
    pub kind: &'static str,
    /// The id of what is scheduled, if it is that.
    pub schedule: Option<String>,
    /// The words.
    pub said: String,
    /// Their language: `en` or `zh`.
    pub lang: &'static str,
    /// Where it is to be said; everywhere if empty.
    pub areas: Vec<AreaId>,
    /// By how many seconds it is late.
    pub late_s: u64,
}

/// A change by the owner to what the devices say of themselves.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Another name.
    Name(EntityId, String),
    /// Other aliases.
    Aliases(EntityId, Vec<String>),
    /// Another area, by name; created if it is new. Empty: none.
    Place(EntityId, String),
    /// Another name, other aliases or another floor (by name) for an area.
    Area(AreaId, Option<String>, Option<Vec<String>>, Option<String>),
}

/// What has to be sent for a step.
#[derive(Debug)]
pub struct Outgoing {
    /// Where, and what.
    pub way: Way,
    /// Whether the entity reports its state.
    pub reports: bool,
}

/// Where a step goes.
#[derive(Debug)]
pub enum Way {
    /// Nowhere: the hub has done it.
    Done,
    /// To the broker: these messages, in order.
    Broker(Link, Vec<Message>),
    /// To Home Assistant.
    HomeAssistant(inward::Link, Call),
}

/// Why there is nothing to send for a step.
#[derive(Debug, thiserror::Error)]
pub enum Unsent {
    /// The connection that it would go by is gone.
    #[error("there is no connection to it")]
    Offline,
    /// It can't be asked for that.
    #[error("{0}")]
    Unable(String),
}

/// What everyone may look at.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The house.
    pub house: House,
    /// Its names, ready for marking.
    pub names: Arc<Names>,
    /// The connection to the broker, if there is one.
    pub link: Option<Link>,
    /// How it stands with Home Assistant.
    pub home_assistant: Standing,
    /// Announcements and reports that were refused since the start.
    pub rejected: u64,
    /// Messages read since the start.
    pub messages: u64,
    /// Commands sent per entity in the last minute.
    pub recent: BTreeMap<EntityId, u32>,
}

/// A handle to the hub. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    events: mpsc::Sender<Event>,
    /// What a person waits for: taken before the reports that are waiting.
    asks: mpsc::Sender<Event>,
    snapshot: watch::Receiver<Arc<Snapshot>>,
    changes: broadcast::Sender<Arc<Vec<EntityId>>>,
    rings: broadcast::Sender<Ring>,
}

impl Handle {
    /// The house as it is now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// Follows the house from now on.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.clone()
    }

    /// Ids of entities that changed, as they change.
    pub fn changes(&self) -> broadcast::Receiver<Arc<Vec<EntityId>>> {
        self.changes.subscribe()
    }

    /// What rings, as it rings.
    pub fn rings(&self) -> broadcast::Receiver<Ring> {
        self.rings.subscribe()
    }

    /// Hands in an event; waits while the hub has too many.
    pub async fn send(&self, event: Event) -> anyhow::Result<()> {
        self.events.send(event).await.map_err(|_| anyhow::anyhow!("the hub has ended"))
    }

    /// What to send for a step.
    pub async fn outgoing(&self, entity: EntityId, action: Action, cause: Cause) -> Result<Outgoing, Unsent> {
        let (reply, told) = oneshot::channel();
        let sent = self.asks.send(Event::Send { entity, action, cause, reply }).await;
        sent.map_err(|error| Unsent::Unable(error.to_string()))?;
        told.await.map_err(|error| Unsent::Unable(error.to_string()))?
    }

    /// Changes timers for good.
    pub async fn change_timers(&self, change: TimerChange) -> anyhow::Result<()> {
        let (reply, told) = oneshot::channel();
        self.send(Event::Timer { change, reply }).await?;
        told.await?
    }

    /// Changes what is scheduled for good.
    pub async fn schedule(&self, change: schedules::Change) -> anyhow::Result<Vec<Schedule>> {
        let (reply, told) = oneshot::channel();
        self.send(Event::Schedule { change, reply }).await?;
        told.await?
    }

    /// Makes a scene or a list of the hub's own.
    pub async fn make(&self, new: own::New) -> anyhow::Result<EntityId> {
        let (reply, told) = oneshot::channel();
        self.send(Event::Own { new, reply }).await?;
        told.await?
    }

    /// Changes names or places for good.
    pub async fn edit(&self, edit: Edit) -> anyhow::Result<()> {
        let (reply, told) = oneshot::channel();
        self.send(Event::Edit { edit, reply }).await?;
        told.await?
    }
}

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
    /// Called after each batch of events: the systemd watchdog.
    pub alive: Option<fn()>,
}

/// Starts the hub task.
pub fn start(start: Start) -> anyhow::Result<Handle> {
    let (events, inbox) = mpsc::channel(MOST_EVENTS);
    let (asks, asked) = mpsc::channel(MOST_ASKS);
    let (publish, snapshot) = watch::channel(Arc::new(Snapshot::default()));
    let (changes, _) = broadcast::channel(MOST_CHANGES);
    let (rings, _) = broadcast::channel(MOST_RINGS);
    let edits = start.store.as_ref().map(Store::edits).transpose()?.unwrap_or_default();
    let timers = start.store.as_ref().map(Store::timers).transpose()?.unwrap_or_default();
    let own = start.store.as_ref().map(Store::own).transpose()?.unwrap_or_default();
    let schedules = start.store.as_ref().map(Store::schedules).transpose()?.unwrap_or_default();
    let now = start.clock.now_ms();
    let identities: Vec<(String, String)> =
        start.store.as_ref().map(|store| store.setting(IDENTITIES)).transpose()?.flatten().unwrap_or_default();
    let identities_kept = identities.len();
    let places = start
        .store
        .as_ref()
        .map(|store| store.setting(PLACES))
        .transpose()?
        .flatten()
        .map(Places::of_records)
        .unwrap_or_default();
    let handle = Handle { events, asks, snapshot, changes: changes.clone(), rings: rings.clone() };
    let mut hub = Hub {
        snapshot: Snapshot { house: start.house, ..Snapshot::default() },
        adapters: Adapters::with_identities(
            Limits::default(),
            identities.into_iter().map(|(key, id)| (key, EntityId::new(id))).chain([own_identity()]),
        )
        .preferring(start.preference),
        identities_kept,
        edits,
        own,
        places,
        timers: Timers::new(timers),
        schedules: Schedules::new(schedules, &start.clock.around(now)),
        jumps: Jumps::of(&start.clock),
        minute: 0,
        store: start.store,
        clock: start.clock,
        topics: Vec::new(),
        expected: HashMap::new(),
        sent: Vec::new(),
        changed: Vec::new(),
        answers: Vec::new(),
        notices: Vec::new(),
        are_names_stale: true,
    };
    hub.edits.apply_places(&mut hub.snapshot.house);
    hub.show_own();
    hub.refresh(now);
    publish.send_replace(Arc::new(hub.snapshot.clone()));
    tokio::spawn(run(hub, (inbox, asked), publish, changes, rings, start.alive));
    Ok(handle)
}

async fn run(
    mut hub: Hub,
    (mut inbox, mut asks): (mpsc::Receiver<Event>, mpsc::Receiver<Event>),
    publish: watch::Sender<Arc<Snapshot>>,
    changes: broadcast::Sender<Arc<Vec<EntityId>>>,
    rings: broadcast::Sender<Ring>,
    alive: Option<fn()>,
) {
    let mut batch = Vec::with_capacity(MOST_AT_ONCE);
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let ended = tokio::select! {
            biased;
            Some(ask) = asks.recv() => {
                hub.take(ask, hub.clock.now_ms()).await;
                false
            }
            count = inbox.recv_many(&mut batch, MOST_AT_ONCE) => count == 0,
            _ = tick.tick() => false,
        };
        if ended {
            return;
        }
        let now = hub.clock.now_ms();
        hub.mind_the_clock(now);
        for change in hub.adapters.tell_time(now) {
            hub.change(change, now);
        }
        for (count, event) in batch.drain(..).enumerate() {
            // A storm of reports must not hold up a command.
            while count % MOST_BEFORE_ASKS == 0
                && let Ok(ask) = asks.try_recv()
            {
                hub.take(ask, now).await;
            }
            hub.take(event, now).await;
        }
        for ring in hub.ring(now) {
            // Nobody may be listening; the page shows it when it comes back.
            let _ = rings.send(ring);
        }
        hub.refresh(now);
        publish.send_replace(Arc::new(hub.snapshot.clone()));
        // Whoever changed something finds it changed: answers go out after the snapshot.
        for answer in hub.answers.drain(..) {
            answer();
        }
        if !hub.changed.is_empty() {
            let _ = changes.send(Arc::new(std::mem::take(&mut hub.changed)));
        }
        alive.inspect(|alive| alive());
        // Under a storm of reports, a snapshot a frame is enough; a single report is shown at once.
        if STORM < inbox.len() {
            tokio::select! {
                () = tokio::time::sleep(BREATH) => {}
                Some(ask) = asks.recv() => hub.take(ask, now).await,
            }
        }
    }
}

struct Hub {
    snapshot: Snapshot,
    adapters: Adapters,
    edits: Edits,
    own: Own,
    places: Places,
    timers: Timers,
    schedules: Schedules,
    jumps: Jumps,
    /// The minute in which times were last reckoned anew.
    minute: i64,
    store: Option<Store>,
    clock: Clock,
    topics: Vec<String>,
    /// What Hearth itself asked of entities lately, to tell its own changes from others'.
    expected: HashMap<EntityId, (Action, Cause, i64)>,
    sent: Vec<(EntityId, i64)>,
    changed: Vec<EntityId>,
    /// Answers that wait for the next snapshot.
    answers: Vec<Box<dyn FnOnce() + Send>>,
    /// What rings with this batch.
    notices: Vec<Notice>,
    are_names_stale: bool,
    /// How many devices' ids are in the store already.
    identities_kept: usize,
}

impl Hub {
    async fn take(&mut self, event: Event, now: i64) {
        match event {
            Event::Message { topic, payload, retained } => {
                self.snapshot.messages += 1;
                let changes = self.adapters.read(&topic, &payload, retained);
                self.change_all(changes, now);
            }
            Event::Connected(link) => {
                link.subscribe(
                    device_adapters::DISCOVERY_TOPICS
                        .iter()
                        .map(|topic| (*topic).to_owned())
                        .chain(self.topics.iter().cloned())
                        .collect(),
                );
                self.snapshot.link = Some(link);
            }
            Event::Disconnected(reason) => {
                warn!(%reason, "The connection to the broker is lost.");
                self.snapshot.link = None;
                self.stale(|adapters, id| !adapters.is_home_assistants(id));
            }
            Event::HomeAssistant(news) => self.hear(news, now),
            Event::Send { entity, action, cause, reply } => {
                // The asker may have given up waiting.
                let _ = reply.send(self.outgoing(entity, action, cause, now));
            }
            Event::Timer { change, reply } => {
                let before = self.timers.clone();
                let kept = self.timers.change(change, now).and_then(|()| self.keep_timers());
                if kept.is_err() {
                    self.timers = before;
                }
                self.answer(reply, kept);
            }
            Event::Schedule { change, reply } => {
                let before = self.schedules.clone();
                let changed = self.schedules.change(change, &self.clock.around(now));
                let kept = changed.and_then(|new| self.keep_schedules().map(|()| new));
                if kept.is_err() {
                    self.schedules = before;
                }
                self.answer(reply, kept);
            }
            Event::Own { new, reply } => {
                let kept = self.make(new);
                self.answer(reply, kept);
            }
            Event::Tell(notice) => self.notices.push(notice),
            Event::Edit { edit, reply } => {
                let kept = self.edit(edit);
                self.answer(reply, kept);
            }
        }
    }

    fn change(&mut self, change: Change, now: i64) {
        match change {
            Change::Subscribe(topic) => {
                if let Some(link) = &self.snapshot.link {
                    link.subscribe(vec![topic.clone()]);
                }
                self.topics.push(topic);
            }
            Change::Unsubscribe(topic) => {
                if let Some(link) = &self.snapshot.link {
                    link.unsubscribe(topic.clone());
                }
                self.topics.retain(|own| *own != topic);
            }
            Change::Appeared { entity, belongs, optimistic } => self.appear(entity, belongs, optimistic),
            Change::Gone(id) => self.take_back(id),
            Change::State { entity, value, attributes, retained } => {
                self.report(entity, value, attributes, retained, now)
            }
            Change::Expired(entity) => {
                if let Some(known) = self
                    .snapshot
                    .house
                    .entities
                    .get_mut(&entity)
                    .filter(|known| known.state.quality == Quality::Observed)
                {
                    known.state.quality = Quality::Stale;
                    self.changed.push(entity);
                }
            }
            Change::Available { entity, availability } => {
                if let Some(known) = self.snapshot.house.entities.get_mut(&entity) {
                    known.availability = availability;
                    if availability == Availability::Offline && known.state.quality == Quality::Observed {
                        known.state.quality = Quality::Stale;
                    }
                    self.changed.push(entity);
                }
            }
            Change::Ask(message) => {
                if let Some(link) = &self.snapshot.link {
                    link.inquire(message);
                }
            }
            Change::Rejected { topic, reason } => {
                self.snapshot.rejected += 1;
                warn!(%topic, %reason, "A message was refused.");
            }
        }
    }

    /// What Home Assistant says, and how it stands with it.
    fn hear(&mut self, news: News, now: i64) {
        match news {
            News::Absent => {
                let ids: Vec<EntityId> = self
                    .snapshot
                    .house
                    .entities
                    .keys()
                    .filter(|id| self.adapters.is_home_assistants(id))
                    .cloned()
                    .collect();
                self.change_all(ids.into_iter().map(Change::Gone).collect(), now);
            }
            News::Up(link) => self.snapshot.home_assistant = Standing::Up(link),
            News::Down(trouble) => self.lose_home_assistant(trouble),
            News::Listed(registry) => self.list(*registry, now),
            News::Reported(event) => {
                let changes = self.adapters.reported(&event);
                self.change_all(changes, now);
            }
            News::Items(list, event) => {
                let changes = self.adapters.reported_items(&list, &event);
                self.change_all(changes, now);
            }
        }
    }

    /// Takes over what Home Assistant lists: first the places, then what stands in them.
    fn list(&mut self, registry: Registry, now: i64) {
        let (floors, areas) = (registry.floors.clone(), registry.areas.clone());
        self.places.take(&floors, &areas, &mut self.snapshot.house);
        self.edits.apply_places(&mut self.snapshot.house);
        self.are_names_stale = true;
        let changes = self.adapters.listed(registry);
        self.change_all(changes, now);
        self.places.let_go(&floors, &areas, &self.edits, &mut self.snapshot.house);
        self.keep_places();
    }

    fn change_all(&mut self, changes: Vec<Change>, now: i64) {
        for change in changes {
            self.change(change, now);
        }
    }

    fn lose_home_assistant(&mut self, trouble: inward::Trouble) {
        // Each attempt fails anew; it is told once.
        let is_known = matches!(&self.snapshot.home_assistant, Standing::Down(known) if *known == trouble);
        if !is_known && trouble != inward::Trouble::Starting {
            warn!(reason = %trouble, "There is no connection to Home Assistant.");
        }
        self.snapshot.home_assistant = Standing::Down(trouble);
        self.stale(Adapters::is_home_assistants);
    }

    fn take_back(&mut self, id: EntityId) {
        if self.snapshot.house.entities.remove(&id).is_some() {
            info!(entity = %id, "An entity was taken back.");
            self.changed.push(id);
            self.are_names_stale = true;
        }
    }

    fn appear(&mut self, mut entity: Entity, belongs: Belongs, optimistic: bool) {
        if let Some(known) = self.snapshot.house.entities.get(&entity.id) {
            let mut attributes = known.state.attributes.clone();
            attributes.extend(std::mem::take(&mut entity.state.attributes));
            entity.state = known.state.clone();
            entity.state.attributes = attributes;
            entity.availability = known.availability;
            entity.area = known.area.clone();
        }
        if optimistic && entity.state.quality == Quality::Unknown {
            entity.state.quality = Quality::Assumed;
        }
        let areas = self.snapshot.house.areas.len();
        match belongs {
            Belongs::Suggested(Some(name)) if entity.area.is_none() => {
                entity.area = Some(area_suggested(&mut self.snapshot.house, &name))
            }
            Belongs::Suggested(_) => {}
            Belongs::Placed(area) => entity.area = area.and_then(|id| self.places.area(&id)),
        }
        self.edits.apply(&mut entity, &mut self.snapshot.house);
        if areas < self.snapshot.house.areas.len() {
            self.edits.apply_places(&mut self.snapshot.house);
        }
        self.changed.push(entity.id.clone());
        self.snapshot.house.entities.insert(entity.id.clone(), entity);
        self.are_names_stale = true;
    }

    fn report(
        &mut self,
        id: EntityId,
        value: Option<String>,
        attributes: BTreeMap<String, Value>,
        retained: bool,
        now: i64,
    ) {
        let Some(entity) = self.snapshot.house.entities.get_mut(&id) else { return };
        let before = (entity.state.value.clone(), entity.state.quality);
        let mut moved = false;
        for (name, value) in attributes {
            moved |= entity.state.attributes.get(&name) != Some(&value).filter(|value| **value != Value::Null);
            match value {
                Value::Null => entity.state.attributes.remove(&name),
                value => entity.state.attributes.insert(name, value),
            };
        }
        if let Some(value) = value {
            moved |= entity.state.value.as_ref() != Some(&value);
            entity.state.value = Some(value);
        }
        entity.state.quality = match entity.state.value.as_deref() {
            Some("unknown") => Quality::Unknown,
            _ if self.adapters.is_home_assistants(&id) && !self.adapters.reports(&id) => Quality::Assumed,
            _ => Quality::Observed,
        };
        let is_new = before.1 != entity.state.quality;
        // A device that still does not know has not changed.
        if moved || (before.1 == Quality::Unknown && is_new) {
            let own = self
                .expected
                .get(&id)
                .filter(|(action, _, until)| now <= *until && house::reach(action, entity) != Some(house::Reach::No));
            entity.state.cause = match (own, retained) {
                (Some((_, cause, _)), _) => *cause,
                (None, true) => Cause::Replay,
                (None, false) => Cause::Device,
            };
            if before.0 != entity.state.value || before.1 == Quality::Unknown {
                // A repetition says what is, not since when.
                entity.state.changed_ms = if entity.state.cause == Cause::Replay { 0 } else { now };
            }
            if before.0 != entity.state.value {
                self.warn_everyone(&id);
            }
        }
        // What is so still is known for sure again, and nothing changed it.
        if moved || is_new {
            self.changed.push(id);
        }
    }

    /// An alarm, smoke and the like are told to everyone at once.
    fn warn_everyone(&mut self, id: &EntityId) {
        let house = &self.snapshot.house;
        let lang = self.lang();
        let Some(said) =
            house.entities.get(id).and_then(|entity| mind::reply::danger(entity, house, Lang::parse(lang)))
        else {
            return;
        };
        warn!(entity = %id, "{said}");
        self.notices.push(Notice { kind: "danger", said, lang, ..Notice::default() });
    }

    /// The language of the rooms, for what nobody asked.
    fn lang(&self) -> &'static str {
        let rooms: String = self.snapshot.house.areas.values().map(|area| area.name.as_str()).collect();
        mind::words::guess_lang(&rooms)
    }

    fn outgoing(&mut self, id: EntityId, action: Action, cause: Cause, now: i64) -> Result<Outgoing, Unsent> {
        if self.own.has(&id) {
            self.act_on_own(&id, &action, cause, now).map_err(|error| Unsent::Unable(format!("{error:#}")))?;
            return Ok(Outgoing { way: Way::Done, reports: true });
        }
        let entity =
            self.snapshot.house.entities.get(&id).ok_or_else(|| Unsent::Unable(format!("there is no `{id}`")))?;
        let unable = |error: WriteError| Unsent::Unable(error.to_string());
        let way = match (self.adapters.is_home_assistants(&id), &self.snapshot.home_assistant, &self.snapshot.link) {
            (true, Standing::Up(link), _) => {
                Way::HomeAssistant(link.clone(), self.adapters.call(&id, &action, entity).map_err(unable)?)
            }
            (false, _, Some(link)) => {
                Way::Broker(link.clone(), self.adapters.write(&id, &action, entity).map_err(unable)?)
            }
            (true, Standing::Off | Standing::Down(_), _) | (false, _, None) => return Err(Unsent::Offline),
        };
        let reports = self.adapters.reports(&id);
        // Home Assistant says itself what it assumes.
        if !reports && !self.adapters.is_home_assistants(&id) {
            self.assume(&id, &action, cause, now);
        }
        self.expected.insert(id.clone(), (action, cause, now + OWN_CHANGE_MS));
        self.sent.push((id, now));
        Ok(Outgoing { way, reports })
    }

    /// A device that reports nothing is taken to be as it was last told.
    fn assume(&mut self, id: &EntityId, action: &Action, cause: Cause, now: i64) {
        let Some(entity) = self.snapshot.house.entities.get_mut(id) else { return };
        let number;
        let state = match action {
            Action::SetNumber(value) => {
                number = value.to_string();
                &number
            }
            Action::SelectOption(option) => option,
            Action::TurnOn | Action::SetLight { .. } | Action::SetEffect(_) => "on",
            Action::TurnOff => "off",
            Action::OpenCover | Action::OpenValve => "open",
            Action::CloseCover | Action::CloseValve => "closed",
            Action::Lock => "locked",
            Action::Unlock => "unlocked",
            _ => return,
        };
        entity.state.value = Some(state.to_owned());
        entity.state.quality = Quality::Assumed;
        entity.state.cause = cause;
        entity.state.changed_ms = now;
        self.changed.push(id.clone());
    }

    /// What was observed by a connection that is lost is stale.
    fn stale(&mut self, is_lost: impl Fn(&Adapters, &EntityId) -> bool) {
        for entity in self.snapshot.house.entities.values_mut() {
            if entity.state.quality == Quality::Observed
                && !self.own.has(&entity.id)
                && is_lost(&self.adapters, &entity.id)
            {
                entity.state.quality = Quality::Stale;
                self.changed.push(entity.id.clone());
            }
        }
    }

    fn edit(&mut self, edit: Edit) -> anyhow::Result<()> {
        let mut edits = self.edits.clone();
        edits.add(edit, &self.snapshot.house)?;
        if let Some(store) = &self.store {
            store.keep_edits(&edits)?;
        }
        self.edits = edits;
        self.edits.apply_places(&mut self.snapshot.house);
        let ids: Vec<EntityId> = self.snapshot.house.entities.keys().cloned().collect();
        for id in ids {
            if let Some(mut entity) = self.snapshot.house.entities.remove(&id) {
                self.edits.apply(&mut entity, &mut self.snapshot.house);
                self.snapshot.house.entities.insert(id.clone(), entity);
                self.changed.push(id);
            }
        }
        self.are_names_stale = true;
        Ok(())
    }

    fn make(&mut self, new: own::New) -> anyhow::Result<EntityId> {
        let mut own = self.own.clone();
        let id = own.add(new, &self.snapshot.house)?;
        self.keep_own(own)?;
        self.show_own();
        Ok(id)
    }

    fn act_on_own(&mut self, id: &EntityId, action: &Action, cause: Cause, now: i64) -> anyhow::Result<()> {
        let mut own = self.own.clone();
        own.act(id, action).ok_or_else(|| anyhow::anyhow!("`{id}` can't do that"))?;
        self.keep_own(own)?;
        self.show_own();
        if let Some(entity) = self.snapshot.house.entities.get_mut(id) {
            (entity.state.cause, entity.state.changed_ms) = (cause, now);
        }
        Ok(())
    }

    fn keep_own(&mut self, own: Own) -> anyhow::Result<()> {
        if let Some(store) = &self.store {
            store.keep_own(&own)?;
        }
        self.own = own;
        Ok(())
    }

    /// Puts what is its own among the entities.
    fn show_own(&mut self) {
        self.adapters.reserve(self.own.entities().into_iter().map(|entity| entity.id));
        for mut entity in self.own.entities() {
            if let Some(known) =
                self.snapshot.house.entities.get(&entity.id).filter(|known| known.state.value == entity.state.value)
            {
                (entity.state.cause, entity.state.changed_ms) = (known.state.cause, known.state.changed_ms);
            }
            self.edits.apply(&mut entity, &mut self.snapshot.house);
            self.changed.push(entity.id.clone());
            self.snapshot.house.entities.insert(entity.id.clone(), entity);
        }
        self.are_names_stale = true;
    }

    fn answer<T: Send + 'static>(&mut self, reply: oneshot::Sender<anyhow::Result<T>>, kept: anyhow::Result<T>) {
        self.answers.push(Box::new(move || {
            // The asker may have given up waiting.
            let _ = reply.send(kept);
        }));
    }

    fn keep_schedules(&self) -> anyhow::Result<()> {
        match &self.store {
            Some(store) => store.keep_schedules(self.schedules.all()),
            None => Ok(()),
        }
    }

    /// When the clock is set, what runs keeps its length; now and then times are reckoned anew.
    fn mind_the_clock(&mut self, now: i64) {
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

    fn keep_timers(&mut self) -> anyhow::Result<()> {
        match &self.store {
            Some(store) => store.keep_timers(self.timers.records()),
            None => Ok(()),
        }
    }

    /// Which device got which id, so that ids stay over a restart in whatever order devices speak.
    fn keep_identities(&mut self) {
        let count = self.adapters.identities().count();
        let Some(store) = self.store.clone().filter(|_| count != self.identities_kept) else { return };
        self.identities_kept = count;
        let identities: Vec<(String, String)> =
            self.adapters.identities().map(|(key, id)| (key.to_owned(), id.as_str().to_owned())).collect();
        // The disk must not hold up the house; a loss costs a new id at worst.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = store.put_setting(IDENTITIES, &identities) {
                warn!(error = format!("{error:#}"), "The ids of new devices could not be kept.");
            }
        });
    }

    /// Which areas are which in Home Assistant, so that they stay so over a restart.
    fn keep_places(&mut self) {
        let Some(store) = self.store.clone() else { return };
        let records = self.places.records();
        // The disk must not hold up the house; a loss costs a match by name.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = store.put_setting(PLACES, &records) {
                warn!(error = format!("{error:#}"), "Home Assistant's areas could not be kept.");
            }
        });
    }

    /// Timers that are due now, and what else is to be told.
    fn ring(&mut self, now: i64) -> Vec<Ring> {
        let due = self.timers.take_due(now);
        if !due.is_empty() {
            if let Err(error) = self.keep_timers() {
                warn!(
                    error = format!("{error:#}"),
                    "A timer that rang could not be removed from the store; it may ring again after a restart."
                );
            }
            self.are_names_stale = true;
        }
        let late: Vec<Notice> =
            due.iter().filter(|(_, at)| LATE_MS < now - at).map(|(timer, at)| self.late(timer, *at, now)).collect();
        let notices = late.into_iter().chain(std::mem::take(&mut self.notices)).map(Ring::Notice);
        due.into_iter().map(|(timer, _)| Ring::Timer(timer)).chain(notices).collect()
    }

    /// The words for a timer that should have rung while the hub was down.
    fn late(&self, timer: &MovingTimer, at: i64, now: i64) -> Notice {
        let lang = self.lang();
        let said = mind::reply::late_timer(timer, at, &self.clock.around(now), Lang::parse(lang));
        Notice {
            kind: "timer",
            schedule: None,
            said,
            lang,
            areas: timer.area.iter().cloned().collect(),
            late_s: u64::try_from((now - at) / 1000).unwrap_or(0),
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
        if std::mem::take(&mut self.are_names_stale) {
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

/// The area that a device or another system says. An area that came from the same word is the same, whatever the owner
/// calls it now.
pub fn area_suggested(house: &mut House, name: &str) -> AreaId {
    let id = AreaId::new(device_adapters::slug(name));
    let is_renamed = house.areas.contains_key(&id)
        && !house.areas.values().any(|area| mind::words::key(&area.name) == mind::words::key(name));
    if is_renamed { id } else { area_named(house, name) }
}

/// The hub's own mode is told apart like a device, so that none gets its id.
fn own_identity() -> (String, EntityId) {
    ("the hub's own mode".to_owned(), EntityId::new(own::MODE))
}

/// The area of that name; made if it is new.
pub fn area_named(house: &mut House, name: &str) -> AreaId {
    let wanted = mind::words::key(name);
    let known = house
        .areas
        .values()
        .find(|area| std::iter::once(&area.name).chain(&area.aliases).any(|own| mind::words::key(own) == wanted));
    if let Some(area) = known {
        return area.id.clone();
    }
    let mut id = AreaId::new(device_adapters::slug(name));
    if id.as_str().is_empty() || house.areas.contains_key(&id) {
        id = AreaId::new(format!("area_{}", house.areas.len() + 1));
    }
    house.areas.insert(id.clone(), Area { id: id.clone(), name: name.to_owned(), aliases: Vec::new(), floor: None });
    id
}

const IDENTITIES: &str = "identities";
const PLACES: &str = "home_assistant_places";
/// Events that may wait; with full queues the network is read more slowly, and nothing is lost.
const MOST_EVENTS: usize = 4096;
/// Commands that may wait.
const MOST_ASKS: usize = 256;
/// Reports taken before commands are looked at again.
const MOST_BEFORE_ASKS: usize = 64;
/// Events taken between two snapshots.
const MOST_AT_ONCE: usize = 1024;
/// Waiting events that make a storm.
const STORM: usize = 64;
/// The pause between snapshots in a storm; well below what a person notices.
const BREATH: Duration = Duration::from_millis(5);
/// Batches of changes a slow listener may be behind before it starts afresh.
const MOST_CHANGES: usize = 256;
const MOST_RINGS: usize = 16;
/// Timers are looked at this often, and the watchdog is fed.
const TICK: Duration = Duration::from_millis(250);
/// A timer that rings this late is told to be late.
const LATE_MS: i64 = 60_000;
/// A report this soon after a command, in the state asked for, is the command's doing.
const OWN_CHANGE_MS: i64 = 60_000;
const MINUTE_MS: i64 = 60_000;

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    async fn announce(hub: &Handle, lamp: &str) {
        let payload = format!(
            r#"{{"name":null,"unique_id":"{lamp}","command_topic":"x/{lamp}/set","state_topic":"x/{lamp}","device":{{"identifiers":["{lamp}"],"name":"{lamp}","suggested_area":"Kitchen"}}}}"#
        );
        hub.send(Event::Message {
            topic: format!("homeassistant/light/{lamp}/config"),
            payload: payload.into_bytes(),
            retained: true,
        })
        .await
        .unwrap();
        hub.change_timers(TimerChange::Tell(Vec::new())).await.unwrap();
    }

    #[tokio::test]
    async fn an_alarm_that_goes_off_is_told_once() {
        let hub = start(Start {
            house: House::default(),
            store: None,
            preference: Preference::default(),
            clock: Clock::default(),
            alive: None,
        })
        .unwrap();
        let mut rings = hub.rings();
        let payload = br#"{"name":"Burglar Alarm","unique_id":"panel","command_topic":"x/set","state_topic":"x"}"#;
        let mut messages = vec![("homeassistant/alarm_control_panel/panel/config", &payload[..])];
        messages.extend(["armed_away", "triggered", "triggered", "disarmed"].map(|state| ("x", state.as_bytes())));
        for (topic, payload) in messages {
            hub.send(Event::Message { topic: topic.to_owned(), payload: payload.to_vec(), retained: false })
                .await
                .unwrap();
        }
        hub.change_timers(TimerChange::Tell(Vec::new())).await.unwrap();
        let told: Vec<String> = std::iter::from_fn(|| rings.try_recv().ok())
            .map(|ring| if let Ring::Notice(notice) = ring { notice.said } else { String::new() })
            .collect();
        assert_eq!(told, ["Burglar Alarm has gone off!"]);
    }

    #[tokio::test]
    async fn a_room_that_only_devices_name_keeps_what_the_owner_calls_it() {
        let dir = TempDir::new().unwrap();
        let (store, _) = Store::open(dir.path()).unwrap();
        let hub = start(Start {
            house: House::default(),
            store: Some(store.clone()),
            preference: Preference::default(),
            clock: Clock::default(),
            alive: None,
        })
        .unwrap();
        announce(&hub, "one").await;
        let kitchen = AreaId::new("kitchen");
        let (reply, told) = oneshot::channel();
        hub.send(Event::Edit {
            edit: Edit::Area(kitchen.clone(), Some("Galley".to_owned()), Some(vec!["mess".to_owned()]), None),
            reply,
        })
        .await
        .unwrap();
        told.await.unwrap().unwrap();

        // After a kill nothing but the edits may be there.
        let hub = start(Start {
            house: House::default(),
            store: Some(store),
            preference: Preference::default(),
            clock: Clock::default(),
            alive: None,
        })
        .unwrap();
        announce(&hub, "one").await;
        announce(&hub, "two").await;
        let house = &hub.snapshot().house;
        let rooms: Vec<(&str, &[String])> =
            house.areas.values().map(|area| (area.name.as_str(), area.aliases.as_slice())).collect();
        assert_eq!(rooms, [("Galley", &["mess".to_owned()][..])]);
        assert!(
            house.of_domain(house::Domain::Light).all(|entity| entity.area.as_ref() == Some(&kitchen)),
            "{:?}",
            house.entities
        );
    }

    const AT: i64 = 1_772_434_800_000;

    async fn hear(hub: &Handle, topic: &str, payload: &str, retained: bool) -> Arc<Snapshot> {
        hub.send(Event::Message { topic: topic.to_owned(), payload: payload.as_bytes().to_vec(), retained })
            .await
            .unwrap();
        hub.change_timers(TimerChange::Tell(Vec::new())).await.unwrap();
        hub.snapshot()
    }

    #[tokio::test]
    async fn a_repetition_is_no_change_just_now() {
        let clock = Clock::simulated(AT, jiff::tz::TimeZone::UTC, None);
        let hub = start(Start {
            house: House::default(),
            store: None,
            clock: clock.clone(),
            preference: Preference::default(),
            alive: None,
        })
        .unwrap();
        let state = |snapshot: &Snapshot| snapshot.house.entities[&EntityId::new("binary_sensor.door")].state.clone();
        hear(
            &hub,
            "homeassistant/binary_sensor/door/config",
            r#"{"name":"Door","uniq_id":"door","stat_t":"zigbee2mqtt/door","avty_t":"zigbee2mqtt/bridge/state"}"#,
            true,
        )
        .await;
        hear(&hub, "zigbee2mqtt/bridge/state", "online", true).await;
        hear(&hub, "zigbee2mqtt/door", "OFF", false).await;
        clock.advance(5_000);
        // The bridge starts again and tells what it last knew, unmarked.
        hear(&hub, "zigbee2mqtt/bridge/state", "offline", false).await;
        hear(&hub, "zigbee2mqtt/bridge/state", "online", false).await;
        let repeated = state(&*hear(&hub, "zigbee2mqtt/door", "ON", false).await);
        assert_eq!((repeated.value.as_deref(), repeated.cause, repeated.changed_ms), (Some("on"), Cause::Replay, 0));
        clock.advance(5_000);
        let news = state(&*hear(&hub, "zigbee2mqtt/door", "OFF", false).await);
        assert_eq!((news.value.as_deref(), news.cause, news.changed_ms), (Some("off"), Cause::Device, AT + 10_000));
        // The broker comes back with the same, and then with something else.
        hub.send(Event::Disconnected("a test".to_owned())).await.unwrap();
        let same = state(&*hear(&hub, "zigbee2mqtt/door", "OFF", true).await);
        assert_eq!((same.quality, same.cause, same.changed_ms), (Quality::Observed, Cause::Device, AT + 10_000));
        let other = state(&*hear(&hub, "zigbee2mqtt/door", "ON", true).await);
        assert_eq!((other.cause, other.changed_ms), (Cause::Replay, 0));
    }

    #[tokio::test]
    async fn no_device_gets_the_id_of_the_houses_mode() {
        let clock = Clock::simulated(AT, jiff::tz::TimeZone::UTC, None);
        let hub = start(Start {
            house: House::default(),
            store: None,
            preference: Preference::default(),
            clock,
            alive: None,
        })
        .unwrap();
        let snapshot = hear(
            &hub,
            "homeassistant/select/x/config",
            r#"{"name":"House mode","uniq_id":"x","stat_t":"x","cmd_t":"x/set","options":["a"],"obj_id":"house_mode"}"#,
            true,
        )
        .await;
        assert_eq!(snapshot.house.entities[&EntityId::new(own::MODE)].state.value.as_deref(), Some("home"));
        assert!(snapshot.house.entities.contains_key(&EntityId::new("select.house_mode_2")));
    }
}
