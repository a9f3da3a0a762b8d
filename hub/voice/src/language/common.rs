//! What a recogniser's model knows: whether it has a word, and which words people say most.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::graph::Base;
use super::vocabulary::Vocabulary;

/// Those of some words that a model does not know.
///
/// # Errors
/// If the model's list of words can't be read.
pub fn unknown_words<'w>(model: &Path, words: &[&'w str]) -> anyhow::Result<Vec<&'w str>> {
    let vocabulary = vocabulary(model)?;
    Ok(words.iter().copied().filter(|word| vocabulary.id(word).is_none()).collect())
}

/// The words that a model takes to be said most, the most frequent first; at most so many.
///
/// # Errors
/// If the model has no language model of its own that can be read; then it can't be kept to some words either.
pub fn common_words(model: &Path, most: usize) -> anyhow::Result<Vec<String>> {
    let vocabulary = vocabulary(model)?;
    let words: HashMap<i32, &str> = vocabulary.words().map(|(word, id)| (id, word)).collect();
    let common = Base::read(model)?.most_frequent().into_iter().filter_map(|id| words.get(&id)).take(most);
    Ok(common.map(|word| (*word).to_owned()).collect())
}

fn vocabulary(model: &Path) -> anyhow::Result<Vocabulary> {
    let path = model.join("graph/words.txt");
    let words = fs::read_to_string(&path).with_context(|| format!("read `{}`", path.display()))?;
    Ok(Vocabulary::read(&words))
}
