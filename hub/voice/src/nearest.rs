//! What several microphones hear at once was said once: the loudest of them has it.
//!
//! Knows when speech began, how loud it was and which words were made of it; knows no room and no device.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use runtime::clock::Stopwatch;
use tokio::sync::watch;

/// Who hears at the moment. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    state: Arc<Mutex<State>>,
    /// Told whenever one of them has ended.
    ended: Arc<watch::Sender<()>>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    speeches: BTreeMap<u64, Speech>,
}

#[derive(Debug)]
struct Speech {
    noticed: Stopwatch,
    /// How long before that it began.
    before: Duration,
    /// What was made of it; none while it goes on.
    heard: Option<(String, f64)>,
    is_taken: bool,
}

/// Speech that a microphone hears. Dropped, it is as if it had not been heard.
#[derive(Debug)]
pub struct Hearing {
    id: u64,
    all: Nearest,
}

/// How loud speech was at a microphone: its power where it was loudest, whatever silence is around it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loudness {
    /// The squares of the samples since the last whole stretch.
    sum: f64,
    count: u32,
    /// The greatest mean power of a stretch.
    loudest: f64,
}

impl Loudness {
    /// Hears more of it.
    pub fn add(&mut self, samples: &[i16]) {
        for sample in samples {
            self.sum += f64::from(*sample).powi(2);
            self.count += 1;
            if self.count == STRETCH {
                self.loudest = self.loudest.max(self.sum / f64::from(STRETCH));
                (self.sum, self.count) = (0.0, 0);
            }
        }
    }

    /// The mean power of a sample where it was loudest.
    pub fn power(self) -> f64 {
        self.loudest
    }
}

impl Nearest {
    /// Speech begins at a microphone, or is noticed there so long after it began.
    pub fn begin(&self, before: Duration) -> Hearing {
        let mut state = self.state();
        state.speeches.retain(|_, one| one.heard.is_none() || one.age() < FORGOTTEN_AFTER);
        state.last += 1;
        let id = state.last;
        state.speeches.insert(id, Speech { noticed: Stopwatch::start(), before, heard: None, is_taken: false });
        Hearing { id, all: self.clone() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hearing {
    /// Whether this microphone is the one to act: nobody else who heard the same at the same time was louder or
    /// quicker by more than a moment. Waits that long for those who still listen; alone, it does not wait.
    ///
    /// `loudness` is that of [`Loudness`].
    pub async fn is_nearest(self, words: &str, loudness: f64) -> bool {
        let mut ended = self.all.ended.subscribe();
        if let Some(own) = self.all.state().speeches.get_mut(&self.id) {
            own.heard = Some((words.to_lowercase(), loudness));
        }
        self.all.ended.send_replace(());
        let all_ended = async {
            while self.all.state().others_listen(self.id) {
                if ended.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, all_ended).await;
        self.all.state().take(self.id)
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        let mut state = self.all.state();
        // What was heard stays for the others to compare with.
        if state.speeches.get(&self.id).is_some_and(|own| own.heard.is_none()) {
            state.speeches.remove(&self.id);
            drop(state);
            self.all.ended.send_replace(());
        }
    }
}

impl State {
    /// Whether others still hear what began at the same time.
    fn others_listen(&self, id: u64) -> bool {
        let Some(own) = self.speeches.get(&id) else { return false };
        self.speeches.iter().any(|(other, one)| *other != id && one.heard.is_none() && own.began_with(one))
    }

    fn take(&mut self, id: u64) -> bool {
        let Some(own) = self.speeches.get(&id) else { return true };
        let is_lost = self.speeches.iter().any(|(other, one)| {
            let is_louder = match (&one.heard, &own.heard) {
                (Some((_, its)), Some((_, mine))) => mine < its || (mine == its && *other < id),
                _ => false,
            };
            *other != id && own.began_with(one) && own.is_alike(one) && (one.is_taken || is_louder)
        });
        if let Some(own) = self.speeches.get_mut(&id) {
            own.is_taken = !is_lost;
        }
        !is_lost
    }
}

impl Speech {
    fn age(&self) -> Duration {
        self.noticed.elapsed() + self.before
    }

    fn began_with(&self, other: &Self) -> bool {
        self.age().abs_diff(other.age()) <= TOGETHER
    }

    /// Whether the words are nearly the same: a microphone further away mishears some.
    fn is_alike(&self, other: &Self) -> bool {
        let (Some((own, _)), Some((its, _))) = (&self.heard, &other.heard) else { return false };
        ALIKE <= strsim::normalized_damerau_levenshtein(own, its)
    }
}

/// Sound and network bring the beginning of speech to two microphones within this.
const TOGETHER: Duration = Duration::from_millis(500);
/// How long is waited for those who still listen.
const PATIENCE: Duration = Duration::from_millis(300);
/// How much of the letters is the same in what was said once, 0–1.
const ALIKE: f64 = 0.8;
/// Samples that loudness is the mean of: a quarter of a second, about a syllable.
const STRETCH: u32 = 4_000;
/// Longer than speech may be.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_around_it_makes_no_speech_softer() {
        let of = |pieces: &[(i16, usize)]| {
            let mut loudness = Loudness::default();
            pieces.iter().for_each(|(sample, count)| loudness.add(&vec![*sample; *count]));
            loudness.power()
        };
        assert_eq!(of(&[(100, 8_000)]), 10_000.0);
        assert_eq!(of(&[(0, 16_000), (100, 8_000), (0, 48_000)]), of(&[(100, 8_000)]));
        assert!(of(&[(0, 1_000), (100, 9_000), (0, 400)]) <= of(&[(100, 8_000)]));
        assert!(of(&[(30, 9_000)]) < of(&[(0, 3_000), (100, 9_000)]));
    }

    #[tokio::test]
    async fn the_loudest_of_those_who_hear_the_same_acts() {
        let all = Nearest::default();
        let [far, near, other] = [NOW; 3].map(|before| all.begin(before));
        let heard = tokio::join!(
            far.is_nearest("turn of the light", 1.0),
            near.is_nearest("turn off the light", 4.0),
            other.is_nearest("what time is it", 2.0),
        );
        assert_eq!(heard, (false, true, true));
    }

    #[tokio::test]
    async fn who_is_late_finds_it_done_and_who_gives_up_holds_up_nobody() {
        let all = Nearest::default();
        let [quick, late, silent] = [NOW; 3].map(|before| all.begin(before));
        drop(silent);
        assert!(quick.is_nearest("open the blinds", 1.0).await, "it waits no longer than a moment");
        assert!(!late.is_nearest("open the blinds", 9.0).await, "louder, but it is being done already");
        assert!(all.begin(NOW).is_nearest("close the blinds", 1.0).await);
    }

    #[tokio::test]
    async fn what_began_long_before_is_something_else() {
        let all = Nearest::default();
        let (early, now) = (all.begin(Duration::from_secs(2)), all.begin(NOW));
        assert!(early.is_nearest("open the blinds", 9.0).await && now.is_nearest("open the blinds", 1.0).await);
    }

    const NOW: Duration = Duration::ZERO;
}
