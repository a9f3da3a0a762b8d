//! The few figures that learning rests on: bounds for shares, likelihoods, middles and spreads, changes in a row.
//!
//! Knows nothing of homes.

/// The lower end of what a share may be, seen so many times of so many (Wilson's interval, one-sided, 90 %).
pub(super) fn least_share(hits: usize, of: usize) -> f64 {
    if of == 0 {
        return 0.0;
    }
    let n = of as f64;
    let p = hits as f64 / n;
    let z2 = Z * Z;
    let middle = p + z2 / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    ((middle - half) / (1.0 + z2 / n)).clamp(0.0, 1.0)
}

/// The log-likelihood of so many hits if each has this chance.
pub(super) fn log_likelihood(hits: usize, of: usize, chance: f64) -> f64 {
    let chance = chance.clamp(0.002, 0.998);
    hits as f64 * chance.ln() + (of - hits.min(of)) as f64 * (1.0 - chance).ln()
}

/// The log-likelihood of so many hits at the chance that fits them best, with half a hit and half a miss more.
pub(super) fn best_likelihood(hits: usize, of: usize) -> f64 {
    log_likelihood(hits, of, share(hits, of))
}

/// The share of hits, a little drawn to the middle.
pub(super) fn share(hits: usize, of: usize) -> f64 {
    (hits as f64 + 0.5) / (of as f64 + 1.0)
}

/// The mean; 0 of none.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The middle one; 0 of none.
pub(super) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which that part of all lies; 0 of none.
pub(super) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = part * sorted.len().saturating_sub(1) as f64;
    let below = sorted.get(at.floor() as usize).copied().unwrap_or(0.0);
    let above = sorted.get(at.ceil() as usize).copied().unwrap_or(below);
    below + (above - below) * at.fract()
}

/// The spread as a standard deviation, from the middle of the distances to the middle, so that strays don't count.
pub(super) fn spread(values: &[f64]) -> f64 {
    let middle = median(values);
    let away: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    1.4826 * median(&away)
}

/// The spread that times probably have, in minutes: of few, those in the middle lie closer together than the next ones
/// will.
pub(super) fn spread_of_few(times: &[f64]) -> f64 {
    let n = times.len() as f64;
    ((n * spread(times).powi(2) + USUAL_WEIGHT * USUAL_SPREAD_MIN.powi(2)) / (n + USUAL_WEIGHT)).sqrt()
}

/// The density of a normal distribution so far from its middle.
pub(super) fn normal_density(away: f64, sigma: f64) -> f64 {
    (-(away / sigma).powi(2) / 2.0).exp() / (sigma * std::f64::consts::TAU.sqrt())
}

/// Where the last stretch of a row of outcomes begins: the row is cut where a change explains it much better.
///
/// `days` says for each outcome its day; a stretch at the end is believed once it is [`LEAST_STRETCH_DAYS`] long.
pub(super) fn last_stretch(days: &[i64], outcomes: &[bool], until_day: i64) -> usize {
    let mut start = 0;
    for _ in 0..MOST_CHANGES {
        let rest = outcomes.get(start..).unwrap_or_default();
        let rest_days = days.get(start..).unwrap_or_default();
        match best_cut(rest_days, rest, until_day) {
            Some(cut) => start += cut,
            None => break,
        }
    }
    start
}

fn best_cut(days: &[i64], outcomes: &[bool], until_day: i64) -> Option<usize> {
    let (gain, cut) = likeliest_change(outcomes)?;
    let is_long = LEAST_STRETCH_DAYS <= until_day - days.get(cut)?;
    (LEAST_GAIN_OF_A_CHANGE <= gain && is_long).then_some(cut)
}

/// Where a row of outcomes has most likely changed, and how much better that explains it than no change, in nats.
fn likeliest_change(outcomes: &[bool]) -> Option<(f64, usize)> {
    let (all, hits) = (outcomes.len(), count(outcomes));
    let whole = best_likelihood(hits, all);
    let mut before = 0;
    let mut best: Option<(f64, usize)> = None;
    for (index, outcome) in outcomes.iter().enumerate() {
        if 0 < index && 2 <= all - index {
            let gain = best_likelihood(before, index) + best_likelihood(hits - before, all - index) - whole;
            if best.is_none_or(|(most, _)| most < gain) {
                best = Some((gain, index));
            }
        }
        before += usize::from(*outcome);
    }
    best
}

/// How much better one change, anywhere in a row of outcomes, explains it than none, in nats.
pub(super) fn gain_of_a_change(outcomes: &[bool]) -> f64 {
    likeliest_change(outcomes).map_or(0.0, |(gain, _)| gain - LEAST_GAIN_OF_A_CHANGE)
}

/// The log-likelihood of values about one level, at the spread that fits them best, up to what is the same for all
/// rows.
pub(super) fn likelihood_of_a_level(values: &[f64]) -> f64 {
    let sums = values.iter().fold(Sums::default(), |sums, value| sums.with(*value));
    sums.likelihood()
}

