//! Pauses between attempts that grow while they fail, a little at random, so that a house full of clients does not
//! come back all at once.

use std::time::Duration;

use crate::clock::Stopwatch;

/// The pauses of one connection that is made again and again.
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    max: Duration,
    reset_after: Duration,
    pause: Duration,
    since: Stopwatch,
}

impl Backoff {
    /// Pauses from `first` to `max`, each twice the one before; after an attempt that held longer than `reset_after`
    /// they begin anew.
    pub fn between(first: Duration, max: Duration, reset_after: Duration) -> Self {
        Self { first, max, reset_after, pause: first, since: Stopwatch::start() }
    }

    /// An attempt begins.
    pub fn begin(&mut self) {
        self.since = Stopwatch::start();
    }

    /// The attempt has failed or ended: how long to wait before the next, between half and the whole of the pause.
    pub fn next_pause(&mut self) -> Duration {
        if self.reset_after < self.since.elapsed() {
            self.pause = self.first;
        }
        let pause = self.pause;
        self.pause = (pause * 2).min(self.max);
        pause.mul_f64(rand::random_range(0.5..1.0))
    }

    /// The attempt has failed or ended: waits before the next.
    pub async fn wait(&mut self) {
        let pause = self.next_pause();
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_bound_and_begin_anew_after_a_steady_time() {
        let second = Duration::from_secs(1);
        let mut backoff = Backoff::between(second, second * 4, Duration::from_secs(3600));
        for whole in [1, 2, 4, 4] {
            let pause = backoff.next_pause();
            assert!(second * whole / 2 <= pause && pause < second * whole, "{pause:?} of {whole} s");
        }
        let mut steady = Backoff::between(second, second * 4, Duration::ZERO);
        for _ in 0..3 {
            steady.begin();
            std::thread::sleep(Duration::from_millis(1));
            assert!(steady.next_pause() < second);
        }
    }
}
