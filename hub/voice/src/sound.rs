//! Sound that comes without end, of which some can be put back.

use tokio::sync::mpsc;

/// A microphone's sound as it comes.
pub struct Sound {
    live: mpsc::Receiver<Vec<i16>>,
    /// What was put back and is heard first.
    ahead: Vec<i16>,
    /// Samples that were taken and not put back.
    taken: u64,
}

impl Sound {
    /// Sound that comes from elsewhere.
    pub fn of(live: mpsc::Receiver<Vec<i16>>) -> Self {
        Self { live, ahead: Vec::new(), taken: 0 }
    }

    /// The next samples; none when no more come.
    pub async fn next(&mut self) -> Option<Vec<i16>> {
        let samples = match self.ahead.is_empty() {
            true => self.live.recv().await?,
            false => std::mem::take(&mut self.ahead),
        };
        self.taken += samples.len() as u64;
        Some(samples)
    }

    /// Puts back what was taken last, to be heard again.
    pub fn put_back(&mut self, samples: &[i16]) {
        self.taken = self.taken.saturating_sub(samples.len() as u64);
        self.ahead.splice(..0, samples.iter().copied());
    }

    /// Samples that were put back and are heard next.
    pub fn ahead(&self) -> usize {
        self.ahead.len()
    }

    /// Samples that were taken and not put back.
    pub fn taken(&self) -> u64 {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_back_comes_first() {
        let (to, from) = mpsc::channel(4);
        let mut sound = Sound::of(from);
        to.send(vec![1, 2, 3]).await.unwrap();
        to.send(vec![4]).await.unwrap();
        drop(to);
        assert_eq!(sound.next().await, Some(vec![1, 2, 3]));
        sound.put_back(&[3]);
        sound.put_back(&[2]);
        assert_eq!((sound.taken(), sound.next().await, sound.taken()), (1, Some(vec![2, 3]), 3));
        assert_eq!((sound.next().await, sound.next().await), (Some(vec![4]), None));
    }
}
