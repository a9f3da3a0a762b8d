//! The words of this house for a recogniser: a model's folder with a language model in which the names of the house
//! stand where people say names.
//!
//! The folder is made of links to the recogniser's own files and of what differs: `graph/Gr.fst`, `graph/words.txt` and
//! `conf/model.conf`. It is named by all that it is made of, so the same house finds it made.

mod arpa;
mod fst;
mod graph;
mod sounds;
mod spoken;
mod vocabulary;

pub mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mind::names::spoken::SpokenNames;
use tracing::debug;

use self::arpa::Arpa;
use self::fst::Fst;
use self::graph::{Base, Classes, Name, OWN, united};
use self::sounds::Sounds;
use self::spoken::spoken;
use self::vocabulary::Vocabulary;

/// A folder that the recogniser can load, and what of the house it can't hear.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseModel {
    /// The folder.
    pub folder: PathBuf,
    /// What of the house the recogniser does not know.
    pub unknown: Unknown,
}

/// What of a house a recogniser does not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unknown {
    /// Names with words that it does not know.
    pub names: Vec<UnknownName>,
    /// Those words.
    pub words: Vec<UnknownWord>,
}

/// A word of names that the recogniser does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The word, in small letters.
    pub word: String,
    /// The names it is in.
    pub names: Vec<String>,
    /// Known words for which it is heard; none if it can't be heard.
    pub heard_as: Option<String>,
    /// Known words that sound like it by themselves; none if nothing comes near.
    pub proposed: Option<String>,
}

/// A name with words that the recogniser does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownName {
    /// The name.
    pub name: String,
    /// Those of its words.
    pub words: Vec<String>,
    /// Known words that sound like it, for which it is heard; none if nothing comes near, and it can't be heard.
    pub heard_as: Option<String>,
}

/// Makes the folder for a house, or finds it made; those of other houses in the same place go.
///
/// A recogniser whose model has no language model that can be added to is used as it is. How words sound that it does
/// not know, `own` says in words that it knows, and `pronounce` for all others: a line of espeak-ng's phonemes for
/// each.
///
/// # Errors
/// If the model can't be read or the folder can't be written.
pub fn prepare(
    model: &Path,
    names: &SpokenNames,
    place: &Path,
    own: &BTreeMap<String, String>,
    pronounce: impl FnOnce(&[String]) -> anyhow::Result<String>,
) -> anyhow::Result<HouseModel> {
    let model = model.canonicalize().with_context(|| format!("find the recogniser's model `{}`", model.display()))?;
    let requests = model.join(REQUESTS);
    if !hears_names(&model) {
        return Ok(HouseModel { folder: model, unknown: Unknown::default() });
    }
    let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("read `{}`", path.display()));
    let words = read(&model.join("graph/words.txt"))?;
    let vocabulary = Vocabulary::read(&words);
    let proposed = sounding_like(&model, names, &vocabulary, pronounce);
    let said = said(names, &vocabulary, &Heard { own, proposed: &proposed });
    let folder = place.join(key(&model, &said));
    if !folder.is_dir() {
        let base = Base::read(&model)?;
        let arpa: Arpa = read(&requests)?.parse().with_context(|| format!("read `{}`", requests.display()))?;
        let graph = united(base, &arpa, &vocabulary, &said.classes);
        write(&model, place, &folder, graph, &(words + &said.written))?;
    }
    Ok(HouseModel { folder, unknown: said.unknown })
}

/// Whether the names of a house can be added to a model's words.
pub fn hears_names(model: &Path) -> bool {
    [OWN, REQUESTS].iter().all(|file| model.join(file).is_file())
}

/// The names of a house in the recogniser's words.
struct Said {
    classes: Classes,
    /// Lines for `words.txt`: what is written where it is something else than the words.
    written: String,
    unknown: Unknown,
}

/// For what words are heard that the recogniser does not know.
struct Heard<'a> {
    /// As the owner says.
    own: &'a BTreeMap<String, String>,
    /// By their sound.
    proposed: &'a BTreeMap<String, Vec<String>>,
}

impl Heard<'_> {
    /// Known words for one that is not known. What was said of it for another model may not be known to this one.
    fn of(&self, word: &str, vocabulary: &Vocabulary) -> Option<Vec<String>> {
        let own = self.own.get(word).map(|own| own.split(' ').map(str::to_owned).collect::<Vec<_>>());
        own.filter(|own| own.iter().all(|word| vocabulary.id(word).is_some()))
            .or_else(|| self.proposed.get(word).cloned())
    }
}

