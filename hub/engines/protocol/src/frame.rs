//! Frames: the length of the body as four bytes, least significant first, then the body as JSON.
//! A reader that meets a frame it cannot take does not look for the next one, except after bad JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};

/// Longest body taken or sent; an automaton with a span for every word is some tens of kilobytes.
pub const MAX_FRAME_BYTES: usize = 1 << 20;

/// Bytes before the body.
pub const HEADER_BYTES: usize = 4;

/// Why a frame could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The length is over the limit.
    #[error("frame of `{bytes}` bytes is over the limit")]
    TooLong {
        /// The length.
        bytes: usize,
    },
    /// The stream ended inside a frame.
    #[error("stream ended inside a frame")]
    Truncated,
    /// The body is not a message. The stream stands at the next frame.
    #[error("frame is no message: `{0}`")]
    Malformed(#[source] serde_json::Error),
    /// The stream failed.
    #[error("stream failed: `{0}`")]
    Stream(#[source] io::Error),
}

/// Reads one message; `None` where the stream ends between two frames.
pub fn read<T: DeserializeOwned>(stream: &mut impl Read) -> Result<Option<T>, FrameError> {
    let mut header = [0; HEADER_BYTES];
    match fill(stream, &mut header)? {
        0 => return Ok(None),
        HEADER_BYTES => {}
        _ => return Err(FrameError::Truncated),
    }
    let mut body = vec![0; body_length(header)?];
    if fill(stream, &mut body)? < body.len() {
        return Err(FrameError::Truncated);
    }
    decode(&body).map(Some)
}

/// Writes one message and flushes.
pub fn write<T: Serialize>(stream: &mut impl Write, message: &T) -> Result<(), FrameError> {
    let frame = encode(message)?;
    stream.write_all(&frame).map_err(FrameError::Stream)?;
    stream.flush().map_err(FrameError::Stream)
}

/// A whole frame, header and body.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; HEADER_BYTES];
    serde_json::to_writer(&mut frame, message).map_err(FrameError::Malformed)?;
    let bytes = frame.len() - HEADER_BYTES;
    let length = u32::try_from(bytes).ok().filter(|_| bytes <= MAX_FRAME_BYTES);
    let length = length.ok_or(FrameError::TooLong { bytes })?;
    for (to, from) in frame.iter_mut().zip(length.to_le_bytes()) {
        *to = from;
    }
    Ok(frame)
}

/// A message from a frame's body.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, FrameError> {
    if MAX_FRAME_BYTES < body.len() {
        return Err(FrameError::TooLong { bytes: body.len() });
    }
    serde_json::from_slice(body).map_err(FrameError::Malformed)
}

/// The body's length, from a header.
pub fn body_length(header: [u8; HEADER_BYTES]) -> Result<usize, FrameError> {
    let bytes = u32::from_le_bytes(header) as usize;
    if MAX_FRAME_BYTES < bytes {
        return Err(FrameError::TooLong { bytes });
    }
    Ok(bytes)
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
    use crate::{Answer, Automaton, FailKind, Loaded, Piece, Reply, Request, Said};

    fn requests() -> Vec<Request> {
        let mut automaton = Automaton::default();
        let start = automaton.state(true);
        let set = automaton.set(["HassTurnOn"]);
        automaton.edge(start, set, start);
        let special = Piece::Special("begin".to_owned());
        let pieces = vec![special, Piece::Text(" 灯".to_owned())];
        let (path, sha256) = ("m.gguf".to_owned(), Some("00".to_owned()));
        vec![
            Request::Load { path, sha256, threads: None, n_ctx: 512 },
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
        requests().iter().for_each(|r| write(&mut stream, r).unwrap());
        let mut stream = stream.as_slice();
        for request in requests() {
            assert_eq!(read(&mut stream).unwrap(), Some(request));
        }
        assert_eq!(read::<Request>(&mut stream).unwrap(), None);
        for reply in replies() {
            let frame = encode(&reply).unwrap();
            assert_eq!(read(&mut frame.as_slice()).unwrap(), Some(reply));
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_anything_is_kept() {
        let mut hostile: &[u8] = &[0xff, 0xff, 0xff, 0xff, b'{'];
        let error = read::<Request>(&mut hostile).unwrap_err();
        assert!(matches!(error, FrameError::TooLong { bytes: 0xffff_ffff }));
        let long = "x".repeat(MAX_FRAME_BYTES);
        assert!(matches!(encode(&long), Err(FrameError::TooLong { .. })));
    }

    #[test]
    fn a_stream_that_ends_inside_a_frame_says_so() {
        let frame = encode(&Request::Ping).unwrap();
        for end in 1..frame.len() {
            let error = read::<Request>(&mut &frame[..end]).unwrap_err();
            assert!(matches!(error, FrameError::Truncated), "{end}");
        }
    }

    #[test]
    fn after_bad_json_the_next_frame_can_be_read() {
        for bad in ["", "{", "[]", r#"{"type":"dance"}"#, r#"{"type":"cancel"}"#, "\u{1}"] {
            let mut stream = u32::try_from(bad.len()).unwrap().to_le_bytes().to_vec();
            stream.extend(bad.as_bytes());
            stream.extend(encode(&Request::Ping).unwrap());
            let mut stream = stream.as_slice();
            let error = read::<Request>(&mut stream).unwrap_err();
            assert!(matches!(error, FrameError::Malformed(_)), "{bad}");
            assert_eq!(read(&mut stream).unwrap(), Some(Request::Ping));
        }
    }
}
