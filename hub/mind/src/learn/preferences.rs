//! The value that people want: how bright, how warm, how far, depending on the hour, the light, the weather.
//!
//! A small tree of splits; it is told only where what is around explains the value far better than its mean does.

use std::collections::BTreeMap;

use house::{Action, Condition, Domain, EntityId, Habit, HabitKind, House};

use super::calendar::{day_of, weekday};
use super::conditions::rounded;
use super::slopes::{Slope, Stretch};
use super::statistics::{median, quantile};
use super::timeline::{Choice, Number, Setting, Timeline, is_by_hand};
use crate::condition;
use crate::when::TimeContext;

/// A value that is wanted where something is so.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) entity: Number,
    pub(super) action: Action,
    pub(super) conditions: Vec<Condition>,
    /// How many of the values were near it.
    pub(super) near: usize,
    pub(super) of: usize,
    pub(super) first_s: i64,
    pub(super) last_s: i64,
}

/// What is wanted of every thing, where it depends on something.
pub(super) fn find(timeline: &Timeline) -> Vec<Wanted> {
    let mut chosen: BTreeMap<(Number, Setting), Vec<&Choice>> = BTreeMap::new();
    for choice in timeline.choices.iter().filter(|choice| is_by_hand(choice.cause)) {
        let of_one = chosen.entry((choice.entity, choice.setting)).or_default();
        // What was set anew within minutes was not what was wanted.
        if of_one.last().is_some_and(|last| choice.at_s - last.at_s <= CORRECTED_WITHIN_S) {
            of_one.pop();
        }
        of_one.push(choice);
    }
    chosen.iter().flat_map(|((entity, setting), choices)| leaves(timeline, *entity, *setting, choices)).collect()
}

/// The value that the household wants of a thing as things are: that of the first preference whose conditions hold.
pub fn preferred<'h>(
    habits: &'h [Habit],
    entity: &EntityId,
    house: &House,
    around: &TimeContext,
) -> Option<&'h Action> {
    let of_it = habits.iter().filter(|habit| habit.kind == HabitKind::Preference && habit.entity == *entity);
    let holds = |habit: &&Habit| condition::all_hold(&habit.when.conditions, house, around) == Some(true);
    of_it.filter(|habit| LEAST_SURE <= habit.confidence).find(holds).map(|habit| &habit.action)
}

/// A value and what was around when it was chosen.
struct Sample {
    value: f64,
    at_s: i64,
    around: Vec<Option<f64>>,
}

/// What can be looked at, in the order of a sample's `around`.
#[derive(Clone, Debug)]
enum Feature {
    /// Minutes since four in the morning, when the day begins for most.
    Minute,
    Dark,
    Weekend,
    Measured(Number, &'static str),
    Weather(Number, Number),
}

/// A stretch of a feature's values.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    from: f64,
    to: f64,
}

fn leaves(timeline: &Timeline, entity: Number, setting: Setting, choices: &[&Choice]) -> Vec<Wanted> {
    let choices = choices.get(choices.len().saturating_sub(MOST_SAMPLES)..).unwrap_or_default();
    if choices.len() < LEAST_SAMPLES {
        return Vec::new();
    }
    let features = features(timeline, entity, choices);
    let samples: Vec<Sample> = choices.iter().map(|choice| sample(timeline, &features, choice)).collect();
    let all: Vec<&Sample> = samples.iter().collect();
    let open: Vec<Bounds> = features.iter().map(|_| Bounds { from: f64::MIN, to: f64::MAX }).collect();
    let mut found = Vec::new();
    grow(&features, &all, open, 0, &mut found);
    if found.len() < 2 && found.iter().all(|leaf| leaf.slope.is_none()) {
        return Vec::new();
    }
    let mut wanted: Vec<Wanted> =
        found.into_iter().flat_map(|leaf| told(timeline, entity, setting, &features, &leaf)).collect();
    wanted.sort_by_key(|one| std::cmp::Reverse(one.of));
    wanted
}

