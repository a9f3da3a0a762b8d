//! What only Home Assistant has: its entities as it lists and reports them, and the calls that move them.
//!
//! Holds no connection: answers and events of its websocket go in, changes come out.

mod frame;
mod registry;
mod service;
mod state;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use house::{Action, Attributes, Domain, Entity, EntityId, Rejection, State};
use serde_json::Value as Json;

use crate::change::{Belongs, Change, WriteError};
use registry::Entry;
use state::Report;

pub use frame::{Failure, Frame, frame};
pub use registry::{HomeAssistantPlace, Lists, Registry};
pub use service::Call;

/// What is known of Home Assistant's entities.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    /// By their ids there.
    entities: BTreeMap<String, Known>,
    /// Their ids there by their ids here; of all that were ever taken over.
    names: HashMap<EntityId, String>,
    areas: Vec<HomeAssistantPlace>,
    /// Which of them open the house: what wants the PIN must not be reached through a scene.
    doors: BTreeSet<String>,
}

/// One of its entities.
#[derive(Debug)]
struct Known {
    id: EntityId,
    entry: Entry,
    /// None before its state was reported.
    report: Option<Report>,
    /// What was told of it last.
    told: Attributes,
}

impl Foreign {
    /// Knows which ids were given before.
    pub(crate) fn with_identities<'i>(identities: impl Iterator<Item = (&'i str, &'i EntityId)>) -> Self {
        let own = identities.filter_map(|(key, id)| Some((id.clone(), key.strip_prefix(IDENTITY)?.to_owned())));
        Self { names: own.collect(), ..Self::default() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether it is Home Assistant's and reports more than what it was told.
    pub(crate) fn reports(&self, id: &EntityId) -> bool {
        let known = self.names.get(id).and_then(|name| self.entities.get(name));
        known.and_then(|known| known.report.as_ref()).is_some_and(|report| !report.is_assumed())
    }

    /// What a new listing changes. Entities appear once their states are reported.
    ///
    /// `claim` gives an id for an identity, the name it has there, and how many entities there are already.
    pub(crate) fn listed(
        &mut self,
        registry: Registry,
        mut claim: impl FnMut(String, &str, usize) -> Result<EntityId, Rejection>,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        self.areas = registry.areas;
        let opens = |entry: &Entry| {
            entry.domain == Domain::Cover && entry.device_class.as_deref().is_some_and(|class| ENTRIES.contains(&class))
        };
        self.doors = registry.entries.iter().filter(|(_, entry)| opens(entry)).map(|(name, _)| name.clone()).collect();
        let gone = self.names.iter().filter(|(_, name)| !registry.entries.contains_key(*name)).map(|(id, _)| id);
        changes.extend(gone.cloned().collect::<BTreeSet<_>>().into_iter().map(Change::Gone));
        self.entities.retain(|name, _| registry.entries.contains_key(name));
        let mut left_out = registry.left_out;
        for (name, entry) in registry.entries {
            if let Some(known) = self.entities.get_mut(&name) {
                let is_new = known.entry != entry;
                known.entry = entry;
                changes.extend(known.appearance().filter(|_| is_new));
                continue;
            }
            match claim(format!("{IDENTITY}{name}"), &name, self.entities.len()) {
                Ok(id) => {
                    self.names.insert(id.clone(), name.clone());
                    self.entities.insert(name, Known { id, entry, report: None, told: Attributes::new() });
                }
                Err(_) => left_out += 1,
            }
        }
        if 0 < left_out {
            changes.push(Change::Rejected { topic: TOPIC.to_owned(), reason: Rejection::LeftOut(left_out) });
        }
        changes
    }

    /// What an event of `subscribe_entities` changes.
    pub(crate) fn reported(&mut self, event: &Json) -> Vec<Change> {
        let Self { entities, doors, .. } = self;
        let part = |key: &str| event.get(key).and_then(Json::as_object).into_iter().flatten();
        let mut changes = Vec::new();
        for (name, json) in part("a") {
            let Some(known) = entities.get_mut(name) else { continue };
            known.handle(Report::whole(json), true, doors, &mut changes);
        }
        for (name, json) in part("c") {
            let Some(known) = entities.get_mut(name) else { continue };
            // A change of what was never told whole says too little.
            let Some(mut report) = known.report.clone() else { continue };
            report.change(json);
            known.handle(report, false, doors, &mut changes);
        }
        for name in event.get("r").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            let Some(known) = entities.get_mut(name) else { continue };
            let Some(mut report) = known.report.clone() else { continue };
            report.lose();
            known.handle(report, false, doors, &mut changes);
        }
        changes
    }

