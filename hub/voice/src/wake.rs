//! The hub's own wake word: the recogniser kept to a phrase and to common words that are told from it, and a look at
//! how sure it is and how the words lie in time.
//!
//! No IO but for the model's files, which are read once; sound comes through a channel, and time is the sound.

use std::path::Path;

use engine_protocol::speech::{SAMPLE_RATE_HZ, SpokenWord};

use crate::endpoint::{Endpoint, EndpointSettings, Moment};
use crate::language::common::{common_words, unknown_words};
use crate::recognizer::{HearError, Recognizer, Stream, StreamEvent};
use crate::sound::Sound;

/// Phrases to listen for, the wake phrase first, and the words that are told from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spotting {
    phrases: Vec<String>,
    others: Vec<String>,
}

/// A phrase that was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Spotted {
    /// Which of the phrases, by its place.
    pub phrase: usize,
    /// Where it ended, in milliseconds from the first sample of the sound.
    pub end_ms: u64,
    /// How sure the recogniser was of its least sure word, 0–1.
    pub confidence: f64,
}

/// Why a phrase can't be listened for.
#[derive(Debug, thiserror::Error)]
pub enum PhraseError {
    /// It is so short that it would be heard in everything.
    #[error("`{0}` is too short to be told from other speech")]
    Short(String),
    /// It is too long to be said each time.
    #[error("`{0}` has more than {MOST_WORDS} words")]
    Long(String),
    /// The model has no such words.
    #[error("the recogniser's model does not know `{}`", .0.join("`, `"))]
    Unknown(Vec<String>),
    /// The model can't be read, or can't be kept to some words.
    #[error("{0:#}")]
    Model(anyhow::Error),
}

/// A wake phrase in words that a model knows: in small letters, without signs.
///
/// # Errors
/// If it is too short or too long, or the model does not know it.
pub fn wake_phrase(text: &str, model: &Path) -> Result<String, PhraseError> {
    let is_sign = |letter: char| !letter.is_alphanumeric() && letter != '\'';
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(is_sign).filter(|word| !word.is_empty()).collect();
    if words.iter().map(|word| word.chars().count()).sum::<usize>() < FEWEST_LETTERS {
        return Err(PhraseError::Short(text));
    }
    if MOST_WORDS < words.len() {
        return Err(PhraseError::Long(text));
    }
    let unknown = unknown_words(model, &words).map_err(PhraseError::Model)?;
    match unknown.is_empty() {
        true => Ok(words.join(" ")),
        false => Err(PhraseError::Unknown(unknown.into_iter().map(str::to_owned).collect())),
    }
}

impl Spotting {
    /// Listens for a wake phrase with the commonest words of a model beside it.
    ///
    /// # Errors
    /// If the phrase can't be listened for.
    pub fn of(phrase: &str, model: &Path) -> Result<Self, PhraseError> {
        let phrase = wake_phrase(phrase, model)?;
        let own: Vec<&str> = phrase.split(' ').collect();
        let others = common_words(model, OTHERS).map_err(PhraseError::Model)?;
        let others = others.into_iter().filter(|word| !own.contains(&word.as_str())).collect();
        Ok(Self { phrases: vec![phrase], others })
    }

    /// The same with one more phrase, such as `stop` while something is said.
    #[must_use]
    pub fn and(&self, phrase: &str) -> Self {
        let others = self.others.iter().filter(|word| *word != phrase).cloned().collect();
        Self { phrases: self.phrases.iter().cloned().chain([phrase.to_owned()]).collect(), others }
    }

    /// The wake phrase.
    pub fn wake_phrase(&self) -> &str {
        self.phrases.first().map_or("", String::as_str)
    }

    /// The first phrase that was said for sure: where it ended, in milliseconds, and how sure its least sure word is.
    pub fn said(&self, words: &[SpokenWord]) -> Option<Spotted> {
        let said = |(phrase, text): (usize, &String)| {
            let text: Vec<&str> = text.split(' ').collect();
            words.windows(text.len()).find_map(|run| {
                let is_it = run.iter().map(|word| word.text.as_str()).eq(text.iter().copied());
                let last = run.last().filter(|_| is_it && is_in_one_go(run))?;
                let confidence = run.iter().map(|word| word.confidence).fold(1.0, f64::min);
                (SURE <= confidence).then_some(Spotted { phrase, end_ms: last.end_ms, confidence })
            })
        };
        self.phrases.iter().enumerate().find_map(said)
    }
}

