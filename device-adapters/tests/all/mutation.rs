//! Messages that are nearly right: those of `tests/fixtures/` and `tests/fuzz/corpus/`, bent by a generator with a
//! fixed seed.
//!
//! What must hold whatever comes in: no panic, no state of an entity that was not announced, no subscription and no
//! command
//! on a topic that would be refused by a broker, no more entities than allowed.

use std::collections::HashMap;
use std::path::Path;

use device_adapters::{Adapters, Change, Limits, Message};
use house::{Action, ArmMode, Color, Entity, EntityId, HvacMode};
use serde_json::Value as Json;

/// Numbers that look random and are always the same.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below the bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % bound.max(1)
    }

    fn one<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// What is bent: the messages of every device of one dialect.
pub(crate) struct Corpus {
    devices: Vec<Vec<(String, Vec<u8>)>>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) inputs: u64,
    pub(crate) states: u64,
    pub(crate) rejected: u64,
    pub(crate) commands: u64,
    pub(crate) bytes: u64,
}

impl Corpus {
    /// The messages of a dialect's devices, and those that were kept because they found something.
    pub(crate) fn of(dialect: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut devices = Vec::new();
        for folder in [root.join("tests/fixtures").join(dialect), root.join("../tests/fuzz/corpus")] {
            let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
            paths.sort();
            for path in paths {
                let device: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
                let messages = device["messages"].as_array().unwrap().iter().map(|pair| {
                    let payload = pair[1].as_str().map_or_else(|| pair[1].to_string(), str::to_owned);
                    (pair[0].as_str().unwrap().to_owned(), payload.into_bytes())
                });
                devices.push(messages.collect());
            }
        }
        Self { devices }
    }

    /// Reads that many bent messages. The same seed reads the same ones.
    pub(crate) fn run(&self, inputs: u64, seed: u64) -> Tally {
        let mut random = Random::new(seed);
        let mut tally = Tally::default();
        while tally.inputs < inputs {
            let rounds = MESSAGES_OF_A_HUB.min(inputs - tally.inputs);
            self.hub(rounds, &mut random, &mut tally);
        }
        tally
    }

    /// One hub's life.
    fn hub(&self, rounds: u64, random: &mut Random, tally: &mut Tally) {
        let limits = Limits { entities: MOST_ENTITIES, ..Limits::default() };
        let mut adapters = Adapters::new(limits);
        let mut entities: HashMap<EntityId, Entity> = HashMap::new();
        let mut now_ms = 0;
        for (topic, payload) in self.messages(rounds, random) {
            tally.inputs += 1;
            tally.bytes += payload.len() as u64;
            now_ms += i64::try_from(random.below(90_000)).unwrap();
            let lapsed = adapters.tell_time(now_ms);
            for change in lapsed.into_iter().chain(adapters.read(&topic, &payload, random.below(2) == 0)) {
                match change {
                    Change::Subscribe(topic) => check_topic(&topic.replace("+/", "x/")),
                    Change::Appeared { entity, .. } => drop(entities.insert(entity.id.clone(), entity)),
                    Change::Gone(id) => assert!(entities.remove(&id).is_some(), "gone without having come: {id}"),
                    Change::State { entity, value, attributes, .. } => {
                        let known = entities.get_mut(&entity).unwrap_or_else(|| panic!("a state of nothing: {entity}"));
                        assert!(value.as_ref().is_none_or(|value| value.chars().count() <= 255));
                        known.state.value = value.or(known.state.value.take());
                        known.state.attributes.extend(attributes);
                        tally.states += 1;
                    }
                    Change::Available { entity, .. } | Change::Expired(entity) => {
                        assert!(entities.contains_key(&entity))
                    }
                    Change::Ask(message) => check_message(&message),
                    Change::Rejected { topic, .. } => {
                        assert!(topic.chars().count() <= 120);
                        tally.rejected += 1;
                    }
                    Change::Unsubscribe(_) => {}
                }
            }
            assert!(entities.len() <= MOST_ENTITIES);
            if random.below(8) == 0 && !entities.is_empty() {
                let chosen = random.below(entities.len());
                let entity = entities.values().nth(chosen).unwrap();
                for message in adapters.write(&entity.id, &action(random), entity).unwrap_or_default() {
                    check_message(&message);
                    tally.commands += 1;
                }
            }
        }
    }

