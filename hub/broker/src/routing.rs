//! Which subscriptions a topic reaches. rmqtt's router does the finding; its parser of topics takes a level that begins
//! with `$` only at the start, and Homie and others have them anywhere, as MQTT allows.

use async_trait::async_trait;
use rmqtt::router::{DefaultRouter, Router};
use rmqtt::types::{
    AllRelationsMap, HashMap, Id, NodeId, Route, SubRelationsMap, SubsSearchParams, SubsSearchResult,
    SubscriptionOptions, TopicName,
};
use rmqtt::utils::Counter;
use rmqtt::{Result, context::ServerContext};

/// rmqtt's router, to which levels with `$` inside a topic are spelt so that it takes them for ordinary ones.
pub(super) struct Routing(DefaultRouter);

impl Routing {
    pub(super) fn new(context: ServerContext) -> Self {
        Self(DefaultRouter::new(Some(context)))
    }
}

#[async_trait]
impl Router for Routing {
    async fn add(&self, topic_filter: &str, id: Id, opts: SubscriptionOptions) -> Result<()> {
        self.0.add(&spelt(topic_filter), id, opts).await
    }

    async fn remove(&self, topic_filter: &str, id: Id) -> Result<bool> {
        self.0.remove(&spelt(topic_filter), id).await
    }

    async fn matches(&self, id: Id, topic: &TopicName) -> Result<SubRelationsMap> {
        let mut found = self.0.matches(id, &TopicName::from(spelt(topic))).await?;
        for (filter, ..) in found.values_mut().flatten() {
            *filter = plain(filter).into();
        }
        Ok(found)
    }

    async fn is_online(&self, node_id: NodeId, client_id: &str) -> bool {
        self.0.is_online(node_id, client_id).await
    }

    async fn gets(&self, limit: usize) -> Vec<Route> {
        self.0.gets(limit).await
    }

    async fn get(&self, topic: &str) -> Result<Vec<Route>> {
        self.0.get(&spelt(topic)).await
    }

    async fn query_subscriptions(&self, q: &SubsSearchParams) -> Vec<SubsSearchResult> {
        self.0.query_subscriptions(q).await
    }

    async fn topics_tree(&self) -> usize {
        self.0.topics_tree().await
    }

    fn topics(&self) -> Counter {
        self.0.topics()
    }

    fn routes(&self) -> Counter {
        self.0.routes()
    }

    fn merge_topics(&self, topics_map: &HashMap<NodeId, Counter>) -> Counter {
        self.0.merge_topics(topics_map)
    }

    fn merge_routes(&self, routes_map: &HashMap<NodeId, Counter>) -> Counter {
        self.0.merge_routes(routes_map)
    }

    async fn list_topics(&self, top: usize) -> Vec<String> {
        self.0.list_topics(top).await
    }

    async fn list_relations(&self, top: usize) -> Vec<serde_json::Value> {
        self.0.list_relations(top).await
    }

    fn relations(&self) -> &AllRelationsMap {
        self.0.relations()
    }
}

/// MQTT allows no topic with a null in it, and nobody gets one past the rights, so what is spelt with it is no one's.
fn spelt(topic: &str) -> String {
    topic.replace("/$", "/\0$")
}

fn plain(spelt: &str) -> String {
    spelt.replace("/\0$", "/$")
}
