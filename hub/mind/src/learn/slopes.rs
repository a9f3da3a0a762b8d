//! A wanted value that rises or falls steadily with a measured one: the warmer it is outside, the less is heated.
//!
//! A line through all samples tells more of each stretch than the few samples in it; it is said in steps.

use super::statistics::{likelihood_of_a_level, mean};

/// A line through samples, and from where to where they lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slope {
    at_zero: f64,
    a_unit: f64,
    from: f64,
    to: f64,
    /// How much better it explains them than their mean, in nats.
    pub(super) gain: f64,
}

/// One stretch of the measured value, and the value that is wanted there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) value: f64,
}

impl Slope {
    /// The line that fits pairs of a measured and a wanted value best; none through too few, or where nothing changes.
    pub(super) fn through(pairs: &[(f64, f64)]) -> Option<Self> {
        let n = pairs.len() as f64;
        let (measured, values): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let (mean_x, mean_y) = (mean(&measured), mean(&values));
        let wide: f64 = pairs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        if pairs.len() < LEAST_PAIRS || wide < f64::EPSILON * n {
            return None;
        }
        let together: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let a_unit = together / wide;
        let at_zero = mean_y - a_unit * mean_x;
        let left: Vec<f64> = pairs.iter().map(|(x, y)| y - at_zero - a_unit * x).collect();
        let gain = likelihood_of_a_level(&left) - likelihood_of_a_level(&values);
        let (from, to) = pairs.iter().fold((f64::MAX, f64::MIN), |(from, to), (x, _)| (from.min(*x), to.max(*x)));
        Some(Self { at_zero, a_unit, from, to, gain })
    }

    /// As one of many that were tried.
    pub(super) fn at_a_cost(self, cost: f64) -> Self {
        Self { gain: self.gain - cost, ..self }
    }

    /// The value that is wanted at a measured one.
    pub(super) fn at(&self, measured: f64) -> f64 {
        self.at_zero + self.a_unit * measured.clamp(self.from, self.to)
    }

    /// The line in steps of about that size; the first and the last are open.
    pub(super) fn steps(&self, step: f64) -> Vec<Stretch> {
        let rise = (self.a_unit * (self.to - self.from)).abs();
        let many = (rise / step).round().clamp(2.0, MOST_STEPS) as usize;
        let wide = (self.to - self.from) / many as f64;
        let edge = |index: usize| self.from + wide * index as f64;
        let stretch = |index: usize| Stretch {
            from: if index == 0 { f64::MIN } else { edge(index) },
            to: if index + 1 == many { f64::MAX } else { edge(index + 1) },
            value: self.at(edge(index) + wide / 2.0),
        };
        (0..many).map(stretch).collect()
    }
}

const LEAST_PAIRS: usize = 8;
/// More are more than anyone would say.
const MOST_STEPS: f64 = 5.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_said_in_steps_that_follow_it() {
        let pairs: Vec<(f64, f64)> = (0..20).map(|x| (f64::from(x), 22.0 - 0.1 * f64::from(x))).collect();
        let slope = Slope::through(&pairs).unwrap();
        assert!((slope.at(10.0) - 21.0).abs() < 1e-9);
        let steps = slope.steps(0.5);
        assert_eq!(steps.len(), 4);
        assert!(steps.windows(2).all(|pair| pair[0].to == pair[1].from && pair[1].value < pair[0].value), "{steps:?}");
    }
}
