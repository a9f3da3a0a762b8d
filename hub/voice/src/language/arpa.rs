//! An n-gram language model as an ARPA file gives it, of any order.
//!
//! Knows the file's form; knows nothing of what its words mean.

use std::str::FromStr;

/// A model: its grams by order, the shortest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arpa {
    /// The grams of each order.
    pub(crate) orders: Vec<Vec<Gram>>,
}

/// Words in a row, and how likely the last of them is after those before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gram {
    /// The words.
    pub(crate) words: Vec<String>,
    /// What the last word costs: the negative natural logarithm of its probability.
    pub(crate) cost: f32,
    /// What it costs to fall back to a shorter history than these words; none if nothing is known to follow them.
    pub(crate) back_off: Option<f32>,
}

/// Why a file is no model.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum ArpaError {
    /// A line is no gram of its section.
    #[error("line {line} of the language model is no gram: `{text}`")]
    Gram {
        /// Which line, counted from 1.
        line: usize,
        /// Its beginning.
        text: String,
    },
    /// There is no gram at all.
    #[error("the language model is empty")]
    Empty,
}

impl FromStr for Arpa {
    type Err = ArpaError;

    fn from_str(text: &str) -> Result<Self, ArpaError> {
        let mut arpa = Self::default();
        let mut order = 0;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_end();
            if let Some(section) = line.strip_prefix('\\') {
                order = section.strip_suffix("-grams:").and_then(|order| order.parse().ok()).unwrap_or(0);
                arpa.orders.resize(arpa.orders.len().max(order).min(MAX_ORDER), Vec::new());
                continue;
            }
            if line.is_empty() || order == 0 {
                continue;
            }
            let wrong = || ArpaError::Gram { line: index + 1, text: line.chars().take(60).collect() };
            let gram = gram(line, order).ok_or_else(wrong)?;
            arpa.orders.get_mut(order - 1).ok_or_else(wrong)?.push(gram);
        }
        match arpa.orders.first().is_some_and(|unigrams| !unigrams.is_empty()) {
            true => Ok(arpa),
            false => Err(ArpaError::Empty),
        }
    }
}

fn gram(line: &str, order: usize) -> Option<Gram> {
    let mut parts = line.split('\t');
    let cost = cost(parts.next()?)?;
    let words: Vec<String> = parts.next()?.split(' ').map(str::to_owned).collect();
    let back_off = match parts.next() {
        Some(log) => Some(self::cost(log)?),
        None => None,
    };
    (words.len() == order).then_some(Gram { words, cost, back_off })
}

/// A decimal logarithm to a cost. What never happens (−99) costs without end.
fn cost(text: &str) -> Option<f32> {
    let log: f32 = text.parse().ok()?;
    match log {
        log if log <= NEVER => Some(f32::INFINITY),
        log if log.is_finite() => Some(-log * std::f32::consts::LN_10),
        _ => None,
    }
}

/// Longer histories than these are no help to anyone.
const MAX_ORDER: usize = 5;
const NEVER: f32 = -99.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_are_read_by_order() {
        let text = "\\data\\\nngram 1=2\nngram 2=1\n\n\\1-grams:\n-99\t<s>\t-0.5\n-1.0\tlamp\n\n\\2-grams:\n\
                    -0.3010\t<s> lamp\n\n\\end\\\n";
        let arpa: Arpa = text.parse().unwrap();
        assert_eq!(arpa.orders.len(), 2);
        assert_eq!(arpa.orders[0][0].words, ["<s>"]);
        assert!(arpa.orders[0][0].cost.is_infinite() && (arpa.orders[0][0].back_off.unwrap() - 1.151).abs() < 0.001);
        assert!((arpa.orders[1][0].cost - 0.693).abs() < 0.001 && arpa.orders[1][0].back_off.is_none());
    }

    #[test]
    fn what_is_no_model_is_refused_with_its_line() {
        assert_eq!("".parse::<Arpa>(), Err(ArpaError::Empty));
        for bad in ["x\tlamp", "-1.0", "-1.0\tlamp on", "-1.0\tlamp\tx", "NaN\tlamp"] {
            let text = format!("\\1-grams:\n{bad}\n");
            let error = text.parse::<Arpa>().unwrap_err();
            assert!(matches!(error, ArpaError::Gram { line: 2, .. }), "{bad}: {error:?}");
        }
        assert!(matches!("\\9-grams:\n-1\ta b c d e f g h i\n".parse::<Arpa>(), Err(ArpaError::Gram { .. })));
    }
}