/// Known words for those of the names that are not known, by sound. Nothing where the model does not say how its words
/// sound, or nobody says how those do.
fn sounding_like(
    model: &Path,
    names: &SpokenNames,
    vocabulary: &Vocabulary,
    pronounce: impl FnOnce(&[String]) -> anyhow::Result<String>,
) -> BTreeMap<String, Vec<String>> {
    let Ok(sounds) = fs::read_to_string(model.join(SOUNDS)) else { return BTreeMap::new() };
    let unknown: BTreeSet<String> = names.iter().flat_map(|(_, name)| spoken(name, vocabulary).unknown).collect();
    let is_latin = |word: &String| word.chars().all(|letter| letter < LAST_LATIN);
    let unknown: Vec<String> = unknown.into_iter().filter(is_latin).take(MAX_UNKNOWN).collect();
    if unknown.is_empty() {
        return BTreeMap::new();
    }
    let said = pronounce(&unknown).inspect_err(|error| {
        debug!(error = format!("{error:#}"), "Nobody says how the words sound that the recogniser does not know.");
    });
    let sounds = Sounds::read(&sounds);
    let like = |(word, sound): (String, Vec<String>)| Some((word, sounds.like(&sound)?));
    said.map(|said| sounds::of_words(&unknown, &said)).unwrap_or_default().into_iter().filter_map(like).collect()
}

fn said(names: &SpokenNames, vocabulary: &Vocabulary, heard: &Heard<'_>) -> Said {
    let mut said = Said { classes: Classes::new(), written: String::new(), unknown: Unknown::default() };
    let mut ids: BTreeMap<String, i32> = BTreeMap::new();
    let mut unknown: BTreeSet<UnknownName> = BTreeSet::new();
    for (class, name) in names {
        let own = spoken(name, vocabulary);
        let is_unknown = |word: &String| own.unknown.contains(word);
        let known = |word: &String| if is_unknown(word) { heard.of(word, vocabulary) } else { None };
        let can_be_heard = own.unknown.iter().all(|word| known(word).is_some());
        let sounding = |word: &String| known(word).unwrap_or_else(|| vec![word.clone()]);
        let own_words: Vec<String> = own.words.iter().flat_map(sounding).collect();
        let words: Vec<i32> = own_words.iter().filter_map(|word| vocabulary.id(word)).collect();
        let is_heard = can_be_heard && !words.is_empty();
        if !own.unknown.is_empty() || words.is_empty() {
            let heard_as = is_heard.then(|| own_words.join(" "));
            unknown.insert(UnknownName { name: name.clone(), words: own.unknown, heard_as });
        }
        if !is_heard {
            continue;
        }
        let shown = shown(name);
        let written = (shown != own_words.join(" ")).then(|| {
            let next = vocabulary.free() + ids.len() as i32;
            *ids.entry(shown).or_insert(next)
        });
        said.classes.entry(format!("<{class}>")).or_default().push(Name { words, written });
    }
    said.written = ids.iter().map(|(shown, id)| format!("{} {id}\n", shown.replace(' ', GLUE))).collect();
    said.unknown = Unknown { words: words_of(&unknown, vocabulary, heard), names: unknown.into_iter().collect() };
    said
}

/// The words that are not known, with the names they are in.
fn words_of(names: &BTreeSet<UnknownName>, vocabulary: &Vocabulary, heard: &Heard<'_>) -> Vec<UnknownWord> {
    let mut words: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for name in names {
        for word in &name.words {
            words.entry(word).or_default().insert(&name.name);
        }
    }
    let unknown = |(word, names): (&String, BTreeSet<&String>)| UnknownWord {
        word: word.clone(),
        names: names.into_iter().cloned().collect(),
        heard_as: heard.of(word, vocabulary).map(|words| words.join(" ")),
        proposed: heard.proposed.get(word).map(|words| words.join(" ")),
    };
    words.into_iter().map(unknown).collect()
}

/// A name as it stands in a transcript: in small letters, so that nothing in it is special to the recogniser.
fn shown(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a recogniser wrote, with the names of the house as the house spells them.
pub fn unglued(transcript: &str) -> String {
    transcript.replace(GLUE, " ")
}

/// The name of the folder of a model and names.
fn key(model: &Path, said: &Said) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (MADE_SO, model, &said.written).hash(&mut hasher);
    for file in [OWN, "graph/words.txt", REQUESTS] {
        let told = fs::metadata(model.join(file)).ok();
        told.map(|told| (told.len(), told.modified().ok())).hash(&mut hasher);
    }
    for (class, names) in &said.classes {
        class.hash(&mut hasher);
        names.iter().for_each(|name| (&name.words, name.written).hash(&mut hasher));
    }
    format!("house-{:016x}", hasher.finish())
}

