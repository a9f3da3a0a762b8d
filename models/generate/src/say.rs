//! Numbers, lengths of time and clock times as people say them.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// A count in digits or in words.
pub(crate) fn count(lang: Lang, value: u64, rng: &mut StdRng) -> String {
    match rng.random_bool(0.6) {
        true => value.to_string(),
        false => words(lang, value),
    }
}

/// A count in words.
pub(crate) fn words(lang: Lang, value: u64) -> String {
    match lang {
        Lang::En => english(value),
        Lang::Zh => chinese(value),
    }
}

/// A share in per cent, mostly with its unit.
pub(crate) fn percent(lang: Lang, value: u64, rng: &mut StdRng) -> String {
    match lang {
        Lang::En => match rng.random_range(0..10) {
            0..4 => format!("{value}%"),
            4..6 => format!("{value} percent"),
            6..8 => format!("{} percent", english(value)),
            8 => count(lang, value, rng),
            _ if value == 50 => ["half", "halfway"].choose(rng).copied().unwrap_or("half").to_owned(),
            _ => value.to_string(),
        },
        Lang::Zh => match rng.random_range(0..10) {
            0..4 => format!("{value}%"),
            4..6 => format!("百分之{}", chinese(value)),
            6 if rng.random_bool(0.2) => format!("{value} percent"),
            6 => format!("百分之{value}"),
            7 if value.is_multiple_of(10) && 0 < value && value < 100 => format!("{}成", chinese(value / 10)),
            8 if value == 50 => "一半".to_owned(),
            _ => count(lang, value, rng),
        },
    }
}

/// A temperature.
pub(crate) fn degrees(lang: Lang, rng: &mut StdRng) -> String {
    let value = if rng.random_bool(0.2) { rng.random_range(55..85) } else { rng.random_range(15..31) };
    let half = rng.random_bool(0.08);
    match lang {
        Lang::En => {
            let number = match (half, rng.random_bool(0.6)) {
                (true, true) => format!("{value}.5"),
                (true, false) => format!("{} point five", english(value)),
                (false, true) => value.to_string(),
                (false, false) => english(value),
            };
            let unit = [
                "",
                "",
                " degrees",
                " degrees",
                " degrees",
                "°",
                "°c",
                " celsius",
                " degrees celsius",
                " degrees fahrenheit",
                " c",
                "°f",
            ];
            format!("{number}{}", unit.choose(rng).unwrap_or(&""))
        }
        Lang::Zh => {
            let number = match (half, rng.random_bool(0.6)) {
                (true, true) => format!("{value}.5"),
                (true, false) => format!("{}点五", chinese(value)),
                (false, true) => value.to_string(),
                (false, false) => chinese(value),
            };
            format!("{number}{}", ["", "度", "度", "度", "度", "摄氏度", "°", "°C"].choose(rng).unwrap_or(&""))
        }
    }
}

/// A length of time.
pub(crate) fn length(lang: Lang, rng: &mut StdRng) -> String {
    match lang {
        Lang::En => english_length(rng),
        Lang::Zh => chinese_length(rng),
    }
}

