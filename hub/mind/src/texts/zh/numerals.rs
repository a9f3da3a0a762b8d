//! How numbers and lengths of time are said in Chinese.

use crate::texts::numerals::{Numerals, TimeUnit, Unit};
use crate::words::{Word, text};

pub(super) const NUMERALS: Numerals = Numerals {
    count,
    clock_count,
    minus: &["负", "零下"],
    times: &[("万", 10_000.0), ("千", 1_000.0), ("百", 100.0)],
    fractions: &[("一半", 50.0)],
    parts: &[("百分之", 100.0), ("十分之", 10.0), ("五分之", 5.0), ("四分之", 4.0), ("三分之", 3.0)],
    and_a_half: &[],
    units: &[
        ("成", Unit::Percent, 10.0),
        ("度", Unit::Degree, 1.0),
        ("摄氏|摄氏度", Unit::Celsius, 1.0),
        ("华氏|华氏度", Unit::Fahrenheit, 1.0),
        ("开", Unit::Kelvin, 1.0),
    ],
    before_tenths: &["度"],
    half_behind_degrees: &["半"],
    behind_tenths: &["吧"],
    few: &[],
    part_of: &[("半|半个", 0.5)],
    half_before_unit: &["半", "个半"],
    half_behind_unit: &["半"],
    half_behind_last_unit: &[],
    measures: &["个"],
    time_units: &[
        ("小时|钟头", Some(TimeUnit::Hour)),
        ("分|分钟", Some(TimeUnit::Minute)),
        ("秒|秒钟", Some(TimeUnit::Second)),
        ("分之", None),
    ],
    measured_units: &[("钟", TimeUnit::Hour)],
    // Cantonese tells minutes by the figures of the clock face: one figure is five minutes.
    minutes: &[("个字", 5.0), ("刻|刻钟", 15.0)],
    joints: &["零", "又"],
};

fn count(words: &[Word], at: usize) -> Option<(f64, usize)> {
    if let (Some("半"), Some("度")) = (text(words, at), text(words, at + 1)) {
        return Some((0.5, at + 1));
    }
    let (mut total, mut section, mut digit, mut next, mut scale) = (0.0, 0.0, None::<f64>, at, 1.0);
    while let Some(word) = text(words, next) {
        if let Some(value) = digit_of(word) {
            digit = Some(match digit {
                Some(before) if scale == 1.0 && section == 0.0 => before * 10.0 + value,
                _ => value,
            });
        } else if let Some(unit) = UNITS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value) {
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
            return decimals(words, next + 1, total + section + digit.unwrap_or(0.0))
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
    2 <= next && text(words, next - 2).is_some_and(|word| UNITS.iter().any(|(name, _)| *name == word))
}

fn decimals(words: &[Word], at: usize, whole: f64) -> Option<(f64, usize)> {
    let (mut value, mut scale, mut next) = (whole, 0.1, at);
    while let Some(digit) = text(words, next).and_then(digit_of) {
        value += digit * scale;
        scale /= 10.0;
        next += 1;
    }
    (at < next).then_some((value, next))
}

/// A count of at most 59 as the clock face has it; 七点三 is never seven point three here.
fn clock_count(words: &[Word], at: usize) -> Option<(i32, usize)> {
    let word = |at: usize| text(words, at).unwrap_or_default();
    if let Ok(value) = word(at).parse::<i32>() {
        return Some((value, at + 1));
    }
    // 幺 is said of telephone numbers, never of the clock.
    let digit = |at: usize| digit_of(word(at)).filter(|_| word(at) != "幺").map(|digit| digit as i32);
    match (digit(at), word(at) == "十") {
        (Some(0), _) => digit(at + 1).map(|ones| (ones, at + 2)).or(Some((0, at + 1))),
        (Some(tens), _) if word(at + 1) == "十" => {
            Some(digit(at + 2).map_or((tens * 10, at + 2), |ones| (tens * 10 + ones, at + 3)))
        }
        (Some(ones), _) => Some((ones, at + 1)),
        (None, true) => Some(digit(at + 1).map_or((10, at + 1), |ones| (10 + ones, at + 2))),
        (None, false) => None,
    }
}

fn digit_of(word: &str) -> Option<f64> {
    DIGITS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

const DIGITS: &[(&str, f64)] = &[
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
const UNITS: &[(&str, f64)] =
    &[("十", 10.0), ("廿", 20.0), ("卅", 30.0), ("百", 100.0), ("千", 1000.0), ("万", 10_000.0)];
