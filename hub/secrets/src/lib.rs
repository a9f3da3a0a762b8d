//! Passwords, tokens and codes: how they are made, hashed and compared. Keeps none of them, and knows nobody.
//!
//! ```
//! let hash = secrets::hash("correct horse").unwrap();
//! assert!(secrets::is_right(b"correct horse", &hash) && !secrets::is_right(b"battery staple", &hash));
//! ```

pub mod throttle;

use std::sync::{Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The hash of a secret that a person chose: salted, slow (tens of milliseconds, 19 MiB), in PHC format.
///
/// # Errors
/// If the secret can't be hashed, which is so only for one that is far too long.
pub fn hash(secret: &str) -> anyhow::Result<String> {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = Argon2::default().hash_password(secret.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("hash a secret: {error}"))
}

/// Whether a secret has this hash; as slow as [`hash`].
pub fn is_right(secret: &[u8], known: &str) -> bool {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    PasswordHash::new(known).is_ok_and(|known| Argon2::default().verify_password(secret, &known).is_ok())
}

/// Each hash takes 19 MiB for some tens of milliseconds; guesses must not take the hub's memory.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Whether a text is a hash as [`hash`] makes them.
///
/// # Errors
/// If it is none, and why.
pub fn check_hash(text: &str) -> anyhow::Result<()> {
    PasswordHash::new(text).map(|_| ()).map_err(|error| anyhow::anyhow!("{error}"))
}

/// 256 random bits, as text that fits into addresses and headers.
pub fn secret() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::<32>())
}

/// The hash of a secret that a machine made: quick, because such a secret can't be guessed.
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Random bytes.
///
/// # Panics
/// If the system has none, which is so only before it has booted.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes once it has booted");
    bytes
}
