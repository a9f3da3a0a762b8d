//! What the household has laid down: its PIN, how sure the model must be, tiers of single entities.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use mind::judge::Rules;
use mind::words::key;

use crate::manifest::Thresholds;
use crate::store::Store;

/// The household. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Household {
    // A mutex, not a channel: read and written for an instant, never across an await.
    inner: Arc<Mutex<Inner>>,
    store: Option<Store>,
    thresholds: Thresholds,
}

#[derive(Debug, Default)]
struct Inner {
    pin_hash: Option<String>,
    is_open: bool,
    wrong: u32,
    locked_until_ms: i64,
    /// What words of the household's own mean, by their key.
    phrases: BTreeMap<String, String>,
}

/// What a PIN came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinCheck {
    /// It is the one.
    Right,
    /// It is not.
    Wrong,
    /// Too many were wrong; none is looked at for a while.
    Locked,
}

impl Household {
    /// The household as it was kept.
    pub(crate) fn load(store: Store, thresholds: Thresholds) -> anyhow::Result<Self> {
        let pin_hash = store.setting::<String>(PIN_SETTING).context("read the PIN's hash")?;
        let phrases = store.setting::<BTreeMap<String, String>>(PHRASES_SETTING).context("read the taught phrases")?.unwrap_or_default();
        let inner = Inner { pin_hash, phrases, ..Inner::default() };
        Ok(Self { inner: Arc::new(Mutex::new(inner)), store: Some(store), thresholds })
    }

    /// A household for a simulation.
    pub(crate) fn simulated(pin: Option<&str>, is_open: bool, thresholds: Thresholds) -> anyhow::Result<Self> {
        let pin_hash = pin.map(hash).transpose()?;
        let inner = Inner { pin_hash, is_open, ..Inner::default() };
        Ok(Self { inner: Arc::new(Mutex::new(inner)), store: None, thresholds })
    }

    /// The rules for judging.
    pub(crate) fn rules(&self) -> Rules {
        let inner = self.inner.lock();
        inner.map_or_else(|_| Rules::default(), |inner| Rules { has_pin: inner.pin_hash.is_some(), is_open: inner.is_open, ..Rules::default() })
    }

    /// How sure the model must be.
    pub(crate) fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// Sets or removes the PIN.
    pub(crate) fn set_pin(&self, pin: Option<&str>) -> anyhow::Result<()> {
        if let Some(pin) = pin {
            let is_pin = (4..=12).contains(&pin.len()) && pin.chars().all(|letter| letter.is_ascii_digit());
            anyhow::ensure!(is_pin, "a PIN is 4 to 12 digits");
        }
        let pin_hash = pin.map(hash).transpose()?;
        if let Some(store) = &self.store {
            store.put_setting(PIN_SETTING, &pin_hash)?;
        }
        if let Ok(mut inner) = self.inner.lock() {
            *inner = Inner { pin_hash, is_open: inner.is_open, phrases: std::mem::take(&mut inner.phrases), ..Inner::default() };
        }
        Ok(())
    }

    /// What these words mean here, if they were taught.
    pub(crate) fn taught(&self, text: &str) -> Option<String> {
        self.inner.lock().ok()?.phrases.get(&key(text)).cloned()
    }

    /// From now on these words mean those.
    pub(crate) fn teach(&self, phrase: &str, meaning: &str) -> anyhow::Result<()> {
        let mut phrases = self.inner.lock().map(|inner| inner.phrases.clone()).unwrap_or_default();
        phrases.insert(key(phrase), meaning.to_owned());
        anyhow::ensure!(phrases.len() <= MOST_PHRASES, "there are {MOST_PHRASES} phrases already");
        if let Some(store) = &self.store {
            store.put_setting(PHRASES_SETTING, &phrases)?;
        }
        if let Ok(mut inner) = self.inner.lock() {
            inner.phrases = phrases;
        }
        Ok(())
    }

    /// Looks at a PIN; after several wrong ones, none is looked at for a while.
    pub(crate) async fn check_pin(&self, pin: &str, now_ms: i64) -> PinCheck {
        let known = match self.inner.lock() {
            Ok(inner) if now_ms < inner.locked_until_ms => return PinCheck::Locked,
            Ok(inner) => inner.pin_hash.clone(),
            Err(_) => None,
        };
        let Some(known) = known else { return PinCheck::Wrong };
        let pin = pin.to_owned();
        // Hashing takes tens of milliseconds on purpose; it must not hold up other turns.
        let is_right = tokio::task::spawn_blocking(move || is_right(&pin, &known)).await.unwrap_or(false);
        let Ok(mut inner) = self.inner.lock() else { return PinCheck::Wrong };
        if is_right {
            inner.wrong = 0;
            return PinCheck::Right;
        }
        inner.wrong += 1;
        if MOST_WRONG <= inner.wrong {
            inner.wrong = 0;
            inner.locked_until_ms = now_ms + LOCKED_MS;
            return PinCheck::Locked;
        }
        PinCheck::Wrong
    }
}

/// The hash of a secret, salted and slow.
pub(crate) fn hash(secret: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(secret.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("hash a secret: {error}"))
}

/// Whether a secret has this hash.
pub(crate) fn is_right(secret: &str, known: &str) -> bool {
    PasswordHash::new(known).is_ok_and(|known| Argon2::default().verify_password(secret.as_bytes(), &known).is_ok())
}

const PHRASES_SETTING: &str = "phrases";
const MOST_PHRASES: usize = 200;
const PIN_SETTING: &str = "pin_hash";
const MOST_WRONG: u32 = 5;
const LOCKED_MS: i64 = 5 * 60_000;
