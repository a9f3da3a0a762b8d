//! What is said back: from outcomes and observed states, never from the model.
//!
//! Decides what is told and in what order; how it is said in a language stands in `texts`.

mod danger;
mod done;
mod habit;
mod hint;
mod misses;
mod questions;
mod rejection;
mod schedule;
mod state;
mod stock;
mod timers;
mod why;
mod wording;

use house::Lang;

use crate::texts::{self, Message};

pub use danger::danger;
pub use done::{did_you_mean, done};
pub use habit::{forget_question, habit, habit_band, habits, ignored, recommendation, suggestion};
pub use hint::{hint, hint_question};
pub use misses::{miss, refusal};
pub use questions::question;
pub use rejection::rejection;
pub use schedule::{broadcast, missed, rings, routine_paused, routine_question, schedule_changed, scheduled, withheld};
pub use state::answer;
pub use stock::{StockReply, stock_reply};
pub use timers::{late_timer, timer_changed, timer_rings};
pub(crate) use timers::{timer_left, timer_title};
pub use why::{because, cause, list_name, scene_saved, taught};
pub use wording::schedules::{described, schedule_title, schedule_when};

/// What a general model said, as its own words and nobody else's.
pub fn general(said: &str, lang: Lang) -> String {
    texts::of(lang).say(Message::GeneralModel, &[("said", said)])
}

/// Sentences, one after the other.
pub fn joined(sentences: &[String], lang: Lang) -> String {
    texts::of(lang).wording().sentences(sentences)
}
