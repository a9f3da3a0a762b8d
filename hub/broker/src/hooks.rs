//! Where the broker asks Hearth: at a login, at a publication, at a subscription.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use house::Rejection;
use rmqtt::codec::v5::SubscribeAckReason;
use rmqtt::context::ServerContext;
use rmqtt::fitter::{DefaultFitter, FitterManager};
use rmqtt::hook::{Handler, HookResult, Parameter, ReturnType, Type};
use rmqtt::session::Session;
use rmqtt::subscribe::SharedSubscription;
use rmqtt::types::{
    AuthResult, ClientId, ConnectInfo, FitterType, Id, IsOnline, LastWill, ListenerConfig, NodeId, Publish,
    PublishAclResult, SharedGroup, Subscribe, SubscribeAclResult, SubscriptionIdentifier, SubscriptionOptions,
    TopicName,
};
use tokio::sync::mpsc;
use tracing::warn;

use super::announcements::Announcements;
use super::login::Users;
use super::rights::is_announcement;
use super::waiting::Waiting;
use super::{Now, Trouble};

/// Answers the broker's questions.
#[derive(Clone)]
struct Gate {
    users: Arc<Users>,
    announcements: Arc<Announcements>,
    waiting: Arc<Waiting>,
    troubles: mpsc::Sender<Trouble>,
    context: ServerContext,
    most_clients: isize,
    now_ms: Now,
    // A lock, because it is touched only when something is refused.
    told: Arc<Mutex<HashSet<(String, String)>>>,
}

/// Makes the broker ask Hearth. What of it the owner has to know goes to `troubles`.
pub(super) async fn install(
    context: &ServerContext,
    users: Arc<Users>,
    announcements: Announcements,
    troubles: mpsc::Sender<Trouble>,
    (most_clients, now_ms): (isize, Now),
) {
    let gate = Gate {
        users: users.clone(),
        announcements: Arc::new(announcements),
        waiting: Arc::default(),
        troubles,
        context: context.clone(),
        most_clients,
        now_ms,
        told: Arc::default(),
    };
    let register = context.extends.hook_mgr().register();
    for question in
        [Type::ClientAuthenticate, Type::MessagePublish, Type::MessagePublishCheckAcl, Type::ClientSubscribeCheckAcl]
    {
        register.add(question, Box::new(gate.clone())).await;
    }
    register.start().await;
    *context.extends.fitter_mgr_mut().await = Box::new(Queues { users });
    *context.extends.shared_subscription_mut().await = Box::new(Sharing);
}

#[async_trait]
impl Handler for Gate {
    async fn hook(&self, parameter: &Parameter, _before: Option<HookResult>) -> ReturnType {
        let result = match parameter {
            Parameter::ClientAuthenticate(connect) => HookResult::AuthResult(self.log_in(connect).await),
            Parameter::MessagePublish(_, from, publish) => {
                let user = from.username.as_deref().unwrap_or_default();
                HookResult::Publish(self.waiting.count(user, publish))
            }
            Parameter::MessagePublishCheckAcl(session, publish) => {
                HookResult::PublishAclResult(self.publish(session, publish))
            }
            Parameter::ClientSubscribeCheckAcl(session, subscribe) => {
                HookResult::SubscribeAclResult(self.subscribe(session, subscribe))
            }
            _ => return (true, None),
        };
        (false, Some(result))
    }
}

impl Gate {
    async fn log_in(&self, connect: &ConnectInfo) -> AuthResult {
        let from = connect.ipaddress().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
        let (Some(name), Some(password)) = (connect.username(), connect.password()) else {
            self.tell("", "login", "A client without a user and a password was refused.");
            return AuthResult::BadUsernameOrPassword;
        };
        let Some(grants) = self.users.log_in(name, password, from, (self.now_ms)()).await else {
            return AuthResult::BadUsernameOrPassword;
        };
        // The broker itself does not ask about last wills; they are publications like any other, and none announces.
        let is_hub = self.users.is_hub(name);
        let is_foreign = |topic: &str| !grants.may_publish(topic) || (is_announcement(topic) && !is_hub);
        let has_foreign_will = will_topic(connect).is_some_and(is_foreign);
        if has_foreign_will {
            self.tell(
                name,
                will_topic(connect).unwrap_or_default(),
                "A client was refused because of the topic of its last will.",
            );
            return AuthResult::NotAuthorized;
        }
        // Nor does it care whose session a client id continues, subscriptions included.
        let is_hubs_id = self.users.is_hubs_id(connect.client_id(), name);
        if is_hubs_id || self.is_anothers_session(connect.id(), name).await {
            self.tell(name, connect.client_id(), "A client was refused because another user has its client id.");
            return AuthResult::NotAuthorized;
        }
        if !is_hub && !self.has_place_for(connect.id()).await {
            self.tell(name, "clients", "A client was turned away, because the broker has no more places.");
            // With a full channel it is known already.
            let _ = self.troubles.try_send(Trouble::TurnedAway);
            return AuthResult::NotAuthorized;
        }
        AuthResult::Allow(is_hub, None)
    }

