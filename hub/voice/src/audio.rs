//! Sound as the recogniser takes it: 16,000 samples a second of 16 bits, one channel; and WAV files of any other form.

use std::io::Cursor;

pub use engine_protocol::pcm::{from_bytes, to_bytes};
use engine_protocol::speech::{MAX_STREAM_SECONDS, SAMPLE_RATE_HZ};
use hound::{SampleFormat, WavReader, WavSpec};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

/// Why a file is no sound that can be heard.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// It is no WAV file, or of a form that is not known.
    #[error("this is no WAV file: {0}")]
    NotWav(#[source] hound::Error),
    /// A rate, width or number of channels that no microphone has.
    #[error("a WAV file of `{rate_hz}` samples a second and `{channels}` channels can't be heard")]
    Form {
        /// Samples a second.
        rate_hz: u32,
        /// Channels.
        channels: u16,
    },
    /// More than anyone says at once.
    #[error("there are `{seconds}` seconds of sound; the longest that is heard is {MAX_STREAM_SECONDS}")]
    TooLong {
        /// How much there is.
        seconds: u64,
    },
    /// The rate could not be changed.
    #[error("the sound's rate can't be changed: {0}")]
    Rate(String),
}

/// The sound of a WAV file of any rate, width and number of channels.
///
/// A header whose length is wrong, as programs write that do not know it yet, is taken for the length of what is there.
///
/// # Errors
/// If it is no such file, or longer than [`MAX_STREAM_SECONDS`].
pub fn from_wav(bytes: &[u8]) -> Result<Vec<i16>, AudioError> {
    let whole = with_true_length(bytes);
    let mut reader = WavReader::new(Cursor::new(&whole)).map_err(AudioError::NotWav)?;
    let WavSpec { channels, sample_rate, bits_per_sample, sample_format } = reader.spec();
    if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&sample_rate) || !(1..=MAX_CHANNELS).contains(&channels) {
        return Err(AudioError::Form { rate_hz: sample_rate, channels });
    }
    let seconds = u64::from(reader.duration()) / u64::from(sample_rate);
    if u64::from(MAX_STREAM_SECONDS) < seconds {
        return Err(AudioError::TooLong { seconds });
    }
    let samples: Vec<f32> = match sample_format {
        SampleFormat::Float => reader.samples::<f32>().map_while(Result::ok).collect(),
        SampleFormat::Int => {
            let full = (1_i64 << (bits_per_sample.clamp(1, 32) - 1)) as f32;
            reader.samples::<i32>().map_while(Result::ok).map(|sample| sample as f32 / full).collect()
        }
    };
    let mono = mixed(&samples, usize::from(channels));
    Ok(resampled(&mono, sample_rate)?.into_iter().map(narrow).collect())
}

/// Sound of one channel as a file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pcm {
    /// Samples a second.
    pub rate_hz: u32,
    /// The samples.
    pub samples: Vec<i16>,
}

/// The first channel of a WAV file of 16 bits, as it is.
///
/// # Errors
/// If it is no such file.
pub fn pcm_of_wav(bytes: &[u8]) -> Result<Pcm, AudioError> {
    let whole = with_true_length(bytes);
    let mut reader = WavReader::new(Cursor::new(&whole)).map_err(AudioError::NotWav)?;
    let WavSpec { channels, sample_rate, bits_per_sample, sample_format } = reader.spec();
    if (bits_per_sample, sample_format) != (16, SampleFormat::Int) {
        return Err(AudioError::Form { rate_hz: sample_rate, channels });
    }
    let samples = reader.samples::<i16>().map_while(Result::ok).step_by(usize::from(channels.max(1))).collect();
    Ok(Pcm { rate_hz: sample_rate, samples })
}

/// A WAV file of samples, those of all channels one after the other.
pub fn to_wav(samples: &[i16], rate_hz: u32, channels: u16) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let frame = channels * 2;
    let mut wav = b"RIFF".to_vec();
    wav.extend_from_slice(&length.saturating_add(36).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0");
    wav.extend_from_slice(&channels.to_le_bytes());
    wav.extend_from_slice(&rate_hz.to_le_bytes());
    wav.extend_from_slice(&(rate_hz * u32::from(frame)).to_le_bytes());
    wav.extend_from_slice(&frame.to_le_bytes());
    wav.extend_from_slice(b"\x10\0data");
    wav.extend_from_slice(&length.to_le_bytes());
    wav.extend_from_slice(&to_bytes(samples));
    wav
}

