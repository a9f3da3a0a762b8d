//! The records of the store: what is written, and how it becomes what the hub works with.
//!
//! A record is one byte for its version and then JSON. Fields may be added with a default; a change
//! of meaning is a new format with a step in `migrations.rs`.

pub(super) mod answer;
pub(super) mod codec;
pub(super) mod conversation;
pub(super) mod evidence;
pub(super) mod house;
pub(super) mod household;
pub(super) mod hub_entities;
pub(super) mod notice;
pub(super) mod retained;
pub(super) mod turn;
