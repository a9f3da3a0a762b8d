//! The names that a request may speak of.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result};
use mind::understand::prompt::Names;
use mind::words::key;
use serde_json::Value;

/// A house of names.
#[derive(Clone, Debug, Default)]
pub(crate) struct House {
    /// Names with marks.
    pub(crate) names: Names,
    /// Keys of names as they are, without plural.
    pub(crate) exact: HashSet<String>,
    /// Names by mark, in an order that is the same in every run.
    pub(crate) by_mark: BTreeMap<&'static str, Vec<Name>>,
}

/// A name in a house.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// The name.
    pub(crate) text: String,
    /// Whether it is put together of an area and a kind, and so not known as a name by itself.
    pub(crate) is_composed: bool,
}

/// What a file of houses holds: one house, or several by name.
pub(crate) fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} holds no house", path.display()))
}

/// The names of a house.
pub(crate) fn names_of(home: &Value) -> Names {
    house_of(home).names
}

/// The names of a house, by no mark.
pub(crate) fn house_of(home: &Value) -> House {
    let mut names: Vec<(String, &'static str)> = Vec::new();
    for (list, fixed) in
        [("areas", Some("area")), ("floors", Some("floor")), ("entities", None), ("timers", Some("timer"))]
    {
        for thing in home[list].as_array().into_iter().flatten() {
            let domain = thing["domain"].as_str().unwrap_or_default();
            let mark = fixed
                .or_else(|| mind::understand::code::MARKS.iter().find(|mark| **mark == domain).copied())
                .unwrap_or("other");
            let aliases = thing["aliases"].as_array().into_iter().flatten();
            let texts = std::iter::once(&thing["name"]).chain(aliases).filter_map(Value::as_str);
            names.extend(texts.map(|text| (text.to_owned(), mark)));
        }
    }
    let exact = names.iter().map(|(name, _)| key(name)).collect();
    let names = Names::new(names.iter().map(|(name, mark)| (name.as_str(), *mark)));
    House { names, exact, ..House::default() }
}