    /// Whether there is a place for another client, or it has one already.
    async fn has_place_for(&self, id: &Id) -> bool {
        self.context.sessions.count() < self.most_clients
            || self.context.extends.shared().await.entry(id.clone()).exist()
    }

    async fn is_anothers_session(&self, id: &Id, name: &str) -> bool {
        let session = self.context.extends.shared().await.entry(id.clone()).session();
        session.is_some_and(|session| session.id.username.as_deref() != Some(name))
    }

    fn publish(&self, session: &Session, publish: &Publish) -> PublishAclResult {
        let name = session.id.username.as_deref().unwrap_or_default();
        if !self.users.grants(name).is_some_and(|grants| grants.may_publish(&publish.topic)) {
            self.tell(name, &publish.topic, "A publication was refused: the user has no right to this topic.");
            return PublishAclResult::rejected(false, None);
        }
        if MOST_PROPERTIES < publish.properties.as_ref().map_or(0, |properties| properties.user_properties.len()) {
            self.tell(name, &publish.topic, "A publication was refused: it has too many properties.");
            return PublishAclResult::rejected(false, None);
        }
        if !self.waiting.has_room(name) {
            self.tell(name, "waiting", "Publications were refused: too many of this user's messages wait for others.");
            return PublishAclResult::rejected(false, None);
        }
        match self.announcements.take(name, &publish.topic, &publish.payload) {
            Ok(()) => PublishAclResult::allow(),
            Err(reason) => {
                self.refuse(publish.topic.to_string(), reason);
                PublishAclResult::rejected(false, None)
            }
        }
    }

    /// Shows the owner an announcement that was refused. With a full channel it is in the log only.
    fn refuse(&self, topic: String, reason: Rejection) {
        let refused = Trouble::Refused { topic: topic.clone(), reason };
        if let Err(mpsc::error::TrySendError::Full(_)) = self.troubles.try_send(refused) {
            self.tell("", &topic, "An announcement was refused.");
        }
    }

    fn subscribe(&self, session: &Session, subscribe: &Subscribe) -> SubscribeAclResult {
        let name = session.id.username.as_deref().unwrap_or_default();
        if self.users.grants(name).is_some_and(|grants| grants.may_subscribe(&subscribe.topic_filter)) {
            return SubscribeAclResult::new_success(subscribe.opts.qos(), None);
        }
        self.tell(
            name,
            &subscribe.topic_filter,
            "A subscription was refused: it reaches beyond the rights of the user.",
        );
        SubscribeAclResult::new_failure(SubscribeAckReason::NotAuthorized)
    }

    /// Logs a refusal once for each user and topic, so that a stubborn client does not fill the log.
    fn tell(&self, user: &str, topic: &str, sentence: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST_TOLD && told.insert((user.to_owned(), topic.to_owned())) {
            // Both came from a client, so they are written with their control characters escaped.
            warn!(?user, ?topic, "{sentence}");
        }
    }
}

fn will_topic(connect: &ConnectInfo) -> Option<&str> {
    connect.last_will().map(|will| match will {
        LastWill::V3(will) => &*will.topic,
        LastWill::V5(will) => &*will.topic,
    })
}

/// How much waits for a client that is slow or away.
struct Queues {
    users: Arc<Users>,
}

impl FitterManager for Queues {
    fn create(&self, connect: Arc<ConnectInfo>, id: Id, config: ListenerConfig) -> FitterType {
        let is_hub = connect.username().is_some_and(|name| self.users.is_hub(name));
        let mut config = (*config).clone();
        config.max_mqueue_len = if is_hub { HUB_QUEUE } else { QUEUE };
        Arc::new(DefaultFitter::new(connect, id, Arc::new(config)))
    }
}

/// Shared subscriptions: each message goes to one of the group, to one that is there if any is.
struct Sharing;

#[async_trait]
impl SharedSubscription for Sharing {
    fn is_supported(&self) -> bool {
        true
    }

    async fn choice(
        &self,
        _context: &ServerContext,
        _group: &SharedGroup,
        _publisher: &Id,
        _topic: &TopicName,
        members: &[Member],
    ) -> Option<(usize, IsOnline)> {
        let present: Vec<_> =
            (0..).zip(members).filter(|(_, member)| member.4 == Some(true)).map(|(index, _)| index).collect();
        let one_of = |count: usize| (0 < count).then(|| rand::random_range(0..count));
        match one_of(present.len()).and_then(|chosen| present.get(chosen)) {
            Some(index) => Some((*index, true)),
            None => one_of(members.len()).map(|index| (index, false)),
        }
    }
}

/// A client in a shared subscription, as the broker describes it.
type Member = (NodeId, ClientId, SubscriptionOptions, Option<Vec<SubscriptionIdentifier>>, Option<IsOnline>);

/// A house that wakes up all at once is some ten thousand messages.
const HUB_QUEUE: usize = 100_000;
/// As many as the usual brokers keep; beside them, bytes are counted.
const QUEUE: usize = 1000;
/// Of one message.
const MOST_PROPERTIES: usize = 32;
/// Refusals that are logged in the life of a broker.
const MOST_TOLD: usize = 1000;
