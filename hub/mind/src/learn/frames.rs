//! What a time of day is measured by: the clock, the sunrise or the sunset.
//!
//! Only places acts and moments; what is a habit among them is decided elsewhere.

use std::collections::BTreeMap;

use house::Days;

use super::acts::Acts;
use super::timeline::{ByDay, DAY_S, Timeline};

/// What times of day are measured by.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// Minutes since midnight by the clock.
    Clock,
    /// Minutes since the sun rose or set.
    Sun {
        /// What the sun comes to be then.
        state: &'static str,
        /// When it did, by day, in seconds by the clock.
        moments: ByDay<Option<i64>>,
    },
}

/// Where an act lies: on which day, and how many minutes from that day's beginning of the frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) act: usize,
    pub(super) day: i64,
    pub(super) x: f64,
}

impl Frame {
    /// The frames that this home has.
    pub(super) fn all(timeline: &Timeline) -> Vec<Self> {
        let suns = ["above_horizon", "below_horizon"].map(|state| sun(timeline, state));
        [Some(Self::Clock)].into_iter().chain(suns).flatten().collect()
    }

    /// From where to where it is measured, in minutes.
    pub(super) fn range(&self) -> (f64, f64) {
        match self {
            Self::Clock => (0.0, 1440.0),
            Self::Sun { .. } => (-AROUND_SUN_MIN, AROUND_SUN_MIN),
        }
    }

    /// How unlikely it is before anything is seen, in nats: what goes by the sun does so every day.
    pub(super) fn surprise(&self, days: Days) -> f64 {
        match self {
            Self::Clock => 0.0,
            Self::Sun { .. } if days == Days::ALL => 3.0,
            Self::Sun { .. } => 7.0,
        }
    }

    /// The acts in order of their days; one near midnight belongs to both days.
    pub(super) fn positions(&self, acts: &Acts) -> Vec<Position> {
        let mut positions = Vec::new();
        for (act, one) in acts.acts.iter().enumerate() {
            let today = one.wall_s.div_euclid(DAY_S);
            for day in today - 1..=today + 1 {
                let Some(x) = self.minutes(day, one.wall_s).filter(|x| self.is_within(*x)) else { continue };
                positions.push(Position { act, day, x });
            }
        }
        positions.sort_by_key(|position| position.day);
        positions
    }

    /// The moment so many minutes from a day's beginning of the frame, in seconds since 1970 UTC.
    pub(super) fn moment(&self, timeline: &Timeline, day: i64, x: f64) -> Option<i64> {
        let begin = match self {
            Self::Clock => day * DAY_S,
            Self::Sun { moments, .. } => moments.get(day)??,
        };
        Some(timeline.at_wall(begin + (x * 60.0) as i64))
    }

    fn minutes(&self, day: i64, wall_s: i64) -> Option<f64> {
        let begin = match self {
            Self::Clock => day * DAY_S,
            Self::Sun { moments, .. } => moments.get(day)??,
        };
        Some((wall_s - begin) as f64 / 60.0)
    }

    fn is_within(&self, x: f64) -> bool {
        match self {
            Self::Clock => (-NEAR_MIDNIGHT_MIN..1440.0 + NEAR_MIDNIGHT_MIN).contains(&x),
            Self::Sun { .. } => x.abs() <= AROUND_SUN_MIN,
        }
    }
}

fn sun(timeline: &Timeline, state: &'static str) -> Option<Frame> {
    let (sun, word) = (timeline.known_entity("sun.sun")?, timeline.known_word(state)?);
    let changes =
        timeline.changes.iter().filter(|change| change.entity == sun && change.to == word && change.from.is_some());
    let by_day: BTreeMap<i64, i64> = changes.map(|change| (change.wall_s.div_euclid(DAY_S), change.wall_s)).collect();
    let is_enough = LEAST_SUNS <= by_day.len();
    is_enough.then(|| Frame::Sun { state, moments: timeline.by_day(|day| by_day.get(&day).copied()) })
}

const NEAR_MIDNIGHT_MIN: f64 = 60.0;
/// Farther from sunrise or sunset, nobody goes by it.
const AROUND_SUN_MIN: f64 = 180.0;
const LEAST_SUNS: usize = 8;
