//! Frames: the length of the message and the length of the payload, four bytes each, least significant first; then the
//! message as JSON; then the payload, bytes as they are, of which most frames have none.
//!
//! The shape is Wyoming's, with the lengths in front, so that what is too long is refused before anything is kept.
//! Which messages there are is not known here: any two sides may bring their own.
//! A reader that meets a frame it cannot take does not look for the next one, except after bad JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};

/// Longest message taken or sent, in bytes; an automaton with a span for every word is some tens of kilobytes.
pub const MAX_MESSAGE_BYTES: usize = 1 << 20;

/// Longest payload taken or sent, in bytes: half a minute of speech at 16,000 samples of 16 bits a second.
/// Sound is sent in chunks far shorter than that.
pub const MAX_PAYLOAD_BYTES: usize = 1 << 20;

/// Bytes of the two lengths before the message.
pub const LENGTHS_BYTES: usize = 8;

/// A message and the bytes that came with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame<T> {
    /// What was said.
    pub message: T,
    /// What came with it, at most [`MAX_PAYLOAD_BYTES`]; empty for most messages.
    pub payload: Vec<u8>,
}

/// How long a frame's two parts are; both are within their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lengths {
    message: usize,
    payload: usize,
}

/// Why a frame could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The message's or the payload's length is over the limit.
    #[error("frame of `{bytes}` bytes is over the limit")]
    TooLong {
        /// The length.
        bytes: usize,
    },
    /// The stream ended inside a frame.
    #[error("stream ended inside a frame")]
    Truncated,
    /// The message is none that is known here. The stream stands at the next frame.
    #[error("frame is no message: `{0}`")]
    Malformed(#[source] serde_json::Error),
    /// The stream failed.
    #[error("stream failed: `{0}`")]
    Stream(#[source] io::Error),
}

impl Lengths {
    /// The lengths that the first [`LENGTHS_BYTES`] of a frame say.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] if either is over its limit.
    pub fn parse(bytes: [u8; LENGTHS_BYTES]) -> Result<Self, FrameError> {
        let [a, b, c, d, e, f, g, h] = bytes;
        let length = |bytes: [u8; 4]| usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX);
        let (message, payload) = (length([a, b, c, d]), length([e, f, g, h]));
        check(message, MAX_MESSAGE_BYTES)?;
        check(payload, MAX_PAYLOAD_BYTES)?;
        Ok(Self { message, payload })
    }

    /// How many bytes follow the lengths; at most [`MAX_MESSAGE_BYTES`] and [`MAX_PAYLOAD_BYTES`] together.
    pub fn total(self) -> usize {
        self.message + self.payload
    }
}

/// Reads one frame; `None` where the stream ends between two frames. Waits until the whole frame is there.
///
/// # Errors
/// After [`FrameError::Malformed`] the next frame can be read. After the others the stream is of no more use.
pub fn read_frame<T: DeserializeOwned>(stream: &mut impl Read) -> Result<Option<Frame<T>>, FrameError> {
    let mut lengths = [0; LENGTHS_BYTES];
    match fill(stream, &mut lengths)? {
        0 => return Ok(None),
        LENGTHS_BYTES => {}
        _ => return Err(FrameError::Truncated),
    }
    let lengths = Lengths::parse(lengths)?;
    let mut body = vec![0; lengths.total()];
    if fill(stream, &mut body)? < body.len() {
        return Err(FrameError::Truncated);
    }
    decode_frame(lengths, body).map(Some)
}

/// Writes one frame and flushes.
///
/// # Errors
/// As [`encode_frame`], before anything is written; [`FrameError::Stream`] if the stream does not take it.
pub fn write_frame<T: Serialize>(stream: &mut impl Write, message: &T, payload: &[u8]) -> Result<(), FrameError> {
    let frame = encode_frame(message, payload)?;
    stream.write_all(&frame).map_err(FrameError::Stream)?;
    stream.flush().map_err(FrameError::Stream)
}

