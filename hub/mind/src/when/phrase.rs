//! The words of a time, one after the other. A word that is no part of a time makes the whole unreadable.

use house::{Days, Sun};

use crate::numbers::{Length, count_at, lengths};
use crate::words::Word;

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

/// Half of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
}

/// Part of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Dawn,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
}

impl Part {
    /// The minute of the day that is meant if no clock time is said.
    pub(super) fn usual_minute(self) -> i32 {
        match self {
            Self::Dawn => 5 * 60,
            Self::Morning => 8 * 60,
            Self::Noon => 12 * 60,
            Self::Afternoon => 15 * 60,
            Self::Evening => 19 * 60,
            Self::Night => 21 * 60,
        }
    }

    /// Whether an hour lies in this part.
    pub(super) fn holds(self, hour: i8) -> bool {
        match self {
            Self::Dawn => (0..6).contains(&hour),
            Self::Morning => (4..12).contains(&hour),
            Self::Noon => (11..14).contains(&hour),
            Self::Afternoon => (12..18).contains(&hour),
            Self::Evening => (17..24).contains(&hour),
            Self::Night => (18..24).contains(&hour) || (0..4).contains(&hour),
        }
    }
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
    let mut reader =
        Reader { lengths: lengths(words), words, at: 0, said: Phrase::default(), offset: None, is_broken: false };
    while reader.at < words.len() {
        let is_read = reader.until()
            || reader.half()
            || reader.han()
            || reader.every()
            || reader.past_or_to()
            || reader.length()
            || reader.sun()
            || reader.day()
            || reader.part()
            || reader.clock()
            || reader.any(FILLERS);
        if !is_read || reader.is_broken {
            return None;
        }
    }
    reader.ended()
}

struct Reader<'a> {
    words: &'a [Word],
    lengths: Vec<Length>,
    at: usize,
    said: Phrase,
    /// Minutes before (less than zero) or after what follows.
    offset: Option<i32>,
    /// Whether two words contradict each other.
    is_broken: bool,
}

