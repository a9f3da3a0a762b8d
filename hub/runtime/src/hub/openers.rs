//! Which messages open, unlock and disarm the things that guard the home, and which close them: as each was announced
//! first. Kept for good, so that a later announcement can't call what unlocks by the name of what locks.

use std::collections::{BTreeMap, BTreeSet};

use device_adapters::Message;
use house::{Action, ArmMode, Domain, Entity, EntityId};
use serde_json::{Map, Value, json};

/// What messages to things that guard the home do, by the digests of the messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Openers(BTreeMap<String, Does>);

#[derive(Clone, Debug, PartialEq)]
struct Does {
    entity: EntityId,
    opens: bool,
}

/// As it is kept: the digest, the entity, and whether the message opens it.
pub(super) type OpenerRecord = (String, String, bool);

impl Openers {
    /// As they were kept.
    pub(super) fn of_records(records: Vec<OpenerRecord>) -> Self {
        let one = |(digest, entity, opens)| (digest, Does { entity: EntityId::new(entity), opens });
        Self(records.into_iter().map(one).collect())
    }

    /// To be kept.
    pub(super) fn records(&self) -> Vec<OpenerRecord> {
        self.0.iter().map(|(digest, does)| (digest.clone(), does.entity.to_string(), does.opens)).collect()
    }

    /// Takes note of what an entity is told for an action; what is known of a message stays. Whether anything is new.
    pub(super) fn learn(&mut self, entity: &EntityId, opens: bool, messages: &[Message]) -> bool {
        let before = self.0.len();
        let place = |message: &Message| opens.then(|| secrets::digest(&message.topic));
        let digests = messages.iter().flat_map(|message| written(message).into_iter().chain(place(message)));
        for digest in digests.collect::<Vec<_>>() {
            if self.0.len() < MOST_KNOWN {
                self.0.entry(digest).or_insert_with(|| Does { entity: entity.clone(), opens });
            }
        }
        before < self.0.len()
    }

    /// What a message opens, if it opens anything: as it stands, or by one part of it.
    pub(super) fn opened_by(&self, message: &Message) -> Option<&EntityId> {
        let digests = written(message).into_iter().chain(parts(message));
        digests.filter_map(|digest| self.0.get(&digest)).find(|does| does.opens).map(|does| &does.entity)
    }

    /// What was opened once by messages at the same place as this one.
    pub(super) fn opened_at(&self, topic: &str) -> Option<&EntityId> {
        self.0.get(&secrets::digest(topic)).map(|does| &does.entity)
    }
}

/// What may be done to a thing that guards the home, of what has a message of its own.
pub(super) fn guarded_actions(entity: &Entity) -> Vec<Action> {
    match entity.domain {
        Domain::Lock => vec![Action::Unlock],
        Domain::AlarmControlPanel => vec![Action::Disarm],
        Domain::Cover => vec![Action::OpenCover, Action::SetCoverPosition(100)],
        Domain::Valve => vec![Action::OpenValve, Action::SetValvePosition(100)],
        Domain::Siren | Domain::Switch | Domain::InputBoolean => vec![Action::TurnOn],
        Domain::Button | Domain::Scene | Domain::Script => vec![Action::Activate],
        _ => Vec::new(),
    }
}

/// What puts it back on guard.
pub(super) fn securing_actions(entity: &Entity) -> Vec<Action> {
    match entity.domain {
        Domain::Lock => vec![Action::Lock],
        Domain::AlarmControlPanel => [ArmMode::Home, ArmMode::Away, ArmMode::Night].map(Action::Arm).to_vec(),
        Domain::Cover => vec![Action::CloseCover, Action::SetCoverPosition(0)],
        Domain::Valve => vec![Action::CloseValve, Action::SetValvePosition(0)],
        Domain::Siren => vec![Action::TurnOff],
        _ => Vec::new(),
    }
}

/// The digests of a message as it is written, and as JSON is written without needless spaces. Messages may carry codes,
/// so no more is kept of them.
fn written(message: &Message) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&message.payload).trim().to_lowercase();
    let plain = object(&text).map(|object| json!(object).to_string());
    plain.into_iter().chain([text]).map(|text| digest(message, &text)).collect()
}

/// The digests of each part of a JSON message by itself: what opens does so beside other things too.
fn parts(message: &Message) -> Vec<String> {
    let text = String::from_utf8_lossy(&message.payload).trim().to_lowercase();
    let parts = object(&text).into_iter().flatten().take(MOST_PARTS);
    parts.map(|(name, value)| digest(message, &json!({ name: value }).to_string())).collect()
}

fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

fn digest(message: &Message, text: &str) -> String {
    secrets::digest(&format!("{}\n{text}", message.topic))
}

/// Some five for each thing that guards a home, and room for those it once had.
const MOST_KNOWN: usize = 5000;
/// Of one message; devices are told a handful of things at once.
const MOST_PARTS: usize = 64;
