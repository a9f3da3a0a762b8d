//! Random small houses.

use std::collections::BTreeMap;

use mind::understand::prompt::Names;
use mind::words::key;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::draft::say_plain;
use crate::house::{House, Name};
use crate::template::Book;

/// Makes a house of a language's names.
pub(crate) fn random(book: &Book, rng: &mut StdRng) -> House {
    let mut by_mark: BTreeMap<&'static str, Vec<Name>> = BTreeMap::new();
    let plain = |text: String| Name { text, is_composed: false };
    let areas: Vec<Name> = (0..rng.random_range(4..10)).map(|_| plain(say_plain(book, "n.area", rng))).collect();
    let floors = (0..rng.random_range(1..4)).map(|_| plain(say_plain(book, "n.floor", rng))).collect();
    by_mark.insert("area", areas.clone());
    by_mark.insert("floor", floors);
    by_mark.insert("timer", (0..2).map(|_| plain(say_plain(book, "n.timer", rng))).collect());
    for &(mark, count) in COUNTS {
        let composed = format!("nc.{mark}");
        for _ in 0..rng.random_range(1..=count) {
            let is_composed = book.macros.contains_key(&composed) && rng.random_bool(0.3);
            let text = match (is_composed, areas.choose(rng)) {
                (true, Some(area)) => compose(&area.text, &say_plain(book, &composed, rng)),
                _ => say_plain(book, &format!("n.{mark}"), rng),
            };
            by_mark.entry(mark).or_default().push(Name { text, is_composed });
        }
    }
    for _ in 0..rng.random_range(0..3) {
        let mark = COUNTS.choose(rng).map_or("switch", |(mark, _)| mark);
        by_mark.entry(mark).or_default().push(plain(say_plain(book, "n.odd", rng)));
    }
    let all: Vec<(&str, &'static str)> =
        by_mark.iter().flat_map(|(mark, names)| names.iter().map(move |name| (name.text.as_str(), *mark))).collect();
    let exact = all.iter().map(|(name, _)| key(name)).collect();
    House { names: Names::new(all.iter().copied()), exact, by_mark }
}

fn compose(area: &str, noun: &str) -> String {
    match area.chars().any(mind::words::is_han) {
        true => format!("{area}{noun}"),
        false => format!("{area} {noun}"),
    }
}

/// How many names of a mark a house has at most.
const COUNTS: &[(&str, usize)] = &[
    ("light", 5),
    ("switch", 3),
    ("climate", 2),
    ("cover", 4),
    ("lock", 2),
    ("alarm_control_panel", 1),
    ("fan", 2),
    ("media_player", 3),
    ("vacuum", 2),
    ("lawn_mower", 1),
    ("valve", 2),
    ("sensor", 4),
    ("binary_sensor", 4),
    ("scene", 3),
    ("script", 2),
    ("todo", 3),
    ("weather", 1),
    ("person", 3),
    ("button", 1),
    ("input_boolean", 1),
    ("humidifier", 1),
    ("water_heater", 1),
    ("siren", 1),
];
