//! Where speech begins and ends in sound that goes on: by a detector of voices, with patience for who thinks between
//! words. No IO and no clock: time is the sound that has passed.

use std::collections::VecDeque;

use earshot::Detector;
use engine_protocol::speech::SAMPLE_RATE_HZ;

/// How speech is told from what is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndpointSettings {
    /// How long nobody may speak before the speech is over, in milliseconds.
    pub patience_ms: u32,
    /// How long is waited for speech to begin, in milliseconds; without end if absent.
    pub wait_ms: Option<u32>,
    /// How long speech may be, in milliseconds.
    pub longest_ms: u32,
}

impl Default for EndpointSettings {
    fn default() -> Self {
        Self { patience_ms: 600, wait_ms: Some(5_000), longest_ms: 15_000 }
    }
}

/// What sound has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Speech began; the sound from a little before on.
    Began(Vec<i16>),
    /// Speech goes on with this sound.
    GoesOn(Vec<i16>),
    /// Speech is over, by a pause or by its length.
    Ended,
    /// Nobody spoke in time.
    Nobody,
}

/// Looks for speech in one stream.
pub struct Endpoint {
    settings: EndpointSettings,
    detector: Box<Detector>,
    /// Samples that do not fill a frame yet.
    rest: Vec<i16>,
    /// Sound before speech, of which the last is heard with it.
    before: VecDeque<i16>,
    is_speech: bool,
    /// Voice so far, where none has begun yet; silence so far, where it has. In frames.
    turning: u32,
    frames: u32,
}

impl Endpoint {
    /// Begins to look.
    pub fn new(settings: EndpointSettings) -> Self {
        Self {
            settings,
            detector: Box::default(),
            rest: Vec::new(),
            before: VecDeque::new(),
            is_speech: false,
            turning: 0,
            frames: 0,
        }
    }

    /// Whether someone is speaking.
    pub fn is_speech(&self) -> bool {
        self.is_speech
    }

    /// Hears the next samples. After [`Moment::Ended`] and [`Moment::Nobody`] it looks for the next speech.
    pub fn hear(&mut self, samples: &[i16]) -> Vec<Moment> {
        self.rest.extend_from_slice(samples);
        let mut moments = Vec::new();
        let whole = self.rest.len() - self.rest.len() % FRAME;
        let frames: Vec<i16> = self.rest.drain(..whole).collect();
        for frame in frames.chunks_exact(FRAME) {
            self.frame(frame, &mut moments);
        }
        moments
    }

    fn frame(&mut self, frame: &[i16], moments: &mut Vec<Moment>) {
        let is_voice = VOICE <= self.detector.predict_i16(frame);
        self.frames += 1;
        match self.is_speech {
            true => self.speech(frame, is_voice, moments),
            false => self.silence(frame, is_voice, moments),
        }
    }

    fn speech(&mut self, frame: &[i16], is_voice: bool, moments: &mut Vec<Moment>) {
        self.turning = if is_voice { 0 } else { self.turning + 1 };
        match moments.last_mut() {
            Some(Moment::Began(sound) | Moment::GoesOn(sound)) => sound.extend_from_slice(frame),
            _ => moments.push(Moment::GoesOn(frame.to_vec())),
        }
        let is_over = self.settings.patience_ms <= ms(self.turning) || self.settings.longest_ms <= ms(self.frames);
        if is_over {
            moments.push(Moment::Ended);
            self.reset();
        }
    }

    fn silence(&mut self, frame: &[i16], is_voice: bool, moments: &mut Vec<Moment>) {
        self.turning = if is_voice { self.turning + 1 } else { self.turning.saturating_sub(1) };
        self.before.extend(frame);
        let too_many = self.before.len().saturating_sub(PRE_ROLL);
        self.before.drain(..too_many);
        if BEGINS_AFTER <= self.turning {
            moments.push(Moment::Began(self.before.drain(..).collect()));
            (self.is_speech, self.turning, self.frames) = (true, 0, 0);
        } else if self.settings.wait_ms.is_some_and(|wait_ms| wait_ms <= ms(self.frames)) {
            moments.push(Moment::Nobody);
            self.reset();
        }
    }

