//! Who may in: the passwords of the owner and of others, sessions of browsers, tokens of programs, the login for the
//! command line.
//!
//! Knows secrets and how often they were guessed; knows nothing of HTTP. Of every secret only a hash is kept.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use house::PersonId;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tracing::{info, warn};

use runtime::clock::Clock;
use runtime::household::owner;
use secrets::throttle::Attempts;
use secrets::{digest, hash, is_right, random, secret};
use store::{Store, Unkept};

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

/// Someone who is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A browser, by the hash of its session.
    Browser(String),
    /// A program, by its token's id.
    Program(String),
    /// The command line on this machine.
    CommandLine,
}

/// Why someone does not get in.
#[derive(Debug)]
pub enum Denied {
    /// The code or password is wrong.
    Wrong,
    /// Too many were wrong; in so many seconds another may be tried.
    Wait(u64),
    /// The hub has an owner already.
    Claimed,
    /// The hub has no owner yet.
    Unclaimed,
    /// The new password is too short or too long.
    Unfit,
    /// It could not be kept.
    Failed(anyhow::Error),
}

/// How programs on this machine reach the hub.
#[derive(Clone, Serialize, Deserialize)]
pub struct LocalLogin {
    /// Address and port.
    pub address: SocketAddr,
    /// A token that lasts as long as the hub runs.
    pub token: String,
}

impl Access {
    /// The door as it was kept.
    pub fn load(store: Store, clock: Clock) -> anyhow::Result<Self> {
        let password_hash = store.setting::<String>(PASSWORD)?;
        let local_token = secret();
        let inner = Inner {
            claim_code: password_hash.is_none().then(new_claim_code),
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

    /// The code that makes its reader the owner; none once there is one.
    pub fn claim_code(&self) -> Option<String> {
        self.inner().claim_code.clone()
    }

    /// Leaves the login for the command line in the data folder, for this user's eyes only.
    pub fn write_local_login(&self, data_dir: &Path, address: SocketAddr) -> anyhow::Result<()> {
        let mut address = address;
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::from([127, 0, 0, 1]));
        }
        let login = LocalLogin { address, token: self.inner().local_token.clone() };
        let path = data_dir.join(LOCAL_LOGIN);
        let text = serde_json::to_vec(&login)?;
        // A new file each time, so that nobody keeps an open handle to an older, readable one. On a full disk there is
        // room only where the old one is.
        let written = replace(data_dir, &path, &text).or_else(|_| overwrite(&path, &text));
        written.with_context(|| format!("write `{}`", path.display()))
    }

    /// The login that the running hub left.
    pub fn read_local_login(data_dir: &Path) -> anyhow::Result<LocalLogin> {
        let path = data_dir.join(LOCAL_LOGIN);
        let text = std::fs::read(&path).with_context(|| {
            format!("read `{}`; is the hub running, and may you read its data folder?", path.display())
        })?;
        serde_json::from_slice(&text).with_context(|| format!("read `{}`", path.display()))
    }

    /// Makes whoever has the code the owner; gives the session's id.
    pub async fn claim(&self, code: &str, password: &str, from: IpAddr) -> Result<String, Denied> {
        {
            let mut inner = self.inner();
            let Some(known) = inner.claim_code.clone() else { return Err(Denied::Claimed) };
            inner.attempts.begin(from, CLAIM, self.clock.now_ms()).map_err(Denied::Wait)?;
            if digest(&plain_code(code)) != digest(&plain_code(&known)) {
                return Err(Denied::Wrong);
            }
            inner.attempts.succeeded(from, CLAIM);
        }
        let password_hash = self.new_hash(password).await?;
        let mut inner = self.inner();
        if inner.claim_code.is_none() {
            return Err(Denied::Claimed);
        }
        self.store.put_setting(PASSWORD, &password_hash).map_err(Denied::Failed)?;
        inner.password_hash = Some(password_hash);
        inner.claim_code = None;
        info!("The hub has an owner.");
        self.new_session(&mut inner, &owner())
    }

    /// Lets in whoever has the password of that person; gives the session's id. A name that nobody has takes as long.
    pub async fn login(&self, person: Option<&PersonId>, password: &str, from: IpAddr) -> Result<String, Denied> {
        self.check_password(person, password, from).await?;
        let person = person.ok_or(Denied::Wrong)?;
        self.new_session(&mut self.inner(), person)
    }

    /// Whether someone who is in has the password; asked again before what guards the home is changed.
    pub async fn confirm(&self, person: &PersonId, password: &str, from: IpAddr) -> Result<(), Denied> {
        self.check_password(Some(person), password, from).await
    }

    /// Chooses another password; every other session of that person ends.
    pub async fn change_password(
        &self,
        person: &PersonId,
        old: &str,
        new: &str,
        from: IpAddr,
    ) -> Result<String, Denied> {
        self.check_password(Some(person), old, from).await?;
        self.set_password(person, new).await?;
        self.new_session(&mut self.inner(), person)
    }

