//! What the hub says on its own topics: answers, states for Home Assistant, announcements of itself. No device is
//! moved by it.

use anyhow::Context as _;
use rumqttc::{AsyncClient, QoS};
use tokio::sync::watch;

/// The way to the broker on one connection.
#[derive(Clone, Debug)]
pub(crate) struct Publisher {
    pub(super) client: AsyncClient,
    pub(super) base_topic: String,
}

impl Publisher {
    /// Publishes on one of Hearth's own topics.
    pub(super) fn say(&self, topic: &str, payload: Vec<u8>, retain: bool) -> anyhow::Result<()> {
        let topic = format!("{}/{topic}", self.base_topic);
        let sent = self.client.try_publish(&topic, QoS::AtLeastOnce, retain, payload);
        sent.with_context(|| format!("publish to `{topic}`"))
    }
}

/// The hub's own topics, on whichever connection there is. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct OwnTopics(watch::Receiver<Option<Publisher>>);

impl OwnTopics {
    /// Over the connections that come by this channel.
    pub(crate) fn over(publishers: watch::Receiver<Option<Publisher>>) -> Self {
        Self(publishers)
    }

    /// Waits for another connection, or for the loss of one; false once there will be none any more.
    pub(crate) async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }

    /// Whether there is a connection.
    pub(crate) fn is_connected(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Publishes on one of Hearth's own topics; without a connection nobody is there to hear it.
    pub(crate) fn say(&self, topic: &str, payload: Vec<u8>, retain: bool) -> anyhow::Result<()> {
        self.0.borrow().as_ref().map_or(Ok(()), |publisher| publisher.say(topic, payload, retain))
    }

    /// Publishes an announcement of the hub itself, kept by the broker; an empty one takes an earlier one back.
    pub(crate) fn announce(&self, topic: &str, payload: Vec<u8>) -> anyhow::Result<()> {
        let current = self.0.borrow();
        let Some(publisher) = current.as_ref() else { return Ok(()) };
        let sent = publisher.client.try_publish(topic, QoS::AtLeastOnce, true, payload);
        sent.with_context(|| format!("publish to `{topic}`"))
    }

    /// Leaves in good order.
    pub(crate) async fn leave(&self) {
        let publisher = self.0.borrow().clone();
        if let Some(Publisher { client, base_topic }) = publisher {
            let _ = client.publish(format!("{base_topic}/status"), QoS::AtLeastOnce, true, "offline").await;
            let _ = client.disconnect().await;
        }
    }
}
