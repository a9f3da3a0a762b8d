//! What the hub says and sounds where it has a speaker, whichever way that is reached.
//!
//! A place knows what is for it: what rings there, what everyone is told, and the replies to what was said there.
//! It hands on small pieces as their time comes, so that all of it stops at once when someone speaks.

mod place;
mod player;
mod sounds;
pub(crate) mod speech;

pub(crate) use place::Place;
pub(crate) use player::{Played, Player};