/// The log-likelihood of values about one level or about two, one after the other, equally far apart in both.
pub(super) fn likelihood_of_levels(values: &[f64]) -> f64 {
    let all = values.iter().fold(Sums::default(), |sums, value| sums.with(*value));
    let mut before = Sums::default();
    let mut best = all.likelihood();
    for value in values {
        let after = all.without(before);
        if LEAST_ON_EITHER as f64 <= before.n && LEAST_ON_EITHER as f64 <= after.n {
            best = best.max(likelihood(all.n, before.away() + after.away()) - COST_OF_A_LEVEL);
        }
        before = before.with(*value);
    }
    best
}

/// How many values, their sum and the sum of their squares.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn with(self, value: f64) -> Self {
        Self { n: self.n + 1.0, sum: self.sum + value, squares: self.squares + value * value }
    }

    fn without(self, other: Self) -> Self {
        Self { n: self.n - other.n, sum: self.sum - other.sum, squares: self.squares - other.squares }
    }

    /// The sum of the squares of the distances to their mean.
    fn away(self) -> f64 {
        self.squares - self.sum * self.sum / self.n.max(1.0)
    }

    fn likelihood(self) -> f64 {
        likelihood(self.n, self.away())
    }
}

fn likelihood(n: f64, away: f64) -> f64 {
    -n / 2.0 * (away / n.max(1.0)).max(FINEST_VARIANCE).ln()
}

/// Where the last level of a row of values begins, if its level has changed for good.
pub(super) fn last_level(values: &[f64]) -> usize {
    let mut start = 0;
    for _ in 0..MOST_CHANGES {
        match level_cut(values.get(start..).unwrap_or_default()) {
            Some(cut) => start += cut,
            None => break,
        }
    }
    start
}

fn level_cut(values: &[f64]) -> Option<usize> {
    let n = values.len();
    let (low, high) = (quantile(values, 0.02), quantile(values, 0.98));
    let all: f64 = values.iter().map(|value| value.clamp(low, high)).sum();
    let mut sum = 0.0;
    let mut best: Option<(f64, usize)> = None;
    for (cut, value) in values.iter().enumerate() {
        if LEAST_ON_A_LEVEL <= cut && cut + LEAST_ON_A_LEVEL <= n {
            let (before, after) = (cut as f64, (n - cut) as f64);
            let between = (sum / before - (all - sum) / after).powi(2) * before * after / n as f64;
            if best.is_none_or(|(most, _)| most < between) {
                best = Some((between, cut));
            }
        }
        sum += value.clamp(low, high);
    }
    best.map(|(_, cut)| cut).filter(|cut| is_other_level(values, *cut))
}

/// Whether what comes after a cut is clearly elsewhere than what came before.
fn is_other_level(values: &[f64], cut: usize) -> bool {
    let Some((before, after)) = values.split_at_checked(cut) else { return false };
    let apart = (median(after) - median(before)).abs();
    let from_own_middle = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value - median(values)).collect() };
    let within = spread(&[from_own_middle(before), from_own_middle(after)].concat());
    let weight = 1.0 / before.len() as f64 + 1.0 / after.len() as f64;
    1.5 * within + 4.0 <= apart && LEAST_DISTANCE <= apart / ((within + 1.5) * weight.sqrt())
}

/// How many are true.
pub(super) fn count(outcomes: &[bool]) -> usize {
    outcomes.iter().filter(|outcome| **outcome).count()
}

/// One-sided 90 %.
const Z: f64 = 1.2816;
/// More changes than these within the kept time are no habit.
const MOST_CHANGES: usize = 4;
/// How far times lie apart before any is seen, and as much as how many times that counts.
const USUAL_SPREAD_MIN: f64 = 12.0;
const USUAL_WEIGHT: f64 = 3.0;
/// A week of illness is no new life.
const LEAST_STRETCH_DAYS: i64 = 9;
/// Nats that a change must explain, because it may lie anywhere.
const LEAST_GAIN_OF_A_CHANGE: f64 = 5.0;
const LEAST_ON_A_LEVEL: usize = 5;
/// Where a second level is only weighed against something else.
const LEAST_ON_EITHER: usize = 3;
/// Nats that a second level must explain: it begins anywhere, and has a middle of its own.
const COST_OF_A_LEVEL: f64 = 7.0;
/// Nobody does anything closer to the time than half a minute.
const FINEST_VARIANCE: f64 = 0.25;
const LEAST_DISTANCE: f64 = 5.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_below_the_share_and_comes_near_it_with_more_seen() {
        assert!(least_share(5, 5) < least_share(50, 50));
        assert!(least_share(11, 14) < 11.0 / 14.0);
        assert_eq!(least_share(0, 0), 0.0);
    }

    #[test]
    fn a_habit_that_ended_is_a_stretch_of_misses() {
        let days: Vec<i64> = (0..60).collect();
        let outcomes: Vec<bool> = days.iter().map(|day| *day < 48).collect();
        assert_eq!(last_stretch(&days, &outcomes, 60), 48);
        let few: Vec<bool> = days.iter().map(|day| *day < 55).collect();
        assert_eq!(last_stretch(&days, &few, 60), 0, "five days are no change yet");
    }

    #[test]
    fn a_time_that_moved_is_a_new_level() {
        let values: Vec<f64> =
            (0..40).map(|index| if index < 30 { 0.0 } else { 60.0 } + f64::from(index % 7)).collect();
        assert_eq!(last_level(&values), 30);
    }
}