/// A whole frame: lengths, message and payload. For who writes it to a stream of another kind.
///
/// # Errors
/// [`FrameError::TooLong`] if the message or the payload is over its limit, [`FrameError::Malformed`] if the message
/// can't be JSON, such as a map with keys that are no text.
pub fn encode_frame<T: Serialize>(message: &T, payload: &[u8]) -> Result<Vec<u8>, FrameError> {
    check(payload.len(), MAX_PAYLOAD_BYTES)?;
    let message = serde_json::to_vec(message).map_err(FrameError::Malformed)?;
    check(message.len(), MAX_MESSAGE_BYTES)?;
    let mut frame = Vec::with_capacity(LENGTHS_BYTES + message.len() + payload.len());
    for part in [message.as_slice(), payload] {
        let length = u32::try_from(part.len()).map_err(|_| FrameError::TooLong { bytes: part.len() })?;
        frame.extend(length.to_le_bytes());
    }
    frame.extend(message);
    frame.extend(payload);
    Ok(frame)
}

/// A frame from its lengths and what followed them. For who reads it from a stream of another kind.
///
/// # Errors
/// [`FrameError::Truncated`] if `body` is shorter than [`Lengths::total`], [`FrameError::Malformed`] if the message is
/// none of `T`.
pub fn decode_frame<T: DeserializeOwned>(lengths: Lengths, mut body: Vec<u8>) -> Result<Frame<T>, FrameError> {
    if body.len() < lengths.total() {
        return Err(FrameError::Truncated);
    }
    body.truncate(lengths.total());
    let payload = body.split_off(lengths.message);
    let message = serde_json::from_slice(&body).map_err(FrameError::Malformed)?;
    Ok(Frame { message, payload })
}

fn check(bytes: usize, limit: usize) -> Result<(), FrameError> {
    match bytes <= limit {
        true => Ok(()),
        false => Err(FrameError::TooLong { bytes }),
    }
}

