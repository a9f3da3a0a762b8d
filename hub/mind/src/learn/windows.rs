//! Windows of the day, what they are fitted for, and what was worked out of each.
//!
//! Decides nothing about habits.

use std::collections::HashMap;

use house::Days;

/// A window of the day, on some days of the week, from a day on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) center: f64,
    pub(super) half: f64,
    pub(super) days: Days,
    pub(super) from_day: i64,
}

/// What a window is fitted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fit {
    /// A time on some days of the week.
    DaysToo,
    /// A time on all days, which are told apart by what else is so.
    TimeOnly,
}

/// What was worked out of a window, with the part of the day in which acts could change it.
pub(super) struct Memo<V>(HashMap<(WindowBits, Fit), (Reach, V)>);

/// A window as it is compared: exactly.
type WindowBits = (u64, u64, u8, i64);

/// From where to where in the day, in minutes of the frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach(f64, f64);

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<V: Clone> Memo<V> {
    pub(super) fn get(&self, window: Window, what: Fit) -> Option<V> {
        self.0.get(&(window.bits(), what)).map(|(_, known)| known.clone())
    }

    pub(super) fn keep(&mut self, window: Window, what: Fit, reach: Reach, known: V) {
        self.0.insert((window.bits(), what), (reach, known));
    }

    /// Forgets what acts at those times had a part in.
    pub(super) fn forget(&mut self, taken: &[f64]) {
        self.0.retain(|_, (reach, _)| !taken.iter().any(|x| (reach.0..=reach.1).contains(x)));
    }
}

impl Window {
    fn bits(self) -> WindowBits {
        (self.center.to_bits(), self.half.to_bits(), self.days.bits(), self.from_day)
    }

    pub(super) fn reach(self) -> Reach {
        let away = self.half + FLANK_MIN;
        Reach(self.center - away, self.center + away)
    }
}

impl Reach {
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.max(other.1))
    }
}

/// How far around a window what is done there counts as what is usual.
pub(super) const FLANK_MIN: f64 = 150.0;
