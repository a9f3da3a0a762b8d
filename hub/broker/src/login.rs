//! Users, their passwords, and how often a wrong one may be tried.
//!
//! Never logs a password, and says no more about a failed login than that it failed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tracing::warn;

use super::rights::{Grants, Rights};

/// A user of the broker.
#[derive(Clone, Debug)]
pub struct User {
    /// The name it logs in with.
    pub name: String,
    /// Its password.
    pub password: Password,
    /// What it may do.
    pub rights: Rights,
}

/// A password, or the argon2 hash of one; never shown.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// A password, or its hash if the text begins with `$argon2`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    fn is_hash(&self) -> bool {
        self.0.starts_with("$argon2")
    }

    fn is_generated(&self) -> bool {
        !self.is_hash() && GENERATED_LENGTH <= self.0.len()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Password")
    }
}

/// Who may log in.
pub(super) struct Users {
    users: HashMap<String, Known>,
    hub_client_id: String,
    /// Digests are keyed with a number of this process, so that they are worth nothing elsewhere.
    key: [u8; 32],
    // Locks, because logins arrive on many tasks and each holds them for a look-up only.
    verified: Mutex<HashMap<String, [u8; 32]>>,
    failures: Mutex<HashMap<(IpAddr, String), Failures>>,
    /// A verification takes a core and some megabytes for a moment.
    verifications: Arc<Semaphore>,
}

/// A user, and what its rights come to.
struct Known {
    user: User,
    grants: Grants,
}

/// Wrong passwords of one name from one address.
#[derive(Clone, Copy, Debug)]
struct Failures {
    since_ms: i64,
    count: u32,
}

impl Users {
    pub(super) fn new(users: Vec<User>, base_topic: &str, hub_client_id: &str) -> anyhow::Result<Self> {
        for user in &users {
            anyhow::ensure!(
                !user.name.is_empty() && !user.password.0.is_empty(),
                "a user of the broker needs a name and a password"
            );
            user.rights.check(base_topic).with_context(|| format!("read the trees of `{}`", user.name))?;
            if user.password.is_hash() {
                secrets::check_hash(&user.password.0)
                    .with_context(|| format!("read the password hash of `{}`", user.name))?;
            }
        }
        let count = users.len();
        let users: HashMap<_, _> = users
            .into_iter()
            .map(|user| (user.name.clone(), Known { grants: user.rights.grants(base_topic), user }))
            .collect();
        anyhow::ensure!(users.len() == count, "two users of the broker have the same name");
        let verifications = Arc::new(Semaphore::new(MOST_VERIFICATIONS));
        Ok(Self {
            users,
            hub_client_id: hub_client_id.to_owned(),
            key: secrets::random(),
            verified: Mutex::default(),
            failures: Mutex::default(),
            verifications,
        })
    }

    /// Whether a user is the hub itself.
    pub(super) fn is_hub(&self, name: &str) -> bool {
        self.users.get(name).is_some_and(|known| known.user.rights == Rights::Hub)
    }

    /// Whether a client id is the hub's and the user is not. The hub has it at any moment, also before it connects.
    pub(super) fn is_hubs_id(&self, client_id: &str, name: &str) -> bool {
        client_id == self.hub_client_id && !self.is_hub(name)
    }

    /// How many users there are.
    pub(super) fn count(&self) -> usize {
        self.users.len()
    }

    /// What a user may do.
    pub(super) fn grants(&self, name: &str) -> Option<&Grants> {
        self.users.get(name).map(|known| &known.grants)
    }

    /// What whoever knows this password may do.
    pub(super) async fn log_in(&self, name: &str, password: &[u8], from: IpAddr, now_ms: i64) -> Option<&Grants> {
        let known = self.users.get(name);
        // A generated password can't be guessed; its owner is not locked out by someone else's guesses.
        if let Some(known) = known.filter(|known| known.user.password.is_generated())
            && self.digest(password) == self.digest(known.user.password.0.as_bytes())
        {
            return Some(&known.grants);
        }
        let key = (from, name.chars().take(LONGEST_NAME).collect());
        if self.is_blocked(&key, now_ms) {
            return None;
        }
        match known {
            Some(known) if self.is_right(&known.user, password).await => {
                self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
                Some(&known.grants)
            }
            _ => {
                self.failed(key, now_ms);
                None
            }
        }
    }