/// Reads until `buffer` is full or the stream ends, and says how much there was.
fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> Result<usize, FrameError> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(FrameError::Stream(error)),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Automaton, FailKind, Loaded, ModelFile, Piece, Reply, Request, Said};
    use proptest::prelude::*;

    fn plain<T>(message: T) -> Frame<T> {
        Frame { message, payload: Vec::new() }
    }

    fn requests() -> Vec<Request> {
        let mut automaton = Automaton::default();
        let start = automaton.state(true);
        let set = automaton.set(["HassTurnOn"]);
        automaton.edge(start, set, start);
        let special = Piece::Special("begin".to_owned());
        let pieces = vec![special, Piece::Text(" 灯".to_owned())];
        let file = ModelFile { path: "m.gguf".to_owned(), sha256: Some("00".to_owned()) };
        vec![
            Request::Load { file: file.clone(), encoder: Some(file), threads: None, n_ctx: 512 },
            Request::Run { id: 7, pieces, automaton, max_tokens: 48, deadline_ms: 900 },
            Request::Chat {
                id: 8,
                system: "s".to_owned(),
                user: "灯".to_owned(),
                schema: "{}".to_owned(),
                max_tokens: 9,
                deadline_ms: 900,
            },
            Request::Cancel { id: 7 },
            Request::Ping,
        ]
    }

    fn replies() -> Vec<Reply> {
        let loaded = Loaded {
            sha256: Some("00".to_owned()),
            dialect: 1,
            vocab: 6144,
            params: 6_000_000,
            load_ms: 12.5,
            rss_kb: 20_000,
        };
        let answer = Answer {
            id: 7,
            tokens: vec!["HassTurnOn".to_owned()],
            probs: vec![1.0, 0.5],
            free_probs: vec![0.5, 0.25],
            prompt_tokens: 12,
            fresh_tokens: 10,
            prompt_ms: 4.0,
            decode_ms: 9.0,
        };
        let message = "no such file".to_owned();
        vec![
            Reply::Ready(loaded),
            Reply::Done(answer),
            Reply::Said(Said {
                id: 8,
                text: "{}".to_owned(),
                prompt_tokens: 4,
                fresh_tokens: 4,
                tokens: 2,
                prompt_ms: 1.0,
                decode_ms: 2.0,
            }),
            Reply::Failed { id: None, kind: FailKind::BadModel, message },
            Reply::Pong { rss_kb: 20_000 },
        ]
    }

    #[test]
    fn every_message_comes_back_as_it_went() {
        let mut stream = Vec::new();
        requests().iter().for_each(|r| write_frame(&mut stream, r, &[]).unwrap());
        let mut stream = stream.as_slice();
        for request in requests() {
            assert_eq!(read_frame(&mut stream).unwrap(), Some(plain(request)));
        }
        assert_eq!(read_frame::<Request>(&mut stream).unwrap(), None);
        for reply in replies() {
            let frame = encode_frame(&reply, &[]).unwrap();
            assert_eq!(read_frame(&mut frame.as_slice()).unwrap(), Some(plain(reply)));
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_anything_is_kept() {
        for hostile in [[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], [2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]] {
            let error = read_frame::<Request>(&mut hostile.as_slice()).unwrap_err();
            assert!(matches!(error, FrameError::TooLong { bytes: 0xffff_ffff }));
        }
        let long = "x".repeat(MAX_MESSAGE_BYTES);
        assert!(matches!(encode_frame(&long, &[]), Err(FrameError::TooLong { .. })));
        let long = vec![0; MAX_PAYLOAD_BYTES + 1];
        assert!(matches!(encode_frame(&(), &long), Err(FrameError::TooLong { .. })));
    }

    #[test]
    fn a_stream_that_ends_inside_a_frame_says_so() {
        let frame = encode_frame(&Request::Ping, b"sound").unwrap();
        for end in 1..frame.len() {
            let error = read_frame::<Request>(&mut &frame[..end]).unwrap_err();
            assert!(matches!(error, FrameError::Truncated), "{end}");
        }
    }

    #[test]
    fn after_bad_json_the_next_frame_can_be_read() {
        for bad in ["", "{", "[]", r#"{"type":"dance"}"#, r#"{"type":"cancel"}"#, "\u{1}"] {
            let mut stream = u32::try_from(bad.len()).unwrap().to_le_bytes().to_vec();
            stream.extend(5_u32.to_le_bytes());
            stream.extend(bad.as_bytes());
            stream.extend(b"sound");
            stream.extend(encode_frame(&Request::Ping, &[]).unwrap());
            let mut stream = stream.as_slice();
            let error = read_frame::<Request>(&mut stream).unwrap_err();
            assert!(matches!(error, FrameError::Malformed(_)), "{bad}");
            assert_eq!(read_frame(&mut stream).unwrap(), Some(plain(Request::Ping)));
        }
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(message in any::<(String, i64)>(), payload in bytes(), next in bytes()) {
            let mut stream = Vec::new();
            write_frame(&mut stream, &message, &payload).unwrap();
            write_frame(&mut stream, &message, &next).unwrap();
            let mut stream = stream.as_slice();
            let first = read_frame::<(String, i64)>(&mut stream).unwrap();
            prop_assert_eq!(first, Some(Frame { message: message.clone(), payload }));
            let second = read_frame::<(String, i64)>(&mut stream).unwrap();
            prop_assert_eq!(second, Some(Frame { message, payload: next }));
            prop_assert!(stream.is_empty());
        }

        #[test]
        fn a_frame_cut_anywhere_is_an_error(
            message in any::<String>(),
            payload in bytes(),
            at in any::<prop::sample::Index>(),
        ) {
            let frame = encode_frame(&message, &payload).unwrap();
            let cut = 1 + at.index(frame.len() - 1);
            let error = read_frame::<String>(&mut frame.get(..cut).unwrap()).unwrap_err();
            prop_assert!(matches!(error, FrameError::Truncated));
        }

        #[test]
        fn a_length_over_its_limit_is_an_error(over in 1..=u32::MAX - (1 << 20), in_payload in any::<bool>()) {
            let long = (1_u32 << 20) + over;
            let (message, payload) = if in_payload { (2, long) } else { (long, 2) };
            let mut lengths = [0; LENGTHS_BYTES];
            for (to, from) in lengths.iter_mut().zip([message.to_le_bytes(), payload.to_le_bytes()].concat()) {
                *to = from;
            }
            prop_assert!(matches!(Lengths::parse(lengths), Err(FrameError::TooLong { bytes: _ })), "lengths");
            let read = read_frame::<String>(&mut lengths.as_slice());
            prop_assert!(matches!(read, Err(FrameError::TooLong { bytes: _ })), "frame");
        }

        #[test]
        fn no_bytes_make_a_reader_panic(noise in bytes()) {
            let _ = read_frame::<Request>(&mut noise.as_slice());
            let _ = read_frame::<Reply>(&mut noise.as_slice());
        }
    }

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), 0..2000)
    }
}