fn english_length(rng: &mut StdRng) -> String {
    let special = [
        "half an hour",
        "an hour",
        "a minute",
        "an hour and a half",
        "half a minute",
        "a quarter of an hour",
        "a couple of minutes",
        "one and a half hours",
        "two and a half hours",
        "five and a half minutes",
        "1 and a half hours",
        "2 and a half minutes",
        "a quarter hour",
        "a half hour",
        "1 and a 1/2 hours",
        "2 and a 1/2 minutes",
        "one hour and a half",
    ];
    let minutes = *[
        1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 15, 15, 17, 18, 20, 20, 25, 30, 30, 35, 40, 45, 50, 52, 55,
        60, 90,
    ]
    .choose(rng)
    .unwrap_or(&5);
    let hours = rng.random_range(1..13);
    let seconds = *[5, 10, 15, 20, 30, 30, 40, 45, 50, 90].choose(rng).unwrap_or(&30);
    let unit = |value: u64, name: &str, rng: &mut StdRng| {
        let number = count(Lang::En, value, rng);
        let plural = if value == 1 && rng.random_bool(0.8) || rng.random_bool(0.1) { "" } else { "s" };
        let short = match name {
            "minute" if rng.random_bool(0.12) => "min",
            "second" if rng.random_bool(0.1) => "sec",
            "hour" if rng.random_bool(0.05) => "hr",
            _ => name,
        };
        format!("{number} {short}{plural}")
    };
    let and = if rng.random_bool(0.5) { " and " } else { " " };
    match rng.random_range(0..20) {
        0..2 => special.choose(rng).unwrap_or(&"an hour").to_string(),
        2..5 => unit(hours, "hour", rng),
        5..8 => unit(seconds, "second", rng),
        8 => format!("{}{and}{}", unit(hours, "hour", rng), unit(minutes % 60 + 1, "minute", rng)),
        9 => format!("{}{and}{}", unit(minutes, "minute", rng), unit(seconds % 60 + 1, "second", rng)),
        10 if rng.random_bool(0.5) => {
            format!(
                "{} {}{and}{}",
                unit(hours, "hour", rng),
                unit(minutes % 60 + 1, "minute", rng),
                unit(seconds % 60 + 1, "second", rng)
            )
        }
        10 => format!("{}{and}{}", unit(hours, "hour", rng), unit(seconds % 60 + 1, "second", rng)),
        _ => unit(minutes, "minute", rng),
    }
}

fn chinese_length(rng: &mut StdRng) -> String {
    let special = [
        "半小时",
        "半个小时",
        "一个半小时",
        "两个半小时",
        "一刻钟",
        "三刻钟",
        "两分半",
        "半分钟",
        "一个小时",
        "半个钟",
        "一个钟",
        "一个钟头",
        "两个钟",
        "1个钟",
        "三个字",
        "五个字",
        "一个字",
        "八个字",
        "九个字",
        "十一个字",
        "一个半钟",
        "两个钟头",
        "五分半",
        "十分半钟",
        "半个钟头",
    ];
    let minutes = *[1, 2, 3, 5, 5, 8, 10, 10, 12, 15, 15, 20, 20, 25, 30, 30, 40, 45, 50, 90].choose(rng).unwrap_or(&5);
    let (hours, seconds) = (rng.random_range(1..13), *[5, 10, 15, 20, 30, 30, 40, 45].choose(rng).unwrap_or(&30));
    let number = |value: u64, rng: &mut StdRng| match (rng.random_bool(0.55), value) {
        (true, _) => value.to_string(),
        (false, 2) => "两".to_owned(),
        (false, _) => chinese(value),
    };
    let hour = |value, rng: &mut StdRng| {
        format!("{}{}", number(value, rng), ["小时", "小时", "个小时", "个钟头", "个钟"].choose(rng).unwrap_or(&"小时"))
    };
    let minute =
        |value, rng: &mut StdRng| format!("{}{}", number(value, rng), if rng.random_bool(0.9) { "分钟" } else { "分" });
    let second =
        |value, rng: &mut StdRng| format!("{}{}", number(value, rng), if rng.random_bool(0.7) { "秒" } else { "秒钟" });
    match rng.random_range(0..20) {
        0..3 => special.choose(rng).unwrap_or(&"半小时").to_string(),
        3..6 => hour(hours, rng),
        6..8 => second(seconds, rng),
        8 => format!("{}{}", hour(hours, rng), minute(minutes % 60 + 1, rng)),
        9 => format!("{}{}", minute(minutes, rng), second(seconds, rng)),
        10 => format!("{}{}{}", hour(hours, rng), minute(minutes % 60 + 1, rng), second(seconds, rng)),
        11 if rng.random_bool(0.5) => format!("{}{}", hour(hours, rng), second(seconds, rng)),
        _ => minute(minutes, rng),
    }
}

/// A clock time.
pub(crate) fn clock(lang: Lang, rng: &mut StdRng) -> String {
    match lang {
        Lang::En => english_clock(rng),
        Lang::Zh => chinese_clock(rng),
    }
}

