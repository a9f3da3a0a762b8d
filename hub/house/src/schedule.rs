//! What shall happen later: actions, alarms and reminders, once or again and again. Says when, computes no calendar.

use crate::{AreaId, Condition, Consent, EntityId, Lang, Speaker, Step};

/// Something that shall happen later.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its id, unique among schedules.
    pub id: String,
    /// What shall happen.
    pub errand: Errand,
    /// The name it was given, or the words it was asked with.
    pub name: Option<String>,
    /// Where it was asked for.
    pub area: Option<AreaId>,
    /// Who asked for it; their rules hold when it is due.
    pub asked_by: Speaker,
    /// When.
    pub timing: Timing,
    /// What else must be so then; if it is not, nothing happens that time.
    pub conditions: Vec<Condition>,
    /// The next time, in milliseconds since 1970 UTC.
    pub due_ms: i64,
    /// Since when it rings, in milliseconds since 1970 UTC; none while it waits.
    pub rings_since_ms: Option<i64>,
    /// Whether it is paused: it stays, and nothing comes of it until it goes on.
    pub is_paused: bool,
    /// The language in which it is told.
    pub lang: Lang,
}

/// Something to schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What shall happen.
    pub errand: Errand,
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Where it belongs.
    pub area: Option<AreaId>,
    /// When.
    pub timing: Timing,
    /// What else must be so then.
    pub conditions: Vec<Condition>,
}

impl Draft {
    /// Something without a name and of no place, that happens whatever else is so.
    pub fn new(errand: Errand, timing: Timing) -> Self {
        Self { errand, name: None, area: None, timing, conditions: Vec::new() }
    }

    /// The same once more.
    pub fn again(schedule: Schedule) -> Self {
        let Schedule { errand, name, area, timing, conditions, .. } = schedule;
        Self { errand, name, area, timing, conditions }
    }
}

/// What is to change about what is scheduled.
#[derive(Clone, Debug, PartialEq)]
pub enum ScheduleChange {
    /// An alarm or a reminder more.
    Add(Draft),
    /// Away with these.
    Cancel(Vec<String>),
    /// These ring again after so many seconds.
    Snooze(Vec<String>, u64),
    /// Tell of these.
    Tell(Vec<String>),
}

/// What shall happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Errand {
    /// These steps, judged anew when they are due.
    Act {
        /// What is done.
        steps: Vec<Step>,
        /// How long it holds in seconds, and what ends it.
        back: Option<(u64, Vec<Step>)>,
        /// What was agreed to when it was asked for.
        agreed: Consent,
    },
    /// An alarm rings.
    Alarm,
    /// A reminder is said.
    Remind(String),
}

/// When something happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Timing {
    /// At this moment, in milliseconds since 1970 UTC.
    At(i64),
    /// Once, when clock and calendar show this.
    Wall(Wall),
    /// On these days, at this time of day.
    Weekly(Days, DayTime),
    /// Again after so many seconds.
    Every(u64),
    /// Whenever something comes to be so, and has been so for that many seconds.
    Triggered(Trigger, u64),
}

/// What has to come to be so.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// One of these is in that state, or all of them are.
    State {
        /// Which entities.
        entities: Vec<EntityId>,
        /// Whether one of them is enough.
        is_one_enough: bool,
        /// The state, in the words of a question.
        state: String,
    },
    /// A measured value is above that.
    Above(EntityId, f64),
    /// A measured value is below that.
    Below(EntityId, f64),
}

impl Trigger {
    /// What it looks at.
    pub fn entities(&self) -> &[EntityId] {
        match self {
            Self::State { entities, .. } => entities,
            Self::Above(id, _) | Self::Below(id, _) => std::slice::from_ref(id),
        }
    }
}

/// Day or night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daylight {
    /// From sunrise to sunset.
    Day,
    /// From sunset to sunrise.
    Dark,
}

/// What clock and calendar show, wherever the house stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wall {
    /// Year.
    pub year: i16,
    /// Month, 1–12.
    pub month: i8,
    /// Day, 1–31.
    pub day: i8,
    /// Hour, 0–23.
    pub hour: i8,
    /// Minute, 0–59.
    pub minute: i8,
}

/// Days of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days(u8);

impl Days {
    /// All seven.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);

    /// The days of a set of bits, Monday the lowest.
    pub fn new(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// One day, 1 Monday – 7 Sunday.
    pub const fn one(weekday: i8) -> Self {
        Self(1 << (weekday - 1).rem_euclid(7))
    }

    /// As bits, Monday the lowest.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether a day is among them, 1 Monday – 7 Sunday.
    pub fn has(self, weekday: i8) -> bool {
        self.0 & Self::one(weekday).0 != 0
    }

    /// The days after these.
    #[must_use]
    pub fn after(self) -> Self {
        Self::new(self.0 << 1 | self.0 >> 6)
    }
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayTime {
    /// By the clock.
    Clock {
        /// Hour, 0–23.
        hour: i8,
        /// Minute, 0–59.
        minute: i8,
    },
    /// By the sun, so many minutes later.
    Sun(Sun, i32),
}

/// What the sun does in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sun {
    /// It gets light.
    Dawn,
    /// It rises.
    Rise,
    /// It sets.
    Set,
    /// It gets dark.
    Dusk,
}

/// Why words say no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeDoubt {
    /// They are no time that can be read.
    Unreadable,
    /// They name a day or less, and no time of day.
    NoTimeOfDay,
    /// That time is over.
    Past,
    /// The sun is named, and nobody said where the house stands.
    NoLocation,
    /// The sun does not do that here in this season.
    NoSuchSun,
    /// The hub does not know the time yet.
    NoClock,
}
