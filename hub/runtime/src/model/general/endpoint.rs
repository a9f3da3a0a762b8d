//! A server that speaks OpenAI's protocol for chats: llama-server, Ollama, vLLM and the like.
//!
//! Gives back the text that came and believes none of it.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::model::language_model::Chat;

/// A server's key; it is never shown.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// A key.
    pub fn new(key: String) -> Self {
        Self(key)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("••••")
    }
}

/// A server. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    url: String,
    model: String,
    key: Option<Key>,
    timeout: Duration,
    agent: ureq::Agent,
    /// Each call holds a thread, and a server for one home does not do many at once.
    calls: Arc<Semaphore>,
}

/// What the protocol answers; the rest of it is not looked at.
#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

impl Endpoint {
    pub(super) fn new(base: &str, model: String, key: Option<Key>, timeout: Duration) -> Self {
        // A redirect could take the key and what was said somewhere else.
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .http_status_as_error(true)
            .build()
            .new_agent();
        Self {
            url: format!("{base}/chat/completions"),
            model,
            key,
            timeout,
            agent,
            calls: Arc::new(Semaphore::new(MOST_CALLS)),
        }
    }

    /// The text of the answer, or why there is none.
    pub(super) async fn ask(&self, chat: Chat) -> Result<String, String> {
        let permit = self.calls.clone().try_acquire_owned().map_err(|_| "too many questions wait for it".to_owned())?;
        let own = self.clone();
        let call = tokio::task::spawn_blocking(move || {
            let answer = own.call(&chat);
            drop(permit);
            answer
        });
        match tokio::time::timeout(self.timeout + DEADLINE_SLACK, call).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => Err(format!("the call broke off: {error}")),
            Err(_) => Err("it took too long".to_owned()),
        }
    }

    fn call(&self, chat: &Chat) -> Result<String, String> {
        let schema: serde_json::Value = serde_json::from_str(&chat.schema).map_err(|error| error.to_string())?;
        let body = json!({
            "model": self.model,
            "messages": [{ "role": "system", "content": chat.system }, { "role": "user", "content": chat.user }],
            "temperature": 0,
            "max_tokens": chat.max_tokens,
            "stream": false,
            "response_format": { "type": "json_schema", "json_schema": { "name": "house", "schema": schema } },
        });
        let mut request = self.agent.post(&self.url);
        if let Some(Key(key)) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let mut response = request.send_json(&body).map_err(|error| format!("it can't be asked: {error}"))?;
        let text = response
            .body_mut()
            .with_config()
            .limit(MOST_BYTES)
            .read_to_string()
            .map_err(|error| format!("its answer can't be read: {error}"))?;
        let completion: Completion =
            serde_json::from_str(&text).map_err(|error| format!("its answer is not of the protocol: {error}"))?;
        let first = completion.choices.into_iter().next().ok_or_else(|| "it gave no choice".to_owned())?;
        Ok(first.message.content)
    }
}

const MOST_CALLS: usize = 4;
/// An answer is some hundred bytes, and what the protocol says about it some more.
const MOST_BYTES: u64 = 256 * 1024;
/// What a call gets beyond its own limit before it is given up.
const DEADLINE_SLACK: Duration = Duration::from_millis(500);