    /// Devices in any order, each with its messages in theirs.
    fn messages(&self, count: u64, random: &mut Random) -> Vec<(String, Vec<u8>)> {
        let mut messages = Vec::new();
        while (messages.len() as u64) < count {
            for (topic, payload) in random.one(&self.devices) {
                messages.push(self.bent(topic.clone(), payload.clone(), random));
            }
        }
        messages.truncate(usize::try_from(count).unwrap());
        messages
    }

    fn bent(&self, mut topic: String, mut payload: Vec<u8>, random: &mut Random) -> (String, Vec<u8>) {
        if random.below(16) == 0 {
            topic = self.bent_topic(&topic, random);
        }
        // One in three goes through as it is, so that there is something to report about.
        for _ in 0..random.below(3) {
            payload = match random.below(3) {
                0 => bent_json(&payload, random).unwrap_or(payload),
                1 => bent_bytes(payload, random),
                _ => bent_tokens(payload, &self.any(random).1, random),
            };
            payload.truncate(MOST_BYTES);
        }
        (topic, payload)
    }

    fn any(&self, random: &mut Random) -> &(String, Vec<u8>) {
        let device = random.below(self.devices.len());
        random.one(&self.devices[device])
    }

    fn bent_topic(&self, topic: &str, random: &mut Random) -> String {
        let mut levels: Vec<String> = topic.split('/').map(str::to_owned).collect();
        let place = random.below(levels.len());
        match random.below(4) {
            0 => levels[place] = (*random.one(LEVELS)).to_owned(),
            1 => levels.insert(place, (*random.one(LEVELS)).to_owned()),
            2 => drop(levels.remove(place)),
            _ => levels[place] = self.any(random).0.split('/').next_back().unwrap_or_default().to_owned(),
        }
        levels.join("/")
    }
}

fn check_topic(topic: &str) {
    assert!(!topic.is_empty() && topic.len() <= 512 && !topic.contains(['+', '#', '\0']), "{topic:?}");
}

fn check_message(message: &Message) {
    check_topic(&message.topic);
    assert!(message.qos <= 2 && message.payload.len() <= 64 * 1024);
}

/// Another value somewhere in it, or a member more or less.
fn bent_json(payload: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut json: Json = serde_json::from_slice(payload).ok()?;
    let mut at = &mut json;
    for _ in 0..random.below(6) {
        let inner = match at {
            Json::Array(items) => items.len(),
            Json::Object(map) => map.len(),
            _ => 0,
        };
        if inner == 0 {
            break;
        }
        let place = random.below(inner);
        at = match at {
            Json::Array(items) => &mut items[place],
            Json::Object(map) => map.values_mut().nth(place)?,
            _ => return None,
        };
    }
    match (random.below(4), &mut *at) {
        (0, Json::Object(map)) => {
            drop(map.insert((*random.one(KEYS)).to_owned(), serde_json::from_str(random.one::<&str>(VALUES)).ok()?))
        }
        (1, Json::Object(map)) if !map.is_empty() => {
            let key = map.keys().nth(random.below(map.len()))?.clone();
            map.remove(&key);
        }
        (2, Json::Array(items)) if items.len() < 64 => items.extend(items.clone()),
        _ => *at = serde_json::from_str(random.one::<&str>(VALUES)).ok()?,
    }
    serde_json::to_vec(&json).ok()
}

/// Other bytes in it, or some missing.
fn bent_bytes(mut payload: Vec<u8>, random: &mut Random) -> Vec<u8> {
    if payload.is_empty() {
        return vec![u8::try_from(random.below(256)).unwrap()];
    }
    let place = random.below(payload.len());
    match random.below(4) {
        0 => payload[place] ^= 1 << random.below(8),
        1 => payload.truncate(place),
        2 => drop(payload.drain(place..payload.len().min(place + 1 + random.below(16)))),
        _ => payload[place] = u8::try_from(random.below(256)).unwrap(),
    }
    payload
}

