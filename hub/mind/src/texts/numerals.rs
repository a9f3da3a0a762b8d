//! How one language says numbers and lengths of time. Plain data, but for how counts are put together.
//!
//! Words that mean the same stand in one phrase with `|` between them; the longest that fits is meant.

use crate::words::Word;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Not said.
    None,
    /// Per cent, or a fraction of a whole.
    Percent,
    /// Degrees, scale not said.
    Degree,
    /// Degrees Celsius.
    Celsius,
    /// Degrees Fahrenheit.
    Fahrenheit,
    /// Kelvin.
    Kelvin,
}

/// A unit of time, the larger first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimeUnit {
    /// 60 minutes.
    Hour,
    /// 60 seconds.
    Minute,
    /// The shortest that is said.
    Second,
}

/// Reads a count that begins at a word: its value, and the place behind it.
pub(crate) type Count<T> = fn(&[Word], usize) -> Option<(T, usize)>;

/// The numbers of one language.
pub(crate) struct Numerals {
    /// A count in words.
    pub(crate) count: Count<f64>,
    /// The same as a clock face has it, in words or digits, at most 59; of a language that never says "seven point
    /// three" for a time.
    pub(crate) clock_count: Count<i32>,
    /// Words before a count that is below zero.
    pub(crate) minus: &'static [&'static str],
    /// Words behind digits that multiply them.
    pub(crate) times: &'static [(&'static str, f64)],
    /// Fractions of a whole, in per cent.
    pub(crate) fractions: &'static [(&'static str, f64)],
    /// Words before a count of parts, and how many parts make a whole.
    pub(crate) parts: &'static [(&'static str, f64)],
    /// Words behind a count that add a half to it.
    pub(crate) and_a_half: &'static [&'static str],
    /// Words behind a count, the unit, and by what it multiplies the count.
    pub(crate) units: &'static [(&'static str, Unit, f64)],
    /// A unit of degrees behind which a half or a tenth may follow.
    pub(crate) before_tenths: &'static [&'static str],
    /// That half.
    pub(crate) half_behind_degrees: &'static [&'static str],
    /// Words behind such a tenth that belong to nothing else.
    pub(crate) behind_tenths: &'static [&'static str],
    /// Words for a count before a unit of time.
    pub(crate) few: &'static [(&'static str, f64)],
    /// Parts of a unit of time, before it.
    pub(crate) part_of: &'static [(&'static str, f64)],
    /// Words between a count and a unit of time that add a half.
    pub(crate) half_before_unit: &'static [&'static str],
    /// Words behind a unit of time that add a half of it.
    pub(crate) half_behind_unit: &'static [&'static str],
    /// The same, unless a unit follows to which they belong then.
    pub(crate) half_behind_last_unit: &'static [&'static str],
    /// Words that may stand between a count and what is counted.
    pub(crate) measures: &'static [&'static str],
    /// Units of time; none where it only begins like one.
    pub(crate) time_units: &'static [(&'static str, Option<TimeUnit>)],
    /// Units of time that are such only behind a measure.
    pub(crate) measured_units: &'static [(&'static str, TimeUnit)],
    /// Words right behind a count that make it so many times as many minutes.
    pub(crate) minutes: &'static [(&'static str, f64)],
    /// Words between the parts of a length of time.
    pub(crate) joints: &'static [&'static str],
}
