//! The sky over a home: when the sun rises and sets, how warm and how bright it is, and whether the sun shines.
//!
//! Drawn once for all days, so that whoever asks twice hears the same.

use house::EntityId;
use mind::when::{Location, TimeContext};
use rand::Rng as _;
use rand::rngs::SmallRng;

use crate::home;
use crate::routine::Around;
use crate::settings::{Settings, normal};

/// The sky of every day.
#[derive(Clone, Debug)]
pub(crate) struct Sky {
    start: jiff::civil::Date,
    zone: jiff::tz::TimeZone,
    place: Location,
    /// By how much each day is warmer than its season.
    warmer: Vec<f64>,
    /// Whether the sun shines, by eighths of days.
    sunny: Vec<bool>,
    outdoor: (f64, f64),
}

impl Sky {
    /// A sky for so many days.
    pub(crate) fn new(settings: &Settings, days: i64, rng: &mut SmallRng) -> anyhow::Result<Self> {
        let mut warmer = Vec::new();
        let (mut drift, mut is_sunny) = (0.0, true);
        let mut sunny = Vec::new();
        for _ in 0..=days {
            drift = 0.8 * drift + 1.8 * normal(rng);
            warmer.push(drift);
            for _ in 0..8 {
                is_sunny = if rng.random_bool(0.25) { !is_sunny } else { is_sunny };
                sunny.push(is_sunny);
            }
        }
        let zone = jiff::tz::TimeZone::get(settings.zone)?;
        let place = Location { latitude: settings.place.0, longitude: settings.place.1 };
        Ok(Self { start: settings.start, zone, place, warmer, sunny, outdoor: settings.outdoor })
    }

    /// The date of a day.
    pub(crate) fn date(&self, day: i64) -> jiff::civil::Date {
        self.start.checked_add(jiff::Span::new().days(day)).unwrap_or(self.start)
    }

    /// 0 Monday – 6 Sunday.
    pub(crate) fn weekday(&self, day: i64) -> i8 {
        self.date(day).weekday().to_monday_zero_offset()
    }

    /// The moment at which the clock shows that second since the first midnight, with how far it is ahead of UTC.
    pub(crate) fn moment(&self, wall_s: i64) -> (i64, i32) {
        let (day, second) = (wall_s.div_euclid(86_400), wall_s.rem_euclid(86_400));
        let time = jiff::civil::time((second / 3600) as i8, (second / 60 % 60) as i8, (second % 60) as i8, 0);
        match self.date(day).to_datetime(time).to_zoned(self.zone.clone()) {
            Ok(zoned) => (zoned.timestamp().as_millisecond(), zoned.offset().seconds()),
            Err(_) => (0, 0),
        }
    }

    /// A moment as the hub sees it.
    pub(crate) fn context(&self, now_ms: i64) -> TimeContext {
        TimeContext { now_ms, zone: self.zone.clone(), location: Some(self.place) }
    }

    /// At which minute of a day the sun rises and sets.
    pub(crate) fn sun(&self, day: i64) -> (f64, f64) {
        let (_, offset_s) = self.moment(day * 86_400 + 43_200);
        let (_, winter_s) = self.moment(-(i64::from(self.start.day_of_year()) - 5) * 86_400);
        home::sun(f64::from(self.date(day).day_of_year()), winter_s < offset_s)
    }

    /// Whether the sun is below the horizon.
    pub(crate) fn is_dark(&self, wall_s: i64) -> bool {
        let (rise, set) = self.sun(wall_s.div_euclid(86_400));
        !(rise..set).contains(&(wall_s.rem_euclid(86_400) as f64 / 60.0))
    }

    /// What is around at a moment.
    pub(crate) fn around(&self, wall_s: i64) -> Around {
        let (day, minute) = (wall_s.div_euclid(86_400), wall_s.rem_euclid(86_400) as f64 / 60.0);
        let (rise, set) = self.sun(day);
        let warmer = self.warmer.get(day.max(0) as usize).copied().unwrap_or(0.0);
        let season = self.outdoor.0 + self.outdoor.1 * day as f64 / 90.0;
        let outdoor = season + warmer + 3.5 * (std::f64::consts::TAU * (minute - 540.0) / 1440.0).sin();
        let eighth = (day * 8 + minute as i64 / 180).max(0) as usize;
        let is_sunny = self.sunny.get(eighth).copied().unwrap_or(true);
        let height = ((minute - rise) / (set - rise) * std::f64::consts::PI).sin();
        let is_up = (rise..set).contains(&minute);
        let lux = if is_up { height * if is_sunny { 1100.0 } else { 450.0 } } else { 0.0 };
        Around { minute, outdoor, lux: lux.max(0.0), is_sunny }
    }

    /// What an entity that measures the sky tells, if it is one.
    pub(crate) fn measured(&self, id: &EntityId, wall_s: i64) -> Option<f64> {
        let around = self.around(wall_s);
        match id.as_str() {
            "sensor.outdoor" | "weather.home" => Some(around.outdoor),
            "sensor.lux" => Some(around.lux),
            _ => None,
        }
    }
}
