//! A step in the words of its device: asked for by dispatch, right before it is sent.
//!
//! The adapters are asked to write here and nowhere else.

use device_adapters::{Message, WriteError, is_within};
use house::{Action, Cause, Entity, EntityId, House, Rules, Speaker, Step, Tier};
use mind::judge::{ApprovedStep, is_guard, tier};

use super::openers::{guarded_actions, securing_actions};
use super::transport::{Command, CommandBody, Outgoing, Route, Unsendable};
use super::{Expected, Hub, hub_entities};

impl Hub {
    /// How an approved step is sent; what it will do is noted as the hub's own doing.
    pub(super) fn outgoing(
        &mut self,
        step: &ApprovedStep,
        cause: Cause,
        speaker: Option<Speaker>,
        now: i64,
    ) -> Result<Outgoing, Unsendable> {
        let id = &step.entity;
        if hub_entities::has(&self.own, id) {
            let acted = self.act_on_own(id, &step.action, cause, speaker, now);
            acted.map_err(|error| Unsendable::Unable(format!("{error:#}")))?;
            return Ok(Outgoing { route: Route::Done, reports: true });
        }
        let entity = self.snapshot.house.entities.get(id);
        let entity = entity.ok_or_else(|| Unsendable::Unable(format!("there is no `{id}`")))?;
        let unable = |error: WriteError| Unsendable::Unable(error.to_string());
        let is_home_assistants = self.adapters.is_home_assistants(id);
        let carrier = if is_home_assistants { &self.home_assistant } else { &self.broker };
        let carrier = carrier.clone().ok_or(Unsendable::Offline)?;
        let body = match is_home_assistants {
            true => CommandBody::Call(self.adapters.call(id, &step.action, entity).map_err(unable)?),
            false => {
                let messages = self.adapters.write(id, &step.action, entity).map_err(unable)?;
                self.does_no_more(step, &messages).map_err(Unsendable::Unable)?;
                CommandBody::Messages(messages)
            }
        };
        let reports = self.adapters.reports(id);
        // Home Assistant says itself what it assumes.
        if !reports && !is_home_assistants {
            self.assume(id, &step.action, cause, speaker.clone(), now);
        }
        let expected = Expected { action: step.action.clone(), cause, speaker, until_ms: now + OWN_CHANGE_MS };
        self.expected.insert(id.clone(), expected);
        self.sent.push((id.clone(), now));
        Ok(Outgoing { route: Route::By(carrier, Command::of(step, body)), reports })
    }

    /// What a step does is what its messages do, not what its entity is called: a lamp whose commands go to the hub's
    /// own topics, or say to a lock what unlocks it, is not what was judged.
    fn does_no_more(&self, step: &ApprovedStep, messages: &[Message]) -> Result<(), String> {
        let is_own = |message: &&Message| is_within(&message.topic, &self.own_topics);
        if let Some(message) = messages.iter().find(is_own) {
            return Err(format!("its commands go to `{}`, which is the hub's own", message.topic));
        }
        let (house, rules) = (&self.snapshot.house, Rules::default());
        let judged = tier(step, house, &rules);
        self.opens_nothing(&step.entity, judged, messages)?;
        for entity in house.entities.values().filter(|entity| entity.id != step.entity) {
            for action in guarded_actions(entity) {
                let other = Step { intent: 0, entity: entity.id.clone(), action, reason: String::new() };
                let graver = tier(&other, house, &rules);
                if graver <= judged.max(Tier::Announced) {
                    continue;
                }
                let does = self.adapters.write(&other.entity, &other.action, entity).unwrap_or_default();
                if does.iter().any(|one| messages.iter().any(|message| says_the_same(message, one))) {
                    let name = &entity.name;
                    return Err(format!("it would do to {name} what has to be asked of {name} itself"));
                }
            }
        }
        Ok(())
    }

