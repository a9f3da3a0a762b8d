//! What a device plays, and how it is given it: sound in messages, or the address of a sound.

use std::sync::Arc;
use std::time::Duration;

use runtime::clock::Stopwatch;
use voice::audio::{Pcm, at_rate};

use super::encoding::Form;
use super::messages::{DeviceInfoResponse, ListEntitiesMediaPlayerResponse, feature};
use crate::aloud::Sounding;

/// How a device plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Speaker {
    /// Whether it takes an answer in messages.
    pub(super) is_streamed: bool,
    /// Whether it plays announcements, and says when one is over.
    pub(super) announces: bool,
    /// Its media player.
    pub(super) player: Option<u32>,
    /// What that plays.
    pub(super) form: Form,
}

impl Speaker {
    /// As a device describes itself.
    pub(super) fn of(info: &DeviceInfoResponse, players: &[ListEntitiesMediaPlayerResponse]) -> Self {
        let has = |flag: u32| info.voice_assistant_feature_flags & flag != 0;
        // One that plays announcements says in which form.
        let player = players.iter().find(|one| !one.supported_formats.is_empty()).or_else(|| players.first());
        Self {
            is_streamed: has(feature::SPEAKER),
            announces: has(feature::ANNOUNCE),
            player: player.map(|player| player.key),
            form: player.map_or_else(Form::default, |player| Form::of(&player.supported_formats)),
        }
    }
}

/// An answer that goes to a device in messages, as its sound comes.
#[derive(Debug)]
pub(super) struct Streamed {
    samples: Vec<i16>,
    at: usize,
}

impl Streamed {
    /// Sound at the rate that devices take.
    pub(super) fn of(pcm: &Pcm) -> anyhow::Result<Self> {
        Ok(Self { samples: at_rate(pcm, RATE_HZ)?, at: 0 })
    }

    /// As much as lasts so long, or all that is left.
    pub(super) fn next(&mut self, time: Option<Duration>) -> &[i16] {
        let count = time.map_or(usize::MAX, |time| time.as_millis() as usize * RATE_HZ as usize / 1000);
        let from = self.at;
        self.at = from.saturating_add(count).min(self.samples.len());
        self.samples.get(from..self.at).unwrap_or_default()
    }
}

/// What a device fetches and plays, and what waits for it to end.
#[derive(Debug, Default)]
pub(super) struct Playing {
    /// Since when, and how long it takes at most.
    now: Option<(Stopwatch, Duration)>,
    waiting: Vec<Sounding>,
}

impl Playing {
    /// It is given a sound.
    pub(super) fn begin(&mut self, pcm: &Arc<Pcm>) {
        let seconds = pcm.samples.len() as f64 / f64::from(pcm.rate_hz.max(1));
        self.now = Some((Stopwatch::start(), Duration::from_secs_f64(seconds) + PATIENCE));
    }

    /// It says that a sound is over.
    pub(super) fn end(&mut self) {
        self.now = None;
    }

    /// Whether it plays, as far as is known.
    pub(super) fn is_on(&self) -> bool {
        self.now.as_ref().is_some_and(|(since, longest)| since.elapsed() < *longest)
    }

    /// Keeps a sound until the one before is over.
    pub(super) fn wait(&mut self, sounding: Sounding) {
        if self.waiting.len() < MAX_WAITING {
            self.waiting.push(sounding);
        }
    }

    /// The next sound, if none plays.
    pub(super) fn next(&mut self) -> Option<Sounding> {
        (!self.is_on() && !self.waiting.is_empty()).then(|| self.waiting.remove(0))
    }

    /// Nothing plays or waits any more; whether something played.
    pub(super) fn cut(&mut self) -> bool {
        let was_on = self.is_on();
        *self = Self::default();
        was_on
    }
}

/// Of the sound that devices take in messages.
const RATE_HZ: u32 = 16_000;
/// What a device takes to fetch a sound, and to say that it has played it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Danger is said three times.
const MAX_WAITING: usize = 4;

#[cfg(test)]
mod tests {
    use super::super::messages::MediaPlayerSupportedFormat;
    use super::*;

    fn sounding(seconds: usize) -> Sounding {
        let pcm = Arc::new(Pcm { rate_hz: 22_050, samples: vec![1; 22_050 * seconds] });
        Sounding { pcm, words: String::new(), is_answer: false }
    }

    #[test]
    fn one_sound_is_played_at_a_time_and_a_device_that_says_nothing_holds_up_none_for_long() {
        let mut playing = Playing::default();
        assert!(!playing.cut(), "nothing plays");
        playing.begin(&sounding(1).pcm);
        (0..9).for_each(|_| playing.wait(sounding(1)));
        assert_eq!(playing.next(), None);
        playing.end();
        assert!(playing.next().is_some());
        playing.begin(&sounding(1).pcm);
        assert!(playing.cut(), "it plays");
        assert_eq!((playing.is_on(), playing.next()), (false, None));
    }

    #[test]
    fn an_answer_in_messages_is_whole_whatever_the_rate_of_its_sound() {
        let mut streamed = Streamed::of(&sounding(2).pcm).unwrap();
        let piece = Duration::from_millis(100);
        assert_eq!(streamed.next(Some(piece)).len(), 1_600);
        let rest = streamed.next(None).len() + 1_600;
        assert!(rest.abs_diff(32_000) < 40, "{rest}");
        assert!(streamed.next(Some(piece)).is_empty() && streamed.next(None).is_empty());
    }

    #[test]
    fn a_device_plays_in_the_form_of_the_player_that_names_one() {
        let info =
            DeviceInfoResponse { voice_assistant_feature_flags: feature::SPEAKER, ..DeviceInfoResponse::default() };
        assert!(Speaker::of(&info, &[]).is_streamed);
        let player = |key, formats: &[&str]| {
            let format = |format: &&str| MediaPlayerSupportedFormat {
                format: (*format).to_owned(),
                purpose: 1,
                ..Default::default()
            };
            ListEntitiesMediaPlayerResponse { key, supported_formats: formats.iter().map(format).collect() }
        };
        let speaker = Speaker::of(&DeviceInfoResponse::default(), &[player(1, &[]), player(2, &["flac"])]);
        assert_eq!(speaker.player, Some(2));
        assert_ne!(speaker.form, Form::default());
    }
}
