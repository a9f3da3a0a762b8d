//! What the hub asks a broker to hear, in the order in which it was asked, and what the broker denies it.

use std::collections::HashMap;

use rumqttc::{AsyncClient, QoS, SubAck, SubscribeFilter, SubscribeReasonCode};
use tokio::sync::mpsc;
use tracing::{debug, warn};

/// A topic to be heard, or not any more.
#[derive(Debug)]
pub(super) enum Subscription {
    Add(Vec<String>),
    Remove(String),
}

/// One packet to the broker.
#[derive(Debug, PartialEq)]
enum Order {
    Subscribe(Vec<String>),
    Unsubscribe(String),
}

/// Sends subscriptions apart from the task that polls: waiting there for room would wait for itself. The topics of each
/// packet go to `sent` too.
pub(super) async fn subscribe(
    client: AsyncClient,
    mut wanted: mpsc::Receiver<Subscription>,
    sent: mpsc::Sender<Vec<String>>,
) {
    while let Some(first) = wanted.recv().await {
        let mut batch = vec![first];
        while batch.len() < MOST_IN_BATCH
            && let Ok(next) = wanted.try_recv()
        {
            batch.push(next);
        }
        for order in orders(batch) {
            let done = match order {
                Order::Subscribe(topics) => {
                    let filters: Vec<_> =
                        topics.iter().map(|topic| SubscribeFilter::new(topic.clone(), QoS::AtLeastOnce)).collect();
                    // Told first, so that it is known when the packet goes out; nobody listens only at the end.
                    let _ = sent.send(topics).await;
                    client.subscribe_many(filters).await
                }
                Order::Unsubscribe(topic) => client.unsubscribe(topic).await,
            };
            if let Err(error) = done {
                debug!(%error, "A subscription found the connection closed.");
            }
        }
    }
    std::future::pending::<()>().await;
}

/// The packets for a batch. What was left and then joined again is left and joined in that order, so it ends as joined,
/// and what the broker had kept comes once more for whoever listens anew.
fn orders(batch: Vec<Subscription>) -> Vec<Order> {
    let mut orders = Vec::new();
    for subscription in batch {
        match subscription {
            Subscription::Remove(topic) => orders.push(Order::Unsubscribe(topic)),
            Subscription::Add(topics) => {
                for topic in topics {
                    match orders.last_mut() {
                        Some(Order::Subscribe(together)) if together.len() < MOST_FILTERS => together.push(topic),
                        _ => orders.push(Order::Subscribe(vec![topic])),
                    }
                }
            }
        }
    }
    orders
}

/// Finds out which subscriptions a broker denied.
#[derive(Debug)]
pub(super) struct Denied {
    sent: mpsc::Receiver<Vec<String>>,
    unanswered: HashMap<u16, Vec<String>>,
}

impl Denied {
    /// Of packets whose topics come by this channel, in order.
    pub(super) fn of(sent: mpsc::Receiver<Vec<String>>) -> Self {
        Self { sent, unanswered: HashMap::new() }
    }

    /// A subscription went out under this number.
    pub(super) fn went_out(&mut self, packet: u16) {
        if let Ok(topics) = self.sent.try_recv() {
            self.unanswered.insert(packet, topics);
        }
    }

    /// The topics that the broker denies by this answer.
    pub(super) fn answered(&mut self, answer: &SubAck) -> Vec<String> {
        let topics = self.unanswered.remove(&answer.pkid).unwrap_or_default();
        let codes = answer.return_codes.iter();
        let denied = topics.into_iter().zip(codes).filter(|(_, code)| **code == SubscribeReasonCode::Failure);
        let denied: Vec<String> = denied.map(|(topic, _)| topic).collect();
        for topic in &denied {
            warn!(?topic, "The broker denies the hub a subscription.");
        }
        denied
    }
}

/// Topics in one subscription.
const MOST_FILTERS: usize = 64;
/// Wishes that are looked at together.
const MOST_IN_BATCH: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn add(topics: &[&str]) -> Subscription {
        Subscription::Add(topics.iter().map(|topic| (*topic).to_owned()).collect())
    }

    fn subscribed(topics: &[&str]) -> Order {
        Order::Subscribe(topics.iter().map(|topic| (*topic).to_owned()).collect())
    }

    #[test]
    fn left_and_joined_in_one_batch_ends_as_joined() {
        let batch = vec![add(&["a"]), add(&["b", "c"]), Subscription::Remove("b".to_owned()), add(&["b"])];
        let left = Order::Unsubscribe("b".to_owned());
        assert_eq!(orders(batch), [subscribed(&["a", "b", "c"]), left, subscribed(&["b"])]);
    }

    #[test]
    fn a_denied_topic_is_told_by_its_place_in_the_packet() {
        let (sent, asked) = mpsc::channel(2);
        let mut denied = Denied::of(asked);
        let ok = SubscribeReasonCode::Success(QoS::AtLeastOnce);
        for topics in [["a", "b"], ["c", "d"]] {
            sent.try_send(topics.map(str::to_owned).to_vec()).unwrap();
        }
        denied.went_out(1);
        denied.went_out(2);
        assert_eq!(denied.answered(&SubAck { pkid: 2, return_codes: vec![SubscribeReasonCode::Failure, ok] }), ["c"]);
        assert_eq!(denied.answered(&SubAck { pkid: 1, return_codes: vec![ok, SubscribeReasonCode::Failure] }), ["b"]);
        assert!(denied.answered(&SubAck { pkid: 1, return_codes: vec![SubscribeReasonCode::Failure] }).is_empty());
    }
}
