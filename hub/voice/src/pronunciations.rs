//! How words sound that the recogniser does not know, as the owner says it in words that it knows; kept over restarts.
//!
//! Knows no recogniser: who gives it the words of the house follows this.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use store::Store;
use tokio::sync::watch;

/// Words with those for which they are heard. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct Pronunciations {
    own: Arc<watch::Sender<BTreeMap<String, String>>>,
    store: Store,
}

impl Pronunciations {
    /// As they were left.
    ///
    /// # Errors
    /// If the store can't be read.
    pub fn load(store: Store) -> anyhow::Result<Self> {
        let own = store.setting(SETTING).context("read how strange words sound")?.unwrap_or_default();
        Ok(Self { own: Arc::new(watch::Sender::new(own)), store })
    }

    /// All of them.
    pub fn all(&self) -> BTreeMap<String, String> {
        self.own.borrow().clone()
    }

    /// Follows them.
    pub fn follow(&self) -> watch::Receiver<BTreeMap<String, String>> {
        self.own.subscribe()
    }

    /// A word is heard for these from now on; without, for those that sound like it by themselves.
    ///
    /// # Errors
    /// If there are too many, or it can't be kept; it stays as it was then.
    pub fn set(&self, word: &str, heard_as: Option<String>) -> anyhow::Result<()> {
        let mut kept = Ok(());
        // Within the change, so that two at once keep both.
        self.own.send_if_modified(|own| {
            let mut changed = own.clone();
            match heard_as {
                Some(heard_as) => changed.insert(word.to_owned(), heard_as),
                None => changed.remove(word),
            };
            if changed == *own {
                return false;
            }
            kept = self.keep(&changed);
            let is_kept = kept.is_ok();
            if is_kept {
                *own = changed;
            }
            is_kept
        });
        kept
    }

    fn keep(&self, own: &BTreeMap<String, String>) -> anyhow::Result<()> {
        anyhow::ensure!(own.len() <= MAX_WORDS, "more than {MAX_WORDS} words are not kept; take others back first");
        self.store.put_setting(SETTING, own).context("keep how strange words sound")
    }
}

const SETTING: &str = "pronunciations";
/// More strange words than these no house has.
const MAX_WORDS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_told_kept_and_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Pronunciations::load(Store::open(dir.path(), 0).unwrap().0).unwrap();
        let own = open();
        let mut followed = own.follow();
        own.set("siobhan", Some("she von".to_owned())).unwrap();
        assert!(followed.has_changed().unwrap());
        followed.mark_unchanged();
        own.set("siobhan", Some("she von".to_owned())).unwrap();
        assert!(!followed.has_changed().unwrap(), "nothing has changed");
        drop((own, followed));
        let own = open();
        assert_eq!(own.all(), BTreeMap::from([("siobhan".to_owned(), "she von".to_owned())]));
        own.set("siobhan", None).unwrap();
        own.set("nobody", None).unwrap();
        assert_eq!(own.all(), BTreeMap::new());
    }
}
