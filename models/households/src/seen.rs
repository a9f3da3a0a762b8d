//! A home as a hub has seen it: what was told of a thing is what it is.
//!
//! Knows nothing of what is looked for in it.

use house::{Entity, Evidence, House, Quality};

/// Puts what was told into the home. What can't be reached stays as it was.
pub(crate) fn note(house: &mut House, event: &Evidence) {
    let Some(Entity { state: is, .. }) = house.entities.get_mut(&event.entity) else { return };
    is.attributes.extend(event.attributes.clone());
    if event.state.is_none() || event.state.as_deref() == Some("unavailable") || is.value == event.state {
        return;
    }
    (is.value, is.quality, is.changed_ms) = (event.state.clone(), Quality::Observed, event.at_ms);
}
