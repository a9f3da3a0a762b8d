//! Finding numbers and lengths of time in an utterance, in digits and in the words of every language.
//!
//! Deterministic, so that a value is never the model's invention: the model only points at one of these.

use house::Lang;

use crate::texts;
use crate::texts::numerals::{Numerals, TimeUnit};
use crate::texts::words::each;
use crate::words::{Word, phrase_at, text};

pub use crate::texts::numerals::Unit;

/// A number in an utterance.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// First word.
    pub first: usize,
    /// Last word, unit included.
    pub last: usize,
    /// The value; a fraction of a whole is given in per cent ("half" is 50).
    pub value: f64,
    /// What was said to be counted.
    pub unit: Unit,
}

/// A length of time in an utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Length {
    /// First word.
    pub first: usize,
    /// Last word.
    pub last: usize,
    /// Hours as said.
    pub hours: u64,
    /// Minutes as said.
    pub minutes: u64,
    /// Seconds as said.
    pub seconds: u64,
}

impl Length {
    /// The whole length in seconds.
    pub fn total_s(&self) -> u64 {
        self.hours * 3600 + self.minutes * 60 + self.seconds
    }
}

/// Every number, left to right, none overlapping.
pub fn numbers(words: &[Word]) -> Vec<Number> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match number_at(words, at) {
            Some(number) => {
                at = number.last + 1;
                out.push(number);
            }
            None => at += 1,
        }
    }
    out
}

/// Every length of time, left to right, none overlapping.
pub fn lengths(words: &[Word]) -> Vec<Length> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match length_at(words, at) {
            Some(length) => {
                at = length.last + 1;
                out.push(length);
            }
            None => at += 1,
        }
    }
    out
}

/// A bare count read from the words at a place: value and the place after it.
pub fn count_at(words: &[Word], at: usize) -> Option<(f64, usize)> {
    if let Some(next) = phrase(words, at, |numerals| numerals.minus).or_else(|| phrase_at(words, at, "-")) {
        return count_at(words, next).map(|(value, next)| (-value, next));
    }
    if let Some(value) = digits(text(words, at)?) {
        let (times, next) = longest(words, at + 1, |numerals| numerals.times).unwrap_or((1.0, at + 1));
        return Some((value * times, next));
    }
    Lang::ALL.iter().find_map(|lang| (texts::of(*lang).words().numerals.count)(words, at))
}

/// Whether a unit of time stands here.
pub(crate) fn is_time_unit_at(words: &[Word], at: usize) -> bool {
    time_unit(words, at).is_some()
}

fn number_at(words: &[Word], at: usize) -> Option<Number> {
    if let Some((value, next)) = fraction_at(words, at) {
        return Some(Number { first: at, last: next - 1, value, unit: Unit::Percent });
    }
    let (value, next) = count_at(words, at)?;
    let (value, next) = match phrase(words, next, |numerals| numerals.and_a_half) {
        Some(next) => (value + 0.5, next),
        None => (value, next),
    };
    let (unit, times, next) = unit_at(words, next);
    let (value, next) = if unit == Unit::Degree { with_tenths((value, next), words) } else { (value, next) };
    Some(Number { first: at, last: next - 1, value: value * times, unit })
}

/// A fraction of a whole, in per cent.
fn fraction_at(words: &[Word], at: usize) -> Option<(f64, usize)> {
    if let Some(fraction) = longest(words, at, |numerals| numerals.fractions) {
        return Some(fraction);
    }
    let (parts, next) = longest(words, at, |numerals| numerals.parts)?;
    let (count, next) = count_at(words, next)?;
    let percent = count * 100.0 / parts;
    // Thirds of a hundred are no whole numbers.
    let is_even = 100.0 % parts == 0.0;
    Some((if is_even { percent } else { percent.round() }, next))
}

/// The unit that stands here, by what it multiplies its count, and the place behind it.
fn unit_at(words: &[Word], at: usize) -> (Unit, f64, usize) {
    let of_language = each(|words| words.numerals.units).map(|(phrases, unit, times)| (*phrases, *unit, *times));
    let signs = SIGNS.iter().map(|(phrases, unit)| (*phrases, *unit, 1.0));
    let found = of_language.chain(signs).filter_map(|(phrases, unit, times)| {
        let next = phrases.split('|').filter_map(|phrase| phrase_at(words, at, phrase)).max()?;
        Some((unit, times, next))
    });
    found.max_by_key(|(_, _, next)| *next).unwrap_or((Unit::None, 1.0, at))
}

/// "二十六度半", "26度5": what follows the degrees belongs to them, unless it begins something else.
fn with_tenths((value, next): (f64, usize), words: &[Word]) -> (f64, usize) {
    let stands = |at: usize, table: Table<&'static str>| phrase(words, at, table).filter(|next| *next == at + 1);
    if next.checked_sub(1).and_then(|unit| stands(unit, |numerals| numerals.before_tenths)).is_none() {
        return (value, next);
    }
    if let Some(after) = stands(next, |numerals| numerals.half_behind_degrees)
        .filter(|at| time_unit(words, behind_measure(words, *at)).is_none())
    {
        return (value + 0.5, after);
    }
    let tenth = count_at(words, next).filter(|(tenth, _)| (1.0..10.0).contains(tenth) && tenth.fract() == 0.0);
    let ends =
        |after: usize| text(words, after).is_none() || stands(after, |numerals| numerals.behind_tenths).is_some();
    match tenth {
        Some((tenth, after)) if after == next + 1 && ends(after) => (value + tenth / 10.0, after),
        _ => (value, next),
    }
}

