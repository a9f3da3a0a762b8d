//! Listens to a stream for phrases: says where the words of one may have been, and how sure it is of them.
//!
//! Does not decide whether it was one; a stream goes on behind it.

use engine_process::clock;
use engine_protocol::speech::{SAMPLE_RATE_HZ, SpeechFailKind, SpeechReply};

use crate::hearing::{partial, spoken_words};
use crate::outbox::send;
use crate::pieces::{Failure, Piece, Pieces};
use crate::vosk::{Accepted, Recognizer};

/// What is listened for, and what beside it.
pub(crate) struct Phrases {
    phrases: Vec<String>,
    others: Vec<String>,
}

impl Phrases {
    /// Phrases in words of the model, and other words that may be heard.
    pub(crate) fn new(phrases: Vec<String>, others: Vec<String>) -> Self {
        Self { phrases, others }
    }

    /// As the library's JSON: its language model counts what stands in it, so a phrase that is to be as likely as
    /// several words stands there as often.
    pub(crate) fn json(&self) -> String {
        let phrases = std::iter::repeat_n(&self.phrases, AS_LIKELY_AS).flatten();
        let all: Vec<&str> = phrases.chain(&self.others).map(String::as_str).chain([UNKNOWN]).collect();
        serde_json::Value::from(all).to_string()
    }

    fn are_in(&self, text: &str) -> bool {
        let text = format!(" {text} ");
        self.phrases.iter().any(|phrase| text.contains(&format!(" {phrase} ")))
    }
}

/// Listens to the end of a stream; nothing where the hub gave it up.
pub(crate) fn hear(
    id: u64,
    mut recognizer: Recognizer,
    mut pieces: Pieces<'_>,
    phrases: &Phrases,
) -> Result<Option<SpeechReply>, Failure> {
    let internal = |error: anyhow::Error| (SpeechFailKind::Internal, format!("{error:#}"));
    let mut work_ms = 0.0;
    // Since when a phrase stands in what has been made out, in samples.
    let mut since = None;
    while let Some(piece) = pieces.next()? {
        let began = clock::now();
        match piece {
            Piece::Sound(samples) => {
                let is_over = recognizer.accept(&samples).map_err(internal)? == Accepted::Ended;
                let is_said = phrases.are_in(&partial(&recognizer.partial()));
                let is_sure = since.is_some_and(|since| since + HOLD <= pieces.samples);
                match (is_over || is_sure, is_said) {
                    (true, _) => {
                        tell(id, &recognizer.result(), phrases);
                        since = None;
                    }
                    (false, true) => since = since.or(Some(pieces.samples)),
                    (false, false) => since = None,
                }
                work_ms += clock::ms_since(began);
            }
            Piece::End(asked) => {
                tell(id, &recognizer.final_result(), phrases);
                work_ms += clock::ms_since(began);
                let final_ms = clock::ms_since(asked);
                return Ok(Some(SpeechReply::Heard { stream: id, alternatives: Vec::new(), final_ms, work_ms }));
            }
        }
    }
    Ok(None)
}

fn tell(id: u64, json: &str, phrases: &Phrases) {
    let words = spoken_words(json);
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    if phrases.are_in(&text.join(" ")) {
        // Without a hub that reads, the process is about to end.
        let _ = send(&SpeechReply::Spotted { stream: id, words });
    }
}

/// What the library takes for a word that it does not know.
const UNKNOWN: &str = "[unk]";
/// A phrase is as likely as so many words are together: the more, the fewer are missed, and the more are false.
const AS_LIKELY_AS: usize = 20;
/// How long a phrase must stand in what is made out before it is looked at closely, in samples: what follows it makes
/// the recogniser surer of it, or undeceives it.
const HOLD: u64 = SAMPLE_RATE_HZ as u64 * 3 / 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_whole_words_and_stand_several_times_in_what_the_library_reads() {
        let phrases = Phrases::new(vec!["hey hearth".to_owned()], vec!["lamp".to_owned()]);
        assert!(phrases.are_in("and hey hearth turn") && !phrases.are_in("they hearth") && !phrases.are_in("hey"));
        let json: Vec<String> = serde_json::from_str(&phrases.json()).unwrap();
        assert_eq!(json.iter().filter(|one| *one == "hey hearth").count(), AS_LIKELY_AS);
        assert_eq!(json[AS_LIKELY_AS..], ["lamp", UNKNOWN]);
    }
}
