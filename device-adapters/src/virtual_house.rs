//! A house of virtual devices, and the queue of what they are going to say. Knows no clock and no connection.

use std::collections::{BTreeMap, HashMap};

use house::{EntityId, House, State};

use crate::virtual_device::{Delays, Fault, Timed, VirtualDevice};

/// Virtual devices by entity, and what they have still to say.
#[derive(Clone, Debug, Default)]
pub struct VirtualHouse {
    devices: BTreeMap<EntityId, VirtualDevice>,
    by_topic: HashMap<String, EntityId>,
    /// In order of time.
    queue: Vec<Timed>,
}

/// A virtual device for every entity of a house.
pub fn from_house(house: &House, delays: Delays) -> Vec<VirtualDevice> {
    let area = |entity| house.area_of(entity).map(|area| area.name.as_str());
    house.entities.values().map(|entity| VirtualDevice::new(entity, area(entity), delays)).collect()
}

impl VirtualHouse {
    /// Virtual devices for every entity of a house.
    pub fn new(house: &House, delays: Delays) -> Self {
        let devices: BTreeMap<EntityId, VirtualDevice> =
            from_house(house, delays).into_iter().map(|device| (device.entity().id.clone(), device)).collect();
        let topics = |device: &VirtualDevice| {
            device.subscriptions().into_iter().map(|topic| topic.trim_end_matches("/+").to_owned())
        };
        let by_topic =
            devices.iter().flat_map(|(id, device)| topics(device).map(|topic| (topic, id.clone()))).collect();
        Self { devices, by_topic, queue: Vec::new() }
    }

    /// The topics that commands come in on.
    pub fn subscriptions(&self) -> Vec<String> {
        self.devices.values().flat_map(VirtualDevice::subscriptions).collect()
    }

    /// What all devices announce.
    pub fn announce(&self) -> Vec<Timed> {
        self.devices.values().flat_map(VirtualDevice::announce).collect()
    }

    /// Hands a message to the device it is for.
    pub fn receive(&mut self, topic: &str, payload: &[u8], now_ms: i64) {
        let parent = topic.rsplit_once('/').map_or(topic, |(parent, _)| parent);
        let Some(id) = self.by_topic.get(topic).or_else(|| self.by_topic.get(parent)).cloned() else { return };
        let said = self.devices.get_mut(&id).map(|device| device.receive(topic, payload, now_ms)).unwrap_or_default();
        if !said.is_empty() {
            self.queue.retain(|timed| timed.entity != id);
        }
        self.enqueue(said);
    }

    /// What is to be published by now, in order.
    pub fn due(&mut self, now_ms: i64) -> Vec<Timed> {
        let later = self.queue.partition_point(|timed| timed.at_ms <= now_ms);
        for device in self.devices.values_mut() {
            device.pass(now_ms);
        }
        let rest = self.queue.split_off(later);
        std::mem::replace(&mut self.queue, rest)
    }

    /// When the next message is due.
    pub fn next_due(&self) -> Option<i64> {
        self.queue.first().map(|timed| timed.at_ms)
    }

    /// One of its devices.
    pub fn device(&self, id: &EntityId) -> Option<&VirtualDevice> {
        self.devices.get(id)
    }

    /// Breaks or mends a device.
    pub fn set_fault(&mut self, id: &EntityId, fault: Fault, now_ms: i64) {
        let said = self.devices.get_mut(id).map(|device| device.set_fault(fault, now_ms)).unwrap_or_default();
        self.enqueue(said);
    }

    /// Changes a device's state as if someone had done it there.
    pub fn change(&mut self, id: &EntityId, state: State, now_ms: i64) {
        self.queue.retain(|timed| timed.entity != *id);
        let said = self.devices.get_mut(id).map(|device| device.change(state, now_ms)).unwrap_or_default();
        self.enqueue(said);
    }

    fn enqueue(&mut self, said: Vec<Timed>) {
        self.queue.extend(said);
        self.queue.sort_by_key(|timed| timed.at_ms);
    }
}
