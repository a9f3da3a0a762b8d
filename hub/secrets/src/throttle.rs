//! How often a secret may be guessed: a few times at once, then ever more slowly.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

/// Guesses that went wrong, by address and whose secret it is, and altogether.
#[derive(Debug, Default)]
pub struct Attempts {
    by_source: HashMap<(IpAddr, String), Guesses>,
    all: Guesses,
}

#[derive(Clone, Copy, Debug, Default)]
struct Guesses {
    wrong: u32,
    last_ms: i64,
    free_from_ms: i64,
}

impl Attempts {
    /// Counts a guess at someone's secret as wrong before it is looked at, so that many at once count too.
    ///
    /// # Errors
    /// The seconds until another may be looked at, if there were too many.
    pub fn begin(&mut self, from: IpAddr, whose: &str, now: i64) -> Result<(), u64> {
        let source = (household_of(from), whose.to_owned());
        let own = self.by_source.get(&source).copied().unwrap_or_default();
        let free_from = own.free_from_ms.max(self.all.free_from_ms);
        if now < free_from {
            let wait_s = u64::try_from((free_from - now + 999) / 1000).unwrap_or(1);
            return Err(wait_s);
        }
        if MOST_SOURCES <= self.by_source.len() && !self.by_source.contains_key(&source) {
            self.by_source.retain(|_, guesses| now - guesses.last_ms < FORGOTTEN_MS);
            if MOST_SOURCES <= self.by_source.len() {
                self.by_source.clear();
            }
        }
        self.by_source.entry(source).or_default().count(now, FREE_GUESSES, LONGEST_WAIT_MS);
        self.all.count(now, FREE_GUESSES_OF_ALL, LONGEST_WAIT_OF_ALL_MS);
        Ok(())
    }

    /// The guess was right: it clears what was counted from there for that secret, and nothing else.
    pub fn succeeded(&mut self, from: IpAddr, whose: &str) {
        self.by_source.remove(&(household_of(from), whose.to_owned()));
        self.all.wrong = self.all.wrong.saturating_sub(1);
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
/// Addresses with whose secret was guessed at that are remembered; a home has fewer.
const MOST_SOURCES: usize = 1000;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 7));

    #[test]
    fn nobodys_success_clears_what_is_counted_for_another() {
        let mut attempts = Attempts::default();
        let mut looked_at = 0;
        for now in 0..1000_i64 {
            if attempts.begin(HERE, "owner", now * 100).is_ok() {
                looked_at += 1;
            }
            // A child logs in rightly between the guesses, from the same address.
            if attempts.begin(HERE, "kid", now * 100).is_ok() {
                attempts.succeeded(HERE, "kid");
            }
        }
        assert!(looked_at <= 12, "{looked_at} guesses in 100 seconds");
        assert!(attempts.begin(HERE, "kid", 200_000).is_ok(), "the child is not kept out");
    }

    #[test]
    fn guesses_from_everywhere_are_slowed_too() {
        let mut attempts = Attempts::default();
        let from = |number: u8| IpAddr::V4(Ipv4Addr::new(10, 0, number, 1));
        let looked_at = (0..=255_u8).filter(|number| attempts.begin(from(*number), "owner", 0).is_ok()).count();
        assert_eq!(looked_at, 31);
    }
}