impl Reader<'_> {
    fn ended(self) -> Option<Phrase> {
        let mut said = self.said;
        if let (Some((_, minutes)), Some(offset)) = (&mut said.sun, self.offset) {
            *minutes = offset;
            said.length_s = None;
        } else if self.offset.is_some_and(|offset| offset < 0) {
            // "Ten minutes before" what?
            return None;
        }
        let is_empty = said == Phrase { is_until: said.is_until, is_this: said.is_this, ..Phrase::default() };
        (!is_empty).then_some(said)
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// Takes these words, if they stand here.
    fn eat(&mut self, phrase: &str) -> bool {
        let (mut at, mut rest) = (self.at, phrase);
        while !rest.is_empty() {
            let Some(word) = self.words.get(at) else { return false };
            let Some(after) = rest.strip_prefix(word.text.as_str()) else { return false };
            if !after.is_empty() && !after.starts_with(' ') && !word.is_han() {
                return false;
            }
            (at, rest) = (at + 1, after.trim_start());
        }
        self.at = at;
        true
    }

    fn any(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.eat(phrase))
    }

    fn one<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        table.iter().find(|(phrase, _)| self.eat(phrase)).map(|(_, value)| *value)
    }

    fn until(&mut self) -> bool {
        let is_said = self.at == 0 && self.any(&["until", "till", "til", "up to", "直到", "一直到"]);
        self.said.is_until |= is_said;
        is_said || (self.said.is_until && self.any(&["为止"]))
    }

    fn every(&mut self) -> bool {
        let start = self.at;
        if let Some(days) = self.one(REPEATED) {
            return self.on_days(days);
        }
        if !self.any(&["every", "each", "每隔", "每个", "每逢", "每"]) {
            return false;
        }
        if let Some(length) = self.lengths.iter().find(|length| length.first == self.at) {
            self.at = length.last + 1;
            self.said.interval_s = Some(length.total_s());
            return true;
        }
        if let Some(seconds) =
            self.one(&[("hour", 3600), ("minute", 60), ("half hour", 1800), ("小时", 3600), ("分钟", 60)])
        {
            self.said.interval_s = Some(seconds);
            return true;
        }
        if let Some(days) = self.one(EACH) {
            return self.on_days(days);
        }
        let mut days = None::<Days>;
        while let Some(weekday) = self.weekday(days.is_some()) {
            days = Some(days.unwrap_or_default().and(Days::one(weekday)));
            self.any(&["and", "or", "和", "跟", "与"]);
        }
        match days {
            Some(days) => self.on_days(days),
            // "Every morning": the part is read next.
            None if PARTS.iter().any(|(part, _)| self.stands(part)) => self.on_days(Days::ALL),
            None => {
                self.at = start;
                false
            }
        }
    }

    fn on_days(&mut self, days: Days) -> bool {
        self.said.every = Some(self.said.every.unwrap_or_default().and(days));
        true
    }

    fn stands(&mut self, phrase: &str) -> bool {
        let at = self.at;
        let stands = self.eat(phrase);
        self.at = at;
        stands
    }

    /// A day of the week; after the first, Chinese leaves 周 out ("每周一三五").
    fn weekday(&mut self, is_bare: bool) -> Option<i8> {
        if let Some(weekday) = self.one(WEEKDAYS) {
            return Some(weekday);
        }
        let start = self.at;
        let is_said = self.any(&["星期", "礼拜", "周"]);
        if !is_said && !is_bare {
            return None;
        }
        let day = HAN_DAYS.iter().find(|(name, _)| *name == self.word(self.at)).map(|(_, day)| *day);
        // "周一三点" is Monday at three, not Monday and Wednesday.
        let is_hour = !is_said && matches!(self.word(self.at + 1), "点" | "时" | "十" | ":");
        match day.filter(|_| !is_hour) {
            Some(day) => {
                self.at += 1;
                Some(day)
            }
            None => {
                self.at = start;
                None
            }
        }
    }

    /// "Twenty to seven", "quarter past nine", "half seven".
    fn past_or_to(&mut self) -> bool {
        let start = self.at;
        let minutes = match self.one(&[
            ("half past", 30),
            ("a quarter past", 15),
            ("quarter past", 15),
            ("a quarter after", 15),
            ("quarter after", 15),
            ("a quarter to", -15),
            ("quarter to", -15),
            ("a quarter till", -15),
            ("quarter till", -15),
        ]) {
            Some(minutes) => Some(minutes),
            None if self.word(self.at) == "half"
                && count_at(self.words, self.at + 1).is_some_and(|(hour, next)| {
                    (1.0..=12.0).contains(&hour)
                        && !matches!(self.word(next), "hour" | "hours" | "minute" | "minutes" | "second" | "seconds")
                }) =>
            {
                self.at += 1;
                Some(30)
            }
            None => count_at(self.words, self.at)
                .filter(|(count, _)| (1.0..60.0).contains(count) && count.fract() == 0.0)
                .and_then(|(count, next)| {
                    self.at = next;
                    self.any(&["minutes", "minute"]);
                    let sign = self.one(&[("past", 1), ("to", -1), ("till", -1)])?;
                    Some(sign * count as i32)
                }),
        };
        let hour = minutes
            .and_then(|_| count_at(self.words, self.at))
            .filter(|(hour, _)| (0.0..=23.0).contains(hour) && hour.fract() == 0.0);
        match (minutes, hour) {
            (Some(minutes), Some((hour, next))) if self.said.clock.is_none() => {
                self.at = next;
                let hour = hour as i32;
                let total = (hour * 60 + minutes).rem_euclid(24 * 60);
                // "Twenty to one" is before one, on the same twelve hours.
                let (hour, minute) = (total / 60, total % 60);
                let hour = if hour == 0 && minutes < 0 { 12 } else { hour };
                self.said.clock = Some(Clock { hour, minute, is_sure: 12 < hour || hour == 0 });
                true
            }
            _ => {
                self.at = start;
                false
            }
        }
    }

    fn length(&mut self) -> bool {
        if let Some((days, next)) = self.count_of_days() {
            self.at = next;
            let _ = self.any(AFTER);
            return self.set_day(Day::After(days));
        }
        let Some(length) = self.lengths.iter().find(|length| length.first == self.at) else { return false };
        let seconds = length.total_s();
        self.at = length.last + 1;
        let minutes = i32::try_from(seconds / 60).unwrap_or(i32::MAX);
        if self.any(&["before", "之前", "以前", "前"]) {
            self.offset = Some(-minutes);
        } else if self.any(AFTER) {
            self.offset = Some(minutes);
        } else if self.said.sun.is_some() {
            // "日落后半小时": the side was said before the length.
            self.offset = Some(self.offset.map_or(minutes, |side| side * minutes));
        }
        self.is_broken |= self.said.length_s.is_some();
        self.said.length_s = Some(seconds);
        true
    }

    fn back_to(&mut self, at: usize) -> bool {
        self.at = at;
        false
    }

    fn count_of_days(&mut self) -> Option<(i32, usize)> {
        let (count, next) = match self.word(self.at) {
            "a" => (1.0, self.at + 1),
            _ => count_at(self.words, self.at)?,
        };
        let (unit, next) = match (self.word(next), self.word(next + 1), self.word(next + 2)) {
            ("day" | "days", ..) | ("天", "后", _) => (1.0, next + 1),
            ("天", "之" | "以", "后") => (1.0, next + 1),
            ("week" | "weeks", ..) => (7.0, next + 1),
            ("个", "星" | "礼", _) => (7.0, next + 3),
            ("周", "后", _) | ("周", "之" | "以", "后") => (7.0, next + 1),
            _ => return None,
        };
        let days = count * unit;
        ((1.0..=366.0).contains(&days) && days.fract() == 0.0).then_some((days as i32, next))
    }

    fn sun(&mut self) -> bool {
        let start = self.at;
        let is_after = self.any(&["after", "at", "around", "by"]);
        let is_before = !is_after && self.any(&["before"]);
        let Some(sun) = self.one(SUNS) else {
            return self.back_to(start);
        };
        if self.said.sun.is_some() || (is_before && self.offset.is_none()) {
            // "Before sunset" names no moment.
            return self.back_to(start);
        }
        self.said.sun = Some((sun, 0));
        if let (Some(length), None) = (self.said.length_s, self.offset) {
            let minutes = i32::try_from(length / 60).unwrap_or(i32::MAX);
            self.offset = Some(if is_before { -minutes } else { minutes });
        }
        if self.offset.is_none() {
            self.offset =
                match (self.any(&["之前", "以前", "前"]), self.any(&["之后", "以后", "后", "时候", "的时候", "时"]))
                {
                    // The length follows: "日落前半小时".
                    (true, _) => Some(-1),
                    _ => None,
                };
            if self.offset == Some(-1) && !self.lengths.iter().any(|length| length.first == self.at) {
                return self.back_to(start);
            }
        }
        true
    }

    fn day(&mut self) -> bool {
        let start = self.at;
        if let Some((days, part)) = self.one(DAYS) {
            if let Some(part) = part {
                self.said.part = Some(part);
            }
            self.said.is_this |= days == 0;
            return self.set_day(Day::After(days));
        }
        self.any(&["on the", "on"]);
        let is_next = self.any(&["next", "下个", "下"]);
        let is_this = !is_next && self.any(&["this coming", "coming", "this", "这个", "这", "本"]);
        if let Some(weekday) = self.weekday(false) {
            if !is_next && self.any(&["到", "至", "to", "through"]) {
                let last = self.weekday(false);
                return last.is_some_and(|last| self.on_days(range(weekday, last))) || self.back_to(start);
            }
            return self.set_day(Day::Weekday { weekday, is_next_week: is_next });
        }
        if self.any(&["weekend", "周末"]) {
            return self.set_day(Day::Weekday { weekday: 6, is_next_week: is_next });
        }
        if is_next || is_this {
            return self.back_to(start);
        }
        match self.date() {
            Some(day) => self.set_day(day),
            None => self.back_to(start),
        }
    }

    /// "March 3rd", "the 3rd of march", "3月5号", "5号".
    fn date(&mut self) -> Option<Day> {
        if let Some(month) = self.one(MONTHS) {
            self.any(&["the"]);
            let (day, _) = self.ordinal()?;
            return Some(Day::OfYear(month, day));
        }
        if let Some((month, next)) =
            han_count(self.words, self.at).filter(|(month, next)| (1..=12).contains(month) && self.word(*next) == "月")
        {
            let (day, after) = han_count(self.words, next + 1).filter(|(day, _)| (1..=31).contains(day))?;
            self.at = after + usize::from(matches!(self.word(after), "号" | "日"));
            return Some(Day::OfYear(month as i8, day as i8));
        }
        if let Some((day, next)) =
            han_count(self.words, self.at).filter(|(day, next)| (1..=31).contains(day) && self.word(*next) == "号")
        {
            self.at = next + 1;
            return Some(Day::OfMonth(day as i8));
        }
        let (day, is_ordinal) = self.ordinal()?;
        if self.any(&["of"])
            && let Some(month) = self.one(MONTHS)
        {
            return Some(Day::OfYear(month, day));
        }
        match (is_ordinal, self.one(MONTHS)) {
            (_, Some(month)) => Some(Day::OfYear(month, day)),
            (true, None) => Some(Day::OfMonth(day)),
            (false, None) => None,
        }
    }

    fn ordinal(&mut self) -> Option<(i8, bool)> {
        self.any(&["the"]);
        if let Some(day) = ORDINALS.iter().position(|name| *name == self.word(self.at)) {
            self.at += 1;
            return Some((day as i8 + 1, true));
        }
        let (day, next) =
            count_at(self.words, self.at).filter(|(day, _)| (1.0..=31.0).contains(day) && day.fract() == 0.0)?;
        let is_ordinal = matches!(self.word(next), "st" | "nd" | "rd" | "th");
        self.at = next + usize::from(is_ordinal);
        Some((day as i8, is_ordinal))
    }

    fn set_day(&mut self, day: Day) -> bool {
        // "Tomorrow" and "on friday" at once is no day.
        self.is_broken |= self.said.day.is_some_and(|own| own != day);
        self.said.day = Some(day);
        true
    }

    fn part(&mut self) -> bool {
        let Some((part, is_this)) = self.one(PARTS) else { return false };
        self.is_broken |= self.said.part.is_some_and(|own| own != part);
        self.said.part = Some(part);
        self.said.is_this |= is_this;
        true
    }

    fn half(&mut self) -> bool {
        let Some(half) = self.one(&[("am", Half::Am), ("a m", Half::Am), ("pm", Half::Pm), ("p m", Half::Pm)]) else {
            return false;
        };
        self.is_broken |= self.said.clock.is_none() || self.said.half.is_some_and(|own| own != half);
        self.said.half = Some(half);
        true
    }

    /// Before lengths, because 七点一刻 is no length.
    fn han(&mut self) -> bool {
        let start = self.at;
        let clock = self.han_clock();
        match clock {
            Some(clock) => self.set_clock(clock),
            None => self.back_to(start),
        }
    }

    fn clock(&mut self) -> bool {
        let start = self.at;
        let named =
            self.one(&[("noon", 12), ("midday", 12), ("midnight", 24), ("正午", 12), ("午夜", 24), ("半夜", 24)]);
        let clock = match named {
            Some(hour) => Some(Clock { hour, minute: 0, is_sure: true }),
            None => self.digits().or_else(|| self.spoken()),
        };
        match clock {
            Some(clock) => self.set_clock(clock),
            None => self.back_to(start),
        }
    }

    fn set_clock(&mut self, clock: Clock) -> bool {
        let is_time = (0..=24).contains(&clock.hour) && (0..60).contains(&clock.minute);
        self.is_broken |= self.said.clock.is_some() || !is_time;
        self.said.clock = Some(clock);
        true
    }

    /// "7:30", "0730", "1930".
    fn digits(&mut self) -> Option<Clock> {
        let word = self.word(self.at).to_owned();
        let number = |text: &str| text.parse::<i32>().ok();
        let (hour, minute) = match word.split_once([':', '.']) {
            Some((hour, minute)) if minute.len() == 2 => (hour.to_owned(), minute.to_owned()),
            Some(_) => return None,
            None if (3..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()) => {
                let (hour, minute) = word.split_at(word.len() - 2);
                (hour.to_owned(), minute.to_owned())
            }
            None => return None,
        };
        let is_sure = hour.len() == 2 && hour.starts_with('0');
        let clock = Clock {
            hour: number(&hour)?,
            minute: number(&minute)?,
            is_sure: is_sure || 12 < number(&hour)? || number(&hour)? == 0,
        };
        self.at += 1;
        Some(clock)
    }

    /// "七点半", "8点一刻", "十九点零五分".
    fn han_clock(&mut self) -> Option<Clock> {
        let (hour, next) = han_count(self.words, self.at)?;
        if !matches!(self.word(next), "点" | "时") {
            return None;
        }
        self.at = next + 1;
        let minute = match self.one(&[("钟", 0), ("整", 0), ("半钟", 30), ("半", 30), ("一刻", 15), ("三刻", 45)])
        {
            Some(minute) => minute,
            None => match han_count(self.words, self.at) {
                Some((minute, next)) => {
                    self.at = next + usize::from(self.word(next) == "分");
                    minute
                }
                None => 0,
            },
        };
        Some(Clock { hour, minute, is_sure: 12 < hour || hour == 0 })
    }

    /// "Seven", "seven thirty", "seven o'clock", "7 30".
    fn spoken(&mut self) -> Option<Clock> {
        let (hour, next) =
            count_at(self.words, self.at).filter(|(hour, _)| (0.0..=2400.0).contains(hour) && hour.fract() == 0.0)?;
        self.at = next;
        if 100.0 <= hour {
            // "Seven hundred and thirty" is half past seven.
            let (hour, minute) = (hour as i32 / 100, hour as i32 % 100);
            return Some(Clock { hour, minute, is_sure: 12 < hour });
        }
        let hour = hour as i32;
        let is_sure = 12 < hour || hour == 0;
        if self.any(&["o'clock", "o clock", "oclock", "hundred hours"]) {
            return Some(Clock { hour, minute: 0, is_sure });
        }
        let zero = usize::from(matches!(self.word(self.at), "oh" | "o" | "zero"));
        let minute = count_at(self.words, self.at + zero).filter(|(minute, _)| {
            minute.fract() == 0.0 && (1.0..60.0).contains(minute) && (zero == 1) == (*minute < 10.0)
        });
        match minute {
            Some((minute, next)) => {
                self.at = next;
                Some(Clock { hour, minute: minute as i32, is_sure })
            }
            None => Some(Clock { hour, minute: 0, is_sure }),
        }
    }
}

