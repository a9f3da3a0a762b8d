//! How many may be there at once: so many of one, and so many in all. Knows nothing of what they do there.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tracing::warn;

/// Permits for those of a kind, such as addresses. Cheap to clone; all clones are the same permits.
#[derive(Clone, Debug)]
pub struct Permits<K: Eq + Hash> {
    // A lock, because a permit is given back wherever it is dropped; held for a look-up only.
    taken: Arc<Mutex<HashMap<K, usize>>>,
    most: usize,
    most_of_one: usize,
}

/// A permit that was taken; given back when dropped.
#[derive(Debug)]
pub struct Permit<K: Eq + Hash + Clone> {
    permits: Permits<K>,
    of: K,
}

impl<K: Eq + Hash + Clone> Permits<K> {
    /// So many in all, and so many for each.
    pub fn new(most: usize, most_of_one: usize) -> Self {
        Self { taken: Arc::default(), most, most_of_one }
    }

    /// A permit, if one is left for them.
    pub fn take(&self, of: K) -> Option<Permit<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(&of).copied().unwrap_or_default();
        if self.most <= taken.values().sum() || self.most_of_one <= own {
            return None;
        }
        taken.insert(of.clone(), own + 1);
        Some(Permit { permits: self.clone(), of })
    }
}

impl Permits<IpAddr> {
    /// Takes connections until it is dropped, and ends them then. One without a permit is closed at once, so that
    /// others need not wait for it; the other end may try again.
    pub async fn serve<Talk>(self, listener: TcpListener, talk: impl Fn(TcpStream, SocketAddr) -> Talk)
    where
        Talk: Future<Output = ()> + Send + 'static,
    {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => if let Some(permit) = self.take(peer.ip().to_canonical()) {
                        let talking = talk(stream, peer);
                        connections.spawn(async move {
                            talking.await;
                            drop(permit);
                        });
                    },
                    Err(error) => {
                        warn!(%error, address = ?listener.local_addr(), "A connection could not be taken.");
                        tokio::time::sleep(PAUSE).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

impl<K: Eq + Hash + Clone> Drop for Permit<K> {
    fn drop(&mut self) {
        let mut taken = self.permits.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.of) {
            Some(1) | None => _ = taken.remove(&self.of),
            Some(count) => *count -= 1,
        }
    }
}

/// After a connection that could not be taken, such as when there are no handles left.
const PAUSE: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_never_takes_the_places_of_all() {
        let permits = Permits::new(5, 3);
        let mut held: Vec<_> = (0..4).filter_map(|_| permits.take("greedy")).collect();
        assert_eq!(held.len(), 3);
        let others: Vec<_> = ["a", "b", "c"].into_iter().filter_map(|one| permits.take(one)).collect();
        assert_eq!(others.len(), 2, "and there is an end to all");
        held.pop();
        assert!(permits.take("greedy").is_some() && permits.take("c").is_some());
    }
}
