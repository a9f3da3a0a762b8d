//! Houses that are known before any device speaks: from a file, from the store, or the built-in one.

use std::path::Path;

use anyhow::Context as _;
use house::House;
use store::Store;

use crate::config::Settings;
use crate::config::demo::DemoSettings;

/// Floors and areas that exist before any device speaks.
pub(crate) fn first_house(settings: &Settings, store: &Store) -> anyhow::Result<House> {
    let mut house = store.registry()?;
    house.degrees = settings.degrees;
    if let Some(path) = &settings.house_file {
        let file = read_house(path)?;
        house.floors.extend(file.floors);
        house.areas.extend(file.areas);
    }
    if let Some(demo) = settings.demo.as_ref().filter(|_| settings.house_file.is_none()) {
        let file = demo_house(demo)?;
        house.floors.extend(file.floors);
        house.areas.extend(file.areas);
    }
    Ok(house)
}

/// The house that the virtual devices play.
pub(crate) fn demo_house(demo: &DemoSettings) -> anyhow::Result<House> {
    match &demo.house_file {
        Some(path) => read_house(path),
        None => device_adapters::demo_house(&demo.lang).context("read the built-in house"),
    }
}

fn read_house(path: &Path) -> anyhow::Result<House> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read the house file `{}`", path.display()))?;
    device_adapters::house(&text).with_context(|| format!("read the house file `{}`", path.display()))
}
