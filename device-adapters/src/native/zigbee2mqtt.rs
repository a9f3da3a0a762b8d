//! zigbee2mqtt: who is there, from `<base>/bridge/devices`, `…/groups` and `…/event`.
//!
//! The base topic is what stands before these, whatever it is called, one level or two.
//! Unique ids are those of zigbee2mqtt's own announcements to Home Assistant, so that an entity stays the same entity
//! if these are switched on or off. Whether the bridge tells availability can't be known from here: a device can be
//! reached until it or the bridge says otherwise.

mod exposes;
mod generic;
mod specific;

use std::collections::{BTreeMap, HashSet};

use house::Rejection;
use serde_json::{Map, Value as Json, json};

use crate::availability::UNTIL_TOLD;
use crate::limits::{ID_CHARS, Limits, MEMBERS};
use crate::native::news::{Device, News};
use crate::native::spelling::{self, Options, Speller, ask, availability};
use exposes::{Expose, Group, Node, Scene};

/// Every bridge that was heard of, by base topic.
#[derive(Debug, Default)]
pub(super) struct Zigbee2Mqtt {
    bridges: BTreeMap<String, Bridge>,
}

#[derive(Debug, Default)]
struct Bridge {
    nodes: Vec<Node>,
    groups: Vec<Group>,
}

/// One device or group while it is spelt out.
struct Spelt<'a> {
    speller: Speller,
    /// Its topic, and the one its commands go to.
    topic: String,
    set: String,
    /// What its unique ids begin and end with.
    id: String,
    base: &'a str,
    /// What its lamps can play.
    effects: Vec<Json>,
    /// What may be asked for.
    gettable: Map<String, Json>,
}

impl Zigbee2Mqtt {
    pub(super) fn handle(
        &mut self,
        base: &str,
        what: &str,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Option<News>, Rejection> {
        if ID_CHARS < base.len() || (BRIDGES <= self.bridges.len() && !self.bridges.contains_key(base)) {
            return Err(Rejection::TooMany(BRIDGES));
        }
        let text = spelling::text(payload, limits.bridge_payload_bytes)?;
        let mut bridge = self.bridges.remove(base).unwrap_or_default();
        let heard = bridge.take(what, text, limits);
        let news =
            heard.map(|heard| heard.map(|trouble| News { trouble, ..bridge.news(base, what == "devices", limits) }));
        if !bridge.nodes.is_empty() || !bridge.groups.is_empty() {
            self.bridges.insert(base.to_owned(), bridge);
        }
        news
    }
}

impl Bridge {
    /// Takes a message in; gives what was odd about it, or `None` if nothing changes by it.
    fn take(&mut self, what: &str, text: &str, limits: &Limits) -> Result<Option<Option<Rejection>>, Rejection> {
        match what {
            "devices" => {
                let (nodes, trouble) = exposes::nodes(text, limits.entities)?;
                self.nodes = nodes;
                Ok(Some(trouble))
            }
            "groups" => {
                let (groups, trouble) = exposes::groups(text, limits.entities)?;
                self.groups = groups;
                Ok(Some(trouble))
            }
            _ => {
                let Some(left) = exposes::left(text)? else { return Ok(None) };
                let before = self.nodes.len();
                self.nodes.retain(|node| node.ieee_address != left);
                Ok((self.nodes.len() < before).then_some(None))
            }
        }
    }

