//! What the hub and an engine process say to each other: messages, frames and the automaton.
//! It starts no process, opens no file and knows nothing of intents or of any model library.

mod automaton;
mod frame;
mod message;

pub use automaton::{Automaton, AutomatonError, Edge, State};
pub use frame::{FrameError, HEADER_BYTES, MAX_FRAME_BYTES, body_length, decode, encode, read, write};
pub use message::{Answer, FailKind, Loaded, Piece, Reply, Request, Said};
