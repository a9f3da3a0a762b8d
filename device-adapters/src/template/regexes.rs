//! Regular expressions in templates, as Home Assistant's filters have them. They run in time that grows with the text
//! only, and are bounded in size.

use minijinja::{Environment, Error, ErrorKind, Value};
use regex::{Captures, Regex, RegexBuilder};

use super::filters::{ITEMS, TEXT_BYTES, text_of, too_much};

/// Makes the filters and tests known to the engine.
pub(super) fn install(engine: &mut Environment<'static>) {
    engine.add_filter("regex_match", is_match);
    engine.add_filter("regex_search", is_found);
    engine.add_filter("regex_replace", replaced);
    engine.add_filter("regex_findall", find_all);
    engine.add_filter("regex_findall_index", find_one);
    engine.add_test("match", is_match);
    engine.add_test("search", is_found);
}

/// Whether the text begins with what the pattern means, as Python's `re.match`.
fn is_match(value: &Value, pattern: Option<&str>, ignorecase: Option<bool>) -> Result<bool, Error> {
    let found = compiled(pattern.unwrap_or_default(), ignorecase)?;
    Ok(found.find(&text_of(value)).is_some_and(|found| found.start() == 0))
}

fn is_found(value: &Value, pattern: Option<&str>, ignorecase: Option<bool>) -> Result<bool, Error> {
    Ok(compiled(pattern.unwrap_or_default(), ignorecase)?.is_match(&text_of(value)))
}

fn replaced(
    value: &Value,
    pattern: Option<&str>,
    with: Option<&str>,
    ignorecase: Option<bool>,
) -> Result<String, Error> {
    let (text, with) = (text_of(value), rust_references(with.unwrap_or_default()));
    let mut out = String::new();
    let mut end = 0;
    for captures in compiled(pattern.unwrap_or_default(), ignorecase)?.captures_iter(&text) {
        let Some(whole) = captures.get(0) else { continue };
        out.push_str(text.get(end..whole.start()).unwrap_or_default());
        captures.expand(&with, &mut out);
        end = whole.end();
        if TEXT_BYTES < out.len() {
            return Err(too_much());
        }
    }
    out.push_str(text.get(end..).unwrap_or_default());
    Ok(out)
}

fn find_all(value: &Value, pattern: Option<&str>, ignorecase: Option<bool>) -> Result<Vec<Value>, Error> {
    let regex = compiled(pattern.unwrap_or_default(), ignorecase)?;
    let found: Vec<Value> = regex.captures_iter(&text_of(value)).take(ITEMS + 1).map(|found| groups(&found)).collect();
    match found.len() <= ITEMS {
        true => Ok(found),
        false => Err(too_much()),
    }
}

fn find_one(
    value: &Value,
    pattern: Option<&str>,
    index: Option<usize>,
    ignorecase: Option<bool>,
) -> Result<Value, Error> {
    let found = find_all(value, pattern, ignorecase)?.into_iter().nth(index.unwrap_or(0));
    found.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the pattern is not found that often"))
}

/// The whole where the pattern has no groups, the group where it has one, a list of them where it has several.
fn groups(found: &Captures<'_>) -> Value {
    let text = |group: Option<regex::Match<'_>>| Value::from(group.map_or("", |group| group.as_str()));
    match found.len() {
        1 => text(found.get(0)),
        2 => text(found.get(1)),
        _ => found.iter().skip(1).map(text).collect(),
    }
}

/// Python writes `\1` for what Rust's replacements call `${1}`, and has no `$` of its own.
fn rust_references(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.replace('$', "$$").chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(digit) if letter == '\\' && digit.is_ascii_digit() => {
                out.push_str(&format!("${{{digit}}}"));
                letters.next();
            }
            _ => out.push(letter),
        }
    }
    out
}

fn compiled(pattern: &str, ignorecase: Option<bool>) -> Result<Regex, Error> {
    let regex = RegexBuilder::new(pattern)
        .case_insensitive(ignorecase.unwrap_or(false))
        .size_limit(PROGRAM_BYTES)
        .dfa_size_limit(PROGRAM_BYTES)
        .nest_limit(NESTING)
        .build();
    regex.map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("not a pattern: `{pattern:.40}`")))
}

/// Of a compiled pattern; those of devices take a tenth.
const PROGRAM_BYTES: usize = 256 * 1024;
const NESTING: u32 = 20;