/// Sound that comes in pieces, as bytes of a microphone: whole numbers, least significant byte first.
pub struct Incoming {
    form: Form,
    /// What makes the rate another; none where it is right.
    resampler: Option<Fft<f32>>,
    /// Bytes that fill no frame yet.
    bytes: Vec<u8>,
    /// Samples that are not resampled yet.
    waiting: Vec<f32>,
}

/// The form of sound that a microphone sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Samples a second.
    pub rate_hz: u64,
    /// Bytes of a sample, 1–4; a single byte has no sign.
    pub width_bytes: u64,
    /// Channels.
    pub channels: u64,
}

impl Default for Form {
    fn default() -> Self {
        Self { rate_hz: u64::from(SAMPLE_RATE_HZ), width_bytes: 2, channels: 1 }
    }
}

impl Incoming {
    /// Begins to take sound of a form.
    ///
    /// # Errors
    /// If no microphone has that form.
    pub fn of(form: Form) -> Result<Self, AudioError> {
        let Form { rate_hz, width_bytes, channels } = form;
        let error = || AudioError::Form {
            rate_hz: u32::try_from(rate_hz).unwrap_or(u32::MAX),
            channels: u16::try_from(channels).unwrap_or(u16::MAX),
        };
        let rate = u32::try_from(rate_hz).map_err(|_| error())?;
        let has_channels = (1..=u64::from(MAX_CHANNELS)).contains(&channels);
        if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate) || !has_channels || !(1..=4).contains(&width_bytes) {
            return Err(error());
        }
        let resampler = (rate != SAMPLE_RATE_HZ)
            .then(|| Fft::<f32>::new(rate as usize, SAMPLE_RATE_HZ as usize, CHUNK, 1, FixedSync::Input))
            .transpose()
            .map_err(|error| AudioError::Rate(error.to_string()))?;
        Ok(Self { form, resampler, bytes: Vec::new(), waiting: Vec::new() })
    }

    /// The samples of the next bytes; what fills no frame, or no piece of another rate, waits for those after.
    ///
    /// # Errors
    /// If the rate can't be changed.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<i16>, AudioError> {
        self.bytes.extend_from_slice(bytes);
        let (width, channels) = (self.form.width_bytes as usize, self.form.channels as usize);
        let whole_bytes = self.bytes.len() - self.bytes.len() % (width * channels);
        let frames: Vec<u8> = self.bytes.drain(..whole_bytes).collect();
        let samples: Vec<f32> = frames.chunks_exact(width).map(whole).collect();
        self.waiting.extend(mixed(&samples, channels));
        let Some(resampler) = &mut self.resampler else {
            return Ok(self.waiting.drain(..).map(narrow).collect());
        };
        let rate = |error: &dyn std::fmt::Display| AudioError::Rate(error.to_string());
        let mut out = Vec::new();
        while resampler.input_frames_next() <= self.waiting.len() {
            let piece: Vec<f32> = self.waiting.drain(..resampler.input_frames_next()).collect();
            let input = InterleavedSlice::new(&piece, 1, piece.len()).map_err(|error| rate(&error))?;
            let resampled = resampler.process(&input, None).map_err(|error| rate(&error))?;
            out.extend(resampled.take_data().into_iter().map(narrow));
        }
        Ok(out)
    }
}

/// A sample between −1 and 1 of one to four bytes; of one byte it has no sign.
fn whole(bytes: &[u8]) -> f32 {
    if let [byte] = bytes {
        return (f32::from(*byte) - 128.0) / 128.0;
    }
    // At the upper end of four bytes, so that the sign is where it belongs.
    let mut four = [0; 4];
    for (to, from) in four.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
    i32::from_le_bytes(four) as f32 / 2_147_483_648.0
}

/// One channel of several.
pub fn mixed(samples: &[f32], channels: usize) -> Vec<f32> {
    let channels = channels.max(1);
    samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect()
}

/// Sound of another rate.
///
/// # Errors
/// If the rate can't be changed.
pub fn resampled(mono: &[f32], rate_hz: u32) -> Result<Vec<f32>, AudioError> {
    changed(mono, rate_hz, SAMPLE_RATE_HZ)
}

