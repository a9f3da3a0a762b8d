//! What carriers bring in, put on the house: entities come and go, report, expire and change their connection.

use std::collections::BTreeMap;

use device_adapters::{Adapters, Belongs, Change, Registry};
use house::{
    Action, Availability, Cause, Entity, EntityId, Lang, Notice, NoticeKind, Quality, Rejection, Speaker, Value,
};
use tracing::{info, warn};

use super::Hub;
use super::areas::area_suggested;
use super::home_assistant::{ConnectionError, ConnectionState, HomeAssistantEvent};
use super::refusals::RefusedKind;
use super::transport::Inquiry;
use super::{hub_entities, overrides};

impl Hub {
    pub(super) fn change(&mut self, change: Change, now: i64) {
        match change {
            Change::Subscribe(topic) => {
                if let Some(transport) = &self.broker {
                    transport.subscribe(vec![topic.clone()]);
                }
                self.topics.push(topic);
            }
            Change::Unsubscribe(topic) => {
                if let Some(transport) = &self.broker {
                    transport.unsubscribe(topic.clone());
                }
                self.topics.retain(|own| *own != topic);
            }
            Change::Appeared { entity, belongs, optimistic } => self.appear(entity, belongs, optimistic, now),
            Change::Gone(id) => self.take_back(&id, now),
            Change::State { entity, value, attributes, retained } => {
                self.report(entity, value, attributes, retained, now)
            }
            Change::Expired(id) => self.alter(id, now, |entity| {
                if entity.state.quality == Quality::Observed {
                    entity.state.quality = Quality::Stale;
                }
            }),
            Change::Available { entity, availability } => self.alter(entity, now, |entity| {
                entity.availability = availability;
                if availability == Availability::Offline && entity.state.quality == Quality::Observed {
                    entity.state.quality = Quality::Stale;
                }
            }),
            Change::Ask(message) => {
                if let Some(transport) = &self.broker {
                    transport.inquire(&Inquiry::of(message));
                }
            }
            Change::Rejected { topic, reason } => {
                self.snapshot.rejected += 1;
                self.refuse(RefusedKind::Message, topic, reason, now);
            }
        }
    }

    /// Puts on the list what was refused; what is there for the same reason is not logged again.
    pub(super) fn refuse(&mut self, kind: RefusedKind, topic: String, reason: Rejection, now: i64) {
        if self.refusals.add(kind, &topic, &reason, now) {
            warn!(what = kind.as_str(), ?topic, %reason, "Something was refused.");
        }
    }

    pub(super) fn change_all(&mut self, changes: Vec<Change>, now: i64) {
        for change in changes {
            self.change(change, now);
        }
    }