fn english_clock(rng: &mut StdRng) -> String {
    let hour = rng.random_range(1..13_u64);
    let minute = *[5, 10, 15, 20, 25, 30, 30, 40, 45, 50].choose(rng).unwrap_or(&30);
    let half = *["am", "pm", "a.m.", "p.m.", "in the morning", "in the evening", "at night", "", "", "o'clock"]
        .choose(rng)
        .unwrap_or(&"");
    let text = match rng.random_range(0..12) {
        0..3 => format!("{hour} {half}"),
        3..5 => format!("{} {half}", english(hour)),
        5..7 => format!("{hour}:{minute:02} {half}"),
        7 => format!("{} {} {}", english(hour), english(minute), if half == "o'clock" { "" } else { half }),
        8 => format!("half past {}", english(hour)),
        9 => format!("quarter {} {}", if rng.random_bool(0.5) { "past" } else { "to" }, english(hour)),
        10 => format!(
            "{} {} {}",
            english(minute % 30 + 1),
            if rng.random_bool(0.5) { "past" } else { "to" },
            english(hour)
        ),
        _ => ["noon", "midnight", "sunrise", "sunset", "dawn", "dusk"].choose(rng).unwrap_or(&"noon").to_string(),
    };
    text.trim().to_owned()
}

fn chinese_clock(rng: &mut StdRng) -> String {
    let part = *["早上", "上午", "下午", "晚上", "中午", "凌晨", "傍晚", "", "", ""].choose(rng).unwrap_or(&"");
    let hour = rng.random_range(1..13_u64);
    let minute = *[5, 10, 15, 20, 30, 30, 40, 45, 50].choose(rng).unwrap_or(&30);
    let number = |value: u64, is_digits: bool| match (is_digits, value) {
        (true, _) => value.to_string(),
        (false, 2) => "两".to_owned(),
        (false, _) => chinese(value),
    };
    let is_digits = rng.random_bool(0.4);
    let hour = number(hour, is_digits);
    match rng.random_range(0..10) {
        0..5 => format!("{part}{hour}点"),
        5..7 => format!("{part}{hour}点半"),
        7 => {
            format!("{part}{hour}点{}", if minute == 15 { "一刻".to_owned() } else { number(minute, is_digits) + "分" })
        }
        8 => format!("{part}{hour}点{}", ["钟", "整", "一刻"].choose(rng).unwrap_or(&"钟")),
        _ => format!("{part}{}:{minute:02}", rng.random_range(0..24)),
    }
}

fn english(value: u64) -> String {
    const ONES: [&str; 20] = [
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
    const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let ones = |at: u64| ONES.get(at as usize).copied().unwrap_or("zero");
    match value {
        0..20 => ones(value).to_owned(),
        20..100 => {
            let tens = TENS.get((value / 10) as usize).copied().unwrap_or("twenty");
            if value.is_multiple_of(10) { tens.to_owned() } else { format!("{tens} {}", ones(value % 10)) }
        }
        100..1000 => {
            let head = format!("{} hundred", ones(value / 100));
            if value.is_multiple_of(100) { head } else { format!("{head} and {}", english(value % 100)) }
        }
        _ => {
            let head = format!("{} thousand", english(value / 1000));
            if value.is_multiple_of(1000) { head } else { format!("{head} {}", english(value % 1000)) }
        }
    }
}

fn chinese(value: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |at: u64| DIGITS.get(at as usize).copied().unwrap_or("零");
    match value {
        0..10 => digit(value).to_owned(),
        10..20 => format!("十{}", if value == 10 { "" } else { digit(value % 10) }),
        20..100 => format!("{}十{}", digit(value / 10), if value.is_multiple_of(10) { "" } else { digit(value % 10) }),
        100..1000 => {
            let head = format!("{}百", digit(value / 100));
            match value % 100 {
                0 => head,
                1..10 => format!("{head}零{}", digit(value % 10)),
                10..20 => format!("{head}一{}", chinese(value % 100)),
                _ => format!("{head}{}", chinese(value % 100)),
            }
        }
        _ => {
            let thousands = if value / 1000 == 2 { "两" } else { digit(value / 1000) };
            let head = format!("{thousands}千");
            match value % 1000 {
                0 => head,
                rest if rest < 100 => format!("{head}零{}", chinese(rest)),
                rest => format!("{head}{}", chinese(rest)),
            }
        }
    }
}