/// Sound at that rate, for a speaker that takes no other.
///
/// # Errors
/// If the rate can't be changed.
pub fn at_rate(pcm: &Pcm, rate_hz: u32) -> Result<Vec<i16>, AudioError> {
    if rate_hz == pcm.rate_hz {
        return Ok(pcm.samples.clone());
    }
    let mono: Vec<f32> = pcm.samples.iter().map(|sample| f32::from(*sample) / f32::from(i16::MAX)).collect();
    Ok(changed(&mono, pcm.rate_hz, rate_hz)?.into_iter().map(narrow).collect())
}

fn changed(mono: &[f32], from_hz: u32, to_hz: u32) -> Result<Vec<f32>, AudioError> {
    if from_hz == to_hz || mono.is_empty() {
        return Ok(mono.to_vec());
    }
    let rate = |error: &dyn std::fmt::Display| AudioError::Rate(error.to_string());
    let mut resampler =
        Fft::<f32>::new(from_hz as usize, to_hz as usize, CHUNK, 1, FixedSync::Both).map_err(|error| rate(&error))?;
    let input = InterleavedSlice::new(mono, 1, mono.len()).map_err(|error| rate(&error))?;
    let output = resampler.process_all(&input, mono.len(), None).map_err(|error| rate(&error))?;
    Ok(output.take_data())
}

/// A sample of full width from one between −1 and 1; what is not a number is silence.
pub fn narrow(sample: f32) -> i16 {
    // A cast of a float holds at the ends and makes nothing of what is no number.
    (sample * f32::from(i16::MAX)).round() as i16
}

/// A file whose `data` chunk says no more than there is.
fn with_true_length(bytes: &[u8]) -> Vec<u8> {
    let mut whole = bytes.to_vec();
    let Some(at) = whole.windows(4).take(MAX_HEADER).position(|four| four == b"data") else { return whole };
    let there = whole.len().saturating_sub(at + 8);
    let Some(length) = whole.get(at + 4..at + 8).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes) else {
        return whole;
    };
    if there < length as usize {
        // Whole frames alone; the format's own line says how long one is.
        let frame = whole.get(32..34).and_then(|two| two.try_into().ok()).map_or(1, u16::from_le_bytes).max(1);
        let there = (there - there % usize::from(frame)) as u32;
        if let Some(four) = whole.get_mut(at + 4..at + 8) {
            four.copy_from_slice(&there.to_le_bytes());
        }
    }
    whole
}

