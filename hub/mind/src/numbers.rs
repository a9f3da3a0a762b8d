//! Finding numbers and lengths of time in an utterance, in English and Chinese, in digits and in words.
//!
//! Deterministic, so that a value is never the model's invention: the model only points at one of these.

use crate::words::Word;

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

/// The unit said with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// None.
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
    let first = text(words, at)?;
    if first == "零" && text(words, at + 1) == Some("下") {
        return count_at(words, at + 2).map(|(value, next)| (-value, next));
    }
    if matches!(first, "-" | "minus" | "负") {
        return count_at(words, at + 1).map(|(value, next)| (-value, next));
    }
    if let Some(value) = digits(first) {
        return Some(match text(words, at + 1) {
            Some("万") => (value * 10_000.0, at + 2),
            Some("千") => (value * 1_000.0, at + 2),
            Some("百") => (value * 100.0, at + 2),
            _ => (value, at + 1),
        });
    }
    english_count(words, at).or_else(|| chinese_count(words, at))
}

fn number_at(words: &[Word], at: usize) -> Option<Number> {
    if let Some(number) = fraction_at(words, at) {
        return Some(number);
    }
    let (value, next) = with_half(count_at(words, at)?, words);
    let (unit, next) = unit_at(words, next);
    let (value, next) = if unit == Unit::Degree { with_tenths((value, next), words) } else { (value, next) };
    let value = match (unit, text(words, next.saturating_sub(1))) {
        (Unit::Percent, Some("成")) => value * 10.0,
        _ => value,
    };
    Some(Number { first: at, last: next - 1, value, unit })
}

/// "Nineteen and a half": the half belongs to the number.
fn with_half((value, next): (f64, usize), words: &[Word]) -> (f64, usize) {
    match (text(words, next), text(words, next + 1), text(words, next + 2)) {
        (Some("and"), Some("a"), Some("half")) => (value + 0.5, next + 3),
        _ => (value, next),
    }
}

/// "二十六度半", "26度5": what follows the degrees belongs to them, unless it begins something else.
fn with_tenths((value, next): (f64, usize), words: &[Word]) -> (f64, usize) {
    if text(words, next.saturating_sub(1)) != Some("度") {
        return (value, next);
    }
    if text(words, next) == Some("半") && time_unit(words, skip_measure(words, next + 1)).is_none() {
        return (value + 0.5, next + 1);
    }
    let tenth = count_at(words, next).filter(|(tenth, _)| (1.0..10.0).contains(tenth) && tenth.fract() == 0.0);
    let ends = |after: usize| text(words, after).is_none_or(|word| matches!(word, "吧" | "," | "，" | "。" | "!"));
    match tenth {
        Some((tenth, after)) if after == next + 1 && ends(after) => (value + tenth / 10.0, after),
        _ => (value, next),
    }
}

fn fraction_at(words: &[Word], at: usize) -> Option<Number> {
    let percent = |value: f64, next: usize| Some(Number { first: at, last: next - 1, value, unit: Unit::Percent });
    match (text(words, at)?, text(words, at + 1), text(words, at + 2)) {
        ("half" | "halfway", ..) => percent(50.0, at + 1),
        ("a" | "one", Some("quarter"), _) => percent(25.0, at + 2),
        ("a" | "one" | "1", Some("third"), _) => percent(33.0, at + 2),
        ("three" | "3", Some("quarters"), _) => percent(75.0, at + 2),
        ("two" | "2", Some("thirds"), _) => percent(67.0, at + 2),
        ("quarter", ..) => percent(25.0, at + 1),
        ("一", Some("半"), _) => percent(50.0, at + 2),
        ("百", Some("分"), Some("之")) => {
            let (value, next) = count_at(words, at + 3)?;
            percent(value, next)
        }
        ("三", Some("分"), Some("之")) => {
            let (value, next) = count_at(words, at + 3)?;
            percent((value / 3.0 * 100.0).round(), next)
        }
        ("四", Some("分"), Some("之")) => {
            let (value, next) = count_at(words, at + 3)?;
            percent(value / 4.0 * 100.0, next)
        }
        ("一", Some("百"), Some("分")) => None,
        _ => None,
    }
}

