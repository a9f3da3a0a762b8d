//! Tests of the whole hub from outside: the real programs, the real model, real brokers, and the virtual house.
//!
//! `first_start` goes the way of a new owner: claim, log in, speak by every door, in both languages;
//! `engine` takes the language model away: killed in the middle of a request, damaged, missing;
//! `models` pulls models from a server with faults, and switches between them;
//! `general` puts a general model beside the intent model that says anything;
//! `broker` takes the broker away, and checks rights, TLS and what is kept;
//! `kill` kills the hub at any moment and looks for what it had promised to keep;
//! `hostile` throws rubbish at every door;
//! `hostile_sound` does so with sound, and speaks fifty times at once;
//! `redteam` tries to make it do what nobody allowed;
//! `chaos` does much at once and lets an independent observer judge;
//! `home_assistant` stands a real one beside it;
//! `wyoming` talks to it as Home Assistant's voice does;
//! `voice` speaks to it by every way in;
//! `voice_models` pulls the recogniser's models from a list, and switches between them;
//! `satellite` is a satellite, or two;
//! `esphome` is one that speaks ESPHome's native API;
//! `learning` lives in it for sixty days of a clock that is moved;
//! `field` plays devices as people reported them, from files that are kept elsewhere;
//! `docs` says what the README says, and looks for the commands that pages name;
//! `full_disk` fills the disk, while the hub runs and before it starts;
//! `page` opens the page in a browser;
//! `support` starts and stops everything and asserts nothing about the hub.
#![allow(clippy::too_many_lines, reason = "a test tells a whole story in order")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test may say so in any way")]
#![allow(clippy::disallowed_methods, reason = "deadlines here are about the real time")]
#![allow(
    clippy::print_stderr,
    reason = "what is skipped, and what a long test found, is said to the person at the terminal"
)]

mod broker;
mod chaos;
mod docs;
mod engine;
mod esphome;
mod field;
mod first_start;
mod full_disk;
mod general;
mod home_assistant;
mod hostile;
mod hostile_sound;
mod kill;
mod learning;
mod microphone;
mod models;
mod page;
mod redteam;
mod satellite;
mod support;
#[path = "../../../../hub/engines/llm/tests/engine/tiny.rs"]
mod tiny;
mod voice;
mod voice_models;
mod wyoming;
