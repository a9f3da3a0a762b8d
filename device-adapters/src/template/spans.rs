//! Spans of time in templates, as Python's `timedelta`: made, written, and reckoned with.
//!
//! The engine knows `+` and `-` of numbers only. Where what follows such a sign makes a moment or a span, it is read as
//! a filter of what stands before it, which is all that devices' templates need.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Zoned};
use minijinja::value::{DynObject, Kwargs, Object};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::filters::number;
use super::times::Moment;

/// A span, as Python's `timedelta`.
#[derive(Debug)]
pub(super) struct Span(SignedDuration);

impl Object for Span {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let (days, seconds) = days_and_seconds(self.0.as_secs());
        match key.as_str()? {
            "days" => Some(days.into()),
            "seconds" => Some(seconds.into()),
            _ => None,
        }
    }

    fn call_method(self: &Arc<Self>, _: &State<'_, '_>, name: &str, _: &[Value]) -> Result<Value, Error> {
        match name {
            "total_seconds" => Ok(self.0.as_secs_f64().into()),
            _ => Err(Error::new(ErrorKind::UnknownMethod, format!("no such method: `{name}`"))),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        Some(self.0.cmp(&other.downcast_ref::<Self>()?.0))
    }

    /// `1 day, 2:03:04`.
    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = days_and_seconds(self.0.as_secs());
        match days {
            0 => {}
            1 | -1 => write!(out, "{days} day, ")?,
            _ => write!(out, "{days} days, ")?,
        }
        write!(out, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// A span that is taken back is so many whole days, and from there on forward.
fn days_and_seconds(seconds: i64) -> (i64, i64) {
    (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S))
}

/// Any span, to ask which methods one has.
pub(super) fn example() -> Value {
    Value::from_object(Span(SignedDuration::ZERO))
}

/// Makes spans known to the engine.
pub(super) fn install(engine: &mut Environment<'static>) {
    engine.add_function("timedelta", timedelta);
    engine.add_filter("plus", |value: &Value, other: &Value| reckon(value, other, Sign::Plus));
    engine.add_filter("minus", |value: &Value, other: &Value| reckon(value, other, Sign::Minus));
}

fn timedelta(options: Kwargs) -> Result<Value, Error> {
    let mut seconds = 0.0;
    for (unit, length) in UNITS {
        if let Some(count) = options.get::<Option<Value>>(unit)? {
            seconds += length * number(&count).ok_or_else(|| no_span(&count))?;
        }
    }
    options.assert_all_used()?;
    let span = SignedDuration::try_from_secs_f64(seconds).map_err(|_| no_span(&seconds.into()))?;
    Ok(Value::from_object(Span(span)))
}

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
}

/// A moment and a span give a moment, two moments a span, two spans a span, two numbers a number.
fn reckon(value: &Value, other: &Value, sign: Sign) -> Result<Value, Error> {
    let fails = || no_span(other);
    let signed = |span: SignedDuration| match sign {
        Sign::Plus => Some(span),
        Sign::Minus => span.checked_neg(),
    };
    let span = other.downcast_object_ref::<Span>().and_then(|span| signed(span.0));
    if let (Some(moment), Some(span)) = (value.downcast_object_ref::<Moment>(), span) {
        return moment.0.checked_add(span).map(moment_value).map_err(|_| fails());
    }
    if let (Some(first), Some(second)) = (value.downcast_object_ref::<Span>(), span) {
        return first.0.checked_add(second).map(|sum| Value::from_object(Span(sum))).ok_or_else(fails);
    }
    match (value.downcast_object_ref::<Moment>(), other.downcast_object_ref::<Moment>(), sign) {
        (Some(later), Some(earlier), Sign::Minus) => Ok(Value::from_object(Span(later.0.duration_since(&earlier.0)))),
        (_, _, _) => Err(fails()),
    }
}

fn moment_value(moment: Zoned) -> Value {
    Value::from_object(Moment(moment))
}