    /// What an event of `todo/item/subscribe` changes about the list with that id in Home Assistant.
    pub(crate) fn reported_items(&mut self, name: &str, event: &Json) -> Vec<Change> {
        let Some((known, items)) = self.entities.get(name).zip(state::open_items(event)) else {
            return Vec::new();
        };
        let attributes = Attributes::from([("items".to_owned(), house::Value::List(items))]);
        vec![Change::State { entity: known.id.clone(), value: None, attributes, retained: false }]
    }

    /// Whether the entity is Home Assistant's, and no device's of the broker.
    pub(crate) fn has(&self, id: &EntityId) -> bool {
        self.names.contains_key(id)
    }

    /// The call that asks one of Home Assistant's entities to do something.
    ///
    /// # Errors
    /// If Home Assistant did not list it, or if it can't do that.
    pub(crate) fn call(&self, id: &EntityId, action: &Action, entity: &Entity) -> Result<Call, WriteError> {
        let name = self.names.get(id).filter(|name| self.entities.contains_key(*name));
        let name = name.ok_or_else(|| WriteError::UnknownEntity(id.clone()))?;
        service::call(name, action, entity, &self.areas)
    }
}

impl Known {
    fn handle(&mut self, report: Report, retained: bool, doors: &BTreeSet<String>, changes: &mut Vec<Change>) {
        if self.entry.domain == Domain::Scene
            && report
                .members()
                .any(|member| doors.contains(member) || GUARDED.iter().any(|domain| member.starts_with(domain)))
        {
            if self.report.take().is_some() {
                self.told.clear();
                changes.push(Change::Gone(self.id.clone()));
            }
            return;
        }
        let before = self.report.replace(report);
        let Some(report) = &self.report else { return };
        let is_new = before.as_ref().is_none_or(|before| {
            (before.name(), before.device_class(), before.is_assumed())
                != (report.name(), report.device_class(), report.is_assumed())
        });
        let availability = report.availability();
        if is_new {
            changes.extend(self.appearance());
        }
        let is_moved = before.is_none_or(|before| before.availability() != availability);
        if is_moved || retained {
            changes.push(Change::Available { entity: self.id.clone(), availability });
        }
        if availability == house::Availability::Offline {
            return;
        }
        let Some(report) = &self.report else { return };
        let now = report.attributes(self.entry.domain);
        let attributes = state::difference(&self.told, &now);
        changes.push(Change::State {
            entity: self.id.clone(),
            value: Some(report.value().to_owned()),
            attributes,
            retained,
        });
        self.told = now;
    }

    fn appearance(&self) -> Option<Change> {
        let report = self.report.as_ref()?;
        let entity = Entity {
            id: self.id.clone(),
            name: report.name().unwrap_or_else(|| self.entry.name.clone()),
            aliases: self.entry.aliases.clone(),
            domain: self.entry.domain,
            device_class: self.entry.device_class.clone().or_else(|| report.device_class()),
            area: None,
            state: State::default(),
            availability: report.availability(),
        };
        Some(Change::Appeared {
            entity,
            belongs: Belongs::Placed(self.entry.area.clone()),
            optimistic: report.is_assumed(),
        })
    }
}

/// Kinds of entity that no scene of Home Assistant may move for Hearth.
const GUARDED: &[&str] = &["lock.", "alarm_control_panel."];
/// Covers that no scene may move either.
const ENTRIES: &[&str] = &["garage", "garage_door", "gate", "door"];
/// What tells these identities from those of devices.
const IDENTITY: &str = "home_assistant ";
/// Where complaints about it come from.
const TOPIC: &str = "home_assistant";