fn unit_at(words: &[Word], at: usize) -> (Unit, usize) {
    let second = text(words, at + 1);
    match (text(words, at), second) {
        (Some("%" | "percent" | "percents" | "pct"), _) => (Unit::Percent, at + 1),
        (Some("per"), Some("cent")) => (Unit::Percent, at + 2),
        (Some("成"), _) => (Unit::Percent, at + 1),
        (Some("°" | "degrees" | "degree"), Some("c" | "celsius" | "centigrade")) => (Unit::Celsius, at + 2),
        (Some("°" | "degrees" | "degree"), Some("f" | "fahrenheit")) => (Unit::Fahrenheit, at + 2),
        (Some("°" | "degrees" | "degree"), Some("k" | "kelvin")) => (Unit::Kelvin, at + 2),
        (Some("°" | "degrees" | "degree"), _) => (Unit::Degree, at + 1),
        (Some("c" | "celsius" | "centigrade"), _) => (Unit::Celsius, at + 1),
        (Some("f" | "fahrenheit"), _) => (Unit::Fahrenheit, at + 1),
        (Some("k" | "kelvin" | "kelvins" | "开"), _) => (Unit::Kelvin, at + 1),
        (Some("摄"), Some("氏")) => (Unit::Celsius, at + 2 + usize::from(text(words, at + 2) == Some("度"))),
        (Some("华"), Some("氏")) => (Unit::Fahrenheit, at + 2 + usize::from(text(words, at + 2) == Some("度"))),
        (Some("度"), _) => (Unit::Degree, at + 1),
        _ => (Unit::None, at),
    }
}

fn length_at(words: &[Word], at: usize) -> Option<Length> {
    let (mut total, mut next) = (part_at(words, at)?, 0);
    let mut sums = [0.0_f64; 3];
    let mut smallest = 0;
    loop {
        let (value, unit, after) = total;
        if let Some(sum) = sums.get_mut(unit) {
            *sum += value;
        }
        smallest = smallest.max(unit);
        next = next.max(after);
        let joined = match text(words, next) {
            Some("and" | "零" | "又") => next + 1,
            _ => next,
        };
        match part_at(words, joined) {
            Some(part) if smallest < part.1 => total = part,
            _ => break,
        }
    }
    let [hours, minutes, seconds] = sums;
    let minutes = minutes + hours.fract() * 60.0;
    let seconds = seconds + minutes.fract() * 60.0;
    Some(Length {
        first: at,
        last: next - 1,
        hours: whole(hours),
        minutes: whole(minutes),
        seconds: seconds.round().clamp(0.0, 1e9) as u64,
    })
}

fn whole(value: f64) -> u64 {
    (value + 1e-6).floor().clamp(0.0, 1e9) as u64
}

/// One part of a length of time: value, unit (0 hours, 1 minutes, 2 seconds), and the place after it.
fn part_at(words: &[Word], at: usize) -> Option<(f64, usize, usize)> {
    let here = text(words, at)?;
    if let Some(part) = part_of_unit(words, at, here) {
        return Some(part);
    }
    let (value, next) = match here {
        "a" | "an" if text(words, at + 1) == Some("half") => {
            let (unit, next) = time_unit(words, at + 2)?;
            return Some((0.5, unit, next));
        }
        "a" | "an" if text(words, at + 1) == Some("couple") => {
            (2.0, at + 2 + usize::from(text(words, at + 2) == Some("of")))
        }
        "a" | "an" => (1.0, at + 1),
        _ => count_at(words, at)?,
    };
    if text(words, next) == Some("个") && text(words, next + 1) == Some("字") {
        // Cantonese tells minutes by the figures of the clock face: one figure is five minutes.
        return Some((value * 5.0, 1, next + 2));
    }
    if text(words, next) == Some("刻") {
        let next = next + 1 + usize::from(text(words, next + 1) == Some("钟"));
        return Some((value * 15.0, 1, next));
    }
    let (value, next) = match (text(words, next), text(words, next + 1), text(words, next + 2)) {
        (Some("and"), Some("a"), Some("half")) => (value + 0.5, next + 3),
        (Some("and"), Some("a"), Some("1"))
            if text(words, next + 3) == Some("/") && text(words, next + 4) == Some("2") =>
        {
            (value + 0.5, next + 5)
        }
        (Some("个"), Some("半"), _) => (value + 0.5, next + 2),
        (Some("半"), ..) => (value + 0.5, next + 1),
        _ => (value, skip_measure(words, next)),
    };
    let (unit, mut next) = time_unit(words, next)?;
    let mut value = value;
    match (text(words, next), text(words, next + 1), text(words, next + 2)) {
        (Some("and"), Some("a"), Some("half")) if time_unit(words, next + 3).is_none() => {
            (value, next) = (value + 0.5, next + 3)
        }
        (Some("半"), ..) => (value, next) = (value + 0.5, next + 1),
        _ => {}
    }
    Some((value, unit, next))
}

