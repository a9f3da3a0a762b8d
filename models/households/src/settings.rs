//! How a set of homes is made: two sets that differ in season, zone, noise and in how people keep to their habits.
//!
//! The learner is worked on with the first set only; the second shows whether it learned homes or only that set.

use rand::Rng as _;
use rand::rngs::SmallRng;

/// How homes are made.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The set's name.
    pub(crate) name: &'static str,
    /// The first day.
    pub(crate) start: jiff::civil::Date,
    /// The time zone.
    pub(crate) zone: &'static str,
    /// Where the homes stand, in degrees north and east.
    pub(crate) place: (f64, f64),
    /// How far times lie apart, in minutes: a standard deviation from the least to the most.
    pub(crate) jitter_min: (f64, f64),
    /// How often a habit is kept.
    pub(crate) adherence: (f64, f64),
    /// How the distances are drawn.
    pub(crate) shape: Shape,
    /// How often a thing is used without any habit, in a day.
    pub(crate) noise: (f64, f64),
    /// Minutes between two movements in a room that is used.
    pub(crate) motion_min: f64,
    /// The part of the homes that tell nothing of who is at home.
    pub(crate) without_people: f64,
    /// The part of acts that are taken back at once.
    pub(crate) undone: f64,
    /// Outdoor degrees on the first day, and by how much they change in ninety days.
    pub(crate) outdoor: (f64, f64),
}

/// How distances from the usual time are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As of many small causes.
    Normal,
    /// Rather late than early.
    Late,
}

impl Settings {
    /// The set that the learner is worked on with.
    pub(crate) fn known() -> Self {
        Self {
            name: "known",
            start: jiff::civil::date(2026, 1, 5),
            zone: "Europe/Berlin",
            place: (52.5, 13.4),
            jitter_min: (2.0, 25.0),
            adherence: (0.6, 1.0),
            shape: Shape::Normal,
            noise: (0.1, 1.5),
            motion_min: 14.0,
            without_people: 0.0,
            undone: 0.02,
            outdoor: (2.0, 12.0),
        }
    }

    /// The set that is only measured on.
    pub(crate) fn kept_back() -> Self {
        Self {
            name: "kept back",
            start: jiff::civil::date(2026, 8, 20),
            zone: "America/New_York",
            place: (40.7, -74.0),
            jitter_min: (3.0, 20.0),
            adherence: (0.65, 0.95),
            shape: Shape::Late,
            noise: (0.05, 2.5),
            motion_min: 7.0,
            without_people: 0.3,
            undone: 0.05,
            outdoor: (24.0, -18.0),
        }
    }

    /// A distance from the usual, with that standard deviation.
    pub(crate) fn distance(&self, sigma: f64, rng: &mut SmallRng) -> f64 {
        match self.shape {
            Shape::Normal => sigma * normal(rng),
            // A sum of two exponential ones, moved so that its middle lies at the usual.
            Shape::Late => {
                let one = -(1.0 - rng.random::<f64>()).ln() - (1.0 - rng.random::<f64>()).ln();
                sigma * (one - 1.68) / 1.414
            }
        }
    }
}

/// A draw of a normal distribution.
pub(crate) fn normal(rng: &mut SmallRng) -> f64 {
    let (one, two): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * two).cos()
}

/// A draw between two bounds.
pub(crate) fn between(range: (f64, f64), rng: &mut SmallRng) -> f64 {
    range.0 + (range.1 - range.0) * rng.random::<f64>()
}
