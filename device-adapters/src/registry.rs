//! Everything that was announced: which topic concerns which entity, and how each is told things.

mod bodies;
mod component;
mod identities;
mod routes;
mod shared_commands;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use house::{Action, Attributes, Availability, Domain, Entity, EntityId, Rejection, State};
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::availability::Rule;
use crate::change::{Belongs, Change, Message, Preference, WriteError};
use crate::compile::Compiler;
use crate::config::{Config, is_within, shown, within};
use crate::discovery::{self, Announcement, Place};
use crate::fingerprint::fingerprint;
use crate::home_assistant::{Call, Foreign, Registry};
use crate::lapse::{Lapse, Lapses};
use crate::limits::Limits;
use crate::native::Natives;
use crate::native::news::News;
use crate::platform;
use crate::reading::Memory;
use crate::replay::Replays;
use crate::template::{Payload, Templates};
use crate::writing::Writing;
use bodies::Bodies;
use component::{Component, Source};
use identities::{Identities, identity};
use routes::{Part, Routes};

/// Reads what devices say and writes what they are told; knows every entity that was announced.
#[derive(Debug)]
pub struct Adapters {
    limits: Limits,
    preference: Preference,
    /// Roots of topics on which no device is told anything.
    own_topics: Vec<String>,
    natives: Natives,
    templates: Templates,
    components: HashMap<EntityId, Component>,
    announced: HashMap<String, Announced>,
    routes: Routes,
    bodies: Bodies,
    /// Ids given once stay given, so that a device that comes back is the same entity.
    ids: Identities,
    /// What only Home Assistant has.
    foreign: Foreign,
    lapses: Lapses,
    replays: Replays,
}

/// What one source brought.
#[derive(Debug, Default)]
struct Announced {
    /// Of its payload, so that a repetition is recognised without keeping it.
    fingerprint: u64,
    /// The entities by component key.
    entities: BTreeMap<String, EntityId>,
}

impl Adapters {
    /// Knows nothing yet.
    pub fn new(limits: Limits) -> Self {
        Self::with_identities(limits, [])
    }

    /// Knows which ids were given before, as [`Adapters::identities`] gave them out.
    pub fn with_identities(limits: Limits, identities: impl IntoIterator<Item = (String, EntityId)>) -> Self {
        let ids: Identities = identities.into_iter().collect();
        let foreign = Foreign::with_identities(ids.iter());
        Self {
            limits,
            preference: Preference::default(),
            own_topics: OWN_TOPICS.iter().map(|&topic| topic.to_owned()).collect(),
            natives: Natives::default(),
            templates: Templates::new(TimeZone::UTC),
            components: HashMap::new(),
            announced: HashMap::new(),
            routes: Routes::default(),
            bodies: Bodies::default(),
            ids,
            foreign,
            lapses: Lapses::default(),
            replays: Replays::default(),
        }
    }

    /// Believes these announcements of a device that is announced twice; natively, unless this says otherwise.
    #[must_use]
    pub fn preferring(mut self, preference: Preference) -> Self {
        self.preference = preference;
        self
    }

