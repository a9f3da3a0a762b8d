//! The words of a time, one after the other. A word that is no part of a time makes the whole unreadable.
//!
//! Which words there are stands with each language; all of them are tried.

mod clock;
mod days;
mod reader;
mod spans;

use house::{Days, Sun};

use crate::texts::times::{Half, Part};
use crate::words::Word;

use reader::Reader;

/// What the words of a time say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Phrase {
    /// After so many seconds.
    pub(super) length_s: Option<u64>,
    /// Again after so many seconds.
    pub(super) interval_s: Option<u64>,
    /// On these days, again and again.
    pub(super) every: Option<Days>,
    /// On this day.
    pub(super) day: Option<Day>,
    /// At this time by the clock.
    pub(super) clock: Option<Clock>,
    /// In this half of the day.
    pub(super) half: Option<Half>,
    /// In this part of the day.
    pub(super) part: Option<Part>,
    /// Whether that part is the one that is now or next.
    pub(super) is_this: bool,
    /// By the sun, so many minutes later.
    pub(super) sun: Option<(Sun, i32)>,
    /// Whether it is an end, not a beginning.
    pub(super) is_until: bool,
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// So many days from today.
    After(i32),
    /// The next such day, 1 Monday – 7 Sunday.
    Weekday {
        /// Which.
        weekday: i8,
        /// The one of the next calendar week.
        is_next_week: bool,
    },
    /// The next such day of a month.
    OfMonth(i8),
    /// The next such month and day.
    OfYear(i8, i8),
}

/// A clock time as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: i32,
    pub(super) minute: i32,
    /// Whether it is on the 24-hour clock beyond doubt.
    pub(super) is_sure: bool,
}

impl Phrase {
    /// Whether this is one time: "in ten minutes" and "every hour" stand alone.
    pub(super) fn is_one_time(&self) -> bool {
        let says_more = self.clock.is_some()
            || self.day.is_some()
            || self.every.is_some()
            || self.sun.is_some()
            || self.part.is_some();
        match (self.interval_s, self.length_s) {
            (Some(_), Some(_)) => false,
            (Some(_), None) | (None, Some(_)) => !says_more,
            (None, None) => true,
        }
    }
}

/// Reads all of the words; `None` if one of them is no part of a time, or nothing is said at all.
pub(super) fn read(words: &[Word]) -> Option<Phrase> {
    let mut reader = Reader::new(words);
    while reader.at < words.len() {
        let is_read = reader.until()
            || reader.half()
            || reader.marked()
            || reader.every()
            || reader.past_or_to()
            || reader.length()
            || reader.sun()
            || reader.day()
            || reader.part()
            || reader.clock()
            || reader.any(|times| times.fillers);
        if !is_read || reader.is_broken {
            return None;
        }
    }
    reader.ended()
}
