//! Where in the day something may be done by habit: a first look, quick and rough, at every window of the day.
//!
//! What comes out is only looked at more closely; it is no habit yet.

use house::Days;

use super::calendar::weekday;
use super::frames::{Frame, Position};
use super::statistics::{best_likelihood, log_likelihood, share};
use super::timeline::Timeline;

/// The likeliest middles of a window of that width, and the days of the week on which it holds.
pub(super) fn peaks(
    timeline: &Timeline,
    frame: &Frame,
    positions: &[Position],
    from_day: i64,
    half: f64,
    least_hits: usize,
) -> Vec<(f64, Days)> {
    let told = told(timeline, from_day);
    let (first, last) = frame.range();
    let bins = ((last - first) / BIN_MIN) as usize + 1;
    let mut hits: Vec<([usize; 7], i64)> = vec![([0; 7], i64::MIN); bins];
    let mut acts = 0;
    for position in positions.iter().filter(|position| from_day <= position.day && timeline.is_day_told(position.day)) {
        acts += 1;
        let from = ((position.x - half - first) / BIN_MIN).ceil().max(0.0) as usize;
        let to = ((position.x + half - first) / BIN_MIN).floor();
        if to < 0.0 {
            continue;
        }
        for (count, last_day) in hits.iter_mut().take(to as usize + 1).skip(from) {
            if *last_day != position.day {
                *last_day = position.day;
                if let Some(count) = count.get_mut(weekday(position.day)) {
                    *count += 1;
                }
            }
        }
    }
    let days: usize = told.iter().sum();
    let usual = acts as f64 / (days.max(1) as f64 * (last - first));
    let chance = 1.0 - (-usual * 2.0 * half).exp();
    let mut scored: Vec<(f64, f64, Days)> = hits
        .iter()
        .enumerate()
        .filter(|(_, (counts, _))| least_hits <= counts.iter().sum())
        .map(|(bin, (counts, _))| {
            let (days, gain) = best_days(counts, &told, chance);
            (gain, first + bin as f64 * BIN_MIN, days)
        })
        .filter(|(gain, ..)| 3.0 < *gain)
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut taken: Vec<(f64, Days)> = Vec::new();
    for (_, center, days) in scored {
        if taken.len() < MOST_PEAKS && taken.iter().all(|(other, _)| half < (other - center).abs()) {
            taken.push((center, days));
        }
    }
    taken
}

/// The days of the week on which something happens, and by how much this is likelier than chance.
pub(super) fn best_days(hits: &[usize; 7], told: &[usize; 7], chance: f64) -> (Days, f64) {
    let mut order: Vec<(f64, usize, usize, usize)> =
        hits.iter().zip(told).enumerate().map(|(day, (hits, told))| (share(*hits, *told), day, *hits, *told)).collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let all = (hits.iter().sum::<usize>(), told.iter().sum::<usize>());
    let mut inside = (0, 0);
    let mut bits = 0_u8;
    let mut best = (Days::ALL, f64::MIN);
    for (_, day, hits, told) in order {
        bits |= 1 << day;
        inside = (inside.0 + hits, inside.1 + told);
        let days = Days::new(bits);
        let outside = (all.0 - inside.0, all.1 - inside.1);
        let (p, other) = (share(inside.0, inside.1), share(outside.0, outside.1));
        let gain = log_likelihood(inside.0, inside.1, p) - log_likelihood(inside.0, inside.1, chance)
            + best_likelihood(outside.0, outside.1)
            - log_likelihood(outside.0, outside.1, chance)
            - surprise(days);
        // On days on which it is done half as often it is done as well, and only kept less.
        let is_of_these = outside.1 == 0 || other <= MOST_ON_OTHER_DAYS * p;
        if best.1 < gain && chance < p && is_of_these {
            best = (days, gain);
        }
    }
    best
}

/// How unlikely a set of days is before anything is seen, in nats.
pub(super) fn surprise(days: Days) -> f64 {
    match days {
        Days::ALL => 0.0,
        Days::WEEKDAYS => 1.0,
        Days::WEEKEND => 2.0,
        _ => 5.0,
    }
}

/// How many days of each weekday tell anything, from a day on.
pub(super) fn told(timeline: &Timeline, from_day: i64) -> [usize; 7] {
    let mut told = [0; 7];
    for day in (from_day..=timeline.last_day).filter(|day| timeline.is_day_told(*day)) {
        if let Some(told) = told.get_mut(weekday(day)) {
            *told += 1;
        }
    }
    told
}

/// Fewer in all are no habit.
pub(super) const LEAST_HITS: usize = 6;
/// Of how often it is done on its days, so often at the most on the others.
const MOST_ON_OTHER_DAYS: f64 = 0.5;
const BIN_MIN: f64 = 5.0;
const MOST_PEAKS: usize = 4;