    /// Everyone there is. Only the list of devices is a reason to ask them; a list of groups comes right after it.
    fn news(&self, base: &str, may_ask: bool, limits: &Limits) -> News {
        let nodes =
            self.nodes.iter().filter(|node| node.is_of_use()).map(|node| spell_node(base, node, may_ask, limits));
        let groups = self.groups.iter().map(|group| spell_group(base, group, &self.nodes, limits));
        News { devices: nodes.chain(groups).collect(), only: Some(format!("zigbee2mqtt {base}/")), ..News::default() }
    }
}

fn spell_node(base: &str, node: &Node, may_ask: bool, limits: &Limits) -> Device {
    let exposes: &[Expose] =
        node.definition.as_ref().map(|definition| definition.exposes.as_slice()).unwrap_or_default();
    let definition = node.definition.as_ref();
    let device = json!({
        "identifiers": [format!("zigbee2mqtt_{}", node.ieee_address)],
        "name": spelling::spoken(&node.friendly_name),
        "manufacturer": definition.map(|definition| &definition.vendor),
        "model": definition.map(|definition| &definition.description),
    });
    let mut spelt = Spelt::new(base, &node.ieee_address, &node.friendly_name, device, limits);
    let effects = exposes
        .iter()
        .filter(|expose| expose.name == "effect")
        .flat_map(|expose| &expose.values)
        .take(MEMBERS)
        .cloned();
    spelt.effects = effects.collect();
    for expose in exposes {
        spelt.expose(expose, exposes);
    }
    node.scenes().for_each(|scene| spelt.scene(scene));
    let asks = if may_ask && node.is_awake() { spelt.asks() } else { Vec::new() };
    Device { source: format!("zigbee2mqtt {base}/{}", node.ieee_address), entities: spelt.speller.finish(), asks }
}

/// A group can do what any of its members can.
fn spell_group(base: &str, group: &Group, nodes: &[Node], limits: &Limits) -> Device {
    let code: String = base.chars().map(|letter| u32::from(letter).to_string()).collect();
    let device = json!({
        "identifiers": [format!("zigbee2mqtt_{code}_{}", group.id)],
        "name": spelling::spoken(&group.friendly_name),
    });
    let mut spelt = Spelt::new(base, &group.id.to_string(), &group.friendly_name, device, limits);
    let members: HashSet<&str> = group.members.iter().map(|member| member.ieee_address.as_str()).collect();
    let members: Vec<&Expose> = nodes
        .iter()
        .filter(|node| members.contains(node.ieee_address.as_str()))
        .filter_map(|node| node.definition.as_ref())
        .flat_map(|definition| &definition.exposes)
        .collect();
    for kind in ["light", "switch", "cover"] {
        if let Some(expose) = exposes::together(kind, &members) {
            spelt.expose(&expose, &[]);
        }
    }
    group.scenes.iter().for_each(|scene| spelt.scene(scene));
    Device {
        source: format!("zigbee2mqtt {base}/group {}", group.id),
        entities: spelt.speller.finish(),
        asks: Vec::new(),
    }
}

impl<'a> Spelt<'a> {
    fn new(base: &'a str, id: &str, friendly_name: &str, device: Json, limits: &Limits) -> Self {
        let topic = format!("{base}/{friendly_name}");
        let state = "{{ value_json.state | default(value) }}";
        let mut own = availability(&format!("{topic}/availability"), Some(state), "online", "offline");
        let mut bridge = availability(&format!("{base}/bridge/state"), Some(state), "online", "offline");
        for source in [&mut own, &mut bridge] {
            if let Some(source) = source.as_object_mut() {
                source.insert(UNTIL_TOLD.to_owned(), Json::Bool(true));
            }
        }
        let shared = json!({ "availability": [bridge, own], "availability_mode": "all" });
        let set = format!("{topic}/set");
        Self {
            speller: Speller::new(id, device, shared, limits),
            topic,
            set,
            id: id.to_owned(),
            base,
            effects: Vec::new(),
            gettable: Map::new(),
        }
    }

    /// Adds an entity under the object id that zigbee2mqtt's own announcements give it.
    fn add(&mut self, platform: &str, object: &str, options: impl Into<Options>) {
        let unique = format!("{}_{object}_{}", self.id, self.base);
        self.speller.add(platform, object, &unique, options);
    }

    fn expose(&mut self, expose: &Expose, all: &[Expose]) {
        match expose.kind.as_str() {
            "light" => self.light(expose),
            "switch" => self.switch(expose),
            "cover" => self.cover(expose, all),
            "lock" => self.lock(expose),
            "climate" => self.climate(expose),
            "fan" => self.fan(expose),
            "binary" => self.binary(expose),
            "numeric" => self.numeric(expose),
            "enum" => self.choice(expose),
            "text" => self.words(expose),
            // Composites and lists are settings of the radio and of schedules; nothing a house is asked for.
            _ => {}
        }
    }

    fn scene(&mut self, scene: &Scene) {
        let recall = json!({ "scene_recall": scene.id }).to_string();
        let options = json!({ "name": scene.name, "command_topic": self.set, "payload_on": recall });
        self.add("scene", &format!("scene_{}", scene.id), options);
    }

    fn asks(&self) -> Vec<crate::change::Message> {
        let payload = Json::Object(self.gettable.clone()).to_string();
        let wanted = (!self.gettable.is_empty()).then(|| ask(format!("{}/get", self.topic), payload)).flatten();
        wanted.into_iter().collect()
    }
}

/// Coordinators in one house; more would be a mistake or an attack.
const BRIDGES: usize = 8;