fn no_span(value: &Value) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("not to be reckoned with: `{:.40}`", value.to_string()))
}

/// The source with each sign before a moment or a span as a filter: `now() - timedelta(hours=1)` becomes
/// `now() | minus(timedelta(hours=1))`.
pub(super) fn with_filters(source: &str) -> String {
    let mut written = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let (before, tag) = rest.split_at(start);
        let close = if tag.starts_with("{{") { "}}" } else { "%}" };
        let (inside, after) = tag.split_at(end_of(tag, close));
        written.push_str(before);
        signs(inside, &mut written);
        rest = after;
    }
    written.push_str(rest);
    written
}

/// Writes what stands inside a tag.
fn signs(inside: &str, written: &mut String) {
    let mut rest = inside;
    let mut last = ' ';
    while let Some(first) = rest.chars().next() {
        let filter = match first {
            '+' => Some("plus"),
            '-' => Some("minus"),
            _ => None,
        };
        let is_between = last.is_alphanumeric() || matches!(last, '_' | ')' | ']');
        let after = rest.get(1..).unwrap_or_default().trim_start();
        let call = filter.filter(|_| is_between).and_then(|filter| Some((filter, call(after)?)));
        let end = match call {
            Some((filter, call)) => {
                written.push_str(&format!("| {filter}("));
                signs(call, written);
                written.push(')');
                (rest.len() - after.len()) + call.len()
            }
            None if matches!(first, '\'' | '"') => {
                let end = end_of_text(rest);
                written.push_str(rest.get(..end).unwrap_or_default());
                end
            }
            None => {
                written.push(first);
                first.len_utf8()
            }
        };
        last = if call.is_some() {
            ')'
        } else if first.is_whitespace() {
            last
        } else {
            first
        };
        rest = rest.get(end..).unwrap_or_default();
    }
}

/// The call that a text begins with, if it makes a moment or a span, with the parts and methods behind it.
fn call(text: &str) -> Option<&str> {
    let name = MAKERS.iter().find(|name| text.strip_prefix(**name).is_some_and(|rest| rest.starts_with('(')))?;
    let mut end = name.len();
    loop {
        let rest = text.get(end..)?;
        let part = rest
            .strip_prefix('.')
            .map(|rest| rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len()) + 1);
        match (rest.starts_with('('), part) {
            (true, _) => end += end_of(rest, ")"),
            (false, Some(part)) => end += part,
            (false, None) => return text.get(..end),
        }
    }
}

/// Where a text ends that `close` closes, beyond what stands in quotes and in inner brackets.
fn end_of(text: &str, close: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        if matches!(first, '\'' | '"') {
            at += end_of_text(rest);
            continue;
        }
        if close == ")" {
            depth = match first {
                '(' => depth + 1,
                ')' => depth.saturating_sub(1),
                _ => depth,
            };
        }
        if rest.starts_with(close) && depth == 0 {
            return at + close.len();
        }
        at += first.len_utf8();
    }
    text.len()
}

/// Where the text ends that begins with a quotation mark.
fn end_of_text(text: &str) -> usize {
    let quote = text.chars().next();
    let mut is_escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            '\\' => is_escaped = !is_escaped,
            letter if Some(letter) == quote && !is_escaped => return place + letter.len_utf8(),
            _ => is_escaped = false,
        }
    }
    text.len()
}

const DAY_S: i64 = 86_400;
/// What makes a moment or a span.
const MAKERS: &[&str] = &["timedelta", "now", "utcnow", "as_datetime", "as_local", "strptime", "today_at"];
/// The units of `timedelta`, in seconds.
const UNITS: &[(&str, f64)] = &[
    ("weeks", 604_800.0),
    ("days", 86_400.0),
    ("hours", 3600.0),
    ("minutes", 60.0),
    ("seconds", 1.0),
    ("milliseconds", 0.001),
    ("microseconds", 0.000_001),
];
