//! The languages: what is said in each of them, and how it is put together.
//!
//! One folder a language: `replies.ftl` holds whole sentences, `wording.rs` what needs grammar, `words.rs` the words
//! that people say, `numerals.rs` and `times.rs` how they say numbers and when. A language more is such a folder, a
//! variant of [`Lang`] and its line in [`of`].

mod en;
mod message;
pub(crate) mod numerals;
pub(crate) mod times;
mod wording;
pub(crate) mod words;
mod zh;

use std::borrow::Cow;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use house::Lang;

pub(crate) use message::Message;
pub(crate) use wording::{Wording, number};

/// A language: its texts and its grammar.
pub(crate) struct Language {
    /// Its code.
    tag: &'static str,
    /// Its texts, in Fluent's form.
    file: &'static str,
    replies: OnceLock<FluentBundle<FluentResource>>,
    wording: &'static dyn Wording,
    words: &'static words::Words,
    /// Whether only this language is written with a letter.
    is_own_letter: fn(char) -> bool,
}

/// The language of that name.
pub(crate) fn of(lang: Lang) -> &'static Language {
    match lang {
        Lang::En => &en::LANGUAGE,
        Lang::Zh => &zh::LANGUAGE,
    }
}

impl Language {
    const fn new(
        tag: &'static str,
        file: &'static str,
        wording: &'static dyn Wording,
        words: &'static words::Words,
        is_own_letter: fn(char) -> bool,
    ) -> Self {
        Self { tag, file, replies: OnceLock::new(), wording, words, is_own_letter }
    }

    /// A message without variables.
    pub(crate) fn text(&self, message: Message) -> String {
        self.say(message, &[])
    }

    /// A message with its variables. A text that is missing is told by its id: that is seen, and breaks nothing.
    pub(crate) fn say(&self, message: Message, variables: &[(&'static str, &str)]) -> String {
        let replies = self.replies.get_or_init(|| replies(self.file, self.tag));
        let Some(pattern) = replies.get_message(message.id()).and_then(|found| found.value()) else {
            return message.id().to_owned();
        };
        let args: FluentArgs<'_> = variables.iter().map(|(name, value)| (*name, *value)).collect();
        match replies.format_pattern(pattern, Some(&args), &mut Vec::new()) {
            Cow::Borrowed(text) => text.to_owned(),
            Cow::Owned(text) => text,
        }
    }

    /// The words that people say in it.
    pub(crate) fn words(&self) -> &'static words::Words {
        self.words
    }

    /// Whether only this language is written with a letter.
    pub(crate) fn is_own_letter(&self) -> fn(char) -> bool {
        self.is_own_letter
    }

    /// How words are put together.
    pub(crate) fn wording(&self) -> &'static dyn Wording {
        self.wording
    }
}

/// The texts of a file. A line that can't be read is left out; a test finds it.
fn replies(file: &str, tag: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
    // The names inside are read aloud and shown; marks around them would be in the way.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests;