fn length_at(words: &[Word], at: usize) -> Option<Length> {
    let (mut total, mut next) = (part_at(words, at)?, 0);
    let (mut hours, mut minutes, mut seconds) = (0.0, 0.0, 0.0);
    let mut smallest = TimeUnit::Hour;
    loop {
        let (value, unit, after) = total;
        match unit {
            TimeUnit::Hour => hours += value,
            TimeUnit::Minute => minutes += value,
            TimeUnit::Second => seconds += value,
        }
        smallest = smallest.max(unit);
        next = next.max(after);
        let joined = phrase(words, next, |numerals| numerals.joints).unwrap_or(next);
        match part_at(words, joined) {
            Some(part) if smallest < part.1 => total = part,
            _ => break,
        }
    }
    if smallest == TimeUnit::Hour
        && let Some((bare, after)) = bare_minutes(words, next)
    {
        (minutes, next) = (bare, after);
    }
    let minutes = minutes + f64::fract(hours) * 60.0;
    let seconds = seconds + f64::fract(minutes) * 60.0;
    Some(Length {
        first: at,
        last: next - 1,
        hours: whole(hours),
        minutes: whole(minutes),
        seconds: seconds.round().clamp(0.0, 1e9) as u64,
    })
}

/// "One hour thirty": a bare number behind hours is minutes, where nothing is said to be counted.
fn bare_minutes(words: &[Word], at: usize) -> Option<(f64, usize)> {
    let (count, next) = count_at(words, at)?;
    let is_bare = unit_at(words, next).2 == next && !is_time_unit_at(words, behind_measure(words, next));
    (is_bare && text(words, next).is_none() && (1.0..60.0).contains(&count) && count.fract() == 0.0)
        .then_some((count, next))
}

fn whole(value: f64) -> u64 {
    (value + 1e-6).floor().clamp(0.0, 1e9) as u64
}

/// One part of a length of time: value, unit, and the place after it.
fn part_at(words: &[Word], at: usize) -> Option<(f64, TimeUnit, usize)> {
    let part_of = longest(words, at, |numerals| numerals.part_of)
        .and_then(|(part, next)| time_unit(words, next).map(|(unit, next)| (part, unit, next)));
    if part_of.is_some() {
        return part_of;
    }
    let (value, next) = longest(words, at, |numerals| numerals.few).or_else(|| count_at(words, at))?;
    if let Some((minutes, next)) = longest(words, next, |numerals| numerals.minutes) {
        return Some((value * minutes, TimeUnit::Minute, next));
    }
    let (value, next) = match phrase(words, next, |numerals| numerals.half_before_unit) {
        Some(next) => (value + 0.5, next),
        None => (value, behind_measure(words, next)),
    };
    let (unit, next) = time_unit(words, next)?;
    let last =
        || phrase(words, next, |numerals| numerals.half_behind_last_unit).filter(|at| !is_time_unit_at(words, *at));
    Some(match phrase(words, next, |numerals| numerals.half_behind_unit).or_else(last) {
        Some(next) => (value + 0.5, unit, next),
        None => (value, unit, next),
    })
}

fn time_unit(words: &[Word], at: usize) -> Option<(TimeUnit, usize)> {
    let Some((unit, next)) = longest(words, at, |numerals| numerals.time_units) else {
        let measure = at.checked_sub(1).and_then(|before| phrase(words, before, |numerals| numerals.measures));
        return longest(words, at, |numerals| numerals.measured_units).filter(|_| measure == Some(at));
    };
    Some((unit?, next))
}

fn behind_measure(words: &[Word], at: usize) -> usize {
    phrase(words, at, |numerals| numerals.measures).unwrap_or(at)
}

fn digits(text: &str) -> Option<f64> {
    let is_plain = text.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    text.parse::<f64>().ok().filter(|value| is_plain && value.is_finite())
}

type Table<T> = fn(&'static Numerals) -> &'static [T];

/// The place behind the longest phrase of a table that stands here.
fn phrase(words: &[Word], at: usize, table: Table<&'static str>) -> Option<usize> {
    each(|words| table(words.numerals)).filter_map(|phrase| phrase_at(words, at, phrase)).max()
}

/// What the longest phrase of a table that stands here means, and the place behind it.
fn longest<T: Copy>(words: &[Word], at: usize, table: Table<(&'static str, T)>) -> Option<(T, usize)> {
    let place = |phrases: &str| phrases.split('|').filter_map(|phrase| phrase_at(words, at, phrase)).max();
    each(|words| table(words.numerals))
        .filter_map(|(phrases, value)| Some((*value, place(phrases)?)))
        .max_by_key(|(_, next)| *next)
}

/// Units as signs, which every language has.
const SIGNS: &[(&str, Unit)] = &[
    ("%", Unit::Percent),
    ("°", Unit::Degree),
    ("c|° c", Unit::Celsius),
    ("f|° f", Unit::Fahrenheit),
    ("k|° k", Unit::Kelvin),
];

#[cfg(test)]
mod tests;
