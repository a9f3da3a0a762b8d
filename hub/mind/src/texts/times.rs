//! How one language says when. Plain data; a table that a language has no use for is empty.
//!
//! The words of a phrase are parted by blanks, Chinese characters by nothing. Of two phrases that fit, the first is
//! meant.

use house::{Days, Sun};

/// Half of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
}

/// Part of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Before people get up.
    Dawn,
    /// Until noon.
    Morning,
    /// Around noon.
    Noon,
    /// Until the evening.
    Afternoon,
    /// Until people go to bed.
    Evening,
    /// While it is dark.
    Night,
}

/// The times of one language.
pub(crate) struct Times {
    /// Words that make a time an end.
    pub(crate) until: &'static [&'static str],
    /// Words behind such a time.
    pub(crate) until_ends: &'static [&'static str],
    /// Days that come again and again.
    pub(crate) repeated: &'static [(&'static str, Days)],
    /// Words before what comes again and again.
    pub(crate) every: &'static [&'static str],
    /// Lengths behind those that need no count, in seconds.
    pub(crate) intervals: &'static [(&'static str, u64)],
    /// Days behind those.
    pub(crate) each: &'static [(&'static str, Days)],
    /// Words between two days of the week.
    pub(crate) and: &'static [&'static str],
    /// Days of the week, 1 Monday – 7 Sunday.
    pub(crate) weekdays: &'static [(&'static str, i8)],
    /// Words before the number of a day of the week.
    pub(crate) week: &'static [&'static str],
    /// Such numbers; after the first, they may stand alone.
    pub(crate) weekday_numbers: &'static [(&'static str, i8)],
    /// Words behind a number that make it an hour and no day of the week.
    pub(crate) behind_hours: &'static [&'static str],
    /// How many minutes past the hour that follows.
    pub(crate) past_hours: &'static [(&'static str, i32)],
    /// The same for half an hour, where it may be a length of time too ("half seven").
    pub(crate) half_hours: &'static [&'static str],
    /// Words behind a number of minutes before or past an hour.
    pub(crate) minutes: &'static [&'static str],
    /// Past an hour (1) or before it (-1).
    pub(crate) past: &'static [(&'static str, i32)],
    /// A count of one before a unit of days.
    pub(crate) one_day: &'static [&'static str],
    /// Units of days behind a count, as a time to come.
    pub(crate) days_ahead: &'static [(&'static str, f64)],
    /// Words behind a length that put it before what follows.
    pub(crate) before: &'static [&'static str],
    /// Words before a length that put it after now.
    pub(crate) ahead: &'static [&'static str],
    /// Words behind a length that put it after now, or after what follows.
    pub(crate) after: &'static [&'static str],
    /// Words before what the sun does.
    pub(crate) at_sun: &'static [&'static str],
    /// The same, if a length before it was said.
    pub(crate) before_sun: &'static [&'static str],
    /// What the sun does.
    pub(crate) suns: &'static [(&'static str, Sun)],
    /// Words behind what the sun does, before which a length that follows lies.
    pub(crate) behind_sun_before: &'static [&'static str],
    /// Words behind what the sun does that say no more.
    pub(crate) behind_sun: &'static [&'static str],
    /// Days counted from today, and a part of the day said with them.
    pub(crate) days: &'static [(&'static str, (i32, Option<Part>))],
    /// Words before a day.
    pub(crate) on: &'static [&'static str],
    /// Words before a day of the next week.
    pub(crate) next: &'static [&'static str],
    /// Words before the day that comes next.
    pub(crate) this: &'static [&'static str],
    /// Words between the first day of the week and the last.
    pub(crate) through: &'static [&'static str],
    /// The days at the end of the week.
    pub(crate) weekend: &'static [&'static str],
    /// Months.
    pub(crate) months: &'static [(&'static str, i8)],
    /// Words behind the number of a month.
    pub(crate) month_marks: &'static [&'static str],
    /// Words behind the number of a day of a month that make it one.
    pub(crate) day_marks: &'static [&'static str],
    /// The same, where the month was said.
    pub(crate) day_marks_in_month: &'static [&'static str],
    /// Words before a day of a month.
    pub(crate) the: &'static [&'static str],
    /// Words between a day and its month.
    pub(crate) of: &'static [&'static str],
    /// The first days of a month in words.
    pub(crate) ordinals: &'static [&'static str],
    /// Ends of ordinal numbers in digits.
    pub(crate) ordinal_ends: &'static [&'static str],
    /// Parts of a day, and whether they can only be today's.
    pub(crate) parts: &'static [(&'static str, (Part, bool))],
    /// Halves of a day behind a clock time.
    pub(crate) halves: &'static [(&'static str, Half)],
    /// Hours that have a name.
    pub(crate) named_hours: &'static [(&'static str, i32)],
    /// Words behind an hour as the clock face has it.
    pub(crate) hour_marks: &'static [&'static str],
    /// Minutes behind those.
    pub(crate) behind_hour_marks: &'static [(&'static str, i32)],
    /// Words behind a number of minutes there.
    pub(crate) minute_marks: &'static [&'static str],
    /// Words behind an hour that is full.
    pub(crate) full_hours: &'static [&'static str],
    /// A zero before the minutes.
    pub(crate) zeros: &'static [&'static str],
    /// Words in a time that say nothing of it.
    pub(crate) fillers: &'static [&'static str],
}
