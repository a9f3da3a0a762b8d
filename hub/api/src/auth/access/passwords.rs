//! Passwords: of the owner, who is made by the code, and of others. How often they were guessed is counted.

use std::net::IpAddr;

use anyhow::Context as _;
use house::PersonId;
use runtime::household::owner;
use secrets::{digest, hash, is_right};
use tracing::{info, warn};

use super::{Access, SESSIONS};
use crate::auth::caller::Denied;
use crate::auth::claim_code;

impl Access {
    /// The code that makes its reader the owner; none once there is one.
    pub fn claim_code(&self) -> Option<String> {
        self.inner().claim_code.clone()
    }

    /// Makes whoever has the code the owner; gives the session's id.
    ///
    /// # Errors
    /// If the hub has an owner, the code is wrong or was guessed too often, the password is unfit, or the disk is in
    /// the way.
    pub async fn claim(&self, code: &str, password: &str, from: IpAddr) -> Result<String, Denied> {
        {
            let mut inner = self.inner();
            let Some(known) = inner.claim_code.clone() else { return Err(Denied::Claimed) };
            inner.attempts.begin(from, CLAIM, self.clock.now_ms()).map_err(Denied::Wait)?;
            if digest(&claim_code::plain(code)) != digest(&claim_code::plain(&known)) {
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
    ///
    /// # Errors
    /// If the password is wrong or was guessed too often, nobody owns the hub yet, or the disk is in the way.
    pub async fn login(&self, person: Option<&PersonId>, password: &str, from: IpAddr) -> Result<String, Denied> {
        self.check_password(person, password, from).await?;
        let person = person.ok_or(Denied::Wrong)?;
        self.new_session(&mut self.inner(), person)
    }

    /// Whether someone who is in has the password; asked again before what guards the home is changed.
    ///
    /// # Errors
    /// If the password is wrong or was guessed too often, or nobody owns the hub yet.
    pub async fn confirm(&self, person: &PersonId, password: &str, from: IpAddr) -> Result<(), Denied> {
        self.check_password(Some(person), password, from).await
    }

    /// Chooses another password; every other session of that person ends.
    ///
    /// # Errors
    /// As of [`Self::login`] with the old one, and of [`Self::set_password`] with the new one.
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
    ///
    /// # Errors
    /// If it is too short or too long, or the disk is in the way.
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
}

/// Whose secret the code to claim the hub is.
const CLAIM: &str = "claim";
/// Under which name the owner's is kept.
pub(super) const PASSWORD: &str = "password_hash";
/// Under which name those of others are.
pub(super) const LOGINS: &str = "login_hashes";
/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 8;
/// The most characters of a password.
pub const LONGEST_PASSWORD: usize = 200;
