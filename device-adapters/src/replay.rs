//! Which messages repeat what was so before: a zigbee2mqtt that starts tells all states again, and does not mark them.
//!
//! When it comes up, the first thing said on each topic within a minute is such a repetition. What the broker itself
//! had kept is marked by the broker, and needs no guess.

use std::collections::{HashMap, HashSet};

/// The bridges that came up lately, by base topic.
#[derive(Debug, Default)]
pub(crate) struct Replays {
    bridges: HashMap<String, Start>,
}

#[derive(Debug)]
struct Start {
    until_ms: i64,
    heard: HashSet<String>,
}

impl Replays {
    /// Takes note of a bridge that comes up.
    pub(crate) fn handle(&mut self, topic: &str, text: &str, now_ms: i64) {
        let Some(base) = topic.strip_suffix("/bridge/state") else { return };
        let text = text.trim();
        let is_up = text == "online"
            || crate::json::parse(text)
                .is_ok_and(|json| json.get("state").and_then(|state| state.as_str()) == Some("online"));
        self.bridges.retain(|_, start| now_ms <= start.until_ms);
        if is_up && self.bridges.len() < BRIDGES {
            self.bridges
                .insert(base.to_owned(), Start { until_ms: now_ms.saturating_add(WINDOW_MS), heard: HashSet::new() });
        }
    }

    /// Whether a message repeats what was so before; each topic does so once.
    pub(crate) fn repeats(&mut self, topic: &str, now_ms: i64) -> bool {
        let is_of = |base: &str| {
            topic.strip_prefix(base).is_some_and(|rest| rest.starts_with('/') && !rest.starts_with("/bridge/"))
        };
        let start = self.bridges.iter_mut().find(|(base, start)| now_ms <= start.until_ms && is_of(base));
        start.is_some_and(|(_, start)| start.heard.insert(topic.to_owned()))
    }
}

/// Coordinators in one house; more would be a mistake or an attack.
const BRIDGES: usize = 8;
/// A bridge of some hundred devices has told all of them by then.
const WINDOW_MS: i64 = 60_000;