/// Half, a quarter or three quarters of an hour or a minute.
fn part_of_unit(words: &[Word], at: usize, here: &str) -> Option<(f64, usize, usize)> {
    if here == "半" {
        let (unit, next) = time_unit(words, skip_measure(words, at + 1))?;
        return Some((0.5, unit, next));
    }
    if here == "half" {
        let next = at + 1 + usize::from(matches!(text(words, at + 1), Some("a" | "an")));
        let (unit, next) = time_unit(words, next)?;
        return Some((0.5, unit, next));
    }
    if matches!(here, "three" | "3") && text(words, at + 1) == Some("quarters") && text(words, at + 2) == Some("of") {
        let next = at + 3 + usize::from(matches!(text(words, at + 3), Some("a" | "an")));
        let (unit, next) = time_unit(words, next)?;
        return Some((0.75, unit, next));
    }
    if here == "quarter" || (here == "a" && text(words, at + 1) == Some("quarter")) {
        let mut next = at + 1 + usize::from(here == "a");
        next += usize::from(text(words, next) == Some("of"));
        next += usize::from(matches!(text(words, next), Some("a" | "an")));
        let (unit, next) = time_unit(words, next)?;
        return Some((0.25, unit, next));
    }
    None
}

fn skip_measure(words: &[Word], at: usize) -> usize {
    at + usize::from(text(words, at) == Some("个"))
}

fn time_unit(words: &[Word], at: usize) -> Option<(usize, usize)> {
    match (text(words, at)?, text(words, at + 1)) {
        ("hour" | "hours" | "hr" | "hrs" | "h", _) => Some((0, at + 1)),
        ("minute" | "minutes" | "min" | "mins" | "m", _) => Some((1, at + 1)),
        ("second" | "seconds" | "sec" | "secs" | "s", _) => Some((2, at + 1)),
        ("小", Some("时")) | ("钟", Some("头")) => Some((0, at + 2)),
        ("钟", _) if 0 < at && text(words, at - 1) == Some("个") => Some((0, at + 1)),
        ("分", Some("之")) => None,
        ("分", Some("钟")) => Some((1, at + 2)),
        ("分", _) => Some((1, at + 1)),
        ("秒", Some("钟")) => Some((2, at + 2)),
        ("秒", _) => Some((2, at + 1)),
        _ => None,
    }
}

fn digits(text: &str) -> Option<f64> {
    let is_plain = text.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    text.parse::<f64>().ok().filter(|value| is_plain && value.is_finite())
}

fn english_count(words: &[Word], at: usize) -> Option<(f64, usize)> {
    let (mut thousands, mut section, mut next) = match (text(words, at)?, text(words, at + 1)) {
        ("a", Some("hundred")) => (0.0, 100.0, at + 2),
        ("a", Some("thousand")) => (1000.0, 0.0, at + 2),
        _ => small_english(words, at).map(|(value, next)| (0.0, value, next))?,
    };
    while let Some(word) = text(words, next) {
        match word {
            "hundred" => (section, next) = (section * 100.0, next + 1),
            "thousand" => (thousands, section, next) = (section * 1000.0, 0.0, next + 1),
            "point" | "dot" => {
                return decimal_english(words, next + 1, thousands + section).or(Some((thousands + section, next)));
            }
            _ => {
                let skip = usize::from(word == "and");
                let takes_more = (100.0 <= section && section % 100.0 == 0.0) || (0.0 < thousands && section == 0.0);
                match small_english(words, next + skip).filter(|_| takes_more) {
                    Some((add, after)) => (section, next) = (section + add, after),
                    None => break,
                }
            }
        }
    }
    Some((thousands + section, next))
}

