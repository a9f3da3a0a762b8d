//! How often a client may call: a bucket of tokens each, bounded in number.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// All buckets.
#[derive(Debug, Default)]
pub(crate) struct CallLimits {
    // A mutex, not a channel: held for one lookup, never across an await.
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    calls: f64,
    at_ms: i64,
}

impl CallLimits {
    /// Takes one call; false if the client has to wait.
    pub(crate) fn take(&self, client: IpAddr, now_ms: i64) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if MOST_CLIENTS <= buckets.len() {
            // Whoever was quiet long enough to have a full bucket needs none.
            buckets.retain(|_, bucket| refilled(*bucket, now_ms) < BURST);
        }
        if MOST_CLIENTS <= buckets.len() && !buckets.contains_key(&client) {
            return false;
        }
        let bucket = buckets.entry(client).or_insert(Bucket { calls: BURST, at_ms: now_ms });
        let calls = refilled(*bucket, now_ms);
        let may = 1.0 <= calls;
        *bucket = Bucket { calls: if may { calls - 1.0 } else { calls }, at_ms: now_ms };
        may
    }
}

fn refilled(bucket: Bucket, now_ms: i64) -> f64 {
    let passed_s = (now_ms - bucket.at_ms).max(0) as f64 / 1000.0;
    (bucket.calls + passed_s * PER_SECOND).min(BURST)
}

/// Calls per second that a client may keep up; more than a person at a page or a home's programs make.
const PER_SECOND: f64 = 20.0;
/// Calls at once.
const BURST: f64 = 40.0;
const MOST_CLIENTS: usize = 1000;
