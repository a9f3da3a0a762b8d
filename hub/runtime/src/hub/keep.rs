//! What the hub keeps in the store. What a person is told of is on the disk before they are told.

use house::HubEntities;
use tracing::warn;

use super::Hub;

impl Hub {
    pub(super) fn keep_own(&mut self, own: HubEntities) -> anyhow::Result<()> {
        if let Some(store) = &self.store {
            store.keep_hub_entities(&own)?;
        }
        self.own = own;
        Ok(())
    }

    pub(super) fn keep_schedules(&self) -> anyhow::Result<()> {
        match &self.store {
            Some(store) => store.keep_schedules(self.schedules.all()),
            None => Ok(()),
        }
    }

    pub(super) fn keep_timers(&mut self) -> anyhow::Result<()> {
        match &self.store {
            Some(store) => store.keep_timers(self.timers.records()),
            None => Ok(()),
        }
    }

    /// Which device got which id, so that ids stay over a restart in whatever order devices speak.
    pub(super) fn keep_identities(&mut self) {
        let count = self.adapters.identities().count();
        let Some(store) = self.store.clone().filter(|_| count != self.identities_kept) else { return };
        self.identities_kept = count;
        let identities: Vec<(String, String)> =
            self.adapters.identities().map(|(key, id)| (key.to_owned(), id.as_str().to_owned())).collect();
        // The disk must not hold up the house; a loss costs a new id at worst.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = store.put_setting(IDENTITIES, &identities) {
                warn!(error = format!("{error:#}"), "The ids of new devices could not be kept.");
            }
        });
    }

    /// What opens the things that guard the home, so that no later announcement says otherwise.
    pub(super) fn keep_openers(&self) {
        let Some(store) = self.store.clone() else { return };
        let records = self.openers.records();
        // The disk must not hold up the house; it is learned anew from what is announced first then.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = store.put_setting(OPENERS, &records) {
                warn!(error = format!("{error:#}"), "What opens the doors could not be kept.");
            }
        });
    }

    /// Which areas are which in Home Assistant, so that they stay so over a restart.
    pub(super) fn keep_places(&mut self) {
        let Some(store) = self.store.clone() else { return };
        let records = self.places.records();
        // The disk must not hold up the house; a loss costs a match by name.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = store.put_setting(PLACES, &records) {
                warn!(error = format!("{error:#}"), "Home Assistant's areas could not be kept.");
            }
        });
    }
}

pub(super) const IDENTITIES: &str = "identities";
pub(super) const OPENERS: &str = "openers";
pub(super) const PLACES: &str = "home_assistant_places";
