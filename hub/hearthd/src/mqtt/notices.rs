//! What rings, told on the hub's own topic too.

use house::Ring;
use runtime::hub::handle::Handle;
use runtime::wire::NoticeWire;
use tokio::sync::broadcast::error::RecvError;
use tracing::warn;

use super::publisher::OwnTopics;

/// What rings is told on `hearth/notice` too.
pub(crate) async fn publish(hub: Handle, own_topics: OwnTopics) {
    let mut rings = hub.rings();
    loop {
        let notice = match rings.recv().await {
            Ok(Ring::Notice(notice)) => serde_json::to_vec(&NoticeWire::of(&notice)),
            Ok(Ring::Timer(timer)) => serde_json::to_vec(&serde_json::json!({
                "kind": "timer", "name": timer.name,
                "areas": timer.area.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })),
            Err(RecvError::Lagged(count)) => {
                warn!(count, "Notices were too many to be published.");
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        if let Ok(notice) = notice
            && let Err(error) = own_topics.say("notice", notice, false)
        {
            warn!(%error, "A notice could not be published.");
        }
    }
}