    /// Gives a person a password; their sessions end.
    pub async fn set_password(&self, person: &PersonId, password: &str) -> Result<(), Denied> {
        let hash = self.new_hash(password).await?;
        let mut inner = self.inner();
        if *person == owner() {
            self.store.put_setting(PASSWORD, &hash).map_err(Denied::Failed)?;
            inner.password_hash = Some(hash);
        } else {
            let mut logins = inner.logins.clone();
            logins.insert(person.to_string(), hash);
            self.store.put_setting(LOGINS, &logins).map_err(Denied::Failed)?;
            inner.logins = logins;
        }
        inner.sessions.retain(|session| session.person != person.as_str());
        self.store.put_setting(SESSIONS, &inner.sessions).map_err(Denied::Failed)?;
        info!(%person, "A password was set.");
        Ok(())
    }

    /// Whether a person can log in.
    pub fn has_login(&self, person: &PersonId) -> bool {
        *person == owner() || self.inner().logins.contains_key(person.as_str())
    }

    /// Lets someone who belonged to the home in no more, by no way.
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
    pub fn revoke_token(&self, id: &str) -> anyhow::Result<bool> {
        let mut inner = self.inner();
        let mut tokens = inner.tokens.clone();
        tokens.retain(|token| token.id != id);
        let was_there = tokens.len() < inner.tokens.len();
        self.store.put_setting(TOKENS, &tokens)?;
        inner.tokens = tokens;
        Ok(was_there)
    }

    async fn check_password(&self, person: Option<&PersonId>, password: &str, from: IpAddr) -> Result<(), Denied> {
        // All names that nobody has are one.
        let whose = person.map_or("", PersonId::as_str);
        let known = {
            let mut inner = self.inner();
            let owners = inner.password_hash.clone().ok_or(Denied::Unclaimed)?;
            inner.attempts.begin(from, whose, self.clock.now_ms()).map_err(Denied::Wait)?;
            match person {
                Some(person) if *person == owner() => Ok(owners),
                // Hashing for nobody takes as long as for somebody, so names can't be found out.
                Some(person) => inner.logins.get(person.as_str()).cloned().ok_or(owners),
                None => Err(owners),
            }
        };
        let can_be_right = known.is_ok();
        let known = known.unwrap_or_else(|other| other);
        let password: String = password.chars().take(LONGEST_PASSWORD).collect();
        let is_right =
            self.hashed(move || is_right(password.as_bytes(), &known)).await.unwrap_or(false) && can_be_right;
        if !is_right {
            warn!(%from, "Someone tried a wrong password.");
            return Err(Denied::Wrong);
        }
        self.inner().attempts.succeeded(from, whose);
        Ok(())
    }

    async fn new_hash(&self, password: &str) -> Result<String, Denied> {
        if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&password.chars().count()) {
            return Err(Denied::Unfit);
        }
        let password = password.to_owned();
        self.hashed(move || hash(&password)).await.map_err(Denied::Failed)?.map_err(Denied::Failed)
    }

    /// Hashing takes tens of milliseconds on purpose; it must not hold up anything else.
    async fn hashed<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
        let _turn = self.hashing.acquire().await.context("wait to hash a password")?;
        tokio::task::spawn_blocking(work).await.context("hash a password")
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

fn replace(dir: &Path, path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(".local-login").tempfile_in(dir)?;
    file.write_all(text)?;
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

fn overwrite(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::options().write(true).open(path)?;
    file.write_all(text)?;
    file.set_len(u64::try_from(text.len()).unwrap_or(u64::MAX))
}

fn owner_id() -> String {
    owner().to_string()
}

fn new_claim_code() -> String {
    let letters: String =
        random::<8>().iter().filter_map(|byte| CODE_LETTERS.chars().nth(usize::from(byte % 32))).collect();
    let (first, second) = letters.split_at(4);
    format!("{first}-{second}")
}

fn plain_code(code: &str) -> String {
    code.chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_uppercase())
        .take(16)
        .collect()
}

/// Whose secret the code to claim the hub is.
const CLAIM: &str = "claim";
const PASSWORD: &str = "password_hash";
const SESSIONS: &str = "sessions";
const TOKENS: &str = "tokens";
const LOGINS: &str = "login_hashes";
const LOCAL_LOGIN: &str = "local-login.json";
/// Without letters and digits that look alike.
const CODE_LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// A browser stays logged in for 30 days.
pub const SESSION_MS: i64 = 30 * 24 * 3600 * 1000;
const MOST_SESSIONS: usize = 50;
const MOST_TOKENS: usize = 100;
const TOKEN_ID_LENGTH: usize = 12;
/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 8;
/// The most characters of a password.
pub const LONGEST_PASSWORD: usize = 200;
#[cfg(test)]
mod tests;