    async fn is_right(&self, user: &User, password: &[u8]) -> bool {
        let digest = self.digest(password);
        if !user.password.is_hash() {
            return digest == self.digest(user.password.0.as_bytes());
        }
        if self.verified.lock().unwrap_or_else(PoisonError::into_inner).get(&user.name) == Some(&digest) {
            return true;
        }
        let Ok(_permit) = self.verifications.acquire().await else { return false };
        let (hash, password) = (user.password.0.clone(), password.to_vec());
        let verified = tokio::task::spawn_blocking(move || secrets::is_right(&password, &hash));
        let is_right = verified.await.unwrap_or(false);
        if is_right {
            self.verified.lock().unwrap_or_else(PoisonError::into_inner).insert(user.name.clone(), digest);
        }
        is_right
    }

    fn digest(&self, password: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(self.key).chain_update(password).finalize().into()
    }

    fn is_blocked(&self, key: &(IpAddr, String), now_ms: i64) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures
            .get(key)
            .is_some_and(|failures| MOST_FAILURES <= failures.count && now_ms - failures.since_ms < WINDOW_MS)
    }

    fn failed(&self, key: (IpAddr, String), now_ms: i64) {
        let mut all = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if MOST_REMEMBERED <= all.len() {
            all.retain(|_, failures| now_ms - failures.since_ms < WINDOW_MS);
        }
        if MOST_REMEMBERED <= all.len() {
            all.clear();
        }
        let (from, name) = key.clone();
        let failures = all.entry(key).or_insert(Failures { since_ms: now_ms, count: 0 });
        if WINDOW_MS <= now_ms - failures.since_ms {
            *failures = Failures { since_ms: now_ms, count: 0 };
        }
        failures.count += 1;
        match failures.count {
            1 => warn!(%from, user = ?name, "A login at the broker failed."),
            MOST_FAILURES => {
                warn!(%from, user = ?name, seconds = WINDOW_MS / 1000, "Too many failed logins at the broker; more \
                 are refused unseen for a while.")
            }
            _ => {}
        }
    }
}

/// From this length on a password was made by a machine.
const GENERATED_LENGTH: usize = 32;
const LONGEST_NAME: usize = 64;
const MOST_FAILURES: u32 = 10;
const WINDOW_MS: i64 = 60_000;
/// Pairs of address and name whose failures are counted.
const MOST_REMEMBERED: usize = 4096;
const MOST_VERIFICATIONS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn users() -> Users {
        let hash = secrets::hash("secret").unwrap();
        let user = |name: &str, password: &str| User {
            name: name.into(),
            password: Password::new(password),
            rights: Rights::Requester,
        };
        Users::new(
            vec![user("hashed", &hash), user("plain", "password"), user("made", &"x".repeat(40))],
            "hearth",
            "hub",
        )
        .unwrap()
    }

    #[tokio::test]
    async fn right_passwords_are_let_in_and_others_not() {
        let users = users();
        let from = IpAddr::from([127, 0, 0, 1]);
        for _ in 0..2 {
            assert!(users.log_in("hashed", b"secret", from, 0).await.is_some());
        }
        assert!(users.log_in("plain", b"password", from, 0).await.is_some());
        assert!(users.log_in("made", "x".repeat(40).as_bytes(), from, 0).await.is_some());
        for (name, password) in
            [("hashed", "wrong"), ("hashed", ""), ("plain", "passwor"), ("nobody", "secret"), ("", "")]
        {
            assert!(users.log_in(name, password.as_bytes(), from, 0).await.is_none(), "{name}");
        }
    }

    #[tokio::test]
    async fn guessing_is_stopped_for_a_while_but_not_for_others() {
        let users = users();
        let (from, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for _ in 0..MOST_FAILURES {
            assert!(users.log_in("plain", b"guess", from, 0).await.is_none());
            assert!(users.log_in("made", b"guess", from, 0).await.is_none());
        }
        assert!(users.log_in("plain", b"password", from, 1).await.is_none());
        assert!(users.log_in("plain", b"password", other, 1).await.is_some());
        assert!(users.log_in("made", "x".repeat(40).as_bytes(), from, 1).await.is_some());
        assert!(users.log_in("plain", b"password", from, WINDOW_MS).await.is_some());
    }

    #[test]
    fn a_password_is_never_shown() {
        let shown = format!("{:?}", User { name: "a".into(), password: Password::new("hunter2"), rights: Rights::Hub });
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
