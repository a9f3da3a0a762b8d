//! Sound as a file that a device can play: WAV or FLAC, of the rate and the channels that it names.
//!
//! The FLAC is not compressed: a satellite decodes it with ease, and a sentence is small in a home's network.

use voice::audio::{AudioError, Pcm, at_rate, to_wav};

use super::messages::{MediaPlayerSupportedFormat, PURPOSE_ANNOUNCEMENT};

/// A file to be fetched.
#[derive(Debug)]
pub(super) struct Encoded {
    /// The file.
    pub(super) bytes: Vec<u8>,
    /// How its name ends, by which devices know what it is.
    pub(super) extension: &'static str,
    /// What it is, for HTTP.
    pub(super) content_type: &'static str,
}

/// What a device plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    is_flac: bool,
    /// Samples a second, if it matters.
    rate_hz: Option<u32>,
    /// Whether it wants two channels.
    is_stereo: bool,
}

impl Form {
    /// What a media player says of announcements; of other formats than these it is given WAV.
    pub(super) fn of(formats: &[MediaPlayerSupportedFormat]) -> Self {
        let Some(format) = formats.iter().find(|one| one.purpose == PURPOSE_ANNOUNCEMENT) else {
            return Self::default();
        };
        Self {
            is_flac: format.format.eq_ignore_ascii_case("flac"),
            rate_hz: RATES_HZ.contains(&format.sample_rate).then_some(format.sample_rate),
            is_stereo: format.num_channels == 2,
        }
    }

    /// Sound of that form.
    ///
    /// # Errors
    /// If its rate can't be changed.
    pub(super) fn encode(self, pcm: &Pcm) -> Result<Encoded, AudioError> {
        let rate_hz = self.rate_hz.unwrap_or(pcm.rate_hz);
        let mono = at_rate(pcm, rate_hz)?;
        let (channels, samples) = match self.is_stereo {
            true => (2, mono.iter().flat_map(|sample| [*sample; 2]).collect()),
            false => (1, mono),
        };
        Ok(match self.is_flac {
            true => Encoded { bytes: flac(&samples, rate_hz, channels), extension: "flac", content_type: "audio/flac" },
            false => {
                Encoded { bytes: to_wav(&samples, rate_hz, channels), extension: "wav", content_type: "audio/wav" }
            }
        })
    }
}

/// A FLAC file of samples as they are: <https://www.rfc-editor.org/rfc/rfc9639>.
fn flac(samples: &[i16], rate_hz: u32, channels: u16) -> Vec<u8> {
    let count = samples.len() as u64 / u64::from(channels.max(1));
    let mut file = b"fLaC\x80\0\0\x22".to_vec();
    file.extend_from_slice(&BLOCK.to_be_bytes());
    file.extend_from_slice(&BLOCK.to_be_bytes());
    // The sizes of frames are not said.
    file.extend_from_slice(&[0; 6]);
    // 20 bits of rate, 3 of channels, 5 of width, 36 of length.
    let form = u64::from(rate_hz) << 44 | u64::from(channels - 1) << 41 | 15 << 36 | (count & 0xf_ffff_ffff);
    file.extend_from_slice(&form.to_be_bytes());
    // Neither is the hash of the samples.
    file.extend_from_slice(&[0; 16]);
    let width = usize::from(channels);
    for (number, block) in samples.chunks(usize::from(BLOCK) * width).enumerate() {
        file.extend(frame(number as u32, block, width));
    }
    file
}

/// One frame: each channel's samples, as they are.
fn frame(number: u32, block: &[i16], channels: usize) -> Vec<u8> {
    let length = block.len() / channels;
    // A length of its own, the stream's rate; so many channels, 16 bits.
    let mut frame = vec![0xff, 0xf8, 0x70, ((channels - 1) << 4) as u8 | 0x08];
    // Numbers are written as UTF-8 writes letters.
    let letter = char::from_u32(number).unwrap_or_default();
    frame.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    frame.extend_from_slice(&(length.saturating_sub(1) as u16).to_be_bytes());
    frame.push(frame.iter().fold(0, |crc, byte| (0..8).fold(crc ^ byte, crc8)));
    for channel in 0..channels {
        frame.push(VERBATIM);
        frame.extend(block.iter().skip(channel).step_by(channels).flat_map(|sample| sample.to_be_bytes()));
    }
    let crc = frame.iter().fold(0, |crc, byte| (0..8).fold(crc ^ u16::from(*byte) << 8, crc16));
    frame.extend_from_slice(&crc.to_be_bytes());
    frame
}

fn crc8(crc: u8, _bit: u32) -> u8 {
    crc << 1 ^ if crc & 0x80 == 0 { 0 } else { 0x07 }
}

fn crc16(crc: u16, _bit: u32) -> u16 {
    crc << 1 ^ if crc & 0x8000 == 0 { 0 } else { 0x8005 }
}

/// What media players play.
const RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=96_000;
/// Samples of a frame, so few that a whole frame fits into the memory of a small device.
const BLOCK: u16 = 1024;
const VERBATIM: u8 = 0x02;

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate_hz: u32) -> Pcm {
        let sample =
            |at: u32| ((f64::from(at) * 440.0 * std::f64::consts::TAU / f64::from(rate_hz)).sin() * 9e3) as i16;
        Pcm { rate_hz, samples: (0..rate_hz).map(sample).collect() }
    }

    fn format(format: &str, sample_rate: u32, num_channels: u32) -> Form {
        let other = MediaPlayerSupportedFormat { format: "mp3".to_owned(), ..MediaPlayerSupportedFormat::default() };
        let purpose = PURPOSE_ANNOUNCEMENT;
        let own = MediaPlayerSupportedFormat { format: format.to_owned(), sample_rate, num_channels, purpose };
        Form::of(&[other, own])
    }

    /// Read by a decoder of others.
    #[test]
    fn flac_holds_the_samples_as_they_are() {
        for (channels, rate_hz) in [(1, 48_000), (2, 16_000)] {
            let pcm = tone(rate_hz);
            let encoded = format("FLAC", rate_hz, channels).encode(&pcm).unwrap();
            assert_eq!((encoded.extension, encoded.content_type), ("flac", "audio/flac"));
            let mut reader = claxon::FlacReader::new(encoded.bytes.as_slice()).unwrap();
            let info = reader.streaminfo();
            assert_eq!((info.sample_rate, info.channels, info.bits_per_sample), (rate_hz, channels, 16));
            assert_eq!(info.samples, Some(u64::from(rate_hz)));
            let read: Vec<i16> = reader.samples().map(|sample| sample.unwrap() as i16).collect();
            let want: Vec<i16> = pcm.samples.iter().flat_map(|one| vec![*one; channels as usize]).collect();
            assert!(read == want);
        }
    }

    #[test]
    fn a_device_is_given_the_rate_it_names_and_wav_unless_it_wants_flac() {
        let encoded = format("wav", 16_000, 1).encode(&tone(22_050)).unwrap();
        let sound = voice::audio::pcm_of_wav(&encoded.bytes).unwrap();
        assert_eq!((encoded.extension, sound.rate_hz), ("wav", 16_000));
        assert!(sound.samples.len().abs_diff(16_000) < 40, "{}", sound.samples.len());
        assert_eq!(format("mp3", 0, 0), Form::default());
        let as_it_is = voice::audio::pcm_of_wav(&Form::default().encode(&tone(22_050)).unwrap().bytes).unwrap();
        assert_eq!(as_it_is, tone(22_050));
    }
}