/// A count of at most 59 as the clock face has it; 七点三 is never seven point three here.
fn han_count(words: &[Word], at: usize) -> Option<(i32, usize)> {
    let word = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    if let Ok(value) = word(at).parse::<i32>() {
        return Some((value, at + 1));
    }
    let digit = |at: usize| HAN_DIGITS.iter().position(|names| names.contains(&word(at))).map(|value| value as i32);
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

fn range(first: i8, last: i8) -> Days {
    let mut days = Days::one(first);
    let mut day = first;
    while day != last {
        day = day % 7 + 1;
        days = days.and(Days::one(day));
    }
    days
}

const HAN_DIGITS: &[&[&str]] =
    &[&["零", "〇"], &["一"], &["二", "两"], &["三"], &["四"], &["五"], &["六"], &["七"], &["八"], &["九"]];
const HAN_DAYS: &[(&str, i8)] = &[
    ("一", 1),
    ("二", 2),
    ("三", 3),
    ("四", 4),
    ("五", 5),
    ("六", 6),
    ("日", 7),
    ("天", 7),
    ("1", 1),
    ("2", 2),
    ("3", 3),
    ("4", 4),
    ("5", 5),
    ("6", 6),
    ("7", 7),
];
const AFTER: &[&str] = &["from now", "after", "later", "time", "之后", "以后", "过后", "后", "的时候"];
const SUNS: &[(&str, Sun)] = &[
    ("the sunset", Sun::Set),
    ("sunset", Sun::Set),
    ("sundown", Sun::Set),
    ("the sun sets", Sun::Set),
    ("the sun goes down", Sun::Set),
    ("the sunrise", Sun::Rise),
    ("sunrise", Sun::Rise),
    ("sun up", Sun::Rise),
    ("sunup", Sun::Rise),
    ("the sun rises", Sun::Rise),
    ("dawn", Sun::Dawn),
    ("dusk", Sun::Dusk),
    ("nightfall", Sun::Dusk),
    ("dark", Sun::Dusk),
    ("it gets dark", Sun::Dusk),
    ("太阳下山", Sun::Set),
    ("太阳落山", Sun::Set),
    ("日落", Sun::Set),
    ("太阳升起", Sun::Rise),
    ("日出", Sun::Rise),
    ("天黑", Sun::Dusk),
    ("黄昏", Sun::Dusk),
    ("天亮", Sun::Dawn),
    ("黎明", Sun::Dawn),
];
const DAYS: &[(&str, (i32, Option<Part>))] = &[
    ("the day after tomorrow", (2, None)),
    ("day after tomorrow", (2, None)),
    ("tomorrow's", (1, None)),
    ("tomorrow", (1, None)),
    ("today's", (0, None)),
    ("today", (0, None)),
    ("大后天", (3, None)),
    ("后天", (2, None)),
    ("明天", (1, None)),
    ("明日", (1, None)),
    ("听日", (1, None)),
    ("今天", (0, None)),
    ("今日", (0, None)),
    ("明早", (1, Some(Part::Morning))),
    ("明晚", (1, Some(Part::Evening))),
    ("今早", (0, Some(Part::Morning))),
    ("今晚", (0, Some(Part::Evening))),
    ("今夜", (0, Some(Part::Night))),
];
/// Parts of a day, and whether they can only be today's.
const PARTS: &[(&str, (Part, bool))] = &[
    ("in the morning", (Part::Morning, false)),
    ("this morning", (Part::Morning, true)),
    ("mornings", (Part::Morning, false)),
    ("morning", (Part::Morning, false)),
    ("in the afternoon", (Part::Afternoon, false)),
    ("this afternoon", (Part::Afternoon, true)),
    ("afternoon", (Part::Afternoon, false)),
    ("in the evening", (Part::Evening, false)),
    ("this evening", (Part::Evening, true)),
    ("evenings", (Part::Evening, false)),
    ("evening", (Part::Evening, false)),
    ("at night", (Part::Night, false)),
    ("tonight", (Part::Night, true)),
    ("nights", (Part::Night, false)),
    ("night", (Part::Night, false)),
    ("凌晨", (Part::Dawn, false)),
    ("清晨", (Part::Morning, false)),
    ("早上", (Part::Morning, false)),
    ("早晨", (Part::Morning, false)),
    ("朝早", (Part::Morning, false)),
    ("上午", (Part::Morning, false)),
    ("早", (Part::Morning, false)),
    ("中午", (Part::Noon, false)),
    ("下午", (Part::Afternoon, false)),
    ("晏昼", (Part::Afternoon, false)),
    ("傍晚", (Part::Evening, false)),
    ("晚上", (Part::Evening, false)),
    ("夜晚", (Part::Night, false)),
    ("夜里", (Part::Night, false)),
    ("深夜", (Part::Night, false)),
    ("晚", (Part::Evening, false)),
];
const REPEATED: &[(&str, Days)] = &[
    ("everyday", Days::ALL),
    ("daily", Days::ALL),
    ("nightly", Days::ALL),
    ("on weekdays", Days::WEEKDAYS),
    ("weekdays", Days::WEEKDAYS),
    ("on workdays", Days::WEEKDAYS),
    ("on weekends", Days::WEEKEND),
    ("weekends", Days::WEEKEND),
    ("on mondays", Days::one(1)),
    ("on tuesdays", Days::one(2)),
    ("on wednesdays", Days::one(3)),
    ("on thursdays", Days::one(4)),
    ("on fridays", Days::one(5)),
    ("on saturdays", Days::one(6)),
    ("on sundays", Days::one(7)),
    ("mondays", Days::one(1)),
    ("tuesdays", Days::one(2)),
    ("wednesdays", Days::one(3)),
    ("thursdays", Days::one(4)),
    ("fridays", Days::one(5)),
    ("saturdays", Days::one(6)),
    ("sundays", Days::one(7)),
    ("天天", Days::ALL),
    ("工作日", Days::WEEKDAYS),
    ("平日", Days::WEEKDAYS),
];
/// What may follow "every".
const EACH: &[(&str, Days)] = &[
    ("single day", Days::ALL),
    ("day", Days::ALL),
    ("weekday", Days::WEEKDAYS),
    ("workday", Days::WEEKDAYS),
    ("weekend", Days::WEEKEND),
    ("天", Days::ALL),
    ("日", Days::ALL),
    ("个工作日", Days::WEEKDAYS),
    ("工作日", Days::WEEKDAYS),
    ("个周末", Days::WEEKEND),
    ("周末", Days::WEEKEND),
];
const WEEKDAYS: &[(&str, i8)] = &[
    ("monday", 1),
    ("tuesday", 2),
    ("wednesday", 3),
    ("thursday", 4),
    ("friday", 5),
    ("saturday", 6),
    ("sunday", 7),
    ("mon", 1),
    ("tue", 2),
    ("wed", 3),
    ("thu", 4),
    ("fri", 5),
    ("sat", 6),
    ("sun", 7),
];
const MONTHS: &[(&str, i8)] = &[
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
];
const ORDINALS: &[&str] = &[
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
];
const FILLERS: &[&str] = &[
    "set for",
    "at",
    "in",
    "for",
    "by",
    "on",
    "around",
    "about",
    "exactly",
    "sharp",
    "to",
    "of",
    "the",
    "and",
    "please",
    "again",
    "set",
    "only",
    "approximately",
    "right",
    "early",
    "alarm",
    "alarms",
    "闹钟",
    "的时候",
    "大概",
    "左右",
    "准时",
    "在",
    "到",
    "于",
    "的",
    "再过",
    "过",
    "等",
    "再",
    "大约",
    "那天",
    "就",
];
