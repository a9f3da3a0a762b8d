//! Of several hearings of one utterance, the one that makes sense in this house, and whether that is sure enough.
//!
//! Knows how likely each hearing is and what each would come to; knows nothing of sound or of how it was heard.

/// A hearing, and what it would come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// How likely the recogniser holds it for, 0–1; those of one utterance add up to at most 1.
    pub probability: f64,
    /// What the words would come to.
    pub sense: Sense,
    /// How sure the reading of the words is, 0–1.
    pub confidence: f64,
    /// The same for two hearings that come to the same.
    pub comes_to: String,
}

/// What words would come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// Something is done.
    Deed,
    /// A question about the house is answered.
    Answer,
    /// The hub has to ask back.
    Question,
    /// They name what is not there, or ask what can't be done.
    Miss,
    /// They are not for a house.
    NotForHouse,
    /// They mean nothing here.
    Nothing,
}

/// The hearing that is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Which.
    pub index: usize,
    /// How likely it is that this is what was meant, 0–1, by all hearings that come to the same: what was heard well,
    /// makes sense in this house and was read surely.
    pub likely: f64,
    /// Whether that is too little to do anything without asking.
    pub is_unsure: bool,
}

/// Takes a hearing; none if there is none.
pub fn choose(readings: &[Reading]) -> Option<Choice> {
    let weight = |of: &Reading| of.probability * prior(of.sense) * of.confidence.max(LEAST_CONFIDENCE);
    let all: f64 = readings.iter().map(weight).sum();
    let likely = |of: &Reading| {
        let same = readings.iter().filter(|other| other.sense == of.sense && other.comes_to == of.comes_to);
        same.map(weight).sum::<f64>() / all.max(f64::MIN_POSITIVE)
    };
    // Of equals, the first, which was heard best.
    let each = readings.iter().map(likely).enumerate();
    let (index, likely) = each.reduce(|best, one| if best.1 < one.1 { one } else { best })?;
    Some(Choice { index, likely, is_unsure: likely < LEAST_LIKELY })
}

/// How much likelier people say to a house what comes to this than what comes to a deed.
fn prior(sense: Sense) -> f64 {
    match sense {
        Sense::Deed => 1.0,
        Sense::Answer => 0.9,
        Sense::Question => 0.5,
        Sense::Miss => 0.2,
        Sense::NotForHouse => 0.15,
        Sense::Nothing => 0.08,
    }
}

/// Below it a hearing is asked about before anything is done (chosen by `tests/voice`, see `docs/voice.md`).
const LEAST_LIKELY: f64 = 0.75;
/// What is not understood at all has no confidence, and may be what was said all the same.
const LEAST_CONFIDENCE: f64 = 0.05;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reading(probability: f64, sense: Sense, confidence: f64, comes_to: &str) -> Reading {
        Reading { probability, sense, confidence, comes_to: comes_to.to_owned() }
    }

    #[test]
    fn sense_outweighs_a_little_likelihood() {
        let heard = [reading(0.55, Sense::Nothing, 0.0, ""), reading(0.45, Sense::Deed, 0.9, "lamp on")];
        assert_eq!(choose(&heard).unwrap().index, 1);
    }

    #[test]
    fn hearings_that_come_to_the_same_stand_together() {
        let heard = [
            reading(0.2, Sense::Deed, 0.9, "fan on"),
            reading(0.4, Sense::Deed, 0.9, "lamp on"),
            reading(0.4, Sense::Deed, 0.9, "lamp on"),
        ];
        let choice = choose(&heard).unwrap();
        assert_eq!((choice.index, choice.is_unsure), (1, false));
    }

    #[test]
    fn nonsense_beside_it_makes_a_deed_no_less_likely_and_another_deed_does() {
        let beside = |sense, to: &str| [reading(0.5, Sense::Deed, 0.9, "lamp on"), reading(0.5, sense, 0.9, to)];
        assert!(!choose(&beside(Sense::Nothing, "clamp on")).unwrap().is_unsure);
        assert!(choose(&beside(Sense::Deed, "lamp off")).unwrap().is_unsure);
    }

    #[test]
    fn what_may_as_well_be_something_else_is_unsure() {
        let deeds = ["lamp on", "lamp off", "fan on"];
        let heard: Vec<Reading> = deeds.iter().map(|deed| reading(0.33, Sense::Deed, 0.9, deed)).collect();
        assert!(choose(&heard).unwrap().is_unsure);
        assert_eq!(choose(&[]), None);
    }

    fn sense() -> impl Strategy<Value = Sense> {
        use Sense::{Answer, Deed, Miss, NotForHouse, Nothing, Question};
        prop::sample::select(vec![Deed, Answer, Question, Miss, NotForHouse, Nothing])
    }

    proptest! {
        #[test]
        fn a_choice_is_one_of_them_with_a_probability(
            all in prop::collection::vec((0.0..1.0_f64, sense(), 0.0..1.0_f64, "[ab]"), 1..9),
        ) {
            let all: Vec<Reading> = all.iter().map(|(p, sense, sure, to)| reading(*p, *sense, *sure, to)).collect();
            let choice = choose(&all).unwrap();
            prop_assert!(choice.index < all.len());
            prop_assert!((0.0..=1.000_001).contains(&choice.likely));
        }

        #[test]
        fn a_single_hearing_is_taken(probability in 0.01..1.0_f64, sense in sense(), sure in 0.0..1.0_f64) {
            let choice = choose(&[reading(probability, sense, sure, "x")]).unwrap();
            prop_assert!(choice.index == 0 && !choice.is_unsure);
        }
    }
}
