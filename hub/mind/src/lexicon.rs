//! Words that every house shares: nouns of kinds, colours, words for the whole house. The words themselves stand with
//! their languages.

use house::{Action, Color, Domain, Lang};

use crate::texts;
use crate::texts::words::each;
use crate::words::{Word, key};

/// The kind a bare noun names ("telly", "灯"), if it names one.
pub fn kind_of(noun: &str) -> Option<(Domain, Option<&'static str>)> {
    let noun = key(noun);
    let noun = each(|words| words.the).fold(noun.as_str(), |noun, the| noun.strip_prefix(the).unwrap_or(noun));
    let hit = |noun: &str| each(|words| words.kinds).find(|(words, ..)| words.split('|').any(|word| key(word) == noun));
    let singular = || each(|words| words.plural_ends).find_map(|end| hit(noun.strip_suffix(end)?));
    hit(noun).or_else(singular).map(|(_, domain, class)| (*domain, *class))
}

/// Nouns that name a device class of a domain, for entities that carry the class only in their name.
pub fn nouns_of(domain: Domain, class: &str) -> impl Iterator<Item = &'static str> {
    each(|words| words.kinds)
        .filter(move |(_, own, own_class)| *own == domain && *own_class == Some(class))
        .flat_map(|(words, ..)| words.split('|'))
}

/// Whether the words mean the whole house.
pub fn is_whole_house(place: &str) -> bool {
    let place = key(place);
    let place = each(|words| words.whole_house_starts)
        .fold(place.as_str(), |place, word| place.strip_prefix(word).unwrap_or(place));
    each(|words| words.whole_house).any(|word| key(word) == place)
}

/// Whether a place is the open air ("outside", 外面).
pub fn is_outdoors(place: &str) -> bool {
    each(|words| words.outdoors).any(|word| key(word) == key(place))
}

/// Whether the words mean the place where the person is.
pub fn is_here(place: &str) -> bool {
    each(|words| words.here).any(|word| key(word) == key(place))
}

/// Whether a name says that its thing is on that side, `left` or `right`.
pub fn is_on_side(name: &str, side: &str) -> bool {
    let words = key(name);
    let said = each(|words| if side == "left" { words.sides.0 } else { words.sides.1 });
    said.into_iter().any(|own| words.split(' ').any(|word| word == *own))
}

/// Whether words begin as an order does.
pub(crate) fn begins_with_verb(all: &[Word]) -> bool {
    let words: Vec<&str> = all.iter().map(|word| word.text.as_str()).collect();
    each(|words| words.command_verbs).any(|verb| words.starts_with(verb))
}

/// What a colour is called in a language: the nearest of those that have a name there.
pub fn color_name(hue: f64, saturation: f64, lang: Lang) -> Option<&'static str> {
    let (hue, saturation) = (hue.to_radians(), saturation.clamp(0.0, 100.0) / 100.0);
    let at = |hue: f64, saturation: f64| (hue.cos() * saturation, hue.sin() * saturation);
    let here = at(hue, saturation);
    let distance = |tint: &Tint| {
        let (x, y) = match tint {
            Tint::Hue(hue, saturation) => at(hue.to_radians(), saturation / 100.0),
            Tint::White(_) => (0.0, 0.0),
        };
        (x - here.0).hypot(y - here.1)
    };
    let (name, _) = TINTS.iter().min_by(|(_, one), (_, other)| distance(one).total_cmp(&distance(other)))?;
    let (_, names) = texts::of(lang).words().colors.iter().find(|(own, _)| own == name)?;
    names.split('|').next_back()
}

/// A colour or a tint of white by its words: the English name, and what it sets.
pub fn color(words: &str) -> Option<(&'static str, Action)> {
    let said = key(words);
    let hit = |said: &str| each(|words| words.colors).find(|(_, names)| names.split('|').any(|name| key(name) == said));
    let bare = each(|words| words.color_ends).find_map(|tail| said.strip_suffix(tail).map(str::trim));
    let (name, _) = hit(&said).or_else(|| hit(bare?))?;
    let (_, set) = TINTS.iter().find(|(own, _)| own == name)?;
    Some((
        name,
        match set {
            Tint::Hue(hue, saturation) => Action::SetLight {
                brightness_pct: None,
                color: Some(Color { hue: *hue, saturation: *saturation }),
                color_temp_k: None,
            },
            Tint::White(kelvin) => Action::SetLight { brightness_pct: None, color: None, color_temp_k: Some(*kelvin) },
        },
    ))
}

enum Tint {
    Hue(f64, f64),
    White(u16),
}

/// What a colour sets, by its English name.
const TINTS: &[(&str, Tint)] = &[
    ("red", Tint::Hue(0.0, 100.0)),
    ("blue", Tint::Hue(240.0, 100.0)),
    ("green", Tint::Hue(120.0, 100.0)),
    ("yellow", Tint::Hue(60.0, 100.0)),
    ("orange", Tint::Hue(30.0, 100.0)),
    ("purple", Tint::Hue(277.0, 86.0)),
    ("pink", Tint::Hue(350.0, 25.0)),
    ("cyan", Tint::Hue(180.0, 100.0)),
    ("turquoise", Tint::Hue(174.0, 71.0)),
    ("magenta", Tint::Hue(300.0, 100.0)),
    ("violet", Tint::Hue(300.0, 46.0)),
    ("indigo", Tint::Hue(275.0, 100.0)),
    ("lavender", Tint::Hue(240.0, 8.0)),
    ("lime", Tint::Hue(120.0, 100.0)),
    ("teal", Tint::Hue(180.0, 100.0)),
    ("gold", Tint::Hue(51.0, 100.0)),
    ("brown", Tint::Hue(0.0, 75.0)),
    ("salmon", Tint::Hue(6.0, 54.0)),
    ("amber", Tint::Hue(45.0, 100.0)),
    ("sky blue", Tint::Hue(197.0, 43.0)),
    ("dark blue", Tint::Hue(240.0, 100.0)),
    ("light blue", Tint::Hue(195.0, 25.0)),
    ("light green", Tint::Hue(120.0, 39.0)),
    ("crimson", Tint::Hue(348.0, 91.0)),
    ("white", Tint::White(4500)),
    ("warm white", Tint::White(2700)),
    ("candle light", Tint::White(1900)),
    ("neutral white", Tint::White(3500)),
    ("cool white", Tint::White(4000)),
    ("daylight", Tint::White(6500)),
];
