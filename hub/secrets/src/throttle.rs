//! How often a secret may be guessed: a few times at once, then ever more slowly.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

/// Guesses that went wrong, by address and altogether.
#[derive(Debug, Default)]
pub struct Attempts {
    by_address: HashMap<IpAddr, Guesses>,
    all: Guesses,
}

#[derive(Clone, Copy, Debug, Default)]
struct Guesses {
    wrong: u32,
    last_ms: i64,
    free_from_ms: i64,
}

impl Attempts {
    /// Counts a guess as wrong before it is looked at, so that many at once count too.
    ///
    /// # Errors
    /// The seconds until another may be looked at, if there were too many.
    pub fn begin(&mut self, from: IpAddr, now: i64) -> Result<(), u64> {
        let from = household_of(from);
        let own = self.by_address.get(&from).copied().unwrap_or_default();
        let free_from = own.free_from_ms.max(self.all.free_from_ms);
        if now < free_from {
            let wait_s = u64::try_from((free_from - now + 999) / 1000).unwrap_or(1);
            return Err(wait_s);
        }
        if MOST_ADDRESSES <= self.by_address.len() && !self.by_address.contains_key(&from) {
            self.by_address.retain(|_, guesses| now - guesses.last_ms < FORGOTTEN_MS);
            if MOST_ADDRESSES <= self.by_address.len() {
                self.by_address.clear();
            }
        }
        self.by_address.entry(from).or_default().count(now, FREE_GUESSES, LONGEST_WAIT_MS);
        self.all.count(now, FREE_GUESSES_OF_ALL, LONGEST_WAIT_OF_ALL_MS);
        Ok(())
    }

    /// The guess was right: the address starts anew.
    pub fn succeeded(&mut self, from: IpAddr) {
        self.by_address.remove(&household_of(from));
        self.all = Guesses::default();
    }
}

impl Guesses {
    /// One more; beyond the free ones, each doubles the wait.
    fn count(&mut self, now: i64, free: u32, longest_ms: i64) {
        if FORGOTTEN_MS < now - self.last_ms {
            *self = Self::default();
        }
        self.wrong += 1;
        self.last_ms = now;
        if free < self.wrong {
            let doublings = (self.wrong - free - 1).min(20);
            self.free_from_ms = now + (1000_i64 << doublings).min(longest_ms);
        }
    }
}

/// One household has many IPv6 addresses, so they count by network.
fn household_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> 64))),
        IpAddr::V4(address) => IpAddr::V4(address),
    }
}

/// An address that made no guess for so long starts anew.
const FORGOTTEN_MS: i64 = 3600 * 1000;
/// Guesses that are looked at without a wait: people mistype.
pub const FREE_GUESSES: u32 = 4;
const LONGEST_WAIT_MS: i64 = 15 * 60 * 1000;
/// Guesses from many addresses at once are slowed too, but never so long that the owner is kept out.
const FREE_GUESSES_OF_ALL: u32 = 30;
const LONGEST_WAIT_OF_ALL_MS: i64 = 20 * 1000;
/// Addresses that are remembered; a home has fewer.
const MOST_ADDRESSES: usize = 1000;
