//! Which messages open, unlock and disarm the things that guard the home, and which close them: as each was announced
//! first. Kept for good, so that a later announcement can't call what unlocks by the name of what locks.

use std::collections::BTreeMap;

use device_adapters::Message;
use house::{Action, ArmMode, Domain, Entity, EntityId};

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
        for message in messages {
            if self.0.len() < MOST_KNOWN {
                self.0.entry(digest(message)).or_insert_with(|| Does { entity: entity.clone(), opens });
            }
        }
        before < self.0.len()
    }

    /// What a message opens, if it opens anything.
    pub(super) fn opened_by(&self, message: &Message) -> Option<&EntityId> {
        self.0.get(&digest(message)).filter(|does| does.opens).map(|does| &does.entity)
    }
}

/// What may be done to a thing that guards the home, of what has a message of its own.
pub(super) fn guarded_actions(entity: &Entity) -> Vec<Action> {
    match entity.domain {
        Domain::Lock => vec![Action::Unlock],
        Domain::AlarmControlPanel => vec![Action::Disarm],
        Domain::Cover => vec![Action::OpenCover, Action::SetCoverPosition(100)],
        Domain::Valve => vec![Action::OpenValve, Action::SetValvePosition(100)],
        Domain::Siren => vec![Action::TurnOn],
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

/// Messages may carry codes, so only their digests are kept.
fn digest(message: &Message) -> String {
    let text = String::from_utf8_lossy(&message.payload).trim().to_lowercase();
    secrets::digest(&format!("{}\n{text}", message.topic))
}

/// Some five for each thing that guards a home, and room for those it once had.
const MOST_KNOWN: usize = 5000;