fn small_english(words: &[Word], at: usize) -> Option<(f64, usize)> {
    let word = text(words, at)?;
    if let Some(tens) = TENS.iter().position(|name| *name == word) {
        let tens = (tens as f64 + 2.0) * 10.0;
        let ones = text(words, at + 1)
            .and_then(|next| ONES.iter().position(|name| *name == next))
            .filter(|ones| 0 < *ones && *ones < 10);
        return Some(match ones {
            Some(ones) => (tens + ones as f64, at + 2),
            None => (tens, at + 1),
        });
    }
    ONES.iter().position(|name| *name == word).map(|ones| (ones as f64, at + 1))
}

fn decimal_english(words: &[Word], at: usize, whole: f64) -> Option<(f64, usize)> {
    let (mut value, mut scale, mut next) = (whole, 0.1, at);
    while let Some(digit) =
        text(words, next).and_then(|word| ONES.iter().position(|name| *name == word)).filter(|digit| *digit < 10)
    {
        value += digit as f64 * scale;
        scale /= 10.0;
        next += 1;
    }
    (at < next).then_some((value, next))
}

fn chinese_count(words: &[Word], at: usize) -> Option<(f64, usize)> {
    let (mut total, mut section, mut digit, mut next, mut scale) = (0.0, 0.0, None::<f64>, at, 1.0);
    while let Some(word) = text(words, next) {
        if let Some(value) = HAN_DIGITS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value) {
            digit = Some(match digit {
                Some(before) if scale == 1.0 && section == 0.0 => before * 10.0 + value,
                _ => value,
            });
        } else if let Some(unit) = HAN_UNITS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value) {
            if unit == 10_000.0 {
                total = (total + section + digit.take().unwrap_or(0.0)) * unit;
                section = 0.0;
            } else {
                if word == "百" && digit.is_none() && text(words, next + 1) == Some("分") {
                    break;
                }
                section += digit.take().unwrap_or(1.0) * unit;
            }
            scale = unit;
        } else if word == "点" && next > at {
            return decimal_chinese(words, next + 1, total + section + digit.unwrap_or(0.0))
                .or(Some((total + section + digit.unwrap_or(0.0), next)));
        } else {
            break;
        }
        next += 1;
    }
    // "一百五" is 150, "两千三" is 2300.
    let tail = digit.unwrap_or(0.0)
        * if (100.0..10_000.0).contains(&scale) && tail_is_short(words, next) { scale / 10.0 } else { 1.0 };
    (at < next).then_some((total + section + tail, next))
}

fn tail_is_short(words: &[Word], next: usize) -> bool {
    2 <= next && text(words, next - 2).is_some_and(|word| HAN_UNITS.iter().any(|(name, _)| *name == word))
}

fn decimal_chinese(words: &[Word], at: usize, whole: f64) -> Option<(f64, usize)> {
    let (mut value, mut scale, mut next) = (whole, 0.1, at);
    while let Some((_, digit)) = text(words, next).and_then(|word| HAN_DIGITS.iter().find(|(name, _)| *name == word)) {
        value += digit * scale;
        scale /= 10.0;
        next += 1;
    }
    (at < next).then_some((value, next))
}

fn text(words: &[Word], at: usize) -> Option<&str> {
    words.get(at).map(|word| word.text.as_str())
}

const ONES: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const HAN_DIGITS: &[(&str, f64)] = &[
    ("零", 0.0),
    ("〇", 0.0),
    ("一", 1.0),
    ("二", 2.0),
    ("两", 2.0),
    ("三", 3.0),
    ("四", 4.0),
    ("五", 5.0),
    ("六", 6.0),
    ("七", 7.0),
    ("八", 8.0),
    ("九", 9.0),
    ("幺", 1.0),
];
const HAN_UNITS: &[(&str, f64)] = &[("十", 10.0), ("百", 100.0), ("千", 1000.0), ("万", 10_000.0)];

#[cfg(test)]
mod tests;
