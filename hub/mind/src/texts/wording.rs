//! What a language needs grammar for: lists, plurals, verbs, the order of words in a phrase.

use house::{Action, Degrees, Domain};

/// What was done, and the state it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// What was done ("turned on").
    pub(crate) done: String,
    /// The state it leads to ("on").
    pub(crate) state: String,
}

/// The grammar of one language.
pub(crate) trait Wording: Sync {
    /// Sentences, one after the other.
    fn sentences(&self, sentences: &[String]) -> String;
    /// Things of a list that may have commas themselves.
    fn items(&self, items: &[String]) -> String;
    /// "a, b and c".
    fn and(&self, names: &[String]) -> String;
    /// "a, b or c", where one is to be chosen.
    fn or(&self, names: &[String]) -> String;
    /// "a, b or c", where one is enough.
    fn either(&self, names: &[String]) -> String;
    /// Several things to do, one after the other.
    fn wishes(&self, wishes: &[String]) -> String;
    /// Days of the week behind "every".
    fn weekdays(&self, days: &[String]) -> String;
    /// Where, as it follows a thing or a number.
    fn in_area(&self, area: &str) -> String;
    /// A thing by its name and its area.
    fn thing_in(&self, name: &str, area: &str) -> String;
    /// So many things of a kind, and where.
    fn count(&self, count: usize, kind: Option<Domain>, area: Option<&str>) -> String;
    /// A domain, device class or another kind, as a noun.
    fn kind(&self, kind: &str) -> String;
    /// Words as they begin a sentence.
    fn at_start(&self, words: &str) -> String;
    /// The verb that says how something is, if there is one.
    fn be(&self, is_many: bool) -> &'static str;
    /// Whether one thing's name is a plural ("kitchen lights").
    fn is_plural_name(&self, name: &str) -> bool;
    /// A length of time.
    fn length(&self, seconds: u64) -> String;
    /// A day of the week, 1 Monday – 7 Sunday; empty for another number.
    fn weekday(&self, weekday: i8) -> &'static str;
    /// A month, 1–12, as it stands in a date.
    fn month(&self, month: i8) -> String;
    /// A state, by Home Assistant's word.
    fn state(&self, state: &str) -> String;
    /// What a thing reports of an attribute, as it follows "is" or the thing's name.
    fn attribute(&self, attribute: &str, value: &str) -> String;
    /// A temperature, with its unit where it has to be said.
    fn degrees(&self, value: f64, unit: Option<Degrees>) -> String;
    /// The weather, by Home Assistant's word.
    fn weather(&self, condition: &str) -> String;
    /// Why resolving chose a thing, by its English words.
    fn reason(&self, reason: &str) -> String;
    /// What was done and the state it leads to.
    fn phrase(&self, action: &Action) -> Phrase;
    /// What was done, with whom it was done to, as it begins or is a sentence.
    fn deed(&self, done: &str, who: &str) -> String;
    /// What somebody did, told of the thing, as it stands in a sentence ("the lamp was turned on").
    fn happened(&self, action: &Action, who: &str) -> String;
    /// What shall be done, with `_` where its object stands.
    fn imperative(&self, action: &Action) -> String;
}

/// Names with a sign between them and a word before the last.
pub(super) fn listed(names: &[String], between: &str, last: &str) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{}{last}{end}", rest.join(between)),
    }
}

/// How many hours, minutes and seconds, each with what stands for its unit; those that are none are left out.
pub(super) fn hours_minutes_seconds<T>(seconds: u64, units: [T; 3]) -> impl Iterator<Item = (u64, T)> {
    [seconds / 3600, seconds / 60 % 60, seconds % 60].into_iter().zip(units).filter(|(count, _)| 0 < *count)
}

/// A number without needless digits.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    rounded.to_string()
}
