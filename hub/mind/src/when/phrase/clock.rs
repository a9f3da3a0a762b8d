//! At what time of the day, by the clock or about.

use crate::numbers::{count_at, is_time_unit_at};

use super::Clock;
use super::reader::Reader;

impl Reader<'_> {
    /// "Twenty to seven", "quarter past nine", "half seven".
    pub(super) fn past_or_to(&mut self) -> bool {
        let start = self.at;
        let minutes = self.minutes_past();
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
            _ => self.back_to(start),
        }
    }

    /// How many minutes past the hour that follows, less than zero if before it.
    fn minutes_past(&mut self) -> Option<i32> {
        if let Some(minutes) = self.one(|times| times.past_hours) {
            return Some(minutes);
        }
        let is_half_hour = self.is_one_of(self.at, |times| times.half_hours)
            && count_at(self.words, self.at + 1)
                .is_some_and(|(hour, next)| (1.0..=12.0).contains(&hour) && !is_time_unit_at(self.words, next));
        if is_half_hour {
            self.at += 1;
            return Some(30);
        }
        let (count, next) =
            count_at(self.words, self.at).filter(|(count, _)| (1.0..60.0).contains(count) && count.fract() == 0.0)?;
        self.at = next;
        self.any(|times| times.minutes);
        let sign = self.one(|times| times.past)?;
        Some(sign * count as i32)
    }

    pub(super) fn part(&mut self) -> bool {
        let Some((part, is_this)) = self.one(|times| times.parts) else { return false };
        self.is_broken |= self.said.part.is_some_and(|own| own != part);
        self.said.part = Some(part);
        self.said.is_this |= is_this;
        true
    }

    pub(super) fn half(&mut self) -> bool {
        let Some(half) = self.one(|times| times.halves) else { return false };
        self.is_broken |= self.said.clock.is_none() || self.said.half.is_some_and(|own| own != half);
        self.said.half = Some(half);
        true
    }

    /// A clock time with a word behind its hour. Before lengths, because 七点一刻 is no length.
    pub(super) fn marked(&mut self) -> bool {
        let start = self.at;
        match self.marked_clock() {
            Some(clock) => self.set_clock(clock),
            None => self.back_to(start),
        }
    }

    pub(super) fn clock(&mut self) -> bool {
        let start = self.at;
        let clock = match self.one(|times| times.named_hours) {
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
    fn marked_clock(&mut self) -> Option<Clock> {
        let (hour, next) = self.clock_count(self.at)?;
        if !self.is_one_of(next, |times| times.hour_marks) {
            return None;
        }
        self.at = next + 1;
        let minute = match self.one(|times| times.behind_hour_marks) {
            Some(minute) => minute,
            None => match self.clock_count(self.at) {
                Some((minute, next)) => {
                    self.at = next;
                    self.any(|times| times.minute_marks);
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
        if self.any(|times| times.full_hours) {
            return Some(Clock { hour, minute: 0, is_sure });
        }
        let zero = usize::from(self.is_one_of(self.at, |times| times.zeros));
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