/// Whether words follow each other as one says them in a phrase: no pause between, none swallowed, none drawn out.
fn is_in_one_go(run: &[SpokenWord]) -> bool {
    let is_close = |two: &[SpokenWord]| match two {
        [one, next] => next.start_ms.saturating_sub(one.end_ms) <= LONGEST_GAP_MS,
        _ => true,
    };
    let length = |word: &SpokenWord| word.end_ms.saturating_sub(word.start_ms);
    run.windows(2).all(is_close) && run.iter().all(|word| (SHORTEST_MS..=LONGEST_MS).contains(&length(word)))
}

/// Listens until a phrase is said; none when no more sound comes. What follows the phrase is put back.
///
/// Between speech and speech the recogniser rests.
///
/// # Errors
/// If it can't be heard.
pub async fn watch(
    recognizer: &Recognizer,
    spotting: &Spotting,
    sound: &mut Sound,
) -> Result<Option<Spotted>, HearError> {
    let mut endpoint = Endpoint::new(SPEECH);
    let mut open: Option<Speech> = None;
    loop {
        let samples = match &mut open {
            Some(speech) => match speech.next(spotting, sound).await? {
                Next::Sound(samples) => samples,
                Next::Spotted(spotted) => return Ok(Some(speech.spotted(spotted, sound))),
            },
            None => sound.next().await,
        };
        let Some(samples) = samples else { return end(open, spotting, sound).await };
        for moment in endpoint.hear(&samples) {
            match (moment, &mut open) {
                (Moment::Began(samples), open) => {
                    let stream = recognizer.spot(spotting.phrases.clone(), spotting.others.clone()).await?;
                    open.insert(Speech { stream, samples: Vec::new() }).hear(samples).await?;
                }
                (Moment::GoesOn(samples), Some(speech)) => speech.hear(samples).await?,
                (Moment::Ended, _) => {
                    if let Some(spotted) = end(open.take(), spotting, sound).await? {
                        return Ok(Some(spotted));
                    }
                }
                (Moment::GoesOn(_), None) | (Moment::Nobody, _) => {}
            }
        }
    }
}

