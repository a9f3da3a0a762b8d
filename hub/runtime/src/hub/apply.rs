//! What carriers bring in, put on the house: entities come and go, report, expire and change their connection.

use std::collections::BTreeMap;
use std::sync::Arc;

use device_adapters::{Adapters, Belongs, Change, Registry};
use house::{
    Action, Availability, Cause, Entity, EntityId, House, Lang, Notice, NoticeKind, Quality, Speaker, StateChange,
    Value,
};
use tracing::{info, warn};

use super::Hub;
use super::areas::area_suggested;
use super::home_assistant::{ConnectionError, ConnectionState, HomeAssistantEvent};
use super::overrides;
use super::transport::Inquiry;

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
                if let Some(transport) = &self.broker {
                    transport.inquire(&Inquiry::of(message));
                }
            }
            Change::Rejected { topic, reason } => {
                self.snapshot.rejected += 1;
                warn!(%topic, %reason, "A message was refused.");
            }
        }
    }

    pub(super) fn change_all(&mut self, changes: Vec<Change>, now: i64) {
        for change in changes {
            self.change(change, now);
        }
    }

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
        self.snapshot.home_assistant = ConnectionState::Down(error);
        self.stale(Adapters::is_home_assistants, now);
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
        overrides::apply(&self.edits, &mut entity, &mut self.snapshot.house);
        if areas < self.snapshot.house.areas.len() {
            overrides::apply_places(&self.edits, &mut self.snapshot.house);
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

    pub(super) fn assume(&mut self, id: &EntityId, action: &Action, cause: Cause, now: i64) {
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

    pub(super) fn stale(&mut self, is_lost: impl Fn(&Adapters, &EntityId) -> bool, now: i64) {
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

    pub(super) fn lang(&self) -> Lang {
        let rooms: String = self.snapshot.house.areas.values().map(|area| area.name.as_str()).collect();
        mind::words::guess_lang(&rooms)
    }
}