fn features(timeline: &Timeline, own: Number, choices: &[&Choice]) -> Vec<Feature> {
    let mut features = vec![Feature::Minute, Feature::Weekend];
    if timeline.known_entity("sun.sun").is_some() {
        features.push(Feature::Dark);
    }
    let (first, last) = (choices.first().map_or(0, |c| c.at_s), choices.last().map_or(0, |c| c.at_s));
    for (entity, track) in timeline.tracks.iter().enumerate().filter(|(entity, _)| *entity as Number != own) {
        let names = track.numbers.iter().filter(|(_, row)| row.first().is_some_and(|(at, _)| *at <= first + 86_400));
        features.extend(names.map(|(name, _)| Feature::Measured(entity as Number, name)));
        if timeline.domains.get(entity) == Some(&Domain::Weather) {
            let mut words: Vec<Number> =
                track.states.iter().filter(|(at, _)| *at <= last).map(|(_, word)| *word).collect();
            words.sort_unstable();
            words.dedup();
            features.extend(words.into_iter().map(|word| Feature::Weather(entity as Number, word)));
        }
    }
    features
}

fn sample(timeline: &Timeline, features: &[Feature], choice: &Choice) -> Sample {
    let truth = |is: bool| Some(f64::from(u8::from(is)));
    let around = features.iter().map(|feature| match feature {
        Feature::Minute => Some(((choice.wall_s / 60 - DAY_BEGINS_MIN).rem_euclid(1440)) as f64),
        Feature::Weekend => truth(5 <= weekday(day_of(choice.wall_s))),
        Feature::Dark => {
            let sun = timeline.known_entity("sun.sun")?;
            let word = timeline.state_at(sun, choice.at_s)?;
            truth(timeline.known_word("below_horizon") == Some(word))
        }
        Feature::Measured(entity, name) => timeline.number_at(*entity, name, choice.at_s),
        Feature::Weather(entity, word) => truth(timeline.state_at(*entity, choice.at_s)? == *word),
    });
    Sample { value: choice.value, at_s: choice.at_s, around: around.collect() }
}

/// Samples that nothing splits any more, and the line through them if one fits far better than their mean.
struct Leaf<'s> {
    bounds: Vec<Bounds>,
    samples: Vec<&'s Sample>,
    slope: Option<(usize, Slope)>,
}

/// Splits as long as a split explains much more than it costs, and more than a line does.
fn grow<'s>(
    features: &[Feature],
    samples: &[&'s Sample],
    bounds: Vec<Bounds>,
    depth: usize,
    found: &mut Vec<Leaf<'s>>,
) {
    let slope = best_slope(features, samples);
    let least = slope.map_or(f64::MIN, |(_, slope)| slope.gain);
    let split = best_split(features, samples).filter(|split| depth < DEEPEST && least < split.gain);
    let Some(Division { feature, at, .. }) = split else {
        found.push(Leaf { bounds, samples: samples.to_vec(), slope });
        return;
    };
    let is_below = |sample: &&&Sample| sample.around.get(feature).copied().flatten().is_some_and(|value| value < at);
    let (below, above): (Vec<&Sample>, Vec<&Sample>) = samples.iter().partition(|sample| is_below(sample));
    let (mut lower, mut upper) = (bounds.clone(), bounds);
    if let (Some(lower), Some(upper)) = (lower.get_mut(feature), upper.get_mut(feature)) {
        lower.to = at;
        upper.from = at;
    }
    grow(features, &below, lower, depth + 1, found);
    grow(features, &above, upper, depth + 1, found);
}

/// The line along a measured value that explains most, if it explains enough.
fn best_slope(features: &[Feature], samples: &[&Sample]) -> Option<(usize, Slope)> {
    let is_measured = |feature: &Feature| matches!(feature, Feature::Measured(..));
    let measured = features.iter().filter(|feature| is_measured(feature)).count();
    let lines = features.iter().enumerate().filter(|(_, feature)| is_measured(feature)).filter_map(|(index, _)| {
        let pairs = samples.iter().map(|sample| Some((sample.around.get(index).copied().flatten()?, sample.value)));
        let slope = Slope::through(&pairs.collect::<Option<Vec<_>>>()?)?;
        Some((index, slope.at_a_cost(cost_of_measured(measured))))
    });
    let best = lines.reduce(|best, one| if best.1.gain < one.1.gain { one } else { best });
    best.filter(|(_, slope)| LEAST_GAIN_OF_A_SLOPE <= slope.gain)
}

