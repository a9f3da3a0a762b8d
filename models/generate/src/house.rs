//! The names that a request may speak of.

use std::collections::{BTreeMap, HashSet};

use mind::understand::prompt::Names;

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