const MIN_RATE_HZ: u32 = 4_000;
const MAX_RATE_HZ: u32 = 384_000;
const MAX_CHANNELS: u16 = 16;
/// The `data` chunk begins this early in any file that is not hostile.
const MAX_HEADER: usize = 65_536;
/// Samples that are resampled together.
const CHUNK: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a tone.
    fn wav(spec: WavSpec) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
        for at in 0..spec.sample_rate {
            let tone = (f64::from(at) * 440.0 * std::f64::consts::TAU / f64::from(spec.sample_rate)).sin() * 0.5;
            for _ in 0..spec.channels {
                match spec.sample_format {
                    SampleFormat::Float => writer.write_sample(tone as f32).unwrap(),
                    SampleFormat::Int => {
                        let full = f64::from(1_u32 << (spec.bits_per_sample - 1)) - 1.0;
                        writer.write_sample((tone * full) as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn spec(sample_rate: u32, channels: u16, bits_per_sample: u16) -> WavSpec {
        let sample_format = if bits_per_sample == 32 { SampleFormat::Float } else { SampleFormat::Int };
        WavSpec { channels, sample_rate, bits_per_sample, sample_format }
    }

    #[test]
    fn every_rate_width_and_number_of_channels_is_the_same_tone() {
        for (rate, channels, bits) in
            [(16_000, 1, 16), (8_000, 1, 8), (44_100, 2, 24), (48_000, 6, 32), (22_050, 1, 16)]
        {
            let samples = from_wav(&wav(spec(rate, channels, bits))).unwrap();
            assert!(samples.len().abs_diff(16_000) < 40, "{rate} {channels} {bits}: {}", samples.len());
            let middle = &samples[4_000..12_000];
            let loud = middle.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / middle.len() as f64;
            let want = f64::from(i16::MAX) * 0.5 / std::f64::consts::SQRT_2;
            assert!((loud.sqrt() - want).abs() < want * 0.05, "{rate} {channels} {bits}: {}", loud.sqrt());
            let crossings = middle.windows(2).filter(|two| two[0] < 0 && 0 <= two[1]).count();
            assert!(crossings.abs_diff(220) <= 2, "{rate} {channels} {bits}: {crossings}");
        }
    }

    #[test]
    fn bytes_of_every_width_are_the_same_sound() {
        let want = [8_192, -8_192, 0];
        let bytes = |width: usize| -> Vec<u8> {
            let wide = want.map(|sample: i32| (sample << 16).to_le_bytes());
            wide.iter().flat_map(|four| four[4 - width..].to_vec()).collect()
        };
        let form = |rate_hz, width_bytes, channels| Form { rate_hz, width_bytes, channels };
        for width in [2, 3, 4] {
            let mut incoming = Incoming::of(form(16_000, width, 1)).unwrap();
            // In pieces that end within a sample.
            let samples: Vec<i16> =
                bytes(width as usize).chunks(1).flat_map(|byte| incoming.take(byte).unwrap()).collect();
            assert!(samples.iter().zip(want).all(|(got, want)| (i32::from(*got) - want).abs() <= 1), "{samples:?}");
            assert_eq!(samples.len(), 3);
        }
        let mut narrow = Incoming::of(form(16_000, 1, 1)).unwrap();
        assert!(
            narrow.take(&[192, 64]).unwrap().iter().zip([16_384, -16_384]).all(|(got, want)| (got - want).abs() < 2)
        );
        for (rate, width, channels) in [(0, 2, 1), (16_000, 0, 1), (16_000, 2, 0), (16_000, 9, 1), (u64::MAX, 2, 1)] {
            assert!(Incoming::of(form(rate, width, channels)).is_err());
        }
    }

    #[test]
    fn another_rate_in_pieces_is_the_same_tone() {
        let tone = |at: u32| ((f64::from(at) * 440.0 * std::f64::consts::TAU / 48_000.0).sin() * 10_000.0) as i16;
        let bytes: Vec<u8> = (0..96_000).map(tone).flat_map(|sample| [sample.to_le_bytes(); 2].concat()).collect();
        let mut incoming = Incoming::of(Form { rate_hz: 48_000, width_bytes: 2, channels: 2 }).unwrap();
        let samples: Vec<i16> = bytes.chunks(777).flat_map(|piece| incoming.take(piece).unwrap()).collect();
        assert!(samples.len().abs_diff(32_000) < 1_000, "{}", samples.len());
        let middle = &samples[8_000..24_000];
        let crossings = middle.windows(2).filter(|two| two[0] < 0 && 0 <= two[1]).count();
        assert!(crossings.abs_diff(440) <= 2, "{crossings}");
        let loudest = middle.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((9_500..10_500).contains(&loudest), "{loudest}");
    }

    #[test]
    fn a_length_that_is_not_known_yet_is_that_of_what_is_there() {
        let mut bytes = wav(spec(16_000, 1, 16));
        let at = bytes.windows(4).position(|four| four == b"data").unwrap();
        bytes[at + 4..at + 8].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        assert_eq!(from_wav(&bytes).unwrap().len(), 16_000);
        bytes.truncate(bytes.len() - 3);
        assert_eq!(from_wav(&bytes).unwrap().len(), 15_998);
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        assert!(matches!(from_wav(b"rubbish"), Err(AudioError::NotWav(_))));
        assert!(matches!(from_wav(&[]), Err(AudioError::NotWav(_))));
        let long = WavSpec { sample_rate: 4_000, ..spec(4_000, 1, 8) };
        let minute: Vec<u8> = {
            let mut bytes = Cursor::new(Vec::new());
            let mut writer = hound::WavWriter::new(&mut bytes, long).unwrap();
            (0..4_000 * 62).for_each(|_| writer.write_sample(0_i8).unwrap());
            writer.finalize().unwrap();
            bytes.into_inner()
        };
        assert!(matches!(from_wav(&minute), Err(AudioError::TooLong { seconds: 62 })));
        let slow = WavSpec { sample_rate: 100, ..long };
        assert!(matches!(from_wav(&wav(slow)), Err(AudioError::Form { .. })));
        let good = wav(spec(16_000, 1, 16));
        for cut in 0..60 {
            let _ = from_wav(&good[..cut]);
        }
    }
}
