//! Tests of the crate as the hub uses it: messages in, changes out.
//!
//! `discovery` reads announcements as real bridges write them (`fixtures/`); `writing` checks what goes out;
//! `hostile` what must be refused; `round_trip` that any house can be played by virtual devices; `virtual_devices` how those behave.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test may say so in any way")]
#![allow(clippy::too_many_lines, reason = "tables of alike things")]

mod discovery;
mod hostile;
mod round_trip;
mod support;
mod virtual_devices;
mod writing;