/// Writes the folder under another name first, so that what has the right name is whole.
fn write(model: &Path, place: &Path, folder: &Path, graph: Fst, words: &str) -> anyhow::Result<()> {
    let made = (|| -> std::io::Result<()> {
        fs::create_dir_all(place)?;
        for old in fs::read_dir(place)?.flatten().filter(|old| old.file_name().to_string_lossy().starts_with("house-"))
        {
            fs::remove_dir_all(old.path())?;
        }
        let new = folder.with_extension("new");
        fs::create_dir_all(new.join("graph"))?;
        fs::create_dir_all(new.join("conf"))?;
        link(model, &new, &["graph", "conf", REQUESTS])?;
        link(&model.join("graph"), &new.join("graph"), &["Gr.fst", "words.txt"])?;
        link(&model.join("conf"), &new.join("conf"), &["model.conf"])?;
        let mut out = BufWriter::new(fs::File::create(new.join("graph/Gr.fst"))?);
        graph.write(&mut out)?;
        out.flush()?;
        fs::write(new.join("graph/words.txt"), words)?;
        fs::write(new.join("conf/model.conf"), patient(&fs::read_to_string(model.join("conf/model.conf"))?))?;
        fs::rename(&new, folder)
    })();
    made.with_context(|| format!("write the words of this house for the recogniser to `{}`", folder.display()))
}

/// Links to all that lies in a folder but for some.
fn link(from: &Path, to: &Path, but: &[&str]) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if !but.iter().any(|name| entry.file_name() == *name) {
            symlink(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The recogniser's settings without an end of its own: the hub says when speech ends, and a request that the
/// recogniser cut in two would lose what its halves say of each other.
fn patient(conf: &str) -> String {
    let kept = conf.lines().filter(|line| !line.starts_with("--endpoint.rule"));
    let rules = (1..=4).map(|rule| format!("--endpoint.rule{rule}.min-trailing-silence={NO_END_S}"));
    let rule5 = format!("--endpoint.rule5.min-utterance-length={NO_END_S}");
    kept.map(str::to_owned).chain(rules).chain([rule5]).map(|line| line + "\n").collect()
}

/// How people speak to a house, with classes in place of names; made by `models/voice/language.py`.
const REQUESTS: &str = "house.arpa";
/// How the recogniser's words sound; made by `models/voice/sounds.py`.
const SOUNDS: &str = "sounds.txt";
/// More strange words than these in one house are left out.
const MAX_UNKNOWN: usize = 100;
/// Behind the letters of Western Europe: what is written in others is not said in English.
const LAST_LATIN: char = '\u{250}';
/// What stands for a blank inside a name that the recogniser writes as one word.
const GLUE: &str = "\u{2423}";
/// Changes when the same house would make another folder.
const MADE_SO: u32 = 1;
/// Longer than any stream, in seconds.
const NO_END_S: u32 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_owner_says_of_a_word_goes_before_what_sounds_like_it() {
        let vocabulary = Vocabulary::read("lamp 1\nshe 2\nvon 3\nsee 4\noh 5\nban 6\n");
        let lamp = |name: &str| ("light".to_owned(), name.to_owned());
        let names = SpokenNames::from([lamp("Siobhan lamp"), lamp("Siobhan"), lamp("Zyxx")]);
        let proposed = BTreeMap::from([("siobhan".to_owned(), ["see", "oh", "ban"].map(str::to_owned).to_vec())]);
        let said_as = |own: &[(&str, &str)]| {
            let own = own.iter().map(|(word, own)| ((*word).to_owned(), (*own).to_owned())).collect();
            said(&names, &vocabulary, &Heard { own: &own, proposed: &proposed })
        };
        let word = |said: &Said, word: &str| said.unknown.words.iter().find(|one| one.word == word).cloned().unwrap();
        let by_itself = said_as(&[]);
        let siobhan = word(&by_itself, "siobhan");
        assert_eq!((siobhan.heard_as.as_deref(), siobhan.names.len()), (Some("see oh ban"), 2));
        assert_eq!(word(&by_itself, "zyxx").heard_as, None);
        assert_eq!(by_itself.classes["<light>"].len(), 2, "a name that can't be heard is left out");

        let own = said_as(&[("siobhan", "she von"), ("zyxx", "see oh")]);
        let siobhan = word(&own, "siobhan");
        assert_eq!((siobhan.heard_as.as_deref(), siobhan.proposed.as_deref()), (Some("she von"), Some("see oh ban")));
        let words: Vec<&[i32]> = own.classes["<light>"].iter().map(|name| name.words.as_slice()).collect();
        assert_eq!(words, [[2, 3].as_slice(), &[2, 3, 1], &[4, 5]]);

        // What another model knows and this one does not is passed over.
        let foreign = said_as(&[("siobhan", "shiv on")]);
        assert_eq!(word(&foreign, "siobhan").heard_as.as_deref(), Some("see oh ban"));
    }
}
