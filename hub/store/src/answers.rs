//! What the intent model answered, kept so that the same need not be asked twice.

use anyhow::Context as _;
use tracing::warn;

use crate::records::codec;
use crate::{AnswerRecord, Forget, Store};

impl Store {
    /// The answers of the intent model that were kept, by their keys.
    ///
    /// # Errors
    /// If the disk is in the way, or what is there can't be read.
    pub fn answers(&self) -> anyhow::Result<Vec<(Vec<u8>, AnswerRecord)>> {
        let mut answers = Vec::new();
        self.0.database.each(ANSWERS, |key, value| {
            match codec::decode(value) {
                Ok(answer) => answers.push((key.to_vec(), answer)),
                Err(error) => warn!(error = format!("{error:#}"), "An answer of the model can't be read."),
            }
            Ok(true)
        })?;
        Ok(answers)
    }

    /// Keeps an answer of the intent model in place of one that makes room. The disk has it within a second.
    ///
    /// # Errors
    /// If the disk is in the way; nothing was changed then.
    pub fn keep_answer(&self, key: &[u8], answer: &AnswerRecord, gone: Option<&[u8]>) -> anyhow::Result<()> {
        let kept = (key.to_vec(), Some(codec::encode(answer)?));
        let changes = gone.map(|gone| (gone.to_vec(), None)).into_iter().chain([kept]).collect();
        self.0.database.change_soon(ANSWERS, changes).context("keep an answer of the model")
    }

    /// Whose words an answer belongs to is not kept, so all of them go with a person's.
    pub(super) fn forget_answers(&self, what: &Forget) -> anyhow::Result<usize> {
        let mut gone = Vec::new();
        self.0.database.each(ANSWERS, |key, value| {
            let at_ms = codec::decode::<AnswerRecord>(value).map_or(i64::MIN, |answer| answer.at_ms);
            if !matches!(what, Forget::Before(moment) if *moment <= at_ms) {
                gone.push((key.to_vec(), None));
            }
            Ok(true)
        })?;
        let count = gone.len();
        self.0.database.change(ANSWERS, gone)?;
        Ok(count)
    }
}

const ANSWERS: &str = "answers";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_and_forgotten_with_what_was_said() {
        let dir = tempfile::tempdir().unwrap();
        let at = |at_ms: i64| AnswerRecord { at_ms, tokens: vec!["HassTurnOn".to_owned()], ..AnswerRecord::default() };
        let keys = |store: &Store| store.answers().unwrap().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        let (store, _) = Store::open(dir.path(), 0).unwrap();
        store.keep_answer(b"a", &at(1), None).unwrap();
        store.keep_answer(b"b", &at(2), None).unwrap();
        store.keep_answer(b"c", &at(3), Some(b"a")).unwrap();
        store.snapshot().unwrap();
        drop(store);

        let (store, _) = Store::open(dir.path(), 0).unwrap();
        assert_eq!(store.answers().unwrap(), [(b"b".to_vec(), at(2)), (b"c".to_vec(), at(3))]);
        store.forget(&Forget::Before(3)).unwrap();
        assert_eq!(keys(&store), [b"c".to_vec()]);
        store.forget(&Forget::Person("anna".to_owned())).unwrap();
        assert!(keys(&store).is_empty(), "whose words they were is not known");
    }
}
