//! The library's JSON to hearings, and several utterances of one stream to one.

use engine_protocol::speech::{HeardWords, SpokenWord};
use serde::Deserialize;

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    alternatives: Vec<Alternative>,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Alternative {
    text: String,
    confidence: f64,
}

#[derive(Deserialize)]
struct Partial {
    #[serde(default)]
    partial: String,
}

#[derive(Deserialize)]
struct Timed {
    #[serde(default)]
    result: Vec<TimedWord>,
}

#[derive(Deserialize)]
struct TimedWord {
    word: String,
    conf: f64,
    start: f64,
    end: f64,
}

/// The words of an utterance where they were said, in order.
pub(crate) fn spoken_words(json: &str) -> Vec<SpokenWord> {
    // A cast of a float holds at the ends.
    let ms = |seconds: f64| (seconds * 1000.0).round() as u64;
    let word = |one: TimedWord| SpokenWord {
        text: one.word,
        confidence: one.conf,
        start_ms: ms(one.start),
        end_ms: ms(one.end),
    };
    serde_json::from_str::<Timed>(json).map(|told| told.result.into_iter().map(word).collect()).unwrap_or_default()
}

/// The hearings of an utterance, likeliest first. JSON that is none of the library's is nothing heard.
pub(crate) fn hearings(json: &str) -> Vec<HeardWords> {
    let Ok(told) = serde_json::from_str::<Told>(json) else { return Vec::new() };
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut heard: Vec<HeardWords> = match told.alternatives.is_empty() {
        true => vec![HeardWords { text: words(told.text), score: 0.0 }],
        false => {
            let one = |one: Alternative| HeardWords { text: words(one.text), score: one.confidence };
            told.alternatives.into_iter().map(one).collect()
        }
    };
    heard.sort_by(|one, other| other.score.total_cmp(&one.score));
    // The same words with other pauses are one hearing.
    let mut seen = std::collections::HashSet::new();
    heard.retain(|one| seen.insert(one.text.clone()));
    heard
}

/// The words of a partial result.
pub(crate) fn partial(json: &str) -> String {
    serde_json::from_str::<Partial>(json).map(|told| told.partial.trim().to_owned()).unwrap_or_default()
}

/// Hearings of what was said in several goes: each part's likeliest beside the others' likeliest.
pub(crate) fn joined(parts: &[Vec<HeardWords>], most: usize) -> Vec<HeardWords> {
    let parts: Vec<&[HeardWords]> = parts.iter().map(Vec::as_slice).filter(|part| has_words(part)).collect();
    let mut whole = vec![HeardWords { text: String::new(), score: 0.0 }];
    for part in parts {
        let pairs = whole.iter().flat_map(|before| part.iter().map(move |after| join(before, after)));
        let mut pairs: Vec<HeardWords> = pairs.collect();
        pairs.sort_by(|one, other| other.score.total_cmp(&one.score));
        pairs.truncate(most);
        whole = pairs;
    }
    whole.retain(|one| !one.text.is_empty());
    whole
}

fn has_words(part: &[HeardWords]) -> bool {
    part.first().is_some_and(|best| !best.text.is_empty())
}

fn join(before: &HeardWords, after: &HeardWords) -> HeardWords {
    let text = [before.text.as_str(), after.text.as_str()];
    let text: Vec<&str> = text.into_iter().filter(|text| !text.is_empty()).collect();
    HeardWords { text: text.join(" "), score: before.score + after.score }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(heard: &[HeardWords]) -> Vec<&str> {
        heard.iter().map(|one| one.text.as_str()).collect()
    }

    #[test]
    fn likeliest_first_and_each_once() {
        let json = r#"{"alternatives":[{"confidence":10.0,"text":" lamp of "},{"confidence":12.5,"text":"lamp  off"},
            {"confidence":9.0,"text":"lamp off"}]}"#;
        let heard = hearings(json);
        assert_eq!(texts(&heard), ["lamp off", "lamp of"]);
        assert_eq!(heard[0].score, 12.5);
        assert_eq!(texts(&hearings(r#"{"text":"lamp off"}"#)), ["lamp off"]);
        assert_eq!(texts(&hearings("nonsense")), Vec::<&str>::new());
        assert_eq!(partial(r#"{"partial":"turn the"}"#), "turn the");
    }

    #[test]
    fn words_where_they_were_said() {
        let json = r#"{"result":[{"conf":0.5,"end":1.86,"start":1.5,"word":"hearth"}],"text":"hearth"}"#;
        let word = SpokenWord { text: "hearth".to_owned(), confidence: 0.5, start_ms: 1500, end_ms: 1860 };
        assert_eq!(spoken_words(json), [word]);
        assert_eq!((spoken_words(r#"{"text":""}"#), spoken_words("nonsense")), (vec![], vec![]));
    }

    #[test]
    fn what_was_said_in_two_goes_is_one_utterance() {
        let part = |all: &[(&str, f64)]| -> Vec<HeardWords> {
            all.iter().map(|(text, score)| HeardWords { text: (*text).to_owned(), score: *score }).collect()
        };
        let parts = [part(&[("turn on", 5.0), ("turn off", 4.0)]), part(&[("", 1.0)]), part(&[("the lamp", 3.0)])];
        assert_eq!(texts(&joined(&parts, 8)), ["turn on the lamp", "turn off the lamp"]);
        assert_eq!(texts(&joined(&parts, 1)), ["turn on the lamp"]);
        assert!(joined(&[part(&[("", 1.0), ("a", 0.0)])], 8).is_empty());
    }
}
