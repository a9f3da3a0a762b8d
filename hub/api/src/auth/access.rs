//! Who is in: sessions of browsers, tokens of programs, the command line. How one comes in by a password is below.
//!
//! Knows secrets and how often they were guessed; knows nothing of HTTP. Of every secret only a hash is kept.

pub mod passwords;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use house::PersonId;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use runtime::clock::Clock;
use runtime::household::owner;
use secrets::throttle::Attempts;
use secrets::{digest, secret};
use store::{Store, Unkept};

use super::caller::{Denied, Who};
use super::claim_code;
use super::local_login::LocalLogin;
use passwords::{LOGINS, PASSWORD};

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    // A mutex, not a channel: held for a lookup or one small write, never across an await.
    inner: Arc<Mutex<Inner>>,
    // One password is hashed at a time: each takes 19 MiB, and guesses must not take the hub's memory.
    hashing: Arc<Semaphore>,
    store: Store,
    clock: Clock,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Access").finish_non_exhaustive()
    }
}

struct Inner {
    password_hash: Option<String>,
    /// Hashes of the passwords of those who are not the owner, by their ids.
    logins: BTreeMap<String, String>,
    claim_code: Option<String>,
    sessions: Vec<Session>,
    tokens: Vec<Token>,
    local_token: String,
    local_hash: String,
    attempts: Attempts,
}

/// A browser that is logged in.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    hash: String,
    created_ms: i64,
    #[serde(default = "owner_id")]
    person: String,
}

/// A program that may use the interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Token {
    /// Its id, which is no secret.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// When it was made, in milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// Whose it is: a person's id.
    #[serde(default = "owner_id")]
    pub person: String,
    hash: String,
}

