//! The words that people say, as one language has them. Plain data; every table is asked in every language at once.
//!
//! Words are in the form in which `words::key` cuts them (Chinese characters apart), unless a table says that it is
//! looked for in a text without gaps or in a name. A table that a language has no use for is empty.

use house::{Daylight, Domain, IntentKind, Lang, Sun};

use super::numerals::Numerals;
use super::times::Times;

/// A floor by where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Above the lowest.
    Upper,
    /// At the height of the ground.
    Ground,
    /// Below the ground.
    Basement,
    /// Under the roof.
    Attic,
}

/// How a language says what words shall mean: "when I say cosy I mean dim the lights".
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lesson {
    /// What stands before the words.
    pub(crate) say: &'static str,
    /// What stands between them and their meaning.
    pub(crate) mean: &'static str,
    /// What may end the words and is no part of them.
    pub(crate) phrase_ends: &'static [&'static str],
    /// Whether the meaning is always told as an order, never as a name.
    pub(crate) is_always_an_order: bool,
}

/// The words of one language.
pub(crate) struct Words {
    /// How it says numbers and lengths of time.
    pub(crate) numerals: &'static Numerals,
    /// How it says when.
    pub(crate) when: &'static Times,
    // What needs no model.
    /// Agreement.
    pub(crate) yes: &'static [&'static str],
    /// Disagreement.
    pub(crate) no: &'static [&'static str],
    /// Whatever is going on shall stop.
    pub(crate) stop: &'static [&'static str],
    /// What was begun shall be cancelled.
    pub(crate) cancel: &'static [&'static str],
    /// Words of politeness at the end, with the gap before them.
    pub(crate) polite_ends: &'static [&'static str],
    /// Words around a PIN that was said.
    pub(crate) pin_words: &'static [&'static str],
    /// Digits as they are spelt out.
    pub(crate) digits: &'static [(&'static str, char)],
    /// The plainest commands: what stands before and after the name, and what is wanted.
    pub(crate) plain_commands: &'static [(&'static str, &'static str, IntentKind)],
    // How requests follow each other.
    /// Words that an order begins with.
    pub(crate) command_verbs: &'static [&'static [&'static str]],
    // What a reading is held against.
    /// Words before a question that are not part of it.
    pub(crate) address: &'static [&'static str],
    /// Words that a question begins with.
    pub(crate) question_verbs: &'static [&'static str],
    /// What a question about a state ends with.
    pub(crate) question_ends: &'static [&'static str],
    /// Words that make a question a request: "is it possible to turn the light on".
    pub(crate) help: &'static [&'static str],
    /// The same, anywhere in a text without gaps.
    pub(crate) help_runs: &'static [&'static str],
    /// Words that say an exception.
    pub(crate) exceptions: &'static [&'static str],
    /// Two words that say one together.
    pub(crate) exception_pairs: &'static [(&'static str, &'static str)],
    /// The same, anywhere in a text without gaps.
    pub(crate) exception_runs: &'static [&'static str],
    /// Words after which an exception is said.
    pub(crate) before_exceptions: &'static [&'static str],
    /// Words that may stand before any place and say nothing of which one it is.
    pub(crate) before_places: &'static [&'static str],
    /// Words that begin a condition.
    pub(crate) conditions: &'static [&'static str],
    /// Words after those that make it none: "if you can".
    pub(crate) polite_conditions: &'static [&'static str],
    /// What says a condition, anywhere in a text without gaps.
    pub(crate) condition_runs: &'static [&'static str],
    /// What looks like one and is politeness.
    pub(crate) polite_condition_runs: &'static [&'static str],
    /// Words that end before the owner of a thing begins.
    pub(crate) before_owners: &'static [&'static str],
    /// Words between the owner of a thing and the thing.
    pub(crate) owner_marks: &'static [&'static str],
    /// Words behind those that make them say something else.
    pub(crate) no_owner_marks: &'static [&'static str],
    /// What stands where an owner stands and is nobody's.
    pub(crate) no_owners: &'static [&'static str],
    /// Words that are a time by themselves.
    pub(crate) times: &'static [&'static str],
    /// Two characters that are one together.
    pub(crate) time_pairs: &'static [&'static str],
    /// Words that may follow a time or a message and belong to neither.
    pub(crate) after_times: &'static [&'static str],
    /// Words after a length of time that make it a when.
    pub(crate) not_for_after: &'static [&'static str],
    /// The same before it.
    pub(crate) not_for_before: &'static [&'static str],
    /// Words before a length of time that say that it is one, where silence does not.
    pub(crate) for_before: &'static [&'static str],
    /// Words that switch on or open.
    pub(crate) switch_on: &'static [&'static str],
    /// Words that switch off or close.
    pub(crate) switch_off: &'static [&'static str],
    /// Two words that say together that something is turned off.
    pub(crate) turn_off: &'static [(&'static str, &'static str)],
    /// Words that begin like the opposite of what they say.
    pub(crate) disable: &'static [&'static str],
    /// The same, anywhere in a text without gaps.
    pub(crate) disable_runs: &'static [&'static str],
    /// That opposite.
    pub(crate) enable: &'static [&'static str],
    /// The same, anywhere in a text without gaps.
    pub(crate) enable_runs: &'static [&'static str],
    // What a reading still lacks.
    /// Words for a thing that was not named.
    pub(crate) nothing_yet: &'static [&'static str],
    /// Words that begin a condition, the longer ones first.
    pub(crate) condition_words: &'static [&'static str],
    /// Words between a condition and what shall be done.
    pub(crate) condition_ends: &'static [&'static str],
    /// A word at the end of a condition that needs no other at its beginning.
    pub(crate) then: &'static [&'static str],
    /// What is taught, and what it means.
    pub(crate) lessons: &'static [Lesson],
    /// What an alarm is called behind its name.
    pub(crate) alarm_nouns: &'static [&'static str],
    /// What a timer is called, or how that begins.
    pub(crate) timer_nouns: &'static [&'static str],
    /// Words between a length of time and the timer that has it.
    pub(crate) of_timers: &'static [&'static str],
    /// Words between a timer and its length, which follows.
    pub(crate) before_timer_lengths: &'static [&'static str],
    /// What a timer is called before those.
    pub(crate) timer_nouns_before: &'static [&'static str],
    /// Words that open a lock.
    pub(crate) unlock: &'static [&'static str],
    /// The same, anywhere in a text without gaps.
    pub(crate) unlock_runs: &'static [&'static str],
    /// Words that close one.
    pub(crate) lock: &'static [&'static str],
    /// The same, anywhere in a text without gaps.
    pub(crate) lock_runs: &'static [&'static str],
    /// A word beside one that closes a lock, which then is not what was meant.
    pub(crate) open: &'static [&'static str],
    /// Words around a value that was asked for.
    pub(crate) value_fillers: &'static [&'static str],
    /// What asks for what something is set to and not for how it is, anywhere in a question.
    pub(crate) set_points: &'static [&'static str],
    /// What says degrees Celsius, anywhere in a text.
    pub(crate) celsius: &'static [&'static str],
    /// What says degrees Fahrenheit, anywhere in a text.
    pub(crate) fahrenheit: &'static [&'static str],
    /// Words for the side on which a thing is, of the left one and of the right one.
    pub(crate) sides: (&'static [&'static str], &'static [&'static str]),
    /// What may stand behind a thing that was asked for.
    pub(crate) thing_ends: &'static [&'static str],
    // What things and places are called.
    /// Words before a name that are no part of it.
    pub(crate) articles: &'static [&'static str],
    /// The one that may stand before any name.
    pub(crate) the: &'static [&'static str],
    /// Words before who does something.
    pub(crate) before_who: &'static [&'static str],
    /// Ends of a noun that stands for several.
    pub(crate) plural_ends: &'static [&'static str],
    /// Ends that only look like those.
    pub(crate) singular_ends: &'static [&'static str],
    /// Words that make of one thing all of its kind.
    pub(crate) several: &'static [&'static str],
    /// Ends of the name of an owner.
    pub(crate) possessive_ends: &'static [&'static str],
    /// Words between a place and what stands there, inside a name.
    pub(crate) name_joints: &'static [&'static str],
    /// What may stand behind a name for one of several ("the left one").
    pub(crate) name_ends: &'static [&'static str],
    /// Words behind the name of a place that are no part of it.
    pub(crate) place_ends: &'static [&'static str],
    /// What a floor is called behind its number.
    pub(crate) floor_nouns: &'static [&'static str],
    /// Numbers of floors.
    pub(crate) floor_numbers: &'static [(&'static str, u8)],
    /// Words for the same floor in houses that name only one of them.
    pub(crate) levels: &'static [(Level, &'static [&'static str])],
    /// Words before a word for the whole house.
    pub(crate) whole_house_starts: &'static [&'static str],
    /// The whole house.
    pub(crate) whole_house: &'static [&'static str],
    /// The open air.
    pub(crate) outdoors: &'static [&'static str],
    /// Where the person is.
    pub(crate) here: &'static [&'static str],
    /// Nouns of a kind, its domain and its device class.
    pub(crate) kinds: &'static [(&'static str, Domain, Option<&'static str>)],
    /// Words for a colour or a tint of white, behind its English name.
    pub(crate) colors: &'static [(&'static str, &'static str)],
    /// Words behind a colour that are no part of it.
    pub(crate) color_ends: &'static [&'static str],
    /// What the name of a lamp contains.
    pub(crate) lights: &'static [&'static str],
    /// What the name of a list for shopping contains.
    pub(crate) shopping_lists: &'static [&'static str],
    /// What the name of a list for chores contains.
    pub(crate) chore_lists: &'static [&'static str],
    /// What a list is called behind its name.
    pub(crate) list_ends: &'static [&'static str],
    /// What the name of a way into the home contains.
    pub(crate) entries: &'static [&'static str],
    /// What the name of a thing contains that opens none.
    pub(crate) harmless: &'static [&'static str],
    /// What the mode of the house is called.
    pub(crate) house_mode: &'static [&'static str],
    /// What people say to things of some kinds, with `_` where the name stands; of those of no other kind last.
    pub(crate) commands: &'static [(&'static [Domain], &'static [&'static str])],
    /// What the name of a relay or script contains that opens one.
    pub(crate) openers: &'static [&'static str],
    // Which of several is meant.
    /// Words before a choice.
    pub(crate) choice_starts: &'static [&'static str],
    /// Words behind a choice.
    pub(crate) choice_ends: &'static [&'static str],
    /// All of them.
    pub(crate) choose_all: &'static [&'static str],
    /// The last of them.
    pub(crate) choose_last: &'static [&'static str],
    /// The first, the second and so on.
    pub(crate) ordinals: &'static [&'static [&'static str]],
    /// Words in a choice that choose nothing.
    pub(crate) choice_fillers: &'static [&'static str],
    /// What says that reminders are meant.
    pub(crate) reminders: &'static [&'static str],
    /// What says that routines are meant.
    pub(crate) routines: &'static [&'static str],
    // A command after a time.
    /// Words that make a length of time a delay.
    pub(crate) delays: &'static [&'static str],
    /// Words of counting down before a command that belong to the timer.
    pub(crate) before_commands: &'static [&'static str],
    /// The same behind it.
    pub(crate) after_commands: &'static [&'static str],
    /// Words that end a delay and may begin what follows it.
    pub(crate) delay_ends: &'static [&'static str],
    /// A word that begins a time when something starts, or, where the request ends with that time, when it ends; and
    /// the word that only says the latter.
    pub(crate) until_at_end: &'static [(&'static str, &'static str)],
    // Conditions of routines.
    /// Words that begin a condition.
    pub(crate) trigger_starts: &'static [&'static str],
    /// Words that end one.
    pub(crate) trigger_ends: &'static [&'static str],
    /// What the sun does.
    pub(crate) suns: &'static [(&'static str, Sun)],
    /// By day or in the dark only.
    pub(crate) daylights: &'static [(&'static str, Daylight)],
    /// Above a value.
    pub(crate) above: &'static [&'static str],
    /// Below a value.
    pub(crate) below: &'static [&'static str],
    /// What is measured, and its device class.
    pub(crate) measures: &'static [(&'static str, &'static str)],
    /// Words before and after a room, and the state of what watches it.
    pub(crate) motions: &'static [(&'static str, &'static str, &'static str)],
    /// What people do, and the state they are in then.
    pub(crate) people: &'static [(&'static str, &'static str)],
    /// Anyone.
    pub(crate) anyone: &'static [&'static str],
    /// Everyone.
    pub(crate) everyone: &'static [&'static str],
    /// What things do, and the state they are in then.
    pub(crate) states: &'static [(&'static str, &'static str)],
    /// States that Home Assistant calls by a word of this language.
    pub(crate) home_assistant_states: &'static [(&'static str, &'static str)],
}

/// The entries of a table in every language, language by language.
pub(crate) fn each<T: 'static>(table: impl Fn(&'static Words) -> &'static [T]) -> impl Iterator<Item = &'static T> {
    Lang::ALL.iter().flat_map(move |lang| table(super::of(*lang).words))
}

/// Whether a word is in a table of any language.
pub(crate) fn has(table: impl Fn(&'static Words) -> &'static [&'static str], word: &str) -> bool {
    each(table).any(|own| *own == word)
}

/// A noun without the end that makes it several, if it has one.
pub(crate) fn singular(noun: &str) -> Option<&str> {
    let is_single = each(|words| words.singular_ends).any(|end| noun.ends_with(end));
    each(|words| words.plural_ends).find_map(|end| noun.strip_suffix(end)).filter(|_| !is_single)
}

/// Whether a text contains a word of a table of any language.
pub(crate) fn stands_in(table: impl Fn(&'static Words) -> &'static [&'static str], text: &str) -> bool {
    each(table).any(|own| text.contains(own))
}
