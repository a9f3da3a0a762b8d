//! Reads Hearth's own sources, so that tests can say where something is not at home.
//!
//! It knows no more of Rust than where comments and texts are, and which paths begin with `crate`, `self` or `super`.
//! It needs nothing that must be compiled, so it answers in seconds.

mod arrows;
mod circles;
mod code;
mod source;

pub use arrows::{Arrows, between_files, between_rooms};
pub use circles::circles;
pub use source::{Crate, Source, crates, dependencies, root, sources};
