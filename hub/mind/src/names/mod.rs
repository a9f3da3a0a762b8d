//! What things, areas and states are called, and what a name that was said means here. Chooses no action.

pub mod areas;
pub(crate) mod bare;
pub mod fuzzy;
pub(crate) mod short;
pub mod spoken;
pub(crate) mod states;
pub(crate) mod things;

use house::{Entity, House};

use crate::texts::words::each;

use things::fit;

/// What the mode of the house is called: its name, then what it is called in other languages.
pub fn house_mode() -> impl Iterator<Item = String> {
    each(|words| words.house_mode).map(|name| (*name).to_owned())
}

/// The one entity that a name fits best, of those that may be meant; `None` if there is none or there are several.
pub(crate) fn best_named<'a>(name: &str, house: &'a House, admits: impl Fn(&Entity) -> bool) -> Option<&'a Entity> {
    let fits: Vec<_> = house
        .entities
        .values()
        .filter(|entity| admits(entity))
        .filter_map(|entity| Some((fit(name, entity, house)?, entity)))
        .collect();
    let best = fits.iter().map(|(fit, _)| *fit).max()?;
    let mut best = fits.into_iter().filter(|(fit, _)| *fit == best).map(|(_, entity)| entity);
    best.next().filter(|_| best.next().is_none())
}