/// There are many measured values that may happen to go along.
fn cost_of_measured(measured: usize) -> f64 {
    1.5 + (measured as f64).ln()
}

/// Where samples are best divided.
struct Division {
    gain: f64,
    feature: usize,
    at: f64,
}

fn best_split(features: &[Feature], samples: &[&Sample]) -> Option<Division> {
    if samples.len() < 2 * LEAST_IN_LEAF {
        return None;
    }
    let measured = features.iter().filter(|feature| matches!(feature, Feature::Measured(..))).count();
    let mut best: Option<Division> = None;
    for (index, feature) in features.iter().enumerate() {
        let Some((gain, at)) = split_of(samples, index) else { continue };
        let cost = match feature {
            Feature::Minute => 1.0,
            Feature::Dark | Feature::Weekend => 0.0,
            Feature::Weather(..) => 1.0,
            Feature::Measured(..) => cost_of_measured(measured),
        };
        let gain = gain - cost;
        if best.as_ref().is_none_or(|best| best.gain < gain) {
            best = Some(Division { gain, feature: index, at });
        }
    }
    best.filter(|best| LEAST_GAIN <= best.gain)
}

/// The best place to split a feature, and what it explains in nats.
fn split_of(samples: &[&Sample], feature: usize) -> Option<(f64, f64)> {
    let mut rows: Vec<(f64, f64)> = samples
        .iter()
        .filter_map(|sample| Some((sample.around.get(feature).copied().flatten()?, sample.value)))
        .collect();
    if rows.len() < samples.len() {
        return None;
    }
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    let n = rows.len() as f64;
    let (sum, squares) = rows.iter().fold((0.0, 0.0), |(sum, squares), (_, y)| (sum + y, squares + y * y));
    let whole = (squares - sum * sum / n).max(0.0) + FINEST * n;
    let (mut left, mut left_squares) = (0.0, 0.0);
    let mut best: Option<(f64, f64)> = None;
    for (index, pair) in rows.windows(2).enumerate() {
        let [(x, y), (next, _)] = pair else { continue };
        left += y;
        left_squares += y * y;
        let (below, above) = ((index + 1) as f64, n - (index + 1) as f64);
        if x == next || below < LEAST_IN_LEAF as f64 || above < LEAST_IN_LEAF as f64 {
            continue;
        }
        let within = (left_squares - left * left / below) + (squares - left_squares - (sum - left).powi(2) / above);
        let gain = n / 2.0 * (whole / (within.max(0.0) + FINEST * n)).ln();
        if best.is_none_or(|(most, _)| most < gain) {
            best = Some((gain, rounded((x + next) / 2.0, next - x)));
        }
    }
    best
}

/// What is wanted in a leaf: one value, or one for each step of a line.
fn told(timeline: &Timeline, entity: Number, setting: Setting, features: &[Feature], leaf: &Leaf<'_>) -> Vec<Wanted> {
    let tolerance = if setting == Setting::Temperature { 1.0 } else { 12.0 };
    let wanted = |value: f64, bounds: &[Bounds], near: usize| Wanted {
        entity,
        action: action(setting, value),
        conditions: conditions(timeline, features, bounds),
        near,
        of: leaf.samples.len(),
        first_s: leaf.samples.iter().map(|sample| sample.at_s).min().unwrap_or(0),
        last_s: leaf.samples.iter().map(|sample| sample.at_s).max().unwrap_or(0),
    };
    let near = |expected: &dyn Fn(&Sample) -> f64| {
        leaf.samples.iter().filter(|sample| (sample.value - expected(sample)).abs() <= tolerance).count()
    };
    let Some((feature, slope)) = &leaf.slope else {
        let value = inner_mean(leaf);
        return vec![wanted(value, &leaf.bounds, near(&|_| value))];
    };
    let measured = |sample: &Sample| sample.around.get(*feature).copied().flatten().unwrap_or_default();
    let near = near(&|sample| slope.at(measured(sample)));
    let steps = slope.steps(if setting == Setting::Temperature { STEP_DEGREES } else { STEP_PCT });
    steps.iter().map(|step| wanted(step.value, &narrowed(&leaf.bounds, *feature, step), near)).collect()
}

