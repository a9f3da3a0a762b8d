//! Names of this house: which area is meant by a name.

pub mod areas {
    //! Areas by name.

    use house::{Area, House};

    use crate::words::key;

    /// The area of that name or alias.
    pub fn area_named<'a>(name: &str, house: &'a House) -> Option<&'a Area> {
        let wanted = key(name);
        house.areas.values().find(|area| std::iter::once(&area.name).chain(&area.aliases).any(|own| key(own) == wanted))
    }
}
