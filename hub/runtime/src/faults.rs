//! Faults of the virtual house: set by whoever tries things out, followed by the virtual devices.

use std::sync::Arc;

use device_adapters::Fault;
use house::EntityId;
use tokio::sync::watch;

/// What is broken in the virtual house. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Faults(Arc<watch::Sender<Vec<(EntityId, Fault)>>>);

impl Default for Faults {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Faults {
    /// Breaks or mends a device.
    pub fn set(&self, id: EntityId, fault: Fault) {
        self.0.send_modify(|faults| {
            faults.retain(|(own, _)| *own != id);
            faults.push((id, fault));
        });
    }

    /// Follows them from now on.
    pub fn watch(&self) -> watch::Receiver<Vec<(EntityId, Fault)>> {
        self.0.subscribe()
    }
}