impl Access {
    /// The door as it was kept.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn load(store: Store, clock: Clock) -> anyhow::Result<Self> {
        let password_hash = store.setting::<String>(PASSWORD)?;
        let local_token = secret();
        let inner = Inner {
            claim_code: password_hash.is_none().then(claim_code::new),
            password_hash,
            logins: store.setting(LOGINS)?.unwrap_or_default(),
            sessions: store.setting(SESSIONS)?.unwrap_or_default(),
            tokens: store.setting(TOKENS)?.unwrap_or_default(),
            local_hash: digest(&local_token),
            local_token,
            attempts: Attempts::default(),
        };
        Ok(Self { inner: Arc::new(Mutex::new(inner)), hashing: Arc::new(Semaphore::new(1)), store, clock })
    }

    /// How the command line on this machine reaches the hub that listens at this address.
    pub fn local_login(&self, mut address: SocketAddr) -> LocalLogin {
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::from([127, 0, 0, 1]));
        }
        LocalLogin { address, token: self.inner().local_token.clone() }
    }

    /// Lets someone who belonged to the home in no more, by no way.
    ///
    /// # Errors
    /// If the disk is in the way. They are out all the same, until the hub starts again.
    pub fn shut_out(&self, person: &PersonId) -> anyhow::Result<()> {
        let mut inner = self.inner();
        inner.logins.remove(person.as_str());
        inner.sessions.retain(|session| session.person != person.as_str());
        inner.tokens.retain(|token| token.person != person.as_str());
        self.store.put_setting(LOGINS, &inner.logins)?;
        self.store.put_setting(SESSIONS, &inner.sessions)?;
        self.store.put_setting(TOKENS, &inner.tokens)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// If the disk is in the way. The session has ended all the same, until the hub starts again.
    pub fn logout(&self, session: &str) -> anyhow::Result<()> {
        let mut inner = self.inner();
        inner.sessions.retain(|known| known.hash != session);
        self.store.put_setting(SESSIONS, &inner.sessions)
    }

    /// Whose session this is.
    pub fn by_session(&self, id: &str) -> Option<Who> {
        let hash = digest(id);
        let oldest = self.clock.now_ms() - SESSION_MS;
        let inner = self.inner();
        let known = inner.sessions.iter().find(|session| session.hash == hash && oldest < session.created_ms)?;
        Some(Who::Browser(known.hash.clone()))
    }

    /// Whose token this is.
    pub fn by_token(&self, token: &str) -> Option<Who> {
        let hash = digest(token);
        let inner = self.inner();
        if hash == inner.local_hash {
            return Some(Who::CommandLine);
        }
        inner.tokens.iter().find(|known| known.hash == hash).map(|known| Who::Program(known.id.clone()))
    }

    /// Whether someone who came in may stay.
    pub fn is_still_in(&self, who: &Who) -> bool {
        let oldest = self.clock.now_ms() - SESSION_MS;
        let inner = self.inner();
        match who {
            Who::Browser(hash) => {
                inner.sessions.iter().any(|session| session.hash == *hash && oldest < session.created_ms)
            }
            Who::Program(id) => inner.tokens.iter().any(|token| token.id == *id),
            Who::CommandLine => true,
        }
    }

    /// Which person someone is who is in.
    pub fn person(&self, who: &Who) -> Option<PersonId> {
        let inner = self.inner();
        let id = match who {
            Who::Browser(hash) => {
                inner.sessions.iter().find(|session| session.hash == *hash).map(|session| session.person.clone())
            }
            Who::Program(id) => inner.tokens.iter().find(|token| token.id == *id).map(|token| token.person.clone()),
            Who::CommandLine => Some(owner_id()),
        };
        id.map(PersonId::new)
    }

    /// All tokens.
    pub fn tokens(&self) -> Vec<Token> {
        self.inner().tokens.clone()
    }

    /// Makes a token; its text is given once and kept nowhere. `None` if there are too many.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn create_token(&self, name: &str, person: &PersonId) -> anyhow::Result<Option<(Token, String)>> {
        let text = format!("hearth_{}", secret());
        let hash = digest(&text);
        let id = hash.chars().take(TOKEN_ID_LENGTH).collect();
        let token =
            Token { id, name: name.to_owned(), created_ms: self.clock.now_ms(), person: person.to_string(), hash };
        let mut inner = self.inner();
        if MOST_TOKENS <= inner.tokens.len() {
            return Ok(None);
        }
        let mut tokens = inner.tokens.clone();
        tokens.push(token.clone());
        self.store.put_setting(TOKENS, &tokens)?;
        inner.tokens = tokens;
        Ok(Some((token, text)))
    }

    /// Takes a token back; false if there is none of that id.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn revoke_token(&self, id: &str) -> anyhow::Result<bool> {
        let mut inner = self.inner();
        let mut tokens = inner.tokens.clone();
        tokens.retain(|token| token.id != id);
        let was_there = tokens.len() < inner.tokens.len();
        self.store.put_setting(TOKENS, &tokens)?;
        inner.tokens = tokens;
        Ok(was_there)
    }

    fn new_session(&self, inner: &mut Inner, person: &PersonId) -> Result<String, Denied> {
        let id = secret();
        let now = self.clock.now_ms();
        inner.sessions.retain(|session| now - SESSION_MS < session.created_ms);
        let surplus = (inner.sessions.len() + 1).saturating_sub(MOST_SESSIONS);
        inner.sessions.drain(..surplus);
        inner.sessions.push(Session { hash: digest(&id), created_ms: now, person: person.to_string() });
        match self.store.put_setting(SESSIONS, &inner.sessions) {
            // With a full disk the owner has to get in all the more; the session then ends with the hub.
            Err(error) if error.downcast_ref() != Some(&Unkept::NoRoom) => Err(Denied::Failed(error)),
            Ok(()) | Err(_) => Ok(id),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn owner_id() -> String {
    owner().to_string()
}

const SESSIONS: &str = "sessions";
const TOKENS: &str = "tokens";
/// A browser stays logged in for 30 days.
pub const SESSION_MS: i64 = 30 * 24 * 3600 * 1000;
const MOST_SESSIONS: usize = 50;
const MOST_TOKENS: usize = 100;
const TOKEN_ID_LENGTH: usize = 12;

#[cfg(test)]
mod tests;
