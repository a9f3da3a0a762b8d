//! What a household does again and again in truth: the planted routines, and the tastes.
//!
//! Only says what is true; nothing of it is told to the learner.

use house::Days;

/// A planted routine.
#[derive(Clone, Debug)]
pub(crate) struct Routine {
    pub(crate) kind: Kind,
    pub(crate) entity: String,
    pub(crate) state: String,
    pub(crate) days: Days,
    pub(crate) moment: Moment,
    pub(crate) only: Option<Only>,
    /// How often it is kept.
    pub(crate) adherence: f64,
    /// From which day on, and up to which day.
    pub(crate) from_day: i64,
    pub(crate) to_day: i64,
}

/// What kind of routine it is, for the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Time,
    Sun,
    Sequence,
    Condition,
    Length,
    Preference,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 6] =
        [Self::Time, Self::Sun, Self::Sequence, Self::Condition, Self::Length, Self::Preference];

    /// Its name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Time => "time of day",
            Self::Sun => "by the sun",
            Self::Sequence => "sequence",
            Self::Condition => "condition",
            Self::Length => "length",
            Self::Preference => "preference",
        }
    }
}

/// When it happens.
#[derive(Clone, Debug)]
pub(crate) enum Moment {
    /// At a minute of the day.
    At { minute: f64, jitter_min: f64 },
    /// So many minutes after sunset, or after sunrise.
    Sun { is_set: bool, minute: f64, jitter_min: f64 },
    /// After something came to be so; the delay is drawn about a middle or from nothing up to the most.
    After { entity: String, state: String, delay_s: f64, spread_s: f64, is_anywhere: bool },
}

/// What else must be so.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Only {
    /// From sunset to sunrise.
    Dark,
    /// The outdoor temperature is below that.
    Colder(f64),
    /// The outdoor temperature is above that.
    Warmer(f64),
    /// Nobody is at home.
    Nobody,
}

/// How somebody likes a thing.
#[derive(Clone, Debug)]
pub(crate) struct Taste {
    pub(crate) entity: String,
    pub(crate) likes: Likes,
    /// How far what they choose lies from what they like, as a standard deviation.
    pub(crate) noise: f64,
}

/// What they like depends on.
#[derive(Clone, Debug)]
pub(crate) enum Likes {
    /// A value from an hour on, and the next from the next.
    ByHour(Vec<(f64, f64)>),
    /// So much at no degrees outside, and so much more a degree; by night that much less.
    ByOutdoor { base: f64, a_degree: f64, night_less: f64 },
    /// So much where it is dark, and so much at full light.
    ByLight { dark: f64, full: f64 },
    /// One value in the sun, another under clouds.
    ByWeather { sunny: f64, other: f64 },
    /// Always the same: no taste that depends on anything.
    Always(f64),
}

/// What is around when a value is chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    pub(crate) minute: f64,
    pub(crate) outdoor: f64,
    pub(crate) lux: f64,
    pub(crate) is_sunny: bool,
}

impl Likes {
    /// The value that is liked.
    pub(crate) fn value(&self, around: &Around) -> f64 {
        match self {
            Self::ByHour(steps) => {
                let now = around.minute / 60.0;
                let last = steps.iter().rev().find(|(hour, _)| *hour <= now).or_else(|| steps.last());
                last.map_or(50.0, |(_, value)| *value)
            }
            Self::ByOutdoor { base, a_degree, night_less } => {
                let is_night = !(6.0 * 60.0..22.0 * 60.0).contains(&around.minute);
                base + a_degree * around.outdoor - if is_night { *night_less } else { 0.0 }
            }
            Self::ByLight { dark, full } => dark + (full - dark) * (around.lux / 800.0).clamp(0.0, 1.0),
            Self::ByWeather { sunny, other } => {
                if around.is_sunny {
                    *sunny
                } else {
                    *other
                }
            }
            Self::Always(value) => *value,
        }
    }

    /// Whether it depends on anything.
    pub(crate) fn depends(&self) -> bool {
        !matches!(self, Self::Always(_))
    }
}
