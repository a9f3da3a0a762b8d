//! A step in the words of its device: asked for by dispatch, right before it is sent.
//!
//! The adapters are asked to write here and nowhere else.

use device_adapters::WriteError;
use house::{Action, Cause, EntityId, Speaker};
use mind::judge::ApprovedStep;

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
            false => CommandBody::Messages(self.adapters.write(id, &step.action, entity).map_err(unable)?),
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

/// A report this soon after a command, in the state asked for, is the command's doing.
const OWN_CHANGE_MS: i64 = 60_000;
