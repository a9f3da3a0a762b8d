//! What a message asks the hub to publish, read before the hub believes it: for whoever knows who sent the message.
//!
//! Judges nothing, and compiles nothing: it lists topics, rather one too many than one too few.

use std::collections::{BTreeSet, HashMap};

use crate::config::Config;
use crate::discovery::{self, Announcement};
use crate::limits::Limits;
use crate::native::Natives;

/// Reads announcements apart for everyone who makes them.
#[derive(Debug, Default)]
pub struct AnnouncedCommands {
    limits: Limits,
    /// Some dialects announce a device by many messages.
    natives: HashMap<String, Natives>,
}

impl AnnouncedCommands {
    /// The topics that a message lets the hub publish to, now or when its devices are told something; none for a
    /// message that announces nothing, or that is refused anyway.
    ///
    /// `publisher` names whoever published it. Publishers should be few: what each announced is kept in mind.
    pub fn of(&mut self, publisher: &str, topic: &str, payload: &[u8]) -> BTreeSet<String> {
        match discovery::place(topic) {
            Some(place) => match discovery::parse(&place, payload, &self.limits) {
                Ok(Announcement::Entities(entities)) => {
                    commands(entities.iter().filter_map(|(_, config)| config.as_ref()))
                }
                Ok(Announcement::Removed | Announcement::Migrated) | Err(_) => BTreeSet::new(),
            },
            None => self.native(publisher, topic, payload),
        }
    }

    fn native(&mut self, publisher: &str, topic: &str, payload: &[u8]) -> BTreeSet<String> {
        let natives = self.natives.entry(publisher.to_owned()).or_default();
        let Ok(Some(news)) = natives.handle(topic, payload, &self.limits) else { return BTreeSet::new() };
        let mut topics = commands(news.devices.iter().flat_map(|device| &device.entities).map(|(_, config)| config));
        let asks = news.devices.iter().flat_map(|device| &device.asks);
        topics.extend(news.unknown.iter().chain(asks).map(|message| message.topic.clone()));
        topics
    }
}

fn commands<'a>(configs: impl Iterator<Item = &'a Config>) -> BTreeSet<String> {
    configs.flat_map(Config::command_topics).collect()
}
