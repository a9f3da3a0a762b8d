//! How the people of a home spend their days: work, illness, holidays, travel, guests, a new job.
//!
//! Only where everyone is; what they do there is lived elsewhere.

use rand::Rng as _;
use rand::rngs::SmallRng;

use crate::home::HouseholdKind;
use crate::settings::{between, normal};
use crate::sky::Sky;

/// What kind of day it is for the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayKind {
    /// A day like the others of its weekday.
    Usual,
    /// Nobody works, and habits of weekdays rest.
    Holiday,
    /// Somebody is ill and at home.
    Ill,
    /// Nobody is at home.
    Travel,
    /// Guests are there.
    Guests,
    /// The hub was off.
    Dark,
}

/// When one person is out on a day, in minutes of the day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outing {
    pub(crate) out: f64,
    pub(crate) back: f64,
}

/// The kinds of all days.
pub(crate) fn kinds(days: i64, rng: &mut SmallRng) -> Vec<DayKind> {
    let mut kinds = vec![DayKind::Usual; days as usize + 1];
    let mut mark = |from: i64, many: i64, kind: DayKind| {
        for day in kinds.iter_mut().skip(from.max(0) as usize).take(many as usize) {
            *day = kind;
        }
    };
    for _ in 0..3 {
        mark(rng.random_range(0..days), 1, DayKind::Holiday);
    }
    for _ in 0..2 {
        let many = rng.random_range(1..=3);
        mark(rng.random_range(0..days), many, DayKind::Ill);
    }
    for _ in 0..2 {
        let many = rng.random_range(1..=3);
        mark(rng.random_range(0..days), many, DayKind::Guests);
    }
    if rng.random_bool(0.6) {
        let many = rng.random_range(3..=9);
        mark(rng.random_range(14..days - 20), many, DayKind::Travel);
    }
    if rng.random_bool(0.5) {
        mark(rng.random_range(5..days), 1, DayKind::Dark);
    }
    kinds
}

/// When each person is out on a day.
pub(crate) fn outings(
    household: HouseholdKind,
    sky: &Sky,
    day: i64,
    kind: DayKind,
    work_shift_min: f64,
    rng: &mut SmallRng,
) -> Vec<Vec<Outing>> {
    let is_workday = sky.weekday(day) < 5;
    let people = household.people();
    let mut all: Vec<Vec<Outing>> = Vec::new();
    for (index, _) in people.iter().enumerate() {
        let works = household != HouseholdKind::Retired && is_workday && !matches!(kind, DayKind::Holiday);
        let is_ill = kind == DayKind::Ill && index == 0;
        let mut own = Vec::new();
        if works && !is_ill {
            let shift = if index == 0 { work_shift_min } else { 0.0 };
            let begin = 485.0 + 12.0 * index as f64 + shift;
            own.push(Outing { out: begin + 9.0 * normal(rng), back: 1040.0 + shift + 25.0 * normal(rng) });
        } else if rng.random_bool(0.6) {
            let out = between((570.0, 960.0), rng);
            own.push(Outing { out, back: out + between((40.0, 240.0), rng) });
        }
        if rng.random_bool(0.12) {
            let out = own.last().map_or(1100.0, |last| last.back + 60.0).max(1100.0);
            own.push(Outing { out, back: (out + between((60.0, 200.0), rng)).min(1430.0) });
        }
        all.push(own);
    }
    all
}