    fn reset(&mut self) {
        (self.is_speech, self.turning, self.frames) = (false, 0, 0);
        self.before.clear();
    }
}

fn ms(frames: u32) -> u32 {
    frames * FRAME as u32 * 1000 / SAMPLE_RATE_HZ
}

/// Samples that the detector takes at once: 16 ms.
const FRAME: usize = 256;
/// From here on the detector takes a frame for voice, 0–1.
const VOICE: f32 = 0.5;
/// Frames of voice before it is speech: a click is shorter.
const BEGINS_AFTER: u32 = 6;
/// Samples that are heard before the first voice: the beginning of a word is soft.
const PRE_ROLL: usize = SAMPLE_RATE_HZ as usize / 2;

#[cfg(test)]
mod tests {
    use super::*;

    /// A voice of sorts: a low tone with many harmonics whose pitch and loudness move.
    fn voice(ms: u32) -> Vec<i16> {
        let count = ms * SAMPLE_RATE_HZ / 1000;
        let sample = |at: u32| {
            let time = f64::from(at) / f64::from(SAMPLE_RATE_HZ);
            let pitch = 130.0 + 20.0 * (time * 3.0).sin();
            let tone: f64 =
                (1..20).map(|n| (time * pitch * f64::from(n) * std::f64::consts::TAU).sin() / f64::from(n)).sum();
            (tone * 4000.0 * (0.6 + 0.4 * (time * 25.0).sin())) as i16
        };
        (0..count).map(sample).collect()
    }

    fn silence(ms: u32) -> Vec<i16> {
        vec![0; (ms * SAMPLE_RATE_HZ / 1000) as usize]
    }

    fn kinds(moments: &[Moment]) -> Vec<&'static str> {
        let mut kinds: Vec<&str> = moments
            .iter()
            .map(|moment| match moment {
                Moment::Began(_) => "began",
                Moment::GoesOn(_) => "goes on",
                Moment::Ended => "ended",
                Moment::Nobody => "nobody",
            })
            .collect();
        kinds.dedup();
        kinds
    }

    fn heard(sound: &[i16], settings: EndpointSettings) -> Vec<Moment> {
        let mut endpoint = Endpoint::new(settings);
        // Pieces of no particular length, as a network brings them.
        sound.chunks(777).flat_map(|piece| endpoint.hear(piece)).collect()
    }

    #[test]
    fn silence_is_nobody_and_ends_nothing() {
        let moments = heard(&silence(6_000), EndpointSettings::default());
        assert_eq!(kinds(&moments), ["nobody"]);
        let patient = EndpointSettings { wait_ms: None, ..EndpointSettings::default() };
        assert_eq!(heard(&silence(60_000), patient), []);
    }

    #[test]
    fn speech_ends_with_a_pause_and_not_before() {
        let sound = [silence(500), voice(1_500), silence(300), voice(800), silence(1_200)].concat();
        let moments = heard(&sound, EndpointSettings::default());
        assert_eq!(kinds(&moments), ["began", "goes on", "ended"]);
        let spoken: usize = moments
            .iter()
            .map(|moment| match moment {
                Moment::Began(sound) | Moment::GoesOn(sound) => sound.len(),
                Moment::Ended | Moment::Nobody => 0,
            })
            .sum();
        let least = (1_500 + 300 + 800) * SAMPLE_RATE_HZ as usize / 1000;
        assert!((least..least + SAMPLE_RATE_HZ as usize * 2).contains(&spoken), "{spoken}");
    }

    #[test]
    fn what_never_ends_is_cut() {
        let sound = voice(16_000);
        let settings = EndpointSettings { longest_ms: 4_000, ..EndpointSettings::default() };
        assert!(2 <= heard(&sound, settings).iter().filter(|moment| **moment == Moment::Ended).count());
    }
}
