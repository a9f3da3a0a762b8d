//! Tests of the crate as the hub uses it: messages in, changes out.
//!
//! `commands` says what announcements let the hub publish; `conformance` plays every device of `tests/fixtures/` and
//! compares what becomes of it; `discovery` follows announcements over time; `home_assistant` reads what only Home
//! Assistant has; `hostile` what must be refused; `round_trip` that any house can be played by virtual devices;
//! `virtual_devices` how those behave; `time` what time and repetitions do to states.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test may say so in any way")]
#![allow(clippy::too_many_lines, reason = "tables of alike things")]

mod commands;
mod conformance;
mod discovery;
mod home_assistant;
mod hostile;
mod mutation;
mod round_trip;
mod support;
mod time;
mod virtual_devices;