/// The end of speech: what of it was not told yet.
async fn end(open: Option<Speech>, spotting: &Spotting, sound: &mut Sound) -> Result<Option<Spotted>, HearError> {
    let Some(mut speech) = open else { return Ok(None) };
    speech.stream.finish().await?;
    while let Some(event) = speech.stream.event().await {
        match event {
            StreamEvent::Spotted(words) => {
                if let Some(spotted) = spotting.said(&words) {
                    return Ok(Some(speech.spotted(spotted, sound)));
                }
            }
            StreamEvent::Partial(_) => {}
            StreamEvent::Heard(_) => break,
            StreamEvent::Failed(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Speech that is listened to.
struct Speech {
    stream: Stream,
    /// All of it, so that what follows the phrase can be put back.
    samples: Vec<i16>,
}

enum Next {
    Sound(Option<Vec<i16>>),
    Spotted(Spotted),
}

impl Speech {
    async fn hear(&mut self, samples: Vec<i16>) -> Result<(), HearError> {
        self.samples.extend_from_slice(&samples);
        self.stream.sound(samples).await
    }

    /// The next sound, unless a phrase is spotted first.
    async fn next(&mut self, spotting: &Spotting, sound: &mut Sound) -> Result<Next, HearError> {
        loop {
            tokio::select! {
                event = self.stream.event() => match event {
                    Some(StreamEvent::Spotted(words)) => if let Some(spotted) = spotting.said(&words) {
                        return Ok(Next::Spotted(spotted));
                    },
                    Some(StreamEvent::Partial(_)) => {}
                    Some(StreamEvent::Failed(error)) => return Err(error),
                    Some(StreamEvent::Heard(_)) | None => return Err(HearError::Failed),
                },
                samples = sound.next() => return Ok(Next::Sound(samples)),
            }
        }
    }

    /// Puts back what follows a phrase; its end in the whole of the sound.
    fn spotted(&self, spotted: Spotted, sound: &mut Sound) -> Spotted {
        let end = usize::try_from(spotted.end_ms * u64::from(SAMPLE_RATE_HZ) / 1000).unwrap_or(usize::MAX);
        sound.put_back(self.samples.get(end..).unwrap_or_default());
        Spotted { end_ms: sound.taken() * 1000 / u64::from(SAMPLE_RATE_HZ), ..spotted }
    }
}

/// Common words that are told from a phrase. More of them let fewer false ones through and cost more to hear.
const OTHERS: usize = 300;
/// From here on a phrase is taken to have been said, by its least sure word.
const SURE: f64 = 0.5;
/// Between the words of a phrase there is no comma.
const LONGEST_GAP_MS: u64 = 90;
/// A word that is shorter was not said.
const SHORTEST_MS: u64 = 90;
/// A word that is longer is another one, or noise.
const LONGEST_MS: u64 = 1000;
const FEWEST_LETTERS: usize = 6;
const MOST_WORDS: usize = 4;
/// Who speaks on and on is heard in pieces that the recogniser takes.
const SPEECH: EndpointSettings = EndpointSettings { patience_ms: 600, wait_ms: None, longest_ms: 50_000 };

#[cfg(test)]
mod tests {
    use super::*;

    fn spotting() -> Spotting {
        Spotting { phrases: vec!["hey hearth".to_owned()], others: vec!["lamp".to_owned(), "stop".to_owned()] }
    }

    /// Words with their confidence, beginning and end.
    fn words(all: &[(&str, f64, u64, u64)]) -> Vec<SpokenWord> {
        let word = |&(text, confidence, start_ms, end_ms): &(&str, f64, u64, u64)| SpokenWord {
            text: text.to_owned(),
            confidence,
            start_ms,
            end_ms,
        };
        all.iter().map(word).collect()
    }

    #[test]
    fn a_phrase_is_sure_whole_and_in_one_go() {
        let said = |hey: (f64, u64, u64), hearth: (f64, u64, u64)| {
            let all = [
                ("and", 1.0, 0, 1200),
                ("hey", hey.0, hey.1, hey.2),
                ("hearth", hearth.0, hearth.1, hearth.2),
                ("lamp", 0.1, 2000, 2300),
            ];
            spotting().said(&words(&all))
        };
        let spotted = Spotted { phrase: 0, end_ms: 1900, confidence: 0.8 };
        assert_eq!(said((1.0, 1260, 1500), (0.8, 1500, 1900)), Some(spotted));
        assert_eq!(said((1.0, 1260, 1500), (0.4, 1500, 1900)), None, "not sure");
        assert_eq!(said((1.0, 1260, 1500), (0.9, 1650, 1900)), None, "a comma between");
        assert_eq!(said((1.0, 1260, 1500), (0.9, 1500, 1560)), None, "swallowed");
        assert_eq!(said((1.0, 1260, 1500), (0.9, 1500, 2800)), None, "drawn out");
        assert_eq!(spotting().said(&words(&[("hearth", 1.0, 0, 300), ("hey", 1.0, 300, 600)])), None);
    }

    #[test]
    fn a_phrase_more_is_no_other_word_any_more() {
        let both = spotting().and("stop");
        assert_eq!(both.others, ["lamp"]);
        let stopped = both.said(&words(&[("stop", 0.9, 100, 500)])).unwrap();
        assert_eq!((stopped.phrase, both.wake_phrase()), (1, "hey hearth"));
        assert_eq!(spotting().said(&words(&[("stop", 0.9, 100, 500)])), None);
    }

    #[test]
    fn a_phrase_is_in_words_that_the_model_knows() {
        let model = tempfile::tempdir().unwrap();
        std::fs::create_dir(model.path().join("graph")).unwrap();
        std::fs::write(model.path().join("graph/words.txt"), "<eps> 0\nhey 1\nhearth 2\nthe 3\na 4\nof 5\n").unwrap();
        let phrase = |text: &str| wake_phrase(text, model.path()).map_err(|error| error.to_string());
        assert_eq!(phrase("Hey, Hearth!"), Ok("hey hearth".to_owned()));
        assert_eq!(phrase("hey zyxx"), Err("the recogniser's model does not know `zyxx`".to_owned()));
        assert!(phrase("hey").unwrap_err().contains("too short"));
        assert!(phrase("").unwrap_err().contains("too short"));
        assert!(phrase("hey hearth of the hearth").unwrap_err().contains("more than 4 words"));
        let nowhere = wake_phrase("hey hearth", Path::new("/nowhere")).unwrap_err().to_string();
        assert!(nowhere.contains("/nowhere/graph/words.txt"), "{nowhere}");
    }
}
