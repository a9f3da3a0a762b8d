//! Names and ids: what an announced thing is called and how its id is made.
//!
//! Home Assistant's rules, in short: a device name and an entity name together make "Device Name";
//! an entity without a name of its own (`null`) takes the device's; one that says nothing about its name
//! takes its device class as the name.

use crate::limits::{ID_CHARS, NAME_CHARS};

/// A slug of a name: lower case, letters and digits of any script, everything else one `_`.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.trim().chars().flat_map(char::to_lowercase).take(ID_CHARS) {
        match letter.is_alphanumeric() {
            true => slug.push(letter),
            false if !slug.is_empty() && !slug.ends_with('_') => slug.push('_'),
            false => {}
        }
    }
    slug.trim_end_matches('_').to_owned()
}

/// A slug of ASCII letters and digits; `None` if the name has letters that have no such spelling.
pub(crate) fn ascii_slug(name: &str) -> Option<String> {
    let mut plain = String::new();
    for letter in name.chars() {
        match (letter.is_alphanumeric(), letter.is_ascii()) {
            (true, false) => plain.push_str(without_accent(letter)?),
            (true, true) | (false, true) => plain.push(letter),
            (false, false) => plain.push(' '),
        }
    }
    Some(slug(&plain)).filter(|slug| !slug.is_empty())
}

/// A name as it may be shown: no control characters, single spaces, no longer than [`NAME_CHARS`].
pub(crate) fn clean_name(name: &str) -> String {
    let printable: String = name.chars().map(|letter| if is_unprintable(letter) { ' ' } else { letter }).collect();
    let joined = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.chars().take(NAME_CHARS).collect()
}

/// The name of an entity, from its device's name and its own.
pub(crate) fn full_name(device: &str, own: &str) -> String {
    let starts_with_device = own.to_lowercase().starts_with(&device.to_lowercase());
    match (device.is_empty(), own.is_empty(), starts_with_device) {
        (true, _, _) => own.to_owned(),
        (_, true, _) => device.to_owned(),
        (_, _, true) => own.to_owned(),
        (false, false, false) => clean_name(&format!("{device} {own}")),
    }
}

/// A device class as words: `carbon_dioxide` → `Carbon dioxide`.
pub(crate) fn class_words(device_class: &str) -> String {
    let words = device_class.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Bidirectional overrides and zero-width letters would let one name look like another.
fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn without_accent(letter: char) -> Option<&'static str> {
    ACCENTS.iter().find(|(letters, _)| letters.contains(letter)).map(|(_, plain)| *plain)
}

const ACCENTS: &[(&str, &str)] = &[
    ("àáâãåāąăÀÁÂÃÅĀĄ", "a"),
    ("äÄæÆ", "a"),
    ("çćčÇĆČ", "c"),
    ("ďđĎĐ", "d"),
    ("èéêëēęěÈÉÊËĒĘĚ", "e"),
    ("ğĞ", "g"),
    ("ìíîïīıÌÍÎÏİ", "i"),
    ("łĽľŁ", "l"),
    ("ñńňÑŃŇ", "n"),
    ("òóôõöøōőÒÓÔÕÖØŐ", "o"),
    ("ŕřŘ", "r"),
    ("śšşŚŠŞ", "s"),
    ("ß", "ss"),
    ("ťţŤ", "t"),
    ("ùúûüūůűÙÚÛÜŮŰ", "u"),
    ("ýÿÝ", "y"),
    ("źżžŹŻŽ", "z"),
];

#[cfg(test)]
mod tests {
    use super::{ascii_slug, clean_name, full_name, slug};

    #[test]
    fn names_become_ids() {
        assert_eq!(slug("  Küche / Living-Room 2 "), "küche_living_room_2");
        assert_eq!(slug("客厅 灯"), "客厅_灯");
        assert_eq!(ascii_slug("Küchen Lampe"), Some("kuchen_lampe".into()));
        assert_eq!(ascii_slug("客厅 Lamp"), None);
        assert_eq!(ascii_slug("--"), None);
    }

    #[test]
    fn names_are_made_as_home_assistant_does() {
        assert_eq!(full_name("Kitchen Plug", "Power"), "Kitchen Plug Power");
        assert_eq!(full_name("Kitchen Plug", "kitchen plug power"), "kitchen plug power");
        assert_eq!(full_name("Kitchen Plug", ""), "Kitchen Plug");
        assert_eq!(full_name("", "Power"), "Power");
        assert_eq!(clean_name("a\u{0}b\n\u{202e} c"), "a b c");
        assert_eq!(clean_name(&"x".repeat(500)).len(), 120);
    }
}
