//! On which days, once or again and again.

use house::{Days, Lang};

use crate::numbers::count_at;
use crate::texts;

use super::Day;
use super::reader::Reader;

impl Reader<'_> {
    pub(super) fn every(&mut self) -> bool {
        let start = self.at;
        if let Some(days) = self.one(|times| times.repeated) {
            return self.on_days(days);
        }
        if !self.any(|times| times.every) {
            return false;
        }
        if let Some(length) = self.lengths.iter().find(|length| length.first == self.at) {
            self.at = length.last + 1;
            self.said.interval_s = Some(length.total_s());
            return true;
        }
        if let Some(seconds) = self.one(|times| times.intervals) {
            self.said.interval_s = Some(seconds);
            return true;
        }
        if let Some(days) = self.one(|times| times.each) {
            return self.on_days(days);
        }
        let mut days = None::<Days>;
        while let Some(weekday) = self.weekday(days.is_some()) {
            days = Some(days.unwrap_or_default().and(Days::one(weekday)));
            self.any(|times| times.and);
        }
        match days {
            Some(days) => self.on_days(days),
            // "Every morning": the part is read next.
            None if self.stands(|times| times.parts) => self.on_days(Days::ALL),
            None => self.back_to(start),
        }
    }

    fn on_days(&mut self, days: Days) -> bool {
        self.said.every = Some(self.said.every.unwrap_or_default().and(days));
        true
    }

    /// A day of the week; after the first, Chinese leaves 周 out ("每周一三五").
    fn weekday(&mut self, is_bare: bool) -> Option<i8> {
        if let Some(weekday) = self.one(|times| times.weekdays) {
            return Some(weekday);
        }
        let start = self.at;
        let is_said = self.any(|times| times.week);
        if !is_said && !is_bare {
            return None;
        }
        let number = self.one(|times| times.weekday_numbers);
        // "周一三点" is Monday at three, not Monday and Wednesday.
        let is_hour = !is_said && self.is_one_of(self.at, |times| times.behind_hours);
        let weekday = number.filter(|_| !is_hour);
        if weekday.is_none() {
            self.at = start;
        }
        weekday
    }

    /// A count of days or weeks, and the place behind it.
    pub(super) fn count_of_days(&mut self) -> Option<(i32, usize)> {
        let start = self.at;
        let (count, next) = match self.any(|times| times.one_day) {
            true => (1.0, self.at),
            false => count_at(self.words, start)?,
        };
        self.at = next;
        let days = self.one(|times| times.days_ahead).map(|unit| count * unit);
        let end = std::mem::replace(&mut self.at, start);
        let days = days.filter(|days| (1.0..=366.0).contains(days) && days.fract() == 0.0)?;
        Some((days as i32, end))
    }

    pub(super) fn day(&mut self) -> bool {
        let start = self.at;
        if let Some((days, part)) = self.one(|times| times.days) {
            if let Some(part) = part {
                self.said.part = Some(part);
            }
            self.said.is_this |= days == 0;
            return self.set_day(Day::After(days));
        }
        self.any(|times| times.on);
        let is_next = self.any(|times| times.next);
        let is_this = !is_next && self.any(|times| times.this);
        if let Some(weekday) = self.weekday(false) {
            if !is_next && self.any(|times| times.through) {
                let last = self.weekday(false);
                return last.is_some_and(|last| self.on_days(range(weekday, last))) || self.back_to(start);
            }
            return self.set_day(Day::Weekday { weekday, is_next_week: is_next });
        }
        if self.any(|times| times.weekend) {
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
        if let Some(month) = self.one(|times| times.months) {
            self.any(|times| times.the);
            let (day, _) = self.ordinal()?;
            return Some(Day::OfYear(month, day));
        }
        if let Some(day) = self.marked_date() {
            return Some(day);
        }
        let (day, is_ordinal) = self.ordinal()?;
        if self.any(|times| times.of)
            && let Some(month) = self.one(|times| times.months)
        {
            return Some(Day::OfYear(month, day));
        }
        match (is_ordinal, self.one(|times| times.months)) {
            (_, Some(month)) => Some(Day::OfYear(month, day)),
            (true, None) => Some(Day::OfMonth(day)),
            (false, None) => None,
        }
    }

    /// "3月5号", "5号": numbers with a word behind each.
    fn marked_date(&mut self) -> Option<Day> {
        let (number, next) = self.clock_count(self.at)?;
        if (1..=12).contains(&number) && self.is_one_of(next, |times| times.month_marks) {
            let (day, after) = self.clock_count(next + 1).filter(|(day, _)| (1..=31).contains(day))?;
            self.at = after;
            self.any(|times| times.day_marks_in_month);
            return Some(Day::OfYear(number as i8, day as i8));
        }
        let is_day = (1..=31).contains(&number) && self.is_one_of(next, |times| times.day_marks);
        is_day.then(|| {
            self.at = next + 1;
            Day::OfMonth(number as i8)
        })
    }

    fn ordinal(&mut self) -> Option<(i8, bool)> {
        self.any(|times| times.the);
        if let Some(day) = self.ordinal_word() {
            self.at += 1;
            return Some((day, true));
        }
        let (day, next) =
            count_at(self.words, self.at).filter(|(day, _)| (1.0..=31.0).contains(day) && day.fract() == 0.0)?;
        let is_ordinal = self.is_one_of(next, |times| times.ordinal_ends);
        self.at = next + usize::from(is_ordinal);
        Some((day as i8, is_ordinal))
    }

    fn ordinal_word(&self) -> Option<i8> {
        let own = |lang: &Lang| {
            let ordinals = texts::of(*lang).words().when.ordinals;
            ordinals.iter().position(|name| *name == self.word(self.at))
        };
        i8::try_from(Lang::ALL.iter().find_map(own)? + 1).ok()
    }

    pub(super) fn set_day(&mut self, day: Day) -> bool {
        // "Tomorrow" and "on friday" at once is no day.
        self.is_broken |= self.said.day.is_some_and(|own| own != day);
        self.said.day = Some(day);
        true
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
