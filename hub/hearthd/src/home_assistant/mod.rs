//! Home Assistant both ways: the hub as a device of it, and its own devices here.

pub(crate) mod announce;
mod dial;
pub(crate) mod websocket;

pub(crate) use dial::Address;
