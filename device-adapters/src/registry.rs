//! Everything that was announced: which topic concerns which entity, and how each is told things.

mod routes;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use house::{Action, Availability, Domain, Entity, EntityId, State};

use crate::availability::Rule;
use crate::change::{Change, Message, WriteError};
use crate::compile::{Compiled, Compiler};
use crate::config::Config;
use crate::discovery::{self, Announcement, Place};
use crate::limits::Limits;
use crate::platform;
use crate::reading::{Input, Memory};
use crate::template::{Payload, Template, Templates};
use crate::writing::{Writer, Writing};
use routes::{Part, Routes};

/// The topics that announcements come in on.
pub const DISCOVERY_TOPICS: &[&str] = &["homeassistant/+/+/config", "homeassistant/+/+/+/config"];

/// Reads what devices say and writes what they are told; knows every entity that was announced.
#[derive(Debug)]
pub struct Adapters {
    limits: Limits,
    templates: Templates,
    components: HashMap<EntityId, Component>,
    announced: HashMap<String, Announced>,
    routes: Routes,
    /// Ids given once stay given, so that a device that comes back is the same entity.
    ids: BTreeMap<String, EntityId>,
    taken: HashSet<EntityId>,
}

/// What one announcement's topic brought.
#[derive(Debug, Default)]
struct Announced {
    /// Of its payload, so that a repetition is recognised without keeping it.
    fingerprint: u64,
    /// The entities by component key.
    entities: BTreeMap<String, EntityId>,
}

#[derive(Debug)]
struct Component {
    /// Of its configuration.
    fingerprint: u64,
    topic: String,
    inputs: Vec<Input>,
    availability: Rule,
    reachable: Availability,
    writer: Box<dyn Writer>,
    reports: bool,
    memory: Memory,
}

impl Adapters {
    /// Knows nothing yet.
    pub fn new(limits: Limits) -> Self {
        Self::with_identities(limits, [])
    }

    /// Knows which ids were given before, as [`Adapters::identities`] gave them out.
    pub fn with_identities(limits: Limits, identities: impl IntoIterator<Item = (String, EntityId)>) -> Self {
        let ids: BTreeMap<String, EntityId> = identities.into_iter().collect();
        let taken = ids.values().cloned().collect();
        Self {
            limits,
            templates: Templates::new(),
            components: HashMap::new(),
            announced: HashMap::new(),
            routes: Routes::default(),
            ids,
            taken,
        }
    }

    /// Which device got which id; to be kept over a restart, so that ids stay the same in whatever order devices speak.
    pub fn identities(&self) -> impl Iterator<Item = (&str, &EntityId)> {
        self.ids.iter().map(|(key, id)| (key.as_str(), id))
    }

    /// Whether the entity reports its state; if not, what it was last told is all that is known.
    pub fn reports(&self, entity: &EntityId) -> bool {
        self.components.get(entity).is_some_and(|component| component.reports)
    }

    /// What a message changes.
    pub fn read(&mut self, topic: &str, payload: &[u8], retained: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        let result = match discovery::place(topic) {
            Some(place) => self.announce(topic, &place, payload, &mut changes),
            None => self.report(topic, payload, retained, &mut changes),
        };
        if let Err(reason) = result {
            changes.push(Change::Rejected { topic: topic.chars().take(SHOWN_CHARS).collect(), reason });
        }
        changes
    }

    /// The messages that ask an entity to do something; `state` is the entity as the house has it.
    ///
    /// # Errors
    /// If nothing was announced under that id, if it can't do that, or if a value is outside what it takes.
    pub fn write(&self, entity: &EntityId, action: &Action, state: &Entity) -> Result<Vec<Message>, WriteError> {
        let component = self.components.get(entity).ok_or_else(|| WriteError::UnknownEntity(entity.clone()))?;
        component.writer.write(action, &Writing { entity: state, templates: &self.templates })
    }

    fn report(&mut self, topic: &str, payload: &[u8], retained: bool, changes: &mut Vec<Change>) -> Result<(), String> {
        let Some(routes) = self.routes.of(topic) else { return Ok(()) };
        if self.limits.payload_bytes < payload.len() {
            return Err(format!("message is larger than {} bytes: `{}`", self.limits.payload_bytes, payload.len()));
        }
        let text = std::str::from_utf8(payload).map_err(|_| "message is not UTF-8".to_owned())?;
        let payload = Payload::new(text);
        let mut trouble = Ok(());
        for (entity, part) in routes {
            let Some(component) = self.components.get_mut(entity) else { continue };
            let read = component.hear(entity, *part, &payload, retained, &self.templates, changes);
            trouble = trouble.and(read);
        }
        trouble
    }

    fn announce(&mut self, topic: &str, place: &Place<'_>, payload: &[u8], changes: &mut Vec<Change>) -> Result<(), String> {
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
        let mut trouble = Ok(());
        for (key, config) in entities {
            let done = match config {
                Some(config) => self.take(topic, &key, config, changes),
                None => {
                    self.drop_component(topic, &key, changes);
                    Ok(())
                }
            };
            trouble = trouble.and(done);
        }
        if self.announced.get(topic).is_some_and(|announced| announced.entities.is_empty()) {
            self.announced.remove(topic);
        }
        trouble
    }

