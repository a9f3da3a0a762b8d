//! What the hub and an engine process say to each other: messages, frames and the automaton.
//! It starts no process, opens no file and knows nothing of intents or of any model library.
//!
//! [`Request`] and [`Reply`] are those of the language model's engine, [`speech`] has those of the recogniser's, and
//! [`sound`] those of the board's microphone and speaker.
//! The frames take any message, so an engine of another kind brings its own, and sends what is no text as a payload:
//!
//! ```
//! use engine_protocol::{Frame, read_frame, write_frame};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! #[serde(tag = "type", rename_all = "snake_case")]
//! enum Heard {
//!     Sound { rate_hz: u32 },
//!     End,
//! }
//!
//! let mut pipe = Vec::new();
//! write_frame(&mut pipe, &Heard::Sound { rate_hz: 16_000 }, &[0, 0, 1, 0])?;
//! write_frame(&mut pipe, &Heard::End, &[])?;
//!
//! let mut pipe = pipe.as_slice();
//! let sound = read_frame(&mut pipe)?;
//! assert_eq!(sound, Some(Frame { message: Heard::Sound { rate_hz: 16_000 }, payload: vec![0, 0, 1, 0] }));
//! let end = read_frame(&mut pipe)?;
//! assert_eq!(end, Some(Frame { message: Heard::End, payload: vec![] }));
//! assert_eq!(read_frame::<Heard>(&mut pipe)?, None);
//! # Ok::<(), engine_protocol::FrameError>(())
//! ```

pub mod pcm;
pub mod sound;
pub mod speech;

mod automaton;
mod frame;
mod message;

pub use automaton::{Automaton, AutomatonError, Edge, State};
pub use frame::{
    Frame, FrameError, LENGTHS_BYTES, Lengths, MAX_MESSAGE_BYTES, MAX_PAYLOAD_BYTES, decode_frame, encode_frame,
    read_frame, write_frame,
};
pub use message::{Answer, FailKind, Loaded, ModelFile, Piece, Reply, Request, Said};