    /// Reads times without a zone as those of this one; UTC, unless this says otherwise.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.templates = Templates::new(zone);
        self
    }

    /// Tells no device anything on these topics or below them; `hearth` and `homeassistant/status`, unless this says
    /// otherwise.
    #[must_use]
    pub fn sparing(mut self, own_topics: Vec<String>) -> Self {
        self.own_topics = own_topics;
        self
    }

    /// Which device got which id; to be kept over a restart, so that ids stay the same in whatever order devices speak.
    pub fn identities(&self) -> impl Iterator<Item = (&str, &EntityId)> {
        self.ids.iter()
    }

    /// Whether the entity reports its state; if not, what it was last told is all that is known.
    pub fn reports(&self, entity: &EntityId) -> bool {
        self.components.get(entity).is_some_and(|component| component.reports) || self.foreign.reports(entity)
    }

    /// What the time changes; to be told every second or so, in milliseconds since 1970 UTC.
    ///
    /// After a jump back, or of more than ten minutes forward, everything keeps the time that it had left.
    pub fn tell_time(&mut self, now_ms: i64) -> Vec<Change> {
        self.templates.tell_time(now_ms);
        let change = |(entity, lapse)| match lapse {
            Lapse::Off => {
                Change::State { entity, value: Some("off".to_owned()), attributes: Attributes::new(), retained: false }
            }
            Lapse::Stale => Change::Expired(entity),
        };
        self.lapses.tell(now_ms).into_iter().map(change).collect()
    }

    /// What a message changes, in the order in which it is to be taken over; nothing for a topic that nobody listens
    /// to.
    ///
    /// `retained` is whether the broker had kept the message from before. What is larger than [`Limits`] allows, is not
    /// text or does not fit its announcement gives a [`Change::Rejected`]; no message is an error or ends anything.
    pub fn read(&mut self, topic: &str, payload: &[u8], retained: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        let result = match discovery::place(topic) {
            Some(place) => self.announce(topic, &place, payload, &mut changes),
            None => {
                let news = self.handle_news(topic, payload, retained, &mut changes);
                news.and(self.report(topic, payload, retained, &mut changes))
            }
        };
        if let Err(reason) = result {
            changes.push(Change::Rejected { topic: topic.chars().take(SHOWN_CHARS).collect(), reason });
        }
        changes
    }

    /// The messages that ask an entity to do something; `state` is the entity as the house has it.
    ///
    /// They are to be published in this order and never retained. Nothing here judges whether it may happen.
    ///
    /// # Errors
    /// [`WriteError::UnknownEntity`] if no device of the broker was announced under that id,
    /// [`WriteError::Unsupported`] if it can't do that, [`WriteError::OutOfRange`] if a value is outside what it takes.
    pub fn write(&self, entity: &EntityId, action: &Action, state: &Entity) -> Result<Vec<Message>, WriteError> {
        let component = self.components.get(entity).ok_or_else(|| WriteError::UnknownEntity(entity.clone()))?;
        component.writer.write(action, &Writing { entity: state, templates: &self.templates })
    }

    /// What a new listing of Home Assistant changes. Entities appear once their states are reported.
    ///
    /// Entities over the limit of [`Limits`] are left out, and a [`Change::Rejected`] says how many.
    pub fn listed(&mut self, registry: Registry) -> Vec<Change> {
        let Self { foreign, ids, limits, components, .. } = self;
        foreign.listed(registry, |identity, name, known| ids.claim(identity, name, limits, components.len() + known))
    }

    /// What an event of Home Assistant's `subscribe_entities` changes.
    pub fn reported(&mut self, event: &Json) -> Vec<Change> {
        self.foreign.reported(event)
    }

    /// What an event of `todo/item/subscribe` changes about the list with that id in Home Assistant.
    pub fn reported_items(&mut self, name: &str, event: &Json) -> Vec<Change> {
        self.foreign.reported_items(name, event)
    }

    /// Whether the entity is Home Assistant's, and no device's of the broker.
    pub fn is_home_assistants(&self, id: &EntityId) -> bool {
        self.foreign.has(id)
    }

    /// The call that asks one of Home Assistant's entities to do something.
    ///
    /// # Errors
    /// [`WriteError::UnknownEntity`] if Home Assistant did not list it, [`WriteError::Unsupported`] if it can't do
    /// that.
    pub fn call(&self, id: &EntityId, action: &Action, entity: &Entity) -> Result<Call, WriteError> {
        self.foreign.call(id, action, entity)
    }

    /// Keeps ids that the hub gave to something of its own from being given to others.
    pub fn reserve(&mut self, ids: impl IntoIterator<Item = EntityId>) {
        self.ids.reserve(ids);
    }

    fn report(
        &mut self,
        topic: &str,
        payload: &[u8],
        retained: bool,
        changes: &mut Vec<Change>,
    ) -> Result<(), Rejection> {
        let mut routes = self.routes.of(topic).peekable();
        if routes.peek().is_none() {
            return Ok(());
        }
        if self.limits.payload_bytes < payload.len() {
            return Err(Rejection::TooLarge { most: self.limits.payload_bytes, bytes: payload.len() });
        }
        let text = std::str::from_utf8(payload).map_err(|_| Rejection::NotText)?;
        let now_ms = self.lapses.now_ms();
        if !retained {
            self.replays.handle(topic, text, now_ms);
        }
        let retained = retained || self.replays.repeats(topic, now_ms);
        let payload = Payload::new(text);
        let mut speaks_of_presence = false;
        let mut trouble = Ok(());
        for (entity, part) in routes {
            let Some(component) = self.components.get_mut(entity) else { continue };
            speaks_of_presence |= matches!(part, Part::Availability(_));
            let before = changes.len();
            let read = component.handle(entity, *part, &payload, retained, &self.templates, changes);
            for change in changes.iter().skip(before) {
                if let Change::State { value: Some(state), .. } = change {
                    self.lapses.reported(entity, state, component.terms);
                }
            }
            trouble = trouble.and(read);
        }
        if speaks_of_presence {
            self.routes.remember(topic, text);
        }
        trouble
    }

    fn announce(
        &mut self,
        topic: &str,
        place: &Place<'_>,
        payload: &[u8],
        changes: &mut Vec<Change>,
    ) -> Result<(), Rejection> {
        let fingerprint = fingerprint(payload);
        let is_repeated = self.announced.get(topic).is_some_and(|announced| announced.fingerprint == fingerprint);
        if is_repeated {
            return Ok(());
        }
        let entities = match discovery::parse(place, payload, &self.limits)? {
            Announcement::Removed | Announcement::Migrated => {
                self.take_back(topic, changes);
                return Ok(());
            }
            Announcement::Entities(entities) => entities,
        };
        self.announced.entry(topic.to_owned()).or_default().fingerprint = fingerprint;
        let source = Source { name: topic.to_owned(), origin: Preference::Discovery };
        let taken = self.take_all(&source, entities, changes);
        if taken.is_err()
            && let Some(announced) = self.announced.get_mut(topic)
        {
            // It is refused again when it comes again, and heard as soon as nothing speaks against it.
            announced.fingerprint = 0;
        }
        taken
    }

    /// What a native dialect makes of the message.
    fn handle_news(
        &mut self,
        topic: &str,
        payload: &[u8],
        retained: bool,
        changes: &mut Vec<Change>,
    ) -> Result<(), Rejection> {
        let Some(News { devices, only, unknown, gone, trouble }) = self.natives.handle(topic, payload, &self.limits)?
        else {
            return Ok(());
        };
        let there: HashSet<&str> = devices.iter().map(|device| device.source.as_str()).collect();
        let is_others = |name: &String| {
            only.as_ref().is_some_and(|of| name.starts_with(of.as_str()) && !there.contains(name.as_str()))
        };
        let left: Vec<String> = self.announced.keys().filter(|name| is_others(name)).cloned().chain(gone).collect();
        for source in left {
            self.take_back(&source, changes);
        }
        let own_topics = self.own_topics.clone();
        let is_askable = |message: &Message| !is_within(&message.topic, &own_topics);
        changes.extend(unknown.into_iter().filter(is_askable).map(Change::Ask));
        let mut trouble = trouble.map_or(Ok(()), Err);
        for device in devices {
            let before = changes.len();
            let known = self.announced.entry(device.source.clone()).or_default();
            let kept: HashSet<&String> = device.entities.iter().map(|(key, _)| key).collect();
            let dropped: Vec<String> = known.entities.keys().filter(|key| !kept.contains(key)).cloned().collect();
            let entities = device.entities.into_iter().map(|(key, config)| (key, Some(config)));
            let entities = dropped.into_iter().map(|key| (key, None)).chain(entities).collect();
            let source = Source { name: device.source, origin: Preference::Native };
            trouble = trouble.and(self.take_all(&source, entities, changes));
            let is_new = changes.iter().skip(before).any(|change| matches!(change, Change::Appeared { .. }));
            if is_new || retained {
                changes.extend(device.asks.into_iter().filter(is_askable).map(Change::Ask));
            }
        }
        trouble
    }

    fn take_all(
        &mut self,
        source: &Source,
        entities: Vec<(String, Option<Config>)>,
        changes: &mut Vec<Change>,
    ) -> Result<(), Rejection> {
        let mut trouble = Ok(());
        for (key, config) in entities {
            let done = match config {
                Some(config) => self.take(source, &key, config, changes),
                None => {
                    self.drop_component(&source.name, &key, changes);
                    Ok(())
                }
            };
            trouble = trouble.and(done);
        }
        if self.announced.get(&source.name).is_some_and(|announced| announced.entities.is_empty()) {
            self.announced.remove(&source.name);
        }
        trouble
    }

    fn take(&mut self, source: &Source, key: &str, config: Config, changes: &mut Vec<Change>) -> Result<(), Rejection> {
        let before = self.announced.get(&source.name).and_then(|announced| announced.entities.get(key)).cloned();
        let fingerprint = config.fingerprint();
        if before.as_ref().and_then(|id| self.components.get(id)).is_some_and(|known| known.fingerprint == fingerprint)
        {
            return Ok(());
        }
        let bodies = config.physical();
        let identity = identity(source, key, &config);
        let rivals = self.rivals(&bodies, identity.as_deref(), source.origin);
        let is_unwanted = config.options.get("enabled_by_default") == Some(&Json::Bool(false));
        if is_unwanted || (!rivals.is_empty() && source.origin != self.preference) {
            self.drop_component(&source.name, key, changes);
            return Ok(());
        }
        let within = |why: Rejection| if key.is_empty() { why } else { within(key, why) };
        let mut compiler = Compiler::new(&config, &mut self.templates, &self.own_topics);
        let availability = Rule::compile(&mut compiler).map_err(within)?;
        let Some(compiled) = platform::compile(compiler).map_err(within)? else { return Ok(()) };
        for rival in rivals {
            self.displace(&rival, changes);
        }
        let identity = identity.ok_or_else(|| within(Rejection::Lacks("unique_id".to_owned())))?;
        let id = self.id_for(source, identity, &config, compiled.domain).map_err(within)?;
        if let Some(before) = before.filter(|before| *before != id) {
            self.drop_entity(&before, changes);
        }
        self.announced.entry(source.name.clone()).or_default().entities.insert(key.to_owned(), id.clone());
        let component = Component {
            fingerprint,
            source: source.clone(),
            bodies,
            commands: config.command_topics(),
            inputs: compiled.inputs,
            availability,
            reachable: Availability::Online,
            writer: compiled.writer,
            reports: compiled.reports,
            terms: compiled.terms,
            memory: Memory::default(),
        };
        self.install(id, &config, compiled.domain, compiled.facts, component, changes);
        Ok(())
    }

    /// Entities of the same device, or with the same unique id, that were announced the other way.
    fn rivals(&self, bodies: &BTreeSet<String>, identity: Option<&str>, origin: Preference) -> BTreeSet<EntityId> {
        let same = self.bodies.of(bodies).chain(identity.and_then(|identity| self.ids.of(identity)));
        let is_rival =
            |id: &&EntityId| self.components.get(*id).is_some_and(|component| component.source.origin != origin);
        same.filter(is_rival).cloned().collect()
    }

    /// Lets an entity go for another announcement of its device; its own is taken up again when it comes again.
    fn displace(&mut self, id: &EntityId, changes: &mut Vec<Change>) {
        let Some(name) = self.components.get(id).map(|component| component.source.name.clone()) else { return };
        if let Some(announced) = self.announced.get_mut(&name) {
            announced.fingerprint = 0;
            announced.entities.retain(|_, own| own != id);
            if announced.entities.is_empty() {
                self.announced.remove(&name);
            }
        }
        self.drop_entity(id, changes);
    }

    fn install(
        &mut self,
        id: EntityId,
        config: &Config,
        domain: Domain,
        facts: Attributes,
        mut component: Component,
        changes: &mut Vec<Change>,
    ) {
        let before = self.components.remove(&id);
        if let Some(before) = &before {
            component.availability.keep(&before.availability);
            component.memory = before.memory.clone();
            self.bodies.leave(&id, &before.bodies);
        }
        component.catch_up(&id, &self.routes, &self.templates);
        component.reachable = component.availability.now();
        let entity = Entity {
            id: id.clone(),
            name: config.name(),
            aliases: config.aliases(),
            domain,
            device_class: config.device_class(),
            area: None,
            state: State { attributes: facts, ..State::default() },
            availability: component.reachable,
        };
        changes.push(Change::Appeared {
            entity,
            belongs: Belongs::Suggested(config.suggested_area()),
            optimistic: !component.reports,
        });
        let old = before.map(|before| before.parts()).unwrap_or_default();
        self.routes.replace(&id, &old, &component.parts(), changes);
        self.bodies.join(&id, &component.bodies);
        self.components.insert(id, component);
    }

    fn take_back(&mut self, topic: &str, changes: &mut Vec<Change>) {
        let announced = self.announced.remove(topic).unwrap_or_default();
        for id in announced.entities.values() {
            self.drop_entity(id, changes);
        }
    }

    fn drop_component(&mut self, topic: &str, key: &str, changes: &mut Vec<Change>) {
        let dropped = self.announced.get_mut(topic).and_then(|announced| announced.entities.remove(key));
        if let Some(id) = dropped {
            self.drop_entity(&id, changes);
        }
    }

    fn drop_entity(&mut self, id: &EntityId, changes: &mut Vec<Change>) {
        if let Some(component) = self.components.remove(id) {
            self.routes.replace(id, &component.parts(), &[], changes);
            self.bodies.leave(id, &component.bodies);
            self.lapses.forget(id);
            changes.push(Change::Gone(id.clone()));
        }
    }

    /// The id a device had before, or a new one that nothing else has.
    fn id_for(
        &mut self,
        source: &Source,
        identity: String,
        config: &Config,
        domain: Domain,
    ) -> Result<EntityId, Rejection> {
        if let Some(id) = self.ids.of(&identity) {
            let others = self.components.get(id).filter(|component| component.source != *source);
            return match others {
                None => Ok(id.clone()),
                Some(other) => Err(Rejection::UniqueIdTaken { by: id.clone(), topic: shown(&other.source.name) }),
            };
        }
        let wanted =
            config.default_entity_id().unwrap_or_else(|| format!("{}.{}", domain.as_str(), config.object_id()));
        self.ids.claim(identity, &wanted, &self.limits, self.components.len() + self.foreign.len())
    }
}

/// Where the hub and Home Assistant are spoken to, unless it was set up otherwise.
const OWN_TOPICS: &[&str] = &["hearth", "homeassistant/status"];
/// Topics in complaints are cut, as they go into logs.
const SHOWN_CHARS: usize = 120;