    /// What once opened something opens it still, whatever an announcement calls it by now.
    fn opens_nothing(&self, told: &EntityId, judged: Tier, messages: &[Message]) -> Result<(), String> {
        // A lock that was announced anew under another id is told to lock where the old one was.
        let is_guard = self.snapshot.house.entities.get(told).is_some_and(is_guard);
        for message in messages {
            let left = self.openers.opened_at(&message.topic).filter(|_| !is_guard);
            let left = left.filter(|id| !self.is_told_at(id, &message.topic));
            for id in self.openers.opened_by(message).into_iter().chain(left) {
                if judged.max(Tier::Announced) < self.tier_of_opening(id) {
                    let name = self.snapshot.house.entities.get(id).map_or(id.as_str(), |entity| entity.name.as_str());
                    return Err(format!("it is told now what was announced to open {name}"));
                }
            }
        }
        Ok(())
    }

    /// Whether an entity is told there today to open. Who is told things there too is judged by that already.
    fn is_told_at(&self, id: &EntityId, topic: &str) -> bool {
        let Some(entity) = self.snapshot.house.entities.get(id) else { return false };
        let messages =
            guarded_actions(entity).into_iter().filter_map(|action| self.adapters.write(id, &action, entity).ok());
        messages.flatten().any(|message| message.topic == topic)
    }

    /// What opening a thing wants. What is not there any more may still be there behind its topic, so it wants as much
    /// as its kind does, and at least to be asked about.
    fn tier_of_opening(&self, id: &EntityId) -> Tier {
        let known = self.snapshot.house.entities.get(id);
        let gone = Entity::new(id.clone(), id.as_str());
        let mut only_it = House::default();
        only_it.entities.insert(id.clone(), gone.clone());
        let (entity, house) = known.map_or((&gone, &only_it), |entity| (entity, &self.snapshot.house));
        let step = |action| Step { intent: 0, entity: id.clone(), action, reason: String::new() };
        let tiers = guarded_actions(entity).into_iter().map(|action| tier(&step(action), house, &Rules::default()));
        tiers.fold(if known.is_none() { Tier::Confirmed } else { Tier::Free }, Tier::max)
    }

    /// Takes note of what opens and closes a thing that guards the home, when it is announced.
    pub(super) fn learn_openers(&mut self, id: &EntityId) {
        let Some(entity) = self.snapshot.house.entities.get(id).filter(|entity| is_guard(entity)) else { return };
        let roles = [(securing_actions(entity), false), (guarded_actions(entity), true)];
        let mut is_new = false;
        for (actions, opens) in roles {
            for action in actions {
                let messages = self.adapters.write(id, &action, entity).unwrap_or_default();
                is_new |= self.openers.learn(id, opens, &messages);
            }
        }
        if is_new {
            self.keep_openers();
        }
    }

    fn act_on_own(
        &mut self,
        id: &EntityId,
        action: &Action,
        cause: Cause,
        speaker: Option<Speaker>,
        now: i64,
    ) -> anyhow::Result<()> {
        let mut own = self.own.clone();
        hub_entities::act(&mut own, id, action).ok_or_else(|| anyhow::anyhow!("`{id}` can't do that"))?;
        self.keep_own(own)?;
        self.show_own(Some((id, cause, speaker)), now);
        Ok(())
    }
}

/// Whether a message tells a device at least what another one does, however it is written.
fn says_the_same(message: &Message, other: &Message) -> bool {
    if message.topic != other.topic {
        return false;
    }
    let plain = |message: &Message| String::from_utf8_lossy(&message.payload).trim().to_lowercase();
    let object = |text: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok();
    let (own, wanted) = (plain(message), plain(other));
    match (object(&own), object(&wanted)) {
        (Some(own), Some(wanted)) => wanted.iter().all(|(name, value)| own.get(name) == Some(value)),
        _ => own == wanted,
    }
}

/// A report this soon after a command, in the state asked for, is the command's doing.
const OWN_CHANGE_MS: i64 = 60_000;
