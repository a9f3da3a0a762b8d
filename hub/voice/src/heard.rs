//! What the recogniser made of a stream: hearings with how likely each is.

use engine_protocol::speech::HeardWords;
use house::Hearing;

use crate::language::unglued;

/// What was heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// What it may have been, likeliest first, with probabilities that add up to 1; empty if nothing was heard.
    pub hearings: Vec<(String, f64)>,
    /// Time from the end of the sound to its words, in milliseconds.
    pub final_ms: f64,
    /// Time that was computed on the whole sound, in milliseconds.
    pub work_ms: f64,
}

impl Heard {
    /// From what the engine says.
    pub(crate) fn of(alternatives: Vec<HeardWords>, final_ms: f64, work_ms: f64) -> Self {
        let best = alternatives.iter().map(|one| one.score).fold(f64::NEG_INFINITY, f64::max);
        let weight = |one: &HeardWords| ((one.score - best) * SHARPNESS).exp();
        let all: f64 = alternatives.iter().map(weight).sum();
        let hearings = alternatives.iter().map(|one| (unglued(&one.text), weight(one) / all)).collect();
        Self { hearings, final_ms, work_ms }
    }

    /// The likeliest words, and the others as what comes with an utterance; none if nothing was heard.
    pub fn utterance(&self) -> Option<(String, Hearing)> {
        let ((text, confidence), alternatives) = self.hearings.split_first()?;
        Some((text.clone(), Hearing { confidence: *confidence, alternatives: alternatives.to_vec() }))
    }
}

/// How far the recogniser's likelihoods are to be believed: they count every frame of sound as if it said something
/// new. So, of 206 requests in four voices, what was likely to 0.4–0.6 was right in 52 %, to 0.6–0.8 in 71 %, to
/// 0.8–1 in 83 %.
const SHARPNESS: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likelihoods_become_probabilities() {
        let words = |text: &str, score| HeardWords { text: text.to_owned(), score };
        let heard = Heard::of(vec![words("led␣strip off", 900.0), words("let strip off", 897.0)], 1.0, 2.0);
        let sum: f64 = heard.hearings.iter().map(|(_, probability)| probability).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        let (text, hearing) = heard.utterance().unwrap();
        assert_eq!((text.as_str(), hearing.alternatives[0].0.as_str()), ("led strip off", "let strip off"));
        assert!(hearing.alternatives[0].1 < hearing.confidence);
        assert_eq!(Heard::default().utterance(), None);
    }
}