/// The mean of the inner part: strays don't count, and it is finer than the middle one.
fn inner_mean(leaf: &Leaf<'_>) -> f64 {
    let values: Vec<f64> = leaf.samples.iter().map(|sample| sample.value).collect();
    let (low, high) = (quantile(&values, 0.15), quantile(&values, 0.85));
    let inner: Vec<f64> = values.iter().copied().filter(|value| (low..=high).contains(value)).collect();
    if inner.is_empty() { median(&values) } else { inner.iter().sum::<f64>() / inner.len() as f64 }
}

/// The bounds of one step within those of its leaf.
fn narrowed(bounds: &[Bounds], feature: usize, step: &Stretch) -> Vec<Bounds> {
    let mut bounds = bounds.to_vec();
    if let Some(own) = bounds.get_mut(feature) {
        let short = |edge: f64| if edge.abs() < f64::MAX { rounded(edge, 1.0) } else { edge };
        own.from = own.from.max(short(step.from));
        own.to = own.to.min(short(step.to));
    }
    bounds
}

fn action(setting: Setting, value: f64) -> Action {
    let pct = value.round().clamp(0.0, 100.0) as u8;
    match setting {
        Setting::Brightness => Action::SetLight { brightness_pct: Some(pct.max(1)), color: None, color_temp_k: None },
        Setting::Temperature => Action::SetTemperature((value * 10.0).round() / 10.0),
        Setting::Position => Action::SetCoverPosition(pct),
        Setting::Percentage => Action::SetPercentage(pct.max(1)),
        Setting::Volume => Action::SetVolume(pct),
        Setting::Humidity => Action::SetHumidity(pct),
    }
}

fn conditions(timeline: &Timeline, features: &[Feature], bounds: &[Bounds]) -> Vec<Condition> {
    let id = |entity: &Number| timeline.entities.get(*entity as usize).cloned();
    let mut conditions = Vec::new();
    for (feature, bounds) in features.iter().zip(bounds) {
        let (has_from, has_to) = (f64::MIN < bounds.from, bounds.to < f64::MAX);
        if !has_from && !has_to {
            continue;
        }
        match feature {
            Feature::Minute => {
                let clock = |value: f64| (value as i64 + DAY_BEGINS_MIN).rem_euclid(1440) as u32;
                let from = if has_from { clock(bounds.from.round()) } else { DAY_BEGINS_MIN as u32 };
                let to = if has_to { clock(bounds.to.round()) } else { DAY_BEGINS_MIN as u32 };
                conditions.push(Condition::Clock(from, to));
            }
            Feature::Dark => conditions.push(if has_from { Condition::Dark } else { Condition::Light }),
            Feature::Weekend => {
                let days = if has_from { house::Days::WEEKEND } else { house::Days::WEEKDAYS };
                conditions.push(Condition::Days(days));
            }
            Feature::Measured(entity, name) => {
                let Some(id) = id(entity) else { continue };
                if has_from {
                    conditions.push(Condition::Above(id.clone(), (*name).to_owned(), bounds.from));
                }
                if has_to {
                    conditions.push(Condition::Below(id, (*name).to_owned(), bounds.to));
                }
            }
            Feature::Weather(entity, word) => {
                let word = timeline.words.get(*word as usize).cloned().unwrap_or_default();
                let Some(is) = id(entity).map(|id| Condition::State(id, word)) else { continue };
                conditions.push(if has_from { is } else { Condition::Not(Box::new(is)) });
            }
        }
    }
    conditions
}

/// A value that half of the choices are far from is nobody's wish.
const LEAST_SURE: f64 = 0.5;
const CORRECTED_WITHIN_S: i64 = 300;
const LEAST_SAMPLES: usize = 12;
/// The newest so many: tastes change with the seasons.
const MOST_SAMPLES: usize = 600;
const LEAST_IN_LEAF: usize = 4;
const DEEPEST: usize = 5;
/// Nats that a split must explain.
const LEAST_GAIN: f64 = 6.0;
/// A line needs less than a split: it has no place that could be chosen.
const LEAST_GAIN_OF_A_SLOPE: f64 = 4.0;
/// By how much a wanted value changes from one step of a line to the next.
const STEP_DEGREES: f64 = 0.4;
const STEP_PCT: f64 = 10.0;
/// The variance below which values are the same.
const FINEST: f64 = 0.05;
const DAY_BEGINS_MIN: i64 = 240;
