//! Reads a template's source before it is compiled: finds the two plain shapes, and what must be refused.

use house::{BadTemplate, TemplatePart};
use serde_json::Value as Json;

use super::{Key, Template};

/// The template, if it is `{{ value }}` or a path into `value_json`.
pub(super) fn simple(source: &str) -> Option<Template> {
    let inner = source.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim_matches('-').trim();
    if inner == "value" {
        return Some(Template::Payload);
    }
    let path = inner.strip_prefix("value_json")?;
    keys(path).map(Template::Path)
}

fn keys(path: &str) -> Option<Vec<Key>> {
    let mut keys = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (key, after) = key(rest)?;
        keys.push(key);
        rest = after;
    }
    Some(keys).filter(|keys| !keys.is_empty())
}

fn key(text: &str) -> Option<(Key, &str)> {
    if let Some(dotted) = text.strip_prefix('.') {
        let end = dotted.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(dotted.len());
        let (name, rest) = dotted.split_at(end);
        let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
        return is_name.then(|| (Key::Name(name.to_owned()), rest));
    }
    let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
    let inside = inside.trim();
    let quoted =
        [('\'', '\''), ('"', '"')].iter().find_map(|(open, close)| inside.strip_prefix(*open)?.strip_suffix(*close));
    match quoted {
        Some(name) if !name.contains(['\'', '"', '\\']) => Some((Key::Name(name.to_owned()), rest)),
        Some(_) => None,
        None => inside.parse().ok().map(|index| (Key::Index(index), rest)),
    }
}

/// A JSON value as Python would write it into text, which is what devices' payload options are compared with.
pub(super) fn python_text(json: &Json) -> String {
    match json {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::String(text) => text.clone(),
        Json::Number(_) | Json::Array(_) | Json::Object(_) => json.to_string(),
    }
}

/// Something that a template calls by its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Name<'s> {
    Filter(&'s str),
    Test(&'s str),
    Function(&'s str),
    Method(&'s str),
}

impl Name<'_> {
    /// That there is nothing of that name.
    pub(super) fn unknown(&self) -> BadTemplate {
        let (part, name) = match self {
            Self::Filter(name) => (TemplatePart::Filter, name),
            Self::Test(name) => (TemplatePart::Test, name),
            Self::Function(name) => (TemplatePart::Function, name),
            Self::Method(name) => (TemplatePart::Method, name),
        };
        BadTemplate::Unknown { part, name: name.chars().take(SHOWN_CHARS).collect() }
    }
}

/// Everything that a template calls.
pub(super) fn names(source: &str) -> Result<Vec<Name<'_>>, BadTemplate> {
    let tokens = tokens(source)?;
    let at = |place: usize| tokens.get(place).copied().unwrap_or_default();
    let before = |place: usize, back: usize| place.checked_sub(back).map(at).unwrap_or_default();
    let name = |place: usize| {
        let (word, is_called) = (at(place), at(place + 1) == "(");
        match (before(place, 2), before(place, 1)) {
            _ if !is_word(word) => None,
            (_, "|") => Some(Name::Filter(word)),
            (_, "is") if word == "not" => None,
            (_, "is") | ("is", "not") => Some(Name::Test(word)),
            (_, ".") => is_called.then_some(Name::Method(word)),
            (_, _) if KEYWORDS.contains(&word) => None,
            (_, _) => is_called.then_some(Name::Function(word)),
        }
    };
    Ok((0..tokens.len()).filter_map(name).collect())
}

/// Refuses what could grow or run without using fuel.
pub(super) fn check(source: &str) -> Result<(), BadTemplate> {
    let tokens = tokens(source)?;
    let statements = tokens.iter().enumerate().filter(|(_, token)| **token == "{%");
    let mut statements = statements.filter_map(|(place, _)| tokens.iter().skip(place + 1).find(|token| is_word(token)));
    if let Some(word) = statements.find(|word| !STATEMENTS.contains(word)) {
        return Err(BadTemplate::Forbidden((*word).to_owned()));
    }
    if tokens.contains(&"**") {
        return Err(BadTemplate::Forbidden("**".to_owned()));
    }
    let makes_lists = LIST_MAKERS.iter().any(|word| tokens.contains(word)) || has_list_literal(&tokens);
    let multiplications = tokens.iter().filter(|token| **token == "*").count();
    if 0 < multiplications && (makes_lists || MULTIPLICATIONS < multiplications) {
        return Err(BadTemplate::TooLarge);
    }
    match growth(&tokens) {
        Some(growth) if growth <= GROWTH => Ok(()),
        Some(_) | None => Err(BadTemplate::TooLarge),
    }
}

/// The product of how often each variable that the template sets is used: the most by which text could grow.
fn growth(tokens: &[&str]) -> Option<usize> {
    let mut names: Vec<&str> = Vec::new();
    for (place, _) in tokens.iter().enumerate().filter(|(_, token)| **token == "set") {
        let targets = tokens.iter().skip(place + 1).take_while(|token| !matches!(**token, "=" | "{%" | "{{"));
        let targets: Vec<&str> = targets.copied().filter(|token| is_word(token)).collect();
        let is_assignment = tokens.get(place + 1 + targets.len()) == Some(&"=");
        if targets.len() != 1 || !is_assignment {
            return None;
        }
        names.extend(targets);
    }
    names.sort_unstable();
    names.dedup();
    let uses = names.iter().map(|name| tokens.iter().filter(|token| *token == name).count().saturating_sub(1).max(1));
    uses.into_iter().try_fold(1_usize, |product, uses| product.checked_mul(uses))
}

/// A `[` that does not follow a name, a `]`, a `)` or text opens a list rather than an index.
fn has_list_literal(tokens: &[&str]) -> bool {
    let is_indexed = |token: &str| is_word(token) || matches!(token, "]" | ")" | "'");
    let before = std::iter::once("").chain(tokens.iter().copied());
    before.zip(tokens).any(|(before, token)| *token == "[" && (!is_indexed(before) || KEYWORDS.contains(&before)))
}

fn is_word(token: &str) -> bool {
    token.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
}

/// What stands inside the tags: words, `{%` and `{{`, a `'` for each text, and every other visible character by itself;
/// `**` stays together.
fn tokens(source: &str) -> Result<Vec<&str>, BadTemplate> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (open, inside) = rest.split_at(start).1.split_at(2);
        if open == "{#" {
            return Err(BadTemplate::Forbidden("{#".to_owned()));
        }
        tokens.push(open);
        rest = tag(inside, if open == "{{" { "}}" } else { "%}" }, &mut tokens)?;
    }
    Ok(tokens)
}

