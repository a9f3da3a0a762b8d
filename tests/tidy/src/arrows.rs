//! Which module of a crate uses which, from the paths in its code that begin with `crate`, `self` or `super`.
//!
//! What a module and the modules within it say of each other is left out: that is how Rust has folders.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Crate, Source};

/// From whom to whom.
pub type Arrows = BTreeMap<String, BTreeSet<String>>;

type Module = Vec<String>;

/// The arrows between the files of a crate, by path.
pub fn between_files(of: &Crate, sources: &[Source]) -> Arrows {
    let files = modules(of, sources);
    let mut arrows = Arrows::new();
    for (module, source) in &files {
        let uses = paths(&source.code_without_tests(), module).into_iter().filter_map(|path| home(path, &files));
        let others = uses.filter(|to| !to.starts_with(module) && !module.starts_with(to));
        let others = others.filter_map(|to| files.get(&to).map(|source| source.path.clone())).collect();
        arrows.insert(source.path.clone(), others);
    }
    arrows
}

/// The arrows between the modules right under a crate's root, each with all that lies in it.
pub fn between_rooms(of: &Crate, sources: &[Source]) -> Arrows {
    let files = modules(of, sources);
    let mut arrows = Arrows::new();
    for (module, source) in &files {
        let Some(room) = module.first() else { continue };
        let used = arrows.entry(room.clone()).or_default();
        let homes = paths(&source.code_without_tests(), module).into_iter().filter_map(|path| home(path, &files));
        used.extend(homes.filter_map(|to| to.into_iter().next()).filter(|to| to != room));
    }
    arrows
}

/// The files of a crate by their modules; its root has no name.
fn modules<'s>(of: &Crate, sources: &'s [Source]) -> BTreeMap<Module, &'s Source> {
    let prefix = format!("{}/src/", of.folder);
    let inside = sources.iter().filter(|source| !source.is_test());
    let module = |source: &Source| {
        let path = source.path.strip_prefix(&prefix)?.strip_suffix(".rs")?.to_owned();
        let path = path.strip_suffix("/mod").map(str::to_owned).unwrap_or(path);
        Some(path.split('/').filter(|part| !matches!(*part, "lib" | "main")).map(str::to_owned).collect())
    };
    inside.filter_map(|source| Some((module(source)?, source))).collect()
}

/// The file in which a path ends; none for what lies in the root, which only gives names out.
fn home(mut path: Module, files: &BTreeMap<Module, &Source>) -> Option<Module> {
    while !path.is_empty() && !files.contains_key(&path) {
        path.pop();
    }
    Some(path).filter(|path| !path.is_empty())
}

/// Every path of the code, from the crate's root on.
fn paths(code: &str, module: &Module) -> Vec<Module> {
    let words = words(code);
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_first = at.checked_sub(1).and_then(|before| words.get(before)) != Some(&"::");
        let starts = is_first && words.get(at + 1) == Some(&"::");
        let base = match *word {
            "crate" if starts => Module::new(),
            "self" if starts => module.clone(),
            "super" if starts => parent(module),
            _ => continue,
        };
        tree(words.get(at + 2..).unwrap_or_default(), base, &mut found);
    }
    found
}

fn parent(module: &Module) -> Module {
    module.iter().take(module.len().saturating_sub(1)).cloned().collect()
}

/// Reads `a::{b, c::d}` after a base; gives how many words it was.
fn tree(words: &[&str], base: Module, found: &mut Vec<Module>) -> usize {
    let Some(first) = words.first() else { return 0 };
    match *first {
        "{" => {
            let mut at = 1;
            while let Some(word) = words.get(at).filter(|word| **word != "}") {
                at += match *word {
                    "," => 1,
                    // The name that follows is only what it is called here.
                    "as" => 2,
                    _ => tree(words.get(at..).unwrap_or_default(), base.clone(), found).max(1),
                };
            }
            at + 1
        }
        "super" if words.get(1) == Some(&"::") => 2 + tree(words.get(2..).unwrap_or_default(), parent(&base), found),
        word if word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') => {
            let path: Module = base.into_iter().chain([word.to_owned()]).collect();
            let goes_on = words.get(1) == Some(&"::");
            match goes_on {
                true => 2 + tree(words.get(2..).unwrap_or_default(), path, found),
                false => {
                    found.push(path);
                    1
                }
            }
        }
        word => {
            found.push(base);
            usize::from(word == "*")
        }
    }
}

/// Names, `::` and the signs of groups.
fn words(code: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = match first {
            letter if is_name(letter) => rest.find(|letter| !is_name(letter)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            letter => letter.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        if !word.trim().is_empty() {
            words.push(word);
        }
        rest = after;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn paths_are_found_in_uses_and_in_code() {
        let module = ["web".to_owned(), "rules".to_owned()].to_vec();
        let code = "use crate::{a, b::{C, d as e}, f::*}; pub(crate) fn x() { super::super::g::h(crate::i::<T>()) }";
        let found: Vec<String> = paths(code, &module).iter().map(|path| path.join("::")).collect();
        assert_eq!(found, ["a", "b::C", "b::d", "f", "g::h", "i"]);
    }
}