    /// What Home Assistant says, and how it stands with it.
    pub(super) fn on_home_assistant(&mut self, event: HomeAssistantEvent, now: i64) {
        match event {
            HomeAssistantEvent::Absent => {
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
            HomeAssistantEvent::Up(transport) => {
                self.home_assistant = Some(transport);
                self.snapshot.home_assistant = ConnectionState::Up;
            }
            HomeAssistantEvent::Down(error) => self.lose_home_assistant(error, now),
            HomeAssistantEvent::Listed(registry) => self.list(*registry, now),
            HomeAssistantEvent::Reported(states) => {
                let changes = self.adapters.reported(&states);
                self.change_all(changes, now);
            }
            HomeAssistantEvent::Items(list, items) => {
                let changes = self.adapters.reported_items(&list, &items);
                self.change_all(changes, now);
            }
        }
    }

    /// Takes over what Home Assistant lists: first the places, then what stands in them.
    fn list(&mut self, registry: Registry, now: i64) {
        let (floors, areas) = (registry.floors.clone(), registry.areas.clone());
        self.places.take(&floors, &areas, &mut self.snapshot.house);
        overrides::apply_places(&self.edits, &mut self.snapshot.house);
        self.are_names_stale = true;
        let changes = self.adapters.listed(registry);
        self.change_all(changes, now);
        self.places.let_go(&floors, &areas, &self.edits, &mut self.snapshot.house);
        self.keep_places();
    }

    fn lose_home_assistant(&mut self, error: ConnectionError, now: i64) {
        // Each attempt fails anew; it is told once.
        let is_known = matches!(&self.snapshot.home_assistant, ConnectionState::Down(known) if *known == error);
        if !is_known && error != ConnectionError::Starting {
            warn!(reason = %error, "There is no connection to Home Assistant.");
        }
        self.home_assistant = None;
        self.snapshot.home_assistant = ConnectionState::Down(error);
        self.stale(Adapters::is_home_assistants, now);
    }

    /// Changes an entity, if there is one of that id, and marks it if it is another one then.
    fn alter(&mut self, id: EntityId, now: i64, change: impl FnOnce(&mut Entity)) {
        let Some(before) = self.snapshot.house.entities.shared(&id) else { return };
        let Some(entity) = self.snapshot.house.entities.get_mut(&id) else { return };
        change(entity);
        if *entity != *before {
            self.mark(id, Some(before), None, now);
        }
    }

    fn take_back(&mut self, id: &EntityId, now: i64) {
        if let Some(before) = self.snapshot.house.entities.remove(id) {
            info!(entity = %id, "An entity was taken back.");
            self.mark(id.clone(), Some(before), None, now);
            self.are_names_stale = true;
        }
    }

    fn appear(&mut self, mut entity: Entity, belongs: Belongs, optimistic: bool, now: i64) {
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
        overrides::apply(&self.edits, &mut entity, &mut self.snapshot.house);
        if areas < self.snapshot.house.areas.len() {
            overrides::apply_places(&self.edits, &mut self.snapshot.house);
        }
        let id = entity.id.clone();
        let before = self.snapshot.house.entities.insert(id.clone(), entity);
        self.learn_openers(&id);
        self.mark(id, before, None, now);
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
        let Some(before) = self.snapshot.house.entities.shared(&id) else { return };
        let is_known = before.state.quality == Quality::Observed;
        if is_known && !says_anything_new(&before, value.as_deref(), &attributes) {
            return;
        }
        let is_assumed = self.adapters.is_home_assistants(&id) && !self.adapters.reports(&id);
        let Some(entity) = self.snapshot.house.entities.get_mut(&id) else { return };
        let moved = take_over(entity, value, attributes);
        entity.state.quality = match entity.state.value.as_deref() {
            Some("unknown") => Quality::Unknown,
            _ if is_assumed => Quality::Assumed,
            _ => Quality::Observed,
        };
        let is_new = before.state.quality != entity.state.quality;
        let has_another_value = before.state.value != entity.state.value;
        let mut speaker = None;
        // A device that still does not know has not changed.
        if moved || (before.state.quality == Quality::Unknown && is_new) {
            let own = self.expected.get(&id).filter(|expected| {
                now <= expected.until_ms && house::reach(&expected.action, entity) != Some(house::Reach::No)
            });
            entity.state.cause = match (own, retained) {
                (Some(expected), _) => expected.cause,
                (None, true) => Cause::Replay,
                (None, false) => Cause::Device,
            };
            speaker = own.and_then(|expected| expected.speaker.clone());
            if has_another_value || before.state.quality == Quality::Unknown {
                // A repetition says what is, not since when.
                entity.state.changed_ms = if entity.state.cause == Cause::Replay { 0 } else { now };
            }
            if has_another_value {
                self.warn_everyone(&id);
            }
        }
        // What is so still is known for sure again, and nothing changed it.
        if moved || is_new {
            self.mark(id, Some(before), speaker, now);
        }
    }

    /// A device that reports nothing is taken to be as it was last told.
    pub(super) fn assume(&mut self, id: &EntityId, action: &Action, cause: Cause, speaker: Option<Speaker>, now: i64) {
        let before = self.snapshot.house.entities.shared(id);
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
        self.mark(id.clone(), before, speaker, now);
    }

    /// What was observed by a connection that is lost is stale.
    pub(super) fn stale(&mut self, is_lost: impl Fn(&Adapters, &EntityId) -> bool, now: i64) {
        let is_observed = |entity: &&Entity| entity.state.quality == Quality::Observed;
        let known = self.snapshot.house.entities.values().filter(is_observed).map(|entity| entity.id.clone());
        let lost: Vec<EntityId> =
            known.filter(|id| !hub_entities::has(&self.own, id) && is_lost(&self.adapters, id)).collect();
        for id in lost {
            self.alter(id, now, |entity| entity.state.quality = Quality::Stale);
        }
    }

    /// An alarm, smoke and the like are told to everyone at once.
    fn warn_everyone(&mut self, id: &EntityId) {
        let house = &self.snapshot.house;
        let lang = self.lang();
        let Some(said) = house.entities.get(id).and_then(|entity| mind::reply::danger(entity, house, lang)) else {
            return;
        };
        warn!(entity = %id, "{said}");
        let (schedule, areas) = (None, Vec::new());
        let at_ms = self.clock.now_ms();
        self.notices.push(Notice { at_ms, kind: NoticeKind::Danger, schedule, said, lang, areas, late_s: 0 });
    }

    /// The language of the rooms, for what nobody asked.
    pub(super) fn lang(&self) -> Lang {
        mind::language::of_house(&self.snapshot.house)
    }
}

/// Whether a report differs from what is known in anything; most repeat it.
fn says_anything_new(entity: &Entity, value: Option<&str>, attributes: &BTreeMap<String, Value>) -> bool {
    let is_known = |(name, value): (&String, &Value)| match value {
        Value::Null => !entity.state.attributes.contains_key(name),
        value => entity.state.attributes.get(name) == Some(value),
    };
    value.is_some_and(|value| entity.state.value.as_deref() != Some(value)) || !attributes.iter().all(is_known)
}

/// Takes over what is reported; says whether anything of it differs from what was known.
fn take_over(entity: &mut Entity, value: Option<String>, attributes: BTreeMap<String, Value>) -> bool {
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
    moved
}