/// Reads one tag; gives what follows it.
fn tag<'s>(inside: &'s str, close: &str, tokens: &mut Vec<&'s str>) -> Result<&'s str, BadTemplate> {
    let mut rest = inside.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(close) {
            return Ok(after);
        }
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let end = match (is_part(first), matches!(first, '\'' | '"'), rest.starts_with("**")) {
            (true, _, _) => rest.find(|letter: char| !is_part(letter)).unwrap_or(rest.len()),
            (_, true, _) => text_end(rest, first).ok_or_else(|| endless("text"))?,
            (_, _, true) => 2,
            (false, false, false) => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        tokens.push(if matches!(first, '\'' | '"') { "'" } else { token });
        rest = after.trim_start();
    }
    Err(endless("tag"))
}

fn endless(what: &str) -> BadTemplate {
    BadTemplate::Broken(format!("a {what} without an end"))
}

/// Where a quoted text ends.
fn text_end(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = true;
    for (place, letter) in text.char_indices() {
        match letter {
            letter if letter == quote && !is_escaped => return Some(place + 1),
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    None
}

/// Of a name in a complaint.
const SHOWN_CHARS: usize = 40;
/// All else needs no place in a value's template.
const STATEMENTS: &[&str] = &["if", "elif", "else", "endif", "for", "endfor", "set"];
const LIST_MAKERS: &[&str] =
    &["range", "split", "list", "items", "keys", "values", "for", "from_json", "value_json_list", "regex_findall"];
const KEYWORDS: &[&str] = &["in", "and", "or", "not", "if", "else", "elif", "is", "set"];
/// Each can make 100 MB of text from very little, which is slow; real templates multiply once or twice.
const MULTIPLICATIONS: usize = 4;
/// Real templates set a table and use it once or twice.
const GROWTH: usize = 64;