    fn take(&mut self, topic: &str, key: &str, config: Config, changes: &mut Vec<Change>) -> Result<(), String> {
        let before = self.announced.get(topic).and_then(|announced| announced.entities.get(key)).cloned();
        let fingerprint = config.fingerprint();
        if before.as_ref().and_then(|id| self.components.get(id)).is_some_and(|known| known.fingerprint == fingerprint) {
            return Ok(());
        }
        if config.options.get("enabled_by_default") == Some(&serde_json::Value::Bool(false)) {
            self.drop_component(topic, key, changes);
            return Ok(());
        }
        let within = |reason: String| if key.is_empty() { reason } else { format!("component `{key:.80}`: {reason}") };
        let mut compiler = Compiler::new(&config, &mut self.templates);
        let availability = Rule::compile(&mut compiler).map_err(within)?;
        let Some(compiled) = platform::compile(compiler).map_err(within)? else { return Ok(()) };
        let id = self.id_for(topic, key, &config, compiled.domain).map_err(within)?;
        if let Some(before) = before.filter(|before| *before != id) {
            self.drop_entity(&before, changes);
        }
        if let Some(announced) = self.announced.get_mut(topic) {
            announced.entities.insert(key.to_owned(), id.clone());
        }
        self.install(topic, id, &config, compiled, availability, changes);
        Ok(())
    }

    fn install(&mut self, topic: &str, id: EntityId, config: &Config, compiled: Compiled, availability: Rule, changes: &mut Vec<Change>) {
        let Compiled { domain, inputs, facts, writer, reports } = compiled;
        let mut component = Component {
            fingerprint: config.fingerprint(),
            topic: topic.to_owned(),
            inputs,
            availability,
            reachable: Availability::Online,
            writer,
            reports,
            memory: Memory::default(),
        };
        let before = self.components.remove(&id);
        if let Some(before) = &before {
            component.availability.keep(&before.availability);
            component.memory = before.memory.clone();
        }
        component.reachable = component.availability.now();
        let suggested_area = config.suggested_area();
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
        changes.push(Change::Appeared { entity, suggested_area, optimistic: !reports });
        let old = before.map(|before| before.parts()).unwrap_or_default();
        self.routes.replace(&id, &old, &component.parts(), changes);
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
            changes.push(Change::Gone(id.clone()));
        }
    }

    /// The id a device had before, or a new one that nothing else has.
    fn id_for(&mut self, topic: &str, key: &str, config: &Config, domain: Domain) -> Result<EntityId, String> {
        let identity = match (config.unique_id(), key.is_empty()) {
            (Some(unique), _) => format!("{} {unique}", config.platform),
            (None, true) => format!("{} at {topic}", config.platform),
            (None, false) => return Err("lacks a `unique_id`".to_owned()),
        };
        if let Some(id) = self.ids.get(&identity) {
            let is_others = self.components.get(id).is_some_and(|component| component.topic != topic);
            return if is_others { Err(format!("its unique id is taken by `{id}`")) } else { Ok(id.clone()) };
        }
        if self.limits.entities <= self.components.len() || 2 * self.limits.entities <= self.ids.len() {
            return Err(format!("there are more than {} entities", self.limits.entities));
        }
        let wanted = config.default_entity_id().unwrap_or_else(|| format!("{}.{}", domain.as_str(), config.object_id()));
        let numbered = (2..).map(|number: u32| EntityId::new(format!("{wanted}_{number}")));
        let free = std::iter::once(EntityId::new(wanted.clone())).chain(numbered).find(|id| !self.taken.contains(id));
        let id = free.ok_or("no id is free")?;
        self.taken.insert(id.clone());
        self.ids.insert(identity, id.clone());
        Ok(id)
    }
}

impl Component {
    /// Every topic it listens to, and which part of it that is for.
    fn parts(&self) -> Vec<(String, Part)> {
        let inputs = self.inputs.iter().enumerate().map(|(place, input)| (input.topic.clone(), Part::Input(place)));
        let sources = self.availability.sources.iter().enumerate();
        inputs.chain(sources.map(|(place, source)| (source.topic.clone(), Part::Availability(place)))).collect()
    }

    fn hear(
        &mut self,
        id: &EntityId,
        part: Part,
        payload: &Payload<'_>,
        retained: bool,
        templates: &Templates,
        changes: &mut Vec<Change>,
    ) -> Result<(), String> {
        match part {
            Part::Input(place) => {
                let Some(input) = self.inputs.get(place) else { return Ok(()) };
                let Some(text) = text(input.template.as_ref(), payload, id, templates)? else { return Ok(()) };
                let update = input.reading.read(&text, &mut self.memory)?;
                changes.extend(update.map(|update| Change::State {
                    entity: id.clone(),
                    value: update.value,
                    attributes: update.attributes,
                    retained,
                }));
            }
            Part::Availability(place) => {
                let template = self.availability.sources.get(place).and_then(|source| source.template.as_ref());
                let Some(text) = text(template, payload, id, templates)? else { return Ok(()) };
                let availability = self.availability.hear(place, text.trim()).unwrap_or(self.reachable);
                if availability != self.reachable {
                    self.reachable = availability;
                    changes.push(Change::Available { entity: id.clone(), availability });
                }
            }
        }
        Ok(())
    }
}

fn text<'a>(
    template: Option<&Template>,
    payload: &'a Payload<'_>,
    id: &EntityId,
    templates: &Templates,
) -> Result<Option<std::borrow::Cow<'a, str>>, String> {
    match template {
        None | Some(Template::Payload) => Ok(Some(payload.text.into())),
        Some(template) => Ok(templates.read(template, payload, id.as_str())?.map(Into::into)),
    }
}

pub(crate) fn fingerprint(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Topics in complaints are cut, as they go into logs.
const SHOWN_CHARS: usize = 120;
