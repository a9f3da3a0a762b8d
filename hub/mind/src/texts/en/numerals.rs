//! How numbers and lengths of time are said in English.

use crate::texts::numerals::{Numerals, TimeUnit, Unit};
use crate::words::{Word, text};

pub(super) const NUMERALS: Numerals = Numerals {
    count,
    clock_count: |_, _| None,
    minus: &["minus"],
    times: &[],
    fractions: &[
        ("half|halfway", 50.0),
        ("quarter|a quarter|one quarter", 25.0),
        ("a third|one third|1 third", 33.0),
        ("three quarters|3 quarters", 75.0),
        ("two thirds|2 thirds", 67.0),
        ("a fifth|one fifth|1 fifth", 20.0),
        ("a tenth|one tenth|1 tenth", 10.0),
    ],
    parts: &[],
    and_a_half: &["and a half"],
    units: &[
        ("percent|percents|pct|per cent", Unit::Percent, 1.0),
        ("degrees|degree", Unit::Degree, 1.0),
        ("celsius|centigrade|° celsius|° centigrade", Unit::Celsius, 1.0),
        ("degrees c|degrees celsius|degrees centigrade|degree c|degree celsius|degree centigrade", Unit::Celsius, 1.0),
        ("fahrenheit|° fahrenheit", Unit::Fahrenheit, 1.0),
        ("degrees f|degrees fahrenheit|degree f|degree fahrenheit", Unit::Fahrenheit, 1.0),
        ("kelvin|kelvins|° kelvin|degrees k|degrees kelvin|degree k|degree kelvin", Unit::Kelvin, 1.0),
    ],
    before_tenths: &[],
    half_behind_degrees: &[],
    behind_tenths: &[],
    few: &[("a|an", 1.0), ("a couple|a couple of|an couple|an couple of", 2.0)],
    part_of: &[
        ("half|half a|half an|a half|an half", 0.5),
        ("three quarters of|three quarters of a|three quarters of an", 0.75),
        ("3 quarters of|3 quarters of a|3 quarters of an", 0.75),
        ("quarter|quarter a|quarter an|quarter of|quarter of a|quarter of an", 0.25),
        ("a quarter|a quarter a|a quarter an|a quarter of|a quarter of a|a quarter of an", 0.25),
    ],
    half_before_unit: &["and a half", "and a 1 / 2"],
    half_behind_unit: &[],
    half_behind_last_unit: &["and a half"],
    measures: &[],
    time_units: &[
        ("hour|hours|hr|hrs|h", Some(TimeUnit::Hour)),
        ("minute|minutes|min|mins|m", Some(TimeUnit::Minute)),
        ("second|seconds|sec|secs|s", Some(TimeUnit::Second)),
    ],
    measured_units: &[],
    minutes: &[],
    joints: &["and"],
};

fn count(words: &[Word], at: usize) -> Option<(f64, usize)> {
    let (mut thousands, mut section, mut next) = match (text(words, at)?, text(words, at + 1)) {
        ("a", Some("hundred")) => (0.0, 100.0, at + 2),
        ("a", Some("thousand")) => (1000.0, 0.0, at + 2),
        _ => below_hundred(words, at).map(|(value, next)| (0.0, value, next))?,
    };
    while let Some(word) = text(words, next) {
        match word {
            "hundred" => (section, next) = (section * 100.0, next + 1),
            "thousand" => (thousands, section, next) = (section * 1000.0, 0.0, next + 1),
            "point" | "dot" => {
                return decimals(words, next + 1, thousands + section).or(Some((thousands + section, next)));
            }
            _ => {
                let skip = usize::from(word == "and");
                let takes_more = (100.0 <= section && section % 100.0 == 0.0) || (0.0 < thousands && section == 0.0);
                match below_hundred(words, next + skip).filter(|_| takes_more) {
                    Some((add, after)) => (section, next) = (section + add, after),
                    None => break,
                }
            }
        }
    }
    Some((thousands + section, next))
}

fn below_hundred(words: &[Word], at: usize) -> Option<(f64, usize)> {
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

fn decimals(words: &[Word], at: usize, whole: f64) -> Option<(f64, usize)> {
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