/// A piece of something else in it.
fn bent_tokens(mut payload: Vec<u8>, other: &[u8], random: &mut Random) -> Vec<u8> {
    let place = random.below(payload.len() + 1);
    let piece: Vec<u8> = match random.below(4) {
        0 if !other.is_empty() => {
            let start = random.below(other.len());
            other[start..other.len().min(start + 1 + random.below(40))].to_vec()
        }
        1 => random.one(TOKENS).repeat(1 + random.below(200)).into_bytes(),
        _ => random.one(TOKENS).as_bytes().to_vec(),
    };
    payload.splice(place..place, piece);
    payload
}

fn action(random: &mut Random) -> Action {
    #[allow(clippy::cast_possible_truncation, reason = "bounded before")]
    let pct = random.below(256) as u8;
    let odd = *random.one(&[f64::NAN, f64::INFINITY, -1e308, -1.0, 0.0, 21.5, 360.0, 1e9]);
    match random.below(14) {
        0 => Action::TurnOn,
        1 => Action::TurnOff,
        2 => Action::SetLight { brightness_pct: Some(pct), color: None, color_temp_k: None },
        3 => Action::SetLight {
            brightness_pct: None,
            color: Some(Color { hue: odd, saturation: f64::from(pct) }),
            color_temp_k: None,
        },
        4 => Action::SetLight {
            brightness_pct: None,
            color: Some(Color { hue: 200.0, saturation: 50.0 }),
            color_temp_k: Some(u16::from(pct) * 200),
        },
        5 => Action::SetCoverPosition(pct),
        6 => Action::OpenCover,
        7 => Action::StopCover,
        8 => Action::Unlock,
        9 => Action::SetTemperature(odd),
        10 => Action::SetHvacMode(HvacMode::Heat),
        11 => Action::SetPercentage(pct),
        12 => Action::Arm(ArmMode::Away),
        _ => Action::Activate,
    }
}

/// A hub starts anew after this many, so that what it knows stays small and varied.
const MESSAGES_OF_A_HUB: u64 = 400;
const MOST_ENTITIES: usize = 300;
/// Above the limit of a message and below that of a list.
const MOST_BYTES: usize = 100_000;
const LEVELS: &[&str] = &[
    "",
    "+",
    "#",
    "..",
    "$SYS",
    "bridge",
    "devices",
    "set",
    "homeassistant",
    "config",
    "客厅",
    "a\u{0}b",
    "{{ value }}",
    "'\"]}",
    "switch:0",
    "switch:99999999999",
    "5",
    "$description",
];
const KEYS: &[&str] = &[
    "name",
    "property",
    "value_template",
    "state_topic",
    "command_topic",
    "components",
    "features",
    "endpoint",
    "rl",
    "t",
    "ft",
    "params",
    "result",
    "error",
    "nodes",
    "",
    "\u{202e}",
    "~",
];
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1e308",
    "-1e-308",
    "9007199254740993",
    "18446744073709551615",
    "\"\"",
    "\"NaN\"",
    "\"inf\"",
    "\"1e999\"",
    "[]",
    "{}",
    "[[[[]]]]",
    "\"{{ value_json.x }}\"",
    "\"{{ value * 9 }}\"",
    "\"{% for i in range(999) %}{{ i }}{% endfor %}\"",
    "\"a/b\"",
    "\"a/+/b\"",
    "\"\\u0000\"",
    "\"'] }} {{ 1\"",
    "\"灯\"",
    "{\"topic\":\"x/y\",\"template\":\"{{ value\"}",
    "{\"type\":\"light\",\"features\":[{\"type\":\"binary\",\"name\":\"state\",\"property\":\"'\"}]}",
];
const TOKENS: &[&str] = &[
    "{", "}", "[", "\"", ":", ",", "\\u0000", "\\", "NaN", "1e999", "-", "0", "{{", "}}", "{%", "%}", "null", "é",
    "\u{202e}", "/", "+", "#", "$", "true", "'",
];
