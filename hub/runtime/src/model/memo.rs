//! What the intent model answered before. The same words, marks and context take their code from here, also after a
//! restart and while the engine is down.
//!
//! A key is a hash of all that an answer depends on, the model included. It goes when what was said is forgotten.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use engine_protocol::Answer;
use lru::LruCache;
use mind::understand::Ask;
use mind::understand::prompt::Piece;
use sha2::{Digest as _, Sha256};
use store::{AnswerRecord, Forget, Store};
use tracing::warn;

use crate::clock::Clock;

/// Answers by what was asked. Cheap to clone.
#[derive(Clone)]
pub struct Memo {
    // A mutex, not a channel: read and written for an instant, never across an await.
    answers: Arc<Mutex<LruCache<Key, AnswerRecord>>>,
    store: Store,
    clock: Clock,
    /// Whether anything that was said is to be kept.
    keeps: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Memo").field("answers", &self.held().len()).finish_non_exhaustive()
    }
}

/// What was asked of which model.
pub(super) type Key = [u8; 32];

impl Memo {
    /// The answers that were kept; new ones are kept while `keeps` says so.
    ///
    /// # Errors
    /// If the disk is in the way.
    pub fn load(store: Store, clock: Clock, keeps: impl Fn() -> bool + Send + Sync + 'static) -> anyhow::Result<Self> {
        let mut answers = LruCache::new(MOST);
        let mut kept = store.answers().context("read what the model answered before")?;
        kept.sort_by_key(|(_, answer)| answer.at_ms);
        for (key, answer) in kept {
            if let Ok(key) = Key::try_from(key.as_slice()) {
                answers.put(key, answer);
            }
        }
        Ok(Self { answers: Arc::new(Mutex::new(answers)), store, clock, keeps: Arc::new(keeps) })
    }

    /// The answer to that, if it was given before.
    pub(super) fn recall(&self, key: &Key) -> Option<Answer> {
        let AnswerRecord { tokens, probs, free_probs, .. } = self.held().get(key)?.clone();
        let nothing = Answer {
            id: 0,
            tokens: Vec::new(),
            probs: Vec::new(),
            free_probs: Vec::new(),
            prompt_tokens: 0,
            fresh_tokens: 0,
            prompt_ms: 0.0,
            decode_ms: 0.0,
        };
        Some(Answer { tokens, probs, free_probs, ..nothing })
    }

    /// Keeps an answer, unless nothing that was said is to be kept. It is on the disk within a second.
    pub(super) fn keep(&self, key: Key, answer: &Answer) {
        if !(self.keeps)() {
            return;
        }
        let record = AnswerRecord {
            at_ms: self.clock.now_ms(),
            tokens: answer.tokens.clone(),
            probs: answer.probs.clone(),
            free_probs: answer.free_probs.clone(),
        };
        let gone = self.held().push(key, record.clone()).map(|(gone, _)| gone).filter(|gone| *gone != key);
        let store = self.store.clone();
        // The disk must not hold up those who wait for an answer.
        tokio::task::spawn_blocking(move || {
            if let Err(error) = store.keep_answer(&key, &record, gone.as_ref().map(<[u8; 32]>::as_slice)) {
                warn!(error = format!("{error:#}"), "An answer of the model could not be kept.");
            }
        });
    }

    /// Forgets what was said. Whose words an answer belongs to is not known, so all of them go with a person's.
    pub(crate) fn forget(&self, what: &Forget) {
        let mut answers = self.held();
        match what {
            Forget::Before(moment) => {
                let old: Vec<Key> =
                    answers.iter().filter(|(_, answer)| answer.at_ms < *moment).map(|(key, _)| *key).collect();
                for key in old {
                    answers.pop(&key);
                }
            }
            Forget::Turn(_) | Forget::Person(_) | Forget::All => answers.clear(),
        }
    }

    fn held(&self) -> MutexGuard<'_, LruCache<Key, AnswerRecord>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hash of what is asked, of a model with that hash.
pub(super) fn key(model: &str, ask: &Ask) -> Key {
    let mut hash = Sha256::new();
    let mut part = |kind: u8, text: &str| {
        hash.update([kind]);
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    };
    part(b'm', model);
    for piece in &ask.pieces {
        match piece {
            Piece::Special(name) => part(b's', name),
            Piece::Text(text) => part(b't', text),
        }
    }
    for (kind, starts) in [(b'w', &ask.word_starts), (b'n', &ask.number_starts), (b'l', &ask.length_starts)] {
        starts.iter().for_each(|start| part(kind, start));
    }
    hash.finalize().into()
}

/// A household says fewer different things than this in a month; together they take about a megabyte.
const MOST: NonZeroUsize = NonZeroUsize::new(2000).unwrap();

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str, special: &str) -> Ask {
        Ask {
            pieces: vec![Piece::Special(special.to_owned()), Piece::Text(text.to_owned())],
            word_starts: vec!["0".to_owned()],
            number_starts: vec![],
            length_starts: vec![],
        }
    }

    #[test]
    fn a_key_tells_all_that_an_answer_depends_on_apart() {
        let one = key("a", &ask("lamp on", "begin"));
        assert_eq!(one, key("a", &ask("lamp on", "begin")));
        let mut pointed = ask("lamp on", "begin");
        pointed.number_starts = std::mem::take(&mut pointed.word_starts);
        let others = [
            key("b", &ask("lamp on", "begin")),
            key("a", &ask("lamp off", "begin")),
            key("a", &ask("lamp on", "m:light")),
            key("a", &pointed),
        ];
        assert!(others.iter().all(|other| *other != one));
    }
}
