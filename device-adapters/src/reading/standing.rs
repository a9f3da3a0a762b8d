//! How far open a cover or valve is, put together from what it says in words and in numbers. Knows no other entity.

use house::{Rejection, Value, Wanted};
use serde_json::Value as Json;

use super::{Update, Words, number, says_nothing, share, unfit};
use crate::json;

/// What a cover or valve said last of where it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    said: Option<&'static str>,
    /// In per cent, if it was told since the last other word.
    position: Option<f64>,
}

impl Standing {
    /// The state that a word means. That it stopped says where it is only together with a position: without one, what
    /// moved is neither open nor closed, and what did not move is as it was.
    pub(super) fn say(&mut self, word: &'static str) -> Option<String> {
        let before = self.said.replace(word);
        if word == "stopped" {
            let unknown = || is_moving(before).then(|| "unknown".to_owned());
            return self.position.map(by_position).or_else(unknown);
        }
        if before != Some(word) {
            self.position = None;
        }
        Some(word.to_owned())
    }

    /// What a position says. The state follows from it where nothing else tells the state, and after a stop.
    pub(super) fn position(
        &mut self,
        text: &str,
        closed: f64,
        open: f64,
        gives_state: bool,
    ) -> Result<Update, Rejection> {
        let decides = gives_state || self.said == Some("stopped");
        if says_nothing(text) {
            self.position = None;
            let unknown = Update::attribute("current_position", Value::Null);
            return Ok(Update { value: decides.then(|| "unknown".to_owned()), ..unknown });
        }
        let inner = || json::parse(text).ok()?.get("position")?.as_f64();
        let raw = number(text).ok().or_else(inner).ok_or_else(|| unfit(Wanted::Position, text))?;
        let position = share(raw, closed, open);
        self.position = Some(position);
        let update = Update::attribute("current_position", position);
        Ok(Update { value: decides.then(|| by_position(position)), ..update })
    }

    /// What a valve says: a position, a word, or both as JSON.
    pub(super) fn valve(&mut self, text: &str, words: &Words) -> Result<Option<Update>, Rejection> {
        let Ok(Json::Object(map)) = json::parse(text) else {
            return match number(text) {
                Ok(_) => self.position(text, 0.0, 100.0, true).map(Some),
                Err(_) => Ok(words.find(text).and_then(|word| self.say(word)).map(Update::state)),
            };
        };
        let mut update = match map.get("position").and_then(Json::as_f64) {
            Some(at) => self.position(&at.to_string(), 0.0, 100.0, true)?,
            None => Update::default(),
        };
        let word = map.get("state").and_then(Json::as_str).and_then(|state| words.find(state));
        if let Some(state) = word.and_then(|word| self.say(word)) {
            update.value = Some(state);
        }
        Ok(Some(update))
    }
}

fn is_moving(said: Option<&str>) -> bool {
    matches!(said, Some("opening" | "closing"))
}

fn by_position(position: f64) -> String {
    if position <= 0.0 { "closed" } else { "open" }.to_owned()
}
