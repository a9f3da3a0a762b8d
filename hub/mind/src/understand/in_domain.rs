//! Whether words are in the domain of a house at all: an out-of-domain classifier beside the language model, and as
//! different from it as can be.
//!
//! A logistic regression over runs of one to three words, trained by `models/train/scope.py`; knows no intents.

use super::tokenized::Tokenized;

/// How likely the words ask something of a house, 0–1.
pub fn for_house(tokenized: &Tokenized) -> f64 {
    let mut counts: Vec<(usize, f64)> = Vec::new();
    for place in places(tokenized) {
        match counts.iter_mut().find(|(known, _)| *known == place) {
            Some((_, count)) => *count += 1.0,
            None => counts.push((place, 1.0)),
        }
    }
    let norm = counts.iter().map(|(_, count)| count * count).sum::<f64>().sqrt().max(1.0);
    let sum: f64 = counts.iter().map(|(place, count)| count * weight(*place)).sum();
    1.0 / (1.0 + (-(number(0) + sum / norm)).exp())
}

/// The places of all runs of one to three words; marks of names count as words.
fn places(tokenized: &Tokenized) -> Vec<usize> {
    let mut words: Vec<String> = Vec::with_capacity(tokenized.words.len() + tokenized.marks.len());
    for (at, word) in tokenized.words.iter().enumerate() {
        let here = tokenized.marks.iter().filter(|mark| mark.first == at);
        words.extend(here.flat_map(|mark| &mark.kinds).map(|kind| format!("<|m:{kind}|>")));
        words.push(word.text.clone());
    }
    let runs = (1..=LONGEST_RUN).flat_map(|length| words.windows(length));
    runs.map(|run| crc32fast::hash(run.join(" ").as_bytes()) as usize % PLACES).collect()
}

fn weight(place: usize) -> f64 {
    let byte = TABLE.get(HEADER + place).copied().unwrap_or(0);
    f64::from(i8::from_le_bytes([byte])) * number(4)
}

/// A number of the table's header.
fn number(at: usize) -> f64 {
    let bytes = TABLE.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 4]);
    f64::from(f32::from_le_bytes(bytes))
}

/// Bias and scale as `f32`, then a weight of one byte for each place.
const TABLE: &[u8] = include_bytes!("../../data/scope.bin");
const HEADER: usize = 8;
const PLACES: usize = 1 << 17;
const LONGEST_RUN: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::prompt::Names;
    use crate::understand::tokenized::tokenize;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(TABLE.len(), HEADER + PLACES);
        assert!(number(4) > 0.0);
    }

    #[test]
    fn requests_and_small_talk_are_told_apart() {
        let sure = |text: &str| for_house(&tokenize(text, &Names::default()).unwrap());
        for text in [
            "turn on the kitchen light",
            "close the blinds halfway",
            "play some jazz",
            "把客厅的灯关了",
            "二十分钟后关空调",
        ] {
            assert!(0.8 < sure(text), "{text}: {}", sure(text));
        }
        for text in [
            "what is the capital of peru",
            "book a table for two at eight",
            "how many calories are in a bagel",
            "给我讲个笑话",
            "北京到上海的火车票多少钱",
        ] {
            assert!(sure(text) < 0.2, "{text}: {}", sure(text));
        }
    }

    #[test]
    fn a_name_of_the_house_speaks_for_it() {
        let names = Names::new([("blorp", "light")]);
        assert!(
            for_house(&tokenize("kill the blorp", &Names::default()).unwrap())
                < for_house(&tokenize("kill the blorp", &names).unwrap())
        );
    }
}
